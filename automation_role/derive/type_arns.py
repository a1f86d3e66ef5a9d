"""The ARNs of one resource type for one call: each hole of the type's ARN is filled from the inputs, or the inputs have whole ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Final, NamedTuple

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from ..values import arns
from ..values.calls import ApiCall
from ..values.patterns import ANY, Bound, Pattern
from ..values.value import Text
from .arn_forms import ACCOUNT, REGION, form, in_any_account, wildcard
from .arn_holes import Filled, key_of, said_in, specs_of
from .arn_names import form_of, forms, is_access_point, is_arn, names_of, partial_arn, whole_arns
from .inputs import UNKNOWN_TEXT, given, texts
from .which_types import fitting

# With more ARNs than this for one type, the names that vary most become `*`.
_MOST_NAMES: Final = 60


def arns_of_type(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type, and AWS's own if the name is a runtime value."""
    found = tuple(_of_own(call, details, action, kind, types))
    yield from found
    if kind.aws_owned and wildcard(kind.arn) in found and catalog.takes_aws_owned(action):
        yield wildcard(kind.aws_owned)


def _of_own(call: ApiCall, details: Details, action: str, kind: ResourceType, types: tuple[ResourceType, ...]) -> Iterator[Pattern]:
    """The ARNs of one type; none when the inputs show that it is not meant."""
    if not kind.only_by_arn and details.fills.keys().isdisjoint("*?") and not specs_of(details, kind.name):
        yield wildcard(kind.arn)  # no input can say which one
        return
    arns, others = _whole(call, details, action, kind, types)
    yield from arns
    if kind.only_by_arn:
        return
    holes = _holes(call, details, action, kind)
    if holes is None:  # no input says its name
        if not arns and not (others and (not kind.required or TAGS_ANY_TYPE.search(call.operation))):
            for names in _combined(_accounts(call, details, kind)):
                yield form(kind.arn).write(names)
    elif not holes.left_out or (not arns and (kind.required or not call.complete or (not holes.filled and _describes(call)))):
        for names in _combined(holes.filled):
            for written in forms(kind, names):
                yield form(written).write(names)


# For these operations, an ARN may be of any of the types, even of one that is marked as required.
TAGS_ANY_TYPE: Final = re.compile(r"(?i)tag|resource_?polic(y|ies)")


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
    """The inputs that name resources of a type, and may hold whole ARNs; for a type that only an ARN can name, all inputs that name something."""
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
