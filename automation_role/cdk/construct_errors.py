"""Errors with the construct that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import AutomationRoleError


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put a construct's path in front of the message of an error.

    Raises:
        AutomationRoleError: the one that was raised inside, with the path.
    """
    try:
        yield
    except AutomationRoleError as error:
        raise AutomationRoleError(f"{where}: {error}") from None
