"""How a text says what only a deployment knows: the name that CloudFormation generates, an account that nobody gave.

A document in a template or a plan is text with pieces that are filled in when it is deployed. Such a piece is written into the text as a
placeholder, the same one wherever the same thing is meant, so that a runbook and a role that name the same bucket are seen to do so. The
angle brackets are characters that neither IAM's policy grammar (it ends at U+00FF,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) nor an AWS name has.
"""

from __future__ import annotations

import re
from typing import Final

# Texts that equal no other. (Twelve characters, as accounts have.)
ACCOUNT: Final = "‹ACCOUNT-ID›"
REGION: Final = "‹REGION›"
PARTITION: Final = "‹PARTITION›"

PLACEHOLDER: Final = re.compile("⟨([^⟨⟩]*)⟩")
_BRACKETS: Final = re.compile("[⟨⟩]")
_NOT_KNOWN: Final = re.compile("⟨\\?([^⟨⟩]*)⟩")
_PARAMETER: Final = re.compile("⟨\\?parameter '([^'⟨⟩]*)'[^⟨⟩]*⟩")


def name_of(label: str) -> str:
    """The placeholder of the name that a deployment generates for a resource: without `:` and `/`, unlike any other name."""
    return f"⟨{label}⟩"


def not_known(reason: str) -> str:
    """The placeholder of a text of which nothing is known."""
    return "⟨?" + _BRACKETS.sub("", reason) + "⟩"


def has_placeholder(text: str) -> bool:
    """Whether a piece of a text is only known once it is deployed."""
    return "⟨" in text and PLACEHOLDER.search(text) is not None


def is_generated_name(text: str) -> bool:
    """Whether a text is the placeholder of a generated name, and nothing else."""
    match = PLACEHOLDER.fullmatch(text)
    return match is not None and not match[1].startswith("?")


def generated(text: str) -> str:
    """The resource whose generated name a text is; any other text as it is."""
    return text[1:-1] if is_generated_name(text) else text


def readable(text: str) -> str:
    """A text as a template has it: `${Bucket}` for the name that CloudFormation generates, `${Env}` for a parameter."""
    for stand_in, pseudo in ((ACCOUNT, "AccountId"), (REGION, "Region"), (PARTITION, "Partition")):
        text = text.replace(stand_in, f"${{AWS::{pseudo}}}")
    text = _PARAMETER.sub(r"${\1}", text)
    return PLACEHOLDER.sub(r"${\1}", _NOT_KNOWN.sub(r"<\1: not known>", text))
