"""What counting the work costs (docs/adr/0017): every script of a folder of Automation documents is read with it and without it.

    python benchmarks/counting.py FOLDER [--runs 10]

Prints the least CPU time of each, since all else on the machine only adds to it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path
from typing import Any

from automation_role import Runbook
from automation_role.derive.derivation import derive
from automation_role.derive.scripts import script
from automation_role.derive.scripts.reader import results
from automation_role.errors import RunbookError

scripts: Any = importlib.import_module("automation_role.derive.scripts")
COUNTING = ("walked", "wrote")


def scripts_in(folder: Path) -> list[script.Script]:
    """All scripts of the documents in a folder that are Automation's."""
    found: list[script.Script] = []
    read = scripts.read_script

    def noted(one: script.Script) -> Any:
        found.append(one)
        return read(one)

    scripts.read_script = noted
    for path in sorted(folder.iterdir()):
        try:
            derive([Runbook.from_file(path)])
        except RunbookError:
            continue
    scripts.read_script = read
    return found


def switched(*, on: bool, known: list[tuple[Any, str, Any]]) -> None:
    """Put counting in its places, or nothing."""
    for place, name, function in known:
        setattr(place, name, function if on else lambda *_: None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    found = scripts_in(given.folder)
    modules = [each for name, each in sys.modules.items() if name.startswith("automation_role.derive.scripts.")]
    known: list[tuple[Any, str, Any]] = [(each, name, getattr(each, name)) for each in modules for name in COUNTING if hasattr(each, name)]
    known.append((results.Results, "spend", results.Results.spend))
    best = {True: float("inf"), False: float("inf")}
    for _ in range(given.runs):
        for on in (True, False):
            switched(on=on, known=known)
            began = time.process_time()
            script.KNOWN.clear()
            for each in found:
                script.read_script(each)
            best[on] = min(best[on], time.process_time() - began)
    print(f"{len(found)} scripts: {best[True]:.3f} s with counting, {best[False]:.3f} s without: {best[True] / best[False] - 1:+.1%}")


if __name__ == "__main__":
    main()
