"""The page of `check --fleet`: as text, and in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from automation_role.check.fleet.html import cards
from automation_role.cli import main
from tests.check.conftest import allow
from tests.check.fleets import dump, role, runbook, trust, write
from tests.report import samples
from tests.report.browser import Browser
from tests.report.parsing import Parsed
from tests.report.test_browser import AXE, FOCUS, search, violations

HARM = '"><script>window.harm=1</script>'
SEES = allow("ec2:DescribeInstances")


def account_id(number: int) -> str:
    return f"{300_000_000_000 + number:012}"


def accounts(many: int) -> dict[str, Any]:
    """Accounts of every sort in turn: role fits, lacks, open trust, is wide, passes roles, is not there."""
    files: dict[str, Any] = {"look.json": runbook(), "passed.json": runbook(role="{{ R }}", R={})}
    for number in range(many):
        account = account_id(number)
        kind = number % 6
        statements = [[SEES], [], [SEES], [allow("ec2:*")], [SEES, allow("iam:PassRole")], [SEES]][kind]
        more: dict[str, Any] = {"AssumeRolePolicyDocument": trust(None)} if kind == 2 else {}
        ours = role(account, "Ops" if kind != 5 else "Idle", *statements, **more)
        files[f"accounts/{account}.json"] = dump(ours, role(account, "Web", AssumeRolePolicyDocument=trust(None, "lambda.amazonaws.com")))
    return files


def drawn(folder: Path, files: dict[str, Any], *arguments: str) -> Path:
    write(folder, files)
    main(["check", "--fleet", str(folder), "--format", "html", "-o", str(folder / "fleet.html"), *arguments])
    return folder / "fleet.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("fleet"), accounts(400))


@pytest.fixture(scope="module")
def parsed(page: Path) -> Parsed:
    return Parsed(page.read_text())


def rows(parsed: Parsed, section: str) -> list[list[str]]:
    """The texts of a table's cells, without those for narrow screens."""
    found = [each for each in parsed.by_id[section].all() if each.name == "tr"]
    return [[cell.text.removesuffix(_narrow(cell)) for cell in row.inside] for row in found[1:]]


def _narrow(cell: Any) -> str:
    return "".join(each.text for each in cell.inside if each.attributes.get("class") == "narrow")


def test_every_role_that_differs_is_a_row_what_matters_most_first(parsed: Parsed):
    assert rows(parsed, "roles") == [
        ["Ops", "67", "1", "no", "1", "", "", "", "", ""],
        ["Ops", "67", "1", "no", "", "", "open", "1", "", ""],
        ["Ops", "66", "1", "no", "", "", "", "2", "1", ""],
        ["Ops", "67", "1", "yes", "", "", "", "", rows(parsed, "roles")[3][8], ""],
        ["Ops", "67", "1", "yes", "", "", "", "", "", ""],
    ]
    assert int(rows(parsed, "roles")[3][8]) > 500


def test_every_account_is_a_row_those_that_do_not_fit_first(parsed: Parsed):
    found = rows(parsed, "accounts")
    assert len(found) == 400
    assert [each[:5] for each in (found[0], found[-1])] == [
        [account_id(1), "no", "2", "1", "Ops lacks 1"],
        [account_id(399), "yes", "2", "1", ""],
    ]
    assert [each[1] for each in found].count("no") == 200
    assert {each[1] for each in found[200:]} == {"yes", ""}, "nothing is said of an account whose roles no runbook runs as"


def test_a_role_s_card_has_what_was_found_and_its_accounts(parsed: Parsed):
    card = parsed.by_id["role-1"]
    assert "ec2:DescribeInstances on *" in card.text
    assert "arn:aws:iam::${AWS::AccountId}:role/Ops" in card.text
    assert "look.json:" in card.text
    assert card.links() == [f"account-{account_id(number)}" for number in range(1, 400, 6)]
    assert "trustWithoutSource" in parsed.by_id["role-2"].text
    assert "ec2:*" in parsed.by_id["role-4"].text


