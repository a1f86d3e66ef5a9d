"""Saves a step's needs as plain data, and loads them: for AWS-owned runbooks, whose documents are not shipped.

A step's needs are saved with a hole for every parameter, whether it is bound or not; the holes are filled when they are loaded,
with the values bound then. So a saved step needs what the step itself needs, for any values. Where the calls of a step depend on
its parameters, each case is saved separately (`_case`).

The inputs of an API call are saved, not its permissions: the catalog adds these when the facts are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..findings import Finding
from ..runbook.model import Runbook, Step
from ..runbook.parameters import text_of
from ..runbook.references import combined, in_text, value_of
from ..values.calls import CREATING, ApiCall, ChangedStack, Origin, Permission
from ..values.patterns import ANY, ONE, Bound, Part, Pattern, Slot
from ..values.value import UNKNOWN, Text, Value
from . import unset_parameters
from .step_context import AsRole, Needs, OwnNeed

# -- to plain data -------------------------------------------------------------------------------------------------------------------

# In a text, a part that is not a literal is a number, and a parameter's value is its name in a list.
_NUMBERS: Final[tuple[Part, ...]] = (ANY, Slot.PARTITION, Slot.REGION, Slot.ACCOUNT, Slot.ROLE, ONE)


def save(needs: Iterable[Needs]) -> list[Any]:
    """What a step needs as plain data.

    Args:
        needs: of a step of a runbook with `hole` bound to its parameters, or to some of them.
    """
    return [saved for each in needs for saved in _saved(each)]


def _saved(need: Needs) -> list[Any]:
    if isinstance(need, AsRole):
        return [{"as": _pattern(need.role), **each} for each in _saved(need.need)]
    return _stack(need) if isinstance(need, ChangedStack) else [_need(need)]


def _stack(changed: ChangedStack) -> list[Any]:
    """A stack with its template's outline; the finding about a template that cannot be read is the same for all values."""
    from .stack_outline import outline
    from .stacks import needs_of_stack

    kept = outline(changed.template)
    if kept is None:
        return [_need(each) for each in needs_of_stack(changed)]
    inputs = {name: _value(value) for name, value in changed.inputs.items()}
    handlers = {} if changed.handlers == CREATING else {"handlers": list(changed.handlers)}
    return [{"stack": kept, "line": changed.origin.line, "inputs": inputs, **handlers}]


def hole(parameter: str, *, is_list: bool) -> Any:
    """A value to bind to a parameter to mark its place; opaque, like a CDK token."""
    token = f"${{Token[{parameter}]}}"
    return [token] if is_list else token


def _need(need: ApiCall | Permission | Finding) -> Any:
    if isinstance(need, ApiCall):
        inputs = {name: _value(value) for name, value in need.inputs.items()}
        regions = {"regions": [_pattern(each) for each in need.regions]} if need.regions else {}
        return {
            "call": f"{need.service}.{need.operation}",
            "line": need.origin.line,
            "inputs": inputs,
            "partly": not need.complete,
            **regions,
        }
    if isinstance(need, Finding):
        return {"finding": need.id, "line": need.line, "message": need.message}
    return {
        "action": need.action,
        "lines": [origin.line for origin in need.origins],
        **{kind: [_pattern(each) for each in getattr(need, kind)] for kind in _KINDS},
        "conditions": [[operator, key, [_pattern(each) for each in values]] for operator, key, values in need.conditions],
    }


_KINDS: Final = ("resources", "perhaps", "either")


def _value(value: Value) -> Any:
    """A literal text stays, and so does a list; everything else becomes a mapping with one key that says what it is."""
    if isinstance(value, Text):
        if (named := _hole_in(value)) is not None:
            return {"of": named}
        return value.literals[0] if value.literals and len(value.options) == 1 else {"text": [_pattern(each) for each in value.options]}
    if isinstance(value, tuple):
        named = _hole_in(value[0]) if len(value) == 1 else None
        return {"list": named} if named is not None else [_value(each) for each in value]
    if isinstance(value, Mapping):
        return {"map": {name: _value(each) for name, each in value.items()}}
    return {} if value is UNKNOWN else {"is": value}


def _hole_in(value: Value) -> str | None:
    """The parameter whose value is the whole text."""
    parts = value.options[0].parts if isinstance(value, Text) and len(value.options) == 1 else ()
    return parts[0].parameter if len(parts) == 1 and isinstance(parts[0], Bound) else None


def _pattern(pattern: Pattern) -> list[Any]:
    return [_part(each) for each in pattern.parts]


def _part(part: Part) -> Any:
    if isinstance(part, Bound):
        return [part.parameter]
    return part if isinstance(part, str) else _NUMBERS.index(part)


