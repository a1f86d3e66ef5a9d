"""A runbook as a document in Systems Manager."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from automation_role import AutomationRole, AutomationRunbook, IAutomationRole, Runbook
from automation_role.errors import AutomationRoleError
from tests.construct.synth import Template, new_app

DOCUMENT = "AWS::SSM::Document"
HERE = "arn:${AWS::Partition}:ssm:*:${AWS::AccountId}:"

RESTART = """\
# Restarts one instance.
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole:
    type: AWS::IAM::Role::Arn
    default: ""
  InstanceId:
    type: String
mainSteps:
  - name: restart
    action: aws:executeAwsApi
    inputs:
      Service: ec2
      Api: RebootInstances
      InstanceIds: ["{{ InstanceId }}"]
"""


def restart(**changed: Any) -> Runbook:
    return Runbook.from_text(RESTART, **({"name": "RestartInstance"} | changed))


def test_deploys_the_text_as_it_is_written_and_new_versions_on_change(stack):
    AutomationRunbook(stack, "Restart", restart())
    assert Template(stack).resources(DOCUMENT) == {
        "Restart": {
            "Name": "RestartInstance",
            "DocumentType": "Automation",
            "DocumentFormat": "YAML",
            "UpdateMethod": "NewVersion",
            "Content": RESTART,
        }
    }


def test_a_mapping_is_deployed_as_json(stack):
    document = yaml.safe_load(RESTART)
    AutomationRunbook(stack, "Restart", Runbook.from_mapping(document, name="RestartInstance"))
    deployed = Template(stack).the(DOCUMENT)
    assert deployed["DocumentFormat"] == "JSON"
    assert yaml.safe_load(deployed["Content"]) == document


def test_every_other_property(stack):
    AutomationRunbook(stack, "Restart", restart(), document_name="Other", target_type="/AWS::EC2::Instance", version_name="v2")
    deployed = Template(stack).the(DOCUMENT)
    assert (deployed["Name"], deployed["TargetType"], deployed["VersionName"]) == ("Other", "/AWS::EC2::Instance", "v2")


@pytest.mark.parametrize("kind", ["AutomationRole", "iam.Role", "made elsewhere"])
def test_fills_the_role_into_its_parameter(stack, kind):
    roles: dict[str, Callable[[], IAutomationRole | iam.IRole]] = {
        "AutomationRole": lambda: AutomationRole(stack, "Role"),
        "iam.Role": lambda: iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ssm.amazonaws.com")),
        "made elsewhere": lambda: AutomationRole.from_role_arn(stack, "Role", "arn:aws:iam::111122223333:role/R"),
    }
    AutomationRunbook(stack, "Restart", restart(), role=roles[kind]())
    arn = "arn:aws:iam::111122223333:role/R" if kind == "made elsewhere" else "${Role.Arn}"
    assert Template(stack).the(DOCUMENT)["Content"] == RESTART.replace('default: ""', f'default: "{arn}"')


def test_the_role_may_run_a_runbook_that_names_it(stack):
    role = AutomationRole(stack, "Role", runbooks=[restart()])
    document = AutomationRunbook(stack, "Restart", restart(), role=role)
    role.grant_start_automation(role, document)
    Template(stack)


def test_grants_take_it_as_a_document(stack):
    document = AutomationRunbook(stack, "Restart", restart())
    AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Operator"), document)
    assert Template(stack).statements("Operator")[0]["Resource"] == [
        HERE + "document/${Restart}",
        HERE + "automation-definition/${Restart}:*",
        HERE + "automation-execution/*",
    ]


def test_grants_take_a_runbook_by_its_name(stack):
    AutomationRole(stack, "Role").grant_start_automation(iam.User(stack, "Operator"), restart())
    assert HERE + "document/RestartInstance" in Template(stack).statements("Operator")[0]["Resource"]


def test_what_it_gives(stack):
    runbook = restart()
    deployed = AutomationRunbook(stack, "Restart", runbook)
    assert deployed.runbook is runbook
    assert isinstance(deployed.document, ssm.CfnDocument)
    cdk.Tags.of(deployed).add("team", "operations")
    assert Template(stack).the(DOCUMENT)["Tags"] == [{"Key": "team", "Value": "operations"}]


WITHOUT_ROLE = RESTART.replace('assumeRole: "{{ AutomationAssumeRole }}"\n', "")
FIXED_ROLE = RESTART.replace("{{ AutomationAssumeRole }}", "arn:aws:iam::111122223333:role/R")
ATTACHED = RESTART + "files:\n  lib.zip:\n    checksums:\n      sha256: 'abc'\n"


@pytest.mark.parametrize(
    ("text", "given", "problem"),
    [
        (
            RESTART,
            {"document_name": "my runbook"},
            "document_name is 'my runbook' → 3 to 128 letters, digits and _.-; set another with document_name=...",
        ),
        (
            RESTART,
            {"document_name": "AWS-Restart"},
            "document_name is 'AWS-Restart' → a name that does not begin with 'aws', 'amazon' or 'amzn'; set another with document_name=...",
        ),
        (
            WITHOUT_ROLE,
            {"role": True},
            (
                "role for runbook 'RestartInstance', which has no assumeRole → an assume-role parameter; "
                "write assumeRole: '{{ AutomationAssumeRole }}' and declare that parameter"
            ),
        ),
        (
            FIXED_ROLE,
            {"role": True},
            (
                "role for runbook 'RestartInstance', which has assumeRole 'arn:aws:iam::111122223333:role/R' → an assume-role parameter; "
                "write assumeRole: '{{ AutomationAssumeRole }}' and declare that parameter"
            ),
        ),
        (
            ATTACHED,
            {},
            (
                "runbook 'RestartInstance' lists the files 'lib.zip' → the path of each; "
                "read it with Runbook.from_file(path, attachments={...}), or pass attachments=[ssm.CfnDocument.AttachmentsSourceProperty(key='S3FileUrl', values=['s3://...'], name=...)]"
            ),
        ),
    ],
)
def test_rejects_what_cannot_be_a_document(stack, text, given, problem):
    runbook = Runbook.from_text(text, name="RestartInstance")
    if "role" in given:
        given = {"role": AutomationRole(stack, "Role")}
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRunbook(stack, "Restart", runbook, **given)
    assert str(refused.value) == f"Stack/Restart: {problem}"
    assert stack.node.try_find_child("Restart") is None


def test_rejects_anything_but_a_runbook(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRunbook(stack, "Restart", "restart.yaml")  # type: ignore[arg-type]
    assert str(refused.value) == "Stack/Restart: runbook is 'restart.yaml' → a Runbook; read a file with Runbook.from_file(path)"
    assert stack.node.try_find_child("Restart") is None


def test_rejects_a_document_that_is_too_large(stack):
    runbook = Runbook.from_text(RESTART + "# " + "x" * 70_000 + "\n", name="RestartInstance")
    with pytest.raises(AutomationRoleError, match=r"Stack/Restart: runbook 'RestartInstance': .* → CreateDocument accepts 65,536"):
        AutomationRunbook(stack, "Restart", runbook)


def test_attachments_are_where_they_are_said_to_be(stack):
    source = ssm.CfnDocument.AttachmentsSourceProperty(key="S3FileUrl", values=["s3://bucket/lib.zip"], name="lib.zip")
    AutomationRunbook(stack, "Restart", Runbook.from_text(ATTACHED, name="RestartInstance"), attachments=[source])
    assert Template(stack).the(DOCUMENT)["Attachments"] == [{"Key": "S3FileUrl", "Name": "lib.zip", "Values": ["s3://bucket/lib.zip"]}]


def written(text: str) -> Runbook:
    return Runbook.from_text(text, name="RestartInstance")


def source(name):
    return ssm.CfnDocument.AttachmentsSourceProperty(key="S3FileUrl", values=["s3://b/k"], name=name)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"target_type": "AWS::EC2::Instance"}, "target_type is 'AWS::EC2::Instance' → a type after a /, such as '/AWS::EC2::Instance', or '/' for any"),
        ({"version_name": "a b"}, "version_name is 'a b' → 1 to 128 letters, digits and _.-; use another or leave it out"),
        ({"attachments": [source("lib.zip")]}, "attachments for runbook 'RestartInstance', which lists no files → "),
        ({"attachments": [source("lbi.zip")], "runbook": written(ATTACHED)}, "attachments has 'lbi.zip' → runbook 'RestartInstance' lists lib.zip; did you mean"),
        (
            {"role": True, "runbook": written(RESTART.replace('default: ""', 'default: &d ""') + "outputs: [*d]\n")},
            "the default of parameter 'AutomationAssumeRole' has a YAML anchor, which *d repeats → a value; write it out in both places",
        ),
        (
            {"role": True, "runbook": written(RESTART + "# " + "x" * (64 * 1024 - len(RESTART) - 4))},
            "runbook 'RestartInstance' has 65,566 bytes with the role filled in → CreateDocument accepts at most 65,536; ",
        ),
    ],
)  # fmt: skip
def test_rejects_what_systems_manager_does_not_take(stack, given, told):
    role = AutomationRole(stack, "Role") if given.get("role") else None
    with pytest.raises(AutomationRoleError) as caught:
        AutomationRunbook(stack, "It", **{"runbook": restart(), **given, "role": role})
    assert str(caught.value).startswith(f"Stack/It: {told}")


@pytest.mark.parametrize("imported", [False, True])
def test_rules_on_its_executions(stack, imported):
    document = AutomationRunbook.from_document_name(stack, "It", "Restart") if imported else AutomationRunbook(stack, "It", restart())
    queue = sqs.Queue(stack, "Queue")
    document.on_execution_failed("Failed", target=targets.SqsQueue(queue))
    document.on_execution("Any")
    document.on_execution("Waits", statuses=["PendingApproval"])
    rules = Template(stack).resources("AWS::Events::Rule")
    name = "Restart" if imported else "${It}"
    patterns = {key: rule["EventPattern"] for key, rule in rules.items()}
    kinds = {"source": ["aws.ssm"], "detail-type": ["EC2 Automation Execution Status-change Notification"]}
    assert patterns == {
        "ItFailed": {**kinds, "detail": {"Definition": [name], "Status": ["Failed", "TimedOut"]}},
        "ItAny": {**kinds, "detail": {"Definition": [name]}},
        "ItWaits": {**kinds, "detail": {"Definition": [name], "Status": ["PendingApproval"]}},
    }
    assert "Targets" in rules["ItFailed"]
    assert "Targets" not in rules["ItAny"]


def test_rejects_a_status_that_there_is_not(stack):
    document = AutomationRunbook(stack, "It", restart())
    with pytest.raises(AutomationRoleError, match=r"^Stack/It/Rule: status 'Fail' → .*; did you mean 'Failed'\?"):
        document.on_execution("Rule", statuses=["Fail"])
    with pytest.raises(AutomationRoleError, match=r"^Stack/It/Rule: statuses is the string 'Failed' → a list; write statuses=\['Failed'\]"):
        document.on_execution("Rule", statuses="Failed")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "lib.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("lib.py", "def run(events, context):\n    pass\n")
    return path


def test_uploads_the_attachments_that_the_runbook_was_read_with(tmp_path, archive):
    text = ATTACHED.replace("'abc'", hashlib.sha256(archive.read_bytes()).hexdigest())
    runbook = Runbook.from_text(text, name="RestartInstance", attachments={"lib.zip": archive})
    stack = cdk.Stack(new_app(tmp_path), "Stack")
    AutomationRunbook(stack, "Restart", runbook)
    template = Template(stack)
    ((source,),) = (deployed["Attachments"] for deployed in template.resources(DOCUMENT).values())
    assert (source["Key"], source["Name"]) == ("S3FileUrl", "lib.zip")
    (url,) = source["Values"]
    key = url["Fn::Sub"].rpartition("/")[2]
    assert url["Fn::Sub"].startswith("s3://cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}/")
    assert (template.directory / f"asset.{key}").read_bytes() == archive.read_bytes()


def test_attachments_that_are_elsewhere_are_not_uploaded(stack, archive):
    text = ATTACHED.replace("'abc'", hashlib.sha256(archive.read_bytes()).hexdigest())
    runbook = Runbook.from_text(text, name="RestartInstance", attachments={"lib.zip": archive})
    AutomationRunbook(stack, "Restart", runbook, attachments=[source("lib.zip")])
    assert Template(stack).the(DOCUMENT)["Attachments"] == [{"Key": "S3FileUrl", "Name": "lib.zip", "Values": ["s3://b/k"]}]


def test_rejects_to_upload_what_the_runbook_lists_no_checksum_of(stack, archive):
    runbook = Runbook.from_text(ATTACHED, name="RestartInstance", attachments={"lib.zip": archive})
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    with pytest.raises(AutomationRoleError, match=rf"lists no sha256 for 'lib.zip' → .* write checksums: {{sha256: {found}}}$"):
        AutomationRunbook(stack, "Restart", runbook)
