"""A step with its resolved inputs, as readings see it, and the types of what a step needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from ..findings import Finding
from ..runbook.actions import foreign_inputs
from ..runbook.model import Runbook, Step
from ..runbook.references import resolve
from ..values.calls import ApiCall, ChangedStack, Origin, Permission
from ..values.patterns import Pattern
from ..values.value import Text, Value

OwnNeed: TypeAlias = ApiCall | ChangedStack | Permission | Finding


class AsRole(NamedTuple):
    """What a step needs from a role that its script has assumed.

    Attributes:
        role: the role's ARN.
        need: a call with its credentials, a stack that such a call changes, or a finding about these.
    """

    role: Pattern
    need: OwnNeed


Needs: TypeAlias = OwnNeed | AsRole


class StepContext(NamedTuple):
    """A step whose inputs are resolved on demand.

    Attributes:
        origin: where its needs come from.
    """

    runbook: Runbook
    step: Step
    origin: Origin

    @classmethod
    def of(cls, step: Step, runbook: Runbook) -> StepContext:
        """A step of a runbook."""
        return cls(runbook, step, Origin(runbook.name, step.name, step.line))

    def input(self, name: str) -> Value:
        """An input by its name; Automation accepts no other spelling."""
        return resolve(self.step.inputs.get(name), self.runbook)

    def inputs(self) -> dict[str, Value]:
        """All inputs except those with text in another language."""
        foreign = foreign_inputs(self.step.action)
        return {name: self.input(name) for name in self.step.inputs if name not in foreign}

    def sent(self, *names: str, **renamed: str) -> dict[str, Value]:
        """The inputs of a call: those that the step has, by the operation's own names (`Member="Input"` where they differ)."""
        given = {member: self.input(name) for member, name in {**{name: name for name in names}, **renamed}.items()}
        return {member: value for member, value in given.items() if value is not None}

    def call(self, service: str, operation: str, inputs: Mapping[str, Value] | None = None) -> ApiCall:
        """A call of this step."""
        return ApiCall(service=service, operation=operation, inputs=inputs or {}, origin=self.origin)

    def finding(self, finding_id: str, message: str) -> Finding:
        """A finding about this step."""
        return self.origin.finding(finding_id, message)


def literals(value: Value) -> tuple[str, ...] | None:
    """The texts that an input may be, if all of them are known."""
    return value.literals if isinstance(value, Text) else None


def is_given(value: Value) -> bool:
    """Whether an input is set; an empty text is not."""
    return value is not None and not (isinstance(value, Text) and value.literals == ("",))
