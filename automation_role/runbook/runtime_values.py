"""What is known before a run about the values that it produces: a step's outputs, a variable, the item of a loop.

An output's form is known (`{{ find.VolumeId }}` is `vol-*`); of a variable and a loop's item, every text that they may hold.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeAwsApi.html (outputs),
    https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-update-variable.html,
    https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-loop.html (CurrentIteratorValue)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final, TypeAlias

from ..catalog import operations as catalog
from ..values.cutting import replaced
from ..values.patterns import Pattern
from ..values.value import UNKNOWN, Text, Value
from .actions import ACTIONS
from .model import Output, Runbook, Step

# Plain data of a step's inputs -> what is known of it.
Resolve: TypeAlias = Callable[[Any], Value]

_VARIABLE: Final = "variable:"
_ITEM: Final = "CurrentIteratorValue"


def produced(expression: str, runbook: Runbook, resolve: Resolve) -> Value:
    """What `{{ expression }}` stands for, when it is not one of the runbook's parameters."""
    if expression.startswith(_VARIABLE):
        return _variable(expression, runbook, resolve)
    name, dot, output = expression.partition(".")
    step = runbook.by_name.get(name) if dot else None
    if step is None:
        return UNKNOWN
    if step.steps:
        return _item(step, resolve) if output == _ITEM else UNKNOWN
    return _output(step, output, resolve)


def _variable(expression: str, runbook: Runbook, resolve: Resolve) -> Value:
    """A variable's default, and every value that a step assigns to it."""
    name = expression.removeprefix(_VARIABLE)
    declared = runbook.variables.get(name)
    updates = [step for step in runbook.by_name.values() if step.action == "aws:updateVariable"]
    if declared is None or not all(_names_its_variable(step) for step in updates):
        return UNKNOWN
    values = [resolve(declared.default)] if declared.has_default else []
    values += [resolve(step.inputs.get("Value")) for step in updates if step.inputs["Name"].strip().removeprefix(_VARIABLE) == name]
    return _any_of(values)


def _names_its_variable(update: Step) -> bool:
    """Whether an update names its variable, and sets nothing but its value."""
    name = update.inputs.get("Name")
    return isinstance(name, str) and "{{" not in name and update.inputs.keys() <= {"Name", "Value"}


def _item(loop: Step, resolve: Resolve) -> Value:
    items = resolve(loop.inputs.get("Iterators"))
    return _any_of(list(items)) if isinstance(items, tuple) else UNKNOWN


def _any_of(values: list[Value]) -> Value:
    """One of several values, it is unknown which: of texts, any of them; of lists, a list of all their items."""
    if all(isinstance(value, Text) for value in values) and values:
        return Text(tuple(dict.fromkeys(option for value in values if isinstance(value, Text) for option in value.options)))
    if all(isinstance(value, tuple) for value in values) and values:
        return tuple(item for value in values if isinstance(value, tuple) for item in value)
    return values[0] if len(values) == 1 else UNKNOWN


# -- outputs ---------------------------------------------------------------------------------------------------------------------------


def _output(step: Step, name: str, resolve: Resolve) -> Value:
    action = ACTIONS.get(step.action)
    if action is None:
        return UNKNOWN
    declared = next((each for each in step.outputs if each.name == name), None)
    forms: tuple[str, ...] = (action.gives[name],) if name in action.gives else ()
    if declared is not None and action.reading == "api":
        forms = _selected(step, declared)
    options = tuple(dict.fromkeys(option for form in forms for option in _filled(form, step, resolve)))
    if not options:
        return UNKNOWN
    is_list = name.endswith("s") if declared is None else declared.kind == "StringList"
    return (Text(options),) if is_list else Text(options)


def _selected(step: Step, output: Output) -> tuple[str, ...]:
    """The forms of what a selector (`$.Volumes[0].VolumeId`) finds in the response of an API."""
    service, operation = step.inputs.get("Service"), step.inputs.get("Api")
    api = catalog.service(service) if isinstance(service, str) else None
    called = api.operation(operation) if api is not None and isinstance(operation, str) else None
    path = _PATH.fullmatch(output.selector.strip())
    if api is None or called is None or path is None or output.kind not in {"String", "StringList"}:
        return ()
    return api.output_forms(called, tuple(re.sub(r"\[[^\]]*\]", "", path[1]).strip(".").replace("..", ".").split(".")))


# Names with their indexes, and no filter at the end, whose result may have another form.
_PATH: Final = re.compile(r"\$((?:\.{1,2}\w+(?:\[[^\]]*\])*)+)")


def _filled(form: str, step: Step, resolve: Resolve) -> Iterator[Pattern]:
    """A form with its holes filled from the step's inputs; none if an input does not have the text that is to be replaced."""
    pieces = re.split(r"(\{\w{2,}(?:\|[^|}]*\|[^|}]*)?\})", form)
    for made in product(*(_piece(piece, step, resolve) for piece in pieces if piece)):
        yield Pattern(tuple(part for each in made for part in each.parts))


def _piece(piece: str, step: Step, resolve: Resolve) -> tuple[Pattern, ...]:
    name, *change = piece[1:-1].split("|") if re.match(r"\{\w{2,}", piece) else ("",)
    if not name:
        return (Pattern.of(piece),)
    value = resolve(step.inputs.get(name))
    options = value.options if isinstance(value, Text) else () if change else (Pattern.of("*"),)
    return tuple(each for option in options if (each := replaced(option, *change) if change else option) is not None)
