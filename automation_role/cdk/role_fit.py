"""At synthesis: can a role run a runbook that is started as it, but that it was not derived from?

The engine of `check` evaluates the role's policies in the template. Only certain failures are reported: a value that is known only at
deployment is not a reason to warn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import jsii
from aws_cdk import Annotations, Aspects, IAspect, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from ..check.coverage import needs
from ..check.missing import lack_of
from ..check.report import Certainty
from ..derive.derivation import derive
from ..iam.documents import PolicyDocument, PolicyDocumentError
from ..iam.identities import Identity
from ..iam.managed import managed
from ..runbook.model import Runbook
from ..values.place import Place
from ..values.placeholders import not_known
from ..values.tokens import is_opaque

ID: Final = "automation-role:roleDoesNotFit"
_ACCOUNT: Final = "111122223333"  # for a stack without an account of its own


def check_fit(scope: Construct, maker: Construct, role: iam.Role, runbook: Runbook, regions: tuple[str, ...]) -> None:
    """Warn at `scope`, at synthesis, if a role cannot run a runbook.

    Args:
        scope: the construct that starts it.
        maker: the construct whose children are the role and its policies.
        role: the role.
        runbook: the runbook that is started as it.
        regions: the Regions in which the role acts.
    """
    Aspects.of(scope).add(_Fit(scope, maker, role, runbook, regions))


@jsii.implements(IAspect)
class _Fit:
    """CDK visits every construct at synthesis, when the role has all its grants."""

    def __init__(self, scope: Construct, maker: Construct, role: iam.Role, runbook: Runbook, regions: tuple[str, ...]) -> None:
        self._scope, self._maker, self._role, self._runbook, self._regions = scope, maker, role, runbook, regions
        self._path = scope.node.path

    def visit(self, node: IConstruct) -> None:
        if node.node.path == self._path and (failing := self._failing()) is not None:
            Annotations.of(self._scope).add_warning_v2(ID, failing)

    def _failing(self) -> str | None:
        stack = Stack.of(self._role)
        account = _ACCOUNT if is_opaque(stack.account) else stack.account
        name = not_known("the role's name")
        arn = f"arn:aws:iam::{account}:role/{name}"
        pseudo = {"AWS::Partition": "aws", "AWS::AccountId": account, "AWS::URLSuffix": "amazonaws.com"}
        here = {"Fn::GetAtt": [stack.get_logical_id(self._role.node.default_child), "Arn"]}  # type: ignore[arg-type]
        try:
            policies = tuple(self._documents(stack, _Plain(pseudo, here, arn)))
        except PolicyDocumentError:  # a policy of the user's, which CDK or IAM rejects
            return None
        identity = Identity(kind="role", label=self._role.node.path, name=name, arn=arn, account=account, policies=policies)
        regions = tuple("*" if is_opaque(region) else region for region in self._regions)
        asked = needs(
            identity, derive([self._runbook], role_known=True), Place(partition="aws", account=account, regions=regions, role_arn=arn)
        )
        for need in asked:
            lack = lack_of(identity, need, asked)
            if lack is not None and lack.certainty is Certainty.FAILS:
                origin = need.origins[0]
                return (
                    f"{self._maker.node.path} cannot run runbook {self._runbook.name!r}: step {origin.step!r} (line {origin.line}) needs "
                    f"{need.action}, which its policies do not allow; derive the role from this runbook, too (runbooks=[...] or add_runbook)"
                )
        return None

    def _documents(self, stack: Stack, plain: _Plain) -> Iterator[PolicyDocument]:
        resource = self._role.node.default_child
        if isinstance(resource, iam.CfnRole):
            for arn in stack.resolve(resource.managed_policy_arns) or ():
                yield managed(plain.text(arn), {})
            for inline in stack.resolve(resource.policies) or ():
                yield PolicyDocument.read(inline["policyName"], plain.value(inline["policyDocument"]))
        for child in (*self._maker.node.children, *self._role.node.children):
            if isinstance(child, (iam.Policy, iam.ManagedPolicy)) and not child.document.is_empty:
                yield PolicyDocument.read(child.node.id, plain.value(stack.resolve(child.document)))


class _Plain:
    """Replaces CloudFormation references with texts; an unknown value may be anything."""

    def __init__(self, pseudo: dict[str, str], role: dict[str, Any], arn: str) -> None:
        self._pseudo, self._role, self._arn = pseudo, role, arn

    def value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return (
                self.text(value)
                if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))
                else {key: self.value(each) for key, each in value.items()}
            )
        return [self.value(each) for each in value] if isinstance(value, list) else value

    def text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if value == self._role:
            return self._arn
        if isinstance(value, dict) and "Ref" in value and value["Ref"] in self._pseudo:
            return self._pseudo[value["Ref"]]
        if isinstance(value, dict) and "Fn::Join" in value and isinstance(value["Fn::Join"][1], list):
            return str(value["Fn::Join"][0]).join(map(self.text, value["Fn::Join"][1]))
        return not_known(f"what {next(iter(value))} gives" if isinstance(value, dict) else "it")
