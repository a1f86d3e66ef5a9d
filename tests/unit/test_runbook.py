"""Runbooks are read with their lines; all problems are reported at once; values that are set must fit."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from automation_role.derive.derivation import derive
from automation_role.errors import RunbookError
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

WHOLE = """\
# a comment
schemaVersion: 0.3
description: |
  Restart
assumeRole: '{{AutomationAssumeRole}}'
parameters:
  AutomationAssumeRole: {type: AWS::IAM::Role::Arn, default: ''}
  Mode:
    type: String
    default: no
    allowedValues: [no, 0123, 2024-01-01]
  Ids: {type: StringList}
  Map: {type: StringMap, default: {a: 1}}
  Maps: {type: MapList, default: []}
  Count: {type: Integer, default: 3}
  Dry: {type: Boolean, default: true}
  Bucket: {type: 'List<AWS::S3::Bucket::Name>', default: []}
variables:
  Turn: {type: Integer, default: 0}
files:
  helper.zip:
    checksums: {sha256: abc}
mainSteps:
  - name: first
    action: aws:executeScript
    onFailure: step:last
    onCancel: Abort
    inputs:
      Runtime: python3.11
      Handler: run
      Script: |-
        def run(events, context):
            pass
  - name: loop
    action: aws:loop
    inputs:
      Iterators: '{{ Ids }}'
      Steps:
        - name: inner
          action: aws:sleep
          nextStep: Break
          inputs: {Duration: PT1S}
        - name: out
          action: aws:sleep
          onFailure: step:last
          inputs: {Duration: PT1S}
  - name: choose
    action: aws:branch
    inputs:
      Choices:
        - {NextStep: last, Variable: '{{ Mode }}', StringEquals: no}
      Default: first
  - name: last
    action: aws:sleep
    isEnd: true
    inputs: {Duration: PT1S}
