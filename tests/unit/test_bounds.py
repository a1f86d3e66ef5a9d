"""No input under 64 KB takes over 2 s of CPU or 300 MB: documents, templates and policies (scripts have a test of their own)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("resource")  # limits of a process: not on Windows

KILOBYTES_64: Final = 65_536
SECONDS: Final = 2
MEGABYTES: Final = 300


def runbook(*steps: dict[str, Any], **parameters: Any) -> str:
    return json.dumps({"schemaVersion": "0.3", "parameters": parameters, "mainSteps": list(steps)})


def call(service: str, api: str, name: str = "call", **inputs: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": service, "Api": api, **inputs}}


def of_values(count: int, parameters: int) -> str:
    """A text of several parameters, each with many allowed values: the product of all of them."""
    names = [f"P{i}" for i in range(parameters)]
    key = "".join(f"{{{{ {name} }}}}" for name in names)
    allowed = {name: {"type": "String", "allowedValues": [f"v{i}" for i in range(count)]} for name in names}
    return runbook(call("s3", "GetObject", Bucket="b", Key=key), **allowed)


def template(resources: dict[str, Any], **sections: Any) -> str:
    return json.dumps({"Resources": resources, **sections})


def stack(body: str) -> str:
    return runbook({"name": "make", "action": "aws:createStack", "inputs": {"StackName": "s", "TemplateBody": body}})


def nested(inner: Any, wrap: Callable[[Any], Any], depth: int) -> Any:
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def aliases(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "schemaVersion: '0.3'\n" + "\n".join(lines)


BRANCHES = [
    {
        "name": f"s{i}",
        "action": "aws:branch",
        "inputs": {
            "Choices": [{"NextStep": f"s{(i * 7 + j) % 120}", "Variable": "{{ global:REGION }}", "StringEquals": "x"} for j in range(4)]
        },
    }
    for i in range(120)
]
LOOP = nested(
    call("ec2", "DescribeInstances", "inner"),
    lambda step: {"name": "l" + step["name"], "action": "aws:loop", "inputs": {"Iterators": ["a"], "Steps": [step]}},
    40,
)
ROLE: Final[dict[str, Any]] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
MULTIPLYING: Final[dict[str, Any]] = {f"C{i}": {"Fn::And": [{"Condition": f"C{i - 1}"}] * 2} for i in range(1, 41)} | {
    "C0": {"Fn::Equals": ["a", "a"]}
}

DOCUMENTS: Final[dict[str, str]] = {
    "aliases that multiply": aliases(9),
    "an alias of itself": "schemaVersion: '0.3'\nmainSteps: &a\n- name: x\n  inputs: *a\n",
    "thirty thousand lists in each other": "[" * 30_000,
    "thirty thousand mappings in each other": '{"a":' * 12_000,
    "lists of YAML in each other": "- " * 30_000 + "a",
    "keys that are questions": "? " * 30_000,
    "eight thousand keys of one name": '{"schemaVersion":"0.3",' + ",".join(['"a":1'] * 8_000) + "}",
    "a number of sixty thousand digits": '{"schemaVersion":"0.3","mainSteps":[' + "1" * 60_000 + "]}",
    "braces that are never closed": runbook(call("s3", "GetObject", Bucket="{{ " * 20_000, Key="k")),
    "one reference with much space": runbook(call("s3", "GetObject", Bucket="{{" + " " * 60_000, Key="k")),
    "twelve thousand references in one text": runbook(call("s3", "GetObject", Bucket="b", Key="{{x.y}}" * 8_000)),
    "colons": runbook(call("lambda", "Invoke", FunctionName="arn:" + ":" * 60_000)),
    "slashes": runbook(call("s3", "GetObject", Bucket="/" * 30_000, Key="/" * 30_000)),
    "URLs in URLs": runbook(
        {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "s", "TemplateURL": "https://s3." * 5_000}}
    ),
    "queues in queues": runbook(call("sqs", "SendMessage", QueueUrl="https://" * 7_000, MessageBody="x")),
    "three parameters of a thousand values": of_values(400, 3),
    "twenty parameters of fifty values": of_values(50, 20),
    "a list of four thousand instances": runbook(call("ec2", "StartInstances", InstanceIds=[f"i-{i:017x}" for i in range(2_500)])),
    "objects that begin alike": runbook(
        call("s3", "DeleteObjects", Bucket="b", Delete={"Objects": [{"Key": f"{{{{x.y}}}}{i}"} for i in range(2_000)]})
    ),
    "jumps everywhere": runbook(*BRANCHES),
    "loops in loops": runbook(LOOP),
    "five hundred steps": runbook(*(call("s3", "GetObject", f"s{i}", Bucket=f"b{i}", Key="k") for i in range(480))),
    "a pattern that goes back": runbook(
        call("s3", "ListBuckets"), P={"type": "String", "allowedPattern": "^(a+)+$", "default": "a" * 40 + "!"}
    ),
    "a pattern of groups": runbook(call("s3", "ListBuckets"), P={"type": "String", "allowedPattern": "(" * 30_000, "default": "a"}),
    "a pattern of alternatives": runbook(call("s3", "ListBuckets"), P={"type": "String", "allowedPattern": "|" * 60_000}),
    "a stack of many roles": stack(template({f"R{i}": ROLE for i in range(400)})),
    "a stack with functions in functions": stack(
        template({"R": {**ROLE, "Properties": {"RoleName": nested("x", lambda v: {"Fn::Join": ["", [v, v]]}, 9)}}})
    ),
    "a stack's template of brackets": stack("[" * 60_000),
    "a stack with tall functions": stack(
        template({"R": {**ROLE, "Properties": {"RoleName": nested("x", lambda v: {"Fn::Sub": ["${a}", {"a": v}]}, 250)}}})
    ),
    "a reference to a mapping": stack(template({"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": {}}}}})),
    "a stack with texts that double": stack(
        template({"R": {**ROLE, "Properties": {"RoleName": nested("x", lambda v: {"Fn::Sub": ["${a}${a}", {"a": v}]}, 40)}}})
    ),
    "a stack with conditions that multiply": stack(template({"R": {**ROLE, "Condition": "C40"}}, Conditions=MULTIPLYING)),
    "a role that is a resource without content": stack(
        template({"R": None, "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Ref": "R"}}}})
    ),
    "a resource of Cloud Control of brackets": runbook(
        call("cloudcontrol", "CreateResource", TypeName="AWS::S3::Bucket", DesiredState="[" * 30_000)
    ),
    "a letter of private use in a URL": runbook(
        {"name": "make", "action": "aws:createStack", "inputs": {"StackName": "s", "TemplateURL": "https://s3.amazonaws.com/b/\U000f0000"}}
    ),
    "variables that double": json.dumps(
        {
            **json.loads(runbook(call("s3", "GetObject", Bucket="b", Key="{{ variable:v40 }}"))),
            "variables": {f"v{i}": {"type": "String", "default": f"{{{{ variable:v{i - 1} }}}}" * 2} for i in range(1, 41)}
            | {"v0": {"type": "String", "default": "key"}},
        }
    ),
    "a stack with texts to fill": stack(template({"R": {**ROLE, "Properties": {"RoleName": {"Fn::Sub": "${" * 20_000}}}})),
}

ROLE_WITH: Final[dict[str, Any]] = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]
        }
    },
}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", **each} for each in statements]}
    )


ASKED: Final = runbook(
    call("s3", "GetObject", Bucket="a" * 60, Key="a" * 500),
    call("s3", "GetObject", "b", Bucket="b", Key="a{{ x.y }}" * 60),
    call("s3", "PutObject", "p", Bucket="b", Key="ab{{ x.y }}" * 2_000),
    call("ec2", "DescribeInstances", "c"),
)
# What is asked -> the policy or the template of the role.
CHECKS: Final[dict[str, tuple[str, str]]] = {
    "stars in a resource": ("--policy", policy({"Resource": "arn:aws:s3:::" + "*a" * 20_000 + "b"})),
    "stars in many resources": ("--policy", policy({"Resource": ["arn:aws:s3:::" + "*a" * 40 + str(i) for i in range(300)]})),
    "stars in an action": ("--policy", policy({"Resource": "*", "Action": "s3:" + "*e" * 20_000 + "x"})),
    "question marks": ("--policy", policy({"Resource": "arn:aws:s3:::" + "?*" * 20_000})),
    "a thousand statements": ("--policy", policy(*({"Action": f"s3:Get{i}*", "Resource": "*"} for i in range(800)))),
    "conditions": ("--policy", policy({"Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*a" * 20_000 + "b"}}})),
    "variables": ("--policy", policy({"Resource": "arn:aws:s3:::" + "${aws:username}" * 3_000})),
    "question marks and letters": ("--policy", policy({"Resource": ["arn:aws:s3:::b/" + "?a*?b" * 100 + str(i) for i in range(80)]})),
    "not a resource": ("--policy", policy({"NotResource": ["arn:aws:s3:::" + "*a" * 40 + str(i) for i in range(300)]})),
    "a template of functions": (
        "--template",
        template(
            {
                "R": ROLE_WITH,
                "P": {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {
                        "Roles": [{"Ref": "R"}],
                        "PolicyName": "p",
                        "PolicyDocument": nested("x", lambda v: {"Fn::Join": ["", [v, v]]}, 9),
                    },
                },
            }
        ),
    ),
    "a template of conditions": (
        "--template",
        template(
            {"R": ROLE_WITH},
            Conditions={f"C{i}": {"Fn::And": [{"Condition": f"C{i + 1}"}, {"Condition": f"C{i + 1}"}]} for i in range(500)},
        ),
    ),
    "a template of conditions that go round": (
        "--template",
        template(
            {"R": {**ROLE_WITH, "Condition": "A"}},
            Conditions={"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::Or": [{"Condition": "A"}, {"Condition": "A"}]}},
        ),
    ),
    "a template of conditions that multiply": (
        "--template",
        template(
            {"R": {**ROLE_WITH, "Condition": "C0"}},
            Conditions={f"C{i}": {"Fn::And": [{"Condition": f"C{i + 1}"}, {"Condition": f"C{i + 1}"}]} for i in range(60)}
            | {"C60": {"Fn::Equals": ["a", {"Ref": "AWS::NoValue"}]}},
        ),
    ),
    "a template of conditions that hold": ("--template", template({"R": {**ROLE_WITH, "Condition": "C40"}}, Conditions=MULTIPLYING)),
    "a condition that is a mapping": ("--template", template({"R": {**ROLE_WITH, "Condition": {}}})),
    "a condition that is a number": ("--template", template({"R": {**ROLE_WITH, "Condition": 5}}, Conditions=MULTIPLYING)),
    "a template of names that double": (
        "--template",
        template(
            {"R": ROLE_WITH, "R0": {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "r"}}}
            | {f"R{i}": {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": {"Fn::Sub": f"${{R{i - 1}}}" * 2}}} for i in range(1, 41)}
        ),
    ),
    "a template of long texts between many": (
        "--template",
        template(
            {"R": {**ROLE_WITH, "Properties": {**ROLE_WITH["Properties"], "Description": {"Fn::Join": ["x" * 30_000, ["a"] * 6_000]}}}}
        ),
    ),
    "a number of a thousand digits": ("--policy", '{"Version": "2012-10-17", "Statement": [{"Effect": ' + "1" * 6_000 + "}]}"),
    "a service of a thousand letters": ("--policy", policy({"Action": "s" * 1_000 + ":Get\0Object"})),
    "a template of many policies": (
        "--template",
        template(
            {
                "R": ROLE_WITH,
                **{
                    f"P{i}": {
                        "Type": "AWS::IAM::Policy",
                        "Properties": {"Roles": [{"Ref": "R"}], "PolicyName": f"p{i}", "PolicyDocument": {"Statement": []}},
                    }
                    for i in range(300)
                },
            }
        ),
    ),
}

CHILD: Final = """
import contextlib, io, json, pathlib, re, resource, sys, time
from automation_role.cli import main
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
def megabytes():  # not getrusage, which counts what the parent had before this process was its own
    status = pathlib.Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 // 1024
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) // 1024


