"""A fleet as a page for a browser: `automation-role check --fleet --format html`.

Where to look: `page`: the whole page; `cards`: one role in it.
"""

from __future__ import annotations

from .page import page

__all__ = ["page"]
