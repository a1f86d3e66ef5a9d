"""From an input's text to the name in its resource's ARN.

Mostly that is the same text. If a service spells it differently, that is one entry in a table (`arn_spellings`); the forms of whole ARNs are
in the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from ..catalog.operations import ResourceType
from ..values.arns import is_cut_short
from ..values.cutting import after_last, begins_bound, holds, starts
from ..values.patterns import ANY, Bound, Pattern
from ..values.placeholders import has_placeholder
from ..values.tokens import KnownToken
from ..values.value import Value
from .arn_forms import PLACE, form, in_any_account, wildcard
from .arn_spellings import LINKED, PARAMETER, PARTIAL, SPELLINGS, WHOLE, Spellings, is_public
from .inputs import UNKNOWN_TEXT, texts


def names_of(value: Pattern, kind: ResourceType, hole: str, inputs: Mapping[str, Value]) -> Spellings:
    """What fills a hole of a type's ARN for this value of an input; nothing if it names another type.

    Args:
        value: the input's value: a name, an identifier, an ARN, a CDK token, or unknown in parts.
        kind: the resource type.
        hole: the hole of its ARN (`InstanceId`).
        inputs: all of the call's; a few complete a name.
    """
    if value.is_any or not value.parts:
        return (UNKNOWN_TEXT,)
    if kind.small_letters:
        value = Pattern(tuple(part.lower() if isinstance(part, str) and not part.startswith("arn:") else part for part in value.parts))
    if is_access_point(value):
        return ()
    if is_arn(value):
        whole = in_any_account(kind.arn).covers(form_of(value)) or partial_arn(value, kind) is not None
        return () if whole else (_of_other(value, kind),)
    if partial_arn(value, kind) is not None:
        return ()
    spelling = SPELLINGS.get((kind.service, f"{kind.name}.{hole}")) or SPELLINGS.get((kind.service, hole))
    found = spelling(value, inputs) if spelling is not None else (value,)
    return tuple(any_identifier(name, hole) for name in found if _has_prefix_of(name, kind, hole))


def _has_prefix_of(name: Pattern, kind: ResourceType, hole: str) -> bool:
    """Whether an identifier may have the prefix of a type: `mi-…` is a managed node's, not an instance's."""
    first = name.parts[0] if name.parts else ANY
    if not kind.begins or not hole.endswith("Id") or hole != form(kind.arn).holes[-1] or not isinstance(first, str):
        return True
    return first.startswith(kind.begins) or (len(name.parts) > 1 and any(each.startswith(first) for each in kind.begins))


def any_identifier(name: Pattern, hole: str) -> Pattern:
    """`*` for `i-*`: all identifiers of a type begin like this, so it does not narrow the type's ARN."""
    if not hole.endswith("Id") or len(name.parts) != _BEGINNING or name.parts[1] is not ANY:
        return name
    return UNKNOWN_TEXT if isinstance(name.parts[0], str) and re.fullmatch(r"[a-z]+(-[a-z]+)?-", name.parts[0]) else name


_BEGINNING: Final = 2


def _of_other(arn: Pattern, kind: ResourceType) -> Pattern:
    """The name in another type's ARN, such as a cluster's in the ARN of its service."""
    return UNKNOWN_TEXT if kind.name == "key" or begins_bound(arn) else after_last(after_last(arn, ":"), "/")


def is_access_point(value: Pattern) -> bool:
    """Whether the value is the ARN of an access point instead of a bucket's name.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
    """
    return is_arn(value) and holds(value, ":accesspoint/")


def partial_arn(value: Pattern, kind: ResourceType) -> Pattern | None:
    """The ARN for a value that includes the account: the end of an ARN, a URL or the ARN of a key's alias; `None` for a mere name."""
    partial = PARTIAL.get((kind.service, kind.name))
    return partial(value) if partial is not None else None


def whole_arns(value: Pattern, kind: ResourceType, inputs: Mapping[str, Value]) -> Spellings:
    """The ARNs for an input that must be a whole ARN of a type."""
    first = value.parts[0] if len(value.parts) == 1 else None
    if isinstance(first, Bound) and has_placeholder(first.value):  # a placeholder, with the type's form
        return (Pattern((replace(first, value=KnownToken(first.value, _NAME.sub("*", kind.arn))),)),)
    spelling = WHOLE.get((kind.service, kind.name))
    # IAM refuses an ARN that begins with a wildcard, or ends before it has all its fields.
    if value.is_any or (value.parts[0] is ANY and spelling is None) or (is_arn(value) and is_cut_short(value)):
        return (wildcard(kind.arn),)
    found = spelling(value) if spelling is not None else (value,)
    return tuple(dict.fromkeys(arn for each in found for form in kind.whole or ("{*}",) for arn in _written(form, each, inputs)))


def _written(form: str, arn: Pattern, inputs: Mapping[str, Value]) -> Spellings:
    """An ARN in one of the forms of `[whole]` in `tools/exceptions.toml`."""
    begin, between, member, end = _WHOLE.fullmatch(form).groups()  # type: ignore[union-attr]  # the catalog's build checks the forms
    made = arn if begin == "*" else _fields(arn, int(begin))
    if member:
        said = texts(inputs, member) or ((UNKNOWN_TEXT,) if "/" in between else ())
        return tuple(made + Pattern.literal(between) + each for each in said) or (made,)
    return (made + Pattern.of(end),)


_WHOLE: Final = re.compile(r"\{(\*|\d+)\}(?:([:/][a-z/]*)\{(\w+)\}|([^{]*))")


def _fields(arn: Pattern, most: int) -> Pattern:
    """The first fields of an ARN."""
    seen = 1
    for at, part in enumerate(arn.parts):
        pieces = part.split(":") if isinstance(part, str) else [""]
        if seen + len(pieces) - 1 > most:
            return Pattern((*arn.parts[:at], ":".join(pieces[: most - seen + 1])))
        seen += len(pieces) - 1
    return arn


def forms(kind: ResourceType, names: Mapping[str, Pattern]) -> tuple[str, ...]:
    """The forms of a type's ARN with these names.

    A token's text is unknown, so we can't tell whether it begins with the slash that a parameter's ARN already has: it is written both ways.
    """
    if all(name.is_any for hole, name in names.items() if hole not in PLACE):
        return _widest(kind)
    if kind.aws_owned_names and any(name.text in kind.aws_owned_names for name in names.values()):
        return (kind.aws_owned,)
    if any(starts(name, LINKED) for name in names.values()):
        return (kind.arn,)
    name = names.get(PARAMETER)
    if name is not None and is_public(name):
        return ("arn:{P}:ssm:{R}::parameter/{" + PARAMETER + "}",)
    if name is not None and name.parts and isinstance(name.parts[0], Bound):
        return (kind.arn, kind.arn.replace(f"/{{{PARAMETER}}}", f"{{{PARAMETER}}}"))
    return kind.formats


@cache
def _widest(kind: ResourceType) -> tuple[str, ...]:
    return (kind.arn, *(form for form in kind.formats if not in_any_account(kind.arn).covers(in_any_account(form))))


_NAME: Final = re.compile(r"\{(?![PRA]\})\w+\}")


def is_arn(text: Pattern) -> bool:
    """Whether a text begins like an ARN, or is a token of one."""
    return starts(form_of(text), "arn:")


def form_of(text: Pattern) -> Pattern:
    """The known form of a token of a whole ARN; any other text unchanged."""
    first = text.parts[0] if len(text.parts) == 1 else None
    return Pattern.of(first.value.form) if isinstance(first, Bound) and isinstance(first.value, KnownToken) else text
