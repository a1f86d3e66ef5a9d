"""Placeholders in a text for what only a deployment knows: a name that CloudFormation generates, an unknown account.

A document in a template or a plan has pieces that are filled in when it is deployed. Each piece is written into the text as a
placeholder. The same thing always has the same placeholder, so that we see when a runbook and a role name the same bucket. The angle
brackets are characters that neither IAM's policy grammar (it ends at U+00FF,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) nor an AWS name has.
"""

from __future__ import annotations

import re
from typing import Final

# Texts that equal no other text. (Twelve characters, like account IDs.)
ACCOUNT: Final = "‹ACCOUNT-ID›"
REGION: Final = "‹REGION›"
PARTITION: Final = "‹PARTITION›"

PLACEHOLDER: Final = re.compile("⟨([^⟨⟩]*)⟩")
_BRACKETS: Final = re.compile("[⟨⟩]")
_NOT_KNOWN: Final = re.compile("⟨\\?([^⟨⟩]*)⟩")
_PARAMETER: Final = re.compile("⟨\\?parameter '([^'⟨⟩]*)'[^⟨⟩]*⟩")


def name_of(label: str) -> str:
    """The placeholder of a resource's generated name, which has no `:` or `/`, and is different from any other name."""
    return f"⟨{label}⟩"


def not_known(reason: str) -> str:
    """The placeholder of an unknown text."""
    return "⟨?" + _BRACKETS.sub("", reason) + "⟩"


def has_placeholder(text: str) -> bool:
    """Whether a text has a placeholder."""
    return "⟨" in text and PLACEHOLDER.search(text) is not None


def is_generated_name(text: str) -> bool:
    """Whether a text is only the placeholder of a generated name."""
    match = PLACEHOLDER.fullmatch(text)
    return match is not None and not match[1].startswith("?")


def generated(text: str) -> str:
    """The resource whose generated name this is; any other text unchanged."""
    return text[1:-1] if is_generated_name(text) else text


def readable(text: str) -> str:
    """A text as in a template: `${Bucket}` for the name that CloudFormation generates, `${Env}` for a parameter."""
    for stand_in, pseudo in ((ACCOUNT, "AccountId"), (REGION, "Region"), (PARTITION, "Partition")):
        text = text.replace(stand_in, f"${{AWS::{pseudo}}}")
    text = _PARAMETER.sub(r"${\1}", text)
    return PLACEHOLDER.sub(r"${\1}", _NOT_KNOWN.sub(r"<\1: not known>", text))
