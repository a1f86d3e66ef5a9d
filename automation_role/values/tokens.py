"""CDK tokens in texts, lists and numbers, recognized by their form, because only `cdk` imports aws_cdk."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from typing import Final, Self

from .placeholders import ACCOUNT, PARTITION, REGION

# How CDK writes a token into a string or a list of strings (aws-cdk-lib core/lib/private/encoding.ts).
_TOKEN = re.compile(r"[$#]\{Token\[")
# The placeholders of `values.placeholders`, and its stand-ins.
_PLACEHOLDERS: Final = f"⟨[^⟨⟩]*⟩|{ACCOUNT}|{REGION}|{PARTITION}"
_OPAQUE = re.compile(rf"{_TOKEN.pattern}|{_PLACEHOLDERS}")


def is_opaque(text: str) -> bool:
    """Whether a text holds a CDK token or a placeholder, and so is opaque."""
    return ("{Token[" in text or "⟨" in text or "‹" in text) and _OPAQUE.search(text) is not None


def is_token(text: str) -> bool:
    """Whether a text holds a CDK token."""
    return _TOKEN.search(text) is not None


def is_opaque_list(given: Iterable[object]) -> bool:
    """Whether a list is a CDK token, such as a parameter of type `CommaDelimitedList`."""
    return any(isinstance(each, str) and each.startswith("#{Token[") for each in given)


def is_opaque_number(given: object) -> bool:
    """Whether a number is a CDK token, such as a parameter of type `Number`."""
    return isinstance(given, float) and struct.pack(">d", given).startswith(_NUMBER_TOKEN)


# The first bits of every token that CDK encodes as a number (the same file).
_NUMBER_TOKEN: Final = b"\xfb\xff"


def between_tokens(text: str) -> list[str]:
    """A text split at its tokens: the opaque tokens, and the texts between them."""
    return [piece for piece in _WHOLE_TOKEN.split(text) if piece]


_WHOLE_TOKEN = re.compile(rf"(\$\{{Token\[[^\]]*\]\}}|{_PLACEHOLDERS})")


class KnownToken(str):
    """A CDK token with a known form: `arn:{P}:lambda:{R}:{A}:function:*` for a whole ARN, empty for a text that is not an ARN."""

    __slots__ = ("form",)

    def __new__(cls, token: str, form: str) -> Self:
        """The token with its known form."""
        made = super().__new__(cls, token)
        made.form = form
        return made

    form: str
