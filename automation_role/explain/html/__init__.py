"""An explanation as a page for a browser: `automation-role explain --format html`.

Where to look:
    `page`: the whole page, in its `frame`; `picture`, `picture_layout`: the flow; `steps`, `permissions`, `assumed`: what it lists
    `parts`, `place`: what they share, their numbers and links; `markup`: HTML in which every text is escaped
"""

from __future__ import annotations

from .page import page

__all__ = ["page"]
