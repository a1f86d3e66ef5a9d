"""RUNBOOK…: files, directories, standard input; everything that is wrong with them at once, a line each."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation_role.cli import console, main, reading
from tests.cli.conftest import GAP, LOOK, TELL, TOPIC, Done, Run, refused

IN_JSON = json.dumps({"schemaVersion": "0.3", "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]})
NO_RUNBOOK = "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n"


def names(done: Done) -> list[str]:
    """The runbooks that `explain --format json` has."""
    assert done.code == 0, done.err
    return [runbook["name"] for runbook in json.loads(done.out)["runbooks"]]


@pytest.fixture
def tree(folder: Path) -> Path:
    """Directories with runbooks and with much else."""
    for path, text in {
        "one/b.yaml": LOOK,
        "one/a.yml": LOOK,
        "one/deep/c.JSON": IN_JSON,
        "one/template.yaml": NO_RUNBOOK,
        "one/package.json": '{"name": "x"}',
        "one/notes.md": "mainSteps",
        "one/.hidden.yaml": LOOK,
        "one/.git/x.yaml": LOOK,
        "one/node_modules/x.yaml": LOOK,
        "one/cdk.out/x.yaml": LOOK,
        "two/d.yaml": LOOK,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.mark.usefixtures("tree")
def test_a_directory_is_all_its_runbooks_and_says_what_it_passed_by(run: Run) -> None:
    done = run("explain", "one", "--format", "json")
    assert names(done) == ["a", "b", "c"]
    assert done.said[0] == "automation-role: note: skipped, with no runbook in it: one/package.json, one/template.yaml"


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["two", "one"], ["d", "a", "b", "c"]),
        (["one/b.yaml", "two/d.yaml"], ["b", "d"]),
        (["two/d.yaml", "one/b.yaml"], ["d", "b"]),
        (["one/b.yaml", "one/b.yaml", "./one/../one/b.yaml"], ["b"]),
        (["one", "one/", "./one"], ["a", "b", "c"]),
        (["two", "two/d.yaml"], ["d"]),
        (["two/d.yaml", "two", "one/deep"], ["d", "c"]),
        (["-", "one/b.yaml"], ["stdin", "b"]),
        (["one/b.yaml", "-", "-"], ["b", "stdin"]),
    ],
)
def test_files_are_read_once_in_the_order_given(run: Run, paths: list[str], expected: list[str]) -> None:
    assert names(run("explain", "--format", "json", *paths, stdin=LOOK.encode())) == expected


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("content", [NO_RUNBOOK, "Resources: {Bucket: {Type: 'AWS::S3::Bucket'}}\n"])
def test_a_named_file_must_be_a_runbook_though_a_directory_would_pass_it_by(run: Run, folder: Path, content: str) -> None:
    (folder / "one/template.yaml").write_text(content)
    done = run("policy", "one", "one/template.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.said[0] == "automation-role: note: skipped, with no runbook in it: one/package.json"
    assert {line.split(": ")[1:3] == ["error", "one/template.yaml"] for line in done.said[1:]} == {True}


def test_a_runbook_in_any_file_and_a_link_is_what_it_leads_to(run: Run, folder: Path) -> None:
    (folder / "runbook.txt").write_text(LOOK)
    (folder / "link.yaml").symlink_to("runbook.txt")
    assert names(run("explain", "--format", "json", "runbook.txt")) == ["runbook"]
    assert names(run("explain", "--format", "json", ".")) == ["link"]
    assert names(run("explain", "--format", "json", "link.yaml", "runbook.txt")) == ["link"]


def test_a_pipe_is_read_when_named_and_never_waited_for_in_a_directory(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "look.yaml").write_text(LOOK)
    assert names(run("explain", "--format", "json", ".")) == ["look"]


def test_the_same_name_in_two_directories_becomes_the_path(run: Run, folder: Path) -> None:
    for path in ("x/same.yaml", "y/same.yaml", "y/same.json", "y/other.yaml"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(LOOK if path.endswith("yaml") else IN_JSON)
    assert names(run("explain", "--format", "json", "x", "y")) == ["x/same", "other", "y/same.json", "y/same.yaml"]


def test_two_files_of_one_name_are_refused_when_both_are_passed(run: Run, folder: Path) -> None:
    (folder / "same.yml").write_text(LOOK)
    (folder / "same.yaml").write_text(GAP)
    done = run("policy", "same.yml", "same.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.said == [
        "automation-role: error: same.yaml: has the name of another runbook, 'same' (same.yml) → a different file name for each; rename one"
    ]
    assert names(run("explain", "--format", "json", ".")) == ["same.yaml", "same.yml"]  # in a directory, each is called by its path
    assert run("policy", "same.yml", "same.yml").code == 0


def test_findings_of_renamed_runbooks_are_theirs(run: Run, folder: Path) -> None:
    for path in ("x/same.yaml", "y/same.yaml"):
        (folder / path).parent.mkdir()
        (folder / path).write_text(GAP)
    done = run("explain", "--format", "json", "x", "y")
    assert [finding["runbook"] for finding in json.loads(done.out)["findings"]] == ["x/same", "y/same"]
    assert [line.split(": ")[2] for line in done.said[:2]] == ["x/same.yaml:8", "y/same.yaml:8"]


# -- what is wrong -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty → a runbook in YAML or JSON"),
        (b" \n\n", "is empty → a runbook in YAML or JSON"),
        (b"# nothing\n", "has nothing but comments → a runbook in YAML or JSON"),
        (b"\xff\xfe\x00", "is not UTF-8 text → a runbook in YAML or JSON"),
        (b"a: [", "is not valid YAML: "),
        (b'{"a": NaN}', "is not valid JSON: NaN is not a JSON value → correct it"),
        (b"[" * 5000, "is nested deeper than 100 levels → at most that many"),
        (b"a: &a [*a]", ""),
        (b"just text", ""),
        (b"- 1\n- 2", ""),
        (NO_RUNBOOK.encode(), ""),
        (b"schemaVersion: '2.2'\nmainSteps: []\n", ""),
        (LOOK.replace("0.3", "0.4").encode(), ""),
        (LOOK.replace("look", "lo\x00ok").encode(), ""),
        (b"x" * 5_000_000, "is over 4 MB → a runbook is at most 64 KB"),
    ],
    ids=lambda content: repr(content[:20]) if isinstance(content, bytes) else None,
)
def test_what_is_not_a_runbook_is_reported_by_file_and_line(run: Run, folder: Path, content: bytes, message: str) -> None:
    (folder / "bad.yaml").write_bytes(content)
    for command, stdin, source in (
        (["policy", "bad.yaml"], b"", "bad.yaml"),
        (["explain", "-"], content, "<stdin>"),
        (["diff", "bad.yaml", "bad.yaml"], b"", "bad.yaml"),
    ):
        done = run(*command, stdin=stdin)
        assert (done.code, done.out) == (2, "")
        assert len(done.said) == len(set(done.said)) >= 1
        for line in done.said:
            assert line.startswith(f"automation-role: error: {source}:")
            assert "→" in line
        assert message in done.err


def test_everything_wrong_with_every_file_is_reported_at_once(run: Run, folder: Path) -> None:
    (folder / "one.yaml").write_text(LOOK.replace("inputs:", "input:").replace("name: look", "name: look\n    onFailure: step:nowhere"))
    (folder / "two.yaml").write_text("")
    done = run("policy", "one.yaml", "two.yaml", "three.yaml")
    assert done.code == 2
    assert [line.split(": ")[2].partition(":")[0] for line in done.said] == ["one.yaml", "one.yaml", "two.yaml", "three.yaml"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.yaml", "nowhere.yaml: cannot be read: no such file or directory"),
        ("look.yaml/x", "look.yaml/x: cannot be read: not a directory"),
        ("x" * 300, f"{'x' * 300}: cannot be read: file name too long"),
        ("loop.yaml", "loop.yaml: cannot be read: too many levels of symbolic links"),
        ("empty", "empty: contains no runbook → .yaml, .yml, .json, .template files; name a runbook"),
        ("a\x1bb", "a\\x1bb: cannot be read: no such file or directory"),
        ("\udcff", "\\udcff: cannot be read: no such file or directory"),
        ("", "'': is not a path → a file, a directory, or -"),
    ],
)
def test_what_cannot_be_read_is_reported(run: Run, folder: Path, path: str, message: str) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "empty").mkdir()
    (folder / "empty" / "notes.md").touch()
    refused(run("policy", "look.yaml", path), message)


def test_a_broken_runbook_in_a_directory_is_an_error_and_not_passed_by(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "broken.yaml").write_text(LOOK + "  : [\n")
    (folder / "gone.json").symlink_to("nowhere.json")
    (folder / "later.yaml").write_text(LOOK.replace("0.3", "0.5"))
    (folder / "command.yaml").write_text("schemaVersion: '2.2'\nmainSteps: []\n")
    done = run("policy", ".")
    assert (done.code, done.out) == (2, "")
    assert done.said[0] == "automation-role: note: skipped, with no runbook in it: command.yaml"
    assert [line.split(": ")[2].partition(":")[0] for line in done.said[1:]] == ["broken.yaml", "gone.json", "later.yaml"]


def test_a_directory_in_which_nothing_is_a_runbook_is_an_error(run: Run, folder: Path) -> None:
    (folder / "there").mkdir()
    for number in range(7):
        (folder / "there" / f"{number}.json").write_text("{}")
    done = run("policy", "there")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "automation-role: note: skipped, with no runbook in it: "
        "there/0.json, there/1.json, there/2.json, there/3.json, there/4.json and 2 more\n"
        "automation-role: error: there: contains no runbook → .yaml, .yml, .json, .template files; name a runbook\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_reported(run: Run, folder: Path) -> None:  # pragma: no cover
    (folder / "shut").mkdir(mode=0)
    (folder / "shut.yaml").touch(mode=0)
    refused(
        run("policy", "shut", "shut.yaml"),
        "shut: cannot be read: permission denied",
        "shut.yaml: cannot be read: permission denied",
    )


def test_a_directory_that_cannot_be_listed_is_reported(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "shut").mkdir()
    (folder / "look.yaml").write_text(LOOK)
    listed = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    refused(run("policy", "."), "./shut: cannot be read: permission denied")
    refused(run("policy", "shut"), "shut: cannot be read: permission denied")


@given(st.binary(max_size=200))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_input_is_a_traceback(run: Run, content: bytes) -> None:
    for mixed in (content, LOOK.encode() + content, LOOK.encode()[: len(content)] + content):
        done = run("explain", "-", "--format", "json", stdin=mixed)
        assert done.code in {0, 2}
        assert "should not happen" not in done.err
        assert (done.code == 2) == (done.out == "")


# -- values and attachments ----------------------------------------------------------------------------------------------------------

TYPED = """\
schemaVersion: "0.3"
parameters:
  Topic: {type: String, allowedPattern: "^arn:"}
  Ids: {type: StringList}
  Mode: {type: String, allowedValues: [fast, slow]}
  Count: {type: Integer}
  Sure: {type: Boolean}
  Map: {type: StringMap}
  Maps: {type: MapList}
