"""Damaged templates and policies: an answer, or one clear line; never a traceback, never for ever."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from automation_role.template.text import TemplateTextError, parse
from tests.check.conftest import LOOK, SSM_TRUST, STOP, Run, allow, deny, policy, role

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String", "Default": "prod"}},
    "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    "Mappings": {"Owners": {"111122223333": {"Role": "Web"}}},
    "Resources": {
        "Me": role(
            LOOK,
            allow("ec2:StopInstances", on={"Fn::Join": ["", ["arn:aws:ec2:*:", {"Ref": "AWS::AccountId"}, ":instance/*"]]}),
            allow(
                "iam:PassRole", on={"Fn::GetAtt": ["Web", "Arn"]}, Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
            ),
            ManagedPolicyArns=[{"Fn::If": ["Prod", {"Ref": "Own"}, {"Ref": "AWS::NoValue"}]}],
        ),
        "Web": role(trust=SSM_TRUST, RoleName={"Fn::FindInMap": ["Owners", "111122223333", "Role"]}),
        "Own": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy(deny("s3:*"))}},
    },
}
WRONG: list[Any] = [
    *(None, 1, True, "x", "", [], {}, [1], [None], "⟨a⟩", "${", "x" * 2000, "\ud800", "99999999999999999999"),
    *({"Ref": 1}, {"Ref": ["a"]}, {"Ref": "Me"}, {"Fn::Sub": []}, {"Fn::Sub": ["a", 1]}, {"Fn::Join": ["x"]}, {"Fn::Join": None}),
    *({"Fn::GetAtt": "x"}, {"Fn::If": ["a"]}, {"Fn::Select": []}, {"Fn::FindInMap": []}, {"Fn::Split": [1, 2]}, {"Condition": "Prod"}),
]


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from paths(one, (*at, key))


def damaged(data: Any, chance: random.Random) -> Any:
    data = copy.deepcopy(data)
    *way, last = chance.choice(list(paths(data)))
    at = data
    for key in way:
        at = at[key]
    at[last] = copy.deepcopy(chance.choice(WRONG))
    return data


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_template_gives_an_answer_or_one_line(check_template: Run, seed):
    chance = random.Random(seed)
    for _ in range(60):
        damage = damaged(TEMPLATE, chance)
        ran = check_template(damage)
        assert "should not happen" not in ran.err, damage
        assert ran.code != 2 or (ran.out == "" and ran.err.count("\n") == 1), damage


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_policy_gives_an_answer_or_one_line(check: Run, seed):
    chance = random.Random(seed)
    for _ in range(60):
        own = damaged(policy(LOOK, allow("ec2:*", on=["*"], Condition={"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}})), chance)
        trust = damaged(SSM_TRUST, chance)
        ran = check(own, trust=trust)
        assert "should not happen" not in ran.err, (own, trust)
        assert ran.code != 2 or (ran.out == "" and ran.err.count("\n") == 1), (own, trust)


def test_the_template_is_whole_to_begin_with(check_template: Run):
    assert check_template(TEMPLATE, "--role", "Me").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "A0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"A{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)),
        "Statement: &a [*a]",
        "{" + '"a": {' * 200 + "}" * 200 + "}",
        "a: " + "[" * 5000 + "]" * 5000,
    ],
    ids=["laughs", "itself", "deep JSON", "deep YAML"],
)
def test_a_document_that_has_no_end_is_refused(text):
    with pytest.raises(TemplateTextError):
        parse(text)


def test_keys_that_look_like_numbers_are_texts():
    assert parse("{111122223333: {yes: 1}, 0777: 2}") == {"111122223333": {"yes": 1}, "0777": 2}


def test_a_long_value_is_shortened(check: Run):
    ran = check({"Version": "2012-10-17", "Statement": [list(range(5000))]})
    assert ran.code == 2
    assert len(ran.err) < 300


def test_a_text_of_a_template_does_not_steer_the_terminal(run: Run, tmp_path):
    (tmp_path / "stop.yaml").write_text(STOP)
    (tmp_path / "p.json").write_text(json.dumps(policy(allow("ec2:\x1b[31mStop", on="arn:aws:ec2:*:*:\x1b]0;x\x07", Sid="\x1b[2J"))))
    for form in ("table", "json"):
        ran = run(tmp_path / "stop.yaml", "--policy", tmp_path / "p.json", "--format", form)
        assert "\x1b" not in ran.out + ran.err
        assert ran.code == 1
