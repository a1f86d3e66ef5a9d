"""Values that a template gets from the templates that it is read with: exports, outputs of stacks by name, outputs of nested stacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import AutomationRoleError

if TYPE_CHECKING:  # a command that reads no template loads nothing that resolves one
    from .template import CloudFormation


@dataclass(frozen=True)
class Beside:
    """The other templates, as one template sees them (`OtherStacks`). What cannot be read in another template is unknown here.

    Attributes:
        template: the one that sees them.
        templates: all that are read together.
        partition: the partition that all of them are assumed to be deployed in.
    """

    template: CloudFormation
    templates: Sequence[CloudFormation] = field(repr=False)
    partition: str

    def exported(self, name: str) -> Any:
        """The value of an export of its account and Region; unknown when templates that may be deployed there export different ones.

        Those of its own app come first, and outermost stacks before nested ones.
        """
        here = self.template.situation
        near = [one for one in self.templates if _agree(one.situation.account, here.account) and _agree(one.situation.region, here.region)]
        for own_app, outermost in ((True, True), (True, False), (False, True), (False, False)):
            theirs = [one for one in near if (one.app == self.template.app, one.inside is None) == (own_app, outermost)]
            values = [self._output(one, output) for one in theirs if (output := self._exports_of(one).get(name)) is not None]
            if values:
                return values[0] if all(value == values[0] for value in values) else None
        return None

    def output(self, stack: str, output: str, region: str | None, account: str | None) -> Any:
        """An output of a stack by its name; without a Region or account, in its own."""
        here = self.template.situation
        for other in self.templates:
            there = other.situation
            in_region = _agree(there.region, here.region) if region is None else there.region == region
            in_account = _agree(there.account, here.account) if account is None else there.account == account
            if there.parameters.get("AWS::StackName") == stack and in_region and in_account:
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


def _agree(one: str | None, other: str | None) -> bool:
    """Whether two accounts or Regions may be the same: one that is unknown may be any."""
    return one is None or other is None or one == other
