"""Names that the script doesn't define, by their full name: `json.dumps`, `boto3.client`, `helpers.retry`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from .arguments import Args, Machine
from .asking import texts_in
from .strings import name_may_be
from .thing import BOTTOM, DATA, OPAQUE, REPORTED, Abstract, EqualByParts, Thing
from .unions import join, join_all, things

Model = Callable[["Machine", Args, int], Abstract]


class External(Thing):
    """A name that the script does not define; with `()` at its end, the object that calling it returned."""

    __slots__ = ("method", "name", "owner", "short")

    def __init__(self, name: str) -> None:
        self.name = name
        self.owner, _, self.method = name.rpartition(".")
        self.short = f"{name.partition('.')[0]}.{self.method}"  # as `Libraries.writing` has it

    def __repr__(self) -> str:
        return self.name

    @property
    def foreign_name(self) -> str:  # type: ignore[override]
        return self.name

    def attribute(self, machine: Machine, name: str, _at: int) -> Abstract:
        if name == "__dict__":
            return ForeignNames(self)
        full = f"{self.name}.{name}"
        found = machine.scattered(name, BOTTOM)
        if self.name.endswith("()") and found is not BOTTOM:
            return found
        return join(machine.libraries.values[full] if full in machine.libraries.values else external(full), found)

    def exported(self, machine: Machine) -> Mapping[str, Abstract] | None:
        return names_of(machine, self.name) if machine.libraries.is_harmless(self.name) else None

    def any_attribute(self, machine: Machine, name: Abstract, at: int) -> list[Abstract]:
        # Which client a function of boto3 makes would be a guess.
        known = () if self.name.startswith("boto") else names_of(machine, self.name)
        return [OPAQUE, *(self.attribute(machine, each, at) for each in known if name_may_be(name, each))]

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if self.name.endswith("()"):
            if name in machine.libraries.methods:
                return machine.libraries.methods[name](machine, args, at)
            hidden = [machine.invoke(each, name, args, at) for each in machine.found_with(name)]
            if hidden:
                return join_all(hidden)
        return machine.call(self.attribute(machine, name, at), args, at)

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        known = machine.libraries
        model = known.functions.get(self.name)
        if model is not None:
            around = machine.library_called_at = machine.where
            machine.where = object()  # a library calls its arguments never, once or many times
            read = partial(model, machine, args, at)
            if _has_code(args):
                read = partial(machine.repeated, read, at)
            made = machine.lazily(read, *args.values()) if self.name in known.lazy else read()
            machine.where = around
            return made
        owner, method = self.owner, self.method
        if method == "__init__" and owner in known.functions:  # `subprocess.Popen.__init__(self, words)`
            return machine.call(external(owner), args.after(1), at)
        if args.positional and (owner == "builtins.str" or owner in known.bases):  # `list.append(x, y)`
            return machine.invoke(args.positional[0], method, args.after(1), at)
        if self.short in known.writing:
            for each in machine.elements(args.keywords["extra"], at) if "extra" in args.keywords else ():
                for name in texts_in(each) or ():  # an attribute of the record that handlers and filters get
                    machine.scatter(name, machine.item(args.keywords["extra"], each, at))
            return DATA
        if not known.is_harmless(self.name):
            return machine.escape(args, at, REPORTED)
        if self.name.startswith(known.opening_urls):
            machine.report_urls(args, at)
        if self.owner.endswith("()"):
            machine.put_away(args.values())
        back = machine.escape(args, at, DATA)
        return external(f"{self.name}()") if self.name.startswith(known.stateful) else back

    def suppresses(self) -> bool:
        return self.name.startswith("contextlib.")

    def store(self, machine: Machine, name: str, value: Abstract) -> None:
        setter = machine.libraries.functions.get(f"{self.name}.{name}=")
        if setter is not None:
            setter(machine, Args([value]), machine.first_line)
            return
        machine.scatter(name, value)
        machine.put_away([value])
        if f"{self.name}.{name}" not in machine.libraries.functions:  # `sys.excepthook = f`
            machine.escape(Args([value]), machine.first_line, DATA)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        for name in texts_in(key) or ():
            machine.scatter(name, value)
        machine.put_away([value])

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        if self.name == "builtins" and isinstance(key, str):  # `__builtins__["getattr"]`
            return self.attribute(machine, key, at)
        found = machine.scattered_under(key, BOTTOM)
        return join(found, DATA if machine.libraries.is_harmless(self.name) else REPORTED)

    def elements(self, machine: Machine, _at: int) -> list[Abstract]:
        return [DATA if machine.libraries.is_harmless(self.name) else REPORTED]


class ForeignNames(EqualByParts):
    """`vars(module)`: its attributes by name."""

    __slots__ = ("of",)

    def __init__(self, of: External) -> None:
        self.of = of

    def parts(self) -> tuple[object, ...]:
        return (self.of,)

    def item(self, machine: Machine, key: Abstract, at: int) -> Abstract:
        names = texts_in(key)
        return OPAQUE if names is None else join_all(self.of.attribute(machine, name, at) for name in names)

    def invoke(self, machine: Machine, name: str, args: Args, at: int) -> Abstract:
        if name in {"get", "pop", "setdefault", "__getitem__"}:
            return join(self.item(machine, args.get(0, "key", DATA), at), args.get(1, "default"))
        return machine.invoke(OPAQUE, name, args, at)

    def store_item(self, machine: Machine, key: Abstract, value: Abstract) -> None:
        for name in texts_in(key) or ():
            self.of.store(machine, name, value)
        machine.put_away([value])


def _has_code(args: Args) -> bool:
    """Whether an argument may be called, or is asked for its elements."""
    given = [each for value in args.values() if value is not DATA for each in things(value)]  # mostly none
    return bool(given) and any(not (each.is_unknown or each.is_container or each.foreign_name) for each in given)


_INTERNED: Final[dict[str, External]] = {}


def external(name: str) -> External:
    """The one `External` of a name."""
    found = _INTERNED.get(name)
    if found is None:
        found = External(name)
        if len(_INTERNED) < 8192:
            _INTERNED[name] = found
    return found


def names_of(machine: Machine, module: str) -> dict[str, Abstract]:
    """The names that `from module import *` binds, as far as they matter."""
    prefix = f"{module}."
    known = machine.libraries
    inside = {full.removeprefix(prefix).partition(".")[0] for full in (*known.functions, *known.values) if full.startswith(prefix)}
    return {name: known.values.get(prefix + name) or external(prefix + name) for name in sorted(inside)}
