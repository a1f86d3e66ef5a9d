"""Which steps can follow a step: the next one, a branch's choices, the one after a failure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from .actions import jumps
from .model import Step

ON_FAILURE: Final = "on failure"
WHEN_CANCELLED: Final = "when cancelled"


class Transition(NamedTuple):
    """One transition.

    Attributes:
        when: in which case, such as `ON_FAILURE`; empty: always.
        target: a step's name; `None`: it ends the automation, or this iteration of the loop.
        words: the text when there is no step to name (`the end`).
    """

    when: str
    target: str | None
    words: str = ""


def transitions(step: Step, following: Step | None, *, in_loop: bool = False) -> tuple[Transition, ...]:
    """Every transition from a step.

    Args:
        step: the step.
        following: the one after it in the document, if any.
        in_loop: whether it is inside a loop, where the last step ends an iteration and not the automation.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-branch.html and
        https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-branch-condition.html (nextStep, isEnd, onFailure, onCancel)
    """
    return (*_onwards(step, following, in_loop=in_loop), *_after(ON_FAILURE, step.on_failure), *_after(WHEN_CANCELLED, step.on_cancel))


def _onwards(step: Step, following: Step | None, *, in_loop: bool) -> Iterator[Transition]:
    found = tuple(jumps(step.action, step.inputs))
    for _, target, choice in found:
        yield _to("otherwise" if choice is None else f"if {condition(choice)}", target)
    if any(choice is None for _, _, choice in found):
        return
    when = "otherwise" if found else ""
    if step.is_end:
        yield Transition(when, None, "the end")
    elif step.next_step is not None:
        yield _to(when, step.next_step)
    elif following is not None:
        yield Transition(when, following.name)
    else:
        yield Transition(when, None, "the end of this turn" if in_loop else "the end")


def _after(when: str, said: str | None) -> Iterator[Transition]:
    if said is None or said.lower() == "abort":  # the default
        return
    if said.lower() == "continue":
        yield Transition(when, None, "continues with the next step")
    else:
        yield _to(when, said.removeprefix("step:").strip())


def _to(when: str, target: str) -> Transition:
    return Transition(when, None, f"{target.lower()}s the loop") if target in ("Break", "Continue") else Transition(when, target)


def condition(choice: Mapping[str, Any]) -> str:
    """A branch's condition in words close to its own: `{{ os }} StringEquals "Linux" and not (…)`."""
    said = []
    for operator, value in choice.items():
        if operator in ("And", "Or") and isinstance(value, Sequence) and not isinstance(value, str):
            said.append("(" + f" {operator.lower()} ".join(condition(each) for each in value if isinstance(each, Mapping)) + ")")
        elif operator == "Not" and isinstance(value, Mapping):
            said.append(f"not ({condition(value)})")
        elif operator not in ("NextStep", "Variable"):
            text = json.dumps(value, ensure_ascii=False, default=str)
            said.append(f"{choice.get('Variable', '')} {operator} {text}".strip())
    return " and ".join(said) or str(choice.get("Variable", "always"))