def test_what_has_no_counterpart_is_on_the_page(parsed: Parsed):
    assert "whoever starts it passes its role (R)" in parsed.by_id["unjoined"].text
    assert "which is not in the account66 accounts" in parsed.by_id["unjoined"].text
    assert "Idle 66 accounts" in parsed.by_id["idle"].text


def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere(parsed: Parsed):
    assert {target for target in parsed.root.links() if target not in parsed.by_id} == set()
    ids = Counter(each.attributes["id"] for each in parsed.all if "id" in each.attributes)
    assert [each for each, count in ids.items() if count > 1] == []
    assert {each.attributes["href"][:1] for each in parsed.all if each.name == "a"} == {"#"}
    (policy,) = [each.attributes["content"] for each in parsed.all if each.attributes.get("http-equiv") == "Content-Security-Policy"]
    for kind in ("script", "style"):
        (only,) = [each for each in parsed.all if each.name == kind]
        digest = base64.b64encode(hashlib.sha256(only.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy


def test_texts_that_mean_harm_stay_texts(tmp_path: Path):
    odd = role(account_id(1), "Ops", {"Sid": HARM, "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}, RoleName=HARM)
    parsed = Parsed(drawn(tmp_path, {"one.json": dump(odd), f"{HARM.replace('/', '')}.json": runbook()}).read_text())
    assert [each.name for each in parsed.all if each.name in ("script", "img")] == ["script"]
    assert parsed.by_id["role-1"].text.count(HARM) > 1


def test_what_a_card_leaves_out_it_says(tmp_path: Path):
    calls = [{"Service": "ec2", "Api": "StopInstances", "InstanceIds": [f"i-{number:017}"]} for number in range(60)]
    parsed = Parsed(drawn(tmp_path, {"one.json": dump(role(account_id(1))), "stop.json": runbook(*calls)}).read_text())
    card = parsed.by_id["role-1"].text
    assert "55 more" in card
    assert "and 15 more: --format json has them" in card


def test_of_very_many_roles_the_first_have_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cards, "MOST", 2)
    parsed = Parsed(drawn(tmp_path, accounts(12)).read_text())
    assert len(rows(parsed, "roles")) == 5
    assert "role-3" not in parsed.by_id
    assert "Details of 3 more roles are left out to keep this page small: --format json has them all." in parsed.by_id["details"].text
    assert {target for target in parsed.root.links() if target not in parsed.by_id} == set()


def test_an_account_s_id_is_an_element_s_id():
    assert cards.id_of_account("111122223333") == "account-111122223333"


# -- in a browser ------------------------------------------------------------------------------------------------------------------------

ROWS = "[...document.querySelectorAll('[data-row]')].filter(e => e.checkVisibility()).map(e => e.dataset.row)"
CARDS = "[...document.querySelectorAll('[data-find=role]')].filter(e => e.checkVisibility()).map(e => e.id)"
ACCOUNTS = "[...document.querySelectorAll('[data-find=account]')].filter(e => e.checkVisibility()).map(e => e.id)"


def choose(browser: Browser, value: str) -> None:
    browser.js(f"(() => {{ only.value = {json.dumps(value)}; only.dispatchEvent(new Event('change')); }})()")


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_opens_without_a_complaint(browser: Browser, page: Path, dark: bool):
    browser.look(dark=dark)
    browser.open(page)
    assert browser.complaints == []
    assert browser.js("performance.getEntriesByType('resource').length") == 0
    assert browser.js("getComputedStyle(document.body).backgroundColor") == ("rgb(18, 22, 27)" if dark else "rgb(255, 255, 255)")


@pytest.mark.slow
def test_search_finds_accounts_roles_runbooks_and_permissions(browser: Browser, page: Path):
    browser.open(page)
    search(browser, account_id(7))
    assert (browser.js(ROWS), browser.js(CARDS)) == (["role-1"], ["role-1"])
    assert browser.js(ACCOUNTS) == [f"account-{account_id(7)}"]
    assert browser.js("found.textContent") == "Shown: 1 of 5 roles, 1 of 400 accounts"
    search(browser, "describeinstances statement allows")
    assert browser.js(ROWS) == ["role-1"]
    browser.press("Escape")
    assert (len(browser.js(ROWS)), len(browser.js(ACCOUNTS)), browser.js("found.textContent")) == (5, 400, "")


@pytest.mark.slow
def test_a_filter_leaves_roles_and_accounts_of_its_kind(browser: Browser, page: Path):
    browser.open(page)
    for value, roles, count in (("bad", 3, 200), ("lacks", 1, 67), ("open", 1, 67), ("risky", 2, 133), ("", 5, 400)):
        choose(browser, value)
        assert (len(browser.js(ROWS)), len(browser.js(CARDS)), len(browser.js(ACCOUNTS))) == (roles, roles, count), value
    choose(browser, "open")
    assert browser.js("idle.checkVisibility()") is False
    browser.js("location.hash = '#role-1'")
    browser.settle()
    assert browser.js("only.value") == "", "a link to what the filter hides ends it"


@pytest.mark.slow
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there; `make setup` installs it")
@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 390)])
def test_axe_finds_nothing_to_say(browser: Browser, tmp_path: Path, dark: bool, width: int):
    page = drawn(tmp_path, accounts(12))
    browser.look(dark=dark, width=width, height=6000)
    browser.open(page)
    assert violations(browser) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_narrow_screen_nothing_is_cut_off(browser: Browser, page: Path, width: int):
    browser.look(width=width, height=844)
    browser.open(page)
    assert browser.js("document.documentElement.scrollWidth") <= width
    beyond = f"[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > {width + 1}).map(e => e.outerHTML)"
    assert browser.js(beyond) == []
    assert "lacks 1" in browser.js("document.querySelector('[data-row] th').innerText"), "what the other columns say"


