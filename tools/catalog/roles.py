"""Inputs that pass a role: the caller needs `iam:PassRole` for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# RoleArn, roleARN, Role, ServiceRole, ExecutionRoleArn, RoleARNUpdate, IamInstanceProfile, …; not RoleName, which names a role to work on.
_ROLE = re.compile(r"(?:^r|R)ole(?:_?A[rR][nN]s?|s|Arns)?(?:Update|For[A-Z]\w+)?$|IAMRoleARN$|^(?i:iamRole(?:Arn)?)$")
# Every name with a role in it, except those that only describe one (its type, its session).
_ANY_ROLE = re.compile(r"(?:^r|R)oles?(?![a-z])(?!\w*(?:Type|Session\w*|Ids?|Key|Policy|Boundary|Document)$)")
_PROFILE = re.compile(r"(?i)instanceprofile(?:arn|name)?$")
READS = re.compile(r"^(?:Get|List|Describe|BatchGet|Search|Query|Scan|Check|Head|Filter|Lookup|Poll|Simulate|Select)(?=[A-Z])")
_DEPTH = 9


def named_roles(model: dict[str, Any], operation: str) -> list[str]:
    """The paths of all inputs whose names have a role in them, whether or not the call passes it."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    if shape is None or READS.match(operation):
        return []
    return sorted(dict.fromkeys(_paths(model, shape, _ANY_ROLE, (), frozenset())))


def role_inputs(model: dict[str, Any], operation: str) -> list[str]:
    """The paths of the inputs that may pass a role or an instance profile: `Targets.RoleArn`."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    if shape is None or READS.match(operation):
        return []
    return sorted(dict.fromkeys(_paths(model, shape, _ROLE, (), frozenset())))


def names_profile(member: str) -> bool:
    """Whether an input names an instance profile, which contains the role."""
    return _PROFILE.search(member) is not None


def _paths(model: dict[str, Any], name: str, named: re.Pattern[str], at: tuple[str, ...], above: frozenset[str]) -> Iterator[str]:
    shape = model["shapes"][name]
    if name in above or len(at) > _DEPTH:
        return
    if shape["type"] == "structure":
        for member, target in shape.get("members", {}).items():
            kind = "enum" if "enum" in model["shapes"][target["shape"]] else model["shapes"][target["shape"]]["type"]
            if (kind == "string" and (named.search(member) or _PROFILE.search(member))) or (
                kind == "structure" and _PROFILE.search(member)
            ):
                yield ".".join((*at, member))
            else:
                yield from _paths(model, target["shape"], named, (*at, member), above | {name})
    elif shape["type"] in {"list", "map"}:
        member = shape["member" if shape["type"] == "list" else "value"]["shape"]
        inside = at if shape["type"] == "list" else (*at, "*")  # whatever the key is
        if model["shapes"][member]["type"] == "string" and at and named.search(at[-1]):
            yield ".".join(inside)
        else:
            yield from _paths(model, member, named, inside, above | {name})
