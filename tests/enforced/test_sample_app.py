"""The sample app, end to end: deployed to one AWS of this machine, and what it made there put to work on another, which enforces IAM.

`cdk deploy` goes to moto, which makes the role, its policies and the documents, and enforces nothing; MiniStack enforces, and has no
documents. So the policies and documents are read back from the one and used on the other, each as it is. The role on MiniStack is one that
the account's root may assume: that Systems Manager may assume the real one, and who may not, is asked of `automation_role.testing`, and
so is `iam:PassRole`, which nobody enforces here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from automation_role.testing import Authorization, Role
from tools.demo import STACK, stack_outputs
from tools.local_aws import REGION, local_aws
from tools.readback import Identity, roles

from .cases import launched
from .conftest import ACCOUNT, Emulator
from .executor import Run, run

EXECUTION = f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/0"


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was read back.

    Attributes:
        role: that the runbooks run as.
        others: the other roles.
        documents: name -> text in YAML.
    """

    role: Identity
    others: tuple[Identity, ...]
    documents: Mapping[str, str]

    @property
    def judged(self) -> Role:
        """The role, as it was read back, to be asked."""
        policies = [{"PolicyName": name, "PolicyDocument": document} for name, document in self.role.policies.items()]
        properties = {"RoleName": self.role.name, "AssumeRolePolicyDocument": self.role.trust, "Policies": policies}
        template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}
        return Authorization(template, account=ACCOUNT, region=REGION).role("Role")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with local_aws() as aws:
        aws.cdk("deploy", STACK, "--require-approval", "never", "--output", str(tmp_path_factory.mktemp("deployed")))
        outputs, everybody, ssm = stack_outputs(aws), roles(aws.client("iam")), aws.client("ssm")
        names = [outputs["RestartInstanceDocument"], outputs["ConfigureBucketLoggingDocument"]]
        yield Deployed(
            role=next(role for role in everybody if role.arn == outputs["AutomationRoleArn"]),
            others=tuple(role for role in everybody if role.arn != outputs["AutomationRoleArn"]),
            documents={name: ssm.get_document(Name=name, DocumentFormat="YAML")["Content"] for name in names},
        )


def start(emulator: Emulator, deployed: Deployed, policies: Mapping[str, Any], name: str) -> tuple[Run, dict[str, str]]:
    """Run one of the documents as a role that has these policies, on an account with an instance and two buckets."""
    emulator.reset()
    for bucket in ("watched", "watching"):
        emulator.client("s3").create_bucket(Bucket=bucket)
    given = {"BucketName": "watched", "LogBucketName": "watching"}
    if name == "restart-instance":
        given = {"InstanceId": launched(emulator)[0]}
    keys = emulator.role(deployed.role.name, list(policies.values()))
    return run(emulator, keys, deployed.documents, name, given), given


def test_the_documents_run_with_what_was_deployed(emulator, deployed):
    happened, given = start(emulator, deployed, deployed.role.policies, "restart-instance")
    assert (happened.refusal, happened.status) == (None, "Success")
    assert [step for _, step in happened.steps] == ["approve", "stop", "start", "waitUntilWell"]
    assert [call.operation for call in happened.calls if not call.operation.startswith("Describe")] == ["StopInstances", "StartInstances"]
    found = emulator.client("ec2").describe_instances(InstanceIds=[given["InstanceId"]])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] == "running"

    happened, _ = start(emulator, deployed, deployed.role.policies, "configure-bucket-logging")
    assert (happened.refusal, happened.status) == (None, "Success")
    assert [step for _, step in happened.steps] == ["configureLogging", "checkLogging"]
    logging = emulator.client("s3").get_bucket_logging(Bucket="watched")["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == ("watching", "watched/")


REFUSED = {
    "ec2:StopInstances": ("restart-instance", "stop"),
    "ec2:DescribeInstanceStatus": ("restart-instance", "stop"),
    "ec2:StartInstances": ("restart-instance", "start"),
    "s3:GetBucketLogging": ("configure-bucket-logging", "configureLogging"),
    "s3:PutBucketLogging": ("configure-bucket-logging", "configureLogging"),
}


def test_what_was_deployed_is_what_they_need_and_no_more(deployed):
    statements = [statement for policy in deployed.role.policies.values() for statement in policy["Statement"]]
    actions = [action for statement in statements for action in as_list(statement["Action"])]
    assert sorted(actions) == sorted([*REFUSED, "iam:PassRole"])
    assert {statement["Effect"] for statement in statements} == {"Allow"}


@pytest.mark.parametrize("action", REFUSED)
def test_without_an_action_a_document_is_refused(emulator, deployed, action):
    name, step = REFUSED[action]
    happened, _ = start(emulator, deployed, {key: without(policy, action) for key, policy in deployed.role.policies.items()}, name)
    refusal = happened.refusal
    assert happened.status == "Failed"
    assert refusal is not None
    assert (refusal.refused, refusal.runbook, refusal.step) == (action, name, step)


def test_systems_manager_may_assume_the_role_for_automations_of_this_account_and_nobody_else_may(deployed):
    role, here = deployed.judged, {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": EXECUTION}
    assert role.may_be_assumed_by("ssm.amazonaws.com", context=here)
    assert not role.may_be_assumed_by("ssm.amazonaws.com")
    assert not role.may_be_assumed_by("ssm.amazonaws.com", context=here | {"aws:SourceAccount": "999999999999"})
    assert not role.may_be_assumed_by("ssm.amazonaws.com", context=here | {"aws:SourceArn": EXECUTION.replace(ACCOUNT, "999999999999")})
    assert not role.may_be_assumed_by(
        "ssm.amazonaws.com", context=here | {"aws:SourceArn": EXECUTION.replace("automation-execution", "opsitem")}
    )
    assert not role.may_be_assumed_by("ec2.amazonaws.com", context=here)
    assert not role.may_be_assumed_by(f"arn:aws:iam::{ACCOUNT}:root")
    for other in deployed.others:
        assert not role.may_be_assumed_by(other.arn)


def test_an_automation_may_pass_the_instances_role_to_ec2_and_nothing_else(deployed):
    role = deployed.judged
    (instances,) = (other for other in deployed.others if "InstanceRole" in other.name)
    assert role.may_pass(instances.arn, to="ec2.amazonaws.com")
    assert not role.may_pass(instances.arn, to="lambda.amazonaws.com")
    for other in (deployed.role, *deployed.others):
        if other is not instances:
            assert not role.may_pass(other.arn, to="ec2.amazonaws.com")


def without(policy: Mapping[str, Any], dropped: str) -> dict[str, Any]:
    left = [{**statement, "Action": [a for a in as_list(statement["Action"]) if a != dropped]} for statement in policy["Statement"]]
    return {**policy, "Statement": [statement for statement in left if statement["Action"]]}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
