"""ARNs of documents: every form that a runbook may be named by."""

from __future__ import annotations

import pytest

from automation_role.values.arns import definition_arn, document_arn, is_aws_owned
from automation_role.values.patterns import ANY, Bound, Pattern, Slot
from automation_role.values.place import Place

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",))
TOKEN = "${Token[TOKEN.123]}"
PARTITION = "${Token[AWS.Partition.3]}"


def written(pattern: Pattern) -> str:
    (text,) = HERE.write(pattern)
    return text


@pytest.mark.parametrize(
    ("given", "document", "definition"),
    [
        (
            Pattern.literal("Restart"),
            "arn:aws:ssm:eu-west-1:111122223333:document/Restart",
            "arn:aws:ssm:eu-west-1:111122223333:automation-definition/Restart:*",
        ),
        (
            Pattern.literal("AWS-StopEC2Instance"),
            "arn:aws:ssm:eu-west-1::document/AWS-StopEC2Instance",
            "arn:aws:ssm:eu-west-1::automation-definition/AWS-StopEC2Instance:*",
        ),
        (
            Pattern.literal("arn:aws-cn:ssm:cn-north-1:444455556666:document/Shared"),
            "arn:aws-cn:ssm:cn-north-1:444455556666:document/Shared",
            "arn:aws-cn:ssm:cn-north-1:444455556666:automation-definition/Shared:*",
        ),
        (
            Pattern.literal("arn:aws:ssm:us-east-1:444455556666:automation-definition/Shared:$DEFAULT"),
            "arn:aws:ssm:us-east-1:444455556666:document/Shared",
            "arn:aws:ssm:us-east-1:444455556666:automation-definition/Shared:*",
        ),
        (
            Pattern(("arn:", Slot.PARTITION, ":ssm:", Slot.REGION, ":", Slot.ACCOUNT, ":document/X")),
            "arn:aws:ssm:eu-west-1:111122223333:document/X",
            "arn:aws:ssm:eu-west-1:111122223333:automation-definition/X:*",
        ),
        (
            Pattern((Bound("Name", "r", TOKEN),)),
            f"arn:aws:ssm:eu-west-1:111122223333:document/{TOKEN}",
            f"arn:aws:ssm:eu-west-1:111122223333:automation-definition/{TOKEN}:*",
        ),
        (Pattern((Bound("RunbookArn", "r", TOKEN),)), TOKEN, "arn:aws:ssm:eu-west-1:*:automation-definition/*:*"),
        (
            Pattern((Bound("", "", f"arn:{PARTITION}:ssm:us-east-1:1:document/{TOKEN}"),)),
            f"arn:{PARTITION}:ssm:us-east-1:1:document/{TOKEN}",
            f"arn:{PARTITION}:ssm:us-east-1:1:automation-definition/{TOKEN}:*",
        ),
        (
            Pattern((Bound("Name", "r", "AWS-X"),)),
            "arn:aws:ssm:eu-west-1::document/AWS-X",
            "arn:aws:ssm:eu-west-1::automation-definition/AWS-X:*",
        ),
        (Pattern((ANY,)), "arn:aws:ssm:eu-west-1:*:document/*", "arn:aws:ssm:eu-west-1:*:automation-definition/*:*"),
        (Pattern(()), "arn:aws:ssm:eu-west-1:*:document/*", "arn:aws:ssm:eu-west-1:*:automation-definition/*:*"),
        (
            Pattern(("AWS-", ANY)),
            "arn:aws:ssm:eu-west-1::document/AWS-*",
            "arn:aws:ssm:eu-west-1::automation-definition/AWS-*:*",
        ),
        (
            Pattern(("Mine-", ANY)),
            "arn:aws:ssm:eu-west-1:111122223333:document/Mine-*",
            "arn:aws:ssm:eu-west-1:111122223333:automation-definition/Mine-*:*",
        ),
    ],
)
def test_a_document_has_one_arn_and_one_definition(given: Pattern, document: str, definition: str):
    assert written(document_arn(given)) == document
    assert written(definition_arn(given)) == definition


def test_a_definition_may_be_of_one_version():
    assert written(definition_arn(Pattern.literal("X"), Pattern.literal("$DEFAULT"))).endswith("definition/X:$DEFAULT")


@pytest.mark.parametrize("name", ["AWS-X", "AWSSupport-X", "Amazon-X", "amzn-x", "awsmine"])
def test_aws_owns_these_names(name: str):
    assert is_aws_owned(name)


@pytest.mark.parametrize("name", ["MyAWS", "Restart", "CrowdStrike-FalconSensorDeploy", "awsconfig_Domain_d-1_corp"])
def test_aws_does_not_own_these_names(name: str):
    assert not is_aws_owned(name)
