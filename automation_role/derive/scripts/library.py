"""What Python's own functions and modules do with clients, functions and containers; what they do with data does not matter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...catalog.operations import python_name
from ...findings import BY_HAND
from .classes import ClassValue, Factory, InstanceValue
from .containers import DictValue, Future, ListValue, awaited
from .domain import DATA, NO_ARGS, NOTHING, TOLD, Abstract, Args, Thing, concatenated, join, join_all, members, texts_in
from .external import FIELD_DECORATORS, METHODS, MODELS, VALUES, WRAPPERS, external
from .functions import Dispatcher, Partial, Wrapper
from .machine import ModuleValue

if TYPE_CHECKING:
    from .machine import Machine


def _elements(machine: Machine, args: Args, at: int) -> list[Abstract]:
    """What the first argument gives, one by one."""
    return machine.elements(args.get(0, "iterable", ListValue()), at)


def _as_list(machine: Machine, args: Args, at: int) -> Abstract:
    source = args.get(0, "iterable")
    if isinstance(source, ListValue):
        return ListValue(source.items, source.rest)
    return ListValue() if source is NOTHING else ListValue(machine.elements(source, at))


def _pushed(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`heapq.heappush(heap, item)`: puts an argument into the first one."""

    def push(machine: Machine, args: Args, _at: int) -> Abstract:
        for each in members(args.get(0, "heap", DATA)):
            if isinstance(each, ListValue):
                each.add(machine, args.get(1, name, DATA))
        return join_all([args.get(0, "heap", DATA), DATA])

    return push


def _iterated(machine: Machine, args: Args, at: int) -> Abstract:
    """`iter(x)`; `iter(function, last)` calls it until it gives that."""
    return ListValue([], machine.call(args.positional[0], NO_ARGS, at)) if len(args.positional) == 2 else _as_list(machine, args, at)


def _shuffled(machine: Machine, args: Args, at: int) -> Abstract:
    whole = join_all(_elements(machine, args, at))
    machine.callback(args.keywords.get("key", NOTHING), [whole], at)
    return ListValue([], whole)


def _as_dict(machine: Machine, args: Args, at: int) -> Abstract:
    made = DictValue(args.keywords, rest=args.extra)
    for each in args.positional:  # `ChainMap` takes several
        made.update(machine, each, at)
    return made


def _one_of(machine: Machine, args: Args, at: int) -> Abstract:
    """`max(a, b)`, `max(iterable)`, `random.choice(iterable)`, `next(iterator, default)`."""
    machine.callback(args.keywords.get("key", NOTHING), [join_all(_elements(machine, args, at))], at)
    return join_all([*_elements(machine, args, at), *args.positional[1:], args.keywords.get("default", NOTHING)])


def _first(_machine: Machine, args: Args, _at: int) -> Abstract:
    return args.get(0, "obj", DATA)


def _second(_machine: Machine, args: Args, _at: int) -> Abstract:
    return args.get(1, "val", DATA)


def _enumerated(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([ListValue([DATA, each]) for each in _elements(machine, args, at)])


def _zipped(machine: Machine, args: Args, at: int) -> Abstract:
    several = [machine.elements(each, at) for each in args.positional]
    exact = [each for each in args.positional if isinstance(each, ListValue) and each.rest is NOTHING]
    if several and len(exact) == len(several) and len({len(each) for each in several}) == 1:
        return ListValue([ListValue(each) for each in zip(*several, strict=True)])
    return ListValue([], ListValue([join_all(each) for each in several]))


def _chained(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in args.values() for each in machine.elements(one, at)))


def _chained_inside(machine: Machine, args: Args, at: int) -> Abstract:
    return ListValue([], join_all(each for one in _elements(machine, args, at) for each in machine.elements(one, at)))


def _mapped(machine: Machine, args: Args, at: int) -> Abstract:
    several = [machine.elements(each, at) for each in args.positional[1:]]
    function = args.get(0, "func", DATA)
    if len(several) == 1 and len(several[0]) <= 16:
        return ListValue([], join_all(machine.call(function, Args([each]), at) for each in several[0]))
    return ListValue([], machine.call(function, Args([join_all(each) for each in several]), at))


def _star_mapped(machine: Machine, args: Args, at: int) -> Abstract:
    function = args.get(0, "func", DATA)
    found = []
    for each in machine.elements(args.get(1, "iterable", DATA), at):
        given = each.items if isinstance(each, ListValue) else machine.elements(each, at)
        found.append(machine.call(function, Args(list(given)), at))
    return ListValue([], join_all(found))


