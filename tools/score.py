"""Compares what is derived with what AWS documents, and checks that every runbook of a folder can be read.

    python tools/score.py FOLDER [TRUTH.json]
    python tools/score.py --names TRUTH.json

FOLDER has Automation documents, one JSON file each. With `--names`, AWS-owned runbooks are taken by name, as the package knows them, and no
documents are needed; both must score the same. AWS-owned runbooks that others start are followed by name. TRUTH.json has, for some of them, the
actions that AWS's page lists (`actions`) and those of them that the document's content shows (`evident`). Prints recall over `evident` and
precision over `actions`, every miss and every extra, with the reason if tests/corpus/read_by_hand.toml has one; then, for all documents: crashes,
findings, actions that IAM does not have, and `*` where IAM can narrow.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automation_role.catalog import aws_runbooks
from automation_role.catalog import operations as catalog
from automation_role.catalog.iam_actions import action_exists, resource_types
from automation_role.derive.derivation import Derivation, derive
from automation_role.derive.step_needs import StepNeeds
from automation_role.runbook.model import Runbook


def main(folder: str, truth: str | None = None) -> int:
    """Print the scores; 1 when a document cannot be derived."""
    if folder == "--names":
        print("\n".join(compare(Runbook.aws, aws_runbooks.names(), json.loads(Path(truth or "").read_text())).lines()))
        return 0
    documents = {
        path.stem: path for path in sorted(Path(folder).glob("*.json")) if json.loads(path.read_text()).get("schemaVersion") == "0.3"
    }
    if truth is not None:
        print("\n".join(compare(lambda name: Runbook.from_file(documents[name]), documents, json.loads(Path(truth).read_text())).lines()))
    return everything(documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How much agrees, and each difference, with its reason if someone has reviewed it."""

    evident: int
    derived: int
    misses: tuple[tuple[str, str], ...]
    extras: tuple[tuple[str, str], ...]

    def lines(self) -> Iterator[str]:
        """What is printed."""
        for line, why in (*self.misses, *self.extras):
            yield f"{line}{f': {why}' if why else ''}"
        yield ""
        yield from self._rates("as AWS's pages have it", len(self.misses), len(self.extras), self.evident, self.derived)
        misses, extras = (sum(not why for _, why in each) for each in (self.misses, self.extras))
        # A documented action that nothing calls counts neither for nor against; a call that the page leaves out counts as right.
        gone = len(self.misses) - misses
        yield from self._rates(f"as read by hand ({READ})", misses, extras, self.evident - gone, self.derived)

    @staticmethod
    def _rates(what: str, misses: int, extras: int, evident: int, derived: int) -> Iterator[str]:
        recall, precision = (evident - misses) / evident, (derived - extras) / derived
        yield f"recall {evident - misses}/{evident} = {recall:.4f}, precision {derived - extras}/{derived} = {precision:.4f}, {what}"


READ = "tests/corpus/read_by_hand.toml"


def compare(read_one: Callable[[str], Runbook], names: Container[str], truth: dict[str, Any]) -> Scores:
    """Recall, precision, misses and extras, where AWS documents the permissions."""
    read = tomllib.loads((Path(__file__).resolve().parent.parent / READ).read_text())
    evident = derived = 0
    misses: list[tuple[str, str]] = []
    extras: list[tuple[str, str]] = []
    for name, documented in truth.items():
        if name not in names:
            continue
        where = origins(derive([read_one(name)]))
        wanted, allowed = ({action.lower() for action in documented[kind]} for kind in ("evident", "actions"))
        known = {kind: {key.lower(): why for key, why in read.get(name, {}).get(kind, {}).items()} for kind in ("miss", "extra")}
        evident, derived = evident + len(wanted), derived + len(where)
        misses.extend((f"miss   {name}: {action}", known["miss"].get(action, "")) for action in sorted(wanted - set(where)))
        for action in sorted(set(where) - allowed):
            step = where[action].partition(":")[0].lower()
            why = known["extra"].get(action) or known["extra"].get(step, "")
            extras.append((f"extra  {name}: {action} ({where[action]})", why))
    return Scores(evident=evident, derived=derived, misses=tuple(misses), extras=tuple(extras))


def origins(derivation: Derivation) -> dict[str, str]:
    """Each derived action with the first step and line that needs it; without those that only a page of AWS lists."""
    made: dict[str, str] = {}
    for permission in (each for each in derivation.permissions if not each.documented):
        first = permission.origins[0]
        made.setdefault(permission.action.lower(), f"{first.step}:{first.line}")
    return made


def too_wide(derivation: Derivation) -> list[str]:
    """Actions on `*` that IAM can narrow, except for calls that are only authorized on `*` (`[anything]` of tools/exceptions.toml)."""
    found: dict[str, None] = {}
    for needs in derivation.steps:
        for permission in needs.permissions:
            if resource_types(permission.action) and any(resource.is_any for resource in permission.resources):
                found.update(() if permission.action in _on_anything(needs) else ((permission.action, None),))
    return list(found)


def _on_anything(needs: StepNeeds) -> set[str]:
    found: set[str] = set()
    for call in needs.calls:
        service = catalog.service(call.service)
        operation = service.operation(call.operation) if service is not None else None
        if service is not None and operation is not None and service.details(operation).anything:
            found.update(service.actions_of(operation) or ())
    return found


def everything(documents: dict[str, Path]) -> int:
    """Print the counts over all documents: crashes, findings, actions that IAM does not have, and `*` where IAM can narrow."""
    findings: Counter[str] = Counter()
    crashes = 0
    unknown: dict[str, None] = {}
    wide: dict[str, None] = {}
    for name, path in documents.items():
        try:
            derivation = derive([Runbook.from_file(path)])
        except Exception as error:  # noqa: BLE001  (a crash of any kind is what is counted)
            crashes += 1
            print(f"crash  {name}: {type(error).__name__}: {error}")
            continue
        findings.update(finding.id for finding in derivation.findings)
        for finding in derivation.findings:
            if finding.id in ("unknownOperation", "unknownService", "unmappedOperation", "unreadableScript"):
                print(f"{finding.id}  {name}:{finding.line}: {finding.step}: {finding.message}")
        for permission in derivation.permissions:
            if not action_exists(permission.action):
                unknown[permission.action] = None
        wide.update(dict.fromkeys(too_wide(derivation)))
    print(f"\n{len(documents)} documents, {crashes} crashes")
    print(f"actions that IAM does not have: {len(unknown)} {sorted(unknown)}")
    print(f"actions on '*' although IAM can narrow them: {len(wide)} {sorted(wide)}")
    for finding_id, count in findings.most_common():
        print(f"{count:6} {finding_id}")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
