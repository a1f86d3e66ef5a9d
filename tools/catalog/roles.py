"""Inputs that hand a role on: whoever makes the call needs `iam:PassRole` for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# RoleArn, roleARN, Role, ServiceRole, ExecutionRoleArn, IamInstanceProfile, …; not RoleName, which names a role to work on.
_ROLE = re.compile(r"(?:^r|R)ole(?:_?A[rR][nN]s?|s|Arns)?$|IAMRoleARN$|^(?i:iamRole(?:Arn)?)$")
_PROFILE = re.compile(r"(?i)instanceprofile(?:arn|name)?$")
READS = re.compile(r"^(?:Get|List|Describe|BatchGet|Search|Query|Scan|Check|Head|Filter|Lookup|Poll|Simulate|Select)(?=[A-Z])")
_DEPTH = 5


def role_inputs(model: dict[str, Any], operation: str) -> list[str]:
    """Paths of the inputs that may hold a role or an instance profile: `Targets.RoleArn`."""
    shape = model["operations"][operation].get("input", {}).get("shape")
    if shape is None or READS.match(operation):
        return []
    return sorted(dict.fromkeys(_paths(model, shape, (), frozenset())))


def names_profile(member: str) -> bool:
    """Whether an input names an instance profile, which has the role in it."""
    return _PROFILE.search(member) is not None


def _paths(model: dict[str, Any], name: str, at: tuple[str, ...], above: frozenset[str]) -> Iterator[str]:
    shape = model["shapes"][name]
    if name in above or len(at) > _DEPTH:
        return
    if shape["type"] == "structure":
        for member, target in shape.get("members", {}).items():
            kind = model["shapes"][target["shape"]]["type"]
            if (kind == "string" and (_ROLE.search(member) or _PROFILE.search(member))) or (
                kind == "structure" and _PROFILE.search(member)
            ):
                yield ".".join((*at, member))
            else:
                yield from _paths(model, target["shape"], (*at, member), above | {name})
    elif shape["type"] == "list":
        member = shape["member"]["shape"]
        if model["shapes"][member]["type"] == "string" and at and _ROLE.search(at[-1]):
            yield ".".join(at)
        else:
            yield from _paths(model, member, at, above | {name})
