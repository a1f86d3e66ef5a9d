"""The page in a real browser: search, links, keyboard, screen reader, light and dark, print, 500 steps."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.report import samples
from tests.report.browser import Browser

pytestmark = pytest.mark.slow

AXE = samples.ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHOWN = "[...document.querySelectorAll('main [data-find={}]')].filter(e => e.checkVisibility()).map(e => e.id || e.innerText)"
FOCUS = """(() => {
  const e = document.activeElement, r = e.getClientRects()[0] ?? {}, s = getComputedStyle(e), x = r.x + r.width / 2, y = r.y + r.height / 2;
  const top = document.elementFromPoint(x, y);
  return {
    what: e.id || e.getAttribute('href') || e.tagName,
    seen: top !== null && (e.contains(top) || top.contains(e)),
    outline: parseFloat(s.outlineWidth) * (s.outlineStyle !== 'none'),
  };
})()"""


def steps(browser: Browser) -> list[str]:
    return [each.removeprefix("step-1-") for each in browser.js(SHOWN.format("step"))]


def permissions(browser: Browser) -> list[str]:
    return [each.removeprefix("permission-") for each in browser.js(SHOWN.format("permission"))]


def search(browser: Browser, text: str) -> None:
    browser.js("document.getElementById('search').focus()")
    browser.js("document.getElementById('search').select()")
    browser.type(text)


def sees(browser: Browser, name: str) -> bool:
    """Whether the top of an element is in view, below what stays at the top of the page."""
    found = browser.js(
        f"(() => {{ const y = document.getElementById({json.dumps(name)}).getBoundingClientRect().y;"
        "const bar = document.getElementById('search-bar'), b = bar.getBoundingClientRect();"
        "return y < innerHeight - 20 && y >= (getComputedStyle(bar).position === 'sticky' ? b.bottom : 0) - 1; })()"
    )
    assert isinstance(found, bool)
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["everything", "harmful", "plain", "large"])
def test_it_opens_from_a_file_without_a_complaint_and_asks_for_nothing(browser, pages, name, dark):
    browser.look(dark=dark)
    browser.open(pages[name])
    browser.settle()
    assert browser.complaints == []
    assert browser.js("window.harm") is None
    assert browser.js("performance.getEntriesByType('resource').length") == 0
    assert browser.js("document.querySelectorAll('h1').length") == 1
    assert browser.js("getComputedStyle(document.body).backgroundColor") == ("rgb(18, 22, 27)" if dark else "rgb(255, 255, 255)")


def test_what_harms_is_stopped_by_the_page_s_own_policy_too(browser, pages):
    browser.open(pages["harmful"])
    browser.js("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.harm=1\">')")
    browser.js("(() => { const s = document.createElement('script'); s.textContent = 'window.harm=1'; document.body.append(s); })()")
    browser.settle()
    assert browser.js("window.harm") is None
    assert any("Content Security Policy" in each for each in browser.complaints)


# -- search --------------------------------------------------------------------------------------------------------------------------


def test_search_leaves_what_has_every_word(browser, pages):
    browser.open(pages["everything"])
    everything = steps(browser), permissions(browser)
    assert len(everything[0]) == 9
    assert browser.js("found.textContent") == ""
    search(browser, "SQS listQ")
    assert steps(browser) == ["script", "lost"]
    assert permissions(browser) == ["sqs-ListQueues"]
    assert browser.js("found.textContent") == "Shown: 2 of 9 steps, 1 of 7 permissions"
    assert browser.js("[...document.querySelectorAll('main h3')].filter(e => e.checkVisibility()).map(e => e.innerText)")[-1] == "sqs"
    entries = browser.js("[...document.querySelectorAll('nav [data-for]')].filter(e => e.checkVisibility()).map(e => e.dataset.for)")
    assert entries == ["step-1-script", "step-1-lost"]
    browser.press("Escape")
    assert (steps(browser), permissions(browser)) == everything
    assert browser.js("found.textContent") == ""


def test_a_step_of_a_loop_is_found_within_its_loop(browser, pages):
    browser.open(pages["everything"])
    search(browser, "company-settings")
    assert steps(browser) == ["each", "read"]
    assert browser.js("found.textContent").startswith("Shown: 1 of 9 steps, ")


def test_labels_are_not_searched(browser, pages):
    browser.open(pages["everything"])
    search(browser, "calls")
    assert [each for each in steps(browser) if each != "script"] == [], "a finding's message has the word"


def test_a_search_for_what_is_not_there_says_so(browser, pages):
    browser.open(pages["everything"])
    search(browser, "</script>")
    assert steps(browser) == []
    assert browser.js("found.textContent") == "Shown: 0 of 9 steps, 0 of 7 permissions"
    browser.open(pages["harmful"])
    search(browser, "</script>")
    assert len(steps(browser)) == 4


def test_what_was_found_is_marked(browser, pages):
    browser.open(pages["everything"])
    search(browser, "listqueues")
    marked = browser.js("[...CSS.highlights.get('found')].map(String)")
    assert len(marked) > 4
    assert {each.lower() for each in marked} == {"listqueues"}
    browser.press("Escape")
    assert browser.js("CSS.highlights.has('found')") is False


def test_a_search_puts_the_picture_away(browser, pages):
    browser.open(pages["everything"])
    shown = "document.querySelector('.picture').checkVisibility()"
    assert browser.js(shown)
    search(browser, "sqs")
    assert not browser.js(shown)
    browser.press("Escape")
    assert browser.js(shown)


def test_only_steps_with_findings_to_answer(browser, pages):
    browser.open(pages["everything"])
    browser.click("#only")
    assert steps(browser) == ["script", "make"]
    browser.click("#only")
    assert len(steps(browser)) == 9
    browser.open(pages["plain"])
    assert browser.js("document.getElementById('only').checkVisibility()") is False, "there are none"


# -- links ---------------------------------------------------------------------------------------------------------------------------


def test_links_lead_from_a_step_to_its_permission_and_back(browser, pages):
    browser.open(pages["everything"])
    browser.click("#step-1-start a[href='#permission-ec2-StartInstances']")
    assert browser.js("document.activeElement.id") == "permission-ec2-StartInstances", "the focus goes there, for the keyboard and readers"
    assert sees(browser, "permission-ec2-StartInstances")
    browser.click("#permission-ec2-StartInstances a[href='#step-1-start']")
    assert browser.js("document.activeElement.id") == "step-1-start"
    assert sees(browser, "step-1-start")


def test_a_link_to_what_the_search_hides_ends_the_search(browser, pages):
    browser.open(pages["everything"])
    search(browser, "dynamicService")
    assert steps(browser) == ["script"]
    browser.click("#step-1-script a[href='#step-1-tell']")
    assert browser.js("document.getElementById('search').value") == ""
    assert sees(browser, "step-1-tell")
    search(browser, "dynamicService")
    browser.js("history.back()")  # to where no step was the target
    browser.settle()
    browser.js("location.hash = '#step-1-lost'")
    browser.settle()
    assert sees(browser, "step-1-lost")


def test_a_link_from_outside_opens_at_its_step(browser, pages):
    browser.open(pages["large"], "#step-1-done")
    browser.settle()
    assert sees(browser, "step-1-done")


# -- keyboard and screen reader ------------------------------------------------------------------------------------------------------


def test_everything_is_reached_by_the_keyboard_and_seen_when_it_has_the_focus(browser, pages):
    browser.open(pages["everything"])
    reached = []
    for _ in range(200):
        browser.press("Tab")
        focus = browser.js(FOCUS)
        if focus["what"] == "BODY":
            break
        assert focus["seen"], focus
        assert focus["outline"] >= 2, focus
        reached.append(focus["what"])
    assert reached[:5] == ["#findings", "#runbook-1", "#permissions", "#findings", "search"]
    links = browser.js("[...document.querySelectorAll('a')].filter(e => e.checkVisibility()).length")
    assert len(reached) == links + 2


def test_a_skip_link_skips(browser, pages):
    browser.open(pages["everything"])
    browser.press("Tab")
    browser.press("Tab")
    browser.press("Enter")
    assert browser.js("document.activeElement.id") == "runbook-1"
    browser.press("Tab")
    assert browser.js("document.activeElement.getAttribute('href')") == "#step-1-choose", "the first link after the heading: the first box"


def test_a_folded_list_is_opened_by_the_keyboard(browser, pages):
    browser.open(pages["large"])
    browser.js("document.querySelector('#findings summary').focus()")
    shown = browser.js(SHOWN.format("finding"))
    assert len(shown) == 10
    assert all(each.startswith("Gap ") for each in shown), "the gaps first"
    browser.press("Enter")
    assert len(browser.js(SHOWN.format("finding"))) > 20


def test_a_folded_list_in_which_nothing_is_found_is_gone(browser, pages):
    browser.open(pages["large"])
    first = browser.js("document.querySelector('#findings li').innerText").partition("\n")[0]  # with its step and its line
    for text, folded in ((first, False), ("dynamicservice", True), ("bytes", True)):
        search(browser, text)
        assert browser.js("document.querySelector('#findings').checkVisibility()") is True, text
        assert browser.js("document.querySelector('#findings details').checkVisibility()") is folded, text


def test_a_screen_reader_gets_landmarks_headings_and_names(browser, pages):
    browser.open(pages["everything"])
    nodes = [each for each in browser.accessible() if not each["ignored"]]
    told = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in nodes]
    roles = {role for role, _ in told}
    assert {"banner", "search", "navigation", "main"} <= roles
    assert ("searchbox", "Search steps and permissions") in told
    assert ("checkbox", "Only steps with findings to answer") in told
    assert ("navigation", "Contents") in told
    assert {"Findings", "Steps of Everything", "Permissions"} <= {name for role, name in told if role == "region"}
    assert "status" in roles
    assert ("heading", "2 script 1 gap") in told
    levels = browser.js("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    assert browser.js("document.documentElement.lang") == "en"
    assert browser.js("document.title") == "What Everything needs"


def violations(browser: Browser) -> list[Any]:
    browser.js(AXE.read_text(encoding="utf-8") + ";0")
    found = browser.js(
        "axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(r => ({"
        "bad: r.violations.map(v => [v.id, v.nodes.map(n => n.html + n.failureSummary)]), ran: r.passes.map(p => p.id)}))"
    )
    assert {"color-contrast", "heading-order", "label", "region", "link-name"} <= set(found["ran"])
    bad: list[Any] = found["bad"]
    return bad


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there; `make setup` installs it")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_to_say(browser, pages, dark):
    """All of its rules, WCAG's and its own, contrast among them."""
    browser.look(dark=dark, height=6000)  # all of it in view: what is not is not judged
    browser.open(pages["everything"])
    assert violations(browser) == []
    search(browser, "listqueues")
    assert violations(browser) == []


