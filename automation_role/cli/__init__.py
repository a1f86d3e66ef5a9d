"""The `automation-role` command: from runbooks to policies, offline.

In: arguments. Out: the answer on standard output or in a file, messages on standard error, and an exit code.

Where to look:
    `commands`: all commands, and the exit codes; `policy`, `explain`, `diff`, `check` (with `check_fleet`), `why`, `list`, `drift`, `fetch`: one each
    `options`: those that commands share; `reading`, `roles`: read what the user names; `completion`: shells complete it
    `console`: standard output and error; `reporting`, `linting`: messages; `terminal`, `draw`, `check_table`, `fleet_table`: tables and trees
    `aws`, `documents`, `executions`: what is read from the user's account
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
