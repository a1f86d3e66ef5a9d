"""Which of an action's resource types a call is about: by what it creates, by an input, or by an identifier's prefix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from ..catalog import operations as catalog
from ..catalog.operations import Choice, Details, ResourceType
from ..values.calls import ApiCall
from ..values.patterns import ANY, Pattern
from ..values.value import Value
from .arn_forms import HOLE, form, in_any_account, wildcard
from .arn_holes import specs_of
from .arn_names import any_identifier, form_of, forms, names_of
from .inputs import UNKNOWN_TEXT, given, texts


@cache
def types_of(action: str, like: tuple[str, ...], created_by: str, on: tuple[str, ...] = ()) -> tuple[ResourceType, ...]:
    """The types that a call may be about: see `resources_of`."""
    types = catalog.resource_types(action)
    created = tuple(kind for kind in types if kind.name in on) or _created_types(types, created_by)
    if created and (on or not any(_creation_rank(created_by, kind) == _IN_PART for kind in created)):
        return created
    own = {kind.name for each in like for kind in catalog.resource_types(each)}
    same = tuple(kind for kind in types if kind.name in own)
    if created and all(kind in same for kind in created):
        return created
    return tuple(kind for kind in types if kind in created or kind in same) or types


def _created_types(types: tuple[ResourceType, ...], operation: str) -> tuple[ResourceType, ...]:
    """The types that an operation is named after: those whose names match most of it."""
    said = {kind: _creation_rank(operation, kind) for kind in types}
    most = max(said.values(), default=0)
    return tuple(kind for kind, how in said.items() if how == most) if most else ()


def _creation_rank(operation: str, kind: ResourceType) -> int:
    """How certain it is that an operation creates a type: CreateCacheCluster a `cluster`, CreateRule a `listener-rule/app`; 0: it does not.

    A longer match is more certain; a name that is only a part of the type's name is the least certain.
    """
    about = _about(operation)
    if not about:
        return 0
    name, hole = _names(kind)
    if about == name:
        return _BY_NAME
    if about == hole:  # CreateDBInstance: `db:{DbInstanceName}`
        return _BY_HOLE
    if about.endswith(name):
        return _IN_PART + len(name)
    return _IN_PART if name.endswith(about) else 0


_IN_PART: Final = 1
_BY_HOLE: Final = 1_000
_BY_NAME: Final = 1_001
# What an operation creates, without what it is created from: CreateVolumeFromBackup, CreateAutoMLJobV2.
_CREATES: Final = re.compile(
    r"(?:Allocate|Copy|Create|Import|Put|Register|Request|Restore|Run|Start|Submit)([A-Z]\w*?)s?(?:V\d)?(?:(?:By|For(?!Organization)|From|To|Using|With)[A-Z]\w*)?$"
)


@cache
def _about(operation: str) -> str:
    """What an operation creates; empty: nothing."""
    match = _CREATES.match(operation)
    return _plain(match[1]) if match is not None else ""


@cache
def _names(kind: ResourceType) -> tuple[str, str]:
    """What a type is called: by its own name, and by the last hole of its ARN."""
    holes = form(kind.arn).holes
    return _plain(re.split(r"[/#]", kind.name)[0]), re.sub(r"(?:name|id|identifier)$", "", _plain(holes[-1])) if holes else ""


def _plain(name: str) -> str:
    """Only letters and digits, in lower case, in the singular."""
    return _PUNCTUATION.sub("", name.lower()).removesuffix("s")


_PUNCTUATION: Final = re.compile(r"[^a-z0-9]")


# -- what an input says ---------------------------------------------------------------------------------------------------------------


def chosen(call: ApiCall, details: Details, types: tuple[ResourceType, ...]) -> tuple[Pattern, ...] | None:
    """The ARNs of the type that an input names, or that the prefix of an identifier shows; `None`: neither does."""
    if details.choice is not None:
        return _by_choice(call, details.choice, types)
    if details.ids is not None:
        return _by_id(call, *details.ids, types)
    return None


def _by_choice(call: ApiCall, choice: Choice, types: tuple[ResourceType, ...]) -> tuple[Pattern, ...] | None:
    said = [text.text for text in texts(call.inputs, choice.member)]
    if not said or None in said:
        return None
    meant = {choice.types.get(text) for text in said if text is not None}
    found: list[Pattern] = []
    for kind in (each for each in types if each.name in meant):
        last = form(kind.formats[0]).holes[-1]
        for value in texts(call.inputs, choice.name) or (UNKNOWN_TEXT,):
            for names in ({last: name} for name in names_of(value, kind, last, call.inputs) or (value,)):
                found.extend(form(written).write(names) for written in forms(kind, names))
    if found:
        found.extend(wildcard(kind.arn) for kind in types if kind.name in choice.beside)
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
    """The types of an ARN: those whose form is most specific."""
    whole = form_of(arn)
    fixed = {kind.name: len(HOLE.sub("", kind.arn)) for kind in types if in_any_account(kind.arn).covers(whole)}
    most = max(fixed.values(), default=0)
    return frozenset(name for name, size in fixed.items() if size == most)


# -- whether IAM checks the type ----------------------------------------------------------------------------------------------------------


def is_perhaps(call: ApiCall, details: Details, action: str, kind: ResourceType) -> bool:
    """Whether IAM checks a type only when the call uses one, and no input shows that it does."""
    if kind.required or kind.asked == "always" or not details.fills.keys().isdisjoint("*?"):
        return False
    if not any(each.required for each in catalog.resource_types(action)):
        return False
    specs = specs_of(details, kind.name)
    naming = {member.rpartition(".")[2] for spec in specs for member in (*spec.members, *spec.seconds)}
    used = any(spec.has_default for spec in specs) or _mentions(call.inputs, (*naming, *form(kind.arn).holes))
    return kind.asked == "no_longer" or not used


def _mentions(value: Value, names: tuple[str, ...], above: str = "") -> bool:
    """Whether one of these members is set anywhere in the inputs; `Placement.GroupName` is `PlacementGroupName`, too."""
    if isinstance(value, Mapping):
        return any(
            (f"{above}{name}".endswith(names) and bool(given(value, name))) or _mentions(each, names, f"{above}{name}")
            for name, each in value.items()
        )
    return isinstance(value, tuple) and any(_mentions(each, names, above) for each in value)
