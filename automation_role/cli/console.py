"""Output: messages on standard error, and answers on standard output or in files, written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self, TypeVar

import click

from ..errors import AutomationRoleError
from ..explain.visible import visible

if TYPE_CHECKING:
    from ..explain.alerts import Alert

T = TypeVar("T")
_COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan"}
# Characters that JSON and YAML leave unescaped but a terminal may obey: DEL, C1 control characters, those that change the direction of text.
_STEERS: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Seconds before progress shows, and between two updates.
_PATIENCE: Final = 0.5


def speak_utf8() -> None:
    r"""Make answers UTF-8, whatever the terminal's encoding; half a surrogate pair becomes `\udc00`, which JSON reads.

    With standard error closed (`2>&-`), messages are dropped.
    """
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def error(message: str) -> None:
    """Print an error."""
    _say("error", message)


def warning(message: str) -> None:
    """Print a warning."""
    _say("warning", message)


def note(message: str) -> None:
    """Print a note."""
    _say("note", message)


def usage(text: str) -> None:
    """Print how to use the command, which was run without arguments."""
    _to_people(f"{text}\n")


def _say(kind: str, message: str) -> None:
    label = click.style(f"{kind}:", fg=_COLOURS[kind], bold=True) if colourful(sys.stderr) else f"{kind}:"
    _to_people(f"automation-role: {label} {visible(message)}\n")


def _to_people(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # the reader has closed standard error; the answer and the exit code don't change
        _let_go(sys.stderr)


def _let_go(stream: IO[str]) -> None:
    """Otherwise Python would fail at exit, when it flushes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def colourful(stream: Any) -> bool:
    """Whether colours may be used: on a terminal, unless `NO_COLOR` is set (https://no-color.org) or it is a dumb one."""
    return _can_erase(stream) and not os.environ.get("NO_COLOR")


def _can_erase(stream: Any) -> bool:
    """Whether a line can be erased, so that progress can be shown: on a terminal, unless it is a dumb one."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


# -- progress ------------------------------------------------------------------------------------------------------------------------


class Progress:
    """`reading 120 of 497`, on a terminal's standard error, when it takes longer than half a second; gone at the end."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total = what, total
        self.next = time.monotonic() + _PATIENCE
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """The items, while showing how many are done."""
        for done, item in enumerate(items):
            if time.monotonic() >= self.next and _can_erase(sys.stderr):
                self.next = time.monotonic() + _PATIENCE / 5
                self.shown = True
                sys.stderr.write(f"\r\033[K{self.what} {done} of {self.total}")
                sys.stderr.flush()
            yield item


@contextlib.contextmanager
def patience(what: str, *, asked: bool) -> Iterator[None]:
    """Show on a terminal's standard error what takes so long, while it lasts; nothing if `asked` is false."""
    shown = asked and _can_erase(sys.stderr)
    if shown:
        sys.stderr.write(f"\r\033[K{what}")
        sys.stderr.flush()
    try:
        yield
    finally:
        if shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


# -- answers -------------------------------------------------------------------------------------------------------------------------


class NobodyReadsError(Exception):
    """The reader of the answer has closed the pipe. Click handles a `BrokenPipeError` itself, and exits with 1."""


def answer(text: str, output: str | None = None) -> None:
    """Print the answer on standard output, or write it to a file.

    Raises:
        NobodyReadsError: its reader has closed the pipe.
        AutomationRoleError: it cannot be written.
    """
    if output is not None:
        write(output, text)
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _let_go(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise NobodyReadsError from None
        raise AutomationRoleError(f"standard output: cannot be written: {(error.strerror or str(error)).lower()}") from None


def in_alerts(form: str, alerts: Iterable[Alert], rules: Mapping[str, str]) -> str:
    """Alerts in a format of pipelines: `sarif` or `github`."""
    if form == "sarif":
        from ..explain.sarif import sarif

        return in_json(sarif(alerts, rules))
    from ..explain.github import github

    return github(alerts)


def in_json(data: Any) -> str:
    """An answer as JSON, for programs and people: indented, with unescaped letters, and without characters that a terminal would obey."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return _STEERS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def in_yaml(data: Any) -> str:
    """An answer as YAML; see `in_json`."""
    import yaml

    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=2**16)
    return yaml.safe_dump(data, sort_keys=False, width=2**16) if _STEERS.search(text) else text


def write(path: str | Path, text: str) -> None:
    """Write a file: whole, or not at all.

    Raises:
        AutomationRoleError: it cannot be written.
    """
    content = text.encode(errors="backslashreplace")
    try:
        if Path(path).exists() and not Path(path).is_file():  # a pipe, a device
            Path(path).write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)  # replaces the link's target, not the link
    except OSError as error:
        raise AutomationRoleError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def _replace(target: Path, content: bytes) -> None:
    import tempfile

    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".automation-role-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