# -- and back ------------------------------------------------------------------------------------------------------------------------


def needs_of_saved(step: Step, runbook: Runbook) -> Iterator[Needs]:
    """Like `needs_of_step`, for a runbook with facts instead of a document."""
    data = runbook.facts.needs.get(step.name) if runbook.facts is not None else None
    reader = _SavedNeeds(runbook, step)
    for each in _case(data, runbook) if data is not None else ():
        yield from reader.needs(each)


def _case(data: Any, runbook: Runbook) -> Sequence[Any]:
    """The needs for the bound values: of several cases, the first that fits; the last one always does.

    A case says what each of its parameters must be: `None` unset, `True` set, a text this value.
    """
    if isinstance(data, list):
        return data
    for case in data["cases"]:
        if all(_fits(wanted, name, runbook.bindings) for name, wanted in case["when"].items()):
            found: list[Any] = case["needs"]
            return found
    return ()


def _fits(wanted: Any, name: str, bindings: Mapping[str, Any]) -> bool:
    if wanted is None or name not in bindings:
        return wanted is None and name not in bindings
    return wanted is True or bool(text_of(bindings[name]) == wanted)


class _SavedNeeds:
    def __init__(self, runbook: Runbook, step: Step) -> None:
        self.runbook, self.step = runbook, step

    def needs(self, data: Mapping[str, Any]) -> Iterator[Needs]:
        """What was saved; for an assumed role, once for each role that it may be."""
        if "as" in data:
            named = _SavedNeeds(unset_parameters.with_placeholders(self.runbook), self.step)
            yield from (AsRole(role=role, need=self.need(data)) for role in named.patterns([data["as"]]))
        else:
            yield self.need(data)

    def need(self, data: Mapping[str, Any]) -> OwnNeed:
        inputs = {name: self.value(each) for name, each in data.get("inputs", {}).items()}
        if "stack" in data:
            handlers = tuple(data.get("handlers", ())) or CREATING
            return ChangedStack(template=data["stack"], inputs=inputs, handlers=handlers, origin=self.origin(data["line"]))
        if "call" in data:
            service, _, operation = data["call"].rpartition(".")
            origin = self.origin(data["line"])
            return ApiCall(
                service=service,
                operation=operation,
                inputs=inputs,
                complete=not data.get("partly"),
                regions=self.patterns(data.get("regions", ())),
                origin=origin,
            )
        if "finding" in data:
            return self.origin(data["line"]).finding(data["finding"], data["message"])
        return Permission(
            action=data["action"],
            conditions=tuple((operator, key, self.patterns(values)) for operator, key, values in data.get("conditions", ())),
            origins=tuple(map(self.origin, data["lines"])),
            resources=self.patterns(data.get("resources", ())),
            perhaps=self.patterns(data.get("perhaps", ())),
            either=self.patterns(data.get("either", ())),
        )

    def origin(self, line: int) -> Origin:
        return Origin(self.runbook.name, self.step.name, line)

    def value(self, data: Any) -> Value:
        match data:
            case str():
                return Text.literal(data)
            case list():
                return tuple(map(self.value, data))
            case {"of": str(parameter)}:
                return self.one(parameter)
            case {"list": str(parameter)}:
                return value_of(parameter, self.runbook)
            case {"text": options}:
                return Text(self.patterns(options))
            case {"map": members}:
                return {name: self.value(each) for name, each in members.items()}
            case {"is": bool() | int() | float() | None as known}:
                return known
        return UNKNOWN

    def one(self, parameter: str) -> Value:
        """A parameter's value; any element of a list."""
        value = value_of(parameter, self.runbook)
        if not self.runbook.parameters[parameter].is_list:
            return value
        options = [each for item in value for each in in_text(item)] if isinstance(value, tuple) else []
        return Text(tuple(dict.fromkeys(options))) if options else UNKNOWN

    def patterns(self, data: Iterable[Any]) -> tuple[Pattern, ...]:
        found: dict[Pattern, None] = {}
        for parts in data:
            if any(isinstance(each, list) for each in parts):
                found.update(dict.fromkeys(combined([self.part(each) for each in parts])))
            else:  # one text, as in nearly all cases: nothing to combine
                found[Pattern(tuple([each if isinstance(each, str) else _NUMBERS[each] for each in parts]))] = None
        return tuple(found)

    def part(self, data: Any) -> tuple[Pattern, ...]:
        if isinstance(data, list):
            return in_text(self.one(data[0]))
        return (Pattern.literal(data) if isinstance(data, str) else Pattern((_NUMBERS[data],)),)
