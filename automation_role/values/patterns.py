"""What is known, before an automation runs, of a value in a runbook.

A runbook's inputs mix literals with things that are filled in later: parameters, step outputs, the account. This module has the
values that stand for both. They stay symbolic until a policy is written (`Context`), so that an order never depends on the text of
a CDK token, and the same derivation serves every account, partition and Region.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self, TypeAlias

# How CDK writes a token into a string or a list of strings (aws-cdk-lib core/lib/private/encoding.ts). Known here by its looks alone:
# this half of the package does not import aws_cdk.
_TOKEN = re.compile(r"[$#]\{Token\[")


def is_opaque(text: str) -> bool:
    """Whether a text holds a CDK token, and so must never be looked into."""
    return _TOKEN.search(text) is not None


def is_opaque_list(given: Iterable[object]) -> bool:
    """Whether a list is a CDK token: one that only CloudFormation knows, such as a parameter of type `CommaDelimitedList`."""
    return any(isinstance(each, str) and each.startswith("#{Token[") for each in given)


def is_opaque_number(given: object) -> bool:
    """Whether a number is a CDK token: one that only CloudFormation knows, such as a parameter of type `Number`."""
    return isinstance(given, float) and struct.pack(">d", given).startswith(_NUMBER_TOKEN)


# How every token begins that CDK writes into a number (the same file).
_NUMBER_TOKEN: Final = b"\xfb\xff"


def between_tokens(text: str) -> list[str]:
    """A text taken apart at its tokens: those, which are opaque, and what stands between them."""
    return [piece for piece in _WHOLE_TOKEN.split(text) if piece]


_WHOLE_TOKEN = re.compile(r"(\$\{Token\[[^\]]*\]\})")


class KnownToken(str):
    """A CDK token that is known to be a whole ARN, of this form: `arn:{P}:lambda:{R}:{A}:function:*`; or, the form being empty, none."""

    __slots__ = ("form",)

    def __new__(cls, token: str, form: str) -> Self:
        """Like the token in all but that its form is known."""
        made = super().__new__(cls, token)
        made.form = form
        return made

    form: str


class Slot(Enum):
    """What a `Context` fills in when a policy is written."""

    PARTITION = "partition"
    REGION = "region"
    ACCOUNT = "account"
    ROLE = "role"  # the ARN of the role that runs the automation: *this role*

    __hash__ = object.__hash__  # of Python's own, which is a function in Python: a pattern's hash asks for it at each slot


class Hole(Enum):
    """The part of a text that only a running automation knows; `*` in a policy."""

    ANY = "*"

    __hash__ = object.__hash__  # as for `Slot`


ANY: Final = Hole.ANY


@dataclass(frozen=True, slots=True)
class Bound:
    """A value that the user gave for a runbook's parameter: opaque, and ordered by parameter and runbook, never by its text."""

    parameter: str
    runbook: str
    value: str


Part: TypeAlias = str | Slot | Hole | Bound


@dataclass(frozen=True, slots=True)
class Pattern:
    """One text with holes in it: literal parts, slots, bound values, unknowns."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Neighbouring literals become one and runs of unknowns one unknown, so that equal patterns compare equal."""
        if len(self.parts) == 1 and self.parts[0] != "":
            return
        joined: list[Part] = []
        for part in self.parts:
            if isinstance(part, str) and joined and isinstance(joined[-1], str):
                joined[-1] += part
            elif part != "" and not (part is ANY and joined and joined[-1] is ANY):
                joined.append(part)
        object.__setattr__(self, "parts", tuple(joined))

    @classmethod
    def of(cls, template: str) -> Pattern:
        """From a template: `arn:{P}:ec2:{R}:{A}:instance/*`, with `{ROLE}` for this role; a `*` in it is the unknown part."""
        return cls(tuple(_TEMPLATE_PARTS.get(piece, piece) for piece in _TEMPLATE.split(template) if piece))

    @classmethod
    def literal(cls, text: str) -> Pattern:
        """Exactly this text; a `*` in it is taken for itself when the policy is written."""
        return cls((text,) if text else ())

    @property
    def text(self) -> str | None:
        """The text when every part is literal, else `None`."""
        return "".join(p for p in self.parts if isinstance(p, str)) if all(isinstance(p, str) for p in self.parts) else None

    def covers(self, other: Pattern) -> bool:
        """Whether every text that `other` may be is one that this may be; `False` when that is not sure."""
        return _covers(self.parts, other.parts)

    @property
    def is_any(self) -> bool:
        """Whether nothing at all is known."""
        return bool(self.parts) and all(part is ANY for part in self.parts)

    def __add__(self, other: Pattern) -> Pattern:
        return Pattern(self.parts + other.parts)

    def sort_key(self) -> tuple[tuple[str, ...], ...]:
        """An order that is the same in every process: bound values by parameter and runbook."""
        return tuple(_part_key(part) for part in self.parts)


