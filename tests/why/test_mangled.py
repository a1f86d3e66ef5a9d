"""Mangled messages: whatever is cut, doubled or torn, there is an answer or a line that says why not; never a traceback.

The fast tests run 1,500 of them; `python -m tests.why.test_mangled 20000` runs as many as it is told, by hand.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Final

from automation_role import Runbook
from automation_role.derive.derivation import derive
from automation_role.errors import AutomationRoleError
from automation_role.values.place import Place
from automation_role.why.answer import answer, to_json
from automation_role.why.binding import bound
from automation_role.why.reading import read
from automation_role.why.rendering import markdown, text
from tests.why.test_failures import BOOKS, ENTRIES
from tests.why.test_inputs import EVENT, EXECUTION

_FEW: Final = 1_500
_TEXTS: Final[list[str]] = [entry["text"] for entry in ENTRIES] + [
    json.dumps(EXECUTION),
    json.dumps(EVENT),
    json.dumps({"Records": [EVENT]}),
]
_RUNBOOKS: Final = [Runbook.from_file(BOOKS[name]) for name in ("requeue", "move-objects", "parent", "child", "launch-instance")]
_DERIVED: Final = derive(_RUNBOOKS, role_known=True)
_ODD: Final = [
    "\x00",
    "\u2028",
    "\ud800",
    "{{",
    "}}",
    '"',
    "\\n",
    "\\",
    "arn:",
    ":",
    "User: ",
    "\n",
    "*",
    "${aws:x}",
    "⟨",
    "[",
    "{",
    "(",
    "é" * 9,
]


def mangled(random_: random.Random) -> str:
    """A text of the corpus after a few accidents."""
    written = random_.choice(_TEXTS)
    for _ in range(random_.randint(1, 6)):
        a, b = sorted(random_.randrange(len(written) + 1) for _ in range(2))
        match random_.randrange(7):
            case 0:
                written = written[:a] + written[b:]
            case 1:
                written = written[:a] + random_.choice(_ODD) + written[a:]
            case 2:
                written = written[:b] + written[a : a + 400] + written[b:]
            case 3:
                written = written[a:] + random_.choice(_TEXTS)[:b]
            case 4:
                written = written[:a] + written[a:b][::-1] + written[b:]
            case 5:
                written = written.replace(random_.choice(written or "x"), random_.choice(_ODD), 3)
            case _:
                written = written[:a] + written[a:b].swapcase() + written[b:]
    return written


def run(count: int, seed: int) -> int:
    """How many of so many mangled texts had an answer."""
    answered = 0
    for number in range(count):
        written = mangled(random.Random(f"{seed}/{number}"))
        try:
            told = read(written)
            found = bound(_RUNBOOKS, told.executions, told.failures)
            derivation = derive(found.runbooks, role_known=True) if found.runbooks != tuple(_RUNBOOKS) else _DERIVED
            answers = [answer(one, derivation, [], Place(role_arn=found.role_arn)) for one in found.failures]
            printed = text(answers, {}) + markdown(answers, {})
            assert not any(ord(letter) < 32 and letter != "\n" for letter in printed), f"{seed}/{number}"
            json.dumps(to_json(answers, derivation))
            answered += 1
        except AutomationRoleError as error:
            assert "\n" not in str(error), f"{seed}/{number}"  # noqa: PT017
        except Exception as error:
            raise AssertionError(f"{seed}/{number}: {written!r}") from error
    return answered


def test_mangled_messages_have_an_answer_or_a_line_that_says_why_not() -> None:
    assert run(_FEW, seed=1) > _FEW // 2


if __name__ == "__main__":
    total = int(sys.argv[1])
    sys.stdout.write(f"{run(total, seed=2):,} of {total:,} mangled messages answered, the others refused in a line\n")
