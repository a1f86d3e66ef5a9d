"""Make the facts of AWS-owned runbooks from a folder of their documents.

    python tools/build_aws_runbooks.py FOLDER [--repository NAME --commit COMMIT --date DATE]

FOLDER has Automation documents, each as NAME.json; other files are skipped. `list-documents.json`, which may be there or one folder up, is
the output of `aws ssm list-documents`, with versions and dates. Without it, an unchanged document keeps its version and date.
The same documents give the same bytes. The options say where the documents come from; without them, the recorded source stays.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from automation_role.catalog import aws_runbooks
from automation_role.derive.steps import needs_of_step
from automation_role.runbook import facts
from automation_role.runbook.model import Runbook
from tools.aws_runbooks.cases import saved_needs, settings
from tools.aws_runbooks.inputs import Read

OUTPUT = Path(aws_runbooks.__file__).parent / "aws" / "runbooks.jsonl"


def main() -> int:
    """Write the facts."""
    parser = argparse.ArgumentParser(description="Make the facts of AWS-owned runbooks from a folder of their documents.")
    parser.add_argument("folder", type=Path)
    for option in ("repository", "commit", "date"):
        parser.add_argument(f"--{option}")
    given = vars(parser.parse_args())
    lines = list(build(given.pop("folder")))
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("".join(lines), encoding="utf-8")
    if all(given.values()):
        (OUTPUT.parent / "source.json").write_text(json.dumps(given, indent=2) + "\n")
    print(f"{len(lines)} runbooks, {OUTPUT.stat().st_size:,} bytes in {OUTPUT.name}")
    return 0


def documents(folder: Path) -> dict[str, Path]:
    """Name -> file of every Automation document."""
    found = {path.stem: path for path in folder.glob("*.json") if path.name != "list-documents.json"}
    return {name: path for name, path in sorted(found.items()) if content(path).get("schemaVersion") == "0.3"}


def build(folder: Path) -> Iterator[str]:
    """A line for each runbook."""
    paths = documents(folder)
    listed = versions(folder)
    runbooks = {name: Runbook.from_file(path) for name, path in paths.items()}
    read = Read()
    for runbook in runbooks.values():
        for step in runbook.all_steps():
            for bindings in settings(step, runbook):
                read.watch(needs_of_step(step, replace(runbook, bindings=bindings)))
    for name, runbook in runbooks.items():
        digest = aws_runbooks.digest_of(content(paths[name]))
        needs = {step.name: saved_needs(step, runbook, read) for step in runbook.all_steps()}
        version, date = listed.get(name) or _before(name, digest)
        data = facts.to_json(runbook, version=version, date=date, digest=digest, needs=needs)
        yield json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


def versions(folder: Path) -> dict[str, tuple[str, str]]:
    """Name -> version and date, as AWS lists them."""
    for path in (folder / "list-documents.json", folder.parent / "list-documents.json"):
        if path.is_file():
            return {
                each["Name"]: (str(each.get("DocumentVersion", "")), str(each.get("CreatedDate", ""))[:10])
                for each in content(path)["DocumentIdentifiers"]
            }
    return {}


def _before(name: str, digest: str) -> tuple[str, str]:
    """The version and date that an unchanged document had."""
    known = aws_runbooks.facts(name) or {}
    return (known.get("version", ""), known.get("date", "")) if known.get("digest") == digest else ("", "")


def content(path: Path) -> Any:
    """What is in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
