"""What is said to a person, on standard error, and how an answer is written: whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import click

from ..errors import AutomationRoleError
from ..explain import WIDER, Breadth, Explanation, breadth_of, gaps
from ..findings import Finding
from ..runbook import Runbook

T = TypeVar("T")
_COLOURS: Final = {"error": "red", "warning": "yellow", "note": "cyan"}
# C0 and C1 control characters, and those that turn the direction of text: a document's texts must not steer a terminal.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# Seconds before progress shows, and between two pictures of it.
_PATIENCE: Final = 0.5


def speak_utf8() -> None:
    r"""Answers are UTF-8 whatever the terminal's encoding; half a surrogate pair becomes `\udc00`, which JSON reads."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def visible(text: str) -> str:
    """A text on one line, whose control characters are seen and do nothing."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def error(message: str) -> None:
    """Say what was wrong."""
    _say("error", message)


def warning(message: str) -> None:
    """Say what needs attention."""
    _say("warning", message)


def note(message: str) -> None:
    """Say what is good to know."""
    _say("note", message)


def _say(kind: str, message: str) -> None:
    told = click.style(f"{kind}:", fg=_COLOURS[kind], bold=True) if colourful(sys.stderr) else f"{kind}:"
    sys.stderr.write(f"automation-role: {told} {visible(message)}\n")


def colourful(stream: Any) -> bool:
    """Whether colours may be used: on a terminal, unless `NO_COLOR` is set (https://no-color.org) or it is a dumb one."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


# -- what was derived ----------------------------------------------------------------------------------------------------------------


def tell_findings(findings: Iterable[Finding], runbooks: Iterable[Runbook]) -> None:
    """A warning for each, with the runbook's file and line."""
    sources = {runbook.name: runbook.source for runbook in runbooks}
    for finding in findings:
        step = f"step {finding.step!r}: " if finding.step else ""
        warning(f"{sources.get(finding.runbook, finding.runbook)}:{finding.line}: {step}{finding.message} [{finding.id}]")


def summary(explanation: Explanation) -> str:
    """What is exact and what is not, in a line."""
    steps = sum(1 for runbook in explanation.runbooks for _ in runbook.all_steps())
    head = f"{_count(len(explanation.runbooks), 'runbook')}, {_count(steps, 'step')}: {_count(len({n.action for n in explanation.needs}), 'action')}"
    widths = [breadth_of(need) for need in explanation.needs]
    meant = {
        Breadth.NAMED: "on the resources that are named",
        Breadth.TYPE: "on any resource of a type (which one is known only at run time)",
        Breadth.ALL: "on * (IAM takes nothing narrower)",
    }
    exact = ", ".join(f"{widths.count(kind)} {said}" for kind, said in meant.items() if kind in widths)
    missing, wider = gaps(explanation.findings), [finding for finding in explanation.findings if finding.id in WIDER]
    blind = f"not derived: {_count(len(missing), 'gap')}, the policy may lack what they need" if missing else "no gaps"
    wide = f"wider than needed: {_count(len(wider), 'finding')}" if wider else ""
    return "; ".join(filter(None, [head + (f", {exact}" if exact else ""), wide, blind]))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# -- progress ------------------------------------------------------------------------------------------------------------------------


class Progress:
    """`reading 120 of 497`, on a terminal's standard error, when it takes longer than half a second; gone at the end."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total = what, total
        self.next = time.monotonic() + _PATIENCE
        self.shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def over(self, items: Sequence[T]) -> Iterator[T]:
        """The items, telling how many are done."""
        for done, item in enumerate(items):
            if time.monotonic() >= self.next and sys.stderr.isatty():
                self.next = time.monotonic() + _PATIENCE / 5
                self.shown = True
                sys.stderr.write(f"\r\033[K{self.what} {done} of {self.total}")
                sys.stderr.flush()
            yield item


# -- answers -------------------------------------------------------------------------------------------------------------------------


def answer(text: str) -> None:
    """The answer, on standard output."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write(path: str | Path, text: str) -> None:
    """Write a file: whole, or not at all.

    Raises:
        AutomationRoleError: it cannot be written.
    """
    target = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
    content = text.encode(errors="backslashreplace")
    try:
        if target.exists() and not target.is_file():  # a pipe, a device
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as error:
        raise AutomationRoleError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def _replace(target: Path, content: bytes) -> None:
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
