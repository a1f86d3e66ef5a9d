"""A statement of a policy as IAM reads it, and whether it applies to a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..errors import AutomationRoleError
from .conditions import Context, PolicyCondition, variable
from .logic import Truth, Undecided, all_of, any_of, negate, undecided
from .matches import matches, touches
from .text import Atoms, expand, fold, literal, no_variables, opaques, show, wild


@dataclass(frozen=True, slots=True)
class Request:
    """A request; with wildcards in `resource` or the context, all the requests that match.

    Attributes:
        action: `ssm:StartAutomationExecution`; no wildcards.
        resource: the ARN that is acted on; a plain `*` for an action that has no resources, and for any resource.
        context: the request's condition keys.
    """

    action: str
    resource: Atoms
    context: Context

    @classmethod
    def of(cls, action: str, resource: str, context: Context) -> Request:
        """A request about a resource written as in a policy: `*` is any text, `${*}` the character."""
        read = expand(resource, no_variables, wildcards=True)
        assert read is not None  # noqa: S101 (no_variables gives none)
        if isinstance(read, Undecided):
            raise AutomationRoleError(
                f"resource {resource!r}: a request has no policy variables → an ARN, '*' in it for every such resource"
            )
        return cls(action, read, context)

    def __str__(self) -> str:
        return f"{self.action} on {show(self.resource)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStatement:
    """One statement of a policy document, as read.

    Attributes:
        label: its `Sid`, else `statement 2`.
        effect: `Allow`, `Deny`; `None` when unknown.
        actions: patterns of actions.
        not_actions: whether it applies to all other actions instead.
        resources: patterns of ARNs; empty in a trust policy.
        not_resources: whether it applies to all other resources instead.
        principals: of a trust policy: (kind, name): `("Service", "ssm.amazonaws.com")`, `("*", "*")` for everyone.
        conditions: all must hold.
        variables: whether the policy's version has policy variables.
        doubt: why the statement may be absent or different.
    """

    label: str
    effect: str | None = None
    actions: tuple[str, ...] = ()
    not_actions: bool = False
    resources: tuple[str, ...] = ()
    not_resources: bool = False
    principals: tuple[tuple[str, str], ...] = ()
    conditions: tuple[PolicyCondition, ...] = ()
    variables: bool = True
    doubt: str | None = None

    def about(self, request: Request, *, every: bool) -> Truth:
        """Whether the statement applies to every request that `request` stands for, or (`every=False`) to one of them."""
        return all_of(truth for _, truth in self.stages(request, every=every))

    def stages(self, request: Request, *, every: bool) -> Iterator[tuple[str, Truth]]:
        """The tests that a request must pass, in order, each with its name."""
        yield "action", self._action(request.action)
        yield "resource", self._resource(request, every=every) if self.resources else True
        for condition in self.conditions:
            yield f"condition {condition}", condition.holds(request.context, every=every)
        if self.doubt is not None:
            yield "doubt", undecided(self.doubt)

    def _action(self, action: str) -> Truth:
        """Action names ignore case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html."""
        found = any_of(_like(pattern, action) for pattern in self.actions) if self.actions else True
        return negate(found) if self.not_actions else found

    def _resource(self, request: Request, *, every: bool) -> Truth:
        if self.not_resources:
            return negate(any_of(self._one(pattern, request, every=not every) for pattern in self.resources))
        return any_of(self._one(pattern, request, every=every) for pattern in self.resources)

    def _one(self, pattern: str, request: Request, *, every: bool) -> Truth:
        """A resource with a variable that has no value matches nothing."""
        if not self.variables:
            read: Atoms | Undecided | None = wild(pattern)
        else:
            read = expand(pattern, lambda key: variable(key, request.context), wildcards=True)
        if read is None:
            return False
        if isinstance(read, Undecided):
            return read
        return matches(read, request.resource, every=True) if every else touches(read, request.resource)


def _like(pattern: str, action: str) -> Truth:
    known = actions_like(pattern)
    if known is None:
        return matches(fold(wild(pattern)), fold(literal(action)), every=True)
    return known.fullmatch(action) is not None


@lru_cache(maxsize=1 << 12)
def actions_like(pattern: str) -> re.Pattern[str] | None:
    """A regular expression for the actions that an entry of a statement matches; `None` when a part of it is unknown."""
    if opaques(pattern):
        return None
    letters = ({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.compile("".join(letters), re.IGNORECASE | re.ASCII | re.DOTALL)
