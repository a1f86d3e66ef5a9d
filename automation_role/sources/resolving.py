"""Templates that are being resolved while one asks for another, and what got an answer too early."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class InProgress:
    """Which templates are being resolved.

    A template that asks for one that is itself still being resolved does not get an answer. What was computed without that answer is forgotten
    as soon as no template is being resolved, and computed again when it is needed.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._too_early = False
        self._made: list[Callable[[], object]] = []

    @contextmanager
    def one(self, *forget: Callable[[], object]) -> Iterator[None]:
        """Mark a template as being resolved; `forget` drops what is computed from it."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth:
                self._made += forget
            else:
                self._end()

    def asked_too_early(self) -> None:
        """Record that a template was asked while it was still being resolved."""
        self._too_early = True

    def _end(self) -> None:
        for forget in self._made if self._too_early else ():
            forget()
        self._made.clear()
        self._too_early = False
