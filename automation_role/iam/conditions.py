"""The `Condition` element: does a request meet it?

Source of the rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from .logic import Truth, Undecided, all_of, any_of, negate, undecided
from .matches import matches, six
from .text import Atoms, expand, fold, has_wildcards, literal, show


@dataclass(frozen=True, slots=True)
class Hidden:
    """A key that IAM puts into the request, with a value that is not known here.

    Attributes:
        key: as AWS writes it.
        certain: whether the key is there for certain.
        ask: what to do to make it known; empty: pass it in the context.
    """

    key: str
    certain: bool
    ask: str = ""

    @property
    def undecided(self) -> Undecided:
        """Why a condition on it cannot be answered."""
        ask = self.ask or f"pass it in context={{{self.key!r}: …}}, or None if it has none"
        return undecided(f"the request's {self.key!r} is not known: {ask}")


# Context key in lower case -> its values. A key that is not here is not in the request.
Context: TypeAlias = Mapping[str, tuple[Atoms, ...] | Hidden]


@dataclass(frozen=True, slots=True)
class PolicyCondition:
    """One key under one operator of a `Condition` element.

    Attributes:
        operator: as written: `ForAnyValue:StringLikeIfExists`.
        key: the context key, as written.
        values: what the policy compares it with.
        variables: whether the policy's version has policy variables.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    variables: bool = True

    @property
    def names(self) -> bool:
        """Whether it says what the key's value must be, rather than what it must not be."""
        return _NAMES.fullmatch(self.operator) is not None

    @property
    def names_others(self) -> bool:
        """Whether it says what the key's value must not be."""
        operator = re.sub("Not", "", self.operator, count=1, flags=re.IGNORECASE)
        return operator != self.operator and _NAMES.fullmatch(operator) is not None

    def holds(self, context: Context, *, every: bool = True) -> Truth:
        """Whether a request with this context meets it.

        Args:
            context: the request's keys.
            every: a value of the context with wildcards stands for many requests: whether all of them must meet it, or one.
        """
        match = _OPERATOR.fullmatch(self.operator)
        operator = match and _OPERATORS.get(match["base"].lower())
        value = context.get(self.key.lower()) or None
        if match and match["base"].lower() == "null" and not match["set"] and not match["exists"]:
            return self._null(value)
        if match is None or operator is None:
            return undecided(f"the condition operator {self.operator!r} is not modelled")
        if value is None:
            return _missing(match, negated=operator.negated)
        if isinstance(value, Hidden):
            return value.undecided
        if not match["set"] and len(value) > 1:
            return undecided(f"{self.key!r} has several values and {self.operator!r} compares one: AWS does not document the result")
        each = (self._compare(operator, one, context, every=every) for one in value)
        return any_of(each) if match["set"].lower() == "foranyvalue:" else all_of(each)

    def _compare(self, operator: _Operator, value: Atoms, context: Context, *, every: bool) -> Truth:
        """Negated operators are true when no value of the policy matches."""
        if operator.negated:
            return negate(any_of(self._one(operator, text, value, context, every=not every) for text in self.values))
        return any_of(self._one(operator, text, value, context, every=every) for text in self.values)

    def _one(self, operator: _Operator, text: str, value: Atoms, context: Context, *, every: bool) -> Truth:
        if not operator.text:
            return operator.compare(literal(text), value, every)
        if self.variables:
            expanded = expand(text, lambda key: variable(key, context), wildcards=operator.wildcards)
        else:
            expanded = expand(text, lambda key: literal("${" + key + "}"), wildcards=operator.wildcards)
        if expanded is None:
            return False
        return expanded if isinstance(expanded, Undecided) else operator.compare(expanded, value, every)

    def _null(self, value: tuple[Atoms, ...] | Hidden | None) -> Truth:
        if isinstance(value, Hidden) and not value.certain:
            return value.undecided
        absent = literal("true" if value is None else "false")
        return any_of(matches(fold(literal(text)), absent, every=True) for text in self.values)

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {', '.join(map(repr, self.values))}"


def variable(key: str, context: Context) -> Atoms | Undecided | None:
    """The value of a policy variable in a request; only a key with one value can be one."""
    value = context.get(key.lower())
    if isinstance(value, Hidden):
        return value.undecided
    if value is not None and len(value) > 1:
        return undecided(f"{key!r} has several values and cannot be a policy variable")
    return value[0] if value else None


def _missing(match: re.Match[str], *, negated: bool) -> bool:
    """The result of a condition when the request does not have the key."""
    if match["exists"]:
        return True
    if match["set"]:
        return match["set"].lower() == "forallvalues:"
    return negated


# -- operators ---------------------------------------------------------------------------------------------------------------------

_OPERATOR = re.compile(r"(?P<set>(?:ForAllValues:|ForAnyValue:)?)(?P<base>[A-Za-z]+?)(?P<exists>(?:IfExists)?)", re.IGNORECASE)

