"""What is known before a run of what a run produces: outputs, variables, items of loops, and identifiers by their use."""

from __future__ import annotations

from typing import Any

import pytest

from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook
from automation_role.runbook.references import value_of
from automation_role.values.place import Place
from automation_role.values.value import UNKNOWN, Text, Value

HERE = Place(partition="aws", account="111122223333", regions=("eu-west-1",), role_arn="ROLE")
EC2 = "arn:aws:ec2:eu-west-1:111122223333:"
MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:m"


def api(name: str, service: str, operation: str, outputs: dict[str, str] | None = None, **inputs: Any) -> dict[str, Any]:
    said = [
        {"Name": key, "Selector": path, "Type": "StringList" if key.endswith("s") else "String"} for key, path in (outputs or {}).items()
    ]
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": operation, **inputs}, "outputs": said}


def step(name: str, action: str, more: dict[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    return {"name": name, "action": f"aws:{action}", "inputs": inputs, **(more or {})}


def runbook(*steps: dict[str, Any], **more: Any) -> Runbook:
    parameters = {name: {"type": "String"} for name in ("Id", "Other")}
    return Runbook.from_mapping({"schemaVersion": "0.3", "parameters": parameters, "mainSteps": list(steps), **more}, name="R")


def written(value: Value) -> Any:
    if isinstance(value, Text):
        return [text for option in value.options for text in HERE.write(option)]
    return tuple(map(written, value)) if isinstance(value, tuple) else value


def needs(book: Runbook, name: str, action: str) -> list[str]:
    found = derive([book]).steps
    resources = (each for needs in found if needs.step.name == name for each in needs.permissions if each.action == action)
    return [text for each in resources for resource in each.resources for text in HERE.write(resource)]


@pytest.mark.parametrize(
    ("service", "operation", "selector", "value"),
    [
        ("ec2", "DescribeInstances", "$.Reservations[0].Instances[0].InstanceId", ["i-*"]),
        ("elb", "DescribeLoadBalancers", "$.LoadBalancerDescriptions[0].Instances[0].InstanceId", ["i-*"]),
        ("ec2", "describe_instances", "$.Reservations[0].Instances[0].BlockDeviceMappings[0].Ebs.VolumeId", ["vol-*"]),
        ("EC2", "DescribeInstances", "$..SecurityGroups..GroupId", ["sg-*"]),
        ("ec2", "CreateSecurityGroup", "$.GroupId", ["sg-*"]),
        ("ec2", "DescribeNetworkAcls", "$.NetworkAcls[0].NetworkAclId", ["acl-*"]),
        ("rds", "DescribeDBInstances", "$.DBInstances[0].DBInstanceArn", ["arn:aws:rds:eu-west-1:111122223333:db:*"]),
        ("lambda", "GetFunctionConfiguration", "$.VpcConfig.SubnetIds[0]", ["subnet-*"]),
        ("eks", "DescribeCluster", "$.cluster.resourcesVpcConfig.clusterSecurityGroupId", ["sg-*"]),
        ("efs", "DescribeMountTargets", "$.MountTargets[0].NetworkInterfaceId", ["eni-*"]),
        ("ec2", "CreateKeyPair", "$.KeyPairId", ["key-*"]),
        # AWS's own are of the type, too, and ARNs have two formats
        ("iam", "ListAttachedRolePolicies", "$.AttachedPolicies[0].PolicyArn", ["arn:aws:iam::111122223333:policy/*", "arn:aws:iam::111122223333:policy/*/*", "arn:aws:iam::aws:policy/*"]),
        ("ecs", "DescribeServices", "$.services[0].serviceArn", ["arn:aws:ecs:eu-west-1:111122223333:service/*/*", "arn:aws:ecs:eu-west-1:111122223333:service/*"]),
        # a group may be of instances or of security groups, a gateway of many things, and nothing is known of names and states
        ("ec2", "DescribePlacementGroups", "$.PlacementGroups[0].GroupId", UNKNOWN),
        ("ec2", "DescribeRouteTables", "$.RouteTables[0].Routes[0].GatewayId", UNKNOWN),
        ("ec2", "DescribeInstances", "$.Reservations[0].Instances[0].State.Name", UNKNOWN),
        ("ssm", "DescribeInstanceInformation", "$.InstanceInformationList[0].InstanceId", UNKNOWN),
        # selectors that find something else than they name
        ("ec2", "DescribeInstances", "$.Reservations[0].Instances[?(@.InstanceId)]", UNKNOWN),
        ("ec2", "DescribeInstances", "$.Reservations.InstanceId.length()", UNKNOWN),
        ("ec2", "{{ Other }}", "$.InstanceId", UNKNOWN),
    ],
)  # fmt: skip
def test_an_output_is_what_its_member_looks_like(service: str, operation: str, selector: str, value: Any):
    assert written(value_of("find.It", runbook(api("find", service, operation, {"It": selector})))) == value


def test_a_list_is_of_what_its_member_looks_like():
    book = runbook(api("find", "ec2", "DescribeVolumes", {"Volumes": "$.Volumes[*].VolumeId"}))
    assert written(value_of("find.Volumes", book)) == (["vol-*"],)


@pytest.mark.parametrize(
    ("made", "output", "value"),
    [
        (step("s", "runInstances", ImageId="ami-1"), "InstanceIds", (["i-*"],)),
        (step("s", "createImage", InstanceId="i-1", ImageName="n"), "ImageId", ["ami-*"]),
        (step("s", "copyImage", SourceImageId="ami-1", SourceRegion="r", ImageName="n"), "ImageId", ["ami-*"]),
        (step("s", "createStack", StackName="mine", TemplateBody="{}"), "StackId", ["arn:aws:cloudformation:eu-west-1:111122223333:stack/mine/*"]),
        (step("s", "createStack", StackName="{{ Other }}", TemplateBody="{}"), "StackId", ["arn:aws:cloudformation:eu-west-1:111122223333:stack/*/*"]),
        (step("s", "executeStateMachine", stateMachineArn=MACHINE), "executionArn", ["arn:aws:states:eu-west-1:111122223333:execution:m:*"]),
        (step("s", "executeStateMachine", stateMachineArn="{{ Other }}"), "executionArn", UNKNOWN),
        (api("s", "stepfunctions", "StartExecution", {"It": "$.executionArn"}, stateMachineArn=MACHINE), "It", ["arn:aws:states:eu-west-1:111122223333:execution:m:*"]),
        (api("s", "cloudformation", "CreateStack", {"It": "$.StackId"}, StackName="mine"), "It", ["arn:aws:cloudformation:eu-west-1:111122223333:stack/mine/*"]),
        (step("s", "executeScript", Runtime="python3.11", Handler="h", Script="def h(e, c): pass"), "InstanceIds", UNKNOWN),
        (step("s", "pause"), "InstanceIds", UNKNOWN),
    ],
)  # fmt: skip
def test_an_output_says_what_the_step_was_given(made: dict[str, Any], output: str, value: Any):
    assert written(value_of(f"s.{output}", runbook(made))) == value


def test_a_policy_that_is_found_may_be_any():
    found = api("find", "iam", "ListAttachedRolePolicies", {"Policy": "$.AttachedPolicies[0].PolicyArn"}, RoleName="R")
    detach = api("detach", "iam", "DetachRolePolicy", RoleName="R", PolicyArn="{{ find.Policy }}")
    permission = derive([runbook(found, detach)]).steps[1].permissions[0]
    assert (permission.action, permission.conditions) == ("iam:DetachRolePolicy", ())


# -- variables and loops ---------------------------------------------------------------------------------------------------------------


def variable(*updates: dict[str, Any], **declared: Any) -> Any:
    steps = [{"name": f"u{at}", "action": "aws:updateVariable", "inputs": each} for at, each in enumerate(updates)]
    return written(value_of("variable:V", runbook(step("p", "pause"), *steps, variables={"V": declared})))


def test_a_variable_is_what_it_begins_as_or_is_updated_to():
    assert variable(type="String", default="a") == ["a"]
    assert variable({"Name": "variable:V", "Value": "b"}, {"Name": "variable:W", "Value": "c"}, type="String", default="a") == ["a", "b"]
    assert variable({"Name": "variable:V", "Value": ["b"]}, type="StringList", default=["a"]) == (["a"], ["b"])
    # what is put together from itself, from what only a run knows, or in a way that is not known
    assert variable({"Name": "variable:V", "Value": "{{ variable:V }}/b"}, type="String", default="a") == ["a", "*/b"]
    assert variable({"Name": "variable:V", "Value": "{{ Other }}"}, type="String", default="a") is UNKNOWN
    assert variable({"Name": "variable:{{ Other }}", "Value": "b"}, type="String", default="a") is UNKNOWN
    assert variable({"Name": "variable:V", "Value": "b", "Mode": "append"}, type="String", default="a") is UNKNOWN
    assert variable(type="String") is UNKNOWN


def test_the_item_of_a_loop_is_one_of_its_iterators():
    def item(iterators: Any) -> Any:
        loop = step("each", "loop", Iterators=iterators, IteratorDataType="String", Steps=[step("p", "pause")])
        return written(value_of("each.CurrentIteratorValue", runbook(loop)))

    assert item(["a", "b"]) == ["a", "b"]
    assert item("{{ Other }}") is UNKNOWN
    assert item(["a", "{{ Other }}"]) is UNKNOWN
    book = runbook(step("each", "loop", Iterators=["a"], IteratorDataType="String", Steps=[step("p", "pause")]))
    assert value_of("each.CurrentIterationCounter", book) is UNKNOWN


# -- by use ----------------------------------------------------------------------------------------------------------------------------

TAG = step("tag", "createTags", ResourceIds=["{{ Id }}"], Tags=[])
STOP = step("stop", "changeInstanceState", InstanceIds=["{{ Id }}"], DesiredState="stopped")
ANYTHING = [f"{EC2}*", "arn:aws:ec2:eu-west-1::*", "arn:aws:ec2::111122223333:*"]


@pytest.mark.parametrize(
    "use",
    [
        STOP,
        api("use", "ec2", "StopInstances", InstanceIds=["{{ Id }}"]),
        api("use", "ec2", "RebootInstances", InstanceIds="{{ Id }}"),
        step("use", "createImage", InstanceId="{{ Id }}", ImageName="n"),
    ],
)
def test_what_every_run_uses_as_an_instance_is_one(use: dict[str, Any]):
    assert needs(runbook(TAG, use), "tag", "ec2:CreateTags") == [f"{EC2}instance/*"]
    assert needs(runbook(use, TAG), "tag", "ec2:CreateTags") == [f"{EC2}instance/*"]


def branch(*targets: str) -> dict[str, Any]:
    choices = [{"NextStep": target, "Variable": "{{ Other }}", "StringEquals": target} for target in targets]
    return step("branch", "branch", Choices=choices)


@pytest.mark.parametrize(
    "steps",
    [
        [STOP | {"onFailure": "Continue"}, TAG],  # another value may go on
        [STOP | {"onFailure": "step:tag"}, TAG],
        [branch("stop", "tag"), STOP, TAG],  # a run may go around it
        [step("p", "pause", {"onFailure": "step:tag"}), STOP, TAG],
        [TAG | {"isEnd": True}, STOP],
        [TAG, api("use", "s3", "DeleteBucket", Bucket="{{ Id }}")],
        [TAG, api("use", "ec2", "StopInstances", InstanceIds=["{{ Id }}", "i-1"])],  # not all of it
    ],
)
def test_what_only_some_runs_use_as_an_instance_may_be_anything(steps: list[dict[str, Any]]):
    assert needs(runbook(*steps), "tag", "ec2:CreateTags") == ANYTHING


def test_ways_that_join_again_all_come_to_the_step():
    one, other = step("one", "pause", {"nextStep": "stop"}), step("other", "pause")
    assert needs(runbook(branch("one", "other"), one, other, STOP, TAG), "tag", "ec2:CreateTags") == [f"{EC2}instance/*"]
