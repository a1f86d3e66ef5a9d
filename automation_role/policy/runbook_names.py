"""Runbooks as policies name them: a name, an ARN or a CDK token, checked and as a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ..errors import AutomationRoleError
from ..values.arns import is_aws_owned
from ..values.given import given
from ..values.patterns import ANY, Bound, Pattern
from ..values.tokens import is_opaque

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
_NAME: Final = r"[a-zA-Z0-9_.-]{3,128}"
_ARN: Final = re.compile(
    rf"arn:[a-z-]+:ssm:([a-z0-9-]+|\*):(?P<account>[0-9]{{12}})?:"
    rf"(document/(?P<document>{_NAME})|automation-definition/(?P<definition>{_NAME})(:\*)?)(?P<version>:([1-9][0-9]*|\$DEFAULT|\$LATEST))?"
)
_ARN_PIECES: Final = re.compile(r"(\*|\$\{Token\[[^\]]*\]\})")  # wildcards and CDK tokens
_VERSION: Final = re.compile(r"[1-9][0-9]*|\$DEFAULT|\$LATEST")


def check_start(runbooks: Iterable[str], version: object) -> None:
    """Refuse names and ARNs that no document can have, and an invalid version.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    for runbook in runbooks:
        if not is_opaque(runbook) and (problem := _problem(runbook)):
            raise AutomationRoleError(f"runbook {runbook!r} {problem}")
    if version is not None and not (isinstance(version, str) and (is_opaque(version) or _VERSION.fullmatch(version))):
        raise AutomationRoleError(f"version is {version!r} → a number such as '5', '$DEFAULT' or '$LATEST'; leave it out for any version")


def is_startable(runbook: str) -> bool:
    """Whether a document can have this name or ARN, so that a policy can allow starting it."""
    return is_opaque(runbook) or _problem(runbook) is None


def _problem(runbook: str) -> str | None:
    """What is wrong with a runbook's name or ARN. A policy with a name that no document can have would silently allow nothing."""
    if re.fullmatch(_NAME, runbook):
        return None
    arn = _ARN.fullmatch(runbook)
    if arn is None:
        return "→ a name of 3 to 128 letters, digits and _.-, or the ARN of a document; pass one of these"
    name = arn["document"] or arn["definition"]
    if arn["version"]:
        version = arn["version"][1:]
        return f"names version {version!r} → an ARN of all versions; write 'document/{name}', and version={version!r} for only that version"
    if arn["account"] and is_aws_owned(name):
        return f"has the account {arn['account']!r} → the ARN of an AWS-owned runbook has none; pass its name, {name!r}"
    if not arn["account"] and not is_aws_owned(name):
        return "has no account → its owner's account, since AWS does not own it; add the account"
    return None


def document_named(runbook: str) -> Pattern:
    """A runbook's name or ARN as a pattern; a wildcard in an ARN matches anything."""
    if runbook.startswith("arn:"):
        pieces = [piece for piece in _ARN_PIECES.split(runbook) if piece]
        return Pattern(tuple(ANY if piece == "*" else Bound("", "", piece) if is_opaque(piece) else piece for piece in pieces))
    return given(runbook)
