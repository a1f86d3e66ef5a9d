"""`subprocess`, `os.system` and their like: programs that a script starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.containers import ListValue
from ..values.domain import DATA, Abstract, Args, members, texts_in
from ..values.external import Model

if TYPE_CHECKING:
    from ..reader.machine import Machine


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
    return any(re.search(r"(?:^|[;&|(`]|\s)(?:\S*/)?aws\s+(?:-\S+\s+(?:\S+\s+)?)*[a-z0-9-]+\s+[a-z-]+", word) for word in words)


FUNCTIONS: Final[dict[str, Model]] = {
    **{f"subprocess.{name}": command for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")},
    "os.system": command,
    "os.popen": command,
    "asyncio.create_subprocess_shell": command,
}
