"""An explanation as a page for a browser: `automation-role explain --format html`."""

from __future__ import annotations

from .page import page

__all__ = ["page"]
