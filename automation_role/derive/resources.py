"""From an IAM action and known inputs to the ARNs that it is narrowed to.

Each resource type of the action is handled separately: its ARN has holes, the catalog says which inputs fill them (`Details.fills`), and
an input may be a name, an identifier or a whole ARN. A runtime value stays `*`, in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import Final, NamedTuple

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from ..values import arns
from ..values.calls import ApiCall
from ..values.patterns import ANY, Bound, Pattern
from ..values.value import Text, Value
from .arn_forms import ACCOUNT, ANYTHING, REGION, account_wide, form, in_any_account, wildcard
from .arn_holes import Filled, key_of, said_in, specs_of
from .arn_names import form_of, forms, is_access_point, is_arn, names_of, partial_arn, whole_arns
from .inputs import UNKNOWN_TEXT, given, is_on, texts
from .which_types import chosen, fitting, is_perhaps, types_of

# A statement with more types than this would use up much of a role's quota.
_MOST: Final = 20
# With more ARNs than this for one type, the names that vary most become `*`.
_MOST_NAMES: Final = 60


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
    by_type = {kind: _documents(call, details, kind) or tuple(_of_type(call, details, action, kind, types)) for kind in types}
    named = dict.fromkeys(each for arns in by_type.values() for each in arns)
    found = tuple(named) or tuple(dict.fromkeys(wildcard(kind.arn) for kind in types))
    if len(types) > _MOST and len(set(found) & _wildcards(action)) > _MOST:
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
    naming = {kind: _naming(details, kind) for kind in by_type}
    several = [kind for kind in by_type if naming[kind] and sum(naming[kind] == each for each in naming.values()) > 1]
    one_of = [kind for kind in several if not kind.required or _TAGS.search(call.operation)]
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


# -- one type ------------------------------------------------------------------------------------------------------------------------


def _of_type(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type, and AWS's own if the name is a runtime value."""
    found = tuple(_of_own(call, details, action, kind, types))
    yield from found
    if kind.aws_owned and wildcard(kind.arn) in found and catalog.takes_aws_owned(action):
        yield wildcard(kind.aws_owned)


