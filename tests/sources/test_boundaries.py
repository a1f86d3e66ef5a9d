"""Permissions boundaries: of a role wherever it is, and one that the user sets for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sources import test_terraform as terraform
from tests.sources.conftest import Run
from tests.sources.test_joined import ACCOUNT, ALLOW, ARN, POLICIES, document, role

WIDE: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NARROW: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}]}
BOUND = "arn:aws:iam::111122223333:policy/bound"


def template(bound: dict[str, Any] | None) -> dict[str, Any]:
    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": bound}}
    own = role(PermissionsBoundary={"Ref": "Bound"}) if bound else role()
    return {"t.json": {"Resources": {"Doc": document(ARN), "Role": own, **({"Bound": managed} if bound else {})}}}


def state(bound: dict[str, Any] | None) -> dict[str, Any]:
    boundary = {"permissions_boundary": BOUND} if bound else {}
    resources = [
        {**terraform.ROLE, "values": {**terraform.ROLE["values"], **boundary}},
        terraform.DOCUMENT,
        terraform.OTHER,
        *([terraform.resource("aws_iam_policy.b", name="bound", arn=BOUND, policy=json.dumps(bound))] if bound else []),
    ]
    return {"s.json": terraform.state(*resources)}


def dump(bound: dict[str, Any] | None) -> dict[str, Any]:
    own = {**ACCOUNT["RoleDetailList"][0], **({"PermissionsBoundary": {"PermissionsBoundaryArn": BOUND}} if bound else {})}
    policies = [*POLICIES["Policies"]]
    if bound:
        policies.append({"Arn": BOUND, "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": bound}]})
    look = document("arn:aws:iam::111122223333:role/ops")["Properties"]["Content"]
    return {"account.json": {"RoleDetailList": [own], "Policies": policies}, "look.json": look}


@pytest.mark.parametrize("files", [template, state, dump])
def test_the_boundary_of_a_role_counts_where_it_is_joined(run: Run, files: Callable[[Any], dict[str, Any]]):
    assert [run("check", ".", "--format", "json", files=files(bound)).pairs()[0][2] for bound in (None, WIDE, NARROW)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("files", [template, state, dump])
def test_a_boundary_that_is_set_is_that_of_every_role(run: Run, files: Callable[[Any], dict[str, Any]]):
    given = {**files(NARROW), "wide.txt": json.dumps(WIDE), "narrow.txt": json.dumps(NARROW)}
    assert run("check", ".", "--boundary", "wide.txt", files=given).code == 0
    ran = run("check", ".", "--format", "json", "--boundary", "narrow.txt", files=files(WIDE))
    assert "the permissions boundary 'narrow.txt' does not allow it" in ran.json["roles"][0]["missing"][0]["reason"]


def test_a_boundary_applies_to_the_roles_of_a_named_file_too(run: Run):
    files = {**template(None), "narrow.txt": json.dumps(NARROW), "look.json": document(None)["Properties"]["Content"], "look2.json": ALLOW}
    assert run("check", "look.json", "--template", "t.json", files=files).code == 0
    assert run("check", "look.json", "--template", "t.json", "--boundary", "narrow.txt").code == 1
    ran = run("check", "look.json", "--template", "t.json", "--boundary", "nowhere")
    assert (ran.code, len(ran.said)) == (2, 1)
    assert ran.said[0].startswith("error: --boundary 'nowhere': no such file → a policy document")
