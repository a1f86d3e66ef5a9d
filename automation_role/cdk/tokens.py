"""What CDK knows about the tokens bound to a runbook's parameters: which are ARNs, and which are not.

A Lambda function, a key or a secret has a name and an ARN, and the policy depends on which of them a parameter holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aws_cdk import CfnResource, Reference, Token, Tokenization

from ..runbook.model import Runbook
from ..template.attributes import UNKNOWN_END, returns_of
from ..values.tokens import KnownToken, between_tokens, is_opaque, is_opaque_number

# An attribute with this suffix is an ARN, for every resource type: `Arn`, `TopicArn`, `DBInstanceArn`.
_ARN: Final = "Arn"
# The placeholders of what a type returns, as they are in an ARN's form; the others are the same in both.
_ANY: Final = {"{N}": "*", "{PATH}": "/*", UNKNOWN_END: "*"}


def with_known_tokens(runbook: Runbook) -> Runbook:
    """The runbook, with the bound tokens marked whose form is known; unchanged if there are none."""
    bindings = {name: _value(value) for name, value in runbook.bindings.items()}
    return replace(runbook, bindings=bindings) if bindings != runbook.bindings or any(map(_has_known, bindings.values())) else runbook


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if is_opaque_number(value) or (hasattr(value, "resolve") and Token.is_unresolved(value)):
        return _text(Token.as_string(value))  # in a policy, a number that encodes a token would stay a plain number
    if isinstance(value, Mapping):
        return {key: _value(item) for key, item in value.items()}
    return [_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def _text(text: str) -> str:
    return known_token(text) or text


def known_token(text: str) -> KnownToken | None:
    """A string that is one token, if it is known whether that is an ARN; else `None`."""
    if not is_opaque(text) or len(between_tokens(text)) != 1:
        return None
    token = Tokenization.reverse_string(text).first_token
    if token is None or not Reference.is_reference(token):
        return None
    assert isinstance(token, Reference)  # noqa: S101  (what `is_reference` says, for mypy)
    form = _form(token)
    return None if form is None else KnownToken(text, form)


def _form(reference: Reference) -> str | None:
    """The form of the ARN that a reference returns; empty: it returns a name or a URL; `None`: unknown."""
    if not CfnResource.is_cfn_resource(reference.target):
        return None
    attribute = reference.display_name
    returns = returns_of(reference.target.cfn_resource_type)  # type: ignore[attr-defined]  # what `is_cfn_resource` says
    gives = None if returns is None else (returns.ref or None) if attribute == "Ref" else returns.attributes.get(attribute)
    if gives is None:
        return "arn:*" if attribute.endswith(_ARN) else None
    if not gives.startswith("arn:"):
        return ""
    for hole, form in _ANY.items():
        gives = gives.replace(hole, form)
    return gives


def _has_known(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_known, value.values()))
    return any(map(_has_known, value)) if isinstance(value, list) else isinstance(value, KnownToken)
