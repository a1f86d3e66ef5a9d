r"""THE table of message shapes: what a refusal looks like, and which facts each part states.

One entry a shape. A named group of its pattern fills the field of `Failure` with that name; `says` sets fields that the shape implies.
A shape with `core` is a refusal; the others come before or after one and add to it. Every repetition in a pattern is bounded, or can't match what follows it, so reading takes time proportional to the text.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (who denied it),
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-troubleshooting.html (what Automation says),
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html (EC2's encoded message), and the SDKs' own wrappers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .failure import Layer

_ARN: Final = r"arn:[a-z-]{2,20}:[^\s\"',()<>\[\]]{1,2000}"
_QUOTE: Final = r"[\"'`]?"
_NOT: Final = r"(?:is not|isn['’]t|was not) authorized to perform(?: action)?:? "
_ACTION: Final = r"[A-Za-z0-9-]{2,64}:[A-Za-z0-9*]{1,128}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shape.

    Attributes:
        id: its name, as `--format json` has it.
        pattern: matched against the text with its lines joined.
        core: whether it is a refusal by itself.
        bare: a refusal with so little information that a better one next to it replaces it.
        tail: whether it comes after the refusal; else before.
        says: fields of `Failure` that its presence sets.
        means: what it is, for the documentation.
    """

    id: str
    pattern: re.Pattern[str]
    core: bool = False
    bare: bool = False
    tail: bool = False
    says: Mapping[str, Any] = field(default_factory=dict)
    means: str


def _shape(id_: str, pattern: str, means: str, *, core: bool = False, bare: bool = False, tail: bool = False, **says: Any) -> Shape:
    return Shape(id=id_, pattern=re.compile(pattern), core=core, bare=bare, tail=tail, says=says, means=means)


