"""Which of an action's resource types a call is about: what it makes, what an input says, what an identifier's prefix says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Details, ResourceType
from ..values.calls import ApiCall
from ..values.patterns import ANY, Pattern
from ..values.value import Value
from .arn_forms import HOLE, anyones, form
from .filled import specs_of
from .inputs import UNKNOWN_TEXT, given, texts
from .names import any_identifier, form_of, forms, names_of


@cache
def types_of(action: str, like: tuple[str, ...], made_by: str) -> tuple[ResourceType, ...]:
    """The types that a call may be about: see `resources_of`."""
    types = catalog.resource_types(action)
    own = {kind.name for each in like for kind in catalog.resource_types(each)}
    same = {kind.name for kind in types if kind.name in own}
    made = {kind.name for kind in types if _makes(made_by, kind.name)} or {
        kind.name for kind in types if _makes(made_by, kind.name, part=True)
    }
    meant = (made if made <= same else made | same) or same
    return tuple(kind for kind in types if kind.name in meant) or types


def _makes(operation: str, kind: str, *, part: bool = False) -> bool:
    """Whether an operation is called after a type that it makes: CreateCacheCluster a `cluster`, in part CreateRule a `listener-rule/app`."""
    match = _MAKES.match(operation)
    if match is None:
        return False
    about, name = _plain(match[1]), _plain(re.split(r"[/#]", kind)[0])
    return name.endswith(about) if part else about.endswith(name)


# What an operation makes, without what it makes it from: CreateVolumeFromBackup, CreateAutoMLJobV2.
_MAKES: Final = re.compile(
    r"(?:Allocate|Create|Import|Put|Register|Request|Run|Start)([A-Z]\w*?)s?(?:V\d)?(?:(?:By|For|From|To|Using|With)[A-Z]\w*)?$"
)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# -- what an input says ---------------------------------------------------------------------------------------------------------------


def chosen(call: ApiCall, details: Details, types: tuple[ResourceType, ...]) -> tuple[Pattern, ...] | None:
    """Where an input says of which type the resource is, or its identifier's prefix does."""
    if details.choice is not None:
        return _by_choice(call, *details.choice, types)
    if details.ids is not None:
        return _by_id(call, *details.ids, types)
    return None


def _by_choice(
    call: ApiCall, member: str, name: str, kinds: Mapping[str, str], types: tuple[ResourceType, ...]
) -> tuple[Pattern, ...] | None:
    said = [text.text for text in texts(call.inputs, member)]
    if not said or None in said:
        return None
    chosen = {kinds.get(text) for text in said if text is not None}
    found: list[Pattern] = []
    for kind in types:
        if kind.name in chosen:
            holes = form(kind.formats[0]).holes
            for value in texts(call.inputs, name) or (UNKNOWN_TEXT,):
                for text in names_of(value, kind, holes[-1], call.inputs) or (value,):
                    names = {holes[-1]: text}
                    found.extend(form(each).write(names) for each in forms(kind, names))
    return tuple(dict.fromkeys(found)) or None


def _by_id(call: ApiCall, member: str, kinds: Mapping[str, str], types: tuple[ResourceType, ...]) -> tuple[Pattern, ...] | None:
    by_name = {kind.name: kind for kind in types}
    found: list[Pattern] = []
    for value in texts(call.inputs, member):
        first = value.parts[0] if value.parts else ANY
        prefix = first.rpartition("-")[0] if isinstance(first, str) else ""
        kind = by_name.get(kinds.get(prefix, ""))
        if kind is None:
            return None
        hole = form(kind.arn).holes[-1]
        found.append(form(kind.arn).write({hole: any_identifier(value, hole)}))
    return tuple(dict.fromkeys(found)) or None


def fitting(arn: Pattern, types: tuple[ResourceType, ...]) -> frozenset[str]:
    """The types that an ARN is of: those whose form says the most of it."""
    fixed = {kind.name: len(HOLE.sub("", kind.arn)) for kind in types if anyones(kind.arn).covers(form_of(arn))}
    most = max(fixed.values(), default=0)
    return frozenset(name for name, size in fixed.items() if size == most)


# -- whether it is asked about ----------------------------------------------------------------------------------------------------------


def is_perhaps(call: ApiCall, details: Details, action: str, kind: ResourceType) -> bool:
    """Whether IAM asks about a type only when the call uses one, and no input shows that it does."""
    others = any(each.required for each in catalog.resource_types(action))
    if kind.required or not others or not details.fills.keys().isdisjoint("*?") or kind.asked == "always":
        return False
    specs = specs_of(details, kind.name)
    naming = {member.rpartition(".")[2] for spec in specs for member in (*spec.members, *spec.seconds)}
    used = any(spec.has_default for spec in specs) or _mentions(call.inputs, naming.union(form(kind.arn).holes))
    return kind.asked == "no_longer" or not used


def _mentions(value: Value, names: Collection[str], above: str = "") -> bool:
    """Whether one of these members is given anywhere in the inputs; `Placement.GroupName` is `PlacementGroupName`, too."""
    if isinstance(value, Mapping):
        return any(
            (f"{above}{name}".endswith(tuple(names)) and bool(given(value, name))) or _mentions(each, names, f"{above}{name}")
            for name, each in value.items()
        )
    return isinstance(value, tuple) and any(_mentions(each, names, above) for each in value)
