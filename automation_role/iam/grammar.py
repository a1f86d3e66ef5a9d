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
_RESOURCE: Final = re.compile(r"\*|arn:(.*[*?].*|[^:]*:[^:]*:[^:]*:[^:]*:.*)", re.DOTALL)
_COMPARED: Final = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS: Final = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *(f"{kind}{operator}" for kind in ("Numeric", "Date") for operator in _COMPARED),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"),
)
_KNOWN: Final = frozenset(operator.lower() for operator in OPERATORS)
_WRAPPED: Final = re.compile(r"(?:for(?:all|any)value(?:s)?:)?(?P<base>[a-z]+?)(?:ifexists)?", re.IGNORECASE)


def problems(statements: Sequence[Any], *, trust: bool) -> Iterator[str]:
    """What IAM would reject in the statements of a policy, or of a trust policy; their shape is checked elsewhere."""
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
            _principal_problem(data.get("Principal")),
            _trust_problem(_texts(data, "Action")) if trust else None,
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
        if not _unknown(resource) and not _RESOURCE.fullmatch(resource):
            return f"resource {quoted(resource)} → an ARN, such as 'arn:aws:s3:::bucket/*', or '*'"
    return None


def version_problem(version: object) -> str | None:
    """The problem with a policy's version."""
    if version is None or version in _VERSIONS or (isinstance(version, str) and _unknown(version)):
        return None
    return f"Version is {quoted(version)} → {' or '.join(map(repr, _VERSIONS))}"


_VERSIONS: Final = ("2012-10-17", "2008-10-17")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
_PRINCIPALS: Final = ("AWS", "CanonicalUser", "Federated", "Service")
# An account, anybody, an ARN; the id that IAM writes in the place of a role that is gone.
_AWS: Final = re.compile(r"\*|\d{12}|arn:[a-z-]+:(iam|sts)::.*|A[A-Z0-9]{15,}", re.DOTALL)


def _principal_problem(principal: object) -> str | None:
    for kind, names in principal.items() if isinstance(principal, Mapping) else ():
        if kind not in _PRINCIPALS:
            return f"Principal has {quoted(kind)} → {', '.join(_PRINCIPALS)}{did_you_mean(str(kind), _PRINCIPALS)}"
        for name in names if isinstance(names, (list, tuple)) else [names]:
            if isinstance(name, str) and not _unknown(name) and kind == "AWS" and not _AWS.fullmatch(name):
                return f"Principal.AWS is {quoted(name)} → an account of 12 digits, an ARN of IAM, or '*'"
            if isinstance(name, str) and not _unknown(name) and kind == "Service" and "." not in name:
                return f"Principal.Service is {quoted(name)} → a service principal, such as 'ssm.amazonaws.com'"
    return None


def _trust_problem(actions: Iterable[str]) -> str | None:
    """A trust policy is only about assuming the role."""
    for action in actions:
        if not _unknown(action) and action != "*" and not action.lower().startswith("sts:"):
            return f"action {quoted(action)} → an action of STS, such as 'sts:AssumeRole'; a trust policy has no others"
    return None


def _operator_problem(operators: Iterable[str]) -> str | None:
    for operator in operators:
        base = _WRAPPED.fullmatch(operator)
        if not _unknown(operator) and (base is None or base["base"].lower() not in _KNOWN):
            return f"condition operator {quoted(operator)} is not one of IAM's{did_you_mean(operator, OPERATORS)}"
    return None


def _unknown(text: str) -> bool:
    return bool(opaques(text)) or "{Token[" in text
