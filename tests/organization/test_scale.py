"""docs/scale.md says what tools/scale.py measures; of times, that they are there."""

from __future__ import annotations

import re

import pytest

from tools import scale

pytestmark = pytest.mark.slow


def between(name: str) -> str:
    (found,) = re.findall(rf"<!-- {name} -->\n\n(.*?)\n\n<!-- /{name} -->", scale.PAGE.read_text(), flags=re.DOTALL)
    return str(found)


def test_the_numbers_of_the_page_still_hold() -> None:
    assert between("numbers").splitlines() == scale.numbers().splitlines(), "python tools/scale.py --write"


def test_the_times_of_the_page_name_the_machine_and_the_versions() -> None:
    first, _, *table = between("times").splitlines()
    assert re.match(r"\d+ cores, \w+, \w+; Python [\d.]+, aws-cdk-lib [\d.]+, jsii [\d.]+; median of \d+", first)
    assert len(table) == 7


def test_a_page_takes_new_tables_in_place_of_the_old() -> None:
    page = "before\n<!-- numbers -->\n\nold\n\n<!-- /numbers -->\nafter\n"
    assert scale.put(page, "numbers", "new\n\\1") == page.replace("old", "new\n\\1")
