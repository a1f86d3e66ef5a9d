"""`collections`, `queue` and `types.SimpleNamespace`: containers and classes that a call makes."""

from __future__ import annotations

from typing import Final

from ..values.arguments import NO_ARGS, Args, Machine
from ..values.asking import foreign_name, in_order, texts_in
from ..values.classes import ClassValue
from ..values.dicts import DictValue, keywords_of
from ..values.external import Model
from ..values.instances import InstanceValue
from ..values.lists import ListValue
from ..values.thing import DATA, Abstract
from ..values.unions import join_all
from .common import chained_dicts, empty_list, listed, name_of


def _default_dict(machine: Machine, args: Args, at: int) -> Abstract:
    factory = args.get(0, "default_factory", None)
    made = DictValue()
    if factory is not None:
        value = machine.call(factory, NO_ARGS, at)
        made.open(machine, ListValue() if value is DATA and foreign_name(factory) else value)
    for each in args.positional[1:]:
        made.update(machine, each, at, surely=True)
    for key, held in args.keywords.items():
        made.put(machine, key, held)
    return made


def _deque(machine: Machine, args: Args, at: int) -> Abstract:
    made = listed(machine, args.get(0, "iterable", ListValue()), at)
    if args.get(1, "maxlen", None) is not None:
        made.blur(machine)
        made.is_many = True  # what is appended pushes out what was there
    return made


def _counter(machine: Machine, args: Args, at: int) -> Abstract:
    """`Counter(…)`: the elements that are counted become keys, and so do the keys of a mapping."""
    counted = [machine.elements(each, at) for each in args.positional]
    made = DictValue(keys=join_all(key for source in counted for key in source), is_open=True)
    for key, held in args.keywords.items():
        made.put(machine, key, held)
    return made


def named_tuple(machine: Machine, args: Args, at: int) -> Abstract:
    """`namedtuple(name, fields)`: a class with these fields."""
    names = args.get(1, "field_names", DATA)
    made = ClassValue(name_of(args.get(0, "typename", "")), {})
    written = texts_in(names)
    if written is None:  # a list of them, or of pairs with their types
        made.fields = tuple(str((in_order(each) or [each])[0]) for each in machine.elements(names, at))
    else:
        made.fields = tuple(dict.fromkeys(name for text in written for name in text.replace(",", " ").split()))
    made.define(keywords_of(args.keywords.get("namespace", None)))  # of `make_dataclass`
    return made


def _namespace(_machine: Machine, args: Args, _at: int) -> Abstract:
    made = InstanceValue(ClassValue("SimpleNamespace", {}), dict(args.keywords))
    made.sure -= args.perhaps
    made.rest = args.extra
    return made


FUNCTIONS: Final[dict[str, Model]] = {
    "collections.defaultdict": _default_dict,
    "collections.ChainMap": chained_dicts,
    "collections.Counter": _counter,
    "collections.deque": _deque,
    "collections.namedtuple": named_tuple,
    "typing.NamedTuple": named_tuple,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    **{f"queue.{name}": empty_list for name in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")},
}
BASES: Final = {
    **dict.fromkeys(("collections.OrderedDict", "collections.UserDict", "collections.defaultdict"), DictValue),
    **dict.fromkeys(("collections.Counter", "collections.ChainMap"), DictValue),
    **dict.fromkeys(("collections.UserList", "collections.deque"), ListValue),
    **dict.fromkeys(("queue.Queue", "queue.LifoQueue", "queue.PriorityQueue", "queue.SimpleQueue"), ListValue),
}
LANGUAGE: Final = ("collections.",)
