"""The `automation-role` command: from runbooks to policies, offline.

In: arguments. Out: the answer on standard output or in a file, messages on standard error, and an exit code.

Where to look: a module for each command (`policy`, `explain`, …); `commands` lists them and defines the exit codes; `options` are those that
commands share; `reading` and `roles` read what the user names; `reporting` and `draw` write what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_INTERRUPTED: Final = 128 + 2  # as shells count signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: its arguments. Left out: those of this process.

    Returns:
        The exit code.
    """
    try:
        from .commands import run  # here, because loading takes most of the time, and Ctrl-C may come meanwhile

        return run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED
