"""ARNs of Systems Manager's documents, in the three forms that starting an automation is authorized on.

A document is named by its name, by its ARN, by the ARN of its automation definition, or by a CDK token of one of these. Everything
here accepts and returns `Pattern`s, so that slots, bound values and unknown parts stay as they are.

Sources:
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html (resource types)
    https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html (2025-07-16: starting is authorized on
    the document and on the execution)
"""

from __future__ import annotations

import re
from typing import Final

from .patterns import ANY, Bound, Part, Pattern
from .tokens import KnownToken, between_tokens, is_opaque

AUTOMATION_EXECUTIONS: Final = Pattern.of("arn:{P}:ssm:{R}:{A}:automation-execution/*")
"""Every execution of the account: a start creates one with a new id, so nothing narrower is known in advance."""

_ANY_VERSION: Final = Pattern.of("*")
# `*` also matches nothing, so this covers AWS-owned documents (empty account), your own and shared ones.
_ANY_OWNER: Final = "*"


def is_aws_owned(name: str) -> bool:
    """Whether a name is that of an AWS-owned document, whose ARN has no account; no other document's name can begin like that.

    The exception: `awsconfig_Domain_…`, which EC2's launch wizard creates in an account to join instances to its directory.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html,
        https://docs.aws.amazon.com/directoryservice/latest/admin-guide/ms_ad_join_instance.html
    """
    return re.match(r"aws(?!config_domain_)|amazon|amzn", name, re.IGNORECASE) is not None


def wildcard(arn: object) -> bool:
    """Whether an ARN stands for many resources: it has a `*` or `?` outside its tokens."""
    return isinstance(arn, str) and any(mark in piece for piece in between_tokens(arn) if not is_opaque(piece) for mark in "*?")


def plain(pattern: Pattern) -> Pattern:
    """The same pattern, with bound values as literals, except for their CDK tokens, which are opaque."""
    for part in pattern.parts:
        if isinstance(part, Bound):
            break
    else:
        return pattern  # as nearly always
    parts: list[Part] = []
    for part in pattern.parts:
        if not isinstance(part, Bound) or isinstance(part.value, KnownToken):
            parts.append(part)
        else:
            pieces = between_tokens(part.value)
            parts.extend(Bound(part.parameter, part.runbook, piece) if is_opaque(piece) else piece for piece in pieces)
    return Pattern(tuple(parts))


def may_be_arn(text: Pattern) -> bool:
    """Whether a text is an ARN, or may become one; a text that is fully known must have the six fields.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    first = text.parts[0] if text.parts else ANY
    if isinstance(first, Bound) and isinstance(first.value, KnownToken):
        return first.value.form != ""
    whole = text.text
    return not isinstance(first, str) or (first.startswith("arn:") and (whole is None or whole.count(":") >= _COLONS))


def partition_of(arn: Pattern) -> Pattern | None:
    """The partition in an ARN, as far as it is known; `None` when it is not known where in the text it stands."""
    return _field(arn, 1)


def account_of(arn: Pattern) -> Pattern | None:
    """The account in an ARN, likewise."""
    return _field(arn, 4)


def _field(arn: Pattern, number: int) -> Pattern | None:
    """What stands between two colons of an ARN."""
    arn = plain(arn)
    found: list[Part] = []
    colons = 0
    if not arn.parts or not str(arn.parts[0]).startswith("arn:"):
        return None
    for part in arn.parts:
        for place, piece in enumerate(part.split(":") if isinstance(part, str) else [part]):
            colons += place > 0
            if colons == number:
                found.append(piece)
            elif colons > number:
                return Pattern(tuple(found))
    return None


def is_cut_short(arn: Pattern) -> bool:
    """Whether an ARN is known only up to some point before its resource, so that it says less than the form of its type's ARN."""
    colons = sum(part.count(":") for part in arn.parts if isinstance(part, str))
    return bool(arn.parts) and arn.parts[-1] is ANY and colons < _COLONS


_COLONS: Final = 5


def document_arn(document: Pattern) -> Pattern:
    """The document's ARN: `arn:P:ssm:R:A:document/NAME`, without an account for AWS's own.

    Args:
        document: a name, the ARN of a document, or the ARN of an automation definition (its version is dropped). A text that is
            only a CDK token is a name, since CloudFormation's `Ref` of a document returns that, unless its parameter's name ends in `Arn`.
            If the beginning of the name is unknown, it may be anybody's document.
    """
    return _arn(document, "document")


def definition_arn(document: Pattern, version: Pattern = _ANY_VERSION) -> Pattern:
    """The ARN of the automation definition: `arn:P:ssm:R:A:automation-definition/NAME:VERSION`.

    Args:
        document: as for `document_arn`; the version of an automation definition's ARN is replaced.
        version: a number, `$DEFAULT` or `$LATEST`; left out: any version.
    """
    arn = _arn(document, "automation-definition")
    if isinstance(arn.parts[-1], Bound) and len(arn.parts) == 1:  # a token of a whole ARN, which is opaque
        return Pattern.of("arn:{P}:ssm:{R}:*:automation-definition/*:") + version
    return arn + Pattern.literal(":") + version


def _arn(document: Pattern, kind: str) -> Pattern:
    document = plain(document)
    if not document.parts:
        return Pattern.of(f"arn:{{P}}:ssm:{{R}}:{_ANY_OWNER}:{kind}/*")
    first = document.parts[0]
    if isinstance(first, Bound) and len(document.parts) == 1 and first.parameter.lower().endswith("arn"):
        return document
    if not (isinstance(first, str) and may_be_arn(document)):
        return Pattern.of(f"arn:{{P}}:ssm:{{R}}:{_owner(first)}:{kind}/") + document
    for form in ("document", "automation-definition"):
        split = _partition(document, f":{form}/")
        if split is not None:
            owner, name = split
            return owner + Pattern.literal(f":{kind}/") + (_without_version(name) if form == "automation-definition" else name)
    # Unknown from before its kind on, or not the ARN of a document.
    return Pattern.of(f"arn:{{P}}:ssm:{{R}}:{_ANY_OWNER}:{kind}/*") if is_cut_short(document) else document


def _owner(first: Part) -> str:
    if first is ANY:
        return _ANY_OWNER
    return "" if isinstance(first, str) and is_aws_owned(first) else "{A}"


def _partition(pattern: Pattern, separator: str) -> tuple[Pattern, Pattern] | None:
    for at, part in enumerate(pattern.parts):
        if isinstance(part, str) and separator in part:
            before, _, after = part.partition(separator)
            return Pattern((*pattern.parts[:at], before)), Pattern((after, *pattern.parts[at + 1 :]))
    return None


def _without_version(name: Pattern) -> Pattern:
    split = _partition(name, ":")
    return name if split is None else split[0]
