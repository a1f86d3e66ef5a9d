"""The state of reading one script: its modules, what was concluded of its functions, the API calls found, and what could not be read."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from ....findings import BY_HAND
from ....values.patterns import ANY, Pattern
from ....values.value import Text, Value
from ..libraries.boto3_clients import Client, dynamic_operation, has_method, of_annotation
from ..libraries.operation_names import like_an_operation
from ..values.bound_methods import BoundMethod
from ..values.classes import ClassValue, InstanceValue
from ..values.containers import BORN, Bag, Container, is_plain, things_in
from ..values.dicts import DictValue
from ..values.domain import (
    ASSUMED,
    BOTTOM,
    DATA,
    OPAQUE,
    REPORTED,
    Abstract,
    Args,
    Libraries,
    Thing,
    Union,
    UnknownValue,
    join,
    join_all,
    members,
    patterns,
)
from ..values.external import OTHER_SDKS, External, external, is_harmless
from ..values.frames import Frame, Summary
from ..values.functions import Function, FunctionNode, Method, Partial, identity, mark_generators, signature_of, widened
from ..values.inputs import lower
from ..values.lists import Generator, ListValue
from ..values.modules import ModuleValue
from ..values.texts import text_method
from ..values.work import WORK
from .limits import MAX_CALLS, MAX_LEVELS, MAX_LEVELS_OF_CALLS, MAX_WORK, TOO_COMPLEX, TooComplexError

_MAX_PLAIN_READINGS: Final = 8  # of one function with different arguments, when it makes nothing of AWS
_MAX_READINGS: Final = 64  # of one function with different arguments, otherwise
_MAX_STEPS_OF_FUNCTION: Final = 1_500  # statements read in calls of one function, before its arguments are no longer told apart
_MAX_STEPS: Final = 10_000  # statements read in one script, before arguments are no longer told apart
_MAX_AGAIN: Final = 8  # readings of one function with the same arguments, because something that it sees has changed
_MISSING: Final = {
    "attachedScript": "the script imports {!r} from an attachment that was not given; give it with attachments={{name: path}} (--attachment NAME=PATH), or add what it needs "
    + BY_HAND,
    "unreadableScript": "the script imports {!r}, which is not part of Python or boto3, so what it calls is unknown; add what it needs "
    + BY_HAND,
}
_MAX_INSTANCES: Final = 4  # of a class made in one line, that are told apart
_S3_URL: Final = re.compile(r"s3[an]?://")
_MAX_VARIANTS: Final = 16  # sets of inputs of one call in one line


class Known(NamedTuple):
    """What is known of one API call: its inputs, whether these are all, and the Regions (`ApiCall`)."""

    inputs: dict[str, Value]
    complete: bool
    regions: tuple[Pattern, ...] = ()


class Modules(Protocol):
    """Where the script's own modules are found."""

    def source(self, name: str, package: str) -> tuple[str, str] | None:
        """The path and text of a module; `None` when it is not among what was given."""


class Reads(Protocol):
    """What reads code with the variables of one frame."""

    def __init__(self, machine: Interpreter, frame: Frame, env: dict[str, Abstract]) -> None: ...

    def block(self, statements: list[ast.stmt]) -> None:
        """Read statements."""

    def function(self, node: FunctionNode) -> Abstract:
        """Read a function's body; what calling it returns."""

    def value(self, node: ast.expr) -> Abstract:
        """What an expression is."""


