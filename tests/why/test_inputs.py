"""What the command reads: executions with their children, events of CloudTrail, logs; and what it says about any other input."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.derive.derivation import derive
from automation_role.errors import AutomationRoleError
from automation_role.values.place import Place
from automation_role.why.answer import Answer, answer
from automation_role.why.binding import bound
from automation_role.why.candidates import candidates
from automation_role.why.failure import Layer
from automation_role.why.messages import MOST, failures_in
from automation_role.why.reading import LONGEST, read
from tests.why.test_failures import BOOKS

ID = "0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a11"
CHILD = "0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a12"
ROLE = "arn:aws:iam::111122223333:role/ops/Automation"
SESSION = f"arn:aws:sts::111122223333:assumed-role/Automation/Automation-{ID}"


def refusal(action: str, on: str, session: str = SESSION) -> str:
    name = action.partition(":")[2]
    return (
        f"Step fails when it is Execute/Cancelling action. An error occurred (AccessDeniedException) when calling the {name} operation: User: "
        f"{session} is not authorized to perform: {action} on resource: {on} because no identity-based policy allows the {action} action. "
        "Please refer to Automation Service Troubleshooting Guide for more diagnosis details."
    )


def step(name: str, status: str, **more: Any) -> dict[str, Any]:
    return {"StepName": name, "Action": "aws:executeAwsApi", "StepStatus": status, **more}


# The first of two equal calls went through, the second was refused.
EXECUTION: dict[str, Any] = {
    "AutomationExecution": {
        "AutomationExecutionId": ID,
        "DocumentName": "requeue",
        "AutomationExecutionStatus": "Failed",
        "FailureMessage": "Step failed.",
        "Parameters": {"DeadQueue": ["dead"], "Queue": ["living"]},
        "StepExecutions": [
            step("findDead", "Success"),
            step("find", "Failed", FailureMessage=refusal("sqs:GetQueueUrl", "arn:aws:sqs:eu-central-1:111122223333:living")),
            step("receive", "Pending"),
        ],
    }
}


def answers(text: str, *names: str) -> list[Answer]:
    told = read(text)
    found = bound([Runbook.from_file(BOOKS[name]) for name in names], told.executions, told.failures)
    derivation = derive(found.runbooks, role_known=True)
    return [answer(one, derivation, [], Place(role_arn=found.role_arn)) for one in found.failures]


def steps(found: Answer) -> list[str]:
    return [one.step.name for one in found.at]


def test_an_execution_says_which_of_two_equal_steps_it_was() -> None:
    (found,) = answers(json.dumps(EXECUTION), "requeue")
    assert (steps(found), found.certain, found.failure.execution) == (["find"], True, ID)


def test_without_the_execution_they_cannot_be_distinguished() -> None:
    message = EXECUTION["AutomationExecution"]["StepExecutions"][1]["FailureMessage"]
    (found,) = answers(message, "requeue")
    assert (steps(found), found.certain) == (["findDead", "find"], False)


def test_the_values_that_an_execution_was_started_with_narrow_the_fix() -> None:
    (found,) = answers(json.dumps(EXECUTION), "requeue")
    assert [one["Resource"] for one in found.fix.statements] == [["arn:aws:sqs:eu-central-1:111122223333:living"]]


def test_a_value_that_the_runbook_no_longer_takes_is_noted_and_not_used() -> None:
    execution = copy.deepcopy(EXECUTION)
    execution["AutomationExecution"]["DocumentName"] = "launch-instance"
    execution["AutomationExecution"]["Parameters"] = {"Keep": ["perhaps"], "Gone": ["x"]}
    told = read(json.dumps(execution))
    found = bound([Runbook.from_file(BOOKS["launch-instance"])], told.executions, told.failures)
    assert found.runbooks[0].bindings == {}
    assert [note.partition(" → ")[0] for note in found.notes] == ["parameters: 'Keep' is 'perhaps'"]


def test_describe_automation_step_executions_is_read_as_well() -> None:
    (found,) = answers(json.dumps({"StepExecutions": EXECUTION["AutomationExecution"]["StepExecutions"]}), "requeue")
    assert (steps(found), found.cause.id) == (["find"], "roleLacks")


def test_a_child_execution_says_what_its_parent_only_passes_on() -> None:
    parent = {
        "AutomationExecutionId": ID,
        "DocumentName": "parent",
        "AutomationExecutionStatus": "Failed",
        "Parameters": {"AutomationAssumeRole": [ROLE], "ParameterName": ["/app/result"]},
        "StepExecutions": [step("startChild", "Failed", FailureMessage=f"The child automation {CHILD} is Failed")],
    }
    child = {
        "AutomationExecutionId": CHILD,
        "ParentAutomationExecutionId": ID,
        "DocumentName": "child",
        "AutomationExecutionStatus": "Failed",
        "StepExecutions": [
            step(
                "write", "Failed", FailureMessage=refusal("ssm:PutParameter", "arn:aws:ssm:eu-central-1:111122223333:parameter/app/result")
            )
        ],
    }
    (found,) = answers(json.dumps([{"AutomationExecution": parent}, {"AutomationExecution": child}]), "parent", "child")
    assert (found.at[0].runbook.name, steps(found)) == ("child", ["write"])
    (alone,) = answers(json.dumps({"AutomationExecution": parent}), "parent", "child")
    assert (steps(alone), alone.cause.id) == (["startChild"], "notPermission")


def test_a_step_that_failed_for_another_reason_is_not_a_missing_permission() -> None:
    execution = copy.deepcopy(EXECUTION)
    execution["AutomationExecution"]["StepExecutions"][1]["FailureMessage"] = "Step timed out while waiting"
    (found,) = answers(json.dumps(execution), "requeue")
    assert (steps(found), found.cause.id, found.fix.statements) == (["find"], "notPermission", ())


def test_an_execution_that_could_not_be_started_is_about_who_starts_it_or_the_role() -> None:
    execution = {
        "AutomationExecutionId": ID,
        "DocumentName": "requeue",
        "StepExecutions": [],
        "FailureMessage": "The provided role: x can't be assumed",
    }
    (found,) = answers(json.dumps({"AutomationExecution": execution}), "requeue")
    assert (found.at, found.cause.id) == ((), "trust")


EVENT: dict[str, Any] = {
    "eventVersion": "1.09",
    "userIdentity": {
        "type": "AssumedRole",
        "arn": SESSION,
        "sessionContext": {"sessionIssuer": {"arn": ROLE}},
        "invokedBy": "ssm.amazonaws.com",
    },
    "eventSource": "lambda.amazonaws.com",
    "eventName": "UpdateFunctionConfiguration20150331v2",
    "awsRegion": "eu-central-1",
    "errorCode": "AccessDenied",
    "errorMessage": f"User: {SESSION} is not authorized to perform: lambda:UpdateFunctionConfiguration on resource: "
    "arn:aws:lambda:eu-central-1:111122223333:function:resize because no identity-based policy allows the lambda:UpdateFunctionConfiguration action",
    "requestParameters": {"functionName": "resize"},
}
FINE = {key: value for key, value in EVENT.items() if not key.startswith("error")}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(EVENT),
        json.dumps({"Records": [FINE, EVENT, EVENT]}),
        json.dumps({"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(EVENT)}]}),
        json.dumps({"source": "aws.lambda", "detail": EVENT}),
        f"{json.dumps(FINE)}\n{json.dumps(EVENT)}\n",
    ],
    ids=["an event", "a file of a trail", "lookup-events", "EventBridge", "lines of JSON"],
)
def test_events_of_cloudtrail(text: str) -> None:
    (found,) = answers(text, "warm-function")
    assert (steps(found), found.cause.id, found.certain, found.failure.execution) == (["moreTime"], "roleLacks", True, ID)
    assert found.failure.operation == "UpdateFunctionConfiguration"


def test_an_event_without_a_message_still_says_the_call() -> None:
    event = {**EVENT, "errorMessage": "", "eventSource": "sqs.amazonaws.com", "eventName": "SendMessage"}
    (found,) = answers(json.dumps(event), "requeue")
    assert (steps(found), found.cause.id, found.certain) == (["send"], "untold", False)


def test_a_log_with_several_failures_has_an_answer_for_each_and_each_once() -> None:
    one = refusal("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:living")
    other = refusal("sqs:DeleteMessage", "arn:aws:sqs:eu-central-1:111122223333:dead")
    found = answers(f"{one}\nretrying\n{one}\n{other}\n", "requeue")
    assert [steps(each) for each in found] == [["send"], ["delete"]]


def test_of_very_many_failures_the_first_are_read_and_the_others_counted() -> None:
    text = "\n".join(refusal("sqs:SendMessage", f"arn:aws:sqs:eu-central-1:111122223333:q{i}") for i in range(MOST + 7))
    told = read(text)
    assert (len(told.failures), told.more) == (MOST, 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("all went well", "no failure is recognized in it"),
        ("{}", "no failure is recognized in it"),
        ("[]", "no failure is recognized in it"),
        ("{", "no failure is recognized in it"),
        (json.dumps(FINE), "no failure is recognized in it"),
        (json.dumps({"AutomationExecution": {"StepExecutions": [step("a", "Success")]}}), "no failure is recognized in it"),
        ("[" * 100_000, "no failure is recognized in it"),
        ("x" * (LONGEST + 1), "over 4 MB"),
        ("{}\n" * 1_001, "over 1,000 JSON documents → those around the failure"),
    ],
)
def test_what_is_not_a_failure_is_refused_in_a_line(text: str, said: str) -> None:
    with pytest.raises(AutomationRoleError) as refused:
        read(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "User: " * 40_000,
        "User: " + "x" * 200_000 + " is not authorized to perform: ",
        "An error occurred (" * 20_000,
        "arn:aws:" + "a:" * 100_000,
        "not authorized to perform: s3:GetObject on resource: arn:aws:s3:::" * 4_000,
        'File "' * 30_000,
        "Encoded authorization failure message: " + "A" * 200_000,
        "> " * 100_000 + "\n" + "|" * 100_000,
        "(Service: " + "a " * 100_000,
        "Access Denied " * 15_000,
        "An error occurred (X) when calling the Y operation: " * 4_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """Each would take minutes if a pattern's work grew with the square of the text; the limit is far above what it takes."""
    import time

    begun = time.process_time()
    failures_in(text)
    assert time.process_time() - begun < 5