# -- light, dark, narrow, printed, without scripts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_gaps_have_a_colour_and_a_border_of_their_own(browser, pages, dark):
    browser.look(dark=dark)
    browser.open(pages["everything"])
    looks = browser.js(
        "['script', 'make', 'start'].map(n => { const e = document.querySelector(`#step-1-${n} .finding`) ?? document.getElementById(`step-1-${n}`);"
        "const s = getComputedStyle(e); return [s.backgroundColor, s.borderLeftColor, s.borderLeftStyle + s.borderLeftWidth]; })"
    )
    for kind in zip(*looks, strict=True):
        assert len(set(kind)) == 3, kind


@pytest.mark.parametrize("name", ["everything", "harmful"])
def test_on_a_narrow_screen_nothing_is_cut_off(browser, pages, name):
    browser.look(width=320, height=640)  # WCAG 2.2, 1.4.10
    browser.open(pages[name])
    assert browser.js("document.documentElement.scrollWidth") <= 320
    assert (
        browser.js(
            # a picture may scroll by itself (the same criterion: "images, maps, diagrams")
            "[...document.querySelectorAll('main *')].filter(e => !e.closest('svg') && e.getBoundingClientRect().right > 321).map(e => e.outerHTML)"
        )
        == []
    )


def test_on_a_narrow_screen_a_number_stays_in_one_piece(browser, pages):
    browser.look(width=390, height=844)
    browser.open(pages["large"])
    assert browser.js("[...document.querySelectorAll('.counts dd')].filter(e => e.offsetHeight > 50).map(e => e.innerText)") == []


