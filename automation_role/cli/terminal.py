"""Tables and texts for people as rich draws them. Loads rich, which takes longer than everything else."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ..explain.visible import visible
from .console import colourful

# Without a terminal, lines have any length.
_UNWRAPPED: Final = 100_000
# A narrower terminal breaks the lines itself: narrower columns would have no room for a word.
_NARROWEST: Final = 40


def columns(*names: str) -> Table:
    """A table with these columns, without lines."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in names:
        table.add_column(column, overflow="fold")
    return table


def plain(text: str, style: str = "") -> Text:
    """A text without markup, as it is; we break its lines ourselves."""
    return Text("\n".join(map(visible, text.split("\n"))), style)


def comma(texts: Iterable[str]) -> Iterator[str]:
    """Texts with commas before all except the first."""
    for index, text in enumerate(texts):
        yield f", {visible(text)}" if index else visible(text)


def spaced(drawings: Iterable[RenderableType]) -> list[RenderableType]:
    """The drawings, with an empty line between two."""
    return [each for drawing in drawings for each in (drawing, Text())][:-1]


def drawn(drawings: Iterable[RenderableType], *, to_file: bool = False) -> str:
    """What rich draws, as text: coloured on a terminal, as wide as the terminal or COLUMNS; without spaces at the ends of lines."""
    colour = colourful(sys.stdout) and not to_file
    sized = not to_file and (sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal())
    console = Console(
        file=io.StringIO(),
        width=max(_NARROWEST, shutil.get_terminal_size().columns) if sized else _UNWRAPPED,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        for drawing in drawings:
            console.print(drawing)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