def test_a_failure_anywhere_in_other_json_is_found() -> None:
    said = refusal("s3:GetObject", "arn:aws:s3:::bucket/key")
    deep: Any = said
    for _ in range(200):
        deep = {"inner": deep}
    for document in (["fine"] * 30_000 + [said], deep):
        (found,) = read(json.dumps(document)).failures
        assert found.action == "s3:GetObject"


def test_a_runbook_s_name_that_no_document_can_have_is_in_no_statement() -> None:
    runbook = Runbook.from_text((BOOKS["requeue"]).read_text(), name="wöchentlich")
    user = "arn:aws:iam::111122223333:user/me"
    (failure,) = read(f"User: {user} is not authorized to perform: ssm:StartAutomationExecution").failures
    found = answer(failure, derive([runbook]), [], Place(role_arn=ROLE))
    assert (found.cause.id, [one["Action"] for one in found.fix.statements], found.fix.cdk) == ("starter", [["iam:PassRole"]], "")


def test_json_without_texts_takes_no_time() -> None:
    """A million empty documents took half a minute."""
    import time

    begun = time.process_time()
    with pytest.raises(AutomationRoleError, match="no failure is recognized"):
        read("[" + "{}," * 500_000 + "{}]")
    assert time.process_time() - begun < 5


def test_a_decoded_message_that_allows_is_not_a_failure() -> None:
    with pytest.raises(AutomationRoleError):
        read(json.dumps({"allowed": True, "explicitDeny": False, "context": {"action": "ec2:RunInstances"}}))