def test_printed_all_of_it_is_there_and_nothing_that_is_for_the_screen(browser, pages):
    browser.open(pages["large"])
    folded = "[...document.querySelectorAll('details a')].filter(e => e.checkVisibility({contentVisibilityAuto: true})).length"
    assert browser.js(folded) == 0
    browser.look(media="print", dark=True)
    assert browser.js(folded) == browser.js("document.querySelectorAll('details a').length") > 100
    for gone in ("nav", "#search", "#only-label", ".skip", "summary", "#found"):
        assert browser.js(f"document.querySelector('{gone}').checkVisibility()") is False, gone
    assert browser.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is light"
    assert browser.js("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.js("getComputedStyle(document.querySelector('.step')).breakInside") == "avoid"


def test_printed_after_a_search_it_says_that_it_is_not_all(browser, pages):
    browser.open(pages["everything"])
    search(browser, "listqueues")
    browser.look(media="print")
    assert browser.js("found.checkVisibility()") is True
    assert steps(browser) == ["script", "lost"]
    assert browser.pdf().startswith(b"%PDF")


def test_without_scripts_everything_is_there_but_the_search(browser, pages):
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.send("Page.navigate", url=pages["everything"].as_uri() + "?without")
        told: list[tuple[str, str]] = []
        for _ in range(200):
            nodes = [each for each in browser.accessible() if not each["ignored"]]
            told = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in nodes]
            if {("heading", "How to read this"), ("heading", "iam:PassRole")} <= set(told):
                break
            time.sleep(0.05)
        assert ("heading", "2 script 1 gap") in told
        assert ("heading", "iam:PassRole") in told
        assert "searchbox" not in {role for role, _ in told}
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)


