"""Resolves each `{{ reference }}`: what is known before a run about a step's inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from ..values.patterns import ANY, Bound, Pattern, Slot
from ..values.placeholders import ACCOUNT, PARTITION, REGION, is_generated_name
from ..values.tokens import KnownToken, between_tokens, is_opaque
from ..values.value import UNKNOWN, Text, Value
from .braces import around_placeholders, only_expression_in, placeholders_in, references_in
from .model import Runbook
from .parameters import Parameter, text_of
from .prefixes_by_use import used_as
from .prefixes_declared import beginning
from .runtime_values import produced

# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
_GLOBALS: Final[Mapping[str, Slot]] = {
    "global:ACCOUNT_ID": Slot.ACCOUNT,
    "global:REGION": Slot.REGION,
    "global:AWS_PARTITION": Slot.PARTITION,
}
# Placeholders in a template's document for where the stack is deployed.
_STAND_INS: Final[Mapping[str, Slot]] = {ACCOUNT: Slot.ACCOUNT, REGION: Slot.REGION, PARTITION: Slot.PARTITION}
# At most this many texts for one value; beyond it, the part that varies is unknown.
_MAX_OPTIONS: Final = 64
# At most this many characters, too: variables that repeat each other double their text with each step.
_LONGEST: Final = 1_000_000


def resolve(data: Any, runbook: Runbook) -> Value:
    """A step's inputs, with each `{{ }}` resolved.

    - A literal is itself; what a template fills in (`${ }` in a name) is unknown.
    - `{{ Param }}` is the first of these that is known: the bound value (opaque), this role for the assume-role parameter, its
      `allowedValues`, the beginning that its `allowedPattern` or its use requires. A default says nothing: the start may set another value.
    - `{{ global:ACCOUNT_ID }}`, `REGION`, `AWS_PARTITION` are slots. Outputs of steps, variables and items of loops are known in part
      (`produced`); dates and execution ids are unknown.

    A reference that is the whole value may have any shape.
    """
    if isinstance(data, str):
        return _text(data, runbook)
    if data is None or isinstance(data, (bool, int, float)):
        return data
    if isinstance(data, (list, tuple)):
        return UNKNOWN if _is_list_token(data) else tuple([resolve(item, runbook) for item in data])
    if isinstance(data, Mapping):
        return {str(key): resolve(value, runbook) for key, value in data.items()}
    return UNKNOWN


def _text(text: str, runbook: Runbook) -> Value:
    if (only := only_expression_in(text)) is not None:
        return value_of(only, runbook)
    if is_opaque(text):  # a document in a CDK app, or in a template
        return Text(combined([in_text(_between(piece, runbook)) for piece in between_tokens(text)]))
    if "{" not in text:
        return Text.literal(text)
    filled_in = placeholders_in(text)
    if [text.strip()] == filled_in:
        return UNKNOWN
    written = _named if filled_in else Pattern.literal
    pieces: list[tuple[Pattern, ...]] = []
    at = 0
    for reference in references_in(text):
        pieces.append((written(text[at : reference.start]),))
        pieces.append(in_text(value_of(reference.expression, runbook)))
        at = reference.end
    pieces.append((written(text[at:]),))
    return Text(combined(pieces))


def _named(text: str) -> Pattern:
    """A piece of a name, with its `${ }` unknown."""
    first, *others = around_placeholders(text)
    return Pattern((first, *(part for piece in others for part in (ANY, piece))))


def _between(piece: str, runbook: Runbook) -> Value:
    """An opaque token or placeholder, or the text between them."""
    if piece in _STAND_INS:
        return Text((Pattern((_STAND_INS[piece],)),))
    if not is_opaque(piece):
        return _text(piece, runbook)
    known = KnownToken(piece, "") if is_generated_name(piece) else piece  # a name is not an ARN
    return Text((Pattern((Bound("", runbook.name, known),)),))


def combined(pieces: list[tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
    """Every combination of pieces that each may be one of several texts; if there are too many, what varies is unknown; if they are too long, all."""
    if sum(len(part) for options in pieces for text in options for part in text.parts if isinstance(part, str)) > _LONGEST:
        return (Pattern((ANY,)),)
    count = 1
    for i, options in enumerate(pieces):
        if count * len(options) > _MAX_OPTIONS:
            pieces[i] = (Pattern((ANY,)),)
        count *= len(pieces[i])
    return tuple(dict.fromkeys(Pattern(tuple(part for piece in choice for part in piece.parts)) for choice in product(*pieces)))


def in_text(value: Value) -> tuple[Pattern, ...]:
    """A value inside a longer text."""
    if isinstance(value, Text):
        return value.options
    if isinstance(value, (bool, int, float)):
        return (Pattern.literal(str(text_of(value))),)
    return (Pattern((ANY,)),)


def value_of(expression: str, runbook: Runbook) -> Value:
    """The value of an `{{ expression }}` that is the whole input."""
    if expression in runbook.known:
        return runbook.known[expression]
    if expression in _GLOBALS:
        return Text((Pattern((_GLOBALS[expression],)),))
    parameter = runbook.parameters.get(expression)
    if parameter is None:
        return _remembered(expression, runbook, lambda: produced(expression, runbook, lambda data: resolve(data, runbook)))
    if expression in runbook.bindings:
        value = runbook.bindings[expression]
        known = _BOOLEANS.get(value) if parameter.type == "Boolean" and isinstance(value, str) else None
        return known if known is not None else _bound(value, expression, runbook.name)
    if expression == runbook.assume_role_parameter:
        return Text((Pattern((Slot.ROLE,)),))
    return _remembered(expression, runbook, lambda: _declared(parameter, runbook))


def _remembered(expression: str, runbook: Runbook, find: Callable[[], Value]) -> Value:
    """What is found, cached. A value inside its own definition (a variable that steps append to) is unknown."""
    runbook.known[expression] = UNKNOWN
    found = runbook.known[expression] = find()
    return found


# A Boolean is the same in every spelling; a number is as opaque as any other text.
_BOOLEANS: Final = {"true": True, "false": False}


def _bound(value: Any, parameter: str, runbook: str) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        return Text((Pattern((Bound(parameter, runbook, value),)),))
    if isinstance(value, Mapping):
        return {str(key): _bound(item, parameter, runbook) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if _is_list_token(value):
            return UNKNOWN
        return tuple(_bound(item, parameter, runbook) for item in value)
    return value if isinstance(value, (bool, int, float)) else UNKNOWN


def _is_list_token(items: Sequence[Any]) -> bool:
    """CDK writes a list with unknown items as a list of one encoded element."""
    return len(items) == 1 and isinstance(items[0], str) and items[0].startswith("#{Token[")


def _declared(parameter: Parameter, runbook: Runbook) -> Value:
    """The values that a start may set: those that the runbook lists, or those with the beginning that it or its steps require."""
    if parameter.allowed_values is None:
        return beginning(parameter) or used_as(parameter, runbook) or UNKNOWN
    if not parameter.allowed_values or len(parameter.allowed_values) > _MAX_OPTIONS or parameter.type in ("StringMap", "MapList"):
        return UNKNOWN
    texts = Text(tuple(dict.fromkeys(Pattern.literal(str(text_of(value))) for value in parameter.allowed_values)))
    return (texts,) if parameter.is_list else texts
