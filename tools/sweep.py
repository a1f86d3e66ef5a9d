"""Lists what botocore's documentation of each operation says about permissions, and whether it is derived or reviewed as not applicable.

    python tools/sweep.py [--verbose]

A sentence counts if it says that the caller needs permissions, mentions a service-linked role, or names an IAM action (`service:Action`). It is
derived if the call leads to all the actions that it names, at least as information (`mayAlsoNeed`), or if it only repeats the action that the
operation is named after. `tools/reviewed.toml` has all others, each with a reason. Exit code 1: a sentence is not reviewed, or an entry there
matches no sentence.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from automation_role.catalog import operations as catalog
from tools.catalog.apis import Apis

REVIEWED = Path(__file__).resolve().parent / "reviewed.toml"
_SAYS = re.compile(
    r"must (?:also )?have (?:\S+ ){0,7}permissions?\b|also need|(?:requires?|needs?) (?:\S+ ){0,7}permissions?\b|service-linked role"
    r"|\b(?:must|ensure|make sure)\b(?! you specify| specify| provide)[^.]{0,90}\b(?:permissions?|authorized|allowed to)\b"
    r"|\bpermissions? (?:is|are) (?:also )?required|\bpermissions? required|certain permissions|verif(?:y|ies)[^.]{0,60}with \w+ action",
    re.IGNORECASE,
)
_ACTION = re.compile(r"\b([a-z][a-z0-9-]+) ?: ?([A-Z][A-Za-z0-9]{3,}\*?)")
_WORD = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+\b")
_SLR = "iam:createservicelinkedrole"
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in an operation's documentation, and whether the permissions that it mentions are derived."""

    operation: str
    sentence: str
    derived: bool


def sweep(apis: Apis) -> Iterator[Said]:
    """Every sentence that is about permissions."""
    for service in apis.names:
        found = catalog.service(service)
        if found is None:
            continue
        model = apis.model(service)
        for operation in sorted(model["operations"]):
            known = _known(found, operation)
            for sentence in dict.fromkeys(_sentences(model, operation)):
                actions = _actions(sentence)
                if actions or _SAYS.search(sentence):
                    yield Said(f"{service}.{operation}", sentence, known is None or _is_derived(sentence, actions, known, operation))


def _known(service: catalog.Service, operation: str) -> set[str] | None:
    """The actions that a call leads to, in lower case; `None` if the operation is unknown, which is reported."""
    own = service.actions_of(operation)
    if own is None:
        return None
    details = service.details(operation)
    found = {*own, *(action for follow in details.follows for action in follow.actions)}
    found |= {"iam:PassRole"} if details.passes else set()
    found |= {details.tags[0]} if details.tags is not None else set()
    return {action.lower() for action in found}


def _is_derived(sentence: str, actions: set[str], known: set[str], operation: str) -> bool:
    if "service-linked role" in sentence.lower() and _SLR not in known:
        return False
    if actions:
        return actions <= known
    words = {word.lower() for word in _WORD.findall(sentence)} & _names()
    if words:
        return words <= {action.partition(":")[2] for action in known} | {operation.lower()}
    return "service-linked role" in sentence.lower()


@cache
def _names() -> frozenset[str]:
    return frozenset(action.partition(":")[2].lower() for prefix in catalog.prefixes() for action in catalog.actions(prefix))


def _actions(sentence: str) -> set[str]:
    """The IAM actions that a sentence names, in lower case."""
    named = {f"{prefix}:{name}" for prefix, name in _ACTION.findall(sentence) if prefix in _prefixes()}
    return {each.lower() for each in named if each.endswith("*") or catalog.action_exists(each)}


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(catalog.prefixes())


def _sentences(model: dict[str, Any], operation: str) -> Iterator[str]:
    said = model["operations"][operation]
    shape = said.get("input", {}).get("shape")
    for text in (said.get("documentation", ""), *(_of_inputs(model, shape, ()) if shape else ())):
        plain = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
        yield from (each.strip() for each in re.split(r"(?<=[.!?:]) ", plain))


def _of_inputs(model: dict[str, Any], name: str, above: tuple[str, ...]) -> Iterator[str]:
    shape = model["shapes"][name]
    if name in above or len(above) > _DEPTH:
        return
    yield shape.get("documentation", "")  # that of a structure wherever it is used
    if shape["type"] == "structure":
        for member in shape.get("members", {}).values():
            yield member.get("documentation", "")
            yield from _of_inputs(model, member["shape"], (*above, name))
    elif shape["type"] in {"list", "map"}:
        yield from _of_inputs(model, shape["member" if shape["type"] == "list" else "value"]["shape"], (*above, name))


class Reviewed:
    """The entries of `reviewed.toml`, and which of them matched a sentence."""

    def __init__(self) -> None:
        entries = tomllib.loads(REVIEWED.read_text())["reviewed"]
        self._entries: list[tuple[str, re.Pattern[str], frozenset[str]]] = [
            (each["reason"], re.compile(each["says"]), frozenset(each.get("operations", ()))) for each in entries
        ]
        self.counts: Counter[str] = Counter()
        self._used: set[int] = set()

    def reason(self, said: Said) -> str | None:
        """Why a sentence is not applicable; `None` if it is not reviewed."""
        for at, (reason, says, operations) in enumerate(self._entries):
            if says.search(said.sentence) and (
                not operations or said.operation in operations or f"{said.operation.partition('.')[0]}.*" in operations
            ):
                self._used.add(at)
                self.counts[reason] += 1
                return reason
        return None

    def idle(self) -> list[str]:
        """The entries that matched no sentence."""
        return [says.pattern for at, (_, says, _) in enumerate(self._entries) if at not in self._used]


def main() -> int:
    """Print the counts, and the sentences that are not reviewed."""
    parser = argparse.ArgumentParser(description="List what botocore says about permissions that is neither derived nor reviewed.")
    parser.add_argument("--verbose", action="store_true", help="print every sentence with its reason")
    verbose = parser.parse_args().verbose
    reviewed, found = Reviewed(), list(sweep(Apis()))
    others = [(said, reviewed.reason(said)) for said in found if not said.derived]
    missing = [said for said, reason in others if reason is None]
    operations = {said.operation for said in found}
    applied = {said.operation for said, _ in others}
    print(f"{len(operations)} operations say something about permissions, in {len(found)} sentences")
    print(f"{len(operations - applied)} operations: all of it is derived; {len(applied)}: some of it is reviewed as not applicable")
    for reason, count in reviewed.counts.most_common():
        print(f"{count:6} sentences: {reason}")
    print("\n".join(f"{reason}: {said.operation}: {said.sentence}" for said, reason in others) if verbose else "", end="")
    print("\n".join(f"not reviewed: {said.operation}: {said.sentence}" for said in missing) or "every sentence is derived or reviewed")
    idle = reviewed.idle()
    print("\n".join(f"about no sentence: {says}" for says in idle), end="\n" if idle else "")
    return 1 if missing or idle else 0


if __name__ == "__main__":
    sys.exit(main())