mainSteps:
  - name: tell
    action: aws:executeAwsApi
    inputs: {Service: sns, Api: Publish, TopicArn: "{{ Topic }}", Message: "{{ Ids }}"}
"""


@pytest.mark.parametrize(
    "value",
    [
        "Ids=i-1,i-2",
        "Ids=",
        'Ids=["i-1", "i,2"]',
        "Mode=fast",
        "Count=-3",
        "Sure=true",
        'Map={"a": "b"}',
        'Maps=[{"a": "b"}]',
        f"Topic={TOPIC}",
    ],
)
def test_values_are_taken_as_their_types_have_them(run: Run, value: str) -> None:
    assert run("policy", "-", "-p", value, stdin=TYPED.encode()).code == 0


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("Mod=fast", "--parameter 'Mod' → Count, Ids, Map, Maps, Mode, Sure, Topic; did you mean 'Mode'?"),
        ("Topic=alarms", "<stdin>:3: parameters: 'Topic' is 'alarms' → allowedPattern is '^arn:'; pass a value that matches"),
        ("Mode=fas", "<stdin>:5: parameters: 'Mode' is 'fas' → allowedValues are fast, slow; did you mean 'fast'?"),
        ("Count=many", "<stdin>:6: parameters: 'Count' is 'many' → an Integer is a whole number"),
        ("Sure=yes", "<stdin>:7: parameters: 'Sure' is 'yes' → a Boolean is true or false"),
        ("Map=a", "<stdin>:8: parameters: 'Map' is 'a' → its type is StringMap; pass JSON"),
        ("Map=[]", "<stdin>:8: parameters: 'Map' is "),
        ("Maps={", "<stdin>:9: parameters: 'Maps' is '{' → its type is MapList; pass JSON"),
        ("Maps=[1]", "<stdin>:9: parameters: 'Maps' is 1 → a MapList is a list of mappings"),
        ("Ids=[1,", "<stdin>:4: parameters: 'Ids' is '[1,' → its type is StringList; pass JSON"),
        ("Ids=[null]", "<stdin>:4: parameters: 'Ids' is "),
        ("Ids=[[1]]", "<stdin>:4: parameters: 'Ids' is "),
        ("Map=" + "[" * 100_000, "<stdin>:8: parameters: 'Map' is "),
    ],
    ids=lambda text: text[:12],
)
def test_values_that_do_not_fit_are_reported_with_the_parameters_line(run: Run, value: str, message: str) -> None:
    done = run("policy", "-", "-p", value, stdin=TYPED.encode())
    assert (done.code, done.out, len(done.said)) == (2, "", 1)
    assert done.err.startswith(f"automation-role: error: {message}")


@given(st.sampled_from(["Topic", "Ids", "Mode", "Count", "Sure", "Map", "Maps"]), st.text(max_size=20) | st.from_regex(r"[\[{\"1na,:\]}]*"))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_value_is_a_traceback(run: Run, name: str, value: str) -> None:
    done = run("policy", "-", "-p", f"{name}={value}", stdin=TYPED.encode())
    assert done.code in {0, 2}
    assert "should not happen" not in done.err


def test_a_value_is_for_the_runbooks_that_have_the_parameter(run: Run, folder: Path) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "tell.yaml").write_text(TELL)
    done = run("policy", ".", "-p", f"Topic={TOPIC}")
    assert done.code == 0
    assert TOPIC in done.out
    assert TOPIC not in run("policy", ".").out


ATTACHED = """\
schemaVersion: "0.3"
files:
  helper.zip:
    checksums: {sha256: "0"}
