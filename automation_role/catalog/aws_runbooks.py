"""What is known of AWS-owned runbooks: one JSON line each, derived from public copies of their documents (`make aws-runbooks`).

`aws/PROVENANCE.md` says where they come from. Finding one name's line is a search in bytes: milliseconds, and no index that could disagree.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
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


def digest_of(document: Any) -> str:
    """What tells one document from another, however it is laid out: `digest` of a runbook's facts."""
    import hashlib  # half of what this module takes to load, and `policy` compares no documents

    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CopiedFrom:
    """Where the documents come from that the facts are of: a public repository, its commit, and that commit's date."""

    repository: str
    commit: str
    date: str


@cache
def source() -> CopiedFrom:
    """Where the documents come from that the facts are of."""
    return CopiedFrom(**json.loads((_FOLDER / "source.json").read_bytes()))


@dataclass(frozen=True, slots=True)
class Documented:
    """The actions that AWS's page about one lists.

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
    """What AWS documents for one whose scripts are in attachments; `None` where its page lists nothing, or was not read."""
    found = _pages().get(name)
    return Documented(found["page"], found["read"], tuple(found["actions"])) if found is not None else None


@cache
def _pages() -> dict[str, Any]:
    pages: dict[str, Any] = json.loads((_FOLDER / "documented.json").read_bytes())
    return pages


@cache
def _lines() -> bytes:
    return b"\n" + (_FOLDER / "runbooks.jsonl").read_bytes()
