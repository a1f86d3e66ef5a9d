"""Code that is not in the runbook: fetched, read from a file, passed in. It runs with the role's credentials like the script itself.

What the script writes by itself and can be read is read (`Scope.made_code`).
"""

from __future__ import annotations

from typing import Final

from ....findings import BY_HAND
from ..values.domain import DATA, REPORTED, Abstract, Args, Machine
from ..values.external import Model


def run_foreign(machine: Machine, at: int, what: str) -> Abstract:
    """Report that a script runs such code; what that returns may be anything."""
    machine.report("otherAwsAccess", at, f"the script {what}, which may use AWS and is not read; add what that needs {BY_HAND}")
    return REPORTED


def _loaded(machine: Machine, _args: Args, at: int) -> Abstract:
    return run_foreign(machine, at, "loads code that is not in the runbook")


def _made(machine: Machine, args: Args, at: int) -> Abstract:
    """`eval` by another name than its own: `run = eval`, `map(eval, texts)`."""
    machine.escape(args, at, REPORTED)
    return run_foreign(machine, at, "runs code that it makes itself")


# https://docs.python.org/3/library/modules.html (importing modules), https://docs.python.org/3/library/custominterp.html
FUNCTIONS: Final[dict[str, Model]] = {
    **dict.fromkeys(("builtins.eval", "builtins.exec", "types.FunctionType", "code.InteractiveInterpreter.runsource"), _made),
    "builtins.compile": lambda _machine, args, _at: args.get(0, "source", DATA),
    **dict.fromkeys(
        (
            *("runpy.run_path", "runpy.run_module"),
            *("importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader", "imp.load_source", "zipimport.zipimporter"),
            *("marshal.loads", "marshal.load"),
            *("code.InteractiveInterpreter", "code.InteractiveConsole", "code.interact"),
            *("ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll.LoadLibrary"),
        ),
        _loaded,
    ),
}
