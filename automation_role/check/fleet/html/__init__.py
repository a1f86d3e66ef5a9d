"""A fleet as a page for a browser: `automation-role check --fleet --format html`."""

from __future__ import annotations

from .page import page

__all__ = ["page"]