def test_what_a_message_does_not_say_stays_unsaid() -> None:
    (failure,) = failures_in("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied")[0]
    assert (failure.action, failure.resource, failure.principal, failure.layer) == ("", "", "", Layer.UNTOLD)


def test_what_a_parameter_is_bound_to_may_be_another_resource_than_the_one_that_was_refused() -> None:
    book = Runbook.from_file(BOOKS["announce"], parameters={"TopicArn": "arn:aws:sns:eu-central-1:111122223333:other"})
    (failure,) = read(refusal("sns:SetTopicAttributes", "arn:aws:sns:eu-central-1:111122223333:news")).failures
    found = answer(failure, derive([book], role_known=True), [], Place())
    assert (steps(found), found.derived.value) == (["rename"], "narrower")
    assert "the value that TopicArn is bound to" in found.fix.message
    assert [one["Resource"] for one in found.fix.statements] == [["arn:aws:sns:eu-central-1:111122223333:news"]]


def test_a_user_whose_automation_passes_a_role_is_refused_in_the_step() -> None:
    user = "arn:aws:iam::111122223333:user/jane"
    text = refusal("iam:PassRole", "arn:aws:iam::111122223333:role/x", user).replace("the PassRole operation", "the RunInstances operation")
    (found,) = answers(text, "launch-instance")
    assert (steps(found), found.cause.id) == (["launch"], "roleLacks")


