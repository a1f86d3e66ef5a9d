"""What is known of AWS-owned runbooks: one JSON line each, derived from public copies of their documents (`make aws-runbooks`).

`aws/PROVENANCE.md` says where they come from. Finding one name's line is a search in bytes: milliseconds, and no index that could disagree.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent / "aws"


@cache
def names() -> tuple[str, ...]:
    """The names of all of them, sorted."""
    return tuple(each.decode() for each in re.findall(rb'^\{"name":"([^"]+)"', _lines(), re.MULTILINE))


@cache
def facts(name: str) -> dict[str, Any] | None:
    """What is known of one, as `runbook.facts` reads it; `None` for any other name."""
    content = _lines()
    begin = content.find(b'\n{"name":' + json.dumps(name).encode() + b",")
    if begin < 0:
        return None
    found: dict[str, Any] = json.loads(content[begin + 1 : content.index(b"\n", begin + 1)])
    return found


@cache
def _lines() -> bytes:
    return b"\n" + (_FOLDER / "runbooks.jsonl").read_bytes()
