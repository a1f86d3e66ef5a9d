"""`automation-role explain`: step and line of every call, permission and gap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from automation_role.explain.needs import Breadth, breadth
from automation_role.values.patterns import Pattern
from automation_role.values.place import Place
from tests.cli.conftest import GAP, LOOK, TELL, TOPIC, Run, refused

ROOT = Path(__file__).resolve().parents[2]
LOOP = """\
schemaVersion: "0.3"
mainSteps:
  - name: again
    action: aws:loop
    inputs:
      MaxIterations: 3
      LoopCondition: {}
      Steps:
        - name: look
          action: aws:executeAwsApi
          inputs: {Service: ec2, Api: DescribeInstances}
  - name: script
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: run
      Script: |
        import boto3
        ec2 = boto3.client("ec2")
        def run(events, context):
            ec2.describe_instances()
            ec2.describe_images()
            ec2.describe_instances()
  - name: wait
    action: aws:sleep
    inputs: {Duration: PT1S}
"""


def test_json_is_what_the_design_says(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(GAP)
    done = run("explain", "gap.yaml", "--format", "json")
    assert json.loads(done.out) == {
        "runbooks": [
            {
                "name": "gap",
                "source": "gap.yaml",
                "steps": [
                    {
                        "name": "look",
                        "action": "aws:executeAwsApi",
                        "line": 3,
                        "calls": [{"service": "ec2", "operation": "DescribeInstances"}],
                        "permissions": [{"action": "ec2:DescribeInstances", "resources": ["*"], "conditions": {}}],
                    },
                    {"name": "later", "action": "aws:inventedLater", "line": 8, "calls": [], "permissions": []},
                ],
            }
        ],
        "findings": [
            {
                "id": "unknownAction",
                "runbook": "gap",
                "step": "later",
                "line": 8,
                "message": "unknown action 'aws:inventedLater'; its permissions were not derived; add them by hand (in CDK: extra_statements)",
            }
        ],
        "lint": [],
    }
    assert list(json.loads(done.out)) == ["runbooks", "findings", "lint"]
    assert done.out.endswith("}\n")
    assert done.said[0].startswith("automation-role: warning: gap.yaml:8: step 'later': ")


def test_conditions_are_iams_json(run: Run) -> None:
    passes = """\
schemaVersion: "0.3"
mainSteps:
  - name: start
    action: aws:runInstances
    inputs: {ImageId: ami-0123456789abcdef0, IamInstanceProfileName: web}
"""
    steps = json.loads(run("explain", "-", "--format", "json", stdin=passes.encode()).out)["runbooks"][0]["steps"]
    assert {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}} in [
        permission["conditions"] for permission in steps[0]["permissions"] if permission["action"] == "iam:PassRole"
    ]


def test_steps_inside_a_loop_are_steps_like_all_others(run: Run) -> None:
    steps = json.loads(run("explain", "-", "--format", "json", stdin=LOOP.encode()).out)["runbooks"][0]["steps"]
    assert [(step["name"], step["line"], len(step["permissions"])) for step in steps] == [
        ("again", 3, 0),
        ("look", 9, 1),
        ("script", 12, 2),
        ("wait", 24, 0),
    ]


def test_the_tree(run: Run) -> None:
    done = run("explain", "-", stdin=(LOOP + "  - name: later\n    action: aws:inventedLater\n").encode())
    assert (
        done.out
        == """\
stdin  <stdin>
├── again  aws:loop, line 3
│   └── look  aws:executeAwsApi, line 9
│       ├── calls ec2.DescribeInstances
│       └── ec2:DescribeInstances  *
├── script  aws:executeScript, line 12
│   ├── calls ec2.DescribeInstances (line 21, 23), ec2.DescribeImages (line 22)
│   ├── ec2:DescribeImages  *
│   └── ec2:DescribeInstances  *
├── wait  aws:sleep, line 24
│   └── needs nothing
└── later  aws:inventedLater, line 27
    └── line 27: unknown action 'aws:inventedLater'; its permissions were not derived; add them by hand (in CDK: extra_statements) [unknownAction]
