"""`importlib`, `sys.modules` and `inspect`: modules and names that a script looks up by name."""

from __future__ import annotations

from typing import Final

from ....catalog.operations import python_name
from ..values.arguments import Args, Machine
from ..values.asking import texts_in
from ..values.external import Model
from ..values.lists import ListValue
from ..values.modules import ModuleValue
from ..values.scalars import as_thing
from ..values.thing import DATA, Abstract, Thing
from ..values.unions import join_all
from .common import first
from .foreign_code import run_foreign


def _members_of(machine: Machine, args: Args, at: int) -> Abstract:
    """`inspect.getmembers(x)`."""
    target = args.get(0, "object", DATA)
    names = as_thing(target).known_names()
    if names is None:
        return DATA
    return ListValue([ListValue([name, machine.attribute(target, name, at)]) for name in sorted(set(names))])


class _Modules(Thing):
    """`sys.modules`: of the script's own modules, each by its name."""

    __slots__ = ()

    def item(self, machine: Machine, key: Abstract, _at: int) -> Abstract:
        names = texts_in(key)
        own = [each for each in machine.modules_read if names is None or each.captured.get("__name__") in names]
        return join_all(ModuleValue(each) for each in own) if own else DATA


def _python_name(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`botocore.xform_name('DescribeInstances')`."""
    names = texts_in(args.get(0, "name", DATA))
    return DATA if names is None else join_all(python_name(name) for name in names)


def imported(machine: Machine, args: Args, at: int) -> Abstract:
    """`import_module(name)`."""
    names = texts_in(args.get(0, "name", DATA))
    if names is None:
        return run_foreign(machine, at, "imports a module whose name is a runtime value")
    return join_all(machine.module(name, "", at) for name in names)


def _resolved(machine: Machine, args: Args, at: int) -> Abstract:
    """`pkgutil.resolve_name('boto3:client')`, also without the colon."""
    names = texts_in(args.get(0, "name", DATA))
    if names is None:
        return run_foreign(machine, at, "imports a module whose name is a runtime value")
    return join_all(_named(machine, name, at) for name in names)


def _named(machine: Machine, name: str, at: int) -> Abstract:
    module, _, path = name.partition(":" if ":" in name else ".")
    found = machine.module(module, "", at)
    for word in filter(None, path.split(".")):
        found = machine.attribute(found, word, at)
    return found


FUNCTIONS: Final[dict[str, Model]] = {
    "importlib.import_module": imported,
    "importlib.reload": first,
    "inspect.getmembers": _members_of,
    "pkgutil.resolve_name": _resolved,
    "botocore.xform_name": _python_name,
}
VALUES: Final[dict[str, Abstract]] = {
    "sys.modules": _Modules(),
}
