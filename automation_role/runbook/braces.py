"""Finds `{{ }}` in a text, and `${ }` in a name."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# White space inside the braces is optional; `{{{{` never occurs. Source: the 497 AWS-owned runbooks, in both spellings.
_REFERENCE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_.:/\[\]*-]+)\s*\}\}")
_ONLY_REFERENCE: Final = re.compile(rf"\s*{_REFERENCE.pattern}\s*")
# What a template fills in before the document exists: Terraform's `${var.name}`, CloudFormation's `${AWS::Region}`.
_PLACEHOLDER: Final = re.compile(r"\$\{[^${}\s]+\}")
# The characters in a name or an ARN; prose, commands, JSON and templates have others.
_NAME: Final = re.compile(r"[A-Za-z0-9_.:/@*+=,-]*")


class Reference(NamedTuple):
    """One `{{ expression }}` in a text, from `start` to `end`."""

    expression: str
    start: int
    end: int


def references_in(text: str) -> tuple[Reference, ...]:
    """Every `{{ }}` in a text, in order."""
    return tuple([Reference(match[1], match.start(), match.end()) for match in _REFERENCE.finditer(text)]) if "{{" in text else ()


def expressions_in(text: str) -> list[str]:
    """The expressions of every `{{ }}` in a text, in order."""
    return _REFERENCE.findall(text) if "{{" in text else []


def only_expression_in(text: str) -> str | None:
    """The expression of a text that is only one `{{ }}`, else `None`."""
    found = _ONLY_REFERENCE.fullmatch(text) if "{{" in text else None
    return found[1] if found is not None else None


def placeholders_in(text: str) -> list[str]:
    """Every `${ }` in a name or an ARN. In any other text it may belong to another language; in these it means nothing to AWS."""
    found = _PLACEHOLDER.findall(text) if "${" in text else []
    return found if found and is_name(_PLACEHOLDER.sub("", text)) else []


def around_placeholders(text: str) -> list[str]:
    """The pieces of a name or an ARN between its `${ }`."""
    return _PLACEHOLDER.split(text)


def is_name(text: str) -> bool:
    """Whether a text, without its `{{ }}`, is a name or an ARN."""
    return _NAME.fullmatch(_REFERENCE.sub("", text).strip()) is not None


def parameter_named_in(text: str) -> str | None:
    """The parameter in a text that is only one reference (`{{ AutomationAssumeRole }}`), else `None`."""
    only = only_expression_in(text)
    return only if only is not None and "." not in only and ":" not in only else None