"""
    )
    assert done.err == (
        "automation-role: note: 1 runbook, 5 steps: 2 actions, 2 on * (IAM offers nothing narrower); "
        "1 gap: the policy may lack permissions\n"
    )


def test_a_tree_shows_resources_and_findings_of_the_whole_runbook(run: Run) -> None:
    many = TELL.replace("type: String", f"type: String\n    allowedValues: [{TOPIC}, {TOPIC}2]") + "#" * 64 * 1024
    out = run("explain", "-", stdin=many.encode()).out.splitlines()
    assert out[1].startswith("├── line 1: the document has ")
    assert out[1].endswith(" [documentTooLarge]")
    assert [line.lstrip("│├└─ ") for line in out if "sns:Publish" in line or TOPIC in line] == ["sns:Publish", TOPIC, f"{TOPIC}2"]


def test_a_finding_without_effect_on_the_policy_is_neither_a_gap_nor_information(run: Run) -> None:
    done = run("explain", "-", "--strict", stdin=(LOOK + "#" * 64 * 1024).encode())
    assert done.code == 1
    assert done.said[-1].endswith("; other: 1 finding; no gaps")


@pytest.mark.parametrize("form", ["tree", "json"])
def test_the_answer_goes_to_a_file(run: Run, folder: Path, form: str) -> None:
    plain = run("explain", "-", "--format", form, stdin=GAP.encode())
    written = run("explain", "-", "--format", form, "-o", "told.txt", stdin=GAP.encode())
    assert (written.code, written.out) == (0, "")
    assert (folder / "told.txt").read_text() == plain.out
    assert "[unknownAction]" in written.err
    assert run("explain", "-", "--format", form, "-o", "-", stdin=GAP.encode()).out == plain.out
    assert [path.name for path in folder.iterdir()] == ["told.txt"]


def test_a_file_is_written_whole_or_not_at_all(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "told.txt").write_text("before")
    (folder / "told.txt").chmod(0o640)
    (folder / "link.txt").symlink_to("told.txt")
    assert run("explain", "-", "-o", "link.txt", stdin=LOOK.encode()).code == 0
    assert (folder / "link.txt").is_symlink()
    assert (folder / "told.txt").read_text().startswith("stdin")
    assert (folder / "told.txt").stat().st_mode & 0o777 == 0o640
    before = (folder / "told.txt").read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    refused(
        run("explain", "-", "-o", "told.txt", "--format", "json", stdin=LOOK.encode()),
        "told.txt: cannot be written: no space left on device",
    )
    assert (folder / "told.txt").read_text() == before
    assert sorted(path.name for path in folder.iterdir()) == ["link.txt", "told.txt"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere/told.txt", "nowhere/told.txt: cannot be written: no such file or directory"),
        (".", ".: cannot be written: is a directory"),
        pytest.param(
            "/dev/full",
            "/dev/full: cannot be written: no space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here"),
        ),
        ("", "--output '' → a file, or -"),
        ("look.yaml/x", "look.yaml/x: cannot be written: not a directory"),
    ],
)
def test_a_file_that_cannot_be_written_is_reported(run: Run, folder: Path, path: str, message: str) -> None:
    (folder / "look.yaml").write_text(LOOK)
    refused(run("explain", "look.yaml", "-o", path), message)


def test_a_pipe_is_written_to_and_not_replaced(folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    code = "import sys; from automation_role.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "explain", "look.yaml", "-o", "/dev/stdout"]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.startswith("look  look.yaml\n")


def test_html_is_the_page_of_the_same_explanation(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(GAP)
    done = run("explain", "gap.yaml", "--format", "html")
    assert done.code == 0
    assert done.out.lower().startswith("<!doctype html>")
    assert "ec2:DescribeInstances" in done.out
    assert "[unknownAction]" in done.err
    assert run("explain", "gap.yaml", "--format", "html", "-o", "page.html").out == ""
    assert (folder / "page.html").read_text() == done.out


@pytest.mark.parametrize(
    ("template", "context", "expected"),
    [
        ("*", Place(), Breadth.ALL),
        ("arn:{P}:ec2:{R}:{A}:instance/*", Place(), Breadth.TYPE),
        ("arn:{P}:ec2:{R}:{A}:instance/i-1", Place(), Breadth.NAMED),
        ("{ROLE}", Place(), Breadth.TYPE),
        ("{ROLE}", Place(role_arn="arn:aws:iam::111122223333:role/Me"), Breadth.NAMED),
    ],
)
def test_how_much_a_resource_covers(template: str, context: Place, expected: Breadth) -> None:
    assert breadth(Pattern.of(template), context) is expected
