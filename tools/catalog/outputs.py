"""The forms of an API's outputs: `VolumeId` of EC2 is `vol-*`, `DBInstanceArn` of RDS is the ARN of a `db`.

Only certain matches count, as for inputs (`names`): a member that may be of two types is left out. `[outputs]` of `exceptions.toml` has
what the names don't show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .effects import Effects
from .names import BARE, plain_name, stem_of


def outputs_of(
    service: str,
    model: dict[str, Any],
    *,
    types: Mapping[str, list[str]],
    begins: Mapping[str, list[str]],
    told: dict[str, Any],
    effects: Effects,
) -> dict[str, list[str]]:
    """Output member -> the forms of its values, in the notation of `automation_role.values.patterns`.

    Args:
        service: the API.
        model: its model.
        types: the resource types of its prefix, with the forms of their ARNs: those in the account, and those that AWS owns.
        begins: resource type -> how its identifiers begin.
        told: `[outputs]` of `exceptions.toml`.
        effects: records which entries had an effect.
    """
    members = dict.fromkeys(_members(model))
    found: dict[str, list[str]] = {}
    for member in members:
        forms = _arns(member, types) or _identifiers(member, types, begins)
        for name, form in told["any"].items():
            if plain_name(name) == plain_name(member):
                forms = [form]
                effects.had("outputs", "any", name)
        if forms:
            found[member] = forms
    for key, form in told.get(service, {}).items():
        *_, last = key.split(".")
        if last in members:
            found[key] = [form]
            effects.had("outputs", service, key)
    return found


def _arns(member: str, types: Mapping[str, list[str]]) -> list[str]:
    """The ARNs of the one type that a member is named after: for `LoadBalancerArn`, those of `loadbalancer/app/` and `loadbalancer/net/`."""
    if not re.search(r"(?i)arns?$", member):
        return []
    stem = stem_of(member)
    named = [arns for kind, arns in types.items() if plain_name(re.split(r"[/#]", kind)[0]) == stem]
    by_hole = [
        arns for arns in types.values() if stem not in BARE and any(h.endswith("Name") and stem_of(h) == stem for h in _holes(arns)[-1:])
    ]
    meant = named or (by_hole if len(by_hole) == 1 else [])
    return [_wild(arn) for arns in meant for arn in arns] if stem else []


def _identifiers(member: str, types: Mapping[str, list[str]], begins: Mapping[str, list[str]]) -> list[str]:
    """How the identifiers begin of the one type that a member is named after."""
    kinds = [
        kind
        for kind, arns in types.items()
        if kind in begins and any(hole.endswith("Id") and plain_name(hole) == plain_name(member) for hole in _holes(arns)[-1:])
    ]
    return [f"{begin}*" for begin in begins[kinds[0]]] if len(kinds) == 1 else []


def _holes(arns: list[str]) -> list[str]:
    return re.findall(r"\{(\w{2,})\}", arns[0])


def _wild(arn: str) -> str:
    return re.sub(r"\{\w{2,}\}", "*", arn)


def _members(model: dict[str, Any]) -> Iterator[str]:
    """Every output member that is a text, or a list of texts."""
    seen: set[str] = set()
    left = [name for each in model["operations"].values() if (name := each.get("output", {}).get("shape"))]
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = model["shapes"][name]
        for member, target in shape.get("members", {}).items():
            of = model["shapes"][target["shape"]]
            inner = model["shapes"][of["member"]["shape"]] if of["type"] == "list" else of
            if inner["type"] == "string":
                yield member
            left.append(target["shape"])
        left.extend(shape[key]["shape"] for key in ("member", "value") if key in shape)
