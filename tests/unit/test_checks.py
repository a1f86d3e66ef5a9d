"""Sizes as IAM counts them; that they never depend on the text of a token."""

from __future__ import annotations

import json

import pytest

from automation_role.policy import quotas
from automation_role.policy.policy import Policy
from automation_role.policy.statement import Statement
from automation_role.values.patterns import Pattern
from automation_role.values.place import Place


def test_white_space_is_not_counted():
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    assert quotas.size(document) == len(json.dumps(document, separators=(",", ":")))


@pytest.mark.parametrize(
    ("value", "characters"),
    [
        ({"Ref": "AWS::AccountId"}, 12),
        ({"Ref": "AWS::Partition"}, 10),
        ({"Ref": "AWS::Region"}, 14),
        ({"Ref": "Bucket"}, 128),
        ({"Fn::GetAtt": ["Role", "Arn"]}, 128),
        ({"Fn::ImportValue": "x"}, 128),
        ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::bucket"]]}, 4 + 10 + 12),
        ({"Fn::Join": [":", ["arn", "aws"]]}, 7),
        ({"Fn::Sub": "arn:${AWS::Partition}:s3:::${ABucketWithALongName}"}, 4 + 10 + 6 + 128),
        ({"Fn::Sub": []}, 128),  # CloudFormation refuses it, and says why
        ({"Fn::Join": 5}, 128),
        ({"Fn::Sub": ["${Where}/${!aws:username}", {"Where": {"Ref": "AWS::Region"}}]}, 14 + 1 + 15),
        ("${Token[AWS.AccountId.4]}", 12),
        ("arn:${Token[AWS.Partition.3]}:s3:::bucket", 4 + 10 + 12),
        ("${Token[TOKEN.123]}", 128),
    ],
)
def test_what_cloudformation_fills_in_counts_with_its_longest_text(value, characters):
    assert quotas.size(value) == characters + 2  # its quotes


def test_what_cloudformation_fills_in_may_be_as_short_as_a_letter():
    assert quotas.size({"Fn::Sub": "${AWS::Region}/${ABucketWithALongName}"}, longest=False) == len("us-east-1") + 1 + 1 + 2


def test_a_tokens_number_changes_no_size():
    assert quotas.size("${Token[TOKEN.7]}") == quotas.size("${Token[TOKEN.12345]}")


def test_counts_as_the_policies_that_are_derived_are_counted():
    statement = Statement(
        actions=("s3:GetObject", "s3:PutObject"), resources=(Pattern.of("arn:{P}:s3:::bucket/*"), Pattern.of("arn:{P}:s3:{R}:{A}:x"))
    )
    context = Place(partition="${Token[AWS.Partition.3]}", account="${Token[AWS.AccountId.4]}", regions=("${Token[AWS.Region.5]}",))
    policy = Policy((statement,))
    assert quotas.size(policy.to_json(context)) == policy.size(context)


@pytest.mark.parametrize(("check", "at_most"), [(quotas.over_managed, 10), (quotas.over_inline, 10_240), (quotas.over_trust, 2_048)])
def test_a_quota_can_be_reached_and_one_more_is_an_error(check, at_most):
    assert check(at_most) is None
    assert f"{at_most + 1:,}" in check(at_most + 1)