def _filtered(machine: Machine, args: Args, at: int) -> Abstract:
    whole = join_all(machine.elements(args.get(1, "iterable", DATA), at))
    machine.callback(args.get(0, "function", NOTHING), [whole], at)
    return ListValue([], whole)


def _reduced(machine: Machine, args: Args, at: int) -> Abstract:
    whole = join_all(machine.elements(args.get(1, "iterable", DATA), at))
    start = args.get(2, "initial", whole)
    once = machine.callback(args.get(0, "function", NOTHING), [start, whole], at)
    return join_all([start, once, machine.callback(args.get(0, "function", NOTHING), [join(start, once), whole], at)])


def _submitted(machine: Machine, args: Args, at: int) -> Abstract:
    """`executor.submit(function, …)`: the future holds what the function gives."""
    return Future(machine.call(args.get(0, "fn", DATA), args.after(1), at))


def _submitted_second(machine: Machine, args: Args, at: int) -> Abstract:
    return _submitted(machine, args.after(1), at)


def _applied(machine: Machine, args: Args, at: int) -> Abstract:
    """`pool.apply_async(function, (…), {…})`."""
    return Future(_started(machine, args.get(0, "func", DATA), args.get(1, "args"), args.get(2, "kwds"), at))


def _started(machine: Machine, function: Abstract, positional: Abstract, keywords: Abstract, at: int) -> Abstract:
    given = Args()
    if isinstance(positional, ListValue) and positional.rest is NOTHING:
        given.positional = list(positional.items)
    elif positional is not NOTHING:
        given.rest = join_all(machine.elements(positional, at))
    if isinstance(keywords, DictValue):
        given.keywords = {str(key): value for key, value in keywords.members.items()}
        given.extra = keywords.rest
    return machine.call(function, given, at)


def _thread(machine: Machine, args: Args, at: int) -> Abstract:
    """`Thread(target=…, args=(…), kwargs={…})`."""
    _started(machine, args.get(1, "target", DATA), args.get(3, "args"), args.get(4, "kwargs"), at)
    return DATA


def _timer(machine: Machine, args: Args, at: int) -> Abstract:
    _started(machine, args.get(1, "function", DATA), args.get(2, "args"), args.get(3, "kwargs"), at)
    return DATA


def _partial(_machine: Machine, args: Args, _at: int) -> Abstract:
    return Partial(args.get(0, "func", DATA), args.after(1))


def _get_attribute(machine: Machine, args: Args, at: int) -> Abstract:
    """`getattr(x, name)`: for every name that it may be."""
    target, name = args.get(0, "object", DATA), args.get(1, "name", DATA)
    if target is DATA:
        return DATA
    texts = texts_in(name)
    default = args.get(2, "default")
    if texts is not None:
        return join_all([default, *(machine.attribute(target, text, at) for text in texts)])
    return join(default, machine.any_attribute(target, name, at))


def _set_attribute(machine: Machine, args: Args, _at: int) -> Abstract:
    target, name = args.get(0, "object", DATA), texts_in(args.get(1, "name", DATA))
    if isinstance(target, Thing):
        for text in name or ():
            target.store(machine, text, args.get(2, "value", DATA))
    return None


