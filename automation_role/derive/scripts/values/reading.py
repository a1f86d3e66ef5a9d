"""What reads a script, as far as values need it: it is passed to them, and they know nothing of syntax.

It is generic in what a variable may hold and in the arguments of a call, since both are defined above it, in `domain.py`, which calls it `Machine`.
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
        """What `target(…)` returns."""

    def invoke(self, target: ValueT, name: str, args: ArgsT_contra, at: int) -> ValueT:
        """What `target.name(…)` returns."""

    def attribute(self, target: ValueT, name: str, at: int) -> ValueT:
        """What `target.name` is."""

    def any_attribute(self, target: ValueT, name: ValueT, at: int) -> ValueT:
        """What `getattr(target, name)` is when the name is not known."""

    def item(self, target: ValueT, key: ValueT, at: int) -> ValueT:
        """What `target[key]` is."""

    def sliced(self, target: ValueT, place: slice | None, at: int) -> ValueT:
        """What `target[place]` is; `None` for a slice that is not known."""

    def saw(self, value: ValueT) -> ValueT:
        """Note that what is read now has seen a value: it is read again when that has changed. Gives the value."""

    def elements(self, target: ValueT, at: int) -> list[ValueT]:
        """What iterating gives, one by one where that is known."""

    def unpacked(self, value: ValueT, count: int, at: int) -> list[ValueT]:
        """The parts of `a, b = value`."""

    def able(self, several: Sequence[ValueT], name: str) -> list[ValueT]:
        """Those of several values that have a method."""

    def callback(self, function: ValueT, given: Sequence[ValueT], at: int) -> ValueT:
        """Call a function, if it is one, with these."""

    def repeated(self, read: Callable[[], ValueT], at: int) -> ValueT:
        """What something gives that happens any number of times: it is read until nothing more is learnt."""

    def seeing(self, read: Callable[[], ValueT]) -> tuple[ValueT, dict[Any, int]]:
        """What reading something gives, and what it has seen, each in the version that it has now."""

    def saw_all(self, seen: Mapping[Any, int]) -> None:
        """Note that what is read now has seen these."""

    def lazily(self, read: Callable[[], ValueT], *given: ValueT, around: Any = None) -> ValueT:
        """What reading something gives that is read when it is consumed, of what is given, with the variables around it."""

    def later(self, target: ValueT, args: ArgsT_contra, at: int) -> ValueT:
        """What `target(…)` gives that is called at any time from now on."""

    def run(self, function: Any, args: ArgsT_contra) -> ValueT:
        """Read the body of a function of the script; what it returns."""

    def instance(self, made_of: Any, at: int) -> Any:
        """A new instance of a class of the script."""

    def member(self, made_of: Any, name: str, value: ValueT) -> Any:
        """A member of an `Enum` of the script, the same one each time."""

    def annotated(self, annotation: ast.expr | None, frame: Any, value: ValueT) -> ValueT:
        """What a parameter is by its annotation, when it is not known otherwise."""

    def module(self, name: str, package: str, at: int) -> ValueT:
        """What `import name` binds."""

    def has_module(self, name: str, package: str) -> bool:
        """Whether the script has such a module of its own."""

    def escape(self, args: ArgsT_contra, at: int, given: ValueT) -> ValueT:
        """Code that is not here gets these: what may come back."""

    def is_first_to_get(self, value: Any) -> bool:
        """Whether nobody whose code is not here had a value before."""

    def scatter(self, name: str, value: ValueT) -> None:
        """Something was put under a name into a thing of which nothing is known."""

    def scattered(self, name: str, otherwise: ValueT) -> ValueT:
        """What is under a name in a thing of which nothing is known."""

    def forgotten(self, target: Any) -> None:
        """What was stored in a container may be gone."""

    def made_here(self, made: Any) -> None:
        """A container was made in the part of the code that is read."""

    def saw_session(self) -> None:
        """A client was made of a session."""

    def session_changed(self) -> None:
        """A session has got other credentials, or another Region."""

    def throw(self, value: ValueT, at: int) -> None:
        """`raise value`."""

    def resume(self) -> None:
        """A generator goes on."""

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

    def tell_urls(self, args: ArgsT_contra, at: int) -> None:
        """These are passed to a library that opens URLs by itself."""

    def report(self, finding: str, at: int, message: str, caller: Pattern | None = None) -> None:
        """A finding."""

    def unknown_receiver(self, name: str, args: ArgsT_contra, at: int) -> None:
        """A method of something unknown is called."""

    def spend(self, work: int) -> None:
        """Count work that is more than reading an expression."""
