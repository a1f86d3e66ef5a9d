"""`collections`, `queue` and `types.SimpleNamespace`: containers and classes that a call makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..values.classes import ClassValue, InstanceValue
from ..values.containers import DictValue, ListValue
from ..values.domain import DATA, NO_ARGS, Abstract, Args, texts_in
from ..values.external import Model
from .common import as_dict, as_list, empty_list

if TYPE_CHECKING:
    from ..reader.machine import Machine


def _default_dict(machine: Machine, args: Args, at: int) -> Abstract:
    factory = args.get(0, "default_factory", None)
    made = DictValue()
    if len(args.positional) > 1:
        made.update(machine, args.positional[1], at)
    if factory is not None:
        value = machine.call(factory, NO_ARGS, at)
        made.rest, made.is_open = (ListValue() if value is DATA else value), True
    return made


def named_tuple(machine: Machine, args: Args, at: int) -> Abstract:
    """`namedtuple(name, fields)`: a class with these fields."""
    names = args.get(1, "field_names", DATA)
    made = ClassValue(next(iter(texts_in(args.get(0, "typename", "")) or ("",))), {})
    if isinstance(names, str):
        made.fields = tuple(names.replace(",", " ").split())
    else:
        made.fields = tuple(
            str(each.items[0] if isinstance(each, ListValue) and each.items else each) for each in machine.elements(names, at)
        )
    return made


def _namespace(_machine: Machine, args: Args, _at: int) -> Abstract:
    return InstanceValue(ClassValue("SimpleNamespace", {}), dict(args.keywords))


FUNCTIONS: Final[dict[str, Model]] = {
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": as_dict,
    "collections.ChainMap": as_dict,
    "collections.deque": as_list,
    "collections.namedtuple": named_tuple,
    "typing.NamedTuple": named_tuple,
    "types.SimpleNamespace": _namespace,
    **{f"queue.{name}": empty_list for name in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")},
}
