"""Refuses arguments of the wrong kind in one line: what an argument takes is read from its annotation.

CDK accepts some silently (a bucket as a permissions boundary sets no boundary), and refuses others after half of a construct is built.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import cache, wraps
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict

from ..errors import AutomationRoleError, quoted

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ArgumentKind(NamedTuple):
    """A type as messages name it.

    Attributes:
        named: such as `a Runbook`.
        write: how to get one; empty: nothing to add.
        has: properties and methods that distinguish an interface of CDK's, which `isinstance` cannot check; empty: it is a class.
    """

    named: str
    write: str = ""
    has: tuple[str, ...] = ()


_KINDS: Final[Mapping[Any, ArgumentKind]] = {
    str: ArgumentKind("a string"),
    bool: ArgumentKind("True or False"),
    int: ArgumentKind("a number"),
    float: ArgumentKind("a number"),
    Path: ArgumentKind("a path"),
}
_UNCHECKED: Final = (Any, object)


def checked(
    kinds: Mapping[Any, ArgumentKind] = {},
    *,
    error: type[AutomationRoleError] = AutomationRoleError,
    also: Callable[[Mapping[str, Any]], str | None] | None = None,
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Check each argument of a function against its annotation, and its items against theirs.

    Args:
        kinds: the types that are not checked with `isinstance`, or have a name of their own. A protocol that is not in it is not checked.
        error: what is raised.
        also: what else may be wrong with the arguments.
    """
    named = {**_KINDS, **kinds}

    def decorated(function: Callable[_P, _R]) -> Callable[_P, _R]:
        signature = inspect.signature(function)

        @wraps(function)
        def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError:  # Python says it better
                return function(*args, **kwargs)
            problem = next(_problems(signature, _hints(function), given, named), None) or (also and also(given))
            if problem:
                raise error(f"{_where(function, given)}: {problem}")
            return function(*args, **kwargs)

        return called

    return decorated


def check_fields(value: object, kinds: Mapping[Any, ArgumentKind] = {}, *, error: type[AutomationRoleError] = AutomationRoleError) -> None:
    """Check the fields of a dataclass against their annotations."""
    kind_of: Any = type(value)
    for name, kind in _hints(kind_of).items():
        if (problem := _problem(name, kind, getattr(value, name), {**_KINDS, **kinds})) is not None:
            raise error(f"{type(value).__name__}: {problem}")


@cache  # reading annotations takes longer than the rest
def _hints(function: Any) -> dict[str, Any]:
    return get_type_hints(function)


def _problems(
    signature: inspect.Signature, hints: Mapping[str, Any], given: Mapping[str, Any], kinds: Mapping[Any, ArgumentKind]
) -> Iterator[str]:
    for name, value in given.items():
        parameter = signature.parameters[name]
        if name not in hints or value is parameter.default:
            continue
        several = parameter.kind is parameter.VAR_POSITIONAL
        for at, each in enumerate(value if several else [value]):
            place = f"{name}[{at}]" if several and len(value) > 1 else name
            problem = _problem(place, hints[name], each, kinds, optional=parameter.default is not parameter.empty)
            yield from [] if problem is None else [problem]


def _where(function: Callable[..., Any], given: Mapping[str, Any]) -> str:
    """The construct that is created or asked; else the function."""
    own = given.get("self") if function.__name__ != "__init__" else None
    scope, construct_id = given.get("scope", own), given.get("construct_id")
    if not has(scope, "node"):
        return function.__qualname__.removesuffix(".__init__")
    path = str(scope.node.path)
    return f"{path}/{construct_id}" if isinstance(construct_id, str) else path


_KEY: Final = " has the key"


def _problem(name: str, wanted: Any, given: object, kinds: Mapping[Any, ArgumentKind], *, optional: bool = False) -> str | None:
    """The problem with a value, where it first differs from its annotation."""
    if (found := _differs(wanted, given, "", kinds)) is None:
        return None
    at, wrong, wanted = found
    allowed = [each for each in _members(wanted) if each is not NoneType]
    if isinstance(wrong, str) and any(map(_takes_items, allowed)):
        return f"{name}{at} is the string {quoted(wrong)} → a list; write {name}{at}=[{quoted(wrong)}]"
    named = list(dict.fromkeys(_kind(each, kinds).named for each in allowed))
    either = " or ".join(filter(None, (", ".join(named[:-1]), named[-1])))
    instead = _instead(f"{name}{at}", wrong, allowed, kinds) or ("leave it out for the default" if optional and not at else "pass one")
    return f"{name}{at}{'' if at.endswith(_KEY) else ' is'} {shown(wrong)} → {either}; {instead}"


def _differs(wanted: Any, given: object, at: str, kinds: Mapping[Any, ArgumentKind]) -> tuple[str, object, Any] | None:
    """The first place in a value that is not of its kind: where, what is there, and what goes there."""
    members = _members(wanted)
    if type(given) in members:
        return None
    found = [_differs_from_one(each, given, at, kinds) for each in members]
    if None in found:
        return None
    # A list with a wrong item rather than no list.
    inside = next((each for each in found if each is not None and each[0] != at), None)
    return inside or (at, given, wanted)


