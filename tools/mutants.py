"""Break the code on purpose, one place at a time, and say which breaks the tests don't catch.

    python tools/mutants.py            every mutant of tools/mutants.toml
    python tools/mutants.py WORD…      those whose file or idea has one of the words

Each mutant replaces one text in one file, in a copy of the checkout, and runs the tests that should fail. When they pass, the whole of
`make check`'s tests runs; when these pass, too, the mutant survives. A test of `make check` that fails is named, to correct the mutant's row.
Exit code 1: a mutant survived, or a text to replace is no longer there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TABLE: Final = Path(__file__).with_suffix(".toml")
WORKERS: Final = 2
SECONDS: Final = 900  # a mutant that never ends is caught


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One break: `old` becomes `new` in `file`, and `tests` should fail.

    Attributes:
        idea: what the code no longer does.
        file: path from the root of the checkout.
        old: text that is in the file exactly once.
        new: what it becomes.
        tests: what to run first, as arguments of pytest.
    """

    idea: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def problem(self) -> str | None:
        """Why it cannot be applied."""
        path = ROOT / self.file
        found = path.read_text(encoding="utf-8").count(self.old) if path.exists() else 0
        return None if found == 1 else f"{self.file}: {self.old!r} is there {found} times → exactly once; correct {TABLE.name}"


def table() -> tuple[Mutant, ...]:
    """Every mutant, in the order of the table."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutant"]
    return tuple(Mutant(**{**row, "tests": tuple(row["tests"])}) for row in rows)


def main(words: Sequence[str]) -> int:
    """Run the mutants and print a line for each."""
    chosen = [mutant for mutant in table() if not words or any(word in mutant.file or word in mutant.idea for word in words)]
    problems = [mutant.problem for mutant in chosen if mutant.problem]
    for problem in problems:
        print(problem)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(WORKERS) as pool:
        free = [copy(Path(folder) / str(number)) for number in range(WORKERS)]
        survivors = 0
        for number, mutant, caught in zip(count(1), chosen, pool.map(lambda each: run(each, free), chosen), strict=False):
            survivors += caught is None
            print(f"{number:3} {'SURVIVED' if caught is None else 'caught  '} {mutant.file}: {mutant.idea}{caught or ''}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return 1 if problems or survivors else 0


def copy(folder: Path) -> Path:
    """A copy of the checkout's files, with a link to what npm has installed, which tests read."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).exists():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    if (ROOT / "node_modules").exists():
        (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    return folder


def run(mutant: Mutant, free: list[Path]) -> str | None:
    """What to print about a mutant that a test catches: the test, if it is not one of its row. `None`: it survives."""
    if mutant.problem:
        return ""  # reported already
    folder = free.pop()
    path = folder / mutant.file
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace(mutant.old, mutant.new), encoding="utf-8")
        if failing(folder, mutant.tests) is not None:
            return ""
        late = failing(folder, ["tests", "-m", "not slow", "--ignore=tests/unit/test_mutants.py"])  # that one sees any change
        path.write_text(before, encoding="utf-8")
        if late is not None and failing(folder, [late]) is not None:
            sys.exit(f"{mutant.idea}: {late} fails without the mutant, too → make `make check` pass first")
        return None if late is None else f" (only by {late})"
    finally:
        path.write_text(before, encoding="utf-8")
        free.append(folder)


def failing(folder: Path, tests: Sequence[str]) -> str | None:
    """The first test that fails, if one does."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return f"a test that takes over {SECONDS} s"
    if done.returncode not in (0, 1, 2):  # 2: a test module that cannot be imported any more
        sys.exit(f"{folder.name}: pytest ended with {done.returncode}\n{done.stdout}{done.stderr}")
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else "a test"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