def _covers(wide: tuple[Part, ...], narrow: tuple[Part, ...]) -> bool:
    """Glob matching over atoms: each literal character, slot, bound value is one; the wide side's unknowns take any run of atoms."""
    if ANY not in wide:
        return wide == narrow
    star = wide.index(ANY)
    if star:  # before it, the parts are the same ones, but that the last may go on
        last, other = wide[star - 1], narrow[star - 1] if len(narrow) >= star else ""
        if wide[: star - 1] != narrow[: star - 1] or not _begins(other, last):
            return False
    if star == len(wide) - 1:
        return True
    pattern, text = _atoms(wide), _atoms(narrow)
    at, mark, star = 0, 0, -1
    seen = 0
    while seen < len(text):
        if at < len(pattern) and pattern[at] is ANY:
            star, mark = at, seen
            at += 1
        elif at < len(pattern) and pattern[at] == text[seen]:
            at += 1
            seen += 1
        elif star >= 0:
            mark += 1
            at, seen = star + 1, mark
        else:
            return False
    return all(atom is ANY for atom in pattern[at:])


def _begins(part: Part, beginning: Part) -> bool:
    return part == beginning or (isinstance(part, str) and isinstance(beginning, str) and part.startswith(beginning))


def _atoms(parts: tuple[Part, ...]) -> list[Part]:
    return [atom for part in parts for atom in (part if isinstance(part, str) else (part,))]


def _part_key(part: Part) -> tuple[str, ...]:
    if isinstance(part, str):
        return ("1", part)
    if isinstance(part, Bound):
        return ("2", part.parameter, part.runbook)
    return ("0", part.value)


_TEMPLATE = re.compile(r"(\{P\}|\{R\}|\{A\}|\{ROLE\}|\*)")
_TEMPLATE_PARTS: Mapping[str, Part] = {
    "{P}": Slot.PARTITION,
    "{R}": Slot.REGION,
    "{A}": Slot.ACCOUNT,
    "{ROLE}": Slot.ROLE,
    "*": ANY,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A string: every text that it may be, in the order found (one for a literal, several for `allowedValues`)."""

    options: tuple[Pattern, ...]

    @classmethod
    def literal(cls, text: str) -> Text:
        """Exactly this text."""
        return cls((Pattern.literal(text),))

    @property
    def literals(self) -> tuple[str, ...] | None:
        """All its texts when every one of them is literal, else `None`."""
        texts = tuple(option.text for option in self.options)
        return tuple(t for t in texts if t is not None) if None not in texts else None


class Unknown(Enum):
    """A whole value (of any shape) that only a running automation knows."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN

Value: TypeAlias = Text | Unknown | Mapping[str, "Value"] | tuple["Value", ...] | bool | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where the role lives: what fills the slots when a policy is written.

    Attributes:
        partition: `aws`, `aws-cn`, …, or a CDK token; `*` when not known.
        account: 12 digits, or a CDK token; `*` when not known.
        regions: the Regions in which the automations act; `("*",)`: any (a role is global).
        role_arn: ARN of the role that runs the automations; `None`: not known, any role of the account stands for it.
        in_china: whether that is known to be in `aws-cn`, where some services have another name to pass a role to.
    """

    partition: str = "*"
    account: str = "*"
    regions: tuple[str, ...] = ("*",)
    role_arn: str | None = None
    in_china: bool = False

    def write(self, pattern: Pattern) -> tuple[str, ...]:
        """The texts of a pattern in a policy: one, or one a Region; unknown parts become `*`, literal wildcards are escaped."""
        regions = self.regions if Slot.REGION in pattern.parts else ("*",)
        return tuple(_STARS.sub("*", "".join([self._write(part, region) for part in pattern.parts])) for region in regions)

    def _write(self, part: Part, region: str) -> str:
        if isinstance(part, str):
            return escape(part)
        if isinstance(part, Bound):
            return part.value if is_opaque(part.value) else escape(part.value)
        if part is Slot.PARTITION:
            return self.partition
        if part is Slot.REGION:
            return region
        if part is Slot.ACCOUNT:
            return self.account
        if part is Slot.ROLE:
            return self.role_arn if self.role_arn is not None else f"arn:{self.partition}:iam::{self.account}:role/*"
        return "*"


def escape(text: str) -> str:
    """A literal text as IAM must spell it, so that nothing in it is a wildcard or a policy variable.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    """
    return _SPECIAL.sub(lambda match: "${" + match[0] + "}", text)


_SPECIAL = re.compile(r"[*?]|\$(?=\{)")
_STARS = re.compile(r"(?<!\$\{)\*{2,}")
