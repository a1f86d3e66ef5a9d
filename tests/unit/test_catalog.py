"""The catalog: what every operation of every service needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from automation_role.catalog import operations as catalog

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_the_files_are_what_the_pinned_versions_give():
    pytest.importorskip("cfnlint")  # not among the oldest versions that are allowed, which have a test run of their own
    done = subprocess.run([sys.executable, ROOT / "tools" / "build_catalog.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ operations: \d+ have an action of their own name, \d+ have others, \d+ need none, \d+ are unknown", done.stdout)


def test_every_action_that_an_operation_is_mapped_to_exists():
    """And so does every type that the catalog says an input names."""
    for name in catalog.services():
        service = catalog.service(name)
        assert service is not None
        for operation in service.operations:
            actions = service.actions_of(operation) or ()
            assert [action for action in actions if not catalog.action_exists(action)] == []
            details = service.details(operation)
            following = (action for _, needed, _ in details.follows for action in needed)
            types = {kind.name for action in (*actions, *following) for kind in catalog.resource_types(action)}
            named = {re.sub(r"^[A-Z]\w+/", "", key).rpartition(".")[0] for key in details.fills if key not in {"*", "?"}}
            assert named <= types, (name, operation)
            assert [action for _, needed, _ in details.follows for action in needed if not catalog.action_exists(action)] == []
            assert [to for to in details.passes.values() if not re.fullmatch(r"([a-z0-9.-]+(\|[a-z0-9.-]+)*)?", to.service)] == []
            assert details.tags is None or catalog.action_exists(details.tags[0])


def test_every_resource_type_has_one_arn():
    """IAM's data has those of two API versions in one text."""
    for prefix in catalog.prefixes():
        for action in catalog.actions(prefix):
            assert [kind.arn for kind in catalog.resource_types(action) if "," in kind.arn] == []
    assert {kind.name for kind in catalog.resource_types("apigateway:SetWebACL")} >= {"stage", "stage#2"}


def test_every_handler_asks_for_actions_that_exist():
    assert catalog.handler_actions("AWS::S3::Bucket") is not None
    for path in sorted((ROOT / "automation_role" / "catalog" / "types").glob("*.json")):
        for kind in re.findall(r'"(\w+)":\[', path.read_text()):
            actions = catalog.handler_actions(f"AWS::{path.stem}::{kind}")
            assert actions is not None
            assert [action for action in actions if not catalog.action_exists(action)] == []


@pytest.mark.parametrize(
    ("kind", "certain"),
    [
        ("AWS::S3::Bucket", {"s3:CreateBucket", "s3:DeleteBucket"}),
        ("AWS::EC2::Instance", {"ec2:RunInstances", "ec2:TerminateInstances"}),
        ("AWS::CloudWatch::Alarm", {"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"}),  # the only one it can write with
        ("AWS::Lambda::Permission", {"lambda:AddPermission", "lambda:RemovePermission"}),
        ("AWS::MSK::Cluster", {"kafka:CreateCluster", "kafka:DeleteCluster"}),  # not ec2's, which it asks for much
        ("AWS::MediaLive::Cluster", {"medialive:CreateCluster", "medialive:DeleteCluster"}),  # and ecs:CreateCluster, perhaps
        ("AWS::EC2::EIP", set()),  # several, and none is called like it
    ],
)
def test_of_what_a_handler_may_ask_for_the_certain_is_known(kind: str, certain: set[str]):
    assert catalog.certain_actions(kind) == certain
    assert certain <= set(catalog.handler_actions(kind) or ())


@pytest.mark.parametrize("kind", ["AWS::S3::Nonsense", "AWS::Nonsense::Bucket", "Custom::Thing", "AWS::S3", "AWS::../../x::y", ""])
def test_a_type_that_is_not_there_has_no_permissions(kind: str):
    assert catalog.handler_actions(kind) is None


def test_a_condition_that_waits_needs_nothing():
    assert catalog.handler_actions("AWS::CloudFormation::WaitCondition") == ()