class Interpreter:
    """Reads one script.

    Attributes:
        calls: (service, operation, line) -> what is known of each time that it is made.
        reported: (finding's id, line) -> message.
        work: what was read so far, in the units of `limits.MAX_WORK`; `levels` how deep what is read now is nested.
        clock: counts readings of loop bodies; `changed_at` is the latest time at which something was looked at that changed afterwards.
    """

    def __init__(self, modules: Modules, unknown_modules_are: str, first_line: int, reader: type[Reads], libraries: Libraries) -> None:
        self._reader = reader
        self.libraries = libraries
        self.modules = modules
        self.unknown_modules_are = unknown_modules_are
        self.first_line = first_line
        self.calls: dict[tuple[str, str, int], list[Known]] = {}
        self.reported: dict[tuple[str, int], str] = {}
        self.clock = 0
        self.changed_at = -1
        self.depth = 0
        self.work = 0
        self._begun = WORK.units
        self.levels = 0
        self.rounds = 1  # how often a loop's body is read that is read for each element by itself, with the loops around it
        self.steps = 0
        self.where: object = object()  # the part of the code that is read: another one wherever it is not sure that the rest is reached
        self.guarded = 0  # how many `try` are around, generators and coroutines included, any statement of which may be the last one
        self.exits = 0  # counts `return`, `raise`, `break` and `continue`
        self.reading: Frame | None = None  # the function that is read
        self.arms: list[tuple[object, list[tuple[Container, str]]]] = []  # of each `if` around: where it is, and what it has stored by name
        self.activity = 0
        self.default_session = 0  # the line that gives it another role's credentials, if one does
        self.default_region: Abstract = None  # of clients that are given none; `None`: the one in which the automation runs
        self.imported: dict[str, Abstract] = {}
        self.modules_read: list[Frame] = []
        self.classes: list[ClassValue] = []  # every class of the script
        self.class_made: ClassValue | None = None  # the one that a metaclass of the script makes
        self._summaries: dict[Hashable, Summary] = {}
        self._scattered = Frame(None)
        self._thrown = Frame(None)  # what the script raises
        self._resumed = Frame(None)  # its version counts how often a generator went on after others had what it yields
        self._seen: dict[Container | Frame, int] = {}  # what the function that is read has seen so far, and in which version first
        self._readings: dict[FunctionNode, int] = {}
        self._spent: dict[FunctionNode, int] = {}
        self._plain: dict[FunctionNode, bool] = {}
        self._merged: dict[FunctionNode, list[Abstract]] = {}
        self._later: list[tuple[Function, Args]] = []
        self._handed: set[Hashable] = set()
        self._kept: dict[Hashable, Bag] = {}  # what was handed to somebody whose code is not here
        self._instances: dict[tuple[ClassValue, int], list[InstanceValue]] = {}

    def forget(self) -> None:
        """Let go of everything but what was found: functions, containers and the variables around them hold each other."""
        for frame in (*self.modules_read, self._scattered, self._thrown):
            frame.captured.clear()
            frame.sites.clear()
        for summary in self._summaries.values():
            summary.sites.clear()
        for each in (
            self._summaries,
            self.imported,
            self.classes,
            self.modules_read,
            self._later,
            self._instances,
            self._seen,
        ):
            each.clear()

    # -- what was found

    def record(
        self,
        service: str,
        operation: str,
        inputs: Mapping[str, Abstract],
        at: int,
        *,
        complete: bool,
        regions: tuple[Pattern, ...] = (),
    ) -> None:
        """An API call."""
        self.activity += 1
        variants = self.calls.setdefault((service, operation, at), [])
        known = Known({name: lower(value) for name, value in inputs.items() if value is not BOTTOM}, complete, regions)
        if known in variants:
            return
        if len(variants) < _MAX_VARIANTS:
            variants.append(known)
        else:
            everywhere = (Pattern((ANY,)),) if any(each.regions for each in (*variants, known)) else ()
            variants[-1] = Known({}, complete=False, regions=everywhere)

    def report(self, finding: str, at: int, message: str) -> None:
        """A finding; one of an id a line."""
        self.activity += 1
        self.reported.setdefault((finding, at), message)

    def tell_urls(self, args: Args, at: int) -> None:
        """A library that opens URLs by itself is given one of S3."""
        for each in args.values():
            for one in members(each):
                if isinstance(one, (str, Text)) and any(
                    _S3_URL.match(str(part)) for pattern in patterns(one) for part in pattern.parts[:1]
                ):
                    self.report(
                        "otherAwsAccess",
                        at,
                        f"the script opens an object of S3 by its URL, which is not read; add what it needs {BY_HAND}",
                    )

    def unknown_receiver(self, name: str, args: Args, at: int) -> None:
        """A method of something unknown is called: told when it looks like an API call."""
        if not like_an_operation(name) or args.positional:
            return
        if args.keywords and not all(key[:1].isupper() for key in args.keywords):
            return
        if args.keywords or args.extra is not BOTTOM or name.startswith(("describe_", "list_")) or name.count("_") > 1:
            self.report(
                "dynamicService",
                at,
                f"the script calls {name!r} on something that could not be followed, so its service is unknown; "
                f"create the client where it is used, or add what it needs {BY_HAND}",
            )

    def spend(self, work: int) -> None:
        """Count work that is more than reading an expression.

        Raises:
            TooComplexError: all that one script may take is spent.
        """
        self.work += work
        if self.work + WORK.units - self._begun > MAX_WORK:
            raise TooComplexError

    def too_deep(self, at: int) -> Abstract:
        """What is nested too deeply to be read."""
        self.report("unreadableScript", at, TOO_COMPLEX)
        return REPORTED

    # -- what values do

    def call(self, target: Abstract, args: Args, at: int) -> Abstract:
        """What `target(…)` gives."""
        if not isinstance(target, Thing):
            return self.escape(args, at, DATA)
        if self.levels > MAX_LEVELS:
            return self.too_deep(at)
        self.levels += 1
        found = target.call(self, args, at)
        self.levels -= 1
        return found

    def attribute(self, target: Abstract, name: str, at: int) -> Abstract:
        """What `target.name` is."""
        if isinstance(target, Thing):
            if self.levels > MAX_LEVELS:
                return self.too_deep(at)
            self.levels += 1
            found = target.attribute(self, name, at)
            self.levels -= 1
            if (
                name in {"value", "_value_"}
                and not isinstance(target, (InstanceValue, ClassValue))
                and any(each.is_enum for each in self.classes)
            ):
                found = join(found, target)  # members of an `Enum` are read as their values
            return self.saw(found)
        if isinstance(target, (str, Text)) and name in {"value", "_value_"}:
            return target
        if name != "value" and not hasattr(str, name) and (member := self._enum_member(target, name)) is not None:
            return member.attribute(self, name, at)
        if isinstance(target, (str, Text)):
            return BoundMethod(target, name)
        return target if name == "value" and target is not None else DATA

    def invoke(self, target: Abstract, name: str, args: Args, at: int) -> Abstract:
        """What `target.name(…)` gives."""
        if isinstance(target, Thing):
            if self.levels > MAX_LEVELS:
                return self.too_deep(at)
            self.levels += 1
            found = self.saw(target.invoke(self, name, args, at))
            self.levels -= 1
            return found
        if not hasattr(str, name) and (member := self._enum_member(target, name)) is not None:
            return member.invoke(self, name, args, at)
        if isinstance(target, (str, Text)):
            return text_method(target, name, args, self, at)
        self.escape(args, at, DATA)
        return DATA

    def _enum_member(self, target: Abstract, name: str) -> InstanceValue | None:
        """Members of an `Enum` are read as their values: one that has a method is an instance for as long as that is called."""
        made_of = next((each for each in self.classes if each.is_enum and each.find(name) is not BOTTOM), None)
        return None if made_of is None or target is None else InstanceValue(made_of, {"value": target, "_value_": target})

    def scatter(self, name: str, value: Abstract) -> None:
        """Something was put under a name into a thing of which nothing is known (`context.ec2 = …`): it may be found under that name."""
        if (
            not isinstance(value, Thing)
            or isinstance(value, UnknownValue)
            or (isinstance(value, Container) and value.is_filled and is_plain(value))
        ):
            return
        self._scattered.capture(name, value)

    def resume(self) -> None:
        """A generator goes on: what was concluded of one may change, by what was done to what it has yielded."""
        self._resumed.version += 1

    def throw(self, value: Abstract, at: int) -> None:
        """`raise value`: whoever catches it may find something in it."""
        for each in members(value):
            made = each.call(self, Args(), at) if isinstance(each, ClassValue) else each
            if isinstance(made, Thing) and not isinstance(made, (UnknownValue, External)):
                self._thrown.capture("", made)

    def caught(self, kinds: Abstract) -> Abstract:
        """What `except kinds as error` may hold of what the script raises."""
        self._seen.setdefault(self._thrown, self._thrown.version)
        wanted = [each for kind in members(kinds) for each in (kind.inside() if isinstance(kind, ListValue) else (kind,))]
        own = [each for each in wanted if isinstance(each, ClassValue)]
        # Python's own may be the base of one; an error of boto3 (`client.exceptions.…` is plain data) is none that the script makes.
        any_of_them = any(
            each is OPAQUE or each is REPORTED or (isinstance(each, External) and each.name.startswith("builtins.")) for each in wanted
        )
        # What a generator returns is in the exception that ends it.
        ended = any(
            isinstance(each, External) and each.name in {"builtins.StopIteration", "builtins.StopAsyncIteration"} for each in wanted
        )
        return join_all(
            [
                OPAQUE if ended else DATA,
                *(
                    each
                    for each in members(self._thrown.captured.get("", BOTTOM))
                    if any_of_them or (isinstance(each, InstanceValue) and any(one in each.made_of.mro for one in own))
                ),
            ]
        )

    @property
    def has_scattered(self) -> bool:
        """Whether anything was."""
        self._seen.setdefault(self._scattered, self._scattered.version)
        return bool(self._scattered.captured)

    def scattered(self, name: str, otherwise: UnknownValue) -> Abstract:
        """What is under a name in a thing of which nothing is known."""
        found = self._scattered.captured.get(name, BOTTOM) if self.has_scattered else BOTTOM
        if found is BOTTOM:
            return otherwise
        return found if otherwise is OPAQUE or otherwise is REPORTED else join(otherwise, found)

    def saw(self, value: Abstract) -> Abstract:
        """A value came into the hands of the function that is read: what it concludes may rest on the members."""
        if isinstance(value, Container):
            self._seen.setdefault(value, value.version)
        elif isinstance(value, Union):
            WORK.walked(len(value.members))
            for member in value.members:
                self.saw(member)
        return value

    def variables_seen(self) -> dict[Frame, int]:
        """The variables of modules and functions that functions have seen, each frame in the version that it has now."""
        WORK.walked(len(self._seen))
        return {each: each.version for each in self._seen if isinstance(each, Frame)}

    def are_as_seen(self, before: Mapping[Frame, int]) -> bool:
        """Whether no function has changed its `global` and `nonlocal` names since."""
        return all(each.version == before.get(each, first) for each, first in self._seen.items() if isinstance(each, Frame))

    def item(self, target: Abstract, key: Abstract, at: int) -> Abstract:
        """What `target[key]` is."""
        if isinstance(target, Thing):
            if self.levels > MAX_LEVELS:
                return self.too_deep(at)
            self.levels += 1
            found = self.saw(target.item(self, key, at))
            self.levels -= 1
            return found
        if isinstance(target, str) and isinstance(key, int) and -len(target) <= key < len(target):
            return target[key]
        return DATA

    def elements(self, target: Abstract, at: int) -> list[Abstract]:
        """What iterating gives, one by one where that is known."""
        if isinstance(target, Thing):
            if self.levels > MAX_LEVELS:
                return [self.too_deep(at)]
            self.levels += 1
            found = target.elements(self, at)
            self.levels -= 1
            self.spend(len(found))
            for each in found:
                self.saw(each)
            return found
        return [DATA]

    def unpacked(self, value: Abstract, count: int, at: int) -> list[Abstract]:
        """The parts of `a, b = value`."""
        if isinstance(value, ListValue) and len(value.items) == count and value.rest is BOTTOM:
            return list(value.items)
        if isinstance(value, Union):
            several = [self.unpacked(member, count, at) for member in value.members if member is not None]
            return [join_all(each[place] for each in several) for place in range(count)]
        whole = join_all(self.elements(value, at))
        return [whole] * count

    def able(self, several: Sequence[Abstract], name: str) -> list[Abstract]:
        """Those of several values that have a method: an operation that only one of two services has is called on that one."""
        clients = [each for each in several if has_method(each, name) is not None]
        others = [each for each in several if has_method(each, name) is None and each is not None]
        can = [each for each in clients if has_method(each, name)]
        if can or others:
            return [*can, *others]
        return clients[:1]

    def escape(self, args: Args, at: int, given: UnknownValue) -> Abstract:
        """Somebody whose code is not here gets these: what may come back.

        Functions among them may be called, with the others and with `given` for what is not known.
        """
        things = [each for each in things_in(args.values()) if not isinstance(each, (UnknownValue, External))]
        if not things:
            return given
        self.spend(len(things))
        around, self.where = self.where, object()
        for place, value in enumerate(args.positional):
            if isinstance(value, Thing) and value is not DATA:
                others = [each for each in things_in([*args.positional[place + 1 :], *args.keywords.values()]) if each is not value]
                named = dict(args.keywords) if others else {}
                self._given_away(value, Args([], named, join_all([given, *args.positional[place + 1 :], *others]), given), at, 0)
        for name, value in (*args.keywords.items(), ("", args.rest), ("", args.extra)):
            if isinstance(value, Thing) and not isinstance(value, UnknownValue):
                others = things_in([*args.positional, *(each for key, each in args.keywords.items() if key != name)])
                self._given_away(value, Args([], {}, join_all([given, *others]), given), at, 0)
        self.where = around
        kept = self._kept.setdefault(tuple(things), Bag(join_all(things)))
        return join_all([given, kept, *things])

    def _given_away(self, value: Thing, args: Args, at: int, nested: int) -> None:
        if isinstance(value, (Function, Method, Partial, BoundMethod)):
            if not isinstance(value, BoundMethod) or hasattr(value.target, "is_aws"):
                self.call(value, args, at)
            return
        if isinstance(value, (InstanceValue, ClassValue)):
            self._instance_given_away(value, args, at)
            return
        inside: Sequence[Abstract] = ()
        if isinstance(value, Union):
            inside = value.members
        elif isinstance(value, DictValue):
            inside = (*value.members.values(), value.rest)
        elif isinstance(value, ListValue):
            inside = (*value.items, value.rest)
        for each in inside if nested < 4 else ():
            if isinstance(each, Thing) and not isinstance(each, UnknownValue):
                self._given_away(each, Args([], {}, args.extra, args.extra), at, nested + 1)

    def _instance_given_away(self, value: InstanceValue | ClassValue, args: Args, at: int) -> None:
        made_of = value if isinstance(value, ClassValue) else value.made_of
        if isinstance(value, InstanceValue) and made_of.find("__call__") is not BOTTOM:
            self.call(value, args, at)
        # Who knows the class that it is made of (`logging.Handler`) calls what it overrides.
        if (args.extra is not DATA or made_of.is_of_library) and id(value) not in self._handed:
            self._handed.add(id(value))
            for each in [value] if isinstance(value, InstanceValue) else members(value.call(self, args, at)):
                if isinstance(each, InstanceValue):
                    each.all_called(self, at)

    def callback(self, function: Abstract, given: Sequence[Abstract], at: int) -> Abstract:
        """Call a function, if it is one, with these: never, once or many times."""
        if not isinstance(function, Thing) or function is BOTTOM:
            return DATA
        around, self.where = self.where, object()
        found = self.call(function, Args(list(given)), at)
        self.where = around
        return found

    def made_here(self, made: Container) -> None:
        """A container was made in the part of the code that is read."""
        made.where = (self.where, self.reading)

    def is_certain(self, target: Abstract) -> bool:
        """Whether a change of it surely happens whenever it was made, and is about all that it stands for."""
        return isinstance(target, Container) and self._is_one(target) and target.where[0] is self.where  # type: ignore[index]

    def _is_one(self, target: Container) -> bool:
        if target.is_many or not isinstance(target.where, tuple) or self._later:
            return False
        reading = target.where[1]
        return reading is None or not reading.is_over

    def stored_in_arm(self, target: Container, key: str) -> None:
        """Something was stored in an arm of an `if`: what every arm stores is there after it."""
        if self.arms and self.arms[-1][0] is self.where and self._is_one(target):
            self.arms[-1][1].append((target, key))

    def forgotten(self, target: Container) -> None:
        """What arms have stored in it may be gone."""
        for _, stored in self.arms:
            stored[:] = [each for each in stored if each[0] is not target]

    def stored_in_all(self, arms: list[list[tuple[Container, str]]]) -> None:
        """After an `if` with an arm for every case, of those that lead to its end: what was stored in all is there."""
        for target, key in arms[0] if arms else ():
            if all((target, key) in each for each in arms[1:]):
                if self.is_certain(target):
                    target.stored_by_all(self, key)
                else:
                    self.stored_in_arm(target, key)

    def any_attribute(self, target: Abstract, name: Abstract, at: int) -> Abstract:
        """What `getattr(target, name)` is when the name is not known."""
        shapes = name.options if isinstance(name, Text) else None

        def may_be(key: str) -> bool:
            if shapes is None:
                return not key.startswith("__")
            return any(shape.covers(Pattern.literal(key)) for shape in shapes)

        found: list[Abstract] = []
        for each in members(target):
            if isinstance(each, Client):
                found.append(dynamic_operation(self, each, "calls an operation of", name, at))
            elif isinstance(each, InstanceValue):
                made_of = each.made_of.mro
                found += [each.attribute(self, key, at) for one in made_of for key in one.attrs if may_be(key)]
                found += [value for key, value in each.attrs.items() if may_be(key)]
            elif isinstance(each, ClassValue):
                found += [each.attribute(self, key, at) for key in each.attrs if may_be(key)]
            elif isinstance(each, ModuleValue):
                found += [value for key, value in each.frame.captured.items() if isinstance(value, Function) and may_be(key)]
            else:
                found.append(each if isinstance(each, UnknownValue) else DATA)
        return join_all(found)

    def instance(self, made_of: ClassValue, at: int) -> InstanceValue:
        """A new instance; one stands for all that a line makes when they are many."""
        made = self._instances.setdefault((made_of, at), [])
        if len(made) < _MAX_INSTANCES:
            made.append(InstanceValue(made_of))
            self.made_here(made[-1])
        else:
            made[-1].forget(self)
        return made[-1]

    # -- functions

    def run(self, function: Function, args: Args) -> Abstract:
        """Read a function's body with these arguments, unless it was read with the same before."""
        variables = function.bound(self, args)
        if self.depth >= MAX_CALLS or self.levels > MAX_LEVELS_OF_CALLS:
            self._later.append((function, args))
            return self.too_deep(self.first_line)
        key = self._key(function, variables)
        if key not in self._summaries:
            variables = self._limited(function, variables)
            key = self._key(function, variables)
        known = self._summaries.get(key)
        if known is not None and (known.is_running or self._holds(known)):
            known.is_recursive = known.is_running
            return known.given()
        return self._run(function, variables, key)

    def _holds(self, known: Summary) -> bool:
        """Whether nothing has changed of what was seen; not asked for ever."""
        self.spend(len(known.dependencies) // 4)
        if known.again < _MAX_AGAIN and any(each.version != version for each, version in known.dependencies.items()):
            known.again += 1
            return False
        for each, version in known.dependencies.items():
            self._seen.setdefault(each, version)
        return True

    def _run(self, function: Function, variables: dict[str, Abstract], key: Hashable) -> Abstract:
        before, steps = self.activity, self.steps
        self.spend(len(variables))
        summary = self._summaries.setdefault(key, Summary())
        summary.is_running = True
        around, self._seen = self._seen, {}
        summary.born = next(BORN)
        for value in variables.values():
            self.saw(value)
        if function.owner is not None:
            self.saw(function.owner)
        around_it: Frame | None = function.frame
        while around_it is not None:
            self._seen[around_it] = around_it.version
            around_it = around_it.parent
        for _ in range(3):
            summary.is_recursive = False
            frame = Frame(function.frame, function)
            frame.sites = summary.sites
            result = self._read_body(function, frame, dict(variables))
            settled = result == summary.result or (isinstance(result, (DictValue, ListValue)) and summary.result is not BOTTOM)
            summary.result = result
            if not summary.is_recursive or settled:
                break
        summary.is_running = False
        self.spend(len(self._seen) // 4)
        summary.dependencies = {each: version for each, version in self._seen.items() if each.born < summary.born}
        if isinstance(summary.result, Generator):
            summary.dependencies[self._resumed] = self._resumed.version
        self._seen = around
        for each, version in summary.dependencies.items():
            around.setdefault(each, version)
        self._spent[function.node] = self._spent.get(function.node, 0) + self.steps - steps
        self._plain[function.node] = self._plain.get(function.node, True) and before == self.activity
        return summary.result

    def _read_body(self, function: Function, frame: Frame, variables: dict[str, Abstract]) -> Abstract:
        """Read a function's body once; where the code is afterwards, it was before."""
        around = (self.where, self.guarded, self.exits, self.reading)
        self.reading = frame
        self.depth += 1
        if signature_of(function.node).is_suspended:
            self.guarded += 1
            self.where = object()
        try:
            return self._reader(self, frame, variables).function(function.node)
        finally:
            self.depth -= 1
            frame.is_over = True
            frame.returned = frame.yielded = BOTTOM  # what it gave holds the frame, as where it was made
            self.where, self.guarded, self.exits, self.reading = around

    def _key(self, function: Function, variables: Mapping[str, Abstract]) -> Hashable:
        return (function, *map(identity, variables.values()))

    def _limited(self, function: Function, variables: dict[str, Abstract]) -> dict[str, Abstract]:
        """The arguments, told apart less and less the more often a function is read."""
        node = function.node
        readings = self._readings[node] = self._readings.get(node, 0) + 1
        spent = self._spent.get(node, 0)
        limit = _MAX_PLAIN_READINGS if self._plain.get(node, True) else _MAX_READINGS
        if readings <= limit and spent <= _MAX_STEPS_OF_FUNCTION and self.steps < _MAX_STEPS:
            return variables
        coarse = {name: widened(value) for name, value in variables.items()}
        if readings <= 2 * limit and spent <= 2 * _MAX_STEPS_OF_FUNCTION and self.steps < _MAX_STEPS:
            return coarse
        merged = self._merged.setdefault(node, [BOTTOM] * len(coarse))
        for place, value in enumerate(coarse.values()):
            if readings <= 8 * _MAX_READINGS:
                merged[place] = join(merged[place], value)
        return dict(zip(coarse, merged, strict=True))

    def finish(self) -> None:
        """Read what was put off."""
        rounds = 0
        while self._later and rounds < 256:
            function, args = self._later.pop()
            self.where = object()
            self.run(function, args)
            rounds += 1
        if self._later:
            self.too_deep(self.first_line)

    # -- names from elsewhere

    def builtin(self, name: str) -> Abstract:
        """A name that nobody in the script defines."""
        return external(f"builtins.{name}") if hasattr(builtins, name) else self.scattered(name, BOTTOM)

    def module(self, name: str, package: str, at: int) -> Abstract:
        """What `import name` gives."""
        if name in self.imported:
            return self.imported[name]
        if not name.startswith(".") and is_harmless(name):
            return external(name)
        if name.partition(".")[0] in OTHER_SDKS:
            self.report(
                "otherAwsAccess",
                at,
                f"the script uses {name!r}, which may call AWS by itself and is not read; add what it needs {BY_HAND}",
            )
            return external(name)
        found = self.modules.source(name, package)
        if found is None:
            self.report(self.unknown_modules_are, at, _MISSING[self.unknown_modules_are].format(name))
            self.imported[name] = external(name)
            return self.imported[name]
        path, text = found
        if path not in self.imported:
            self.imported[path] = self.read_module(path, text, at)
        return self.imported[path]

    def has_module(self, name: str, package: str) -> bool:
        """Whether the script has such a module of its own."""
        return self.modules.source(name, package) is not None

    def read_module(self, path: str, text: str, at: int) -> Abstract:
        """Read a module that is not in the runbook itself: its lines are not lines of the runbook."""
        frame = Frame(None)
        self.modules_read.append(frame)
        frame.first = at
        frame.captured["__name__"] = path
        module = ModuleValue(frame)
        self.imported[path] = module
        try:
            tree = parsed(text)
        except SyntaxError as error:
            self.report("unreadableScript", at, f"{path}:{error.lineno}: {error.msg}; what it calls is unknown")
            return REPORTED
        self._reader(self, frame, {}).block(tree.body)
        return module

    def annotated(self, annotation: ast.expr | None, frame: Frame, value: Abstract) -> Abstract:
        """What a parameter is by its annotation, when it is not known otherwise (`ec2: EC2Client`)."""
        if annotation is None or value is ASSUMED:
            return value
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except (SyntaxError, ValueError):
                return value
        if not isinstance(annotation, (ast.Name, ast.Attribute, ast.Subscript)):
            return value
        found = of_annotation(self._reader(self, Frame(frame), {}).value(annotation))
        return value if found is None else found


def parsed(text: str) -> ast.Module:
    """The script's syntax tree, not kept: what was read of a script is, and Python's search for garbage would look through the trees.

    Raises:
        SyntaxError: it is not Python, or nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the script's style
            tree = ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "nested too deeply") from None
    if "yield" in text:
        mark_generators(tree)
    return tree
