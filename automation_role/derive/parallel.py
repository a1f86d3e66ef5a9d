"""Derives many runbooks in two processes: each looks at every other runbook, and the first one puts the answers together.

Only the command does this: a construct is a guest in the user's process and starts none. What is derived is the same, byte for byte: what the
steps of a runbook need depends on no other runbook's steps, and whatever the second process does not answer is derived here.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence

from ..errors import AutomationRoleError
from ..runbook.model import Runbook
from .derivation import Derivation, derive
from .step_needs import NeedsByRole, needs_of_runbook


def derive_many(runbooks: Sequence[Runbook], *, role_known: bool = False) -> Derivation:
    """As `derivation.derive`, in two processes where that is possible.

    Args:
        runbooks: many; receiving the answers about 250 runbooks takes 20 ms.
        role_known: as for `derive`.

    Raises:
        RunbookError: as `derive`.
    """
    if not _may_fork():
        return derive(runbooks, role_known=role_known)
    gc.freeze()  # the second process copies no memory to look through it, and this one looks through what is new only
    child = _Child(runbooks, range(1, len(runbooks), 2))
    try:
        ready = {**_needs(runbooks, range(0, len(runbooks), 2)), **child.answers()}
        return derive(runbooks, role_known=role_known, ready=ready)
    finally:
        child.end()
        gc.unfreeze()


def _may_fork() -> bool:
    """Whether a copy of this process can run next to it: on Linux, on a second processor, and while no thread could hold a lock."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def _needs(runbooks: Sequence[Runbook], indexes: Iterable[int]) -> dict[int, list[NeedsByRole]]:
    by_name = {runbook.name: runbook for runbook in runbooks}
    found = {}
    for index in indexes:
        with contextlib.suppress(AutomationRoleError):  # `derive` will raise it
            found[index] = list(needs_of_runbook(runbooks[index], by_name))
    return found


class _Child:
    """The second process, and the pipe on which it answers."""

    def __init__(self, runbooks: Sequence[Runbook], indexes: Iterable[int]) -> None:
        self.process = 0
        reading, writing = os.pipe()
        self.pipe = os.fdopen(reading, "rb")
        with os.fdopen(writing, "wb") as pipe, contextlib.suppress(OSError):  # no more processes are allowed: continue without one
            self.process = os.fork()
            if self.process == 0:
                _answer(runbooks, indexes, pipe.fileno())

    def answers(self) -> Mapping[int, Sequence[NeedsByRole]]:
        """What its runbooks need, by their indexes; nothing if it ended early."""
        said = self.pipe.read()
        with contextlib.suppress(EOFError, pickle.UnpicklingError):
            found: dict[int, list[NeedsByRole]] = pickle.loads(said)  # noqa: S301  # of our own process
            return found
        return {}

    def end(self) -> None:
        self.pipe.close()
        if self.process:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.process = 0


def _answer(runbooks: Sequence[Runbook], indexes: Iterable[int], pipe: int) -> None:
    """Everything that the second process does; it ends here, whatever happens, and prints nothing."""
    try:
        found = _needs(runbooks, indexes)
        with os.fdopen(os.dup(pipe), "wb") as answers:
            pickle.dump(found, answers, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)
