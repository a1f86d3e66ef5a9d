"""What pipelines read: SARIF, GitHub's workflow commands, Markdown for a pull request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from automation_role.check.alerts import RULES
from automation_role.explain.alerts import Alert, Level
from automation_role.explain.github import github
from automation_role.explain.sarif import sarif
from automation_role.findings import FINDINGS
from tests.check.conftest import LOOK as ALLOW_LOOK
from tests.check.conftest import STOP, STOP_LINE, policy
from tests.cli.conftest import GAP, LOOK, Run

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture
def lacking(folder: Path) -> list[str]:
    """Arguments of a check that finds a missing permission."""
    (folder / "stop.yaml").write_text(STOP)
    (folder / "policy.json").write_text(json.dumps(policy(ALLOW_LOOK)))
    return ["check", "stop.yaml", "--policy", "policy.json"]


def log(text: str) -> dict[str, Any]:
    """A SARIF log that its schema takes."""
    read: dict[str, Any] = json.loads(text)
    Draft4Validator(json.loads(SCHEMA.read_text())).validate(read)
    return read


def results(text: str) -> list[tuple[str, str, str, int | None]]:
    """Rule, level, file and line of each result."""
    found = []
    for result in log(text)["runs"][0]["results"]:
        (location,) = result["locations"]
        at = location["physicalLocation"]
        found.append((result["ruleId"], result["level"], at["artifactLocation"]["uri"], at.get("region", {}).get("startLine")))
    return found


def test_a_missing_permission_is_an_error_at_its_line(run: Run, lacking: list[str]) -> None:
    done = run(*lacking, "--format", "sarif")
    assert done.code == 1
    assert results(done.out) == [("missingPermission", "error", "stop.yaml", STOP_LINE)]


def test_every_rule_has_help_and_its_index(run: Run, lacking: list[str]) -> None:
    (one,) = log(run(*lacking, "--format", "sarif").out)["runs"]
    (result,) = one["results"]
    rule = one["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"]
    assert rule["help"]["text"] == RULES["missingPermission"]


def test_findings_are_results_of_policy_and_explain(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(GAP)
    for command in ("policy", "explain"):
        assert results(run(command, "gap.yaml", "--format", "sarif").out) == [("unknownAction", "warning", "gap.yaml", 8)]


def test_nothing_found_is_an_empty_log(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    assert log(run("policy", "look.yaml", "--format", "sarif").out)["runs"][0]["results"] == []
    assert run("policy", "look.yaml", "--format", "github").out == ""


def fingerprints(run: Run, command: list[str]) -> list[str]:
    return [
        result["partialFingerprints"]["automationRole/v1"] for result in log(run(*command, "--format", "sarif").out)["runs"][0]["results"]
    ]


def test_a_moved_line_is_the_same_alert_and_another_step_is_not(run: Run, folder: Path, lacking: list[str]) -> None:
    before = fingerprints(run, lacking)
    (folder / "stop.yaml").write_text("# a comment\n" + STOP)
    assert fingerprints(run, lacking) == before
    (folder / "stop.yaml").write_text(STOP.replace("name: stop", "name: halt"))
    assert not set(fingerprints(run, lacking)) & set(before)


def test_the_same_alert_twice_has_two_fingerprints() -> None:
    alert = Alert(rule="noArn", level=Level.NOTE, message="m", source="a.yaml", line=1, about=("a",))
    found = sarif([alert, alert], FINDINGS)["runs"][0]["results"]
    assert len({result["partialFingerprints"]["automationRole/v1"] for result in found}) == 2


def test_paths_are_uri_references() -> None:
    made = sarif([Alert(rule="noArn", level=Level.NOTE, message="m", source=path) for path in ("a b/c#.yaml", "/x y.yaml")], FINDINGS)
    Draft4Validator(json.loads(SCHEMA.read_text())).validate(made)
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in made["runs"][0]["results"]]
    assert uris == ["a%20b/c%23.yaml", "file:///x%20y.yaml"]


def test_workflow_commands_name_file_and_line(run: Run, lacking: list[str]) -> None:
    (line,) = run(*lacking, "--format", "github").out.splitlines()
    assert line.startswith(f"::error file=stop.yaml,line={STOP_LINE},title=missingPermission::step 'stop' needs ec2:StopInstances on ")


def test_a_text_cannot_start_a_workflow_command_of_its_own() -> None:
    alert = Alert(rule="noArn", level=Level.NOTE, message="50%\n::error::x", source="a,b:c.yaml", line=3)
    assert github([alert]) == "::notice file=a%2Cb%3Ac.yaml,line=3,title=noArn::50%25\\n::error::x\n"


def test_a_change_is_counted_and_listed_with_steps_and_lines(run: Run, folder: Path) -> None:
    (folder / "old.yaml").write_text(STOP)
    (folder / "new.yaml").write_text(STOP.replace("StopInstances", "TerminateInstances"))
    assert run("diff", "old.yaml", "new.yaml", "--format", "markdown").out.splitlines() == [
        "This change needs 1 more permission and no longer needs 1.",
        "",
        "**Needed in addition**",
        "",
        "| action | resources | steps |",
        "| --- | --- | --- |",
        f"| `ec2:TerminateInstances` | `arn:*:ec2:*:*:instance/*` | stop (line {STOP_LINE}) |",
        "",
        "**No longer needed**",
        "",
        "| action | resources | steps |",
        "| --- | --- | --- |",
        f"| `ec2:StopInstances` | `arn:*:ec2:*:*:instance/*` | stop (line {STOP_LINE}) |",
    ]


def test_no_change_is_one_sentence_and_a_new_finding_is_listed(run: Run, folder: Path) -> None:
    (folder / "old.yaml").write_text(LOOK)
    (folder / "new.yaml").write_text(GAP)
    assert run("diff", "old.yaml", "old.yaml", "--format", "markdown").out == "This change needs the same permissions.\n"
    out = run("diff", "old.yaml", "new.yaml", "--format", "markdown").out
    assert out.startswith("This change needs no more permissions and adds 1 finding.\n")
    assert "- `unknownAction`: later, line 8: " in out


def test_a_text_stays_in_its_cell() -> None:
    from automation_role.explain.markdown import _code, _text

    assert _code("a`b|c") == "``a`b\\|c``"
    assert _text("a|b<script>*") == "a\\|b\\<script\\>\\*"


def test_what_lint_reports_is_an_alert_of_its_rule(run: Run, folder: Path) -> None:
    script = "Runtime: python3.8, Handler: main, Script: 'def main(e, c): return {}'"
    (folder / "old.yaml").write_text(LOOK + f"  - name: old\n    action: aws:executeScript\n    inputs: {{{script}}}\n")
    assert ("runtimeEnded", "error", "old.yaml", 10) in results(run("explain", "old.yaml", "--format", "sarif").out)
