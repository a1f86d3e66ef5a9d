"""A parameter's default filled into a runbook's text, everything else as it was."""

from __future__ import annotations

import json

import pytest
import yaml

from automation_role.errors import AutomationRoleError
from automation_role.runbook.edits import with_default

ARN = "${Token[TOKEN.1]}"

YAML = """\
# ours
schemaVersion: "0.3"
assumeRole: "{{ Role }}"
parameters:
  Role:
    type: String   # the role{default}
    description: >-
      long
      text
  Flow: {{type: String}}
mainSteps: []
"""


@pytest.mark.parametrize(
    "default",
    [
        "",
        '\n    default: ""',
        "\n    default: ''",
        "\n    default:",
        "\n    default: arn:aws:iam::111122223333:role/R # before",
        "\n    default: |\n      arn",
        "\n    default: {a: b}",
        "\n    default:\n      - a\n      - b",
        "\n    default: &anchor text",
    ],
)
def test_only_the_default_changes(default):
    text = YAML.replace("{default}", default).replace("{{type: String}}", "{type: String}")
    before, after = yaml.safe_load(text), yaml.safe_load(with_default(text, "YAML", "Role", ARN))
    assert after["parameters"]["Role"].pop("default") == ARN
    before["parameters"]["Role"].pop("default", None)
    assert after == before
    assert "# ours\n" in with_default(text, "YAML", "Role", ARN)
    assert "# the role" in with_default(text, "YAML", "Role", ARN)


def test_a_parameter_in_one_line():
    text = "parameters: {Role: {type: String}, Other: {default: a, type: String}}\n"
    assert (
        with_default(text, "YAML", "Role", "x") == 'parameters: {Role: {default: "x", type: String}, Other: {default: a, type: String}}\n'
    )
    assert with_default(text, "YAML", "Other", "x") == 'parameters: {Role: {type: String}, Other: {default: "x", type: String}}\n'


def test_characters_of_more_than_one_byte_before_it():
    text = "description: Führt aus — ✓ 𝒳\nparameters:\n  Role:\n    default: old\n"
    assert yaml.safe_load(with_default(text, "YAML", "Role", "new"))["parameters"]["Role"]["default"] == "new"


def test_rejects_an_alias_for_a_default():
    text = "description: &words some words\nparameters:\n  Role:\n    type: String\n    default: *words\n"
    with pytest.raises(AutomationRoleError) as refused:
        with_default(text, "YAML", "Role", ARN)
    assert str(refused.value) == "the default of parameter 'Role' is a YAML alias → a value; write it out"


def test_json_stays_json():
    document = {"schemaVersion": "0.3", "parameters": {"Role": {"type": "String"}}, "mainSteps": [{"timeoutSeconds": 5, "isEnd": True}]}
    filled = json.loads(with_default(json.dumps(document), "JSON", "Role", ARN))
    assert filled["parameters"]["Role"].pop("default") == ARN
    assert filled == document


@pytest.mark.parametrize(
    ("declared", "filled"),
    [
        ('{"default": "", "type": "String"}', '{"default": "x", "type": "String"}'),
        ('{"type":"String","default":{"a":[1]}}', '{"type":"String","default":"x"}'),
        ('{"type": "String"}', '{"default": "x", "type": "String"}'),
        ('{\n\t"type": "String"}', '{\n\t"default": "x",\n\t"type": "String"}'),
        ('{"description": "\\"default\\": {", "type": "String"}', '{"default": "x", "description": "\\"default\\": {", "type": "String"}'),
    ],
)
def test_of_json_too_only_the_default_changes(declared, filled):
    text = '{"x": {"parameters": {"Role": {}}},\n "parameters" : { "R": [], "Role":%s } , "mainSteps": [1.0, 1e2, "\\u00e9 \\ud83d"]}\n'
    assert with_default(text % declared, "JSON", "Role", "x") == text % filled
