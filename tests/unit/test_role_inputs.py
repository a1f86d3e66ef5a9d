"""An input that holds a role passes it, wherever it is in the request; one that only may do so is reported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.test_follows import needs

ROLE = "arn:aws:iam::111122223333:role/Given"


def passed(service: str) -> list[str]:
    """Only this role, only to this service."""
    return [f"{ROLE} if iam:PassedToService={service}"]


@pytest.mark.parametrize(
    ("service", "api", "inputs", "to"),
    [
        ("s3tables", "PutTableBucketReplication", {"configuration": {"role": ROLE, "rules": []}}, "replication.s3tables.amazonaws.com"),
        ("accessanalyzer", "StartPolicyGeneration", {"cloudTrailDetails": {"accessRole": ROLE}}, "access-analyzer.amazonaws.com"),
        ("rolesanywhere", "CreateProfile", {"name": "p", "roleArns": [ROLE]}, "rolesanywhere.amazonaws.com"),
        ("quicksight", "CreateVPCConnection", {"VPCConnectionId": "v", "RoleArn": ROLE}, "quicksight.amazonaws.com"),
        ("lambda-core", "CreateNetworkConnector", {"OperatorRole": ROLE}, "lambda.amazonaws.com"),
        # in a map, whatever its keys are
        ("iot", "CreateSecurityProfile", {"alertTargets": {"SNS": {"roleArn": ROLE}}}, "iot.amazonaws.com"),
        (
            "cognito-identity",
            "SetIdentityPoolRoles",
            {"RoleMappings": {"idp": {"RulesConfiguration": {"Rules": [{"RoleARN": ROLE}]}}}},
            "cognito-identity.amazonaws.com",
        ),
        # which is only said to be a role in its documentation
        ("cognito-idp", "CreateUserPool", {"SmsConfiguration": {"SnsCallerArn": ROLE}}, "cognito-idp.amazonaws.com"),
        ("dms", "ModifyReplicationInstance", {"KerberosAuthenticationSettings": {"KeyCacheSecretIamArn": ROLE}}, "dms.amazonaws.com"),
        # deep inside
        (
            "mediaconnect",
            "CreateRouterInput",
            {"Configuration": {"Standard": {"ProtocolConfiguration": {"SrtCaller": {"DecryptionConfiguration": {"EncryptionKey": {"RoleArn": ROLE}}}}}}},
            "mediaconnect.amazonaws.com",
        ),
        # whose name does not end with the role
        (
            "kinesisanalytics",
            "UpdateApplication",
            {"ApplicationUpdate": {"OutputUpdates": [{"LambdaOutputUpdate": {"RoleARNUpdate": ROLE}}]}},
            "kinesisanalytics.amazonaws.com",
        ),
        (
            "iot",
            "CreateMitigationAction",
            {"actionParams": {"enableIoTLoggingParams": {"roleArnForLogging": ROLE}}},
            "iot.amazonaws.com",
        ),
    ],
)  # fmt: skip
def test_a_role_in_an_input_is_passed_and_only_to_its_service(service: str, api: str, inputs: dict[str, Any], to: str) -> None:
    found, findings = needs(service, api, inputs)
    assert found["iam:PassRole"] == passed(to)
    assert "iam:PassRole" not in findings.get("mayAlsoNeed", "")


@pytest.mark.parametrize("api", ["CreateDBInstance", "ModifyDBInstance", "RestoreDBInstanceFromDBSnapshot", "RestoreDBClusterFromS3"])
def test_the_role_that_a_database_uses_for_its_directory_is_passed_by_its_name(api: str) -> None:
    found, _ = needs("rds", api, {"Domain": "d-1", "DomainIAMRoleName": "joins"})
    services = "directoryservice.rds.amazonaws.com|rds.amazonaws.com"
    assert sorted(found["iam:PassRole"]) == [
        f"arn:aws:iam::111122223333:role/*/joins if iam:PassedToService={services}",
        f"arn:aws:iam::111122223333:role/joins if iam:PassedToService={services}",
    ]


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("fms", "PutNotificationChannel", {"SnsTopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "SnsRoleName": ROLE}),
        ("swf", "StartWorkflowExecution", {"lambdaRole": ROLE}),
        ("marketplacecommerceanalytics", "GenerateDataSet", {"roleNameArn": ROLE}),
        ("iottwinmaker", "CreateWorkspace", {"workspaceId": "w", "role": ROLE}),
    ],
)
def test_a_role_that_no_source_says_is_passed_is_information(service: str, api: str, inputs: dict[str, Any]) -> None:
    found, findings = needs(service, api, inputs)
    assert "iam:PassRole" not in found
    assert "iam:PassRole" in findings["mayAlsoNeed"]


@pytest.mark.parametrize(
    ("service", "api", "inputs"),
    [
        ("ec2", "ImportImage", {"RoleName": "vmimport"}),
        ("iam", "AttachRolePolicy", {"RoleName": "r", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("organizations", "CreateAccount", {"AccountName": "a", "Email": "a@example.com", "RoleName": "Admin"}),
        ("bedrock-runtime", "Converse", {"modelId": "m", "messages": [{"role": "user", "content": []}]}),
        ("mq", "CreateBroker", {"LdapServerMetadata": {"RoleBase": "cn=x"}}),
    ],
)
def test_what_is_only_called_a_role_is_neither_passed_nor_reported(service: str, api: str, inputs: dict[str, Any]) -> None:
    found, findings = needs(service, api, inputs)
    assert "iam:PassRole" not in found
    assert "iam:PassRole" not in findings.get("mayAlsoNeed", "")
