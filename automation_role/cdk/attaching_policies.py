"""At synthesis: the policies of an app that attach themselves to a role, from wherever they are (`iam.ManagedPolicy(roles=[...])`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Stack, Stage
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from ..policy import quotas


@dataclass(frozen=True, slots=True)
class Attaching:
    """A policy that names the roles that it is attached to.

    Attributes:
        policy: its L1 construct.
        stack: the stack it is in.
        names: the roles, as in its template.
        document: the policy.
        managed: whether it is a managed policy.
    """

    policy: IConstruct
    stack: Stack
    names: Sequence[Any]
    document: Any
    managed: bool

    @property
    def size(self) -> int:
        """Its characters, as IAM counts them."""
        return quotas.size(self.stack.resolve(self.document))


def scan(scope: IConstruct) -> None:
    """Have CDK look for such policies at synthesis, once for each stage of the app."""
    stage = Stage.of(scope)
    if stage is not None and stage not in _SCANS:
        _SCANS[stage] = _Scan(stage)
        stage.node.add_validation(_SCANS[stage])


def attached(role: iam.Role, *, inside: IConstruct) -> Iterator[Attaching]:
    """The policies that attach themselves to a role, known after `scan`.

    Args:
        role: the role.
        inside: the construct whose own policies are left out.
    """
    stage, stack = Stage.of(role), Stack.of(role)
    resource = role.node.default_child
    if stage is None or stage not in _SCANS or not isinstance(resource, iam.CfnRole):  # a role created by hand has no resource
        return
    own, named = {"Ref": stack.get_logical_id(resource)}, stack.resolve(resource.role_name)
    for each in _SCANS[stage].found:
        here = each.stack.node.path == stack.node.path
        if (isinstance(named, str) and named in each.names) or (own in each.names if here else _from_there(each, stack, own)):
            path = each.policy.node.path
            if not path.startswith(f"{inside.node.path}/"):
                yield each


def _from_there(each: Attaching, stack: Stack, own: dict[str, str]) -> bool:
    """Whether a policy of another stack names the role; there, the role's name is an import from the role's own stack."""
    return any(isinstance(name, dict) and "Ref" not in name for name in each.names) and own in (stack.resolve(_roles(each.policy)) or ())


def _roles(policy: IConstruct) -> Any:
    if isinstance(policy, iam.CfnRolePolicy):
        return [policy.role_name]
    return policy.roles if isinstance(policy, (iam.CfnPolicy, iam.CfnManagedPolicy)) else None


@jsii.implements(IValidation)
class _Scan:
    """CDK calls it before the validations of what is in the stage: a tree is validated from its root."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.found: list[Attaching] = []

    def validate(self) -> list[str]:
        self.found = []
        for each in self._stage.node.find_all():
            if isinstance(each, (iam.CfnPolicy, iam.CfnManagedPolicy, iam.CfnRolePolicy)):
                stack = Stack.of(each)
                names = stack.resolve(_roles(each)) or []
                self.found.append(Attaching(each, stack, names, each.policy_document, isinstance(each, iam.CfnManagedPolicy)))
        return []


_SCANS: Final[WeakKeyDictionary[Stage, _Scan]] = WeakKeyDictionary()
