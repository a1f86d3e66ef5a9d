"""Statements for people and services, which start, watch and stop automations and pass the role; and the role's own for passing and invoking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from ..errors import AutomationRoleError
from ..values.arns import AUTOMATION_EXECUTIONS, definition_arn, document_arn
from ..values.given import given
from ..values.patterns import Pattern, Slot
from ..values.tokens import is_opaque
from .runbook_names import check_start, document_named
from .statement import Statement
from .trust import SSM

if TYPE_CHECKING:
    from ..values.calls import Condition

THIS_ROLE: Final = Pattern((Slot.ROLE,))
_EVERYTHING: Final = Pattern.of("*")


def pass_role(services: Sequence[str] = (SSM,), *, role: Pattern = THIS_ROLE) -> Statement:
    """May pass a role to these services, and to no other.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    to: Condition = ("StringEquals", "iam:PassedToService", tuple(given(service) for service in dict.fromkeys(services)))
    return Statement(actions=("iam:PassRole",), resources=(role,), conditions=(to,))


def start(runbooks: Iterable[str], *, version: str | None = None, tags: Mapping[str, str] = {}) -> tuple[Statement, ...]:
    """May start automations of exactly these runbooks.

    Since July 2025, StartAutomationExecution is authorized on the document and on the execution that it creates. AWS's own policies still
    list the older `automation-definition` form, too.

    Args:
        runbooks: names, ARNs, or CDK tokens of names.
        version: the only version that may be started; `None`: any. AWS documents that IAM sees the version as the start names it only for
            numbers; for `$DEFAULT` and `$LATEST` it is unknown.
        tags: the tags, each with its value, that the execution must get, and the only ones that it may get. Empty: no tags.

    Raises:
        AutomationRoleError: a runbook, version or tag is invalid.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html
        https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
    """
    check_start(names := tuple(dict.fromkeys(runbooks)), version)
    documents = [document_named(runbook) for runbook in names]
    if version is None:
        arns = [arn for form in (document_arn, definition_arn) for arn in map(form, documents)]
        if not tags:
            return (_start(*arns, AUTOMATION_EXECUTIONS),)
        return (_start(*arns), *_tagged(tags))
    one: Condition = ("ForAnyValue:StringEquals", "ssm:DocumentVersion", (given(version),))
    on_documents = _start(*map(document_arn, documents), conditions=(one,))
    definitions = [definition_arn(document, given(version)) for document in documents]
    # Executions have no document version, so in the same statement the condition would refuse every start.
    if not tags:
        return (on_documents, _start(*definitions, AUTOMATION_EXECUTIONS))
    return (on_documents, _start(*definitions), *_tagged(tags))


def _tagged(tags: Mapping[str, str]) -> Iterator[Statement]:
    """The execution must get these tags; it may get no others.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
    """
    check_tags(tags)
    requested = _tag_conditions("aws:RequestTag", tags)
    yield _start(AUTOMATION_EXECUTIONS, conditions=requested)
    only: Condition = ("ForAllValues:StringEquals", "aws:TagKeys", tuple(map(given, sorted(tags))))
    yield Statement(actions=("ssm:AddTagsToResource",), resources=(AUTOMATION_EXECUTIONS,), conditions=(only, *requested))


def _tag_conditions(key: str, tags: Mapping[str, str]) -> tuple[Condition, ...]:
    return tuple(("StringEquals", f"{key}/{name}", (given(tags[name]),)) for name in sorted(tags))


# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Tag.html
_TAG: Final = re.compile(r"[\w .:/=+@-]{1,256}")
_TAG_KEY: Final = 128


