"""What reads a script, as far as values need it: it is passed to them, and they know nothing of syntax.

It is generic in what a variable may hold and in the arguments of a call, since both are defined above it; `arguments.py` calls it `Machine`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from ....values.patterns import Pattern
from .known_libraries import Libraries

ValueT = TypeVar("ValueT")  # what a variable of a script may hold
ArgsT_contra = TypeVar("ArgsT_contra", contravariant=True)  # the arguments of a call


class Reading(Protocol[ValueT, ArgsT_contra]):
    """What reads a script, as far as values need it; `reader.machine.Interpreter` is one.

    Attributes:
        activity: counts what was found; `steps` the statements that were read.
        class_made: the class that a metaclass of the script makes; `None` when none does.
        where: the part of the code that is read: another one wherever it is not sure that the rest is reached; `library_called_at` that from which a
            library was called.
        changed_at: the latest time at which something was looked at that changed afterwards (`Container.read`).
        oldest_changed: the birth of the oldest container, or variables, that something was changed in; 0 for what else may be remembered.
        first_line: the script's first line in the runbook's file.
        default_region: the Region of clients without one; `None`: the one in which the automation runs.
        region_of_environment: the same of new sessions.
        libraries: what is known of the libraries that the script uses.
        default_callers: whose credentials boto3's default session has (`credentials.Callers`).
        classes: every class of the script.
        modules_read: the variables of each module of the script.
    """

    activity: int
    changed_at: int
    oldest_changed: int
    class_made: Any
    where: object
    library_called_at: object
    classes: list[Any]
    default_region: ValueT
    region_of_environment: ValueT
    default_callers: tuple[Pattern | None, ...]
    first_line: int
    libraries: Libraries[ValueT]
    modules_read: list[Any]
    steps: int

    @property
    def is_sure(self) -> bool:
        """Whether the library that is called is called whenever the script runs, and all that is read afterwards runs after it."""

    def call(self, target: ValueT, args: ArgsT_contra, at: int) -> ValueT:
        """The result of `target(…)`."""

    def invoke(self, target: ValueT, name: str, args: ArgsT_contra, at: int) -> ValueT:
        """The result of `target.name(…)`."""

    def attribute(self, target: ValueT, name: str, at: int) -> ValueT:
        """The value of `target.name`."""

    def any_attribute(self, target: ValueT, name: ValueT, at: int) -> ValueT:
        """The value of `getattr(target, name)` when the name is unknown."""

    def item(self, target: ValueT, key: ValueT, at: int) -> ValueT:
        """The value of `target[key]`."""

    def sliced(self, target: ValueT, place: slice | None, at: int) -> ValueT:
        """The value of `target[place]`; `None` for an unknown slice."""

    def depend_on(self, value: ValueT) -> ValueT:
        """Note that what is read now has seen a value: it is read again when that has changed. Gives the value."""

    def elements(self, target: ValueT, at: int) -> list[ValueT]:
        """The elements of an iteration, one by one as far as they are known."""

    def unpacked(self, value: ValueT, count: int, at: int) -> list[ValueT]:
        """The parts of `a, b = value`."""

    def with_method(self, several: Sequence[ValueT], name: str) -> list[ValueT]:
        """Those of several values that have a method of this name."""

    def callback(self, function: ValueT, given: Sequence[ValueT], at: int) -> ValueT:
        """Call a value, if it is a function, with these arguments."""

    def repeated(self, read: Callable[[], ValueT], at: int) -> ValueT:
        """The result of something that happens any number of times: it is read until a fixpoint is reached."""

    def seeing(self, read: Callable[[], ValueT]) -> tuple[ValueT, dict[Any, int]]:
        """The result of reading something, and what it has seen, each in its current version."""

    def saw_all(self, seen: Mapping[Any, int]) -> None:
        """Note that what is read now has seen these."""

    def lazily(self, read: Callable[[], ValueT], *given: ValueT, around: Any = None) -> ValueT:
        """The result of reading something when it is consumed: of these arguments, with the variables around it."""

    def later(self, target: ValueT, args: ArgsT_contra, at: int) -> ValueT:
        """The result of `target(…)`, which is called at any time from now on."""

    def run(self, function: Any, args: ArgsT_contra) -> ValueT:
        """Read the body of a function of the script, and return its result."""

    def bare_instance(self, made_of: Any) -> Any:
        """A new instance of a class of the script, by `object.__new__`."""

    def instance(self, made_of: Any, at: int) -> Any:
        """A new instance of a class of the script."""

    def member(self, made_of: Any, name: str, value: ValueT) -> Any:
        """A member of an `Enum` of the script, the same one each time."""

    def annotated(self, annotation: ast.expr | None, frame: Any, value: ValueT) -> ValueT:
        """The value that a parameter's annotation implies, if it is not known otherwise."""

    def module(self, name: str, package: str, at: int) -> ValueT:
        """The value that `import name` binds."""

    def has_module(self, name: str, package: str) -> bool:
        """Whether the script has its own module of this name."""

    def escape(self, args: ArgsT_contra, at: int, given: ValueT) -> ValueT:
        """Pass arguments to code that is not part of the script, and return what it may return."""

    def is_first_to_get(self, value: Any) -> bool:
        """Whether a value has not yet escaped to code that is not part of the script; from now on it has."""

    def scatter(self, name: str, value: ValueT) -> None:
        """A value was stored under a name in something unknown."""

    def scattered(self, name: str, otherwise: ValueT) -> ValueT:
        """What may be stored under a name in something unknown."""

    def scattered_under(self, key: ValueT, otherwise: ValueT) -> ValueT:
        """The same of a key, for all that it may be."""

    def put_away(self, values: Sequence[ValueT]) -> None:
        """Values were put into plain data in a way that is not modelled (`data["clients"].append(x)`): they may be anywhere in it."""

    def found_with(self, name: str) -> Sequence[ValueT]:
        """What was put into plain data and has an attribute of this name."""

    def attribute_of_unknown(self, target: Any, name: str, at: int) -> ValueT:
        """The value of `target.name`, of an unknown value."""

    def invoke_unknown(self, target: Any, name: str, args: ArgsT_contra, at: int) -> ValueT:
        """The result of `target.name(…)`, of an unknown value."""

    def store_in_unknown(self, target: Any, key: ValueT, value: ValueT) -> None:
        """`target[key] = value`, of an unknown value."""

    def forgotten(self, target: Any) -> None:
        """What was stored in a container may have been removed."""

    def created_here(self, made: Any) -> None:
        """A container was created in the part of the code that is being read."""

    def depend_on_session(self) -> None:
        """A client was created from a session."""

    def session_changed(self) -> None:
        """A session has other credentials or another Region from now on."""

    def throw(self, value: ValueT, at: int) -> None:
        """`raise value`."""

    def resume(self) -> None:
        """A generator is resumed."""

    def record(
        self,
        service: str,
        operation: str,
        inputs: Mapping[str, ValueT],
        at: int,
        *,
        complete: bool,
        regions: tuple[Pattern, ...] = (),
        caller: Pattern | None = None,
    ) -> None:
        """An API call."""

    def report_urls(self, args: ArgsT_contra, at: int) -> None:
        """Arguments are passed to a library that opens URLs."""

    def report(self, finding: str, at: int, message: str, caller: Pattern | None = None) -> None:
        """A finding."""

    def unknown_receiver(self, name: str, args: ArgsT_contra, at: int) -> None:
        """A method of an unknown value is called."""

    def rewritten(self, name: str) -> None:
        """A function or a class is changed through one of Python's special attributes."""

    def passed_to_unknown(self, args: ArgsT_contra, at: int) -> None:
        """An unknown value is called."""

    def spend(self, work: int) -> None:
        """Count work beyond reading an expression."""
