"""A role whose permissions come from its runbooks: its policies, what could not be derived, what a person adds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from automation_role import AutomationRole, Findings, Runbook
from automation_role.errors import AutomationRoleError
from tests.construct.synth import MANAGED, POLICY, ROLE, Template, listed, new_stack

INSTANCES = "arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:instance/*"


def runbook(name: str, *steps: tuple[str, dict[str, Any]], bound: dict[str, Any] | None = None, **parameters: Any) -> Runbook:
    """A runbook of (action, inputs), its steps named step1, step2, …"""
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {"AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn"}, **parameters},
        "mainSteps": [
            {"name": f"step{number}", "action": f"aws:{action}", "inputs": inputs} for number, (action, inputs) in enumerate(steps, 1)
        ],
    }
    return Runbook.from_mapping(document, name=name, parameters=bound or {})


def api(service: str, operation: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
    return "executeAwsApi", {"Service": service, "Api": operation, **inputs}


REBOOT = runbook("Reboot", api("ec2", "RebootInstances", InstanceIds=["{{ InstanceId }}"]), InstanceId={"type": "String"})
BUCKETS = runbook("Buckets", api("s3", "ListBuckets"))
ATTACHED = ("executeScript", {"Runtime": "python3.11", "Handler": "lib.handler", "Attachment": "lib.zip"})
UNREADABLE = runbook("Unreadable", ATTACHED, api("s3", "ListBuckets"), ATTACHED)
ELSEWHERE = runbook("Parent", ("executeAutomation", {"DocumentName": "Child"}))
CHILD = runbook("Child", api("sqs", "ListQueues"))


def test_only_what_the_runbooks_need_in_a_policy_of_its_own(stack):
    AutomationRole(stack, "Role", runbooks=[REBOOT, BUCKETS])
    template = Template(stack)
    assert "ManagedPolicyArns" not in template.the(ROLE)
    assert set(template.resources(POLICY)) == {"RoleDerived"}
    assert template.statements() == [
        {"Sid": "Ec2RebootInstances", "Effect": "Allow", "Action": "ec2:RebootInstances", "Resource": INSTANCES},
        {"Sid": "S3ListAllMyBuckets", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
    ]
    assert template.told() == template.told("error") == []


def test_a_bound_token_is_the_arn_or_the_name_that_cdk_knows_it_for(stack):
    function = lambda_.Function(stack, "Function", code=lambda_.Code.from_inline("-"), handler="i.h", runtime=lambda_.Runtime.PYTHON_3_12)
    written = lambda_.Function.from_function_name(stack, "Elsewhere", "mine").function_arn
    key, cluster = kms.Key(stack, "Key"), ecs.CfnCluster(stack, "Cluster")
    service, task = ecs.CfnService(stack, "Service"), ecs.CfnTaskDefinition(stack, "Task")
    given = {
        "Arn": (function.function_arn, api("lambda", "Invoke", FunctionName="{{ Given }}")),
        "Name": (function.function_name, api("lambda", "Invoke", FunctionName="{{ Given }}")),
        "Version": (function.current_version.function_arn, api("lambda", "Invoke", FunctionName="{{ Given }}")),
        "Written": (written, api("lambda", "Invoke", FunctionName="{{ Given }}")),
        "KeyArn": (key.key_arn, api("kms", "Decrypt", KeyId="{{ Given }}")),
        "KeyId": (key.key_id, api("kms", "Decrypt", KeyId="{{ Given }}")),
        "OfAnother": (cluster.attr_arn, api("ecs", "StopTask", cluster="{{ Given }}", task="t")),
        "Service": (service.ref, api("ecs", "DescribeServices", services=["{{ Given }}"])),
        "Task": (task.ref, api("ecs", "RunTask", taskDefinition="{{ Given }}")),
        "List": ([key.key_arn], api("kms", "Decrypt", KeyId="{{ Given }}")),
    }
    for name, (value, step) in given.items():
        kind = {"type": "StringList" if isinstance(value, list) else "String"}
        AutomationRole(stack, f"{name}Role", runbooks=[runbook(name, step, bound={"Given": value}, Given=kind)])
    template = Template(stack)
    here = "${AWS::Region}:${AWS::AccountId}"
    found = {name: template.statements(f"{name}Role")[0]["Resource"] for name in given}
    assert re.fullmatch(r"\$\{FunctionCurrentVersion\w+\}", found.pop("Version"))
    assert found == {
        "Arn": "${Function.Arn}",
        "Name": "arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:${Function}",
        "Written": f"arn:${{AWS::Partition}}:lambda:{here}:function:mine",
        "KeyArn": "${Key.Arn}",
        "KeyId": "arn:${AWS::Partition}:kms:*:${AWS::AccountId}:key/${Key}",
        "OfAnother": [f"arn:${{AWS::Partition}}:ecs:*:${{AWS::AccountId}}:task/{task}" for task in ("*/t", "t")],
        "Service": "${Service}",
        "Task": "${Task}",
        "List": "${Key.Arn}",
    }


def test_given_besides(stack):
    AutomationRole(stack, "Role", runbooks=[BUCKETS], automation_managed_policy=True, deny_self_change=True)
    template = Template(stack)
    assert set(template.resources(POLICY)) == {"RoleDerived", "RoleDenySelfChange"}
    assert len(template.the(ROLE)["ManagedPolicyArns"]) == 1


def test_regions_narrow_what_is_derived(stack):
    AutomationRole(stack, "Role", runbooks=[REBOOT], regions=["eu-central-1", "eu-west-1"])
    (statement,) = Template(stack).statements()
    assert statement["Resource"] == [INSTANCES.replace("ec2:*", f"ec2:{region}") for region in ("eu-central-1", "eu-west-1")]


def test_the_role_of_a_runbook_is_this_role(stack):
    passing = runbook(
        "Passing",
        ("executeAutomation", {"DocumentName": "Child", "RuntimeParameters": {"AutomationAssumeRole": ["{{ AutomationAssumeRole }}"]}}),
    )
    AutomationRole(stack, "Role", runbooks=[passing, CHILD])
    template = Template(stack)
    (passed,) = [statement for statement in template.statements() if statement["Action"] == "iam:PassRole"]
    assert passed["Resource"] == "${Role.Arn}"
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}
    assert template.told() == []


def test_a_bound_parameter_may_be_a_token(stack):
    bucket = s3.Bucket(stack, "Bucket")
    read = runbook(
        "Read",
        api("s3", "GetBucketLogging", Bucket="{{ Bucket }}"),
        bound={"Bucket": bucket.bucket_name},
        Bucket={"type": "String"},
    )
    AutomationRole(stack, "Role", runbooks=[read])
    (statement,) = Template(stack).statements()
    assert statement["Resource"] == "arn:${AWS::Partition}:s3:::${Bucket}"


def test_rejects_the_name_of_a_resource_where_an_arn_must_stand(stack):
    topic = sns.Topic(stack, "Topic")
    tell = api("sns", "Publish", TopicArn="{{ Topic }}")

    def told(value: str) -> Runbook:
        return runbook("Tell", tell, bound={"Topic": value}, Topic={"type": "String"})

    message = "parameters: 'Topic' is the name of a resource → an ARN, because step 'step1' passes it to sns Publish as TopicArn; "
    with pytest.raises(AutomationRoleError, match=re.escape(message)):
        AutomationRole(stack, "Named", runbooks=[told(topic.topic_name)])
    AutomationRole(stack, "Role", runbooks=[told(topic.topic_arn)])
    AutomationRole(stack, "Unseen", runbooks=[told(cdk.CfnParameter(stack, "Parameter").value_as_string)])
    template = Template(stack)
    written = [statement["Resource"] for holder in ("Role", "Unseen") for statement in template.statements(holder)]
    assert written == ["${Topic}", "${Parameter}"]


def test_cdks_merging_leaves_derived_statements_alone(tmp_path):
    templates = {}
    for minimize in (True, False):
        stack = new_stack(tmp_path / str(minimize), context={"@aws-cdk/aws-iam:minimizePolicies": minimize})
        AutomationRole(stack, "Role", runbooks=[REBOOT, BUCKETS, CHILD])
        templates[minimize] = Template(stack).json
    assert templates[True] == templates[False]


# -- more runbooks, later ----------------------------------------------------------------------------------------------------------------


def test_a_runbook_added_later_is_as_one_given_at_once(tmp_path):
    at_once, later = new_stack(tmp_path / "1"), new_stack(tmp_path / "2")
    AutomationRole(at_once, "Role", runbooks=[REBOOT, BUCKETS], deny_self_change=True)
    role = AutomationRole(later, "Role", runbooks=[REBOOT], deny_self_change=True)
    role.add_runbook(BUCKETS)
    role.add_runbook(BUCKETS)
    assert Template(later).json == Template(at_once).json


def test_a_runbook_added_later_closes_the_finding_that_it_was_missing(stack):
    role = AutomationRole(stack, "Role", runbooks=[ELSEWHERE])
    role.add_runbook(CHILD)
    template = Template(stack)
    assert template.told() == []
    assert "sqs:ListQueues" in template.actions()


def test_rejects_a_runbook_on_a_role_with_the_guides_permissions(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role").add_runbook(BUCKETS)
    assert str(refused.value) == (
        "Stack/Role: add_runbook on a role with the set-up guide's permissions → a role whose permissions are derived; create it with runbooks=[]"
    )


def test_rejects_two_different_runbooks_of_one_name(stack):
    other = runbook("Buckets", api("s3", "GetBucketLogging", Bucket="b"))
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", runbooks=[BUCKETS, other])
    assert str(refused.value).startswith("Stack/Role: two different runbooks are named 'Buckets'")
    role = AutomationRole(stack, "Role", runbooks=[BUCKETS])
    with pytest.raises(AutomationRoleError):
        role.add_runbook(other)
    role.add_runbook(BUCKETS)
    Template(stack)


# -- what could not be derived ----------------------------------------------------------------------------------------------------------


def test_findings_are_gathered_into_one_warning_a_runbook_and_kind(stack):
    AutomationRole(stack, "Role", runbooks=[UNREADABLE, ELSEWHERE])
    told = Template(stack).told()
    assert [(path, re.findall(r"ack: (\S+)\]", text)) for path, text in told] == [
        ("/Stack/Role/Findings/Parent", ["automation-role:nestedRunbook"]),
        ("/Stack/Role/Findings/Unreadable", ["automation-role:attachedScript"]),
    ]
    _, text = told[1]
    assert "step 'step1' (line " in text
    assert "step 'step3' (line " in text


@pytest.mark.parametrize("where", ["Stack", "Stack/Role", "Stack/Role/Findings/Unreadable"])
def test_a_kind_of_finding_is_acknowledged_where_it_is_known(stack, where):
    AutomationRole(stack, "Role", runbooks=[UNREADABLE, ELSEWHERE])
    scope = stack
    for name in where.split("/")[1:]:
        scope = scope.node.find_child(name)
    cdk.Annotations.of(scope).acknowledge_warning("automation-role:attachedScript", "it makes no calls")
    assert [path for path, _ in Template(stack).told()] == ["/Stack/Role/Findings/Parent"]


def test_an_acknowledgement_for_one_runbook_applies_to_no_other(stack):
    role = AutomationRole(stack, "Role", runbooks=[UNREADABLE])
    role.add_runbook(runbook("Another", ATTACHED))
    findings = role.node.find_child("Findings").node.find_child("Unreadable")
    cdk.Annotations.of(findings).acknowledge_warning("automation-role:attachedScript", "it makes no calls")
    assert [path for path, _ in Template(stack).told()] == ["/Stack/Role/Findings/Another"]


def test_findings_may_be_errors(stack):
    AutomationRole(stack, "Role", runbooks=[UNREADABLE], findings=Findings.ERROR)
    template = Template(stack)
    ((path, message),) = template.told("error")
    assert path == "/Stack/Role/Findings/Unreadable"
    assert message.endswith(" [attachedScript]")
    assert template.told() == []


def test_an_error_cannot_be_acknowledged(stack):
    AutomationRole(stack, "Role", runbooks=[UNREADABLE], findings=Findings.ERROR)
    cdk.Annotations.of(stack).acknowledge_warning("automation-role:attachedScript", "it makes no calls")
    assert len(Template(stack).told("error")) == 1


def test_what_a_person_knows_closes_a_steps_findings_and_is_allowed(stack):
    known = iam.PolicyStatement(actions=["sns:Publish"], resources=["arn:aws:sns:eu-central-1:111122223333:topic"])
    AutomationRole(
        stack,
        "Role",
        runbooks=[UNREADABLE],
        findings=Findings.ERROR,
        extra_statements={("Unreadable", "step1"): [known], ("Unreadable", "step3"): []},
    )
    template = Template(stack)
    assert template.told("error") == template.told() == []
    assert template.actions() == {"s3:ListAllMyBuckets", "sns:Publish"}


def test_answering_one_step_leaves_the_other_open(stack):
    AutomationRole(stack, "Role", runbooks=[UNREADABLE], extra_statements={("Unreadable", "step3"): []})
    ((_, text),) = Template(stack).told()
    assert "'step1'" in text
    assert "'step3'" not in text


def test_rejects_an_answer_to_a_step_that_is_not_there(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", runbooks=[UNREADABLE], extra_statements={("Unreadable", "stpe1"): []})
    assert str(refused.value) == (
        "Stack/Role: extra_statements names step 'stpe1' of runbook 'Unreadable' → its steps are 'step1', 'step2', 'step3'; "
        "did you mean 'step1'?"
    )


def test_rejects_at_synthesis_an_answer_for_a_runbook_that_never_came(stack):
    role = AutomationRole(stack, "Role", runbooks=[BUCKETS], extra_statements={("Unreadible", "step1"): []})
    role.add_runbook(UNREADABLE)
    with pytest.raises(RuntimeError) as refused:
        Template(stack)
    assert (
        "Stack/Role: extra_statements names runbook 'Unreadible' → this role's runbooks are 'Buckets', 'Unreadable'; did you mean 'Unreadable'?"
    ) in str(refused.value)


# -- sizes ------------------------------------------------------------------------------------------------------------------------------


def large(name: str, count: int) -> Runbook:
    """Needs one statement of about 100 characters for each bucket."""
    steps = [api("s3", "GetBucketLogging", Bucket=f"{name.lower()}-{number:04}-{'x' * 40}") for number in range(count)]
    return runbook(name, *steps)


def test_what_does_not_fit_inline_goes_into_managed_policies(stack):
    AutomationRole(stack, "Role", runbooks=[large("Large", 200)], deny_self_change=True)
    template = Template(stack)
    assert len(template.resources(MANAGED)) >= 2
    allowed = [resource for s in template.statements() if s["Effect"] == "Allow" for resource in listed(s["Resource"])]
    assert len(set(allowed)) == len(allowed) == 200
    (guard,) = [s for s in template.statements() if s["Effect"] == "Deny"]
    assert guard["Resource"] == ["${Role.Arn}", *("${" + name + "}" for name in template.resources(MANAGED))]


def test_fewer_runbooks_later_would_need_fewer_policies(tmp_path):
    at_once, later = new_stack(tmp_path / "1"), new_stack(tmp_path / "2")
    AutomationRole(at_once, "Role", runbooks=[BUCKETS, large("Large", 200)], deny_self_change=True)
    role = AutomationRole(later, "Role", runbooks=[BUCKETS], deny_self_change=True)
    role.add_runbook(large("Large", 200))
    assert Template(later).json == Template(at_once).json


def test_rejects_what_fits_into_no_number_of_policies(stack):
    with pytest.raises(AutomationRoleError) as refused:
        AutomationRole(stack, "Role", runbooks=[large("Large", 1000)])
    assert str(refused.value).startswith("Stack/Role: the policy's statements need ")
    assert "\n" not in str(refused.value)
    assert stack.node.try_find_child("Role") is None


def test_roles_created_by_hand_get_what_is_derived_in_the_report(stack):
    iam.Role.customize_roles(stack, use_precreated_roles={"Role/Resource": "MadeByHand"})
    role = AutomationRole(stack, "Role", runbooks=[REBOOT])
    role.add_runbook(large("Large", 200))
    template = Template(stack)
    assert template.resources(POLICY) == template.resources(MANAGED) == {}
    report = (template.directory / "iam-policy-report.txt").read_text()
    assert report.count("ec2:RebootInstances") == 1
    assert all(f"large-{number:04}-" in report for number in range(200))


@jsii.implements(cdk.IStableStringProducer)
class Nothing:
    def produce(self) -> str:
        return ""


def test_the_same_bytes_whatever_was_made_before(tmp_path):
    texts = []
    for number in range(2):
        stack = new_stack(tmp_path / str(number))
        for _ in range(number * 7):
            cdk.Lazy.string(Nothing())  # tokens are numbered in the order they are made
        buckets = [s3.Bucket(stack, f"Bucket{index}") for index in (2, 1)]
        bound = {f"Bucket{index}": bucket.bucket_name for index, bucket in zip((2, 1), buckets, strict=True)}
        read = runbook(
            "Read",
            *(api("s3", "GetBucketLogging", Bucket=f"{{{{ {name} }}}}") for name in bound),
            bound=bound,
            **{name: {"type": "String"} for name in bound},
        )
        AutomationRole(stack, "Role", runbooks=[read, REBOOT])
        texts.append((Template(stack).directory / "Stack.template.json").read_text())
    assert texts[0] == texts[1]


def test_reads_the_samples_runbooks(stack):
    runbooks = [Runbook.from_file(path) for path in sorted((Path(__file__).parents[2] / "runbooks").glob("*.yaml"))]
    AutomationRole(stack, "Role", runbooks=runbooks)
    template = Template(stack)
    assert template.told() == []
    assert "ec2:StartInstances" in template.actions()


ATTACH = api("iam", "AttachRolePolicy", RoleName="{{ Target }}", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
WIDENS = runbook("Widens", ATTACH, Target={"type": "String"})


def test_a_role_that_could_widen_itself_is_reported_for_information(stack):
    AutomationRole(stack, "Role", runbooks=[WIDENS], findings=Findings.ERROR).add_runbook(BUCKETS)
    template = Template(stack)
    ((where, text),) = template.told("info")
    assert where == "/Stack"
    assert text.startswith("Stack/Role: the role can widen its own permissions: step 'step1' of 'Widens' (iam:AttachRolePolicy) → bind ")
    assert text.endswith(" [automation-role:selfWidening]")
    assert template.told() == template.told("error") == []
    assert Template(stack).told("info") == [(where, text)]  # an app that is synthesized again does not repeat it


def test_information_about_several_roles_is_reported_once_in_each_stack(stack):
    other = cdk.Stack(stack.node.root, "Other", synthesizer=cdk.BootstraplessSynthesizer())
    for number in range(7):
        AutomationRole(stack, f"Role{number}", runbooks=[WIDENS])
    AutomationRole(other, "Role", runbooks=[WIDENS])
    AutomationRole(other, "Narrow", runbooks=[BUCKETS])
    (here,), (there,) = Template(stack).told("info"), Template(other).told("info")
    assert here[1].startswith("Stack/Role0, Stack/Role1, Stack/Role2, Stack/Role3, Stack/Role4 and 2 more: the role can widen")
    assert there[1].startswith("Other/Role: the role can widen")


def test_information_is_about_the_runbooks_that_a_role_has_at_synthesis(stack):
    role = AutomationRole(stack, "Role", runbooks=[WIDENS])
    role.add_runbook(runbook("WidensToo", ATTACH, Target={"type": "String"}))
    ((_, text),) = Template(stack).told("info")
    assert "step 'step1' of 'Widens' (iam:AttachRolePolicy), step 'step1' of 'WidensToo'" in text


def test_a_role_that_cannot_widen_itself_is_not_reported(stack):
    bound = runbook(
        "Widens",
        ATTACH,
        Target={"type": "String"},
        bound={"Target": iam.Role(stack, "Other", assumed_by=iam.AccountRootPrincipal()).role_name},
    )
    AutomationRole(stack, "Bound", runbooks=[bound])
    AutomationRole(stack, "Guarded", runbooks=[WIDENS], deny_self_change=True)
    boundary = iam.ManagedPolicy.from_aws_managed_policy_name("ReadOnlyAccess")
    AutomationRole(stack, "Bounded", runbooks=[WIDENS], permissions_boundary=boundary)
    assert Template(stack).told("info") == []


# -- lists that only CloudFormation knows --------------------------------------------------------------------------------------------

IDS: dict[str, Any] = {"InstanceIds": {"type": "StringList"}}
LISTS = {
    "a split": lambda stack: cdk.Fn.split(",", cdk.Fn.import_value("Ids")),
    "a parameter": lambda stack: cdk.CfnParameter(stack, "Ids", type="CommaDelimitedList").value_as_list,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_unknown_items_is_reported_where_it_widens(stack, name):
    step = api("ec2", "RebootInstances", InstanceIds="{{ InstanceIds }}")
    AutomationRole(stack, "Role", runbooks=[runbook("Many", step, bound={"InstanceIds": LISTS[name](stack)}, **IDS)])
    template = Template(stack)
    assert listed(template.statements()[0]["Resource"]) == [INSTANCES]
    ((path, text),) = template.told()
    assert path == "/Stack/Role/Findings/Many"
    assert "parameter 'InstanceIds' is bound to a list whose items are only known at deployment, so every resource of their type is" in text
    assert "bind it to its items, one by one (cdk.Fn.select(0, ...))" in text
    assert text.endswith("[ack: automation-role:unknownList]")


def test_a_list_of_unknown_items_is_not_reported_where_no_policy_names_them(stack):
    step = api("ec2", "DescribeInstances", InstanceIds="{{ InstanceIds }}")
    AutomationRole(stack, "Role", runbooks=[runbook("Many", step, bound={"InstanceIds": LISTS["a split"](stack)}, **IDS)])
    assert Template(stack).told() == []


def test_each_item_by_itself_is_named(stack):
    first = cdk.Fn.select(0, cdk.Fn.split(",", cdk.Fn.import_value("Ids")))
    step = api("ec2", "RebootInstances", InstanceIds="{{ InstanceIds }}")
    AutomationRole(stack, "Role", runbooks=[runbook("Many", step, bound={"InstanceIds": [first]}, **IDS)])
    (policy,) = assertions.Template.from_stack(stack).find_resources(POLICY).values()
    resource = policy["Properties"]["PolicyDocument"]["Statement"][0]["Resource"]["Fn::Join"][1]
    assert resource[-2:] == [":instance/", {"Fn::Select": [0, {"Fn::Split": [",", {"Fn::ImportValue": "Ids"}]}]}]
    assert assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value()) == []


def test_a_token_of_every_type_in_the_schemas_is_known_as_a_name_or_as_an_arn(stack):
    from aws_cdk import aws_kinesis as kinesis

    from automation_role.cdk.tokens import known_token

    stream = kinesis.CfnStream(stack, "Stream")
    forms = {token: found.form for token in (stream.attr_arn, stream.ref) if (found := known_token(token)) is not None}
    assert forms == {stream.attr_arn: "arn:{P}:kinesis:{R}:{A}:stream/*", stream.ref: ""}