_NAMES = re.compile(
    r"(for(anyvalue|allvalues):)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)(ifexists)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Operator:
    compare: Callable[[Atoms, Atoms, bool], Truth]  # the policy's value, the request's value, every
    negated: bool = False
    text: bool = True  # whether the policy's value may have variables
    wildcards: bool = False


def _equal(value: Atoms, given: Atoms, every: bool) -> Truth:  # noqa: FBT001
    return matches(value, given, every=every)


def _equal_ignoring_case(value: Atoms, given: Atoms, every: bool) -> Truth:  # noqa: FBT001
    return matches(fold(value), fold(given), every=every)


def _arn(value: Atoms, given: Atoms, every: bool) -> Truth:  # noqa: FBT001
    """Compares each of the six parts by itself, so that no wildcard crosses a colon."""
    if matches(value, given, every=every) is False:
        return False
    if value == given and not has_wildcards(value):
        return True
    pattern, parts = six(value), six(given)
    if pattern is None or parts is None:
        broken = value if pattern is None else given
        return undecided(f"{show(broken)!r} does not have the six parts of an ARN")
    return all_of(matches(one, other, every=every) for one, other in zip(pattern, parts, strict=True))


def _parsed(value: Atoms, given: Atoms, parse: Callable[[str], object | None]) -> tuple[object, object] | Undecided:
    """Both values read as numbers, dates or addresses."""
    read = []
    for text in (value, given):
        plain = show(text)
        if any(not isinstance(atom, str) for atom in text) or (one := parse(plain)) is None:
            return undecided(f"{plain!r} cannot be compared")
        read.append(one)
    return read[0], read[1]


def _ordered(parse: Callable[[str], object | None], holds: Callable[[int], bool]) -> Callable[[Atoms, Atoms, bool], Truth]:
    def compare(value: Atoms, given: Atoms, every: bool) -> Truth:  # noqa: ARG001, FBT001
        both = _parsed(value, given, parse)
        if isinstance(both, Undecided):
            return both
        limit, got = both
        return holds((got > limit) - (got < limit))  # type: ignore[operator]

    return compare


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str) -> datetime | None:
    """ISO 8601, or seconds since 1970; a date without a zone is UTC."""
    try:
        date = datetime.fromtimestamp(int(text), UTC) if re.fullmatch(r"\d{5,}", text) else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):  # the last two: a number beyond all dates
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _in_network(value: Atoms, given: Atoms, every: bool) -> Truth:  # noqa: ARG001, FBT001
    both = _parsed(value, given, _network)
    if isinstance(both, Undecided):
        return both
    network, address = both
    assert isinstance(network, _NETWORKS)  # noqa: S101
    assert isinstance(address, _NETWORKS)  # noqa: S101
    return network.version == address.version and address.subnet_of(network)  # type: ignore[arg-type]


_NETWORKS = (ipaddress.IPv4Network, ipaddress.IPv6Network)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


_COMPARISONS: Final[Mapping[str, Callable[[int], bool]]] = {
    "Equals": lambda sign: sign == 0,
    "LessThan": lambda sign: sign < 0,
    "LessThanEquals": lambda sign: sign <= 0,
    "GreaterThan": lambda sign: sign > 0,
    "GreaterThanEquals": lambda sign: sign >= 0,
}

_OPERATORS: Final[Mapping[str, _Operator]] = {
    name.lower(): operator
    for name, operator in {
        "StringEquals": _Operator(_equal),
        "StringNotEquals": _Operator(_equal, negated=True),
        "StringEqualsIgnoreCase": _Operator(_equal_ignoring_case),
        "StringNotEqualsIgnoreCase": _Operator(_equal_ignoring_case, negated=True),
        "StringLike": _Operator(_equal, wildcards=True),
        "StringNotLike": _Operator(_equal, negated=True, wildcards=True),
        # By AWS's page, ArnEquals and ArnLike behave identically.
        "ArnEquals": _Operator(_arn, wildcards=True),
        "ArnLike": _Operator(_arn, wildcards=True),
        "ArnNotEquals": _Operator(_arn, negated=True, wildcards=True),
        "ArnNotLike": _Operator(_arn, negated=True, wildcards=True),
        "Bool": _Operator(_equal_ignoring_case, text=False),
        "IpAddress": _Operator(_in_network, text=False),
        "NotIpAddress": _Operator(_in_network, text=False, negated=True),
        **{f"Numeric{name}": _Operator(_ordered(_number, holds), text=False) for name, holds in _COMPARISONS.items()},
        "NumericNotEquals": _Operator(_ordered(_number, _COMPARISONS["Equals"]), text=False, negated=True),
        **{f"Date{name}": _Operator(_ordered(_date, holds), text=False) for name, holds in _COMPARISONS.items()},
        "DateNotEquals": _Operator(_ordered(_date, _COMPARISONS["Equals"]), text=False, negated=True),
    }.items()
}
