"""A runbook's flow as a picture: a box for each step, lines for jumps, failures and cancellations, a frame for each loop.

The layout is a list: one row a step, in the document's order, as the numbers of the steps are. A line to the next row goes straight down.
Any other jump leaves a box on the right and runs in a lane beside the boxes; failure and cancellation leave on the left, dashed and dotted.
All the lines to one step share a lane, so that 60 steps that jump to the last one take one lane, not 60. See docs/adr/0010-the-picture-of-a-runbook.md.

The picture is SVG made of the page's own elements: it needs no script, and the style sheet gives it colours for light, dark and print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ...runbook.flow import ON_FAILURE, WHEN_CANCELLED
from ..needs import Breadth, breadth_of
from ..visible import count_of
from .markup import Html, join, tag
from .parts import KINDS, kind_of
from .picture_layout import FRAME, LANE, MARGIN, Lane, Row, aside_of, exit_at, is_down, lanes_of, place_rows, rows_of
from .place import PlacedRunbook, PlacedStep

# Sizes in the units of the layout.
_BOX: Final = 330
_INDENT: Final = 22  # a loop's steps
_WORDS: Final = 176  # beside the boxes, for the labels of lines
_CELLS: Final = 10  # actions that a box shows one by one

# Letters that fit.
_LETTERS_OF_NAME: Final = 30
_LETTERS_OF_ACTION: Final = 34
_LETTERS_OF_WAY: Final = 27


def picture(runbook: PlacedRunbook) -> Html | None:
    """A runbook's flow with its legend; `None` for a runbook of one step."""
    rows = rows_of(runbook.steps)
    if len(rows) < 2:
        return None
    numbers = {row.step.name: number for number, row in enumerate(rows)}
    height = place_rows(rows, numbers)
    right, left = lanes_of(rows, numbers, "jump"), lanes_of(rows, numbers, ON_FAILURE, WHEN_CANCELLED)
    start = MARGIN + LANE * (1 + max((lane.column for lane in left), default=-1)) + 8
    end = start + _BOX
    width = end + _WORDS + LANE * (1 + max((lane.column for lane in right), default=-1)) + MARGIN
    drawn = join(
        tag("g", [_frame(rows, number, start) for number, row in enumerate(rows) if row.last > number], aria_hidden="true"),
        tag(
            "g",
            [_line(lane, rows, end, end + _WORDS, 1) for lane in right],
            [_line(lane, rows, start, start - 8, -1) for lane in left],
            [each for number in range(len(rows)) for each in _ways(rows, number, numbers, start)],
            aria_hidden="true",
        ),
        [_box(row, start, end) for row in rows],
    )
    name = runbook.explained.runbook.name
    svg = tag(
        "svg",
        drawn,
        viewBox=f"0 0 {width} {height}",
        width=str(width),
        height=str(height),
        role="group",
        aria_label=f"Flow of {name}, a link for each step; the steps below say the same in words",
    )
    how = tag("figcaption", _how(left, rows), class_="quiet")
    return tag("figure", tag("div", svg, class_="scroll"), how, class_="picture")


def _how(left: Sequence[Lane], rows: Sequence[Row]) -> str:
    kinds = {lane.kind for lane in left}
    said = [
        "Each box is a step and leads to it; each cell in it is an IAM action: outlined on named resources, half full with wildcards, full on *."
    ]
    if ON_FAILURE in kinds:
        said.append("Dashed lines: on failure.")
    if WHEN_CANCELLED in kinds:
        said.append("Dotted lines: when cancelled.")
    if any(row.last > number for number, row in enumerate(rows)):
        said.append("A frame is a loop.")
    said.append("A step that fails ends the automation, unless a line or the box says otherwise.")
    return " ".join(said)


def _line(lane: Lane, rows: Sequence[Row], box: int, first: int, outwards: int) -> Html:
    """One lane: from each source out to it, along it, and in to the target."""
    x = first + outwards * LANE * lane.column + (outwards * 4)
    target = rows[lane.target]
    edge = box if outwards > 0 else box + _INDENT * target.depth
    y = target.y + 6
    ends = [y, *(at for _, at in lane.sources)]
    starts = "".join(f"M{box if outwards > 0 else box + _INDENT * rows[number].depth} {at}H{x}" for number, at in lane.sources)
    path = f"{starts}M{x} {min(ends)}V{max(ends)}M{x} {y}H{edge}"
    head = f"M{edge} {y}l{outwards * 7} -4v8z"
    class_ = "way " + lane.kind.split()[-1]
    return join(tag("path", d=path, class_=class_), tag("path", d=head, class_=f"{class_} head"))