outputs: [first.Output]
"""


def problems(text: str, **given: Any) -> list[str]:
    with pytest.raises(RunbookError) as raised:
        Runbook.from_text(text, name="x", source="x.yaml", **given)
    return [str(problem) for problem in raised.value.problems]


def as_json(text: str) -> str:
    """The same document as indented JSON."""
    from automation_role.runbook.document import read

    return json.dumps(read(text, "x").data, indent=1)


def test_everything_in_a_runbook_is_read_with_its_line() -> None:
    runbook = Runbook.from_text(WHOLE, name="Whole")
    assert runbook.format == "YAML"
    assert runbook.assume_role_parameter == "AutomationAssumeRole"
    assert runbook.files == ("helper.zip",)
    assert [(step.name, step.line) for step in runbook.all_steps()] == [
        ("first", 24), ("loop", 34), ("inner", 39), ("out", 43), ("choose", 47), ("last", 53),
    ]  # fmt: skip
    first, loop = runbook.steps[:2]
    assert first.script_line == 32
    assert first.on_failure == "step:last"
    assert [step.name for step in loop.steps] == ["inner", "out"]
    assert runbook.steps[-1].is_end
    assert runbook.parameters["Mode"].line == 8
    assert runbook.variables["Turn"].type == "Integer"
    assert runbook.findings == ()


def test_the_same_runbook_in_json_differs_only_in_its_lines() -> None:
    yaml, as_object = Runbook.from_text(WHOLE, name="x"), Runbook.from_text(as_json(WHOLE), name="x")
    assert as_object.format == "JSON"
    assert [(s.name, s.action, s.inputs) for s in yaml.all_steps()] == [(s.name, s.action, s.inputs) for s in as_object.all_steps()]
    lines = as_json(WHOLE).splitlines()
    for step in as_object.all_steps():
        assert lines[step.line - 1].strip() == "{"
        assert f'"name": "{step.name}"' in lines[step.line]


def test_scalars_stay_what_automation_sees() -> None:
    runbook = Runbook.from_text(WHOLE, name="x")
    assert runbook.parameters["Mode"].allowed_values == ("no", "0123", "2024-01-01")
    assert runbook.parameters["Mode"].default == "no"
    assert runbook.parameters["Dry"].default is True
    assert runbook.parameters["Count"].default == 3


def test_legal_surrogate_escapes_of_json_are_read() -> None:
    text = '{"schemaVersion": "0.3", "description": "\\ud83d\\ude00", "mainSteps": [{"name": "a", "action": "aws:pause", "inputs": {}}]}'
    assert Runbook.from_text(text, name="x").description == "😀"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x.yaml: is empty → a runbook in YAML or JSON"),
        ("# only\n", "x.yaml: has nothing but comments → a runbook in YAML or JSON"),
        ("[1]", "x.yaml: is a list → a runbook is a mapping with schemaVersion and mainSteps"),
        ("hello", "x.yaml: is 'hello' → a runbook is a mapping with schemaVersion and mainSteps"),
        ("a: [", "x.yaml:2: is not valid YAML: did not find expected node content → correct it"),
        ("\ta: 1", "x.yaml:1: is not valid YAML: found character that cannot start any token → indent with spaces, not tabs; "),
        ("a: @b", "put a text that begins with @, ` or % in quotes"),
        ("a: b: c", "x.yaml:1: is not valid YAML: mapping values are not allowed in this context → put a text with ': ' in it in quotes, "),
        ("a: *\n", "x.yaml:1: is not valid YAML: did not find expected alphabetic or numeric character → put a text that begins with * or & in quotes"),
        ("a: 1\nb: 'c\nd: 1\n", "x.yaml:2: is not valid YAML: found unexpected end of stream → close the quotes"),
        ("a: 1\n---\nb: 1", "x.yaml:2: is not valid YAML: expected a single document in the stream but found another document → one runbook in a file; "),
        ("a: é\nb: \x07", "x.yaml:2: is not valid YAML: it has the character U+0007 → remove it"),
        ("a: {{ P }}", "x.yaml:1: has {{ }} without quotes → '{{ … }}'"),
        ("a: [{{ P }}]", "x.yaml:1: has {{ }} without quotes → '{{ … }}'"),
        ("a: !Ref b", "x.yaml:1: has the tag '!Ref' → a runbook has none; write the value as plain text"),
        ("a: !!python/object:os.system x", "has the tag 'tag:yaml.org,2002:python/object:os.system'"),
        ("a: &a [*a]", "x.yaml:1: contains itself through an alias, or is nested too deep → write the document out"),
        ("<<: {a: 1}", "x.yaml:1: has a merge key '<<'"),
        ("? [a]\n: b", "x.yaml:1: has a key that is not text → a plain name"),
        ("[" * 5000, "x.yaml:1: is nested deeper than 100 levels"),
        ('{"a":' * 200_000, "is nested deeper than 100 levels"),
        ('{"a":' * 101 + "{}" + "}" * 101, "x.yaml: is nested deeper than 100 levels"),
        ('{"a": 1,}', "x.yaml: has neither schemaVersion nor mainSteps"),
        ('{"a": 1', "x.yaml:1: is not valid JSON: expecting ',' delimiter at column 8 → correct it"),
        ('{"a": "b', "x.yaml:1: is not valid JSON: unterminated string starting at column 7 → correct it"),
        (f"schemaVersion: '0.3'\nmainSteps: [{{name: a, action: 'aws:pause'}}]\n'{'long ' * 40}': 1", "lon… → assumeRole, "),
        ('{"schemaVersion": NaN}', "x.yaml: is not valid JSON: NaN is not a JSON value → correct it"),
        ("a: 1\nb: 2", "x.yaml: has neither schemaVersion nor mainSteps, so it is not a runbook"),
        ("mainSteps: []", "x.yaml: has no schemaVersion → '0.3'; add schemaVersion: '0.3'"),
        ("schemaVersion: '2.2'\nmainSteps: []", "x.yaml:1: schemaVersion '2.2' is for Command documents → '0.3', which is for runbooks (Automation)"),
        ("schemaVersion: '1.0'\nsessionType: Port", "x.yaml:1: schemaVersion '1.0' is for Session documents"),
        ("schemaVersion: '0.4'\nmainSteps: []", "x.yaml:1: schemaVersion is '0.4' → '0.3', the version of Automation"),
        ("Resources: {D: {Type: 'AWS::SSM::Document'}}", "x.yaml: is a CloudFormation template → the Content of its AWS::SSM::Document"),
        ('{"Name": "x", "Content": "{}"}', "x.yaml: is the output of `aws ssm get-document` → only the text of its Content"),
        ('{"schemaVersion": "0.3"}\t2022-05-11T19:10:41\tJSON\tAutomation\t1\tx\tActive\n', "x.yaml:1: is the output of `aws ssm get-document` → only the text of its Content; get it with --query Content --output text"),
        ("schemaVersion: '0.3'\nmainSteps: []\n\t2022-05-11T19:10:41\tYAML\tAutomation\t1\tx\tActive\n", "x.yaml:3: is the output of `aws ssm get-document`"),
        ("schemaVersion: '0.3'", "x.yaml: has no mainSteps; add it"),
        ("schemaVersion: '0.3'\nmainSteps: []", "x.yaml:2: has no steps → at least one; add a step"),
        ("schemaVersion: '0.3'\nmainSteps: {}", "x.yaml:2: mainSteps is a mapping → a list"),
        ("schemaVersion: '0.3'\nmainSteps: [a]", "x.yaml:2: step number 1 is 'a' → a mapping with name, action and inputs"),
    ],
)  # fmt: skip
def test_rejects_anything_but_a_runbook_in_one_line(text: str, told: str) -> None:
    found = problems(text)
    assert told in found[0]
    assert all("\n" not in line for line in found)


ALIASES = "\n".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefg", "bcdefgh", strict=True))


def test_rejects_aliases_that_multiply() -> None:
    assert "has over 200,000 values once its aliases are expanded" in problems(f"a: &a [x]\n{ALIASES}")[0]


def test_a_few_aliases_are_fine() -> None:
    text = "schemaVersion: '0.3'\nmainSteps:\n- &s {name: a, action: 'aws:sleep', inputs: &i {Duration: PT1S}}\n- {name: b, action: 'aws:sleep', inputs: *i}\n"
    assert Runbook.from_text(text, name="x").steps[1].inputs == {"Duration": "PT1S"}


STEP = "schemaVersion: '0.3'\nparameters: {P: {type: String}}\nmainSteps:\n- name: a\n  action: aws:sleep\n  inputs: {Duration: PT1S}\n"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("mainSteps:", "mainStep:"), "x.yaml:3: unknown top-level key 'mainStep'"),
        (("mainSteps:", "mainStep:"), "did you mean 'mainSteps'?"),
        (("action:", "acton:"), "x.yaml:5: step 'a': unknown key 'acton'"),
        (("action:", "acton:"), "x.yaml:4: step 'a' has no action; add it"),
        (("aws:sleep", "sleep"), "x.yaml:5: step 'a': unknown action 'sleep' → actions begin with 'aws:'; did you mean 'aws:sleep'?"),
        (("aws:sleep", "aws:Sleep"), "x.yaml:5: step 'a': unknown action 'aws:Sleep'; did you mean 'aws:sleep'?"),
        (("name: a", "name: a b"), "x.yaml:4: step 'a b' → a name has only letters, digits and '_'; rename the step"),
        (("  inputs", "  nextStep: c\n  inputs"), "x.yaml:6: step 'a': nextStep goes to 'c', which is not a step here"),
        (("  inputs", "  onFailure: step:A\n  inputs"), "onFailure goes to 'A', which is not a step here; did you mean 'a'?"),
        (("  inputs", "  onFailure: Contniue\n  inputs"), "onFailure goes to 'Contniue', which is not a step here"),
        (("  inputs", "  maxAttempts: [1]\n  inputs"), "x.yaml:6: step 'a': maxAttempts is a list → a number or a string"),
        (("  inputs", "  isEnd: 5\n  inputs"), "x.yaml:6: step 'a': isEnd is 5 → true or false or a string"),
        (("{Duration: PT1S}", "[1]"), "x.yaml:6: step 'a': inputs is a list → a mapping"),
        (("type: String", "type: Sting"), "x.yaml:2: parameter 'P': unknown type 'Sting' → String, StringList"),
        (("type: String", "type: Sting"), "did you mean 'String'?"),
        (("{type: String}", "{typ: String}"), "x.yaml:2: parameter 'P' has no type; add it"),
        (("name: a", "name: 1"), "x.yaml:4: step number 1: name is 1 → a string; put it in quotes"),
        (("aws:sleep", "aws:loop"), "x.yaml:6: step 'a': Steps is empty → a list of the loop's steps"),
        (("aws:sleep\n  inputs: {Duration: PT1S}", "aws:loop\n  inputs: {Steps: {}}"), "x.yaml:6: step 'a': Steps is a mapping → a list"),
        (("{type: String}", "String"), "x.yaml:2: parameter 'P' is 'String' → a mapping with a type"),
        (("type: String", "type: String, default: c, allowedValues: [a, b]"), "default of parameter 'P' is 'c' → allowedValues are a, b"),
    ],
)  # fmt: skip
def test_rejects_a_runbook_with_the_line_and_what_to_do(change: tuple[str, str], told: str) -> None:
    assert any(told in problem for problem in problems(STEP.replace(*change)))


@pytest.mark.parametrize(
    "parameter",
    [
        "type: String, default: '{{ssm:/stage}}', allowedValues: [dev, prod]",
        "type: StringList, default: ['{{ ssm:/stage }}'], allowedValues: [dev, prod]",
        "type: Boolean, default: true, allowedValues: ['True', 'False']",
        "type: Boolean, default: 'True', allowedValues: [true, false]",
        "type: Integer, default: 5, allowedValues: ['5']",
    ],
)
def test_a_default_that_may_be_one_of_the_allowed_values_is_taken(parameter: str) -> None:
    assert Runbook.from_text(STEP.replace("type: String", parameter), name="x").parameters["P"].has_default


def test_all_problems_are_reported_together_in_the_order_of_their_lines() -> None:
    text = (
        STEP.replace("P: {type: String}", "P: {type: Sting}").replace("aws:sleep", "sleep")
        + "- {name: a, action: 'aws:pause', nextStep: b}\n"
    )
    found = problems(text)
    assert [line.split(":")[1] for line in found] == ["2", "5", "7", "7"]


def test_rejects_a_step_of_a_loop_with_a_name_that_is_taken() -> None:
    text = STEP + "- {name: l, action: 'aws:loop', inputs: {Steps: [{name: a, action: 'aws:pause'}]}}\n"
    assert problems(text) == ["x.yaml:7: step 'a' is also on line 4 → a name of its own for each step; rename one"]


def test_an_action_that_is_not_known_is_reported_and_does_not_fail() -> None:
    (finding,) = Runbook.from_text(STEP.replace("aws:sleep", "aws:slep"), name="x").findings
    assert (finding.id, finding.step, finding.line) == ("unknownAction", "a", 4)
    assert "did you mean 'aws:sleep'?" in finding.message


def test_a_document_that_is_too_large_is_reported_and_does_not_fail() -> None:
    (finding,) = Runbook.from_text(STEP + "#" + "x" * 64 * 1024, name="x").findings
    assert finding.id == "documentTooLarge"


# -- references to nothing ----------------------------------------------------------------------------------------------------------

REFERS = """\
schemaVersion: '0.3'
assumeRole: "{{ AutomationAssumeRole }}"
parameters:
  AutomationAssumeRole: {type: String}
  TopicArn: {type: String}
  With-Dash: {type: String}
