"""Reads the catalog's files, each once and on first use."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent


@cache
def read(name: str) -> dict[str, Any] | None:
    """A file's content, `None` when there is no such file."""
    try:
        content = (_FOLDER / name).read_bytes()
    except FileNotFoundError:
        return None
    data: dict[str, Any] = json.loads(content)
    return data
