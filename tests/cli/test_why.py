"""`automation-role why`: the command around the answers, which tests/why has. Executions come from a server that answers as the test says."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import LOOK, TELL, TOPIC, Run, refused

ID, CHILD = "0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a11", "0fb16b2c-9d1e-4b6e-8d53-0d3e0f6d7a12"
SESSION = f"arn:aws:sts::111122223333:assumed-role/Automation/Automation-{ID}"
MESSAGE = (
    f"An error occurred (AuthorizationError) when calling the Publish operation: User: {SESSION} is not authorized to perform: SNS:Publish "
    f"on resource: {TOPIC} because no identity-based policy allows the SNS:Publish action"
)


@pytest.fixture(autouse=True)
def books(folder: Path) -> Path:
    (folder / "tell.yaml").write_text(TELL)
    (folder / "look.yaml").write_text(LOOK)
    (folder / "own.json").write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    )
    return folder


def test_it_reads_standard_input_or_a_file(run: Run, folder: Path) -> None:
    piped = run("why", "tell.yaml", stdin=MESSAGE.encode())
    assert (piped.code, piped.err) == (0, "")
    assert piped.out.splitlines()[0] == "tell.yaml:6: step 'tell': sns:Publish"
    (folder / "message.txt").write_text(MESSAGE)
    assert run("why", "tell.yaml", "--failure", "message.txt") == piped
    assert run("why", "tell.yaml", "--failure", "-", stdin=MESSAGE.encode()) == piped


def test_at_a_terminal_it_says_that_it_waits_for_the_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(io, "TextIOWrapper", Terminal)
    done = run("why", "tell.yaml", stdin=MESSAGE.encode())
    assert done.said == ["automation-role: note: paste the failure, then press Ctrl-D on a line of its own"]
    assert run("why", "tell.yaml", "--failure", "own.json").said[0].startswith("automation-role: error: own.json")


def test_bytes_that_are_not_utf_8_do_not_stop_it(run: Run) -> None:
    assert run("why", "tell.yaml", stdin=b"\xff\xfe " + MESSAGE.encode() + b"\xff").out.startswith("tell.yaml:6: step 'tell': sns:Publish")


def test_strict_fails_when_a_step_or_a_cause_is_not_certain(run: Run) -> None:
    vague = MESSAGE.partition(" because ")[0].encode()
    assert run("why", "tell.yaml", "--strict", stdin=MESSAGE.encode()).code == 0
    assert run("why", "tell.yaml", stdin=vague).code == 0
    assert run("why", "tell.yaml", "--strict", stdin=vague).code == 1


def test_the_role_is_taken_as_check_takes_it(run: Run) -> None:
    done = run("why", "tell.yaml", "look.yaml", "--policy", "own.json", "--format", "json", stdin=MESSAGE.encode())
    (failure,) = json.loads(done.out)["failures"]
    assert (failure["checked"], failure["cause"]["certain"]) == (True, True)
    refused(
        run("why", "tell.yaml", "--trust", "x.json", stdin=MESSAGE.encode()),
        "--trust without a role's file → also pass --template FILE, or --policy FILE for each of its policies",
    )
    refused(
        run("why", "tell.yaml", "--policy", "own.json", "--role", "X", stdin=MESSAGE.encode()), "--role with --policy → leave --role out"
    )


TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]
                },
                "Policies": [
                    {
                        "PolicyName": "Own",
                        "PolicyDocument": {
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "sns:Publish",
                                    "Resource": {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alarms"},
                                }
                            ]
                        },
                    }
                ],
            },
        }
    }
}


def test_the_place_of_a_template_is_the_failures(run: Run, folder: Path) -> None:
    (folder / "template.json").write_text(json.dumps(TEMPLATE))
    vague = MESSAGE.partition(" because ")[0]
    same = run("why", "tell.yaml", "--template", "template.json", stdin=vague.encode()).out
    assert "the role that you provided allows it" in same
    other = run(
        "why",
        "tell.yaml",
        "--template",
        "template.json",
        stdin=vague.replace("eu-central-1", "eu-west-1").replace("alarms", "news").encode(),
    ).out
    assert "cause     no policy of the role allows it: 'statement 1' of policy 'Role/Own' has the action, but on" in other


def test_the_role_beside_the_runbook_is_found(run: Run, folder: Path) -> None:
    step = {
        "name": "tell",
        "action": "aws:executeAwsApi",
        "inputs": {"Service": "sns", "Api": "Publish", "TopicArn": TOPIC, "Message": "m"},
    }
    also = {"name": "list", "action": "aws:executeAwsApi", "inputs": {"Service": "sqs", "Api": "ListQueues"}}
    content = {"schemaVersion": "0.3", "assumeRole": {"Fn::GetAtt": ["Role", "Arn"]}, "mainSteps": [step, also]}
    document = {"Type": "AWS::SSM::Document", "Properties": {"DocumentType": "Automation", "Name": "tell-them", "Content": content}}
    other = {**TEMPLATE["Resources"]["Role"]}
    (folder / "app.json").write_text(json.dumps({"Resources": {**TEMPLATE["Resources"], "Book": document, "Other": other}}))
    vague = MESSAGE.partition(" because ")[0].replace(":alarms", ":news")
    done = run("why", "app.json", "--format", "json", stdin=vague.replace("eu-central-1", "eu-west-1").encode())
    (failure,) = json.loads(done.out)["failures"]
    assert (failure["steps"][0]["runbook"], failure["steps"][0]["step"], failure["checked"]) == ("tell-them", "tell", True)
    assert (failure["cause"]["id"], failure["cause"]["certain"]) == ("roleLacks", True)
    assert [one["action"] for one in failure["later"]] == ["sqs:ListQueues"]


def test_the_policies_of_another_role_say_nothing(run: Run) -> None:
    arn = "arn:aws:iam::111122223333:role/Other"
    done = run("why", "tell.yaml", "--policy", "own.json", "--role-arn", arn, "--format", "json", stdin=MESSAGE.encode())
    if done.code == 2:  # `check` takes no --role-arn with --policy
        refused(done, "--role-arn with --policy → leave --role-arn out")
    done = run("why", "tell.yaml", "--role-arn", arn, "--format", "json", stdin=MESSAGE.encode())
    (failure,) = json.loads(done.out)["failures"]
    assert (failure["cause"]["id"], failure["checked"]) == ("otherRole", False)


def test_json_has_what_programs_need(run: Run) -> None:
    data = json.loads(run("why", "tell.yaml", "--format", "json", stdin=MESSAGE.encode()).out)
    assert list(data) == ["runbooks", "certain", "failures"]
    (failure,) = data["failures"]
    assert failure["steps"][0] | {"reasons": [], "findings": []} == {
        "runbook": "tell",
        "source": "tell.yaml",
        "step": "tell",
        "line": 6,
        "scriptLine": None,
        "calls": [{"service": "sns", "operation": "Publish"}],
        "findings": [],
        "reasons": [],
    }
    assert (failure["action"], failure["cause"]["id"], failure["derived"]) == ("sns:Publish", "roleLacks", "has")


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["tell.yaml"], "", "<stdin>: is empty → an error's text, the JSON of an automation execution, or a CloudTrail event"),
        (["tell.yaml", "--failure", "gone.txt"], "", "--failure gone.txt: cannot be read: no such file or directory"),
        (["-"], MESSAGE, "- is both the runbook and the failure → pass the failure with --failure FILE"),
        (["tell.yaml", "--execution", "x"], "", "--execution 'x' → an execution's id like 12345678-1234-1234-1234-1234567890ab"),
        (["tell.yaml", "--execution", ID, "--failure", "x"], "", "--failure and --execution: both are set → one of them"),
        (["tell.yaml", "--profile", "x"], MESSAGE, "--profile without --execution → --execution ID, or leave --profile out"),
    ],
)
def test_bad_usage_is_one_line(run: Run, arguments: list[str], stdin: str, message: str) -> None:
    refused(run("why", *arguments, stdin=stdin.encode()), message)


def test_a_broken_runbook_is_an_error(run: Run, folder: Path) -> None:
    (folder / "broken.yaml").write_text("mainSteps: 1\n")
    done = run("why", "broken.yaml", stdin=MESSAGE.encode())
    assert (done.code, done.out) == (2, "")


# -- executions of an account -------------------------------------------------------------------------------------------------------


def execution(id_: str, document: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "AutomationExecutionId": id_,
        "DocumentName": document,
        "AutomationExecutionStatus": "Failed",
        "StepExecutions": list(steps),
        **more,
    }


class Account:
    """What Systems Manager answers, and what it was asked."""

    def __init__(self) -> None:
        self.executions: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.error: str | None = None

    def reply(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append((operation, asked))
        if self.error is not None:
            return 400, {"__type": self.error, "Message": "No."}
        if operation == "GetAutomationExecution":
            found = self.executions.get(asked["AutomationExecutionId"])
            return (
                (200, {"AutomationExecution": found})
                if found
                else (400, {"__type": "AutomationExecutionNotFoundException", "Message": "No."})
            )
        (parent,) = asked["Filters"][0]["Values"]
        children = [
            {"AutomationExecutionId": id_} for id_, one in self.executions.items() if one.get("ParentAutomationExecutionId") == parent
        ]
        return 200, {"AutomationExecutionMetadataList": children}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    answering = Account()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = answering.reply(self.headers["X-Amz-Target"].partition(".")[2], asked)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield answering
    server.shutdown()
    server.server_close()


def test_an_execution_is_read_from_the_account_with_its_failed_children_and_nothing_is_changed(run: Run, account: Account) -> None:
    starting = {"StepName": "startChild", "Action": "aws:executeAutomation", "StepStatus": "Failed", "FailureMessage": "the child failed"}
    telling = {"StepName": "tell", "Action": "aws:executeAwsApi", "StepStatus": "Failed", "FailureMessage": MESSAGE}
    account.executions[ID] = execution(ID, "parent", starting)
    account.executions[CHILD] = execution(CHILD, "tell", telling, ParentAutomationExecutionId=ID, Parameters={"Topic": [TOPIC]})
    done = run("why", "tell.yaml", "look.yaml", "--execution", ID, "--region", "eu-central-1")
    assert (done.code, done.err) == (0, "")
    assert "the execution says that this step failed" in done.out
    assert f'"{TOPIC}"' in done.out
    assert {operation for operation, _ in account.asked} == {"GetAutomationExecution", "DescribeAutomationExecutions"}


def test_executions_that_were_not_read_are_reported(run: Run, account: Account) -> None:
    starting = {"StepName": "startChild", "Action": "aws:executeAutomation", "StepStatus": "Failed", "FailureMessage": MESSAGE}
    account.executions[ID] = execution(ID, "tell", starting)
    for number in range(20, 70):
        child = f"{CHILD[:-2]}{number:02}"
        account.executions[child] = execution(child, "tell", ParentAutomationExecutionId=ID)
    done = run("why", "tell.yaml", "--execution", ID, "--region", "eu-central-1")
    assert (done.code, done.said[0]) == (0, f"automation-role: note: --execution {ID}: only 50 of the executions that failed were read")


def test_an_execution_without_children_is_asked_for_once(run: Run, account: Account) -> None:
    account.executions[ID] = execution(ID, "tell", {"StepName": "tell", "StepStatus": "Failed", "FailureMessage": MESSAGE})
    assert run("why", "tell.yaml", "--execution", ID).code == 0
    assert account.asked == [("GetAutomationExecution", {"AutomationExecutionId": ID})]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "is not in this account and Region → --region, --profile; Systems Manager keeps executions for 30 days"),
        ("AccessDeniedException", "access denied: No → allow ssm:GetAutomationExecution and ssm:DescribeAutomationExecutions"),
        ("InternalServerError", "cannot be fetched: InternalServerError: No"),
    ],
)
def test_an_execution_that_cannot_be_had(run: Run, account: Account, error: str | None, said: str) -> None:
    account.error = error
    refused(run("why", "tell.yaml", "--execution", ID), f"--execution {ID}: {said}")


def test_refused_credentials(run: Run, account: Account) -> None:
    account.error = "ExpiredTokenException"
    refused(
        run("why", "tell.yaml", "--execution", ID), "AWS refused the credentials: No → credentials of the account that has the runbooks"
    )
