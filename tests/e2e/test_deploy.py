"""The sample app's life on an AWS of this machine, with the real CDK CLI: nothing counts but what the APIs then answer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.demo import STACK, read_stack, stack_outputs
from tools.local_aws import ACCOUNT, REGION, ROOT, CdkError, LocalAws, local_aws
from tools.readback import missing, roles, users

# Part of what `cdk bootstrap` makes is unknown to moto, and not needed here.
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse")


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with local_aws() as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A copy of the sample, to be changed."""
    for name in ("app.py", "cdk.json"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "runbooks", tmp_path / "runbooks")
    return tmp_path


def deploy(aws: LocalAws, app: Path) -> str:
    return aws.cdk("deploy", STACK, "--require-approval", "never", cwd=app)


def test_the_sample_is_deployed_unchanged_changed_and_destroyed(aws: LocalAws, app: Path) -> None:
    # deploy
    assert "(no changes)" not in deploy(aws, app)
    assert_is_there(aws, app)
    before = stack_outputs(aws)

    # again, unchanged
    assert "(no changes)" in deploy(aws, app)
    assert "no differences" in aws.cdk("diff", STACK, cwd=app)

    # a change: another description of the role, one more policy, another description of a runbook
    replace(app / "app.py", "Runs the team's Systems Manager automations", "Runs them all")
    replace(
        app / "app.py", "runbooks=[restart, configure_logging],", "runbooks=[restart, configure_logging], automation_managed_policy=True,"
    )
    replace(app / "runbooks" / "restart-instance.yaml", "Restart an EC2 instance, after", "Restart an instance after")
    assert "Runs them all" in aws.cdk("diff", STACK, cwd=app)
    assert "(no changes)" not in deploy(aws, app)
    role = next(role for role in roles(aws.client("iam")) if role.arn == stack_outputs(aws)["AutomationRoleArn"])
    assert role.details["Description"] == "Runs them all"
    assert "Restart an instance after" in content(aws, "restart-instance")
    assert stack_outputs(aws) == before

    # moto does not attach it, and the report says so
    assert not_made(aws, app) == [f"the role {role.name} does not have arn:aws:iam::aws:policy/service-role/AmazonSSMAutomationRole"]

    # destroy
    aws.cdk("destroy", STACK, "--force", cwd=app)
    assert [*roles(aws.client("iam")), *users(aws.client("iam"))] == []
    assert own_documents(aws) == []


def assert_is_there(aws: LocalAws, app: Path) -> None:
    """The role, its trust, access to it and the documents, as IAM and Systems Manager tell them."""
    iam, outputs = aws.client("iam"), stack_outputs(aws)
    everybody = {identity.arn: identity for identity in (*roles(iam), *users(iam))}
    role = everybody[outputs["AutomationRoleArn"]]

    (trust,) = (role.trust or {})["Statement"]
    assert trust["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ssm:*:{ACCOUNT}:automation-execution/*"},
    }

    documents = [outputs["RestartInstanceDocument"], outputs["ConfigureBucketLoggingDocument"]]
    assert sorted(own_documents(aws)) == sorted(documents)
    for name in documents:  # as written, but for the role that they run as
        text = content(aws, name).replace(f'    default: "{role.arn}"\n', "")
        assert text == (app / "runbooks" / f"{name}.yaml").read_text() != content(aws, name)

    arns = [f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/{name}" for name in documents]
    execution = f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/1"
    for operator in (identity for identity in everybody.values() if "Operator" in identity.name):
        assert all(operator.may_start(arn) for arn in arns)
        assert not operator.may_start(f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/another")
        assert [other.name for other in everybody.values() if operator.may_pass(other.arn, "ssm.amazonaws.com")] == [role.name]
        assert not operator.may_pass(role.arn, "ec2.amazonaws.com")
        assert operator.may("ssm:StopAutomationExecution", execution)
        assert not operator.may("ssm:SendAutomationSignal", execution)
    (approver,) = (identity for identity in everybody.values() if "Approvers" in identity.name)
    assert approver.may("ssm:SendAutomationSignal", execution)
    assert not any(approver.may_start(arn) for arn in arns)
    assert not approver.may("ssm:StopAutomationExecution", execution)

    instance = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0123456789abcdef0"
    assert role.may("ec2:StopInstances", instance)
    assert not role.may("ec2:TerminateInstances", instance)
    assert role.may_pass(next(other.arn for other in everybody.values() if "InstanceRole" in other.name), "ec2.amazonaws.com")

    assert not_made(aws, app) == []


def not_made(aws: LocalAws, app: Path) -> list[str]:
    return missing(read_stack(aws, app / "cdk.out"), aws.client("iam"), aws.client("ssm"))


def test_the_sample_is_deployed_through_the_roles_of_a_bootstrapped_account(aws: LocalAws, app: Path) -> None:
    replace(app / "app.py", ", synthesizer=cdk.BootstraplessSynthesizer()", "")
    # Without a bootstrapped account it cannot be.
    with pytest.raises(CdkError, match="bootstrap"):
        deploy(aws, app)
    aws.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", cwd=app)
    deploy(aws, app)
    assert sorted(own_documents(aws)) == ["configure-bucket-logging", "restart-instance"]


def own_documents(aws: LocalAws) -> list[str]:
    listed = aws.client("ssm").list_documents(Filters=[{"Key": "Owner", "Values": ["Self"]}])["DocumentIdentifiers"]
    return [document["Name"] for document in listed]


def content(aws: LocalAws, name: str) -> Any:
    return aws.client("ssm").get_document(Name=name, DocumentFormat="YAML")["Content"]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
