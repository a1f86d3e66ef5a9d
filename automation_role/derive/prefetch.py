"""A second process for many runbooks: it reads half of the scripts, and looks up half of the calls, before `derive` needs them.

Only the command does this: a construct is a guest in the user's process and starts none. It does not change what is derived: it only fills
the caches of `derive` (`cache`, `scripts.script`); whatever is missing there is derived as usual.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from ..errors import AutomationRoleError
from ..runbook.model import Runbook
from ..values.calls import ApiCall
from . import cache
from .steps import needs_of_step


@contextlib.contextmanager
def reading_ahead(runbooks: Sequence[Runbook]) -> Iterator[Callable[[], None]]:
    """Start a second process on every other runbook, where that is possible. It pays for many runbooks, because receiving its answers takes 20 ms.

    Yields:
        Reads the others, and takes what the second process has found; does nothing where there is none.
    """
    own = [each for each in runbooks if each.facts is None]
    child = _Child(own[1::2]) if _may_fork() else None
    try:
        yield (lambda: None) if child is None else (lambda: child.help(own[::2]))
    finally:
        if child is not None:
            child.end()


def _may_fork() -> bool:
    """Whether a copy of this process can run next to it: on Linux, on a second processor, and while no thread could hold a lock."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


class _Child:
    """The second process, and the pipe on which it answers."""

    def __init__(self, runbooks: Sequence[Runbook]) -> None:
        self.process = 0
        reading, writing = os.pipe()
        self.answers = os.fdopen(reading, "rb")
        with os.fdopen(writing, "wb") as pipe, contextlib.suppress(OSError):  # no more processes are allowed: continue without one
            self.process = os.fork()
            if self.process == 0:
                _answer(runbooks, pipe.fileno())

    def help(self, others: Sequence[Runbook]) -> None:
        """Read the other runbooks, then receive the answers."""
        from .scripts import script

        if self.process == 0:
            return
        _read(others)
        answers = self.answers.read()
        with contextlib.suppress(EOFError, pickle.UnpicklingError, TypeError):  # it ended early: what is missing is read here
            scripts, permissions = pickle.loads(answers)  # noqa: S301  # of our own process
            script.KNOWN.update(scripts)
            cache.KNOWN.update(permissions)

    def end(self) -> None:
        self.answers.close()
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.process = 0


def _answer(runbooks: Sequence[Runbook], pipe: int) -> None:
    """Everything that the second process does; it ends here, whatever happens, and prints nothing."""
    try:
        gc.freeze()  # without a collection, the memory that it shares with the first process is not written to, and so not copied
        _read(runbooks)
        from .scripts import script

        with os.fdopen(os.dup(pipe), "wb") as answers:
            pickle.dump((script.KNOWN, cache.KNOWN), answers, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)


def _read(runbooks: Sequence[Runbook]) -> None:
    for runbook in runbooks:
        with contextlib.suppress(AutomationRoleError):  # `derive` will raise it
            for step in runbook.all_steps():
                for need in needs_of_step(step, runbook):
                    if isinstance(need, ApiCall):
                        cache.permissions_of(need)