@pytest.mark.parametrize(
    ("service", "operation", "actions"),
    [
        ("ec2", "StartInstances", ("ec2:StartInstances",)),
        ("elbv2", "DescribeTargetHealth", ("elasticloadbalancing:DescribeTargetHealth",)),
        ("s3", "ListObjectsV2", ("s3:ListBucket",)),
        ("s3control", "PutPublicAccessBlock", ("s3:PutAccountPublicAccessBlock",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("kms", "ReEncrypt", ("kms:ReEncryptFrom", "kms:ReEncryptTo")),
        ("apigateway", "UpdateStage", ("apigateway:PATCH",)),
        ("budgets", "DescribeBudgets", ("budgets:ViewBudget",)),
        ("sagemaker-runtime", "InvokeEndpointWithResponseStream", ("sagemaker:InvokeEndpoint",)),
        ("elasticbeanstalk", "UpdateTagsForResource", ("elasticbeanstalk:AddTags", "elasticbeanstalk:RemoveTags")),
        ("glue", "UpdateColumnStatisticsForTable", ("glue:UpdateTable",)),
        ("quicksight", "DescribeDashboardDefinition", ("quicksight:DescribeDashboard",)),
        ("rds", "RebootDBCluster", ("rds:RebootDBCluster", "rds:RebootDBInstance")),
        ("secretsmanager", "ValidateResourcePolicy", ("secretsmanager:PutResourcePolicy", "secretsmanager:ValidateResourcePolicy")),
        ("sts", "GetCallerIdentity", ()),
        ("ec2", "GetImageFindings", None),
    ],
)
def test_an_operation_is_authorized_by_these_actions(service: str, operation: str, actions: tuple[str, ...] | None):
    found = catalog.service(service)
    assert found is not None
    assert found.actions_of(operation) == actions


@pytest.mark.parametrize(
    ("service", "spelling", "meant"),
    [
        ("ec2", "StartInstance", "StartInstances"),
        ("ec2", "startinstance", "StartInstances"),
        ("ec2", "describe_instnaces", "DescribeInstances"),
        ("glue", "UntagResources", "UntagResource"),
        ("sns", "PutResourcePolicy", None),  # not UntagResource
        ("ec2", "CreateLoadBalancer", None),  # not CreateLocalGatewayRoute
        ("ec2", "deleteLoadBalancer", None),
        ("elbv2", "CreateLoadBalancerPolicy", None),  # not CreateLoadBalancer
        ("elb", "DescribeStacks", None),  # not DescribeTags
        ("iam", "CreateResolver", None),  # not CreateRole
        ("s3", "DeleteProject", None),  # not DeleteObject
        ("iam", "GetRoel", "GetRole"),
        ("iam", "get_rolle", "GetRole"),
        ("secretsmanager", "SetResourcePolicy", None),  # not GetResourcePolicy
        ("ec2", "RestartInstance", None),  # not StartInstances
        ("rds", "RestartDBInstance", None),
        ("events", "DeregisterRule", None),
        ("ec2", "DisassociateNatGatewayAddresses", "DisassociateNatGatewayAddress"),
        ("sns", "UnsubscribeAll", None),
        ("elbv2", "RegisterTarget", "RegisterTargets"),  # not DeregisterTargets
        ("ec2", "restartinstance", None),
    ],
)
def test_only_a_misspelt_name_is_taken_for_another(service: str, spelling: str, meant: str | None):
    found = catalog.service(service)
    assert found is not None
    assert found.nearest(spelling) == meant


@pytest.mark.parametrize(
    ("service", "operation", "meant"),
    [
        ("ec3", "DescribeInstances", "ec2"),
        ("dynamodbb", "PutItem", "dynamodb"),
        ("ssm-next", "StartAutomationExecution", "ssm"),  # not ssm-incidents
        ("elasticloadbalancing", "DescribeTargetHealth", "elbv2"),
        ("nonsense", "DescribeInstances", None),
        ("cloudwatch-logs", "PutRetentionPolicy", None),  # not cloudwatch, which has none like it
        ("cloudformaton", "DescribeStakcs", "cloudformation"),  # both are misspelt
    ],
)
def test_a_misspelt_service_is_one_with_such_an_operation_if_any(service: str, operation: str, meant: str | None):
    assert catalog.nearest_service(service, operation) == meant


@pytest.mark.parametrize(
    ("action", "meant"),
    [
        ("ec2:StartInstance", "ec2:StartInstances"),
        ("EC2:startinstance", "ec2:StartInstances"),
        ("s3:GetObjekt", "s3:GetObject"),
        ("iamm:GetRole", "iam:GetRole"),
        ("ec2:CreateLoadBalancer", None),  # not CreateLocalGatewayRoute
        ("elasticloadbalancing:CreateLoadBalancerX", None),
    ],
)
def test_only_a_misspelt_action_is_taken_for_another(action: str, meant: str | None):
    assert catalog.nearest_action(action) == meant


def test_every_service_linked_role_has_a_page_that_names_its_service():
    """Above its entry, or above the first of several of one service that stand together."""
    page, service, without = "", "", []
    for block in re.split(r"\n(?=\[\[follow\]\]|#|\[)", (ROOT / "tools" / "exceptions.toml").read_text()):
        if block.startswith("#"):
            page, service = (block if "https://" in block else page if "\n\n" not in block else ""), ""
        elif block.startswith("[[follow]]"):
            of = re.search(r'^service = "(.+)"', block, re.MULTILINE)
            assert of is not None
            page, service = (page if service in {"", of[1]} else ""), of[1]
            if 'on = "service-role:' in block and not page:
                without.append(block)
    assert without == []
