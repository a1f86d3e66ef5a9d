"""CONTRIBUTING says where each exception goes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_table_of_exceptions_has_its_place_in_the_list() -> None:
    tables = set(tomllib.loads((ROOT / "tools" / "exceptions.toml").read_text(encoding="utf-8")))
    listed = re.findall(r"`\[+(\w+)\]+`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where an exception goes")[2])
    assert set(listed) == tables
    assert len(tables) > 20
