"""Conditions that a call's inputs prove: attaching one policy is narrower than attaching any.

Which key an input proves is data: `[[condition]]` of `tools/exceptions.toml`, with the source of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details, Held
from ..values.calls import ApiCall, Condition
from ..values.patterns import Pattern
from .arn_spellings import alias_of
from .inputs import texts
from .resources import named_of


def proven_by_inputs(call: ApiCall, details: Details) -> tuple[Condition, ...]:
    """The conditions that the inputs prove about the request; none for an input of which one value is fully unknown."""
    found = ((each, _values(call, each)) for each in details.conditions)
    return tuple((each.operator, each.key, values) for each, values in found if values)


def _values(call: ApiCall, held: Held) -> tuple[Pattern, ...]:
    said = texts(call.inputs, held.member)
    if any(text.is_any for text in said) or len([text for text in said if _is_of_any_name(text)]) > 1:
        return ()
    prefix, is_type, kind = held.what.partition(":")
    if is_type:
        return tuple(dict.fromkeys(named_of(catalog.resource_type(prefix, kind), said))) if said else ()
    known = tuple(_HOLDS[held.what](text) for text in said)
    return tuple(text for text in known if text is not None) if None not in known else ()


_HOLDS: Final[Mapping[str, Callable[[Pattern], Pattern | None]]] = {"": lambda text: text, "alias": alias_of}


def _is_of_any_name(text: Pattern) -> bool:
    """Whether an ARN has only a type and an owner. An output may be the account's own or AWS's, and these two together exclude nothing."""
    return re.fullmatch(r"arn:(?:[^:]*:){4}[\w-]+[/:]\*", text.shown()) is not None
