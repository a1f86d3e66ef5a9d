"""The fenced blocks of a Markdown page, and how each is checked.

- Any block whose first line is a comment with a path (`# runbooks/patch.yaml`) is that file, in the folder where the page's other blocks run.
- `python` is executed; a page's blocks share their names, as in one module.
- `console` has commands after `$ ` (a trailing backslash continues one) and what they print, stdout and stderr; a line `...` stands for any lines.
- A block that nothing checks fails.

Every page runs in a folder of its own, with a copy of `runbooks/` and `cdk.json` in it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (?P<path>[\w./-]+\.(?:json|py|toml|txt|ya?ml))")


@dataclass(frozen=True)
class Fence:
    page: Path
    line: int  # of the block's first line of text
    language: str
    text: str

    @property
    def path(self) -> str | None:
        """The file that this block is."""
        match = _FILE.fullmatch(self.text.partition("\n")[0])
        return match["path"] if match else None

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def fences(page: Path) -> list[Fence]:
    text = page.read_text()
    return [
        Fence(page, text.count("\n", 0, match.start("text")) + 1, match["language"], match["text"])
        for match in _FENCE.finditer(re.sub(r"^ +(?=```)", "", text, flags=re.MULTILINE))
    ]


@dataclass(frozen=True)
class Command:
    written: str  # as the page has it, on one line or several
    printed: str

    @property
    def line(self) -> str:
        return re.sub(r"\\\n\s*", "", self.written)


def commands(text: str) -> list[Command]:
    """The commands of a `console` block, and what the page says they print."""
    pieces = re.split(r"^\$ ((?:.*\\\n)*.*)$", text, flags=re.MULTILINE)
    assert not pieces[0].strip(), f"a console block begins with a command, not with {pieces[0]!r}"
    return [Command(written, printed.strip("\n")) for written, printed in zip(pieces[1::2], pieces[2::2], strict=True)]


def run(command: Command, cwd: Path, environment: Mapping[str, str]) -> str:
    """What a command really prints, without spaces at the ends of lines."""
    done = subprocess.run(
        command.line,
        shell=True,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"$ {command.line}\n{done.stdout}ended with {done.returncode}; let the page say so: `…; echo $?`"
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def same(told: str, printed: str) -> bool:
    """Whether a page tells what was printed; its lines of `...` stand for any lines."""
    pattern = "".join("(?:.*\n)*" if line.strip() == "..." else re.escape(line.rstrip()) + "\n" for line in told.splitlines())
    return re.fullmatch(pattern, printed + "\n" if printed else "") is not None
