"""`subprocess`, `os.system` and their like: programs that a script starts, which run with the role's credentials.

A program that may use AWS is reported; nothing of what it does is derived.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final

from ....findings import BY_HAND
from ..values.arguments import Args, Machine
from ..values.asking import foreign_name, is_scalar, texts_in
from ..values.external import Model
from ..values.lists import ListValue
from ..values.scalars import as_thing
from ..values.texts import computed
from ..values.thing import DATA, Abstract
from ..values.unions import members
from ..values.writing import written

# Programs that call nothing of AWS with the role's credentials, whatever their arguments (`curl` except for those in `_SIGNING`).
_HARMLESS_TEXT: Final = """
    [ apk apt apt-get awk base64 basename bc blkid cat cd chgrp chmod chown clear cmp comm cp curl cut date dd df diff dig dirname
    dmesg dnf dpkg du echo egrep env export expr false fdisk fgrep file find free getconf getent grep groups gunzip gzip head host
    hostname id ifconfig iostat ip jobs jq kill killall last ldconfig ldd ln locale ls lsblk lscpu lsmod lsof lvs md5sum mkdir mkfs
    mktemp mount mv nc netstat nproc nslookup openssl pgrep ping pip pip2 pip3 pkill printenv printf ps pwd readlink realpath reboot rm
    rmdir route rpm sed seq service set sha1sum sha256sum shutdown sleep sort ss ssh-keygen stat strings sync sysctl systemctl tail tar
    tee telnet test time top touch tr traceroute true truncate type ulimit umount uname uniq unset unzip uptime vgs vmstat wc wget
    which whoami xmllint xz yum zcat zip
"""
_HARMLESS: Final = frozenset(_HARMLESS_TEXT.split())
# Programs that start the one in their arguments.
_STARTERS: Final = frozenset({"sudo", "env", "nohup", "nice", "exec", "command", "time", "timeout", "xargs", "stdbuf", "setsid", "doas"})
# Harmless programs that start what follows one of these arguments.
# https://www.gnu.org/software/findutils/manual/html_node/find_html/Run-Commands.html
_RUNNING: Final = {"find": frozenset({"-exec", "-execdir", "-ok", "-okdir"})}
# Harmless programs that run a command which stands inside an argument like this one.
# https://www.gnu.org/software/gawk/manual/html_node/I_002fO-Functions.html, https://www.gnu.org/software/tar/manual/html_node/all.html,
# https://www.gnu.org/software/sed/manual/html_node/Other-Commands.html
_INSIDE: Final = {
    "awk": re.compile(r"\bsystem\s*\(|\bgetline\b|\|"),
    "nc": re.compile(r"^-\w*[ec]|^--(?:sh-)?exec"),
    "sed": re.compile(r"(?:^|[;\n])[\s\d$,!]*e(?:\s|$)|(?:^|[;\n])[\s\d$,]*s([^\w\s]).*\1.*\1[gpiIm\d]*e"),
    "tar": re.compile(r"--(to-command|checkpoint-action|use-compress-program|info-script|rsh-command)|^-[IF]"),
}
_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_PYTHONS: Final = re.compile(r"python[\d.]*")
# Arguments with which a harmless program calls AWS, or reads the role's credentials.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
_SIGNING: Final = re.compile(r"--aws-sigv4|169\.254\.169\.254|169\.254\.170\.2|fd00:ec2::254|//instance-data\b")
_UNKNOWN: Final = ""  # a program whose name is a runtime value
_MOST: Final = 4_096  # characters of a command that are looked at


def _tell(machine: Machine, programs: Iterable[str], at: int) -> None:
    """Report the programs that may call AWS."""
    for program in sorted(set(programs)):
        if program == "aws":
            what = "runs the aws command"
        elif program:
            what = f"runs {program!r}, which may use AWS with this role"
        else:
            what = "runs a program that may use AWS with this role (its name is a runtime value)"
        machine.report("otherAwsAccess", at, f"the script {what}, which is not read; add what it needs {BY_HAND}")


def command(machine: Machine, args: Args, at: int) -> Abstract:
    """`subprocess.run(args)`, `os.system(command)`: a list of words, or a text for the shell."""
    machine.escape(args, at, DATA)
    line = args.get(0, "args", args.get(-1, "command", DATA))
    found: list[str] = []
    for each in members(line):
        words, others = as_thing(each).sequence(machine, at)
        found += _written(each) if is_scalar(each) else _listed([*words, *others])
    other = args.get(-1, "executable", None)  # what runs in place of the first word, or of the shell
    found += [] if other is None or args.keywords.get("shell") is True else _listed([other])
    _tell(machine, found, at)
    return DATA


def _words(place: int) -> Model:
    """A function that takes the words of a command one by one from a place on, the program first."""

    def start(machine: Machine, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        given = [*args.positional[place:], *members(args.rest)]
        _tell(machine, _listed(given) if given else [_UNKNOWN], at)
        return DATA

    return start


def _path_and_list(place: int) -> Model:
    """`os.execv(path, args)`, `os.spawnv(mode, path, args)`."""

    def start(machine: Machine, args: Args, at: int) -> Abstract:
        machine.escape(args, at, DATA)
        words, others = as_thing(args.get(place + 1, "args", DATA)).sequence(machine, at)
        _tell(machine, _listed([args.get(place, "path", args.get(-1, "file", DATA)), *words[1:], *others]), at)
        return DATA

    return start


def _listed(words: list[Abstract]) -> Iterator[str]:
    """The programs that the words of one command start."""
    if not words:
        return
    first = words[0]
    if foreign_name(first) == "sys.executable":
        yield from _program("python", words[1:])
        return
    names = texts_in(first)
    if names is None:
        starts = [option.beginning for option in written(first)]
        if len(starts) == 1 and "/" in starts[0] and not starts[0].endswith("/"):
            names = (starts[0],)  # `/opt/tool-{version}`: its name begins so
    for name in names or (_UNKNOWN,):
        yield from _program(name, words[1:])


def _program(name: str, rest: list[Abstract]) -> Iterator[str]:
    """What a program with these arguments starts that may call AWS: itself, or others."""
    name = name.strip().rpartition("/")[2].removesuffix(".exe")
    texts = [(texts_in(each) or (_UNKNOWN,))[0] for each in rest]
    if name in _STARTERS:
        place = next((at for at, word in enumerate(texts) if not re.match(r"-|\w+=|\d+[smhd]?$", word)), None)
        if place is not None:
            yield from _listed(rest[place:])
    elif name in _RUNNING:
        for at, word in enumerate(texts):
            if word in _RUNNING[name]:
                yield from _listed(rest[at + 1 :])
    elif name in _SHELLS:
        if texts and re.fullmatch(r"-\w*c", texts[0]) and len(rest) > 1:
            yield from _written(rest[1])
        elif texts != ["--version"]:  # a file, or what it reads from its input: `curl … | sh`
            yield name
    elif _PYTHONS.fullmatch(name):
        if texts[:2] not in (["-m", "pip"], ["-m", "venv"]) and texts[:1] not in (["--version"], ["-V"]):
            yield name
    elif name not in _HARMLESS or any(_SIGNING.search(text) or (name in _INSIDE and _INSIDE[name].search(text)) for text in texts):
        yield name


def _written(value: Abstract) -> Iterator[str]:
    """The programs that a shell command starts."""
    # What is not known is an argument, or the program when it stands first.
    for text in [option.shown(_HOLE) for option in written(value)]:
        if _OUTPUT.search(text[:_MOST]):
            yield _UNKNOWN
        for each in _COMMANDS.split(text[:_MOST]):
            yield from _one_written(each)


_HOLE: Final = "\x00"
_COMMANDS: Final = re.compile(r"\|\||&&|(?<![<>])&(?!>)|[;|\n`]|\$\(|(?<![\w$])\(|\)")


# A command whose program is what another one writes: `$(which x) y`.
_OUTPUT: Final = re.compile(r"(?:^|[;&|\n(]|\b(?:then|do|else|sudo|exec|eval)\b)\s*(?:`|\$\()")


def _one_written(text: str) -> Iterator[str]:
    try:
        words = shlex.split(text, comments=True)
    except ValueError:  # quotes that do not end
        words = text.replace("'", " ").replace('"', " ").split()
    while words and re.match(r"\w+=|[<>\d]*>|(?:if|then|else|elif|while|until|do|done|fi|for|!|\{|\}|case|esac|in)$", words[0]):
        words = [] if words[0] in {"for", "case"} else words[1:]
    if words:
        first, *rest = words
        yield from _program(_UNKNOWN if first.startswith(_HOLE) else first.partition(_HOLE)[0], [_abstract(each) for each in rest])


def _abstract(word: str) -> Abstract:
    return DATA if _HOLE in word else word


def _split(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`shlex.split(text)`; behind a word that is not known may be any others."""
    text = args.get(0, "s", DATA)
    options = written(text)
    if texts_in(text) is not None or len(options) > 1:
        return computed(shlex.split, text)
    try:
        words = shlex.split(options[0].shown(_HOLE))
    except ValueError:
        return DATA
    known = list(takewhile(lambda word: _HOLE not in word, words))
    return ListValue(known, DATA)


FUNCTIONS: Final[dict[str, Model]] = {
    **{f"subprocess.{name}": command for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")},
    **{f"{module}.{name}": command for module in ("os", "posix") for name in ("system", "popen")},
    **dict.fromkeys(("os.startfile", "psutil.Popen", "distutils.spawn.spawn", "pty.spawn"), command),
    **{f"pexpect.{name}": command for name in ("spawn", "spawnu", "run", "runu", "popen_spawn.PopenSpawn")},
    **{f"asyncio.{module}create_subprocess_shell": command for module in ("", "subprocess.")},
    **{f"asyncio.{module}create_subprocess_exec": _words(0) for module in ("", "subprocess.")},
    **{f"os.exec{kind}": _words(0) for kind in ("l", "le", "lp", "lpe")},
    **{f"os.spawn{kind}": _words(1) for kind in ("l", "le", "lp", "lpe")},
    **{f"os.exec{kind}": _path_and_list(0) for kind in ("v", "ve", "vp", "vpe")},
    **{f"os.spawn{kind}": _path_and_list(1) for kind in ("v", "ve", "vp", "vpe")},
    **dict.fromkeys(("os.posix_spawn", "os.posix_spawnp"), _path_and_list(0)),
    "shlex.split": _split,
}
PURE: Final = {"shlex.quote": shlex.quote}
# Of an event loop: https://docs.python.org/3/library/asyncio-eventloop.html#running-subprocesses
METHODS: Final[dict[str, Model]] = {
    "subprocess_exec": _words(1),
    "subprocess_shell": lambda machine, args, at: command(machine, args.after(1), at),
}