@pytest.mark.slow
def test_everything_is_reached_by_the_keyboard(browser: Browser, tmp_path: Path):
    browser.open(drawn(tmp_path, accounts(6)))
    reached = []
    for _ in range(200):
        browser.press("Tab")
        focus = browser.js(FOCUS)
        if focus["what"] == "BODY":
            break
        assert focus["seen"], focus
        assert focus["outline"] >= 2, focus
        reached.append(focus["what"])
    assert {"search", "only", "#role-1", f"#account-{account_id(1)}"} <= set(reached)


@pytest.mark.slow
def test_a_screen_reader_gets_tables_and_headings(browser: Browser, page: Path):
    browser.open(page)
    told = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in browser.accessible() if not each["ignored"]]
    assert {"banner", "search", "navigation", "main", "table", "status"} <= {role for role, _ in told}
    assert ("searchbox", "Search roles, accounts, runbooks, permissions") in told
    assert ("combobox", "Show") in told
    assert {"columnheader", "rowheader"} <= {role for role, _ in told}
    assert sum(role == "rowheader" for role, _ in told) == 405


@pytest.mark.slow
def test_printed_it_is_light_and_has_every_row(browser: Browser, page: Path):
    browser.open(page)
    browser.look(media="print", dark=True)
    for gone in ("nav", "#search", "#only", ".skip"):
        assert browser.js(f"document.querySelector('{gone}').checkVisibility()") is False, gone
    assert browser.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (len(browser.js(ROWS)), len(browser.js(ACCOUNTS))) == (5, 400)
    assert browser.pdf().startswith(b"%PDF")


def test_it_uses_the_style_of_our_other_pages(page: Path):
    assert (samples.ROOT / "automation_role/explain/html/base.css").read_text() in page.read_text()


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [("Ops", "Every role that runbooks run as fits: 1 role."), ("Idle", "No role was checked.")],
)
def test_a_fleet_of_which_no_role_was_checked_does_not_read_as_one_that_fits(tmp_path: Path, ours: str, verdict: str):
    files = {"look.json": runbook(), "dump.json": dump(role(account_id(0), ours, SEES))}
    assert f">{verdict}<" in drawn(tmp_path, files).read_text()
