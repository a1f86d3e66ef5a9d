"""What the use of a parameter says of its values: one that every run gives to `StopInstances` as `InstanceIds` begins with `i-`.

Only a step counts that every run comes to and that ends the run when it fails: with another value no run ends well, so no permission is missing
for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..catalog import operations as catalog
from ..values.patterns import ANY, Pattern
from ..values.value import Text
from .braces import parameter_named_in
from .flow import ON_FAILURE, WHEN_CANCELLED, ways
from .model import Runbook, Step
from .parameters import Parameter, text_of

# Inputs of Automation's own actions that hold identifiers of EC2: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
_OF_ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "aws:changeInstanceState": {"InstanceIds": "i-"},
    "aws:copyImage": {"SourceImageId": "ami-"},
    "aws:createImage": {"InstanceId": "i-"},
    "aws:deleteImage": {"ImageId": "ami-"},
}


def used_as(parameter: Parameter, runbook: Runbook) -> Text | tuple[Text, ...] | None:
    """The texts that a parameter's value may be, known at their beginnings; `None` when its use says nothing."""
    begins = parameter.begins or beginnings_by_use(parameter, runbook)
    if not begins:
        return None
    defaults = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    literal = [Pattern.literal(str(text_of(each))) for each in defaults if isinstance(each, str)]
    text = Text(tuple(dict.fromkeys([*(Pattern((begin, ANY)) for begin in begins), *literal])))
    return (text,) if parameter.is_list else text


def beginnings_by_use(parameter: Parameter, runbook: Runbook) -> tuple[str, ...]:
    """How the value of a parameter begins in every run that ends well; empty when its use says nothing."""
    if parameter.type not in {"String", "StringList"}:
        return ()
    for step in runbook.steps:
        begins = _begins_in(step, parameter.name)
        if begins and _ends_when_it_fails(step) and _is_on_every_way(step, runbook.steps):
            return begins
    return ()


def _begins_in(step: Step, parameter: str) -> tuple[str, ...]:
    """How the identifiers begin that a step gives by a parameter; empty when it gives none."""
    of_action = _OF_ACTIONS.get(step.action, {})
    for member, value in step.inputs.items():
        only = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(only, str) or parameter not in only or parameter_named_in(only) != parameter:
            continue
        if member in of_action:
            return (of_action[member],)
        if "Api" in step.inputs and str(step.inputs.get("Service", "")).strip().lower() == "ec2" and (api := catalog.service("ec2")):
            forms = api.output_forms("", (member,)) or api.output_forms(
                "", (member.removesuffix("s"),)
            )  # a request names them as a response does
            if forms and all(form.endswith("-*") and ":" not in form for form in forms):
                return tuple(form.removesuffix("*") for form in forms)
    return ()


def _ends_when_it_fails(step: Step) -> bool:
    return step.on_failure is None or step.on_failure.lower() == "abort"


def _is_on_every_way(step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether no run ends well without a step: from the first one, no end is reached around it."""
    following = dict(zip((each.name for each in steps), steps[1:], strict=False))
    by_name = {each.name: each for each in steps}
    seen: set[str] = set()
    left = [steps[0].name]
    while left:
        name = left.pop()
        if name == step.name or name in seen:
            continue
        seen.add(name)
        for way in ways(by_name[name], following.get(name)):
            if way.when == WHEN_CANCELLED or (way.when == ON_FAILURE and way.target is None):  # goes on as it would have
                continue
            if way.target is None or way.target not in by_name:
                return False
            left.append(way.target)
    return True
