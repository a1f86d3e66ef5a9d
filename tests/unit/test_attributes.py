"""Which attributes of CloudFormation's resource types are ARNs."""

from __future__ import annotations

import pytest

from automation_role.template.attributes import RETURNS, returns_of
from automation_role.template.resolver import Resolver


def resolver(kind: str, **properties: str) -> Resolver:
    resources = {"It": {"Type": kind, "Properties": properties}}
    return Resolver({"Resources": resources}, account="111122223333", region="eu-west-1", partition="aws", parameters={})


@pytest.mark.parametrize(
    ("kind", "attribute", "arn"),
    [
        ("AWS::CloudTrail::Channel", "ChannelArn", "arn:aws:cloudtrail:eu-west-1:111122223333:channel/⟨It⟩"),
        ("AWS::EFS::FileSystem", "Arn", "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/⟨It⟩"),
        ("AWS::Lambda::Function", "Arn", "arn:aws:lambda:eu-west-1:111122223333:function:⟨It⟩"),
        ("AWS::SQS::Queue", "Arn", "arn:aws:sqs:eu-west-1:111122223333:⟨It⟩"),
    ],
)
def test_an_attribute_that_is_an_arn_has_the_form_of_its_type(kind: str, attribute: str, arn: str):
    assert resolver(kind).attribute("It", attribute) == arn


def test_an_arn_of_no_documented_form_is_known_up_to_its_resource():
    kind = next(kind for kind in ("AWS::SageMaker::Cluster", "AWS::Amplify::Branch") if returns_of(kind) is not None)
    assert resolver(kind).attribute("It", next(iter(returns_of(kind).attributes))).startswith("arn:aws:")  # type: ignore[union-attr]


def test_ref_gives_the_arn_where_it_is_what_identifies_the_resource():
    assert resolver("AWS::CloudTrail::Channel").ref("It") == "arn:aws:cloudtrail:eu-west-1:111122223333:channel/⟨It⟩"


def test_an_entry_written_by_hand_outranks_the_schemas():
    for kind, returns in RETURNS.items():
        found = returns_of(kind)
        assert found is not None
        assert (found.name, found.ref) == (returns.name, returns.ref)
        assert {name: found.attributes[name] for name in returns.attributes} == returns.attributes


def test_no_row_repeats_what_the_schemas_have(monkeypatch: pytest.MonkeyPatch):
    both = {kind: returns_of(kind) for kind in RETURNS}
    monkeypatch.setattr("automation_role.template.attributes.RETURNS", {})
    returns_of.cache_clear()
    alone = {kind: returns_of(kind) for kind in both}
    returns_of.cache_clear()
    assert [kind for kind, returns in both.items() if alone[kind] == returns] == []


def test_a_type_that_nobody_knows_stays_unknown():
    assert returns_of("Custom::Thing") is None
    assert resolver("Custom::Thing").attribute("It", "Arn").startswith("⟨?")
