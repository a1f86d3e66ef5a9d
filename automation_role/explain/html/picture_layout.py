"""Where the parts of a runbook's picture are: a row for each step, a lane for the lines to each step.

Sizes are in the picture's own units; one unit is a pixel if the page is wide enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...runbook.flow import ON_FAILURE, WHEN_CANCELLED, Transition
from .place import PlacedStep

HEIGHT: Final = 42
GAP: Final = 22  # between two rows: room for a line down and its label
WAY: Final = 14  # between two lines that leave one box
LANE: Final = 11
FRAME: Final = 8  # below the last step of a loop
MARGIN: Final = 12


@dataclass(slots=True)
class Row:
    """A step in the picture; `last` is the row of the last step inside it, or its own row."""

    step: PlacedStep
    depth: int
    y: int = 0
    height: int = HEIGHT
    last: int = 0
    following: int | None = None  # the row after it in the document, on its own level


@dataclass(frozen=True, slots=True)
class Lane:
    """Lines to one step, in one lane; `column` counts lanes from the boxes outwards."""

    target: int
    kind: str
    sources: tuple[tuple[int, int], ...]  # row, y of the line that comes from it
    column: int


def rows_of(steps: Iterable[PlacedStep]) -> list[Row]:
    """A row for each step, in the document's order, not placed yet."""
    rows: list[Row] = []

    def walk(steps: Iterable[PlacedStep], depth: int) -> None:
        before: Row | None = None
        for step in steps:
            number = len(rows)
            row = Row(step, depth)
            rows.append(row)
            if before is not None:
                before.following = number
            walk(step.steps, depth + 1)
            row.last = len(rows) - 1
            before = row

    walk(steps, 0)
    return rows


def place_rows(rows: Sequence[Row], numbers: Mapping[str, int]) -> int:
    """Set every row's position and height; returns the total height."""
    y = MARGIN
    ends = Counter(row.last for number, row in enumerate(rows) if row.last > number)  # loops that end with this row
    for number, row in enumerate(rows):
        row.y = y
        row.height = max(HEIGHT, 20 + WAY * len(aside_of(row, numbers)))
        y += row.height + GAP
        y += FRAME * ends[number]
    return y - GAP + MARGIN


def is_down(row: Row, transition: Transition, numbers: Mapping[str, int]) -> bool:
    """Whether a transition leads to the next row."""
    return (
        kind(transition) == "jump"
        and transition.target is not None
        and numbers.get(transition.target) == row.following
        and row.following is not None
    )


def aside_of(row: Row, numbers: Mapping[str, int]) -> list[Transition]:
    """The transitions that leave a box on its right."""
    return [transition for transition in row.step.onwards if kind(transition) == "jump" and not is_down(row, transition, numbers)]


def kind(transition: Transition) -> str:
    """`on failure`, `when cancelled` or `jump`."""
    return transition.when if transition.when in {ON_FAILURE, WHEN_CANCELLED} else "jump"


def exit_at(row: Row, index: int) -> int:
    """Where a line leaves a box on its right."""
    return row.y + 24 + WAY * index


def lanes_of(rows: Sequence[Row], numbers: Mapping[str, int], *kinds: str) -> list[Lane]:
    """The lines to each step, the short ones next to the boxes."""
    sources: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for number, row in enumerate(rows):
        aside = aside_of(row, numbers)
        for transition in row.step.onwards:
            target = numbers.get(transition.target) if transition.target is not None else None
            if kind(transition) in kinds and target is not None and (kind(transition) != "jump" or transition in aside):
                y = exit_at(row, aside.index(transition)) if kind(transition) == "jump" else row.y + row.height - 10
                sources.setdefault((target, kind(transition)), []).append((number, y))
    spans = {key: (min(key[0], *(at for at, _ in found)), max(key[0], *(at for at, _ in found))) for key, found in sources.items()}
    lanes: list[Lane] = []
    taken: list[list[tuple[int, int]]] = []
    for key in sorted(sources, key=lambda key: (spans[key][1] - spans[key][0], key)):
        low, high = spans[key]
        column = next((at for at, used in enumerate(taken) if all(high < a or b < low for a, b in used)), len(taken))
        if column == len(taken):
            taken.append([])
        taken[column].append((low, high))
        lanes.append(Lane(target=key[0], kind=key[1], sources=tuple(sources[key]), column=column))
    return lanes
