"""Facts about AWS-owned runbooks: one JSON line each, derived from public copies of their documents (`make aws-runbooks`).

`aws/PROVENANCE.md` says where they come from. A name's line is found by searching the bytes: it takes milliseconds and needs no index.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "aws"


@cache
def names() -> tuple[str, ...]:
    """The names of all AWS-owned runbooks that have facts, sorted."""
    return tuple(each.decode() for each in re.findall(rb'^\{"name":"([^"]+)"', _lines(), re.MULTILINE))


@cache
def facts(name: str) -> dict[str, Any] | None:
    """The facts about an AWS-owned runbook, as `runbook.facts` reads them; `None` for any other name."""
    content = _lines()
    begin = content.find(b'\n{"name":' + json.dumps(name).encode() + b",")
    if begin < 0:
        return None
    found: dict[str, Any] = json.loads(content[begin + 1 : content.index(b"\n", begin + 1)])
    return found


def digest_of(document: Any) -> str:
    """Identifies a document's content, whatever its layout: `digest` in a runbook's facts."""
    import hashlib  # half of what this module takes to load, and `policy` compares no documents

    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


class CopiedFrom(NamedTuple):
    """The source of the documents: a public repository, its commit, and that commit's date."""

    repository: str
    commit: str
    date: str


@cache
def source() -> CopiedFrom:
    """The source of the documents."""
    return CopiedFrom(**json.loads((_FOLDER / "source.json").read_bytes()))


class Documented(NamedTuple):
    """The actions that AWS's page about a runbook lists.

    Attributes:
        url: the page.
        read: when its copy was read, `2026-11-27`.
        actions: those that IAM has, sorted.
    """

    url: str
    read: str
    actions: tuple[str, ...]


@cache
def documented(name: str) -> Documented | None:
    """What AWS documents for a runbook whose scripts are in attachments; `None` when its page lists nothing or was not read."""
    found = _pages().get(name)
    return Documented(found["page"], found["read"], tuple(found["actions"])) if found is not None else None


@cache
def _pages() -> dict[str, Any]:
    pages: dict[str, Any] = json.loads((_FOLDER / "documented.json").read_bytes())
    return pages


@cache
def _lines() -> bytes:
    return b"\n" + (_FOLDER / "runbooks.jsonl").read_bytes()
