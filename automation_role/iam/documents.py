"""Reads policy documents as IAM does: JSON -> statements, or why IAM would refuse it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..errors import AutomationRoleError, did_you_mean
from . import grammar
from .conditions import PolicyCondition
from .statements import PolicyStatement
from .text import opaques


class PolicyDocumentError(AutomationRoleError):
    """IAM would reject the policy document; the message says which statement, and what is allowed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """A policy document with its name.

    Attributes:
        name: the name.
        statements: what it says.
        by_aws: whether AWS writes it, so that its user cannot correct it.
    """

    name: str
    statements: tuple[PolicyStatement, ...]
    by_aws: bool = False

    @classmethod
    def read(cls, name: str, data: Any, *, trust: bool = False, doubt: str | None = None, strict: bool = False) -> PolicyDocument:
        """Read a policy as IAM JSON.

        Args:
            name: its name in messages.
            data: the document; placeholders (see `values.placeholders`) stand for what is unknown.
            trust: whether it is a role's trust policy: principals, and no resources.
            doubt: why it may not be attached at all.
            strict: whether to check its ids, actions, ARNs and operators, too, for a policy that IAM has not accepted yet.

        Raises:
            PolicyDocumentError: IAM would reject it.
        """
        data = _parsed(data)
        if isinstance(data, str) and opaques(data):
            return cls.unreadable(name, opaques(data)[0].reason)
        if not isinstance(data, Mapping) or "Statement" not in data:
            raise PolicyDocumentError(
                f"policy {name!r}: not a policy document: {_short(data)} → a mapping with 'Version' and 'Statement', "
                f"as `aws iam get-policy-version` prints it"
            )
        raw = data["Statement"]
        variables = data.get("Version") == "2012-10-17"
        statements = raw if isinstance(raw, list | tuple) else [raw]
        reader = _Reader(name, trust, variables, doubt)
        if (
            strict
            and (wrong := grammar.version_problem(data.get("Version")) or next(grammar.problems(statements, trust=trust), None)) is not None
        ):
            raise PolicyDocumentError(f"policy {name!r}: {wrong}")
        return cls(name=name, statements=tuple(reader.statement(i, one) for i, one in enumerate(statements, 1)))

    @classmethod
    def unreadable(cls, name: str, doubt: str, *, effect: str | None = None) -> PolicyDocument:
        """A policy with unknown content: it may allow or deny anything, or, if its effect is known, only one of these."""
        return cls(name=name, statements=(PolicyStatement(label="its text", effect=effect, doubt=doubt),))


def _parsed(data: Any) -> Any:
    """A document as text: JSON, which CloudFormation accepts, too; may be percent-encoded, as IAM's API returns it.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
    """
    if not isinstance(data, str):
        return data
    try:
        return json.loads(unquote(data) if data.lstrip().lower().startswith("%7b") else data)
    except (ValueError, RecursionError):  # a number with thousands of digits is a ValueError, too
        return data


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