# The first core that matches at a place counts; the most specific come first.
SHAPES: Final[tuple[Shape, ...]] = (
    # -- refusals ------------------------------------------------------------------------------------------------------------------
    _shape(
        "notAuthorized",
        rf"User: {_QUOTE}(?P<principal>[^\s\"'`]{{1,2000}}){_QUOTE} {_NOT}{_QUOTE}\[?(?P<action>{_ACTION})\]?{_QUOTE}"
        rf"(?: on (?:the )?resources?: {_QUOTE}(?P<resource>{_ARN}|\*|https?://[^\s\"']{{1,500}})?{_QUOTE})?",
        "IAM's own sentence: who, the action, the resource",
        core=True,
    ),
    _shape(
        "notAuthorizedNoUser",
        rf"\b(?:not|Not) authorized to perform:? {_QUOTE}(?P<action>{_ACTION}){_QUOTE}(?: on (?:the )?resources?: {_QUOTE}(?P<resource>{_ARN}|\*){_QUOTE})?",
        "the same, without the caller",
        core=True,
    ),
    _shape(
        "unauthorizedOperation",
        r"You are not authorized to perform (?:this operation|the requested operation)(?!\.? User:)",
        "EC2's `UnauthorizedOperation`, which may hold an encoded message",
        core=True,
        bare=True,
        service="ec2",
    ),
    _shape(
        "roleNotAssumable",
        rf"[Tt]he provided role:? {_QUOTE}(?P<resource>{_ARN}|[\w+=.@/-]{{1,600}}){_QUOTE} (?:can(?:no|['’])t|can not) be assumed",
        "a role that Automation could not assume",
        core=True,
        layer=Layer.TRUST,
        starting=True,
    ),
    _shape(
        "assumeRoleUnable",
        r"[Tt]he defined assume role is unable to be assumed",
        "the runbook's role could not be assumed when the automation was started",
        core=True,
        layer=Layer.TRUST,
        starting=True,
    ),
    _shape(
        "serviceRoleNotAssumable",
        rf"[Rr]ole:? {_QUOTE}(?P<resource>{_ARN}){_QUOTE} (?:is invalid or )?(?:can(?:no|['’])t|can not) be assumed",
        "a role passed to another service that could not assume it",
        core=True,
        layer=Layer.TRUST,
    ),
    _shape(
        "servicePrincipalNotTrusted",
        r"[Nn]either the global service principal [\w.]{1,100},? nor the regional one is authorized to assume the provided role",
        "Step Functions could not assume the role that it was passed",
        core=True,
        layer=Layer.TRUST,
        service="stepfunctions",
    ),
    _shape(
        "executionRole",
        r"[Tt]he (?:provided )?execution role does not have permissions? to call \w{1,128} on \w{1,64}",
        "the role of a function or task, not the automation's",
        core=True,
        layer=Layer.OTHER_ROLE,
    ),
    _shape(
        "kmsCiphertext",
        r"The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access",
        "KMS: the key isn't there, is in another Region, or isn't allowed",
        core=True,
        layer=Layer.KEY,
        service="kms",
        action="kms:Decrypt",
    ),
    _shape(
        "crossAccountPass",
        r"[Cc]ross-account pass role is not allowed",
        "a role of another account can't be passed",
        core=True,
        action="iam:PassRole",
        layer=Layer.NONE,
    ),
    _shape(
        "lakeFormation",
        r"Insufficient Lake Formation permission(?:\(s\)|s)?",
        "Lake Formation's own grants, which no IAM policy gives",
        core=True,
        layer=Layer.RESOURCE,
    ),
    _shape(
        "resourceDenied",
        r"Access to the resource (?P<resource>https?://[^\s\"']{1,500}) is denied",
        "SQS's refusal without an action",
        core=True,
    ),
    _shape(
        "explicitlyRefused",
        r"[Aa]ccess [Dd]enied(?! due)|AccessDenied\b(?!Exception)(?=[\s:.\"',<)]|$)(?! ?\) when)|\b403\b[^\w]{0,3} ?Forbidden|(?<=operation: )Forbidden\b",
        "a refusal without an action: S3's `Access Denied`, `403 Forbidden`",
        core=True,
        bare=True,
    ),
    # -- what surrounds a refusal ------------------------------------------------------------------------------------------------
    _shape(
        "botocore",
        r"An error occurred \((?P<code>[\w.]{1,100})\) when calling the (?P<operation>\w{1,128}) operation",
        "boto3 and the AWS CLI",
    ),
    _shape(
        "ssmStep",
        r"Step fails when it is [^.:]{1,120}",
        "Automation's own wrapper around what a step said",
    ),
    _shape(
        "startFailed",
        r"[Ff]ail(?:ed)? to start automation, errorMessage:",
        "an automation that could not be started",
        starting=True,
    ),
    _shape(
        "resourceHandler",
        r"Resource handler returned message: ",
        "CloudFormation, which makes the call with the role's credentials",
        through="cloudformation",
    ),
    _shape(
        "javaSdk",
        r"\(Service: (?P<service>[A-Za-z0-9 ]{1,60})[;,] Status Code: \d{3}(?:[;,] Error Code: (?P<code>[\w.]{1,100}))?",
        "the AWS SDK for Java",
        tail=True,
    ),
    _shape(
        "goSdk",
        r"operation error (?P<service>[A-Za-z0-9 ]{1,60}): (?P<operation>\w{1,128}), ",
        "the AWS SDK for Go",
    ),
    _shape(
        "goSdkCode",
        r"api error (?P<code>[\w.]{1,100}):",
        "the code, as the AWS SDK for Go has it",
    ),
    _shape(
        "handlerCode",
        r"HandlerErrorCode: (?P<code>\w{1,100})",
        "the code, as a CloudFormation handler has it",
        tail=True,
        through="cloudformation",
    ),
    _shape(
        "because",
        rf"because no (?P<layer>identity-based|resource-based|permissions boundary|session|service control|resource control|VPC endpoint)"
        rf" (?:policy|policies)?[ ]?allows? the {_QUOTE}(?P<action>{_ACTION}){_QUOTE} action",
        "which policies do not allow it",
        tail=True,
    ),
    _shape(
        "explicitDeny",
        rf"with an explicit deny(?: in an? (?P<layer>identity-based|resource-based|permissions boundary|session|service control|resource control"
        rf"|VPC endpoint)(?: policy)?(?:: {_QUOTE}(?P<policy>{_ARN}))?)?",
        "a statement denies it, and in which kind of policy",
        tail=True,
        denies=True,
    ),
    _shape(
        "encoded",
        r"[Ee]ncoded authorization failure message:\s?(?P<encoded>[\w+/=-]{8,20000})",
        "EC2's encoded message: `aws sts decode-authorization-message` reads it",
        tail=True,
    ),
)

# A failure with an operation but without a refusal, such as throttling. The answer: no permission is missing.
OTHER: Final = re.compile(
    r"An error occurred \((?P<code>[\w.]{1,100})\) when calling the (?P<operation>\w{1,128}) operation(?: \(reached max retries: \d{1,3}\))?: "
)
# Error codes that are refusals, regardless of the message.
REFUSALS: Final = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "Forbidden",
        "KMSAccessDeniedException",
        "KMS.AccessDeniedException",
        "NotAuthorized",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