mainSteps:
  - name: script
    action: aws:executeScript
    inputs: {Runtime: python3.11, Handler: helper.run, Attachment: helper.zip}
"""


def test_an_attachment_is_read(run: Run, folder: Path) -> None:
    with zipfile.ZipFile(folder / "local.zip", "w") as archive:
        archive.writestr("helper.py", "import boto3\ndef run(e, c):\n    boto3.client('ec2').describe_instances()\n")
    without = run("policy", "-", "--strict", stdin=ATTACHED.encode())
    assert without.code == 1
    assert "[attachedScript]" in without.err
    given = run("policy", "-", "--strict", "--attachment", "helper.zip=local.zip", stdin=ATTACHED.encode())
    assert given.code == 0
    assert "ec2:DescribeInstances" in given.out


@pytest.mark.parametrize(
    ("attachment", "message"),
    [
        ("helper.zip", "--attachment 'helper.zip' → NAME=PATH"),
        ("helpr.zip=x", "--attachment 'helpr.zip' → helper.zip; did you mean 'helper.zip'?"),
        ("helper.zip=nowhere.zip", "<stdin>: attachments: 'nowhere.zip' is not a file → the attachment 'helper.zip'"),
        ("helper.zip=text.zip", "<stdin>: attachments: 'text.zip' is not a zip file → the attachment 'helper.zip'"),
    ],
)
def test_an_attachment_that_cannot_be_used_is_reported(run: Run, folder: Path, attachment: str, message: str) -> None:
    (folder / "text.zip").write_text("no zip")
    refused(run("policy", "-", "--attachment", attachment, stdin=ATTACHED.encode()), message)


# -- progress ------------------------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_on_a_terminals_stderr_and_gone_at_the_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (folder / f"{number}.yaml").write_text(LOOK)
    for stream, terminal, shown in ((Terminal(), "xterm", True), (Terminal(), "dumb", False), (io.StringIO(), "xterm", False)):
        monkeypatch.setenv("TERM", terminal)
        monkeypatch.setattr(console, "_PATIENCE", -1)
        monkeypatch.setattr(sys, "stdout", answer := io.StringIO())
        monkeypatch.setattr(sys, "stderr", stream)
        assert main(["policy", "."]) == 0
        assert ("\r\x1b[Kreading 1 of 3" in stream.getvalue()) is shown
        assert ("\r\x1b[Kautomation-role:" in stream.getvalue()) is shown
        assert "reading" not in answer.getvalue()


def test_deriving_many_says_so_and_is_gone_at_the_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "look.yaml").write_text(LOOK)
    (folder / "gap.yaml").write_text(GAP)
    monkeypatch.setenv("TERM", "xterm")
    for many, stream, shown in ((2, Terminal(), True), (3, Terminal(), False), (2, io.StringIO(), False)):
        monkeypatch.setattr(reading, "_MANY", many)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        monkeypatch.setattr(sys, "stderr", stream)
        assert main(["policy", "."]) == 0
        assert ("\r\x1b[Kderiving what 2 runbooks need\r\x1b[Kautomation-role:" in stream.getvalue()) is shown
        assert ("deriving" in stream.getvalue()) is shown


def test_what_takes_no_time_shows_no_progress(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "look.yaml").write_text(LOOK)
    terminal = Terminal()
    monkeypatch.setattr(console, "_PATIENCE", 3600)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert main(["policy", "."]) == 0
    assert "reading" not in terminal.getvalue()