def _type_of(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`type(x)`; `type(name, bases, members)` makes a class."""
    if len(args.positional) == 3:
        held = args.positional[2]
        known = {str(key): value for key, value in held.members.items()} if isinstance(held, DictValue) else {}
        return ClassValue("type", known, tuple(each for each in machine_elements(args.positional[1]) if isinstance(each, ClassValue)))
    return join_all(each.made_of if isinstance(each, InstanceValue) else DATA for each in members(args.get(0, "object", DATA)))


def machine_elements(value: Abstract) -> list[Abstract]:
    """The known elements of a list."""
    return value.items if isinstance(value, ListValue) else []


def _as_text(_machine: Machine, args: Args, _at: int) -> Abstract:
    return concatenated([args.get(0, "object", "")])


def _data(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return DATA


def _listed_attributes(machine: Machine, args: Args, at: int) -> Abstract:
    return machine.attribute(args.get(0, "object", DATA), "__dict__", at)


def _names_in(target: Abstract) -> list[str] | None:
    """Names of what an object of the script has."""
    if isinstance(target, InstanceValue):
        return [*target.attrs, *(name for each in target.made_of.line_of_descent() for name in each.attrs)]
    if isinstance(target, ClassValue):
        return [name for each in target.line_of_descent() for name in each.attrs]
    return list(target.frame.captured) if isinstance(target, ModuleValue) else None


def _directory(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`dir(x)`."""
    names = _names_in(args.get(0, "object", DATA))
    return DATA if names is None else ListValue(sorted(set(names)))


def _members_of(machine: Machine, args: Args, at: int) -> Abstract:
    """`inspect.getmembers(x)`."""
    target = args.get(0, "object", DATA)
    names = _names_in(target)
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


def _copied(_machine: Machine, args: Args, _at: int) -> Abstract:
    target = args.get(0, "x", DATA)
    if isinstance(target, DictValue):
        return target.copy()
    return ListValue(target.items, target.rest) if isinstance(target, ListValue) else target


def _default_dict(machine: Machine, args: Args, at: int) -> Abstract:
    factory = args.get(0, "default_factory", None)
    made = DictValue()
    if len(args.positional) > 1:
        made.update(machine, args.positional[1], at)
    if factory is not None:
        value = machine.call(factory, NO_ARGS, at)
        made.rest, made.is_open = (ListValue() if value is DATA else value), True
    return made


def _named_tuple(machine: Machine, args: Args, at: int) -> Abstract:
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


def _field(_machine: Machine, args: Args, _at: int) -> Abstract:
    if "default_factory" in args.keywords:
        return Factory(args.keywords["default_factory"])
    return args.keywords.get("default", NOTHING)


def _decorator(name: str) -> Callable[[Machine, Args, int], Abstract]:
    """`@dataclass(frozen=True)` is what `@dataclass` is."""
    return lambda _machine, args, _at: args.positional[0] if args.positional else external(name)


def _replaced(_machine: Machine, args: Args, _at: int) -> Abstract:
    target = args.get(0, "obj", DATA)
    return InstanceValue(target.made_of, {**target.attrs, **args.keywords}) if isinstance(target, InstanceValue) else target


def _from_json(_machine: Machine, args: Args, _at: int) -> Abstract:
    text = args.get(0, "s", DATA)
    if not isinstance(text, str):
        return DATA
    try:
        return _plain(json.loads(text))
    except (ValueError, RecursionError):
        return DATA


def _plain(value: Any) -> Abstract:
    if isinstance(value, dict):
        return DictValue({key: _plain(each) for key, each in value.items()})
    if isinstance(value, list):
        return ListValue([_plain(each) for each in value])
    return value if value is None or isinstance(value, (str, int, float)) else DATA


def _imported(machine: Machine, args: Args, at: int) -> Abstract:
    names = texts_in(args.get(0, "name", DATA))
    if names is None:
        machine.tell(
            "unreadableScript",
            at,
            f"the script imports a module whose name is only known while it runs; add what that needs {BY_HAND}",
        )
        return TOLD
    return join_all(machine.module(name, "", at) for name in names)


def _gathered(_machine: Machine, args: Args, _at: int) -> Abstract:
    return ListValue([awaited(each) for each in args.positional], awaited(args.rest))


def _awaited(_machine: Machine, args: Args, _at: int) -> Abstract:
    return awaited(args.get(0, "main", DATA))


def _task(_machine: Machine, args: Args, _at: int) -> Abstract:
    """`asyncio.create_task(coroutine)`."""
    return Future(awaited(args.get(0, "coro", DATA)))


def _entered(machine: Machine, args: Args, at: int) -> Abstract:
    value = args.get(0, "cm", DATA)
    return value.entered(machine, at) if isinstance(value, Thing) else value


def _method_caller(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Caller(args)


class _Caller(Thing):
    """`operator.methodcaller`."""

    __slots__ = ("args",)

    def __init__(self, args: Args) -> None:
        self.args = args

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        names = texts_in(self.args.get(0, "name", DATA)) or ()
        return join_all([DATA, *(machine.invoke(args.get(0, "obj", DATA), name, self.args.after(1), at) for name in names)])


class _Getter(Thing):
    """`operator.attrgetter`, `operator.itemgetter`."""

    __slots__ = ("get", "names")

    def __init__(self, get: Callable[[Machine, Abstract, Abstract, int], Abstract], names: list[Abstract]) -> None:
        self.get = get
        self.names = names

    def call(self, machine: Machine, args: Args, at: int) -> Abstract:
        target = args.get(0, "obj", DATA)
        found = [self.get(machine, target, name, at) for name in self.names]
        return found[0] if len(found) == 1 else ListValue(found)


def _by_path(machine: Machine, target: Abstract, path: Abstract, at: int) -> Abstract:
    """`attrgetter('a.b')`."""
    for word in path.split(".") if isinstance(path, str) else ():
        target = machine.attribute(target, word, at)
    return target if isinstance(path, str) else machine.any_attribute(target, path, at)


def _attribute_getter(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Getter(_by_path, args.positional)


def _item_getter(_machine: Machine, args: Args, _at: int) -> Abstract:
    return _Getter(lambda machine, target, key, at: machine.item(target, key, at), args.positional)


def _command(machine: Machine, args: Args, at: int) -> Abstract:
    """A program is started: the `aws` command calls AWS by itself."""
    machine.hand_over(args, at, DATA)
    line = args.get(0, "args", DATA)
    words: list[str] = []
    for each in members(line):
        for part in each.items if isinstance(each, ListValue) else [each]:
            words += [option for one in members(part) for option in (texts_in(one) or _literal_parts(one))]
    if _runs_aws(words, listed=isinstance(line, ListValue)):
        machine.tell("otherAwsAccess", at, f"the script runs the aws command, which is not read; add what it needs {BY_HAND}")
    return DATA


def _literal_parts(value: Abstract) -> list[str]:
    from ...values.patterns import Text

    return [part for option in value.options for part in option.parts if isinstance(part, str)] if isinstance(value, Text) else []


def _runs_aws(words: list[str], *, listed: bool) -> bool:
    import re

    if listed and words and not any(word in {"-c", "-lc", "/c"} for word in words):
        return words[0].rpartition("/")[2] in {"aws", "aws.exe"} or words[:2] == ["sudo", "aws"]
    return any(re.search(r"(?:^|[;&|(`]|\s)(?:\S*/)?aws\s+(?:-\S+\s+(?:\S+\s+)?)*[a-z0-9-]+\s+[a-z-]+", word) for word in words)


def _list_made(_machine: Machine, _args: Args, _at: int) -> Abstract:
    return ListValue()


def _grouped(machine: Machine, args: Args, at: int) -> Abstract:
    """`itertools.groupby(iterable, key)`."""
    whole = join_all(_elements(machine, args, at))
    key = args.get(1, "key")
    return ListValue([], ListValue([whole if key is NOTHING else machine.callback(key, [whole], at), ListValue([], whole)]))


def _dict_of_keys(machine: Machine, args: Args, at: int) -> Abstract:
    """`dict.fromkeys(iterable, value)`."""
    made = DictValue()
    for each in _elements(machine, args, at):
        made.put(machine, each, args.get(1, "value", None))
    return made


def _wrapper(kind: str) -> Callable[[Machine, Args, int], Abstract]:
    """`c = property(get, set)` in a class, which decorators are short for."""
    return lambda _machine, args, _at: Wrapper(kind, args.get(0, "fget", DATA), args.get(1, "fset"))


MODELS.update(
    {
        **{name: _wrapper(kind) for name, kind in WRAPPERS.items()},
        "builtins.dict.fromkeys": _dict_of_keys,
        "itertools.groupby": _grouped,
        "contextvars.ContextVar": _list_made,
        **{f"builtins.{name}": _as_list for name in ("list", "tuple", "set", "frozenset", "aiter")},
        "builtins.iter": _iterated,
        **{f"builtins.{name}": _shuffled for name in ("sorted", "reversed")},
        **{f"builtins.{name}": _one_of for name in ("max", "min", "next", "anext")},
        **{
            f"builtins.{name}": _data
            for name in ("len", "repr", "isinstance", "issubclass", "hasattr", "callable", "id", "hash", "int", "float", "bool")
        },
        **{
            f"builtins.{name}": _data
            for name in ("abs", "round", "range", "ord", "chr", "hex", "open", "input", "bytes", "bytearray", "sum", "print")
        },
        "builtins.str": _as_text,
        "builtins.dict": _as_dict,
        "builtins.enumerate": _enumerated,
        "builtins.zip": _zipped,
        "itertools.zip_longest": _zipped,
        "itertools.product": _zipped,
        "builtins.map": _mapped,
        "builtins.filter": _filtered,
        "itertools.filterfalse": _filtered,
        "itertools.takewhile": _filtered,
        "itertools.dropwhile": _filtered,
        "itertools.starmap": _star_mapped,
        "itertools.chain": _chained,
        "itertools.chain.from_iterable": _chained_inside,
        **{f"itertools.{name}": _shuffled for name in ("cycle", "islice", "tee", "repeat", "compress")},
        "builtins.getattr": _get_attribute,
        "builtins.setattr": _set_attribute,
        "builtins.object.__setattr__": _set_attribute,
        "builtins.object.__getattribute__": _get_attribute,
        "builtins.type": _type_of,
        "builtins.vars": _listed_attributes,
        "builtins.dir": _directory,
        "inspect.getmembers": _members_of,
        "botocore.xform_name": _python_name,
        "builtins.__import__": _imported,
        "importlib.import_module": _imported,
        "importlib.reload": _first,
        "functools.partial": _partial,
        "functools.partialmethod": _partial,
        "functools.reduce": _reduced,
        **dict.fromkeys(
            ("functools.singledispatch", "functools.singledispatchmethod"),
            lambda _machine, args, _at: Dispatcher(args.get(0, "func", DATA)),
        ),
        **dict.fromkeys(("functools.lru_cache", "functools.cache"), _first),
        **dict.fromkeys(
            ("contextlib.closing", "contextlib.nullcontext", "contextlib.aclosing", "types.MappingProxyType", "weakref.proxy"), _first
        ),
        **dict.fromkeys(("asyncio.run", "asyncio.wait_for", "asyncio.shield"), _awaited),
        **dict.fromkeys(("asyncio.create_task", "asyncio.ensure_future", "asyncio.run_coroutine_threadsafe"), _task),
        "asyncio.gather": _gathered,
        "asyncio.to_thread": lambda machine, args, at: machine.call(args.get(0, "func", DATA), args.after(1), at),
        "asyncio.as_completed": _as_list,
        "concurrent.futures.as_completed": _as_list,
        **dict.fromkeys(
            ("concurrent.futures.wait", "asyncio.wait"),
            lambda machine, args, at: ListValue([_as_list(machine, args, at), _as_list(machine, args, at)]),
        ),
        "copy.copy": _copied,
        "copy.deepcopy": _copied,
        "typing.cast": _second,
        "random.choice": _one_of,
        "random.sample": _shuffled,
        "random.choices": _shuffled,
        "heapq.heappop": _one_of,
        **{f"heapq.{name}": _pushed("item") for name in ("heappush", "heappushpop", "heapreplace")},
        **{f"bisect.{name}": _pushed("x") for name in ("insort", "insort_left", "insort_right")},
        "operator.methodcaller": _method_caller,
        "operator.attrgetter": _attribute_getter,
        "operator.itemgetter": _item_getter,
        "collections.defaultdict": _default_dict,
        "collections.OrderedDict": _as_dict,
        "collections.ChainMap": _as_dict,
        "collections.deque": _as_list,
        "collections.namedtuple": _named_tuple,
        "typing.NamedTuple": _named_tuple,
        "types.SimpleNamespace": _namespace,
        **{name: _decorator(name) for name in FIELD_DECORATORS},
        "dataclasses.field": _field,
        "dataclasses.replace": _replaced,
        "dataclasses.make_dataclass": _named_tuple,
        "json.loads": _from_json,
        **{f"queue.{name}": _list_made for name in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")},
        "threading.Thread": _thread,
        "multiprocessing.Process": _thread,
        "threading.Timer": _timer,
        **{
            f"subprocess.{name}": _command
            for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")
        },
        "os.system": _command,
        "os.popen": _command,
        "asyncio.create_subprocess_shell": _command,
    }
)
METHODS.update(
    {
        "submit": _submitted,
        "map": _mapped,
        "imap": _mapped,
        "imap_unordered": _mapped,
        "map_async": _mapped,
        "starmap": _star_mapped,
        "starmap_async": _star_mapped,
        "apply": _applied,
        "apply_async": _applied,
        "run_in_executor": _submitted_second,
        "run_until_complete": _awaited,
        "create_task": _task,
        "enter_context": _entered,
        "enter_async_context": _entered,
        "callback": _submitted,
        "Thread": _thread,
    }
)
VALUES.update(
    {"sys.modules": _Modules(), "typing.TYPE_CHECKING": DATA, "sys.argv": DATA, "os.environ": DATA, "sys.platform": DATA, "sys.path": DATA}
)
