"""How the value of a parameter begins, by how steps use it: one that every run passes to `StopInstances` as `InstanceIds` begins with `i-`.

Only steps count that every run reaches, and whose failure ends the run. With any other value no run succeeds, so no permission is missing for
such a value.
"""

from __future__ import annotations

from ..catalog import operations as catalog
from ..values.patterns import ANY, Pattern
from ..values.value import Text
from .actions import ACTIONS
from .braces import parameter_named_in
from .flow import ON_FAILURE, WHEN_CANCELLED, transitions
from .model import Runbook, Step
from .parameters import Parameter, text_of


def used_as(parameter: Parameter, runbook: Runbook) -> Text | tuple[Text, ...] | None:
    """The texts that a parameter's value may be, each with a known beginning; `None` when its use says nothing."""
    begins = parameter.begins or beginnings_by_use(parameter, runbook)
    if not begins:
        return None
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    literal = [Pattern.literal(str(text_of(each))) for each in defaults if isinstance(each, str)]
    text = Text(tuple(dict.fromkeys([*(Pattern((begin, ANY)) for begin in begins), *literal])))
    return (text,) if parameter.is_list else text


def beginnings_by_use(parameter: Parameter, runbook: Runbook) -> tuple[str, ...]:
    """How the value of a parameter begins in every run that succeeds; empty when its use says nothing."""
    if parameter.type not in {"String", "StringList"}:
        return ()
    for step in runbook.steps:
        begins = _begins_in(step, parameter.name)
        if begins and _ends_when_it_fails(step) and _is_on_every_path(step, runbook.steps):
            return begins
    return ()


def _begins_in(step: Step, parameter: str) -> tuple[str, ...]:
    """How the identifiers begin that a step passes by this parameter; empty when it passes none."""
    action = ACTIONS.get(step.action)
    of_action = action.takes if action is not None else {}
    api = catalog.service("ec2") if "Api" in step.inputs and str(step.inputs.get("Service", "")).strip().lower() == "ec2" else None
    for member, value in step.inputs.items() if of_action or api is not None else ():
        only = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(only, str) or parameter not in only or parameter_named_in(only) != parameter:
            continue
        if member in of_action:
            return (of_action[member],)
        if api is not None:
            forms = api.output_forms("", (member,)) or api.output_forms(
                "", (member.removesuffix("s"),)
            )  # a request names them as a response does
            if forms and all(form.endswith("-*") and ":" not in form for form in forms):
                return tuple(form.removesuffix("*") for form in forms)
    return ()


def _ends_when_it_fails(step: Step) -> bool:
    return step.on_failure is None or step.on_failure.lower() == "abort"


def _is_on_every_path(step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether every run that succeeds goes through a step: no path from the first step reaches an end without it."""
    following = dict(zip((each.name for each in steps), steps[1:], strict=False))
    by_name = {each.name: each for each in steps}
    seen: set[str] = set()
    left = [steps[0].name]
    while left:
        name = left.pop()
        if name == step.name or name in seen:
            continue
        seen.add(name)
        for transition in transitions(by_name[name], following.get(name)):
            if transition.when == WHEN_CANCELLED or (
                transition.when == ON_FAILURE and transition.target is None
            ):  # goes on as it would have
                continue
            if transition.target is None or transition.target not in by_name:
                return False
            left.append(transition.target)
    return True
