"""What a template gets from the others that it is read with: exports, outputs by a stack's name, outputs of nested stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import AutomationRoleError

if TYPE_CHECKING:  # a command that reads no template loads nothing that resolves one
    from .cloudformation import CloudFormation


@dataclass(frozen=True)
class Beside:
    """The others, as one template sees them (`OtherStacks`). What cannot be read in one of them is unknown in this one.

    Attributes:
        template: the one that sees them.
        templates: all that are read together.
        partition: of the place that it is taken to be deployed in, and so they are, too.
    """

    template: CloudFormation
    templates: Sequence[CloudFormation] = field(repr=False)
    partition: str

    def exported(self, name: str) -> Any:
        """The value of an export."""
        for other in self.templates:
            output = self._exports_of(other).get(name)
            if output is not None:
                return self._output(other, output)
        return None

    def output(self, stack: str, output: str, region: str | None, account: str | None) -> Any:
        """An output of a stack by its name."""
        for other in self.templates:
            where = other.situation
            if where.parameters.get("AWS::StackName") == stack and region in (None, where.region) and account in (None, where.account):
                return self._output(other, output)
        return None

    def nested(self, logical_id: str, output: str) -> Any:
        """An output of a stack nested in the template."""
        inner = self.template.nested.get(logical_id)
        return None if inner is None else self._output(inner, output)

    def _exports_of(self, other: CloudFormation) -> Mapping[str, str]:
        try:
            return other.exports(self.partition)
        except AutomationRoleError:
            return {}

    def _output(self, other: CloudFormation, output: str) -> Any:
        try:
            return other.resolver_in(self.partition).output(output)
        except AutomationRoleError:
            return None