def _differs_from_one(wanted: Any, given: object, at: str, kinds: Mapping[Any, ArgumentKind]) -> tuple[str, object, Any] | None:
    if is_typeddict(wanted):
        return _differs_from_one(Mapping[str, Any], given, at, kinds)
    origin, inner = get_origin(wanted), get_args(wanted)
    wrong = at, given, wanted
    if origin is tuple and inner[-1:] != (...,):
        if not isinstance(given, tuple) or len(given) != len(inner):
            return wrong
        return next(filter(None, (_differs(kind, each, at, kinds) and wrong for kind, each in zip(inner, given, strict=True))), None)
    if origin in (Sequence, Collection, tuple):
        # A set has no order, so the template would change each time.
        if not isinstance(given, (Sequence, AbstractSet) if origin is Collection else Sequence) or isinstance(given, (str, bytes)):
            return wrong
        return next(filter(None, (_differs(inner[0], each, f"{at}[{number}]", kinds) for number, each in enumerate(given))), None)
    if origin is Mapping:
        if not isinstance(given, Mapping):
            return wrong
        keys = (_differs(inner[0], key, at, kinds) and (f"{at}{_KEY}", key, inner[0]) for key in given)
        values = (_differs(inner[1], value, f"{at}[{quoted(key)}]", kinds) for key, value in given.items())
        return next(filter(None, (*keys, *values)), None)
    return None if _is(wanted, given, kinds) else wrong


def _is(wanted: Any, given: object, kinds: Mapping[Any, ArgumentKind]) -> bool:
    if wanted in _UNCHECKED:
        return True
    known = kinds.get(wanted)
    if known is not None and known.has:
        return all(has(given, name) for name in known.has)
    if not isinstance(wanted, type) or (getattr(wanted, "_is_protocol", False) and not getattr(wanted, "_is_runtime_protocol", False)):
        return True
    if wanted in (int, float):
        return isinstance(given, (int, float)) and not isinstance(given, bool)
    return isinstance(given, wanted) or (issubclass(wanted, Enum) and given in list(wanted))


def has(given: object, name: str) -> bool:
    """Whether a value's class has a property or method; looking at the class saves a call into Node.js.

    An object that CDK returns with several interfaces has a class with none of them, and one delegate for each.
    """
    return any(hasattr(type(each), name) for each in (given, *getattr(given, "_delegates", ())))


def _members(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)


def _takes_items(wanted: Any) -> bool:
    return get_origin(wanted) in (Sequence, Collection) or (get_origin(wanted) is tuple and get_args(wanted)[-1:] == (...,))


def _kind(wanted: Any, kinds: Mapping[Any, ArgumentKind]) -> ArgumentKind:
    if (known := kinds.get(wanted)) is not None:
        return known
    if _takes_items(wanted):
        return ArgumentKind("a list")
    if get_origin(wanted) is Mapping or is_typeddict(wanted):
        return ArgumentKind("a dict")
    if get_origin(wanted) is tuple:
        return ArgumentKind(f"a tuple of {len(get_args(wanted))}")
    if issubclass(wanted, Enum):
        return ArgumentKind(f"one of {', '.join(repr(str(each)) for each in wanted)}")
    return ArgumentKind(f"{article(wanted.__name__)} {wanted.__name__}")


def shown(given: object) -> str:
    """A value as messages show it: a construct by its class and path."""
    kind = type(next(iter(getattr(given, "_delegates", ())), given))  # what CDK returns with several interfaces has delegates
    name = kind.__name__.removeprefix("_").removesuffix("Proxy")
    if has(given, "node"):
        return f"{article(name)} {name}, {getattr(given, 'node').path!r}"  # noqa: B009
    text = quoted(given)
    return f"{article(name)} {name}" if " at 0x" in repr(given) or isinstance(given, float | type) else text


def article(name: str) -> str:
    """`a` or `an`."""
    return "an" if name[:1] in {*"AEIOaeio"} or name.startswith("Unk") else "a"


def _instead(name: str, wrong: object, allowed: Sequence[Any], kinds: Mapping[Any, ArgumentKind]) -> str:
    """What to write; empty: nothing in particular."""
    if any(map(_takes_items, allowed)):
        return f"write {name}=[...]"
    if allowed and all(get_origin(each) is Mapping for each in allowed):
        return f"write {name}={{...: ...}}"
    if str in allowed and isinstance(wrong, int) and not isinstance(wrong, bool):
        return f"write '{quoted(wrong)}'"
    if str in allowed and hasattr(wrong, "resolve"):
        return "write cdk.Token.as_string(...)"
    written = next((kind.write for kind in (_kind(each, kinds) for each in allowed) if kind.write), "")
    is_role = any("attach_inline_policy" in _kind(each, kinds).has for each in allowed)
    return f"{written}; write its .role" if is_role and getattr(wrong, "role", None) is not None else written