# -- 500 steps -----------------------------------------------------------------------------------------------------------------------


def test_five_hundred_steps_are_searched_and_reached(browser, pages):
    browser.open(pages["large"])
    assert len(steps(browser)) == 500
    browser.click("nav [data-for='step-1-done'] a")
    assert sees(browser, "step-1-done")
    search(browser, "function-step12")
    assert "step12" in steps(browser)
    assert len(steps(browser)) < 20
    assert browser.js("scrollY") < 2_000
    browser.press("Escape")
    assert len(steps(browser)) == 500
    assert browser.complaints == []


def test_a_screen_reader_gets_all_five_hundred(browser, pages):
    """`content-visibility: auto` would halve the time to the first picture, and hide from it what is not in view."""
    browser.open(pages["large"])
    headings = [each["name"]["value"] for each in browser.accessible() if each["role"]["value"] == "heading"]
    assert len(headings) == browser.js("document.querySelectorAll('h1, h2, h3, h4, h5, h6').length") > 500


def test_screenshots_are_pictures(browser, pages, tmp_path: Path):
    """Small and very large, light and dark: in pytest's folder for whoever wants to look."""
    seen = set()
    for name in ("plain", "large"):
        for dark in (False, True):
            browser.look(dark=dark)
            browser.open(pages[name])
            picture = browser.screenshot()
            (tmp_path / f"{name}-{'dark' if dark else 'light'}.png").write_bytes(picture)
            assert picture.startswith(b"\x89PNG")
            seen.add(picture)
    assert len(seen) == 4
