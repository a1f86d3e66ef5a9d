"""Plans and states of Terraform, in the shape that its documentation gives: https://developer.hashicorp.com/terraform/internals/json-format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sources.conftest import Run

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ssm.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ],
    }
)
ROLE_ARN = "arn:aws:iam::111122223333:role/automation"


def policy(*actions: str, on: str = "*") -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": on}]})


def content(role: str | None = ROLE_ARN, bucket: str = "backups") -> str:
    steps = [{"name": "read", "action": "aws:executeAwsApi", "inputs": {"Service": "s3", "Api": "GetObject", "Bucket": bucket, "Key": "a"}}]
    return json.dumps({"schemaVersion": "0.3", **({"assumeRole": role} if role else {}), "mainSteps": steps})


def resource(address: str, **values: Any) -> dict[str, Any]:
    kind = address.rpartition("module.")[2].partition(".")[2] if address.startswith("module.") else address
    return {"address": address, "mode": "managed", "type": kind.partition(".")[0].replace("data.", ""), "values": values}


def state(*resources: dict[str, Any], modules: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "format_version": "1.0",
        "terraform_version": "1.9.5",
        "values": {"root_module": {"resources": list(resources), "child_modules": modules or []}},
    }


ROLE = resource("aws_iam_role.automation", name="automation", arn=ROLE_ARN, assume_role_policy=TRUST, path="/")
DOCUMENT = resource("aws_ssm_document.read", name="Read", document_type="Automation", content=content())
READS = "arn:aws:s3:::backups/*"


@pytest.mark.parametrize(
    "grants",
    [
        [resource("aws_iam_role_policy.p", name="p", role="automation", policy=policy("s3:GetObject", on=READS))],
        [
            resource("aws_iam_policy.p", name="p", arn="arn:aws:iam::111122223333:policy/p", policy=policy("s3:GetObject", on=READS)),
            resource("aws_iam_role_policy_attachment.a", role="automation", policy_arn="arn:aws:iam::111122223333:policy/p"),
        ],
        [
            resource("aws_iam_policy.p", name="p", arn="arn:aws:iam::111122223333:policy/p", policy=policy("s3:GetObject", on=READS)),
            resource("aws_iam_policy_attachment.a", roles=["automation"], policy_arn="arn:aws:iam::111122223333:policy/p"),
        ],
        [
            resource("aws_iam_policy.p", name="p", arn="arn:aws:iam::111122223333:policy/p", policy=policy("s3:GetObject", on=READS)),
            resource(
                "aws_iam_role_policy_attachments_exclusive.a", role_name="automation", policy_arns=["arn:aws:iam::111122223333:policy/p"]
            ),
        ],
    ],
    ids=["inline", "attachment", "policy attachment", "exclusive"],
)
def test_every_way_to_attach_a_policy_counts(run: Run, grants: list[dict[str, Any]]):
    ran = run("check", "state.json", "--strict", "--format", "json", files={"state.json": state(ROLE, DOCUMENT, *grants)})
    assert (ran.code, ran.pairs(), ran.missing()) == (0, [("Read", "aws_iam_role.automation", True)], [])
    ran = run("check", "state.json", "--format", "json", files={"state.json": state(ROLE, DOCUMENT)})
    assert (ran.code, ran.missing()) == (1, [("read", "s3:GetObject", ["arn:aws:s3:::backups/a"])])


def test_inline_blocks_count(run: Run):
    role = resource(
        "aws_iam_role.automation",
        name="automation",
        arn=ROLE_ARN,
        assume_role_policy=TRUST,
        inline_policy=[{"name": "p", "policy": policy("s3:GetObject", on=READS)}],
    )
    assert run("check", "s.json", "--strict", files={"s.json": state(role, DOCUMENT)}).code == 0


def test_modules_are_read_however_deep_they_are(run: Run):
    module = {"address": "module.m", "resources": [DOCUMENT]}
    for _ in range(40):
        module = {"address": "module.m", "child_modules": [module]}
    ran = run("explain", "state.json", "--format", "json", files={"state.json": state(modules=[module])})
    assert [one["name"] for one in ran.json["runbooks"]] == ["Read"]


def test_yaml_content_and_child_modules_with_for_each_are_read(run: Run):
    text = "schemaVersion: '0.3'\nmainSteps:\n- name: look\n  action: aws:executeAwsApi\n  inputs: {Service: ec2, Api: DescribeInstances}\n"
    inner = {
        "address": 'module.ops["a"]',
        "resources": [
            resource('module.ops["a"].aws_ssm_document.d[0]', name="Look", document_type="Automation", document_format="YAML", content=text)
        ],
    }
    command = resource("aws_ssm_document.c", name="C", document_type="Command", content="{}")
    ran = run("explain", "s.json", "--format", "json", files={"s.json": state(command, modules=[inner])})
    assert [(one["name"], one["source"]) for one in ran.json["runbooks"]] == [("Look", "s.json")]
    assert ran.needs()[0][2] == "ec2:DescribeInstances"


def plan(planned: list[dict[str, Any]], configured: list[dict[str, Any]], changes: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes or [],
        "configuration": {"root_module": {"resources": configured}},
    }


def expression(address: str, **references: list[str]) -> dict[str, Any]:
    return {"address": address, "expressions": {name: {"references": each} for name, each in references.items()}}


NEW_ROLE = resource("aws_iam_role.automation", name="automation", assume_role_policy=TRUST)
DATA_AFTER: dict[str, Any] = {
    "address": "data.aws_iam_policy_document.p",
    "type": "aws_iam_policy_document",
    "change": {"actions": ["read"], "after": {"statement": [{"effect": "Allow", "actions": ["s3:GetObject"], "resources": [None]}]}},
}
CONFIGURED = [
    expression(
        "aws_iam_role_policy.p",
        role=["aws_iam_role.automation.id", "aws_iam_role.automation"],
        policy=["data.aws_iam_policy_document.p.json", "data.aws_iam_policy_document.p"],
    ),
    {
        "address": "data.aws_iam_policy_document.p",
        "expressions": {"statement": [{"resources": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}]},
    },
]


@pytest.mark.parametrize(("bucket", "certainty"), [("backups", "undecided"), ("others", "fails")])
def test_what_is_only_known_after_apply_is_followed_to_the_resource_it_is_of(run: Run, bucket: str, certainty: str):
    document = resource(
        "aws_ssm_document.read", name="Read", document_type="Automation", content=content("arn:aws:iam::111122223333:role/automation")
    )
    planned = [NEW_ROLE, document, resource("aws_s3_bucket.b", bucket=bucket), resource("aws_iam_role_policy.p", name="p")]
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": plan(planned, CONFIGURED, [DATA_AFTER])})
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == [certainty]
    assert ran.code == 1


def test_content_that_is_only_known_after_apply_is_reported_with_what_it_hangs_on(run: Run):
    document = resource("aws_ssm_document.read", name="Read", document_type="Automation")
    configured = [expression("aws_ssm_document.read", content=["aws_iam_role.automation.arn", "aws_iam_role.automation"])]
    ran = run("policy", "plan.json", "--strict", files={"plan.json": plan([NEW_ROLE, document], configured)})
    assert ran.code == 1
    assert "the document's content is only known once it is deployed (it depends on aws_iam_role.automation.arn)" in ran.err


def test_a_value_is_followed_through_a_module_s_variable_and_output(run: Run):
    module = {
        "outputs": {"arn": {"expression": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}},
        "resources": [expression("aws_iam_policy.p")],
    }
    data = plan(
        [
            NEW_ROLE,
            resource("aws_ssm_document.read", name="Read", document_type="Automation", content=content()),
            resource("aws_iam_role_policy_attachment.a", role="automation"),
        ],
        [expression("aws_iam_role_policy_attachment.a", policy_arn=["module.m.arn", "module.m"])],
    )
    data["planned_values"]["root_module"]["child_modules"] = [
        {"address": "module.m", "resources": [resource("module.m.aws_iam_policy.p", name="p", policy=policy("s3:GetObject", on=READS))]}
    ]
    data["configuration"]["root_module"]["module_calls"] = {"m": {"module": module}}
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": data})
    assert (ran.code, ran.missing()) == (0, [])


OTHER = resource("aws_iam_role_policy.other", name="other", role="automation", policy=policy("s3:GetObject", on=READS))


@pytest.mark.parametrize(
    ("exclusive", "fits"),
    [
        (resource("aws_iam_role_policies_exclusive.e", role_name="automation", policy_names=[]), False),
        (resource("aws_iam_role_policies_exclusive.e", role_name="automation", policy_names=["other"]), True),
        (resource("aws_iam_role_policies_exclusive.e", role_name="someone", policy_names=[]), True),
        (resource("aws_iam_role_policies_exclusive.e", role_name=None, policy_names=[]), False),
        (resource("aws_iam_role_policies_exclusive.e", role_name=None, policy_names=["other"]), True),
        (resource("aws_iam_role_policy_attachments_exclusive.e", role_name="automation", policy_arns=[]), True),
    ],
)
def test_inline_policies_that_are_not_listed_are_removed(run: Run, exclusive: dict[str, Any], fits: bool):
    ran = run("check", "s.json", "--format", "json", files={"s.json": state(ROLE, DOCUMENT, OTHER, exclusive)})
    assert ran.pairs() == [("Read", "aws_iam_role.automation", fits)]


def test_a_listed_policy_that_is_not_in_the_plan_may_allow_anything(run: Run):
    exclusive = resource("aws_iam_role_policies_exclusive.e", role_name="automation", policy_names=["elsewhere"])
    ran = run("check", "s.json", "--format", "json", files={"s.json": state(ROLE, DOCUMENT, OTHER, exclusive)})
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == ["undecided"]


def test_a_list_with_a_name_that_is_not_known_may_have_removed_any_other(run: Run):
    exclusive = resource("aws_iam_role_policies_exclusive.e", role_name="automation")
    configured = [expression("aws_iam_role_policies_exclusive.e", policy_names=["local.names"])]
    change = {"actions": ["create"], "after": {"role_name": "automation"}, "after_unknown": {"policy_names": True}}
    changes = [{"address": exclusive["address"], "type": exclusive["type"], "change": change}]
    files = {"plan.json": plan([NEW_ROLE, DOCUMENT, OTHER, exclusive], configured, changes)}
    ran = run("check", "plan.json", "--format", "json", files=files)
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == ["undecided"]
    named = resource("aws_iam_role_policies_exclusive.e", role_name="automation", policy_names=["other"])
    assert run("check", "plan.json", "--format", "json", files={"plan.json": plan([NEW_ROLE, DOCUMENT, OTHER, named], [])}).code == 0


@pytest.mark.parametrize(("of", "fits"), [("automation", False), ("somebody", True)])
def test_only_the_role_s_own_deleted_policy_is_taken_from_its_blocks(run: Run, of: str, fits: bool):
    block = {"name": "other", "policy": policy("s3:GetObject", on=READS)}
    existing = resource("aws_iam_role.automation", name="automation", assume_role_policy=TRUST, inline_policy=[block])
    deleted = {
        "address": "aws_iam_role_policy.gone",
        "type": "aws_iam_role_policy",
        "change": {"actions": ["delete"], "before": {"name": "other", "role": of, "policy": block["policy"]}, "after": None},
    }
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": plan([existing, DOCUMENT], [], [deleted])})
    assert ran.pairs() == [("Read", "aws_iam_role.automation", fits)]


def test_attached_policies_that_are_not_listed_are_detached(run: Run):
    arn = "arn:aws:iam::111122223333:policy/p"
    grants = [
        resource("aws_iam_policy.p", name="p", arn=arn, policy=policy("s3:GetObject", on=READS)),
        resource("aws_iam_role_policy_attachment.a", role="automation", policy_arn=arn),
        resource("aws_iam_role_policy_attachments_exclusive.e", role_name="automation", policy_arns=[]),
    ]
    ran = run("check", "s.json", "--format", "json", files={"s.json": state(ROLE, DOCUMENT, *grants)})
    assert ran.pairs() == [("Read", "aws_iam_role.automation", False)]


def test_a_policy_that_is_written_around_a_resource_is_not_that_resource_s_arn(run: Run):
    planned = [
        NEW_ROLE,
        DOCUMENT,
        resource("aws_s3_bucket.b", bucket="backups"),
        resource("aws_iam_role_policy.p", name="p", role="automation"),
    ]
    configured = [expression("aws_iam_role_policy.p", policy=["aws_s3_bucket.b.arn", "aws_s3_bucket.b"])]
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": plan(planned, configured)})
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == ["undecided"]
    (blind,) = ran.json["roles"][0]["blind"]
    assert "policy of aws_iam_role_policy.p (known after apply: it depends on aws_s3_bucket.b.arn) is not known" in blind["message"]


def test_a_policy_that_is_attached_to_a_role_nobody_can_name_may_be_this_role_s(run: Run):
    planned = [NEW_ROLE, DOCUMENT, resource("aws_iam_role_policy.p", name="p", policy=policy("s3:GetObject", on=READS))]
    configured = [expression("aws_iam_role_policy.p", role=["local.role"])]
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": plan(planned, configured)})
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == ["undecided"]


def test_a_document_that_is_merged_from_others_is_not_only_its_statements(run: Run):
    after = {
        **DATA_AFTER,
        "change": {**DATA_AFTER["change"], "after": {**DATA_AFTER["change"]["after"], "source_policy_documents": [policy("s3:*")]}},
    }
    planned = [NEW_ROLE, DOCUMENT, resource("aws_s3_bucket.b", bucket="others"), resource("aws_iam_role_policy.p", name="p")]
    ran = run("check", "plan.json", "--format", "json", files={"plan.json": plan(planned, CONFIGURED, [after])})
    assert [one["certainty"] for role in ran.json["roles"] for one in role["missing"]] == ["undecided"]


STARTED = resource(
    "aws_ssm_document.read",
    name="Read",
    document_type="Automation",
    content=content("{{ Role }}").replace('"mainSteps"', '"parameters": {"Role": {"type": "String"}}, "mainSteps"'),
)
GRANT = resource("aws_iam_role_policy.p", name="p", role="automation", policy=policy("s3:GetObject", on=READS))
MACHINE = {
    "States": {
        "All": {
            "Type": "Map",
            "ItemProcessor": {
                "States": {
                    "Start": {
                        "Resource": "arn:aws:states:::aws-sdk:ssm:startAutomationExecution.waitForTaskToken",
                        "Parameters": {"DocumentName": "Read", "Parameters": {"Role": [ROLE_ARN]}},
                    }
                }
            },
        }
    }
}


@pytest.mark.parametrize(
    "starter",
    [
        resource("aws_ssm_association.s", name="Read", parameters={"Role": ROLE_ARN}),
        resource(
            "aws_config_remediation_configuration.s",
            target_type="SSM_DOCUMENT",
            target_id="Read",
            parameter=[{"name": "Other", "resource_value": "RESOURCE_ID"}, {"name": "Role", "static_value": ROLE_ARN}],
        ),
        resource(
            "aws_ssm_maintenance_window_task.s",
            task_type="AUTOMATION",
            task_arn="Read",
            task_invocation_parameters=[{"automation_parameters": [{"parameter": [{"name": "Role", "values": [ROLE_ARN]}]}]}],
        ),
        resource(
            "aws_cloudwatch_event_target.s",
            arn="arn:aws:ssm:eu-west-1:111122223333:automation-definition/Read:$DEFAULT",
            input=json.dumps({"Role": [ROLE_ARN]}),
        ),
        resource(
            "aws_scheduler_schedule.s",
            target=[
                {
                    "arn": "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution",
                    "input": json.dumps({"DocumentName": "Read", "Parameters": {"Role": [ROLE_ARN]}}),
                }
            ],
        ),
        resource("aws_sfn_state_machine.s", definition=json.dumps(MACHINE), role_arn="arn:aws:iam::111122223333:role/other"),
    ],
    ids=lambda starter: starter["type"],
)
def test_what_starts_a_runbook_passes_its_role(run: Run, starter: dict[str, Any]):
    ran = run("check", "s.json", "--format", "json", files={"s.json": state(ROLE, STARTED, GRANT, starter)})
    assert [(one["role"], one["through"]) for one in ran.json["pairs"]] == [("aws_iam_role.automation", f"passed by {starter['address']}")]
    other = json.loads(json.dumps(starter).replace("Read", "Write"))
    assert run("check", "s.json", "--format", "json", files={"s.json": state(ROLE, STARTED, GRANT, other)}).pairs() == []


def test_terraform_s_own_files_get_one_line_that_says_how_to_get_the_plan(run: Run):
    ran = run("policy", "main.tf", files={"main.tf": 'resource "aws_ssm_document" "x" {}\n'})
    assert (ran.code, len(ran.said)) == (2, 1)
    assert "terraform show -json plan > plan.json" in ran.said[0]
    ran = run("check", ".", files={"state.json": state(ROLE)})
    assert ran.code == 0
    assert ran.said[0].startswith("note: skipped main.tf: ")


@pytest.mark.parametrize(
    "damage",
    [
        {"planned_values": 1},
        {"planned_values": {"root_module": {"resources": [1, {"address": 3}]}}},
        {"values": {"root_module": {"child_modules": "x"}}},
    ],
)
def test_a_damaged_plan_causes_no_traceback(run: Run, damage: dict[str, Any]):
    ran = run("policy", "p.json", files={"p.json": {"format_version": "1.0", **damage}})
    assert (ran.code, ran.said) == (
        2,
        ["error: p.json: has no Automation document → an AWS::SSM::Document of DocumentType Automation, or another file"],
    )


STARTS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "arn:aws:ssm:eu-west-1:111122223333:document/Read"},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN},
    ],
}
POLICY_ARN = "arn:aws:iam::111122223333:policy/start"


@pytest.mark.parametrize("kind", ["group", "user"])
@pytest.mark.parametrize("attached", [False, True])
def test_people_who_can_start_a_runbook_pass_its_role(run: Run, kind: str, attached: bool):
    waits = json.dumps({**json.loads(content("{{ Role }}")), "parameters": {"Role": {"type": "String"}}})
    document = resource("aws_ssm_document.read", name="Read", document_type="Automation", content=waits)
    starting = (
        [
            resource("aws_iam_policy.start", name="start", arn=POLICY_ARN, policy=json.dumps(STARTS)),
            resource(f"aws_iam_{kind}_policy_attachment.start", policy_arn=POLICY_ARN, **{kind: "operators"}),
        ]
        if attached
        else [resource(f"aws_iam_{kind}_policy.start", name="start", policy=json.dumps(STARTS), **{kind: "operators"})]
    )
    ran = run("check", "p.json", "--format", "json", files={"p.json": state(ROLE, document, *starting)})
    assert [(pair["runbook"], pair["through"]) for pair in ran.json["pairs"]] == [("Read", f"passed by {starting[-1]['address']}")]
    assert run("check", "p.json", "--format", "json", files={"p.json": state(ROLE, document)}).json["pairs"] == []
