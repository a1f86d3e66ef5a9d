"""From an IAM action and known inputs to the ARNs that it is narrowed to.

Each resource type of the action is handled separately: its ARN has holes, the catalog says which inputs fill them (`Details.fills`), and
an input may be a name, an identifier or a whole ARN. A runtime value stays `*`, in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Final, NamedTuple

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from ..values import arns
from ..values.calls import ApiCall
from ..values.patterns import Pattern
from ..values.value import Value
from .arn_forms import ANYTHING, account_wide, form, in_any_account, wildcard
from .arn_holes import Filled, said_in, specs_of
from .arn_names import forms, is_arn, names_of, partial_arn, whole_arns
from .inputs import UNKNOWN_TEXT, is_on, texts
from .type_arns import TAGS_ANY_TYPE, arns_of_type
from .which_types import chosen, is_perhaps, types_of

# A statement with more types than this would use up much of a role's quota.
MOST_TYPES: Final = 20


class Found(NamedTuple):
    """The resources of one permission, a message if there are too many to list, and those that may not be needed (`Permission`)."""

    resources: tuple[Pattern, ...]
    many: str = ""
    perhaps: tuple[Pattern, ...] = ()
    either: tuple[Pattern, ...] = ()


def resources_of(
    call: ApiCall, details: Details, action: str, *, like: tuple[str, ...] = (), created_by: str = "", on: tuple[str, ...] = ()
) -> Found:
    """The resources that an action of a call needs.

    Args:
        call: the call.
        details: what its inputs mean.
        action: one that authorizes the call, or that follows from its inputs.
        like: the call's own actions, if `action` follows from an input: then only the types that these have too count, if there are any.
        created_by: the operation, if `action` is about what it creates.
        on: the types that `action` is about, if known.
    """
    if details.path and not like:
        return Found((_path(details.path, call.inputs),))
    types = tuple(kind for kind in types_of(action, like, created_by, on) if kind.name not in details.other_types)
    if not types or (details.anything and not like and is_on(call.inputs, details.anything)):
        return Found((ANYTHING,))
    said = chosen(call, details, types)
    if said is not None:
        return Found(said)
    by_type = {kind: _documents(call, details, kind) or tuple(arns_of_type(call, details, action, kind, types)) for kind in types}
    named = dict.fromkeys(each for arns in by_type.values() for each in arns)
    found = tuple(named) or tuple(dict.fromkeys(wildcard(kind.arn) for kind in types))
    if len(types) > MOST_TYPES and len(set(found) & _wildcards(action)) > MOST_TYPES:
        wide = account_wide(action, types)
        return Found(wide, f"{action} has {len(types)} resource types, and which of them the step uses is unknown", either=wide)
    sure = {each for kind, arns in by_type.items() if not is_perhaps(call, details, action, kind) for each in arns}
    return Found(
        found,
        perhaps=tuple(each for each in found if each in named and each not in sure),
        either=_either(call, details, by_type),
    )


def _either(call: ApiCall, details: Details, by_type: Mapping[ResourceType, tuple[Pattern, ...]]) -> tuple[Pattern, ...]:
    """The ARNs of types that share their inputs with another type: an instance or a managed node."""
    if len(by_type) == 1:
        return ()
    naming = {kind: _naming(details, kind) for kind in by_type}
    several = [kind for kind in by_type if naming[kind] and sum(naming[kind] == each for each in naming.values()) > 1]
    one_of = [kind for kind in several if not kind.required or TAGS_ANY_TYPE.search(call.operation)]
    return tuple(dict.fromkeys(each for kind in one_of for each in by_type[kind]))


def _naming(details: Details, kind: ResourceType) -> frozenset[str]:
    specs = specs_of(details, kind.name) or (Filled.read(details.fills.get("*", "")),)
    return frozenset(member for spec in specs for member in spec.members if member)


def named(action: str, kind: str, *values: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """The resources of one type of an action that these texts name; any of the type if none does.

    Args:
        action: the action.
        kind: the type.
        values: they fill the last holes of its ARN, or are whole ARNs.
    """
    made = (arn for each in catalog.resource_types(action) if each.name == kind for arn in named_of(each, *values))
    return tuple(dict.fromkeys(made)) or (ANYTHING,)


def named_of(kind: ResourceType, *values: tuple[Pattern, ...]) -> Iterator[Pattern]:
    """The resources of a type that these texts name: see `named`."""
    holes = form(kind.formats[0]).holes[-len(values) :]
    for texts_of in product(*(said or (UNKNOWN_TEXT,) for said in values)):
        if len(values) == 1:
            yield from _full(texts_of[0], kind, {})
        filled = [names_of(text, kind, hole, {}) for text, hole in zip(texts_of, holes, strict=True)]
        for names in (dict(zip(holes, names, strict=True)) for names in product(*filled)):
            yield from (form(written).write(names) for written in forms(kind, names))


def _full(text: Pattern, kind: ResourceType, inputs: Mapping[str, Value]) -> tuple[Pattern, ...]:
    """The ARNs of a type in a text that is one, or the end of one."""
    arn = partial_arn(text, kind)
    if arn is not None:
        return whole_arns(arn, kind, inputs)
    return whole_arns(text, kind, inputs) if is_arn(text) and in_any_account(kind.arn).covers(text) else ()


def _documents(call: ApiCall, details: Details, kind: ResourceType) -> tuple[Pattern, ...]:
    """Systems Manager's documents, which are AWS's own, shared, or the account's."""
    if kind.name not in _DOCUMENTS or not kind.arn.startswith("arn:{P}:ssm:"):
        return ()
    hole = form(kind.arn).holes[0]
    names = said_in(call, details.fills.get(f"{kind.name}.{hole}", ""))
    versions = said_in(call, details.fills.get(f"{kind.name}.VersionId", "")) or (UNKNOWN_TEXT,)
    if kind.name == "document":
        return tuple(dict.fromkeys(arns.document_arn(name) for name in names))
    return tuple(dict.fromkeys(arns.definition_arn(name, version) for name in names for version in versions))


_DOCUMENTS: Final = frozenset({"document", "automation-definition"})


@cache
def _wildcards(action: str) -> frozenset[Pattern]:
    return frozenset(wildcard(kind.arn) for kind in catalog.resource_types(action))


def _path(path: str, inputs: Mapping[str, Value]) -> Pattern:
    """API Gateway's ARNs are the paths of requests.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
    """
    made = Pattern.of("arn:{P}:apigateway:{R}::")
    for piece in re.split(r"(\{\w+\})", path):
        if not piece.startswith("{"):
            made += Pattern.literal(piece)
            continue
        values = texts(inputs, piece[1:-1])
        # A slash in a value is %2F in a path; several values become `*`.
        made += values[0] if len(values) == 1 and "/" not in (values[0].text or "") else UNKNOWN_TEXT
    return made
