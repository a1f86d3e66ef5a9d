"""What a stack without a role of its own needs: every action that creating and deleting its template's resources takes.

CloudFormation then acts with the role that the automation runs as.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from ..catalog import operations as catalog
from ..findings import BY_HAND, Finding
from ..template.text import TemplateTextError, parse
from ..values.calls import ApiCall, Origin, Permission
from ..values.patterns import Pattern
from ..values.value import Text
from .inputs import given
from .resources import ANYTHING, account_wide, wildcard

# `{{ Parameter }}` in a template: Automation puts a text in its place before CloudFormation sees it.
_REFERENCE: Final = re.compile(r"\{\{.*?\}\}")

# Handler permissions that only some uses of a type need: which of them, and what a property's name has in these uses. A handler asks
# for all that a type can have; what takes a property that the template does not give is never called.
# Source: the types' properties, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
_ONLY_WITH: Final = (
    ("", r"iam:(Get|Pass)Role$", r"role|instanceprofile"),
    ("", r"kms:", r"kms|key|encrypt"),
    ("", r"s3:GetObject", r"s3|bucket|code|template"),
    ("AWS::EC2::Instance", r"ssm:", r"ssmassociations"),
    ("AWS::EC2::Instance", r"ec2:(Attach|Detach)Volume", r"volumes"),
    ("AWS::EC2::Instance", r"ec2:(Associate|Disassociate|Replace)IamInstanceProfile", r"iaminstanceprofile"),
    ("AWS::EC2::Instance", r"ec2:ModifyInstanceCreditSpecification", r"creditspecification"),
    ("AWS::EC2::Instance", r"ec2:ModifyInstancePlacement", r"affinity|host|placement|tenancy"),
    ("AWS::EC2::Instance", r"ec2:ModifyPrivateDnsNameOptions", r"privatednsnameoptions"),
    ("AWS::EC2::Instance", r"ec2:MonitorInstances", r"monitoring"),
    ("AWS::IAM::Policy", r"iam:\w+GroupPolicy", r"groups"),
    ("AWS::IAM::Policy", r"iam:\w+RolePolicy", r"roles"),
    ("AWS::IAM::Policy", r"iam:\w+UserPolicy", r"users"),
    ("AWS::Lambda::Function", r"ec2:", r"vpcconfig"),
    ("AWS::Lambda::Function", r"(elasticfilesystem|s3files):", r"filesystemconfigs"),
    ("AWS::Lambda::Function", r"lambda:GetLayerVersion", r"layers"),
    ("AWS::Lambda::Function", r"lambda:PassCapacityProvider", r"capacityproviderconfig"),
    ("AWS::Lambda::Function", r"lambda:PutFunctionConcurrency", r"reservedconcurrentexecutions"),
    ("AWS::Lambda::Function", r"lambda:PutFunctionRecursionConfig", r"recursiveloop"),
    ("AWS::Lambda::Function", r"lambda:PutFunctionScalingConfig", r"functionscalingconfig"),
    ("AWS::Lambda::Function", r"lambda:PutRuntimeManagementConfig", r"runtimemanagementconfig"),
)

# Whom a resource hands its role to, where it is not the service that its type is named after.
_PASSED_TO: Final[Mapping[str, str]] = {
    "AWS::IAM::InstanceProfile": "ec2.amazonaws.com",
    "AWS::AutoScaling::LaunchConfiguration": "ec2.amazonaws.com",
    "AWS::StepFunctions::StateMachine": "states.amazonaws.com",
    "AWS::ECS::TaskDefinition": "ecs-tasks.amazonaws.com",
    "AWS::KinesisFirehose::DeliveryStream": "firehose.amazonaws.com",
    "AWS::ApiGateway::RestApi": "apigateway.amazonaws.com",
    "AWS::EC2::FlowLog": "vpc-flow-logs.amazonaws.com",
    "AWS::Logs::SubscriptionFilter": "logs.amazonaws.com",
    "AWS::RDS::DBInstance": "monitoring.rds.amazonaws.com|rds.amazonaws.com",
    "AWS::CloudFormation::Stack": "cloudformation.amazonaws.com",
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::EC2::Instance": "ec2.amazonaws.com",
    "AWS::Events::Rule": "events.amazonaws.com",
    "AWS::CodeBuild::Project": "codebuild.amazonaws.com",
    "AWS::Glue::Job": "glue.amazonaws.com",
    "AWS::EKS::Cluster": "eks.amazonaws.com",
    "AWS::SSM::MaintenanceWindowTask": "ssm.amazonaws.com",
    "AWS::SSM::Document": "ssm.amazonaws.com",
    "AWS::CloudTrail::Trail": "cloudtrail.amazonaws.com",
    "AWS::Scheduler::Schedule": "scheduler.amazonaws.com",
    "AWS::Config::ConfigurationRecorder": "config.amazonaws.com",
}


# Operations that change a stack -> the input with which CloudFormation does so by another role; those that have a template say so.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html,
#     https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
_CHANGES: Final[Mapping[str, Mapping[str, str]]] = {
    "cloudformation": {
        "ContinueUpdateRollback": "RoleARN",
        "CreateStack": "RoleARN",
        "DeleteStack": "RoleARN",
        "ExecuteChangeSet": "",
        "RollbackStack": "RoleARN",
        "UpdateStack": "RoleARN",
    },
    "cloudcontrol": {"CreateResource": "RoleArn", "DeleteResource": "RoleArn", "UpdateResource": "RoleArn"},
}


def changed_by_call(call: ApiCall, body: Any = None) -> Iterator[Permission | Finding]:
    """What an API call that changes a stack needs for the stack's resources, and what of it is not known.

    Args:
        call: any call; only those that change a stack need something.
        body: the template, where it is not among the call's inputs.
    """
    service = catalog.service(call.service)
    operation = service.operation(call.operation) if service is not None else None
    role = _CHANGES.get(call.service, {}).get(operation.name) if operation is not None else None
    if operation is None or role is None or (role and given(call.inputs, role)):
        return
    text = call.inputs.get("TemplateBody")
    known = text.literals if isinstance(text, Text) else None
    template = known[0] if known is not None and len(known) == 1 else body
    if template is not None:
        yield from created_by_stack(template, call.origin)
        return
    give = f"give {role}, or add" if role else "add"
    message = (
        f"{call.service} {operation.name} changes resources with the rights of this role, unless the stack has one of its own; what they "
        f"need was not derived: {give} it {BY_HAND}"
    )
    origin = call.origin
    yield Finding(id="templateNotInline", runbook=origin.runbook, step=origin.step, line=origin.line, message=message)


def created_by_stack(body: Any, origin: Origin) -> Iterator[Permission | Finding]:
    """What a stack of this template needs to be created and deleted, and what of it is not known."""

    def finding(finding_id: str, message: str) -> Finding:
        return Finding(id=finding_id, runbook=origin.runbook, step=origin.step, line=origin.line, message=message)

    what_to_do = f"give RoleARN, or add what its resources need {BY_HAND}"
    if body is None or (isinstance(body, str) and _REFERENCE.fullmatch(body.strip())):
        yield finding(
            "templateNotInline", f"the stack's template is not in the runbook, so its resources' permissions were not derived; {what_to_do}"
        )
        return
    try:
        template = _template(body)
    except TemplateTextError as error:
        yield finding("templateNotInline", f"the stack's template cannot be read: {error.problem}; correct it, or {what_to_do}")
        return
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(resources, Mapping):
        yield finding("templateNotInline", f"the stack's template has no Resources; correct it, or {what_to_do}")
        return
    if template.get("Transform"):
        yield finding(
            "templateTypeUnknown", f"the stack's template is changed by a macro ({template['Transform']}) before it is made; {what_to_do}"
        )
    for logical_id, resource in resources.items():
        yield from _resource(str(logical_id), resource, origin, finding, what_to_do)


def _template(body: Any) -> Any:
    if isinstance(body, Mapping):
        return body
    text = "\n".join(map(str, body)) if isinstance(body, list) else str(body)
    return parse(_REFERENCE.sub("REFERENCE", text))


def _resource(logical_id: str, resource: Any, origin: Origin, finding: Any, what_to_do: str) -> Iterator[Permission | Finding]:
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    if not isinstance(kind, str):
        yield finding("templateTypeUnknown", f"resource {logical_id!r} of the stack's template has no Type; {what_to_do}")
        return
    custom = kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"
    actions = ("lambda:InvokeFunction",) if custom else catalog.handler_actions(kind)
    if actions is None:
        yield finding(
            "templateTypeUnknown",
            f"resource {logical_id!r} of the stack's template is a {kind}, whose permissions are not known; {what_to_do}",
        )
        return
    names = " ".join(_property_names(resource.get("Properties"))).lower()
    not_used = [re.compile(which) for only, which, uses in _ONLY_WITH if only in ("", kind) and not re.search(uses, names)]
    for action in actions:
        if any(each.match(action) for each in not_used):
            continue
        if action == "iam:PassRole":
            service = _PASSED_TO.get(kind)
            if service is None:
                message = f"resource {logical_id!r} of the stack's template hands a role to a service that is not known for a {kind}; {what_to_do}"
                yield finding("passedToUnknown", message)
                continue
            yield Permission(
                action=action,
                resources=(Pattern.of("arn:{P}:iam::{A}:role/*"),),
                conditions=(("StringEquals", "iam:PassedToService", tuple(map(Pattern.literal, service.split("|")))),),
                origins=(origin,),
            )
            message = (
                f"resource {logical_id!r} of the stack's template hands on a role that gets its name from CloudFormation, so any role of the "
                f"account may be passed to {service.replace('|', ' or ')}; give RoleARN to do without"
            )
            yield finding("passedRoleUnknown", message)
        else:
            yield Permission(action=action, resources=_anywhere(action), origins=(origin,))


@cache
def _anywhere(action: str) -> tuple[Pattern, ...]:
    """Every resource of the action's types: what names CloudFormation gives is only known when it makes them."""
    types = catalog.resource_types(action)
    found = tuple(dict.fromkeys(wildcard(each.arn) for each in types))
    return account_wide(action, types) if len(found) > _MOST else found or (ANYTHING,)


_MOST: Final = 20


def _property_names(properties: Any) -> Iterator[str]:
    if isinstance(properties, Mapping):
        for name, value in properties.items():
            yield str(name)
            yield from _property_names(value)
    elif isinstance(properties, list):
        for item in properties:
            yield from _property_names(item)
