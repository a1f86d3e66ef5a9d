"""What IAM allows in a statement beyond its shape: ids, actions, ARNs, operators.

A text that is not known yet (a placeholder, a CDK token) is not checked.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..errors import did_you_mean, quoted
from .text import opaques

_SID: Final = re.compile(r"[A-Za-z0-9]*")
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?_-]+")
_COMPARED: Final = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS: Final = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *(f"{kind}{operator}" for kind in ("Numeric", "Date") for operator in _COMPARED),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
_KNOWN: Final = frozenset(operator.lower() for operator in OPERATORS)
_WRAPPED: Final = re.compile(r"(?:for(?:all|any)value(?:s)?:)?(?P<base>[a-z]+?)(?:ifexists)?", re.IGNORECASE)


def problems(statements: Sequence[Any]) -> Iterator[str]:
    """What IAM would reject in a policy's statements; their shape is checked elsewhere."""
    seen: set[str] = set()
    for index, data in enumerate(statements, 1):
        if not isinstance(data, Mapping):
            continue
        sid = data.get("Sid", "")
        label = sid if isinstance(sid, str) and sid else f"statement {index}"
        if isinstance(sid, str) and sid in seen:
            yield f"statement {index}: Sid {sid!r} occurs twice → each once in a policy; rename one"
        seen.update([sid] if isinstance(sid, str) and sid else [])
        conditions = data.get("Condition")
        for problem in (
            _sid_problem(sid),
            _action_problem(_texts(data, "Action")),
            _resource_problem(_texts(data, "Resource")),
            _operator_problem(map(str, conditions) if isinstance(conditions, Mapping) else ()),
        ):
            if problem is not None:
                yield f"{label}: {problem}"


def _texts(data: Mapping[str, Any], element: str) -> Iterator[str]:
    value = data.get(element, data.get(f"Not{element}", ()))
    return (each for each in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(each, str))


def _sid_problem(sid: object) -> str | None:
    if not isinstance(sid, str):
        return f"Sid is {quoted(sid)} → a string of letters and digits"
    return None if _unknown(sid) or _SID.fullmatch(sid) else f"Sid is {quoted(sid)} → only letters and digits; remove the others"


def _action_problem(actions: Iterable[str]) -> str | None:
    for action in actions:
        if not _unknown(action) and not _ACTION.fullmatch(action):
            return f"action {quoted(action)} → a service and an action, such as 's3:GetObject', or '*'"
    return None


def _resource_problem(resources: Iterable[str]) -> str | None:
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:") and not _unknown(resource):
            return f"resource {quoted(resource)} → an ARN, such as 'arn:aws:s3:::bucket/*', or '*'"
    return None


def _operator_problem(operators: Iterable[str]) -> str | None:
    for operator in operators:
        base = _WRAPPED.fullmatch(operator)
        if not _unknown(operator) and (base is None or base["base"].lower() not in _KNOWN):
            return f"condition operator {quoted(operator)} is not one of IAM's{did_you_mean(operator, OPERATORS)}"
    return None


def _unknown(text: str) -> bool:
    return bool(opaques(text)) or "{Token[" in text