_ELEMENTS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    trust: bool
    variables: bool
    doubt: str | None

    def statement(self, index: int, data: Any) -> PolicyStatement:
        label = f"statement {index}"
        if isinstance(data, str) and opaques(data):
            return PolicyStatement(label=label, doubt=opaques(data)[0].reason)
        if not isinstance(data, Mapping):
            raise self._wrong(label, f"{_short(data)} → a mapping")
        sid = data.get("Sid")
        label = sid if isinstance(sid, str) and sid else label
        for element in data:
            if element not in _ELEMENTS:
                raise self._wrong(label, f"unknown element {element!r}{did_you_mean(str(element), _ELEMENTS)}")
        effect = data.get("Effect")
        doubt = self.doubt
        if isinstance(effect, str) and opaques(effect):
            doubt, effect = opaques(effect)[0].reason, None
        elif effect not in ("Allow", "Deny"):
            raise self._wrong(label, f"Effect is {_short(effect)} → 'Allow' or 'Deny'")
        actions, not_actions = self._either(label, data, "Action")
        principals: tuple[tuple[str, str], ...] = ()
        resources: tuple[str, ...] = ()
        not_resources = False
        if self.trust:
            if "NotPrincipal" in data:
                doubt = doubt or f"NotPrincipal in {self.name!r} (IAM does not support it in a role's trust policy)"
            elif "Principal" not in data:
                raise self._wrong(label, "has no Principal → a trust policy says who can assume the role")
            if prohibited := next((key for key in ("Resource", "NotResource") if key in data), None):
                raise self._wrong(label, f"has {prohibited} → a trust policy has none; leave it out")
            principals = self._principals(label, data.get("Principal", "*"))
        else:
            if "Principal" in data or "NotPrincipal" in data:
                raise self._wrong(label, "has a Principal → a policy of a user, group or role has none")
            resources, not_resources = self._either(label, data, "Resource")
        conditions, unclear = self._conditions(label, data.get("Condition", {}))
        return PolicyStatement(
            label=label,
            effect=effect,
            actions=actions,
            not_actions=not_actions,
            resources=resources,
            not_resources=not_resources,
            principals=principals,
            conditions=conditions,
            variables=self.variables,
            doubt=doubt or unclear,
        )

    def _either(self, label: str, data: Mapping[str, Any], element: str) -> tuple[tuple[str, ...], bool]:
        given = [key for key in (element, f"Not{element}") if key in data]
        if len(given) != 1:
            raise self._wrong(
                label, f"has {' and '.join(given) or f'neither {element} nor Not{element}'} → one of {element} and Not{element}"
            )
        return self._texts(label, given[0], data[given[0]]), given[0] != element

    def _texts(self, label: str, element: str, value: Any) -> tuple[str, ...]:
        values = value if isinstance(value, list | tuple) else [value]
        if not values or not all(isinstance(one, str | bool | int | float) for one in values):
            raise self._wrong(label, f"{element} is {_short(value)} → a string or a list of strings")
        return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)

    def _principals(self, label: str, value: Any) -> tuple[tuple[str, str], ...]:
        if isinstance(value, str):
            if value != "*" and not opaques(value):
                raise self._wrong(label, f"Principal is {_short(value)} → '*' or a mapping such as {{'Service': 'ssm.amazonaws.com'}}")
            return (("*", value),)
        if not isinstance(value, Mapping):
            raise self._wrong(label, f"Principal is {_short(value)} → a mapping such as {{'Service': 'ssm.amazonaws.com'}}")
        return tuple((kind, name) for kind, names in value.items() for name in self._texts(label, f"Principal.{kind}", names))

    def _conditions(self, label: str, value: Any) -> tuple[tuple[PolicyCondition, ...], str | None]:
        """The conditions, and why there may be others."""
        conditions: list[PolicyCondition] = []
        if isinstance(value, str) and opaques(value):
            return (), opaques(value)[0].reason
        if not isinstance(value, Mapping):
            raise self._wrong(label, f"Condition is {_short(value)} → a mapping of operators")
        for operator, keys in value.items():
            named = [operator, *keys] if isinstance(keys, Mapping) else [operator]
            if odd := [each for each in named if not isinstance(each, str)]:
                raise self._wrong(label, f"Condition has the key {odd[0]!r} → strings; write it in quotes")
            if isinstance(keys, str) and opaques(keys):
                return tuple(conditions), opaques(keys)[0].reason
            if not isinstance(keys, Mapping):
                raise self._wrong(label, f"Condition.{operator} is {_short(keys)} → a mapping of condition keys")
            for key, values in keys.items():
                if opaques(key):
                    return tuple(conditions), opaques(key)[0].reason
                texts = self._texts(label, f"Condition.{operator}.{key}", values)
                conditions.append(PolicyCondition(operator=operator, key=key, values=texts, variables=self.variables))
        return tuple(conditions), None

    def _wrong(self, label: str, message: str) -> PolicyDocumentError:
        return PolicyDocumentError(f"policy {self.name!r}: {label}: {message}")
