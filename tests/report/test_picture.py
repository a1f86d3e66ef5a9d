"""The picture of a runbook's flow: a box for each step in order, a line for each way, and the same in words for those who don't see it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from automation_role.explain.mermaid import mermaid
from tests.report import samples
from tests.report.parsing import Element, Parsed
from tests.report.samples import api, explained, runbook
from tests.report.test_page import drawn


def figure(parsed: Parsed) -> Element:
    (found,) = [each for each in parsed.all if each.name == "figure"]
    return found


def boxes(picture: Element) -> dict[str, tuple[int, int, int, int]]:
    """Step -> left, top, right and bottom of its box."""
    found = {}
    for link in [each for each in picture.all() if each.name == "a"]:
        box = next(each.attributes for each in link.inside if each.attributes.get("class", "").startswith("box"))
        x, y, width, height = (int(box[key]) for key in ("x", "y", "width", "height"))
        found[link.attributes["href"].rpartition("-")[2]] = (x, y, x + width, y + height)
    return found


def ways(picture: Element, kind: str) -> list[str]:
    return [each.attributes["d"] for each in picture.all() if each.name == "path" and each.attributes["class"] == f"way {kind}"]


def size(picture: Element) -> tuple[int, int]:
    (svg,) = [each for each in picture.all() if each.name == "svg"]
    return int(svg.attributes["width"]), int(svg.attributes["height"])


def test_every_step_has_a_box_in_the_order_of_the_document_that_leads_to_it():
    everything = explained(samples.everything())
    parsed = drawn(everything)
    found = boxes(figure(parsed))
    assert list(found) == [step.step.name for step in everything.runbooks[0].all_steps()]
    assert all(f"step-1-{name}" in parsed.by_id for name in found)


def test_a_box_says_in_words_what_the_picture_shows():
    (script,) = [each for each in figure(drawn(explained(samples.everything()))).all() if each.attributes.get("href") == "#step-1-script"]
    (said,) = [each.text for each in script.inside if each.name == "desc"]
    assert said == "2 actions; 1 gap; then: start; on failure: tell"


def test_a_way_to_the_next_step_goes_straight_down():
    picture = figure(drawn(explained(runbook(api("one", "sqs", "ListQueues"), api("two", "sqs", "ListQueues", isEnd=True)))))
    found = boxes(picture)
    straight = re.fullmatch(r"M(\d+) (\d+)V(\d+)", ways(picture, "jump")[0])
    assert straight is not None
    assert (int(straight[2]), int(straight[3])) == (found["one"][3], found["two"][1])


def test_a_jump_leaves_on_the_right_and_ends_at_its_step():
    steps = [api("one", "sqs", "ListQueues", nextStep="three"), api("two", "sqs", "ListQueues"), api("three", "sqs", "ListQueues")]
    picture = figure(drawn(explained(runbook(*steps))))
    (_, _, right, _), (_, top, _, bottom) = boxes(picture)["one"], boxes(picture)["three"]
    (jump,) = [each for each in ways(picture, "jump") if each.startswith(f"M{right} ") and "H" in each]
    end = re.search(r"M\d+ (\d+)H(\d+)$", jump)
    assert end is not None
    assert top < int(end[1]) < bottom
    assert int(end[2]) == right


def test_failure_and_cancellation_leave_on_the_left_in_lines_of_their_own():
    steps = [api("one", "sqs", "ListQueues", onFailure="step:two", onCancel="step:two"), api("two", "sqs", "ListQueues")]
    picture = figure(drawn(explained(runbook(*steps))))
    left = boxes(picture)["one"][0]
    for kind in ("failure", "cancelled"):
        (line,) = ways(picture, kind)
        assert line.startswith(f"M{left} ")
    assert "Dashed lines: on failure. Dotted lines: when cancelled." in picture.text


def test_lines_to_one_step_share_a_lane():
    def width(count: int) -> int:
        steps = [
            branch
            for n in range(count)
            for branch in (samples.branch(f"b{n}", ("x", "done"), default=f"s{n}"), api(f"s{n}", "sqs", "ListQueues"))
        ]
        return size(figure(drawn(explained(runbook(*steps, api("done", "sqs", "ListQueues"))))))[0]

    assert width(2) == width(60)


def test_a_loop_is_a_frame_around_its_steps():
    picture = figure(drawn(explained(samples.everything())))
    (frame,) = [each.attributes for each in picture.all() if each.attributes.get("class") == "loop"]
    left, top = int(frame["x"]), int(frame["y"])
    right, bottom = left + int(frame["width"]), top + int(frame["height"])
    inside = {name for name, box in boxes(picture).items() if left < box[0] and top < box[1] and box[2] < right and box[3] < bottom}
    assert inside == {"each", "read", "enough"}


def test_gaps_and_widths_are_seen_in_the_box():
    picture = figure(drawn(explained(samples.everything())))
    by_step = {each.attributes["href"].rpartition("-")[2]: each for each in picture.all() if each.name == "a"}
    cells = {
        name: [c.attributes["class"] for c in link.inside if c.attributes.get("class", "").startswith("cell")]
        for name, link in by_step.items()
    }
    assert (cells["tell"], cells["start"], cells["lost"], cells["choose"]) == (["cell named"], ["cell type"], ["cell all"], [])
    assert next(c.attributes["class"] for c in by_step["script"].inside if c.name == "rect") == "box gap"
    assert next(c.attributes["class"] for c in by_step["make"].inside if c.name == "rect") == "box wider"


def test_a_nested_runbook_is_named():
    nested = {"name": "child", "action": "aws:executeAutomation", "inputs": {"DocumentName": "Acme-Child"}}
    assert "2 childstarts Acme-Child" in figure(drawn(explained(runbook(api("one", "sqs", "ListQueues"), nested)))).text


def test_one_step_needs_no_picture():
    parsed = drawn(explained(runbook(api("one", "sqs", "ListQueues"))))
    assert not [each for each in parsed.all if each.name == "figure"]


NAMES = [f"s{number}" for number in range(8)]
targets = st.sampled_from(NAMES)


@st.composite
def flows(draw: Any) -> list[dict[str, Any]]:
    steps = []
    for name in NAMES:
        if draw(st.booleans()):
            steps.append(samples.branch(name, *((f"v{i}", draw(targets)) for i in range(draw(st.integers(1, 4)))), default=draw(targets)))
        else:
            more = draw(st.fixed_dictionaries({}, optional={"nextStep": targets, "onFailure": targets.map("step:{}".format)}))
            steps.append(api(name, "sqs", "ListQueues", **more))
    return steps


@given(flows())
def test_no_box_lies_on_another_and_no_line_outside_the_picture(steps):
    picture = figure(drawn(explained(runbook(*steps))))
    width, height = size(picture)
    found = list(boxes(picture).values())
    assert all(above[3] < below[1] for above, below in pairwise(found))
    for kind in ("jump", "failure"):
        for path in ways(picture, kind):
            assert all(0 <= int(x) <= width for x in re.findall(r"[MH](\d+)", path))
            assert all(0 <= int(y) <= height for y in re.findall(r"M\d+ (\d+)|V(\d+)", path) for y in y if y)


def test_mermaid_has_every_step_and_way():
    said = mermaid(explained(samples.everything()))
    assert said.startswith("flowchart TD\n")
    assert 's2["script<br>aws:executeScript<br>2 actions<br>1 gap"]:::gap' in said
    assert 's2 -.->|"on failure"| s9' in said
    assert "s4 --> s5" in said  # into the loop
    assert 's6 -->|"otherwise"| s5' in said
    assert said.count("(the end)") == 0  # its words stand in quotes


def test_mermaid_keeps_texts_in_their_place():
    for line in mermaid(explained(samples.harmful())).splitlines():
        assert re.sub(r"#\d+;", "", line).count('"') % 2 == 0
        assert not {"<script", "\x1b", "\u202e"} & set(re.findall(r"<script|\x1b|\u202e", line))