def test_a_step_that_was_derived_in_part_is_a_guess() -> None:
    gap = BOOKS["requeue"].read_text().replace("aws:branch", "aws:inventedLater") + "  - name: later\n    action: aws:inventedLater\n"
    book = Runbook.from_text(gap, name="requeue")
    (failure,) = read(refusal("glue:GetTable", "arn:aws:glue:eu-central-1:111122223333:catalog")).failures
    found = answer(failure, derive([book], role_known=True), [], Place())
    assert (steps(found), found.certain, found.derived.value, found.report) == (["later"], False, "lacks", "")
    assert [one.id for one in found.at[0].findings] == ["unknownAction"]


TWICE = """\
schemaVersion: "0.3"
mainSteps:
  - name: copy
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: main
      Script: |
        import boto3
        def main(events, context):
            s3 = boto3.client("s3")
            s3.put_object(Bucket="one", Key="a")
            s3.put_object(Bucket="two", Key="a")
  - {name: list, action: "aws:executeAwsApi", inputs: {Service: s3, Api: ListBuckets}}
  - {name: odd, action: "aws:inventedLater"}
"""


@pytest.mark.parametrize(("script_line", "line"), [(4, 12), (5, 13)])
def test_the_line_of_a_traceback_distinguishes_two_equal_calls(script_line: int, line: int) -> None:
    text = (
        f'Traceback (most recent call last): File "/tmp/s.py", line {script_line}, in main File "/var/lang/lib/python3.11/site-packages/botocore/client.py", '
        "line 5, in _api_call botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
    )
    (failure,) = read(text).failures
    found = answer(failure, derive([Runbook.from_text(TWICE, name="twice")], role_known=True), [], Place())
    assert [(one.line, one.script_line) for one in found.at] == [(line, script_line)]
    assert f"the traceback names line {script_line} of its script" in found.at[0].reasons


def test_what_the_strongest_evidence_excludes_is_not_a_candidate() -> None:
    (failure,) = read("An error occurred (AccessDenied) when calling the PutObject operation: Access Denied").failures
    found = candidates(failure, derive([Runbook.from_text(TWICE, name="twice")], role_known=True))
    assert [(one.step.name, one.line) for one in found] == [("copy", 12), ("copy", 13)]


def test_a_step_that_the_runbook_does_not_have_leaves_the_other_evidence() -> None:
    execution = copy.deepcopy(EXECUTION)
    execution["AutomationExecution"]["StepExecutions"][1]["StepName"] = "renamed"
    (found,) = answers(json.dumps(execution), "requeue")
    assert steps(found) == ["find"] or steps(found) == ["findDead", "find"]
    assert "the execution says" not in " ".join(found.at[0].reasons)


@pytest.mark.parametrize(
    "text",
    [
        f"AccessDenied: User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:111122223333:q",
        f"User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:111122223333:q (Access Denied)",
        f"api error AccessDenied: User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:111122223333:q",
    ],
)
def test_a_code_beside_a_sentence_is_the_same_failure(text: str) -> None:
    (failure,) = failures_in(text)[0]
    assert failure.action == "sqs:SendMessage"


def test_an_arn_over_three_lines() -> None:
    arn = "arn:aws:states:eu-central-1:111122223333:execution:nightly-orders:0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a11"
    text = (
        f"User: {SESSION} is not authorized to perform: states:StopExecution on resource: {arn} because no identity-based policy allows it"
    )
    for width in (45, 50, 64):
        broken = "\n".join(text[at : at + width] for at in range(0, len(text), width))
        (failure,) = failures_in(broken)[0]
        assert (failure.action, failure.resource, failure.principal) == ("states:StopExecution", arn, SESSION)


def test_a_line_of_a_log_after_an_arn_is_not_part_of_it() -> None:
    for after in ("INFO next", "2026-11-27T10:00:00Z done", "https://example.com", "retrying in 5 s"):
        (failure,) = failures_in(
            f"User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-central-1:111122223333:q\n{after}"
        )[0]
        assert failure.resource == "arn:aws:sqs:eu-central-1:111122223333:q"
