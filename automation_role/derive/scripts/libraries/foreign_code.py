"""Code that is not in the runbook: fetched, read from a file or passed in. Like the script itself, it runs with the role's credentials.

What the script writes by itself and can be read is read (`Scope.made_code`).
"""

from __future__ import annotations

from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.domain import DATA, REPORTED, Abstract, Args, Machine, Thing, members
from ..values.external import Model


def run_foreign(machine: Machine, at: int, what: str) -> Abstract:
    """Report that a script runs such code; its result may be anything."""
    machine.report("otherAwsAccess", at, f"the script {what}, which may use AWS and is not read; add what that needs {BY_HAND}")
    return REPORTED


def _loaded(machine: Machine, _args: Args, at: int) -> Abstract:
    return run_foreign(machine, at, "loads code that is not in the runbook")


def _made(machine: Machine, args: Args, at: int) -> Abstract:
    """`eval` under another name: `run = eval`, `map(eval, texts)`."""
    machine.escape(args, at, REPORTED)
    return run_foreign(machine, at, "runs code that it generates")


def _run_text(machine: Machine, args: Args, at: int) -> Abstract:
    """`timeit.timeit(code)`: code in a text, or a function."""
    machine.escape(args, at, DATA)
    first = args.get(0, "stmt", args.get(-1, "statement", DATA))
    if not any(isinstance(each, (str, Text)) for each in members(first)):
        return DATA
    return run_foreign(machine, at, "runs code from a string")


# https://docs.python.org/3/library/modules.html (importing modules), https://docs.python.org/3/library/custominterp.html
class _Loader(Thing):
    """`ctypes.cdll`: each attribute is a library that it loads."""

    __slots__ = ()

    def attribute(self, machine: Machine, _name: str, at: int) -> Abstract:
        return run_foreign(machine, at, "loads code that is not in the runbook")

    def item(self, machine: Machine, _key: Abstract, at: int) -> Abstract:
        return self.attribute(machine, "", at)


FUNCTIONS: Final[dict[str, Model]] = {
    **dict.fromkeys(("builtins.eval", "builtins.exec", "types.FunctionType", "code.InteractiveInterpreter.runsource"), _made),
    **dict.fromkeys(
        (
            *("timeit.timeit", "timeit.repeat", "timeit.Timer", "pdb.run", "pdb.runeval"),
            *("cProfile.run", "cProfile.runctx", "profile.run", "profile.runctx"),
        ),
        _run_text,
    ),
    "builtins.compile": lambda _machine, args, _at: args.get(0, "source", DATA),
    **dict.fromkeys(
        (
            *("runpy.run_path", "runpy.run_module"),
            *("importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader", "imp.load_source", "zipimport.zipimporter"),
            *("marshal.loads", "marshal.load"),
            *("code.InteractiveInterpreter", "code.InteractiveConsole", "code.interact"),
            *("doctest.testfile", "doctest.testmod"),
            *("ctypes.CDLL", "ctypes.PyDLL"),
        ),
        _loaded,
    ),
}
VALUES: Final[dict[str, Abstract]] = {f"ctypes.{name}": _Loader() for name in ("cdll", "windll", "oledll", "pydll")}
