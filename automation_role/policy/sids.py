"""Readable, unique `Sid`s for statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..values.patterns import Pattern
from .statement import Statement

_KIND = re.compile(r"[a-z][a-z-]*(?=[/:*]|$)", re.IGNORECASE)


def with_sids(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with readable `Sid`s: the service, then the only action or the kind of resource; a number where two are the same.

    IAM allows only letters and digits: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    taken: dict[str, int] = {}
    named = []
    for statement in statements:
        sid = _sid(statement)
        taken[sid] = taken.get(sid, 0) + 1
        named.append(statement._replace(sid=sid if taken[sid] == 1 else f"{sid}N{taken[sid]}"))
    return tuple(named)


def _sid(statement: Statement) -> str:
    prefix, _, name = statement.actions[0].partition(":")
    if len(statement.actions) > 1:
        kinds = list(dict.fromkeys(_kind(resource) for resource in statement.resources))
        name = "On" + "And".join(_camel(kind) for kind in kinds) if len(kinds) <= 2 else f"On{len(kinds)}Kinds"
    return _camel(prefix) + _camel(name)


def _kind(resource: Pattern) -> str:
    """An ARN's resource type: `instance` in `arn:{P}:ec2:{R}:{A}:instance/*`; `Any` for `*`, `Named` for an ARN without one."""
    if resource.is_any:
        return "Any"
    skeleton = resource.shown()
    pieces = skeleton.split(":", 5)
    match = _KIND.match(pieces[5]) if len(pieces) == 6 else None
    return match[0] if match else "Named"


@lru_cache(maxsize=1_024)  # services and types, again and again
def _camel(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))