def check_tags(tags: object) -> None:
    """Refuse tags that Systems Manager does not accept.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    if not isinstance(tags, Mapping):
        raise AutomationRoleError(f"tags is {tags!r} → a dict, name to value; write tags={{'Team': 'operations'}}")
    for name, value in tags.items():
        # A token in a name would be in the name of a condition key, which CloudFormation cannot fill in.
        if not isinstance(name, str) or not _TAG.fullmatch(name) or len(name) > _TAG_KEY or name.lower().startswith("aws:"):
            raise AutomationRoleError(
                f"tags has the name {name!r} → 1 to {_TAG_KEY} letters, digits, spaces and _.:/=+@-, not beginning with aws:"
            )
        if not isinstance(value, str) or not (is_opaque(value) or _TAG.fullmatch(value)):
            raise AutomationRoleError(f"tag {name!r} is {value!r} → a string of 1 to 256 letters, digits, spaces and _.:/=+@-; use another")


def _start(*resources: Pattern, conditions: tuple[Condition, ...] = ()) -> Statement:
    return Statement(actions=("ssm:StartAutomationExecution",), resources=resources, conditions=conditions)


def watch_automations() -> Statement:
    """May read the account's automations: a maintenance window needs it to follow the one that it started.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-maintenance-window-permissions-console.html
    """
    return Statement(actions=("ssm:GetAutomationExecution",), resources=(AUTOMATION_EXECUTIONS,))


def find_window_targets() -> Statement:
    """May find the resources that are registered with a maintenance window by tag or resource group.

    AWS documents these permissions only for a window's role; `docs/starting.md` says what it documents for State Manager and Scheduler.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-maintenance-window-permissions-console.html
        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMMaintenanceWindowRole.html
    """
    return Statement(
        actions=("resource-groups:ListGroupResources", "resource-groups:ListGroups", "tag:GetResources"), resources=(_EVERYTHING,)
    )


def find_connector_targets(connector_id: str) -> tuple[Statement, ...]:
    """May find the virtual machines of a cloud connector, except for assuming the connector's federation role, which is unknown here.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/cloud-connector-automation-dispatch-role.html
    """
    connector = Pattern.of("arn:{P}:ssm:{R}:{A}:cloud-connector/") + given(connector_id)
    return (
        Statement(actions=("ssm:GetCloudConnector",), resources=(connector,)),
        Statement(actions=("iam:ListRoleTags",), resources=(Pattern.of("arn:{P}:iam::{A}:role/*"),)),
        # IAM has nothing narrower.
        Statement(actions=("ssm:DescribeInstanceInformation", "ssm:ListCloudConnectors"), resources=(_EVERYTHING,)),
    )


def view(runbooks: Iterable[str] = (), *, tags: Mapping[str, str] = {}) -> tuple[Statement, ...]:
    """May list automations and documents, and read executions and these documents.

    Args:
        runbooks: names and ARNs of the documents.
        tags: only executions with these tags. IAM sees no tags for the steps of an execution, so the steps of all can be read. Empty: all.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
    """
    names = tuple(dict.fromkeys(runbooks))
    check_start(names, None)
    on_documents = (
        Statement(actions=("ssm:ListDocuments",), resources=(_EVERYTHING,)),  # IAM has nothing narrower
        Statement(
            actions=("ssm:DescribeDocument", "ssm:GetDocument", "ssm:ListDocumentVersions"),
            resources=tuple(document_arn(document_named(name)) for name in names),
        ),
    )
    listed = Statement(actions=("ssm:DescribeAutomationExecutions",), resources=(_EVERYTHING,))  # IAM has nothing narrower
    return (listed, *_on_executions(tags, "ssm:GetAutomationExecution"), *(on_documents if names else ()))


def stop(*, tags: Mapping[str, str] = {}) -> tuple[Statement, ...]:
    """May stop the account's automations; with tags, only those that have them."""
    return tuple(_on_executions(tags, "ssm:StopAutomationExecution", steps=False))


def approve(*, tags: Mapping[str, str] = {}) -> tuple[Statement, ...]:
    """May signal (approve, reject) and read the account's automations; with tags, only those that have them.

    IAM does not see which signal is sent: whoever may approve may also start, stop and resume the steps of a waiting automation.

    Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMAutomationApproverAccess.html
    """
    listed = Statement(actions=("ssm:DescribeAutomationExecutions",), resources=(_EVERYTHING,))
    return (listed, *_on_executions(tags, "ssm:GetAutomationExecution", "ssm:SendAutomationSignal"))


def operate(runbooks: Iterable[str] = (), *, tags: Mapping[str, str] = {}) -> tuple[Statement, ...]:
    """May view, stop and approve."""
    first, *others = view(runbooks, tags=tags)
    documents = [statement for statement in others if statement.resources != (AUTOMATION_EXECUTIONS,)]
    executions = _on_executions(tags, "ssm:GetAutomationExecution", "ssm:SendAutomationSignal", "ssm:StopAutomationExecution")
    return (first, *executions, *documents)


def link_systems_manager() -> Statement:
    """May create the service-linked role of Systems Manager, which watches the alarm of an automation.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations.html
    """
    service: Condition = ("StringEquals", "iam:AWSServiceName", (Pattern.literal(SSM),))
    role = Pattern.of(f"arn:{{P}}:iam::{{A}}:role/aws-service-role/{SSM}/*")
    return Statement(actions=("iam:CreateServiceLinkedRole",), resources=(role,), conditions=(service,))


_STEPS: Final = "ssm:DescribeAutomationStepExecutions"


def _on_executions(tags: Mapping[str, str], *actions: str, steps: bool = True) -> Iterator[Statement]:
    """Actions on executions, limited to those with the tags where IAM sees tags: not for the steps of an execution.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssm.html
    """
    check_tags(tags)
    if not tags:
        yield Statement(actions=tuple(sorted((*actions, *([_STEPS] if steps else [])))), resources=(AUTOMATION_EXECUTIONS,))
        return
    yield Statement(actions=tuple(sorted(actions)), resources=(AUTOMATION_EXECUTIONS,), conditions=_tag_conditions("aws:ResourceTag", tags))
    if steps:
        yield Statement(actions=(_STEPS,), resources=(AUTOMATION_EXECUTIONS,))


def invoke(functions: Iterable[str]) -> Statement:
    """May invoke exactly these functions.

    Args:
        functions: ARNs; with `:*`, the versions and aliases of a function.
    """
    return Statement(actions=("lambda:InvokeFunction",), resources=tuple(map(_function, dict.fromkeys(functions))))


def _function(arn: str) -> Pattern:
    return given(arn[:-2]) + Pattern.of(":*") if arn.endswith(":*") else given(arn)
