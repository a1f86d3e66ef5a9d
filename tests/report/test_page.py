"""The page as text: all of the explanation is in it, every link leads somewhere, nothing in it comes from elsewhere or runs."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from automation_role import Runbook
from automation_role.cli import main
from automation_role.explain.html import page
from automation_role.explain.html.markup import Html, join, tag
from automation_role.explain.model import Explanation
from automation_role.findings import INFORMATION
from automation_role.values.place import Place
from tests.report import samples
from tests.report.parsing import Parsed
from tests.report.samples import CONTEXT, HARM, api, explained, runbook


def drawn(explanation: Explanation, context: Place = CONTEXT) -> Parsed:
    return Parsed(page(explanation, context))


@pytest.fixture(scope="module")
def everything() -> Explanation:
    return explained(samples.everything())


@pytest.fixture(scope="module")
def parsed(everything: Explanation) -> Parsed:
    return drawn(everything)


ALL = {
    "everything": samples.everything,
    "harmful": samples.harmful,
    "plain": samples.plain,
    "large": lambda: samples.large(60),
}


@pytest.mark.parametrize("name", ALL)
def test_every_link_leads_to_an_element_and_ids_are_unique(name):
    parsed = drawn(explained(ALL[name]()))
    assert {target for target in parsed.root.links() if target not in parsed.by_id} == set()
    assert len(parsed.root.links()) > 10
    ids = Counter(each.attributes["id"] for each in parsed.all if "id" in each.attributes)
    assert [each for each, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("name", ALL)
def test_nothing_comes_from_elsewhere_and_nothing_else_may_run(name):
    parsed = drawn(explained(ALL[name]()))
    assert {each.attributes["href"][:1] for each in parsed.all if each.name == "a"} == {"#"}
    assert [each.attributes["href"] for each in parsed.all if each.name == "link"] == ["data:,"]
    assert not [each for each in parsed.all if {"src", "srcset", "style", "action"} & set(each.attributes)]
    assert not [key for each in parsed.all for key in each.attributes if key.startswith("on")]
    assert {each.name for each in parsed.all} & {"img", "iframe", "object", "form", "base"} == set()
    (policy,) = [each.attributes["content"] for each in parsed.all if each.attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for kind in ("script", "style"):
        (only,) = [each for each in parsed.all if each.name == kind]
        digest = base64.b64encode(hashlib.sha256(only.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
        assert "url(" not in only.text
        assert "http" not in only.text


def test_everything_about_a_step_is_shown(everything, parsed):
    for step in everything.runbooks[0].all_steps():
        shown = parsed.by_id[f"step-1-{step.step.name}"]
        assert step.step.action in shown.text
        assert f"line {step.step.line}" in shown.text
        for call in step.calls:
            assert f"{call.service}.{call.operation}" in shown.text
        for need in step.needs:
            assert need.action in shown.text
            assert all(resource.text in shown.text for resource in need.resources)
            assert all(f"{key} {operator} " in shown.text for operator, keys in need.conditions.items() for key in keys)
        for finding in step.findings:
            assert finding.message in shown.text


def test_steps_and_permissions_link_to_each_other(everything, parsed):
    linked = 0
    for step in everything.runbooks[0].all_steps():
        at = f"step-1-{step.step.name}"
        for need in step.needs:
            there = f"permission-{need.action.replace(':', '-')}"
            assert there in parsed.by_id[at].links()
            assert at in parsed.by_id[there].links()
            linked += 1
    assert linked > 6
    assert "step-1-tell" not in parsed.by_id["permission-sqs-ListQueues"].links()


def test_steps_are_in_order_and_numbered_those_of_a_loop_within_it(parsed):
    headings = [each.text for each in parsed.by_id["runbook-1"].all() if each.name in ("h3", "h4")]
    names = [re.sub(r"\d+ (gap|wider than needed|note)s?$", "", each) for each in headings]
    assert names == ["1 choose", "2 script", "3 start", "4 each", "4.1 read", "4.2 enough", "5 make", "6 lost", "7 tell"]
    assert parsed.by_id["step-1-read"] in parsed.by_id["step-1-each"].all()


def test_a_branch_links_to_its_targets_and_they_link_back(parsed):
    choose, each = parsed.by_id["step-1-choose"], parsed.by_id["step-1-each"]
    assert choose.links() == ["step-1-script", "step-1-start", "step-1-each"]
    assert 'if {{ Os }} StringEquals "Linux": 2 script' in choose.text
    assert "otherwise: 4 each" in choose.text
    assert "step-1-choose" in each.links()
    assert "breaks the loop" in parsed.by_id["step-1-enough"].text
    assert "on failure: 7 tell" in parsed.by_id["step-1-script"].text


def test_a_step_that_nothing_leads_to_is_shown_as_such(parsed):
    told = [name for name in parsed.by_id if name.startswith("step-") and "no step leads here" in parsed.by_id[name].text]
    assert told == ["step-1-lost"]


def test_findings_come_first_with_links_to_their_steps(everything, parsed):
    told = [each for each in parsed.by_id["findings"].all() if each.attributes.get("data-find") == "finding"]
    gaps_first = sorted(everything.findings, key=lambda finding: finding.id in INFORMATION)
    assert [each.links() for each in told] == [[f"step-1-{finding.step}"] for finding in gaps_first]
    assert all(finding.message in each.text for each, finding in zip(told, gaps_first, strict=True))
    order = list(parsed.by_id)
    assert order.index("findings") < order.index("runbook-1") < order.index("permissions")


def test_a_gap_is_shown_in_words_not_only_by_colour(parsed):
    script, make = parsed.by_id["step-1-script"].text, parsed.by_id["step-1-make"].text
    assert "1 gap" in script
    assert "Gap line" in script
    assert "Wider than needed line" in make
    assert "gap" not in parsed.by_id["step-1-start"].text.lower()


def test_the_page_says_what_the_policy_does_not_cover(parsed):
    text = " ".join(parsed.root.text.split())
    assert "Not in the policy, because no runbook shows it: use of your own KMS keys" in text


def test_a_page_without_findings_says_so_and_has_no_place_for_them():
    parsed = drawn(explained(samples.plain()))
    assert "findings" not in parsed.by_id
    assert "No gaps" in parsed.root.text
    assert "Restart an EC2 instance" in parsed.by_id["runbook-1"].text
    assert "nothing" in parsed.by_id["step-1-approve"].text


def test_a_page_without_gaps_may_still_say_that_the_policy_is_wider_than_needed():
    step = api("make", "ecs", "RegisterTaskDefinition", taskRoleArn="{{ Role }}")
    parsed = drawn(explained(runbook(step, assumeRole="{{ Role }}", parameters={"Role": {"type": "String"}})))
    assert "No gaps: the policy lacks nothing we know of, but allows more than is needed." in parsed.root.text
    assert "1 wider than needed" in parsed.by_id["step-1-make"].text


def test_steps_that_need_nothing_make_a_page_too():
    parsed = drawn(explained(runbook({"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}})))
    assert "None: these steps need no permissions" in parsed.by_id["permissions"].text


def test_several_runbooks_are_distinguished():
    two = [runbook(api("list", "sqs", "ListQueues"), name=name) for name in ("One", "Two")]
    parsed = drawn(explained(*two))
    assert parsed.by_id["permission-sqs-ListQueues"].links() == ["step-1-list", "step-2-list"]
    assert "One: 1 list" in parsed.by_id["permission-sqs-ListQueues"].text
    assert "What 2 runbooks need" in parsed.root.text


def test_of_many_steps_the_rest_is_folded_up():
    parsed = drawn(explained(runbook(*(api(f"list{number}", "sqs", "ListQueues") for number in range(14)))))
    entry = parsed.by_id["permission-sqs-ListQueues"]
    assert len(entry.links()) == 14
    (details,) = [each for each in entry.all() if each.name == "details"]
    assert details.links() == ["step-1-list12", "step-1-list13"]
    assert "2 more steps" in details.text


def test_bound_values_and_the_place_are_shown():
    read = Runbook.from_text(samples.plain().text, name="Restart", parameters={"InstanceId": "i-0123456789abcdef0"})
    parsed = drawn(explained(read), CONTEXT)
    assert "InstanceId = i-0123456789abcdef0" in parsed.by_id["runbook-1"].text
    assert "Partition aws, account 123456789012, Region eu-central-1, role any." in parsed.root.text
    assert "Partition any, account any, Region any, role any." in drawn(explained(read, context=Place()), Place()).root.text


def test_texts_that_mean_harm_stay_texts():
    parsed = drawn(explained(samples.harmful()))
    assert [each.name for each in parsed.all if each.name in ("script", "img")] == ["script"]
    assert "harm" not in next(each for each in parsed.all if each.name == "script").text
    assert HARM in parsed.by_id["runbook-1"].text
    assert HARM in parsed.by_id["step-1-choose"].text
    assert HARM in parsed.by_id["permission-s3-PutObject"].text
    assert "\\u202eturned\\x1b[31m" in parsed.root.text, "what steers a terminal or turns text is seen"
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", page(explained(samples.harmful()), CONTEXT))


def test_only_html_is_taken_as_html():
    assert tag("p", "<b>", title='"&') == '<p title="&quot;&amp;">&lt;b&gt;</p>'
    assert tag("p", tag("b", "x"), [Html("<i></i>"), None, 1234]) == "<p><b>x</b><i></i>1,234</p>"
    assert tag("p", str(tag("b"))) == "<p>&lt;b&gt;&lt;/b&gt;</p>", "text made of HTML is text again"
    assert tag("input", class_="a", aria_label="b", hidden=True, id=None) == '<input class="a" aria-label="b" hidden>'
    assert join() == ""


def test_the_same_bytes_in_every_process():
    code = (
        "from tests.report import samples; from automation_role.explain.html import page\n"
        "print(page(samples.explained(samples.everything(), samples.large(40)), samples.CONTEXT))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=samples.ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_very_large_runbook_makes_no_very_large_page():
    made = page(explained(samples.large(500)), CONTEXT)
    assert made.count('class="step"') == 500
    assert len(made) < 500 * 2_500


def test_the_command_writes_it(tmp_path: Path, capsys):
    target = tmp_path / "report.html"
    source = str(samples.ROOT / "runbooks" / "restart-instance.yaml")
    assert main(["explain", source, "--format", "html", "-o", str(target), "--account", "123456789012"]) == 0
    context = Place(account="123456789012")
    assert target.read_text(encoding="utf-8") == page(explained(samples.restart(), context=context), context)
    assert capsys.readouterr().out == ""