def _ways(rows: Sequence[Row], number: int, numbers: Mapping[str, int], start: int) -> Iterator[Html]:
    """The line straight down from a row, and the labels of those on its right."""
    row = rows[number]
    x = start + _INDENT * row.depth + 18
    if row.last > number:
        inner = rows[number + 1]
        yield _down(x + _INDENT, row.y + row.height, inner.y, "")
    for transition in row.step.onwards:
        if is_down(row, transition, numbers) and row.following is not None:
            last = rows[row.last]
            bottom = last.y + last.height + (FRAME if row.last > number else 0)
            yield _down(x, bottom, rows[row.following].y, transition.when)
    for index, transition in enumerate(aside_of(row, numbers)):
        y = exit_at(row, index)
        words = ": ".join(filter(None, [transition.when, transition.words if transition.target is None else ""]))
        if transition.target is None or transition.target not in numbers:
            words = words or (transition.target or "")
            yield tag("path", d=f"M{start + _BOX} {y}h12", class_="way jump")
            yield tag("circle", cx=str(start + _BOX + 14), cy=str(y), r="3", class_="end")
        if words:
            yield tag("text", tag("title", words), _short(words, _LETTERS_OF_WAY), x=str(start + _BOX + 22), y=str(y - 3), class_="words")


def _down(x: int, top: int, bottom: int, when: str) -> Html:
    words = (
        tag("text", tag("title", when), _short(when, _LETTERS_OF_ACTION), x=str(x + 10), y=str(bottom - 7), class_="words")
        if when
        else None
    )
    return join(
        tag("path", d=f"M{x} {top}V{bottom}", class_="way jump"),
        tag("path", d=f"M{x} {bottom}l-4 -7h8z", class_="way jump head"),
        words,
    )


def _frame(rows: Sequence[Row], number: int, start: int) -> Html:
    """A loop's frame, around its own box and its steps."""
    row, last = rows[number], rows[rows[number].last]
    x = start + _INDENT * row.depth
    return tag(
        "rect",
        x=str(x - 5),
        y=str(row.y - 5),
        width=str(_BOX - _INDENT * row.depth + 10),
        height=str(last.y + last.height - row.y + 13),
        rx="8",
        class_="loop",
    )


def _box(row: Row, start: int, end: int) -> Html:
    step, explained = row.step, row.step.explained
    x = start + _INDENT * row.depth
    kinds = {kind_of(each) for each in explained.findings}
    worst = next((kind for kind in KINDS if kind in kinds), "")
    lost = 4 * row.depth
    second = ", ".join(_about(step))
    name = f"{step.number} {step.name}"
    return tag(
        "a",
        tag("rect", x=str(x), y=str(row.y), width=str(end - x), height=str(row.height), rx="5", class_=f"box {worst}".strip()),
        tag("text", _short(name, _LETTERS_OF_NAME - lost), x=str(x + 10), y=str(row.y + 18), class_="step-name"),
        tag("text", _short(second, _LETTERS_OF_ACTION - lost), x=str(x + 10), y=str(row.y + 34), class_="words"),
        _cells(step, end - 8, row.y + 8),
        tag("text", KINDS[worst].lower() if worst != "wider" else "wider", x=str(end - 8), y=str(row.y + 34), class_=f"mark {worst}")
        if worst
        else None,
        tag("desc", _said(step)),
        href=f"#{step.id}",
    )


def _about(step: PlacedStep) -> Iterator[str]:
    """The second line of a box: the action type, or the runbook that it starts."""
    about = step.explained.step
    document = about.inputs.get("DocumentName")
    yield (
        f"starts {document}" if about.action == "aws:executeAutomation" and isinstance(document, str) else about.action.removeprefix("aws:")
    )
    if any(transition.target is None and transition.when == ON_FAILURE for transition in step.onwards):
        yield "continues on failure"


def _cells(step: PlacedStep, end: int, y: int) -> Iterator[Html]:
    """A cell for each action, the widest first."""
    widths = sorted((breadth_of(need) for need in step.explained.needs), key=list(Breadth).index, reverse=True)
    more = len(widths) - _CELLS
    x = end - 9 * min(len(widths), _CELLS)
    if more > 0:
        yield tag("text", f"+{more}", x=str(x - 4), y=str(y + 9), class_="mark")
    for index, width in enumerate(widths[:_CELLS]):
        yield tag("rect", x=str(x + 9 * index), y=str(y), width="7", height="10", class_=f"cell {width}")


def _said(step: PlacedStep) -> str:
    """What a box's cells and lines show, as text for screen readers."""
    explained = step.explained
    actions = len({need.action for need in explained.needs})
    said = [count_of(actions, "action")]
    kinds = [kind_of(each) for each in explained.findings]
    said.extend(f"{kinds.count(kind)} {KINDS[kind].lower()}" for kind in KINDS if kind in kinds)
    said.extend(f"{transition.when or 'then'}: {transition.target or transition.words}" for transition in step.onwards)
    return "; ".join(said)


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
