"""How well what is derived agrees with what AWS documents, and whether every runbook of a folder can be read.

    python tools/score.py FOLDER [TRUTH.json]

FOLDER has Automation documents, one JSON file each. TRUTH.json says, for some of them, which actions AWS's page lists (`actions`) and
which of these the document's content shows (`evident`). Prints recall over `evident` and precision over `actions`, every miss and every
extra; then, for all documents: crashes, findings, actions that IAM does not have, and `*` where IAM can narrow.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from automation_role.catalog.actions import action_exists, resource_types
from automation_role.derive import Derivation, derive
from automation_role.runbook import Runbook
from automation_role.values import Text


def main(folder: str, truth: str | None = None) -> int:
    """Print the scores; 1 when a document cannot be derived."""
    documents = {
        path.stem: path for path in sorted(Path(folder).glob("*.json")) if json.loads(path.read_text()).get("schemaVersion") == "0.3"
    }
    if truth is not None:
        compare(documents, json.loads(Path(truth).read_text()))
    return everything(documents)


def compare(documents: dict[str, Path], truth: dict[str, Any]) -> None:
    """Recall, precision, misses and extras, where AWS documents the permissions."""
    found = evident = extra = derived = 0
    for name, documented in truth.items():
        if name not in documents:
            continue
        where = origins(derive(with_nested(name, documents)))
        wanted, allowed = ({action.lower() for action in documented[kind]} for kind in ("evident", "actions"))
        evident, found = evident + len(wanted), found + len(wanted & set(where))
        derived, extra = derived + len(where), extra + len(set(where) - allowed)
        for action in sorted(wanted - set(where)):
            print(f"miss   {name}: {action}")
        for action in sorted(set(where) - allowed):
            print(f"extra  {name}: {action} ({where[action]})")
    print(
        f"\nrecall {found}/{evident} = {found / evident:.4f}, precision {derived - extra}/{derived} = {(derived - extra) / derived:.4f}\n"
    )


def with_nested(name: str, documents: dict[str, Path]) -> list[Runbook]:
    """A runbook and all that it starts, as far as they are in the folder: what is documented counts them, too."""
    found: dict[str, Runbook] = {}
    left = [name]
    while left:
        at = left.pop(0)
        found[at] = Runbook.from_file(documents[at])
        for needs in derive(list(found.values())).steps:
            for call in needs.calls:
                document = call.inputs.get("DocumentName") if call.operation == "StartAutomationExecution" else None
                started = document.literals or () if isinstance(document, Text) else ()
                left.extend(each for each in started if each in documents and each not in found and each not in left)
    return list(found.values())


def origins(derivation: Derivation) -> dict[str, str]:
    """Each derived action and the first step and line that asked for it."""
    made: dict[str, str] = {}
    for permission in derivation.permissions:
        first = permission.origins[0]
        made.setdefault(permission.action.lower(), f"{first.step}:{first.line}")
    return made


def everything(documents: dict[str, Path]) -> int:
    """What all documents together show."""
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
            if resource_types(permission.action) and any(resource.is_any for resource in permission.resources):
                wide[permission.action] = None
    print(f"\n{len(documents)} documents, {crashes} crashes")
    print(f"actions that IAM does not have: {len(unknown)} {sorted(unknown)}")
    print(f"actions on '*' although IAM can narrow them: {len(wide)} {sorted(wide)}")
    for finding_id, count in findings.most_common():
        print(f"{count:6} {finding_id}")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
