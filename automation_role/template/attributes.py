"""What `Ref` and `Fn::GetAtt` return.

The catalog has the attributes that are ARNs, with their forms, from CloudFormation's schemas (`tools/catalog/attributes.py`). `RETURNS` has what
the schemas don't say, one row a type: what `Ref` returns if that isn't the resource's identifier, which property names the resource, and ARNs
with a path.

Source: the "Return values" section of each type's page under https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/,
and the ARN formats of https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from ..catalog._files import read


@dataclass(frozen=True, slots=True)
class Returns:
    """What a resource type returns, written with `{P}`artition, `{R}`egion, `{A}`ccount, `{PATH}` (of IAM) and its physical `{N}`ame.

    Attributes:
        name: the property that names the resource; `None`: CloudFormation always generates the name.
        ref: what `Ref` returns; empty: unknown.
        attributes: what `Fn::GetAtt` returns.
    """

    name: str | None
    ref: str = "{N}"
    attributes: Mapping[str, str] = field(default_factory=dict)


def _arn(name: str | None, arn: str, *, attribute: str = "Arn") -> Returns:
    return Returns(name, attributes={attribute: arn})


_MANAGED_POLICY: Final = "arn:{P}:iam::{A}:policy{PATH}{N}"
_TOPIC: Final = "arn:{P}:sns:{R}:{A}:{N}"
_MACHINE: Final = "arn:{P}:states:{R}:{A}:stateMachine:{N}"
_SERVICE: Final = "arn:{P}:ecs:{R}:{A}:service/{N}/{N}"  # its cluster's name, then its own
_STORED: Final = "arn:{P}:secretsmanager:{R}:{A}:secret:{N}"

RETURNS: Final[Mapping[str, Returns]] = {
    "AWS::IAM::Role": _arn("RoleName", "arn:{P}:iam::{A}:role{PATH}{N}"),
    "AWS::IAM::User": _arn("UserName", "arn:{P}:iam::{A}:user{PATH}{N}"),
    "AWS::IAM::Group": _arn("GroupName", "arn:{P}:iam::{A}:group{PATH}{N}"),
    "AWS::IAM::InstanceProfile": _arn("InstanceProfileName", "arn:{P}:iam::{A}:instance-profile{PATH}{N}"),
    "AWS::IAM::ManagedPolicy": Returns("ManagedPolicyName", _MANAGED_POLICY, {"PolicyArn": _MANAGED_POLICY}),
    "AWS::SSM::Document": Returns("Name"),
    "AWS::SNS::Topic": Returns("TopicName", _TOPIC, {"TopicArn": _TOPIC, "TopicName": "{N}"}),
    "AWS::SQS::Queue": Returns("QueueName", "https://sqs.{R}.{S}/{A}/{N}", {"Arn": "arn:{P}:sqs:{R}:{A}:{N}", "QueueName": "{N}"}),
    "AWS::Lambda::Alias": Returns(None, "arn:{P}:lambda:{R}:{A}:function:{N}"),
    "AWS::KMS::Key": Returns(None, "{N}", {"Arn": "arn:{P}:kms:{R}:{A}:key/{N}", "KeyId": "{N}"}),
    "AWS::StepFunctions::StateMachine": Returns("StateMachineName", _MACHINE, {"Arn": _MACHINE, "Name": "{N}"}),
    "AWS::Events::Rule": _arn("Name", "arn:{P}:events:{R}:{A}:rule/{N}"),
    "AWS::Logs::LogGroup": _arn("LogGroupName", "arn:{P}:logs:{R}:{A}:log-group:{N}:*"),
    "AWS::EC2::Instance": Returns(None, "{N}", {"InstanceId": "{N}"}),
    "AWS::EC2::Volume": Returns(None, "{N}", {"VolumeId": "{N}"}),
    "AWS::SecretsManager::Secret": Returns(None, _STORED, {"Id": _STORED}),
    "AWS::ECS::Service": Returns(None, _SERVICE, {"ServiceArn": _SERVICE}),
    "AWS::RDS::DBInstance": _arn("DBInstanceIdentifier", "arn:{P}:rds:{R}:{A}:db:{N}", attribute="DBInstanceArn"),
}

UNKNOWN_END: Final = "{?}"
"""The end of an ARN, where no ARN of the type is documented."""


@cache
def returns_of(kind: str) -> Returns | None:
    """What a resource type returns; `None`: unknown."""
    own = RETURNS.get(kind)
    schema = (read("attributes.json") or {}).get(kind)
    if schema is None:
        return own
    arns: dict[str, str] = schema["arns"]
    if own is not None:
        return replace(own, attributes={**arns, **own.attributes})
    name = schema.get("name")
    ref = arns[schema["ref"]] if "ref" in schema else "{N}" if name is not None else ""
    return Returns(name, ref, arns)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
URL_SUFFIXES: Final[Mapping[str, str]] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
}