def _of_own(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type; none when the inputs show that it is not meant."""
    arns, others = _whole(call, details, action, kind, types)
    yield from arns
    if kind.only_by_arn:
        return
    holes = _holes(call, details, action, kind)
    if holes is None:  # no input says its name
        if not arns and not (others and (not kind.required or _TAGS.search(call.operation))):
            for names in _combined(_accounts(call, details, kind)):
                yield form(kind.arn).write(names)
    elif not holes.left_out or (not arns and (kind.required or not call.complete or (not holes.filled and _describes(call)))):
        for names in _combined(holes.filled):
            for written in forms(kind, names):
                yield form(written).write(names)


# For these operations, an ARN may be of any of the types, even of one that is marked as required.
_TAGS: Final = re.compile(r"(?i)tag|resource_?polic(y|ies)")


def _describes(call: ApiCall) -> bool:
    """Whether the inputs may be a filter: then the type without an input is the one that is listed."""
    return call.operation.lower().startswith("describe")


def _whole(
    call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]
) -> tuple[tuple[Pattern, ...], bool]:
    """The inputs' ARNs of this type, and whether they have one of another type of the action instead."""
    found: dict[Pattern, None] = {}
    given_as_arns = said_in(call, details.fills.get(key_of(details, action, kind.name, "*"), ""))
    for text in _that_may_be_arns(given_as_arns, kind):
        if not _of_other_service(text, kind):
            found.update(dict.fromkeys(whole_arns(text, kind, call.inputs)))
    loose, others = _loose(call, details, kind, types)
    found.update(dict.fromkeys(loose))
    for member in _named_by(details, action, kind):
        for text in texts(call.inputs, member):
            arn = partial_arn(text, kind)
            if arn is not None:
                found.update(dict.fromkeys(whole_arns(arn, kind, call.inputs)))
            elif (is_arn(text) and kind.name in fitting(text, types)) or (kind.name == "accesspointobject" and is_access_point(text)):
                found.update(dict.fromkeys(whole_arns(text, kind, call.inputs)))
    return tuple(found), others


def _that_may_be_arns(given_as_arns: tuple[Pattern, ...], kind: ResourceType) -> tuple[Pattern, ...]:
    """The ARNs that a policy can name; any of the type if the value is not an ARN (`invalid_arns`)."""
    usable = tuple(text for text in given_as_arns if kind.name == "object" or arns.may_be_arn(text))
    return usable or (UNKNOWN_TEXT,)[: len(given_as_arns)]


def invalid_arns(call: ApiCall, details: Details) -> Iterator[tuple[str, Pattern]]:
    """Inputs that must be ARNs, with the values that are not; their bound values are checked later."""
    specs = [spec for key, spec in details.fills.items() if key.endswith(".*")]
    for member in dict.fromkeys(member for spec in specs for member in Filled.read(spec).members if _ARN_MEMBER.search(member)):
        options = [option for value in given(call.inputs, member) if isinstance(value, Text) for option in value.options]
        if not any(arns.may_be_arn(arns.plain(option)) for option in options):
            yield from ((member, option) for option in options)


_ARN_MEMBER: Final = re.compile(r"(?i)arns?$")


def _loose(call: ApiCall, details: Details, kind: ResourceType, types: tuple[ResourceType, ...]) -> tuple[list[Pattern], bool]:
    """The ARNs of this type in inputs that accept several types, and whether these inputs have an ARN of another type."""
    found: list[Pattern] = [text for text in said_in(call, details.fills.get("*", "")) if _is_token(text)]
    others = False
    for key in ("*", "?"):
        for text in said_in(call, details.fills.get(key, "")):
            fit = fitting(text, types) if is_arn(text) else ()
            found.extend(whole_arns(text, kind, call.inputs) if kind.name in fit else ())
            others = others or bool(fit and kind.name not in fit)
    return found, others


def _of_other_service(text: Pattern, kind: ResourceType) -> bool:
    """Whether the input also accepts this ARN of another type: a function, where logs go to a destination."""
    first = text.parts[0] if text.parts else ANY
    fields = first.split(":") if isinstance(first, str) and is_arn(text) else []
    return len(fields) > _SERVICE + 1 and "{" not in kind.service and fields[_SERVICE] != kind.service


_SERVICE: Final = 2


def _named_by(details: Details, action: str, kind: ResourceType) -> tuple[str, ...]:
    """The inputs that name resources of a type, which may hold whole ARNs, too; for a type that only its ARN identifies, any input that names something."""
    return tuple(
        dict.fromkeys(
            member
            for key, spec in details.fills.items()
            if key.removeprefix(f"{action.rpartition(':')[2]}/").startswith(f"{kind.name}.") or kind.only_by_arn
            for member in Filled.read(spec).members
        )
    )


class _Holes(NamedTuple):
    """What fills an ARN's holes (and its account, `A`), and whether an input that would name the resource is left out."""

    filled: tuple[tuple[str, tuple[Pattern, ...]], ...] = ()
    left_out: bool = False


def _holes(call: ApiCall, details: Details, action: str, kind: ResourceType) -> _Holes | None:
    """The inputs' values; `None` if no input fills it."""
    if key_of(details, action, kind.name, "*") != f"{kind.name}.*":
        return _Holes(left_out=True)
    filled: list[tuple[str, tuple[Pattern, ...]]] = []
    named_in: list[tuple[Pattern, ...]] = []
    known = f"{kind.name}.*" in details.fills
    left_out = known and not any(f"{kind.name}.{hole}" in details.fills for hole in form(kind.formats[0]).holes)
    for hole in form(kind.formats[0]).holes:
        spec = details.fills.get(key_of(details, action, kind.name, hole))
        if spec is None:
            continue
        known = True
        read = Filled.read(spec)
        values = read.said(call)
        if any(given(call.inputs, second) for second in read.seconds):
            values = (UNKNOWN_TEXT,)
        elif not values:
            left_out = left_out or not read.has_default
            continue
        names = tuple(dict.fromkeys(name for value in values for name in names_of(value, kind, hole, call.inputs)))
        if not names:  # the value is a whole ARN, or names another type
            return _Holes(left_out=True)
        filled.append((hole, names))
        named_in.append(values)
    place = _accounts(call, details, kind) or _place_of(named_in, kind)
    return _Holes((*filled, *place), left_out) if known else None


def _place_of(named_in: list[tuple[Pattern, ...]], kind: ResourceType) -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
    """The account and the Region of a resource whose input names the cluster by its ARN: those of the cluster; nothing if there are several."""
    values = [each for each in named_in if any(is_arn(text) and not in_any_account(kind.arn).covers(form_of(text)) for text in each)]
    fields = {tuple((text.text or "").split(":", 5)[2:5]) for each in values for text in each}
    service, region, account = (*next(iter(fields)), "", "", "")[:3] if len(fields) == 1 else ("", "", "")
    if service != kind.service:
        return ()
    return tuple((hole, (Pattern.literal(each),)) for hole, each in ((ACCOUNT, account), (REGION, region)) if each)


def _accounts(call: ApiCall, details: Details, kind: ResourceType) -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
    accounts = tuple(dict.fromkeys(said_in(call, details.fills.get(f"{kind.name}.{ACCOUNT}", ""))))
    return ((ACCOUNT, accounts),) if accounts and all(_is_account(account) for account in accounts) else ()


def _is_account(text: Pattern) -> bool:
    """Whether a text may be an account ID; for a Glue catalog, it may be a name."""
    return text.text is None or re.fullmatch(r"\d{12}", text.text) is not None


def _combined(holes: tuple[tuple[str, tuple[Pattern, ...]], ...]) -> Iterator[Mapping[str, Pattern]]:
    """Every combination of names."""
    wide = dict(holes)
    while prod(map(len, wide.values())) > _MOST_NAMES:
        wide[max(wide, key=lambda hole: len(wide[hole]))] = (UNKNOWN_TEXT,)
    for names in product(*wide.values()):
        yield dict(zip(wide, names, strict=True))


def _is_token(text: Pattern) -> bool:
    return len(text.parts) == 1 and isinstance(text.parts[0], Bound)


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
