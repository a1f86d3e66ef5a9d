"""The page that compares AWS's pages with what is derived is of today."""

from __future__ import annotations

import os
from pathlib import Path

from tools.compare_pages import report

PAGE = Path(__file__).parents[2] / "docs" / "aws-pages.md"


def test_the_page_says_what_is_derived_today():
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(report())
    assert PAGE.read_text() == report(), "if the change was meant: UPDATE_DOCS=1 python -m pytest tests/aws/test_pages_compared.py"
