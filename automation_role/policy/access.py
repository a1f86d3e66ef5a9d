"""What may be done with the role, and what the role is given besides: statements for people, for services, and for the role itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from ..errors import AutomationRoleError
from ..values.arns import AUTOMATION_EXECUTIONS, definition_arn, document_arn, is_aws_owned
from ..values.patterns import ANY, Bound, Pattern, Slot
from ..values.tokens import is_opaque
from .statement import Statement
from .trust import SSM

if TYPE_CHECKING:
    from ..values.calls import Condition

THIS_ROLE: Final = Pattern((Slot.ROLE,))
_EVERYTHING: Final = Pattern.of("*")


def given(text: str) -> Pattern:
    """A text that the user gave: taken for itself, or a CDK token that is never looked into."""
    return Pattern((Bound("", "", text),)) if is_opaque(text) else Pattern.literal(text)


def pass_role(services: Sequence[str] = (SSM,), *, role: Pattern = THIS_ROLE) -> Statement:
    """May hand a role to these services, and to no other.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    to: Condition = ("StringEquals", "iam:PassedToService", tuple(given(service) for service in dict.fromkeys(services)))
    return Statement(actions=("iam:PassRole",), resources=(role,), conditions=(to,))


def start(runbooks: Iterable[str], *, version: str | None = None) -> tuple[Statement, ...]:
    """May start automations of exactly these runbooks.

    Since July 2025 StartAutomationExecution is authorized on the document and on the execution that it creates; the older
    `automation-definition` form is what AWS's own policies still list beside them.

    Args:
        runbooks: names, ARNs, or CDK tokens of names.
        version: the one version that may be started; `None`: any. That Systems Manager asks IAM for a version as the start names it is
            documented for numbers alone; for `$DEFAULT` and `$LATEST` it is not known.

    Raises:
        AutomationRoleError: a runbook or version that cannot be.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html
        https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
    """
    _check(names := tuple(dict.fromkeys(runbooks)), version)
    documents = [_document(runbook) for runbook in names]
    if version is None:
        arns = [arn for form in (document_arn, definition_arn) for arn in map(form, documents)]
        return (_start(*arns, AUTOMATION_EXECUTIONS),)
    one: Condition = ("ForAnyValue:StringEquals", "ssm:DocumentVersion", (given(version),))
    # Executions know no document version: in the same statement, the condition would refuse every start.
    return (
        _start(*map(document_arn, documents), conditions=(one,)),
        _start(*(definition_arn(document, given(version)) for document in documents), AUTOMATION_EXECUTIONS),
    )


def _start(*resources: Pattern, conditions: tuple[Condition, ...] = ()) -> Statement:
    return Statement(actions=("ssm:StartAutomationExecution",), resources=resources, conditions=conditions)


# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
_NAME: Final = r"[a-zA-Z0-9_.-]{3,128}"
_ARN: Final = re.compile(
    rf"arn:[a-z-]+:ssm:([a-z0-9-]+|\*):(?P<account>[0-9]{{12}})?:"
    rf"(document/(?P<document>{_NAME})|automation-definition/(?P<definition>{_NAME})(:\*)?)(?P<version>:([1-9][0-9]*|\$DEFAULT|\$LATEST))?"
)
_ARN_PIECES: Final = re.compile(r"(\*|\$\{Token\[[^\]]*\]\})")  # wildcards and CDK tokens
_VERSION: Final = re.compile(r"[1-9][0-9]*|\$DEFAULT|\$LATEST")


def _check(runbooks: Iterable[str], version: object) -> None:
    for runbook in runbooks:
        if not is_opaque(runbook) and (problem := _problem(runbook)):
            raise AutomationRoleError(f"runbook {runbook!r} {problem}")
    if version is not None and not (isinstance(version, str) and (is_opaque(version) or _VERSION.fullmatch(version))):
        raise AutomationRoleError(f"version is {version!r} → a number such as '5', '$DEFAULT' or '$LATEST'; leave it out for any version")


def _problem(runbook: str) -> str | None:
    """What is wrong with a runbook's name or ARN: a policy on what no document is called would allow nothing, and nobody would tell."""
    if re.fullmatch(_NAME, runbook):
        return None
    arn = _ARN.fullmatch(runbook)
    if arn is None:
        return "→ a name of 3 to 128 letters, digits and _.-, or the ARN of a document; give one of these"
    name = arn["document"] or arn["definition"]
    if arn["version"]:
        version = arn["version"][1:]
        return f"names version {version!r} → an ARN of all versions; write 'document/{name}', and version={version!r} for that one alone"
    if arn["account"] and is_aws_owned(name):
        return f"has the account {arn['account']!r} → none in the ARNs of AWS's own; give its name, {name!r}"
    if not arn["account"] and not is_aws_owned(name):
        return "has no account → that of its owner, since it is none of AWS's own; add the account"
    return None


def _document(runbook: str) -> Pattern:
    if runbook.startswith("arn:"):
        pieces = [piece for piece in _ARN_PIECES.split(runbook) if piece]
        return Pattern(tuple(ANY if piece == "*" else Bound("", "", piece) if is_opaque(piece) else piece for piece in pieces))
    return given(runbook)


def watch_automations() -> Statement:
    """May read the account's automations: how a maintenance window follows the one that it has started.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-maintenance-window-permissions-console.html
    """
    return Statement(actions=("ssm:GetAutomationExecution",), resources=(AUTOMATION_EXECUTIONS,))


def find_window_targets() -> Statement:
    """May find the resources that are registered with a maintenance window by tag or resource group.

    AWS documents these rights for a window's role alone: of State Manager and Scheduler, `docs/starting.md` says what it documents.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-maintenance-window-permissions-console.html
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMMaintenanceWindowRole.html
    """
    return Statement(
        actions=("resource-groups:ListGroupResources", "resource-groups:ListGroups", "tag:GetResources"), resources=(_EVERYTHING,)
    )


def operate() -> tuple[Statement, ...]:
    """May list the account's automations, read them, stop them, and signal them (approve, reject, resume, …).

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
    """
    return (
        Statement(actions=("ssm:DescribeAutomationExecutions",), resources=(_EVERYTHING,)),  # IAM has nothing narrower
        Statement(
            actions=(
                "ssm:DescribeAutomationStepExecutions",
                "ssm:GetAutomationExecution",
                "ssm:SendAutomationSignal",
                "ssm:StopAutomationExecution",
            ),
            resources=(AUTOMATION_EXECUTIONS,),
        ),
    )


def invoke(functions: Iterable[str]) -> Statement:
    """May invoke exactly these functions.

    Args:
        functions: ARNs; with `:*`, the versions and aliases of a function.
    """
    return Statement(actions=("lambda:InvokeFunction",), resources=tuple(map(_function, dict.fromkeys(functions))))


def _function(arn: str) -> Pattern:
    return given(arn[:-2]) + Pattern.of(":*") if arn.endswith(":*") else given(arn)


def deny_self_change(guarded: Iterable[str]) -> Statement:
    """May not widen itself: not change its policies, its trust, its permissions boundary; not make itself anew.

    Args:
        guarded: ARNs of the role, and of the managed policies that make up or bound what it may do. Each action acts on one or the other.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html
    """
    return Statement(
        effect="Deny",
        actions=(
            "iam:AttachRolePolicy",
            "iam:CreatePolicyVersion",
            "iam:CreateRole",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:SetDefaultPolicyVersion",
            "iam:TagRole",  # tags of the role may be what other policies allow it by
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ),
        resources=tuple(map(given, guarded)),
    )
