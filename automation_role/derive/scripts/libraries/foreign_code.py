"""Code that is not in the runbook: fetched, read from a file or passed in. Like the script itself, it runs with the role's credentials.

What the script writes by itself and can be read is read (`Scope.made_code`).
"""

from __future__ import annotations

from typing import Final

from ....findings import BY_HAND
from ....values.value import Text
from ..values.arguments import Args, Machine
from ..values.asking import foreign_name
from ..values.external import Model, external
from ..values.thing import DATA, REPORTED, Abstract, Thing
from ..values.unions import members


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


_PICKLED: Final = "pickle.dumps()"


def _pickled(machine: Machine, args: Args, at: int) -> Abstract:
    machine.escape(args, at, DATA)
    return external(_PICKLED)


def _unpickled(machine: Machine, args: Args, at: int) -> Abstract:
    """Reading a pickle calls the functions that it names; one that the script has just written names only what the script passed.

    Source: https://docs.python.org/3/library/pickle.html ("The pickle module is not secure").
    """
    if all(foreign_name(each) == _PICKLED for each in members(args.get(0, "data", DATA))):
        return DATA
    return run_foreign(machine, at, "unpickles objects, which runs code that is not in the runbook")


_UNSAFE: Final = frozenset({"yaml.Loader", "yaml.UnsafeLoader", "yaml.CLoader", "yaml.CUnsafeLoader"})


def _yaml(machine: Machine, args: Args, at: int) -> Abstract:
    """`yaml.load(text, Loader=…)`: some loaders call the functions that the text names.

    Source: https://github.com/yaml/pyyaml/wiki/PyYAML-yaml.load(input)-Deprecation.
    """
    machine.escape(args, at, DATA)
    loaders = members(args.get(1, "Loader", None))
    if isinstance(args.get(0, "stream", DATA), str) or not any(foreign_name(each) in _UNSAFE for each in loaders):
        return DATA
    return run_foreign(machine, at, "reads YAML with an unsafe loader, which can run code that is not in the runbook")


def _unsafe_yaml(machine: Machine, args: Args, at: int) -> Abstract:
    return _yaml(machine, Args([args.get(0, "stream", DATA), external("yaml.UnsafeLoader")]), at)


def _tests(machine: Machine, args: Args, at: int) -> Abstract:
    machine.escape(args, at, DATA)
    return run_foreign(machine, at, "runs test cases")


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
    "pickle.dumps": _pickled,
    **dict.fromkeys(("pickle.loads", "pickle.load", "pickle.Unpickler", "pandas.read_pickle", "shelve.open"), _unpickled),
    **dict.fromkeys(("yaml.load", "yaml.load_all"), _yaml),
    **dict.fromkeys(("yaml.unsafe_load", "yaml.unsafe_load_all"), _unsafe_yaml),
    **dict.fromkeys(("unittest.main", "unittest.TextTestRunner"), _tests),
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
