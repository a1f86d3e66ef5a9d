"""The results of reading a script: its API calls, what could not be read, and how much work it took."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from ....findings import BY_HAND
from ....values.patterns import ANY, Pattern
from ....values.value import Value
from ..libraries.operation_names import like_an_operation
from ..values.arguments import Args, Machine
from ..values.inputs import lower
from ..values.strings import patterns
from ..values.thing import BOTTOM, REPORTED, Abstract
from ..values.unions import members, things
from ..values.work import WORK
from .limits import MAX_WORK, TOO_COMPLEX, TooComplexError

_S3_URL: Final = re.compile(r"s3[an]?://")

_MAX_VARIANTS: Final = 16  # sets of inputs of one call in one line


class Known(NamedTuple):
    """One API call as it is known: its inputs, whether these are all, and the Regions (`ApiCall`)."""

    inputs: dict[str, Value]
    complete: bool
    regions: tuple[Pattern, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether nothing is known of the inputs."""
        return not self.inputs and not self.complete


class FoundCalls:
    """What was found of the calls that are made with one role's credentials.

    Attributes:
        calls: (service, operation, line) -> what is known of each time that it is made.
        reported: (finding's id, line) -> message.
    """

    __slots__ = ("calls", "reported")

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str, int], list[Known]] = {}
        self.reported: dict[tuple[str, int], str] = {}

    @property
    def first_line(self) -> int:
        """The first line in which anything was found."""
        return min([*(line for _, _, line in self.calls), *(line for _, line in self.reported)], default=1)


class Results(Machine):
    """What was found so far.

    Attributes:
        found: the ARN of a role that the script assumes, `None` for the role that runs it -> what was found.
        activity: counts what was found; `repeated_calls` the calls that add nothing, since the same call was made with too many inputs before.
        work: what was read so far, in the units of `limits.MAX_WORK`; `levels` how deep what is read now is nested.
    """

    def __init__(self) -> None:
        self.found: dict[Pattern | None, FoundCalls] = {None: FoundCalls()}
        self.activity = 0
        self.repeated_calls = 0
        self.work = 0
        self._begun = WORK.units
        self.levels = 0

    def record(
        self,
        service: str,
        operation: str,
        inputs: Mapping[str, Abstract],
        at: int,
        *,
        complete: bool,
        regions: tuple[Pattern, ...] = (),
        caller: Pattern | None = None,
    ) -> None:
        """An API call, by a role that the script assumes or by the one that runs it."""
        variants = self._found_of(caller).calls.setdefault((service, operation, at), [])
        if len(variants) == _MAX_VARIANTS and variants[-1].is_anything and (variants[-1].regions or not regions):
            self.repeated_calls += 1
            return
        self.activity += 1
        known = Known({name: lower(value, self) for name, value in inputs.items() if value is not BOTTOM}, complete, regions)
        if known in variants:
            return
        if len(variants) < _MAX_VARIANTS:
            variants.append(known)
        else:
            everywhere = (Pattern((ANY,)),) if any(each.regions for each in (*variants, known)) else ()
            variants[-1] = Known({}, complete=False, regions=everywhere)

    def report(self, finding: str, at: int, message: str, caller: Pattern | None = None) -> None:
        """A finding; one of an id a line, of what one role calls."""
        self.activity += 1
        self._found_of(caller).reported.setdefault((finding, at), message)

    def _found_of(self, caller: Pattern | None) -> FoundCalls:
        if caller not in self.found:
            self.found[caller] = FoundCalls()
        return self.found[caller]

    def report_urls(self, args: Args, at: int) -> None:
        """An S3 URL is passed to a library that opens URLs by itself."""
        for each in args.values():
            for one in members(each):
                if any(_S3_URL.match(str(part)) for pattern in patterns(one) for part in pattern.parts[:1]):
                    self.report(
                        "otherAwsAccess",
                        at,
                        f"the script opens an S3 object by its URL, which is not read; add what it needs {BY_HAND}",
                    )

    def unknown_receiver(self, name: str, args: Args, at: int) -> None:
        """A method of something unknown is called: reported when it looks like an API call."""
        if not like_an_operation(name) or args.positional:
            return
        if args.keywords and not all(any(map(str.isupper, key)) for key in args.keywords):  # `InstanceIds`, `logGroupName`
            return
        if args.keywords or args.extra is not BOTTOM or name.startswith(("describe_", "list_")) or name.count("_") > 1:
            self.report(
                "dynamicService",
                at,
                f"the script calls {name!r} on something that could not be followed, so its service is unknown; "
                f"create the client where it is used, or add what it needs {BY_HAND}",
            )

    def passed_to_unknown(self, args: Args, at: int) -> None:
        """Something unknown is called: reported if it is passed a client, or something else that makes API calls."""
        if any(each.is_aws for value in args.values() for each in things(value)):
            what = "the script passes a client to code that could not be followed, so the calls of that code are unknown"
            self.report("dynamicOperation", at, f"{what}; add what it needs {BY_HAND}")

    def spend(self, work: int) -> None:
        """Count work beyond reading an expression.

        Raises:
            TooComplexError: all that one script may take is spent.
        """
        self.work += work
        if self.work + WORK.units - self._begun > MAX_WORK:
            raise TooComplexError

    def too_deep(self, at: int) -> Abstract:
        """Report code that is nested too deeply to be read."""
        self.report("unreadableScript", at, TOO_COMPLEX)
        return REPORTED
