"""Service-linked roles: their services' names, and the operations that create them, against what AWS itself says elsewhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation_role.catalog import operations as catalog
from automation_role.catalog._files import read
from tests.unit.test_follows import created, needs

managed_policies = pytest.importorskip("moto.iam.aws_managed_policies")  # not installed with the oldest versions
ROOT = Path(__file__).resolve().parent.parent.parent
CREATE = "iam:CreateServiceLinkedRole"
LATER = ".application-autoscaling"

# Not in AWS's managed policies; each is on the page of its entry in tools/exceptions.toml, as what the role trusts.
ON_PAGES = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        *("autoscaling-plans", "capacity-reservation-fleet.ec2", "cks.kms", "clientvpn", "cloudhsm", "codestar-notifications"),
        *("config-multiaccountsetup", "custom.rds", "devicefarm", "drs", "ec2-instance-connect", "eks-connector", "eks-fargate"),
        *("eks-nodegroup", "es", "evs", "grafana", "groundstation", "hyperpod.sagemaker", "ipam", "ivs", "kafkaconnect"),
        *("logger.cloudfront", "m2", "managedblockchain", "management.chatbot", "mediapackage", "mediatailor", "mgn", "mrk.kms"),
        *("networking.apprunner", "networkmonitor", "notifications", "ops.apigateway", "pcs", "practice-run.arc-zonal-shift"),
        *("pullthroughcache.ecr", "reachabilityanalyzer.networkinsights", "replicator.lambda", "reports.backup"),
        *("resourcegroups", "s2svpn", "ses", "ssm-incidents", "ssm-incidents.alarms.cloudwatch", "ssm.alarms.cloudwatch"),
        *("storage-lens.s3", "storagegateway", "verified-access", "vpcorigin.cloudfront", "waf"),
        *("waf-regional", "workspaces-web"),
        *(f"{each}{LATER}" for each in ("comprehend", "custom-resource", "elasticache", "kafka", "lambda", "neptune", "workspaces")),
    )
)


def roles() -> Iterator[str]:
    for service in map(catalog.service, catalog.services()):
        assert service is not None
        for operation in service.operations:
            for follow in service.details(operation).follows:
                kind, _, names = follow.on.partition(":")
                yield from names.split("|") if kind == "service-role" else ()


def test_every_role_has_a_service_name_that_aws_uses() -> None:
    text = str(managed_policies.aws_managed_policies_data)
    conditions = " ".join(re.findall(r'iam:AWSServiceName"\s*:\s*(\[[^\]]*\]|"[^"]*")', text))
    named = {
        *re.findall(r"aws-service-role/([a-z0-9.-]+\.amazonaws\.com)", text),
        *re.findall(r'"([a-z0-9.-]+\.amazonaws\.com)"', conditions),
    }
    found = set(roles())
    assert found - named == ON_PAGES
    assert len(found) > 170


def test_what_cloudformation_creates_with_a_role_is_created_with_one_or_reviewed() -> None:
    """Its handlers are a source of their own: an operation that creates the same resource has the right, or a note, or the reason in `linked_roles`."""
    by_action: dict[str, list[tuple[catalog.Service, str]]] = {}
    for service in map(catalog.service, catalog.services()):
        assert service is not None
        for operation in service.operations:
            for action in service.actions_of(operation) or ():
                by_action.setdefault(action, []).append((service, operation))
    silent: set[str] = set()
    seen = 0
    for name in {each.split("/")[-1] for each in _types()}:
        for of_type in (read(f"types/{name}") or {}).values():
            handlers = dict(each.split() for each in of_type)
            if "c" not in handlers.get(CREATE, ""):
                continue
            creating = [action for action, letters in handlers.items() if letters.endswith("!") and "c" in letters and action != CREATE]
            for service, operation in (each for action in creating for each in by_action.get(action, ())):
                seen += 1
                if not operation.startswith("Delete") and not any(CREATE in each.actions for each in service.details(operation).follows):
                    silent.add(f"{service.name}.{operation}")
    assert seen > 150
    reviewed = tomllib.loads((ROOT / "tools" / "exceptions.toml").read_text(encoding="utf-8"))["linked_roles"]["not"]
    by_verb = {each for each in silent if each.startswith("apigateway")}  # POST creates a VPC link, but most of them create something else
    assert silent - by_verb == {f"{service}.{operation}" for service, operations in reviewed.items() for operation in operations}


def _types() -> list[str]:
    from importlib.resources import files

    return [each.name for each in (files("automation_role") / "catalog" / "types").iterdir()]


@pytest.mark.parametrize(
    ("service", "api", "inputs", "role"),
    [
        ("events", "CreateConnection", {"Name": "c"}, "apidestinations.events.amazonaws.com"),
        ("dynamodb", "UpdateTable", {"TableName": "t", "ReplicaUpdates": [{"Create": {"RegionName": "eu-west-2"}}]}, "replication.dynamodb.amazonaws.com"),
        ("ecs", "UpdateService", {"cluster": "c", "service": "s"}, "ecs.amazonaws.com"),
        ("backup", "StartBackupJob", {"BackupVaultName": "v", "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"}, "backup.amazonaws.com"),
        ("route53resolver", "CreateResolverQueryLogConfig", {"Name": "n"}, "route53resolver.amazonaws.com"),
        ("service-quotas", "RequestServiceQuotaIncrease", {"ServiceCode": "ec2", "QuotaCode": "L-1"}, "servicequotas.amazonaws.com"),
        ("redshift-serverless", "CreateNamespace", {"namespaceName": "n"}, "redshift.amazonaws.com"),
        ("guardduty", "StartMalwareScan", {"ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"}, "malware-protection.guardduty.amazonaws.com"),
        ("servicecatalog", "CreatePortfolioShare", {"PortfolioId": "port-1"}, "orgsdatasync.servicecatalog.amazonaws.com"),
        ("resource-groups", "UpdateAccountSettings", {"GroupLifecycleEventsDesiredStatus": "ACTIVE"}, "resourcegroups.amazonaws.com"),
        ("fsx", "CreateDataRepositoryAssociation", {"FileSystemId": "fs-1"}, "s3.data-source.lustre.fsx.amazonaws.com"),
    ],
)  # fmt: skip
def test_a_call_that_creates_the_role_may_create_only_it(service: str, api: str, inputs: dict[str, object], role: str) -> None:
    assert created(role) in needs(service, api, inputs)[0][CREATE]


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("dynamodb", "UpdateTable", {"TableName": "t"}),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            {"AutoScalingGroupName": "g", "ServiceLinkedRoleARN": "arn:aws:iam::111122223333:role/x"},
        ),
        ("guardduty", "UpdateDetector", {"DetectorId": "d", "Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]}),
        ("rds", "CreateDBSubnetGroup", {"DBSubnetGroupName": "g"}),
        ("iam", "CreateRole", {"RoleName": "r"}),
    ],
)
def test_a_call_that_creates_no_role_needs_nothing_for_one(service: str, api: str, inputs: dict[str, object]) -> None:
    written, told = needs(service, api, inputs)
    assert CREATE not in written
    assert CREATE not in told.get("mayAlsoNeed", "")


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("cloudformation", "ActivateOrganizationsAccess", {}),
        ("devops-guru", "UpdateResourceCollection", {"Action": "ADD"}),
        ("fms", "AssociateAdminAccount", {"AdminAccount": "111122223333"}),
        ("guardduty", "UpdateDetector", {"DetectorId": "d", "Features": [{"Name": "EBS_MALWARE_PROTECTION", "Status": "ENABLED"}]}),
        ("service-quotas", "AssociateServiceQuotaTemplate", {}),
    ],
)
def test_a_role_whose_creating_operation_no_page_names_is_information(service: str, api: str, inputs: dict[str, object]) -> None:
    written, told = needs(service, api, inputs)
    assert CREATE not in written
    assert CREATE in told["mayAlsoNeed"]


def test_a_role_of_which_only_cloudformation_speaks_is_information() -> None:
    written, told = needs("controltower", "CreateLandingZone", {"version": "3"})
    assert CREATE not in written
    assert CREATE in told["mayAlsoNeed"]