took = {}
for name, arguments in json.load(sys.stdin).items():
    print(name, flush=True)
    before = time.process_time()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(arguments)
    took[name] = (time.process_time() - before, megabytes(), code, said.getvalue()[-300:])
print(json.dumps(took))
"""


def run(cases: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Seconds, megabytes at most so far, exit code and the end of what was said, of each case; all in one process."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(cases), capture_output=True, text=True, check=False, env=os.environ
    )
    *begun, last = done.stdout.splitlines() or [""]
    assert done.returncode == 0, f"{last or begun[-1:]}: {done.stderr[-2_000:]}"
    read: dict[str, list[Any]] = json.loads(last)
    return read


def test_no_input_takes_long_or_much(tmp_path: Path) -> None:
    cases: dict[str, list[str]] = {}
    for number, (name, text) in enumerate(DOCUMENTS.items()):
        assert len(text) <= KILOBYTES_64, (name, len(text))
        path = tmp_path / f"r{number}.json"
        path.write_text(text, encoding="utf-8")
        cases[name] = ["policy", str(path)]
    (tmp_path / "asked.json").write_text(ASKED, encoding="utf-8")
    for number, (name, (option, text)) in enumerate(CHECKS.items()):
        assert len(text) <= KILOBYTES_64, (name, len(text))
        path = tmp_path / f"c{number}.json"
        path.write_text(text, encoding="utf-8")
        cases[name] = ["check", str(tmp_path / "asked.json"), option, str(path)]
    results = run(cases)
    assert {name: seconds for name, (seconds, *_) in results.items() if seconds > SECONDS} == {}
    assert {name: (code, said) for name, (_, _, code, said) in results.items() if code not in (0, 1, 2) or "Traceback" in said} == {}
    assert max(megabytes for _, megabytes, *_ in results.values()) < MEGABYTES