variables:
  Count: {type: Integer, default: 0}
mainSteps:
- name: tell
  action: ACTION
  inputs:
    Service: sns
    Api: Publish
    INPUT
- name: turns
  action: aws:loop
  inputs:
    Iterators: "{{ tell.List }}"
    Steps:
    - name: inner
      action: aws:sleep
      inputs: {Duration: "{{ turns.CurrentIteratorValue }}"}
"""


def referring(given: str, action: str = "aws:executeAwsApi") -> list[str]:
    runbook = Runbook.from_text(REFERS.replace("ACTION", action).replace("INPUT", given), name="x")
    assert {(finding.id, finding.step, finding.line) for finding in runbook.findings} <= {("unknownReference", "tell", 15)}
    return [finding.message for finding in runbook.findings]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "{{ TopicArm }}",
            "no parameter of this runbook, so CreateDocument refuses it; its value is treated as unknown; did you mean 'TopicArn'?",
        ),
        ("{{ variable:Cout }}", "no variable of this runbook; its value is treated as unknown; did you mean 'Count'?"),
        ("{{ tel.MessageId }}", "no step of this runbook; its value is treated as unknown; did you mean 'tell'?"),
        ("{{ zzz.MessageId }}", "no step of this runbook; its value is treated as unknown; correct it"),
        ("{{ global:REGIONX }}", "nothing that Automation provides; its value is treated as unknown; did you mean 'REGION'?"),
        (
            "{{ automation:EXECUTION }}",
            "nothing that Automation provides; its value is treated as unknown; did you mean 'EXECUTION_ID'?",
        ),
    ],
)
def test_a_reference_to_nothing_is_reported(text: str, told: str) -> None:
    assert referring(f'TopicArn: "{text}"') == [f"TopicArn: '{text}' names {told}"]
    assert referring(f'Attributes: [{{Names: ["arn:aws:sns:{text}/x", "{text}"]}}]') == [f"Attributes: '{text}' names {told}"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ TopicArn }}",
        "{{TopicArn}}",
        "{{ TopicArn[0] }}",
        "{{ With-Dash }}",
        "{{ inner.Output.x[0].y }}",
        "{{ turns.CurrentIterationCount }}",
        "{{ variable:Count }}",
        "{{ global:DATE_TIME }}",
        "{{global:AWS_PARTITION}}",
        "{{ automation:EXECUTION_ID }}",
        "{{ssm:anything}}",
        "{{ ssm-secure:anything }}",
        "{{resolve:ssm:/anything:1}}",
        "{{ loop.CurrentIteratorValue }}",
        "Dear {{ customer }}, hello",
        "<{{ customer }}>",
        '{\\"to\\":\\"{{customer}}\\"}',
        "{{ user | upper }}",
    ],
)
def test_references_that_automation_knows_or_another_language_may_have_are_not_reported(text: str) -> None:
    assert referring(f'Message: "{text}"') == []


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ('Script: "{{ customer }}"', "aws:executeScript"),
        ('TemplateBody: "{{ customer }}"', "aws:createStack"),
        ('Parameters: {commands: ["{{ customer }}"]}', "aws:runCommand"),
    ],
)
def test_programs_templates_and_commands_have_references_of_their_own(given: str, action: str) -> None:
    assert referring(given, action) == []


def test_an_assume_role_that_refers_to_nothing_is_reported() -> None:
    (finding,) = Runbook.from_text(
        REFERS.replace('"{{ AutomationAssumeRole }}"', '"{{ AssumeRole }}"')
        .replace("ACTION", "aws:sleep")
        .replace("INPUT", "Duration: PT1S"),
        name="x",
    ).findings
    assert (finding.id, finding.step, finding.line) == ("unknownReference", "", 2)
    assert finding.message.startswith("assumeRole: '{{ AssumeRole }}' names no parameter of this runbook")


@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("'{{ ssm:/golden/ami }}'", "'/golden/ami'"),
        ("['{{ssm:one}}', plain, '{{ ssm:two:3 }}']", "'one', 'two:3'"),
        ("ssm:one", None),
        ("'{{ global:REGION }}'", None),
    ],
)
def test_a_default_from_parameter_store_is_reported_unless_a_value_is_set(default: str, told: str | None) -> None:
    kind = "StringList" if default.startswith("[") else "String"
    text = STEP.replace("{P: {type: String}}", f"\n  Image: {{type: {kind}, default: {default}}}")
    findings = Runbook.from_text(text, name="x").findings
    assert [(each.id, each.step, each.line) for each in findings] == ([("parameterStoreDefault", "", 3)] if told else [])
    assert all(f"'Image' is read from Parameter Store ({told})" in each.message for each in findings)
    given = {"Image": ["ami-1"] if kind == "StringList" else "ami-1"}
    assert Runbook.from_text(text, name="x", parameters=given).findings == ()


def test_defaults_from_parameter_store_are_reported_together() -> None:
    text = STEP.replace(
        "{P: {type: String}}",
        "\n  A: {type: String, default: '{{ ssm:/a }}'}\n  B: {type: String}\n  C: {type: String, default: '{{ ssm:/c }}'}",
    )
    (finding,) = Runbook.from_text(text, name="x").findings
    assert finding.line == 3
    assert finding.message.startswith("the defaults of parameters 'A', 'C' are read from Parameter Store ('/a', '/c'), which")
    assert Runbook.from_text(text, name="x", parameters={"A": "1"}).findings[0].message.startswith("the default of parameter 'C' is")


# -- files -------------------------------------------------------------------------------------------------------------------------


def test_a_files_name_is_the_runbooks_unless_another_is_set(tmp_path: Path) -> None:
    path = tmp_path / "restart.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + STEP.replace("\n", "\r\n").encode())
    assert Runbook.from_file(path).name == "restart"
    assert Runbook.from_file(str(path), name="Other").name == "Other"
    assert Runbook.from_file(path).steps[0].line == 4


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: \x80"])
def test_rejects_a_file_that_is_not_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(RunbookError, match=r"x\.yaml:1: is not UTF-8 text → a runbook in YAML or JSON"):
        Runbook.from_file(path)


def test_rejects_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "no.yaml", "no such file or directory"), (tmp_path, "is a directory")):
        with pytest.raises(RunbookError, match=f": cannot be read: {why}$"):
            Runbook.from_file(path)
    with pytest.raises(RunbookError, match="cannot be read: "):
        Runbook.from_file("a\0b")


# -- what is given -----------------------------------------------------------------------------------------------------------------

TYPED = (
    STEP.replace("{P: {type: String}}", "\n  S: {type: String, allowedValues: [a, b]}\n  L: {type: StringList}\n  I: {type: Integer}\n  T: {type: String, allowedPattern: '^x+$'}\n")
)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"X": "a"}, "x.yaml: parameters: the runbook has no parameter 'X' → S, L, I, T"),
        ({"s": "a"}, "did you mean 'S'?"),
        ({"S": "c"}, "x.yaml:3: parameters: 'S' is 'c' → allowedValues are a, b"),
        ({"S": ["a", "b"]}, "parameters: 'S' is a list of 2 → its type is String, which accepts one value; pass one"),
        ({"L": "a"}, "parameters: 'L' is 'a' → its type is StringList; pass a list"),
        ({"I": "x"}, "parameters: 'I' is 'x' → an Integer is a whole number"),
        ({"T": "y"}, "parameters: 'T' is 'y' → allowedPattern is '^x+$'; pass a value that matches"),
    ],
)
def test_rejects_values_that_do_not_fit_their_parameter(given: dict[str, Any], told: str) -> None:
    assert told in problems(TYPED, parameters=given)[0]


@pytest.mark.parametrize(
    "given", [{}, {"S": "a", "L": ["b"], "I": 4, "T": "xx"}, {"S": "${Token[T.1]}", "T": "${Token[T.2]}", "L": ["#{Token[T.3]}"]}]
)
def test_takes_values_that_fit_and_tokens_unseen(given: dict[str, Any]) -> None:
    assert Runbook.from_text(TYPED, name="x", parameters=given).bindings == given


def test_attachments_are_checked(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    with zipfile.ZipFile(good, "w") as archive:
        archive.writestr("helper.py", "")
    bad.write_text("no zip")
    assert Runbook.from_text(WHOLE, name="x", attachments={"helper.zip": good}).attachments == {"helper.zip": good}
    for name, path, told in (
        ("helpr.zip", good, "attachments: the runbook lists no file 'helpr.zip' → helper.zip; did you mean 'helper.zip'?"),
        ("helper.zip", tmp_path / "none.zip", "is not a file → the attachment 'helper.zip'"),
        ("helper.zip", bad, "is not a zip file → the attachment 'helper.zip'"),
    ):
        assert told in problems(WHOLE, attachments={name: path})[0]


def test_a_mapping_is_read_like_its_text() -> None:
    data = json.loads(as_json(WHOLE))
    assert [s.inputs for s in Runbook.from_mapping(data, name="x").steps] == [s.inputs for s in Runbook.from_text(WHOLE, name="x").steps]


def test_rejects_a_mapping_that_is_not_plain_data() -> None:
    with pytest.raises(RunbookError, match="<mapping>: is not plain data: "):
        Runbook.from_mapping({"a": object()}, name="x")


def test_a_runbook_is_shown_only_by_its_name_and_source():
    assert repr(Runbook.from_text(WHOLE, name="Whole")) == "Runbook(name='Whole', source='<text>')"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "schemaVersion: '0.3'\nmainSteps:\n- name: a\n  action: aws:sleep\n  inputs:\n    Duration: PT1S\n    Duration: PT9S\n",
            "lines 6 and 7",
        ),
        (
            '{"schemaVersion": "0.3", "mainSteps": [\n{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1S",\n"Duration": "PT9S"}}]}',
            "lines 2 and 3",
        ),
    ],
)
def test_of_a_key_that_is_there_twice_the_last_one_counts_and_both_lines_are_reported(text: str, lines: str):
    runbook = Runbook.from_text(text, name="Sleep")
    assert runbook.steps[0].inputs == {"Duration": "PT9S"}
    assert [(finding.id, lines in finding.message) for finding in runbook.findings] == [("duplicateKey", True)]


def test_what_cloudformation_would_fill_in_is_reported_where_automation_reads_it():
    step = {
        "name": "get",
        "action": "aws:executeAwsApi",
        "inputs": {"Service": "s3", "Api": "GetObject", "Bucket": "b-${AWS::AccountId}", "Key": "k-${AWS::StackName}"},
    }
    findings = Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": [step]}, name="Get").findings
    assert [(finding.id, finding.message.rpartition("; ")[2]) for finding in findings] == [
        ("unknownReference", "write {{ global:ACCOUNT_ID }}"),
        ("unknownReference", "write the value itself"),
    ]


def test_what_a_template_fills_in_is_unknown_and_reported_where_it_is_in_a_name():
    inputs = {"Service": "s3", "Api": "GetObject", "Bucket": "logs-${var.stage}", "Key": "{{ global:DATE }}/${local.key}"}
    commands = {"commands": ["${HOME}/bin/start", "echo ${HOME}"]}
    steps = [
        {"name": "get", "action": "aws:executeAwsApi", "inputs": inputs},
        {
            "name": "tell",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "sns", "Api": "Publish", "TopicArn": "${topic_arn}", "Message": "m"},
        },
        {
            "name": "run",
            "action": "aws:runCommand",
            "inputs": {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-0"], "Parameters": commands},
        },
    ]
    runbook = Runbook.from_mapping({"schemaVersion": "0.3", "mainSteps": steps}, name="Get")
    assert [(finding.id, finding.step, finding.message.partition(" is filled in")[0]) for finding in runbook.findings] == [
        ("unknownReference", "get", "Bucket: '${var.stage}'"),
        ("unknownReference", "get", "Key: '${local.key}'"),
        ("unknownReference", "tell", "TopicArn: '${topic_arn}'"),
    ]
    statements = derive([runbook]).policy().to_json(Place())["Statement"]
    allowed = [resource for statement in statements for resource in statement["Resource"]]
    assert "arn:*:s3:::logs-*/*/*" in allowed
    assert "arn:*:sns:*:*:*" in allowed
