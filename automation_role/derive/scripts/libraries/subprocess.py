"""`subprocess`, `os.system` and their like: programs that a script starts."""

from __future__ import annotations

import re
from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.containers import ListValue
from ..values.domain import DATA, Abstract, Args, Machine, members, texts_in
from ..values.external import Model


def command(machine: Machine, args: Args, at: int) -> Abstract:
    """A program is started: the `aws` command calls AWS by itself."""
    machine.hand_over(args, at, DATA)
    line = args.get(0, "args", DATA)
    words: list[str] = []
    for each in members(line):
        for part in each.items if isinstance(each, ListValue) else [each]:
            words += [option for one in members(part) for option in (texts_in(one) or _literal_parts(one))]
    if _runs_aws(words, listed=isinstance(line, ListValue)):
        machine.tell("otherAwsAccess", at, f"the script runs the aws command, which is not read; add what it needs {BY_HAND}")
    return DATA


def _literal_parts(value: Abstract) -> list[str]:
    return [part for option in value.options for part in option.parts if isinstance(part, str)] if isinstance(value, Text) else []


def _runs_aws(words: list[str], *, listed: bool) -> bool:
    if listed and words and not any(word in {"-c", "-lc", "/c"} for word in words):
        return words[0].rpartition("/")[2] in {"aws", "aws.exe"} or words[:2] == ["sudo", "aws"]
    return any(_calls_aws(each["rest"].split()) for word in words for each in _AWS.finditer(word))


_AWS: Final = re.compile(r"(?:^|[;&|(`]|\s)(?:[^\s;&|(`]*/)?aws\s+(?=(?P<rest>[^\n]{0,512}))")


def _calls_aws(words: list[str]) -> bool:
    """Whether options, each with a value or without, are followed by a service and an operation."""
    reached = {0}
    for place, word in enumerate(words[:-1]):
        if place in reached:
            if re.fullmatch(r"[a-z0-9-]+", word) and re.match(r"[a-z-]+", words[place + 1]):
                return True
            reached |= {place + 1, place + 2} if word.startswith("-") else set()
    return False


FUNCTIONS: Final[dict[str, Model]] = {
    **{f"subprocess.{name}": command for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")},
    "os.system": command,
    "os.popen": command,
    "asyncio.create_subprocess_shell": command,
}
