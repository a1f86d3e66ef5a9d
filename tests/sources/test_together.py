"""Templates that are read together: what each gets from the others, and a runbook that several files have."""

from __future__ import annotations

import copy
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.sources.conftest import Run
from tests.sources.test_joined import ARN, document, role

GET: dict[str, Any] = {
    "name": "get",
    "action": "aws:executeAwsApi",
    "inputs": {"Service": "s3", "Api": "GetObject", "Bucket": "NAME", "Key": "a"},
}
BUCKET = {"Type": "AWS::S3::Bucket"}


def gets(bucket: Any, assume: Any = ARN) -> dict[str, Any]:
    """A document that reads from a bucket."""
    doc = document(assume)
    doc["Properties"]["Content"]["mainSteps"] = [{**GET, "inputs": {**GET["inputs"], "Bucket": bucket}}]
    return doc


def may_get(arn: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Join": ["", [arn, "/*"]]}}],
    }


def exports(**values: Any) -> dict[str, Any]:
    return {name: {"Value": value, "Export": {"Name": name}} for name, value in values.items()}


DATA = {"Resources": {"Data": BUCKET}, "Outputs": exports(arn={"Fn::GetAtt": ["Data", "Arn"]}, name={"Ref": "Data"})}


@pytest.mark.parametrize(("other", "fits"), [("arn", True), ("name", False)])
def test_an_imported_arn_is_that_resource_in_a_policy(run: Run, other: str, fits: bool):
    resources = {"Role": role(may_get({"Fn::ImportValue": other})), "Doc": gets({"Fn::ImportValue": "name"})}
    ran = run("check", ".", "--format", "json", files={"data.json": DATA, "ops.json": {"Resources": resources}})
    assert ran.pairs() == [("ops.Doc", "Role", fits)]


def test_a_policy_of_another_template_counts_for_the_role_that_it_names(run: Run):
    policy: dict[str, Any] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "PolicyDocument": may_get("arn:aws:s3:::known"), "Roles": [{"Fn::ImportValue": "role"}]},
    }
    anybody = copy.deepcopy(policy)
    anybody["Properties"].update(
        Roles=[{"Ref": "Whose"}], PolicyDocument={"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    )
    files = {
        "roles.json": {"Resources": {"Role": role(None)}, "Outputs": exports(role={"Ref": "Role"}, arn=ARN)},
        "grants.json": {"Parameters": {"Whose": {"Type": "String"}}, "Resources": {"Policy": policy, "Anybody": anybody}},
        "docs.json": {"Resources": {"Doc": gets("known", {"Fn::ImportValue": "arn"})}},
    }
    ran = run("check", ".", "--format", "json", "--strict", files=files)
    assert (ran.code, ran.pairs(), ran.missing()) == (0, [("docs.Doc", "Role", True)], [])


def test_a_managed_policy_of_another_template_counts_by_its_arn(run: Run):
    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": may_get("arn:aws:s3:::known")}}
    files = {
        "policies.json": {"Resources": {"Managed": managed}, "Outputs": exports(policy={"Ref": "Managed"})},
        "ops.json": {"Resources": {"Role": role(None, ManagedPolicyArns=[{"Fn::ImportValue": "policy"}]), "Doc": gets("known")}},
    }
    assert run("check", ".", "--format", "json", "--strict", files=files).pairs() == [("ops.Doc", "Role", True)]


def test_an_invalid_runbook_in_a_directory_is_reported_and_the_others_are_checked(run: Run, folder: Path):
    files = {
        "ops.json": {"Resources": {"Role": role(may_get("arn:aws:s3:::known")), "Doc": gets("known")}},
        "bad/no-steps.yaml": "schemaVersion: '0.3'\ndescription: not finished\n",
    }
    ran = run("check", ".", "--format", "json", files=files)
    assert (ran.code, ran.pairs(), ran.json["fits"]) == (1, [("Doc", "Role", True)], False)
    assert ran.json["invalid"] == [{"source": "bad/no-steps.yaml", "line": None, "message": "has no mainSteps; add it"}]
    assert "error: bad/no-steps.yaml: has no mainSteps; add it" in ran.said
    assert '"ruleId": "invalidRunbook"' in run("check", ".", "--format", "sarif").out
    (folder / "bad/link.json").symlink_to("nowhere.json")
    (folder / "bad/latin.yaml").write_bytes(b"mainSteps: \xff")
    ran = run("check", ".", "--format", "json")
    assert [one["source"] for one in ran.json["invalid"]] == ["bad/latin.yaml", "bad/link.json", "bad/no-steps.yaml"]
    (folder / "bad/link.json").unlink()
    (folder / "bad/latin.yaml").unlink()
    for paths in (["bad"], ["ops.json", "bad/no-steps.yaml"]):  # nothing else is there; it was named
        ran = run("check", *paths)
        assert (ran.code, ran.out, ran.said) == (2, "", ["error: bad/no-steps.yaml: has no mainSteps; add it"])


def assembly(templates: dict[str, Any], **artifact: Any) -> dict[str, Any]:
    """The files of an app with one stack, `Ops`, whose other templates are nested in it."""
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", **artifact}
    manifest = {"version": "48.0.0", "artifacts": {"Ops": {**stack, "properties": {"templateFile": "Ops.json"}}}}
    return {
        "cdk.out/cdk.out": "{}",
        "cdk.out/manifest.json": manifest,
        **{f"cdk.out/{name}.json": template for name, template in templates.items()},
    }


def nested(name: str, **parameters: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": f"{name}.json"},
        "Properties": {"TemplateURL": "x", "Parameters": parameters},
    }


@pytest.mark.parametrize("order", [("Data", "Runs"), ("Runs", "Data")])
def test_outputs_of_a_nested_stack_are_what_is_in_it_in_every_order(run: Run, order: tuple[str, ...]):
    inner = {"Data": nested("Data"), "Runs": nested("Runs", Bucket={"Fn::GetAtt": ["Data", "Outputs.name"]}, Role=ARN)}
    own = {"Role": role(may_get({"Fn::GetAtt": ["Data", "Outputs.arn"]})), **{name: inner[name] for name in order}}
    runs = {
        "Parameters": {"Bucket": {"Type": "String"}, "Role": {"Type": "String"}},
        "Resources": {"Doc": gets({"Ref": "Bucket"}, {"Ref": "Role"})},
    }
    ran = run("check", "cdk.out", "--format", "json", files=assembly({"Ops": {"Resources": own}, "Data": DATA, "Runs": runs}))
    assert ran.pairs() == [("Ops.Runs.Doc", "Role", True)]
    assert ran.missing() == []


@pytest.mark.parametrize("order", list(permutations(["Imports", "Exports", "Reads"])))
def test_a_nested_stack_asked_while_its_sibling_is_being_resolved_asks_again(run: Run, order: tuple[str, ...]):
    inner = {
        "Imports": nested("Imports", P={"Fn::ImportValue": "bucket"}),
        "Exports": nested("Exports"),
        "Reads": nested("Reads", P={"Fn::GetAtt": ["Imports", "Outputs.o"]}),
    }
    takes = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"Doc": gets({"Ref": "P"}, None)}}
    templates = {
        "Ops": {"Resources": {name: inner[name] for name in order}},
        "Imports": {**takes, "Outputs": {"o": {"Value": "other"}}},
        "Exports": {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}, "Outputs": exports(bucket="one")},
        "Reads": takes,
    }
    ran = run("explain", "cdk.out", "--format", "json", files=assembly(templates))
    assert sorted(arn for *_, arns in ran.needs() for arn in arns) == ["arn:*:s3:::one/a", "arn:*:s3:::other/a"]


def test_nested_stacks_that_wait_for_each_other_cause_no_endless_loop(run: Run):
    own = {name: nested(name, P={"Fn::GetAtt": [other, "Outputs.o"]}) for name, other in (("A", "B"), ("B", "A"))}
    inner = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"Doc": gets({"Ref": "P"})}, "Outputs": {"o": {"Value": {"Ref": "P"}}}}
    ran = run("policy", "cdk.out", files=assembly({"Ops": {"Resources": own}, "A": inner, "B": inner}))
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("order", [("us-east-1", "eu-west-1"), ("eu-west-1", "us-east-1")])
def test_an_import_is_the_export_of_its_own_region(run: Run, order: tuple[str, str]):
    files: dict[str, Any] = {"cdk.out/cdk.out": "{}"}
    artifacts: dict[str, Any] = {}
    for region in order:
        own = {"RoleName": f"ops-{region}"}
        files[f"cdk.out/Roles-{region}.json"] = {
            "Resources": {"Role": role(None, **own)},
            "Outputs": exports(role={"Fn::GetAtt": ["Role", "Arn"]}),
        }
        files[f"cdk.out/Docs-{region}.json"] = {"Resources": {"Doc": gets("known", {"Fn::ImportValue": "role"})}}
        for name in ("Roles", "Docs"):
            artifacts[f"{name}-{region}"] = {
                "type": "aws:cloudformation:stack",
                "environment": f"aws://111122223333/{region}",
                "properties": {"templateFile": f"{name}-{region}.json"},
            }
    files["cdk.out/manifest.json"] = {"version": "48.0.0", "artifacts": artifacts}
    ran = run("check", "cdk.out", "--format", "json", files=files)
    joined = {(pair["source"].partition("-")[2], pair["roleAt"]["source"].partition("-")[2]) for pair in ran.json["pairs"]}
    assert joined == {(f"{region}.json", f"{region}.json") for region in order}


@pytest.mark.parametrize(("names", "joins"), [(("Ops", "Ops"), True), (("Ops", "Other"), False)])
def test_an_export_that_several_templates_define_differently_is_unknown(run: Run, names: tuple[str, str], joins: bool):
    files: dict[str, Any] = {
        f"{number}.json": {"Resources": {"Role": role(None, RoleName=name)}, "Outputs": exports(arn=ARN)}
        for number, name in enumerate(names)
    }
    files["docs.json"] = {"Resources": {"Doc": gets("known", {"Fn::ImportValue": "arn"})}}
    ran = run("check", ".", "--format", "json", files=files)
    assert bool(ran.pairs()) is joins
    if not joins:
        assert "the import of 'arn'" in ran.json["withoutRole"][0]["reason"]


def test_construct_paths_are_also_those_of_the_assembly_s_metadata(run: Run):
    files = assembly({"Ops": {"Resources": {"Doc1A2B": document(ARN), "Role": role()}}}, additionalMetadataFile="Ops.metadata.json")
    files["cdk.out/Ops.metadata.json"] = {
        "/Prod/Ops": [{"type": "aws:cdk:templateFile", "data": "Ops.json"}],
        "/Prod/Ops/Restart/Resource": [{"type": "aws:cdk:logicalId", "data": "Doc1A2B"}],
    }
    ran = run("check", "cdk.out", "--format", "json", files=files)
    assert [one["path"] for one in ran.json["pairs"]] == ["Prod/Ops/Restart"]


@pytest.mark.parametrize("inside", [1, 6])
def test_an_assembly_whose_stacks_or_stages_have_no_end_is_refused(run: Run, inside: int):
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "Ops.json"}, "Properties": {"TemplateURL": "x"}}
    ran = run("check", "cdk.out", files=assembly({"Ops": {"Resources": {f"N{number}": nested for number in range(inside)}}}))
    assert (ran.code, ran.said) == (2, ["error: cdk.out/Ops.json: is nested over 10 deep → what cdk synth writes; synthesize again"])
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    files = assembly({"Ops": {"Resources": {}}})
    files["cdk.out/manifest.json"]["artifacts"] |= {f"S{number}": stage for number in range(inside)}
    ran = run("check", "cdk.out", files=files)
    assert (ran.code, ran.said) == (2, ["error: cdk.out/manifest.json: is nested over 10 deep → what cdk synth writes; synthesize again"])


def test_an_assembly_of_more_stacks_than_an_app_can_have_is_refused(run: Run):
    """Each level names the next one nine times: few files, and nine to the power of seven stacks."""
    levels: dict[str, Any] = {f"cdk.out/L{level}.json": {"Resources": {}} for level in range(7)}
    for level in range(6):
        nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": f"L{level + 1}.json"}, "Properties": {}}
        levels[f"cdk.out/L{level}.json"]["Resources"] = {f"N{number}": nested for number in range(9)}
    first = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "L0.json"}, "Properties": {}}
    ran = run("check", "cdk.out", files=assembly({"Ops": {"Resources": {"First": first}}}) | levels)
    assert ran.code == 2
    assert "is one of over 5,000 stages and stacks → what cdk synth writes; synthesize again" in ran.err


RUNBOOK = """\
schemaVersion: "0.3"
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: String}
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: sqs, Api: ListQueues}
"""


def test_a_runbook_that_an_app_took_from_a_file_is_at_that_file_and_once(run: Run):
    doc = document("{{ AutomationAssumeRole }}", AutomationAssumeRole=ARN)
    doc["Properties"]["Content"]["mainSteps"] = [
        {"name": "look", "action": "aws:executeAwsApi", "inputs": {"Service": "sqs", "Api": "ListQueues"}}
    ]
    files = {**assembly({"Ops": {"Resources": {"Doc": doc, "Role": role()}}}), "runbooks/look.yaml": RUNBOOK}
    ran = run("check", ".", "--format", "json", files=files)
    assert [(one["runbook"], one["source"], one["role"], one["fails"]) for one in ran.json["pairs"]] == [
        ("Ops.Doc", "runbooks/look.yaml", "Role", 1)
    ]
    assert ran.json["withoutRole"] == []
    (step,) = ran.json["roles"][0]["missing"][0]["steps"]
    assert (step["source"], step["line"]) == ("runbooks/look.yaml", 6)
    # One that was edited since is not what was synthesized.
    ran = run("check", ".", "--format", "json", files={"runbooks/look.yaml": RUNBOOK.replace("ListQueues", "GetQueueUrl")})
    assert [one["runbook"] for one in ran.json["withoutRole"]] == ["look"]
    assert ran.pairs() == [("Ops.Doc", "Role", False)]
