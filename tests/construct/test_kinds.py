"""Every argument of everything that users call, with values of every wrong kind: each works or is refused in one line."""

from __future__ import annotations

import pytest

from automation_role.errors import AutomationRoleError
from tests.construct.kinds import Called, World, public


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("kinds"))


def test_everything_that_users_call_is_tried(world: World) -> None:
    assert sorted({each.name for each in world.called()}) == sorted(set(public()))


# A wrong kind -> the words of an annotation with which it may be right; without them it is never accepted.
MAY_BE_RIGHT = {
    "None": ("None",),
    "True": ("bool",),
    "empty text": ("str",),
    "a path": ("Path",),
    "an empty dict": ("Mapping", "Arguments", "Values"),
    "a dict of None": ("Values", "Mapping[str, Any]"),
    "an empty list": ("Sequence", "tuple[str, ...]"),
    "a list token": ("Sequence[str]", "tuple[str, ...]"),
    "a role": ("Role", "IGrantable", "IIdentity"),
    "an AutomationRole": ("IAutomationRole", "IGrantable"),
    "a runbook": ("Runbook",),
    "a document": ("RunbookReference",),
    "a duration": ("Duration",),
}
NAMES = sorted(set(public()))


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_of_the_wrong_kind_is_refused_in_one_line_and_leaves_nothing_behind(world: World, name: str) -> None:
    (called,) = (each for each in world.called() if each.name == name)
    assert faults(world, called) == []


def faults(world: World, called: Called) -> list[str]:
    found = []
    for parameter in called.parameters():
        for kind, value in world.wrong.items():
            if parameter.name == "scope" and hasattr(value(), "node"):
                continue
            case = f"{parameter.name}={kind}"
            try:
                called(parameter.name, value())
            except AutomationRoleError as error:
                message = str(error)
                if not world.is_clean(called):
                    found.append(f"{case} leaves a construct behind")
                if any(not is_house_style(line) for line in message.split("\n")):
                    found.append(f"{case}: {message}")
            except Exception as error:  # noqa: BLE001  (whatever it is, it is a fault)
                found.append(f"{case}: {type(error).__name__}: {error}")
            else:
                world.is_clean(called)
                if not any(word in str(parameter.annotation) for word in MAY_BE_RIGHT.get(kind, ())):
                    found.append(f"{case} is accepted")
    return found


def is_house_style(line: str) -> bool:
    """Where: what was given → what is allowed; or what cannot be read, and why. No address of an object, no whole document."""
    return ("→" in line or "cannot be read: " in line) and " at 0x" not in line and len(line) < 1_000
