"""Nothing in prose is untrue: every fenced block of every page is executed (see fences.py for how).

The blocks of a page build on each other, so run a page's whole file. `UPDATE_DOCS=1` writes what was really printed into the page.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from automation_role.catalog.iam_actions import actions
from automation_role.derive.derivation import derive
from automation_role.findings import FINDINGS, kind
from automation_role.iam.managed import kept
from automation_role.runbook.model import Runbook
from automation_role.template.text import parse
from tests.docs.fences import Command, Fence, commands, fences, run, same
from tools.policy_sentences import as_list

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*.md"))]
FENCES = [fence for page in PAGES for fence in fences(page)]

# Commands that a page shows and that would not do here, and what runs them instead.
ELSEWHERE = {
    r"pip install .*automation-role.*": "tests/packaging installs the wheel",
    r"automation-role (fetch|drift) .*": "tests/cli asks an AWS of this process",
    r"make (setup|check|test|demo|format|catalog|aws-runbooks FOLDER=.*|bench|test-floor|mutants)": "this is inside `make test`; tests/e2e runs the demo",
    r"(make|cdk) deploy( .*)?": "tests/e2e deploys",
    r"git clone .*": "a checkout is what the tests run in",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Path, dict[str, Any]]]:
    """For each page: its folder, and the names that its Python blocks share."""
    made = {}
    for page in PAGES:
        folder = tmp_path_factory.mktemp(page.stem)
        shutil.copytree(ROOT / "runbooks", folder / "runbooks")
        shutil.copy(ROOT / "cdk.json", folder)
        made[page] = (folder, {"__name__": "__main__"})
    return made


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    first = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin")]
    node, _, rest = os.environ["PATH"].partition(os.pathsep)
    return os.environ | {
        "PATH": os.pathsep.join([node, *first, rest]),
        "COLUMNS": "120",
        "NO_COLOR": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture
def folder(fence: Fence, places: dict[Path, tuple[Path, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> Path:
    where = places[fence.page][0]
    monkeypatch.chdir(where)
    if fence.path is not None:
        (where / fence.path).parent.mkdir(parents=True, exist_ok=True)
        (where / fence.path).write_text(fence.text)
    return where


@pytest.mark.parametrize("fence", FENCES, ids=str)
def test_every_block_is_true(
    fence: Fence,
    folder: Path,
    places: dict[Path, tuple[Path, dict[str, Any]]],
    environment: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    match fence.language:
        case "python":
            # Empty lines before it, so that a traceback names the page's own line.
            exec(compile("\n" * (fence.line - 1) + fence.text, fence.page, "exec"), places[fence.page][1])
        case "console":
            for command in commands(fence.text):
                check(command, fence, folder, environment)
        case "yaml" | "json" if fence.path is not None:
            assert parse(fence.text) is not None
        case _ if fence.path is None:
            pytest.fail(f"{fence}: nothing checks this block of {fence.language or 'no language'}; see tests/docs/fences.py")


def check(command: Command, fence: Fence, folder: Path, environment: dict[str, str]) -> None:
    if any(re.fullmatch(pattern, command.line) for pattern in ELSEWHERE):
        assert command.printed in {"", "..."}, f"{fence}: `{command.line}` is not run here, so nothing may be said of its output"
        return
    printed = run(command, folder, environment)
    if same(command.printed, printed):
        return
    if os.environ.get("UPDATE_DOCS"):
        page = fence.page.read_text()
        fence.page.write_text(
            page.replace(
                f"$ {command.written}\n{command.printed}\n" if command.printed else f"$ {command.written}\n",
                f"$ {command.written}\n{printed}\n",
                1,
            )
        )
        return
    # Equal texts would have passed: the assertion is for its diff.
    assert command.printed.splitlines() == printed.splitlines(), f"{fence}: $ {command.line}"
    pytest.fail(f"{fence}: $ {command.line}\n{printed}")


def test_every_app_on_a_page_synthesizes(places: dict[Path, tuple[Path, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> None:
    from aws_cdk import App

    for folder, names in places.values():
        monkeypatch.chdir(folder)
        for value in names.values():
            if isinstance(value, App):
                value.synth()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs" / "adr").glob("*.md"))], ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings: lower case, without punctuation, a hyphen for each space."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, *sorted((ROOT / "docs" / "adr").glob("*.md"))], ids=lambda page: page.name)
def test_every_link_to_a_heading_leads_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    assert [f"{path}#{part}" for path, part in links if part not in anchors((page.parent / path) if path else page)] == []


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "adr").glob("*.md"))], ids=lambda page: page.name)
def test_every_file_that_a_page_about_the_code_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:[a-z]\w*/)+(?:\w+\.(?:py|toml|json|jsonl|md))?)`", page.read_text())
    starts = [
        ROOT,
        ROOT / "automation_role",
        ROOT / "tests",
        ROOT / "tests" / "corpus",
        *(ROOT / "automation_role" / "derive" / "scripts" / part for part in ("", "reader")),
    ]
    assert [path for path in named if not any((start / path).exists() for start in starts)] == []


def test_the_page_about_organizations_names_tests_that_exist() -> None:
    rows = [line.rpartition(";")[2] for line in (ROOT / "docs" / "organization.md").read_text().splitlines() if line.startswith("| ")]
    named = [name for row in rows for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", row)]
    tests = (ROOT / "tests" / "organization" / "test_live.py").read_text()
    assert len(named) > 5
    assert [name for name in named if not re.search(rf"def test_\w*{name}", tests)] == []


def test_the_readme_has_every_finding_by_its_id() -> None:
    head = "| id | kind | what it means |\n| --- | --- | --- |\n"
    rows = "".join(f"| `{name}` | {kind(name)} | {meaning} |\n" for name, meaning in FINDINGS.items())
    readme = (ROOT / "README.md").read_text()
    if os.environ.get("UPDATE_DOCS"):
        before, _, after = readme.partition(head)
        (ROOT / "README.md").write_text(before + head + rows + re.sub(r"\A(\|.*\n)*", "", after))
    assert head + rows + "\n" in (ROOT / "README.md").read_text()


def test_the_readme_counts_the_actions_of_the_guides_policy_and_of_the_derived_one() -> None:
    document = kept()["policies"]["service-role/AmazonSSMAutomationRole"]["document"]
    entries = [entry for statement in document["Statement"] for entry in as_list(statement["Action"])]
    allowed = {action for entry in entries for action in actions(entry.partition(":")[0]) if fnmatchcase(action.lower(), entry.lower())}
    derived = {permission.action for permission in derive([Runbook.from_file(ROOT / "runbooks/restart-instance.yaml")]).permissions}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (invoking,) = [statement for statement in document["Statement"] if "lambda:InvokeFunction" in as_list(statement["Action"])]
    assert invoking["Resource"] == ["arn:aws:lambda:*:*:function:Automation*"]
    assert "can invoke only Lambda functions whose names begin with `Automation`" in readme
    assert f"| {len(allowed)}, of which {len(allowed - derived)} are never used |" in readme
    assert f"| derived | {len(derived)} |" in readme


def test_the_readme_has_every_warning_by_its_id() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "automation_role").rglob("*.py"))
    warnings = set(re.findall(r"""["']automation-role:(\w+)["']""", sources))
    readme = (ROOT / "README.md").read_text()
    assert {name for name in warnings if f"| `{name}` |" not in readme} == set()


@pytest.mark.parametrize(
    ("told", "printed", "holds"),
    [
        ("a\nb", "a\nb", True),
        ("a", "a\nb", False),
        ("a\n...", "a\nb\nc", True),
        ("...\nc", "a\nb\nc", True),
        ("a\n...\nd", "a\nb\nc", False),
        ("", "", True),
        ("", "a", False),
        ("a.c", "abc", False),
    ],
)
def test_a_page_shows_what_was_printed(told: str, printed: str, holds: bool) -> None:
    assert same(told, printed) is holds


def test_a_command_may_go_on_over_lines() -> None:
    found = commands("$ one --a \\\n    --b\nprinted\n$ two\n")
    assert [(each.line, each.printed) for each in found] == [("one --a --b", "printed"), ("two", "")]
