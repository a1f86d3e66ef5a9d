"""What was derived for a role besides its own policies: the roles that its scripts assume."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from ..derive.derivation import AssumedRole
from ..values.place import Place
from .render import here


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRolePolicy:
    """The policy of a role that scripts assume, for the stack that creates this role, usually in another account.

    Attributes:
        role_arn: the role's ARN. `{{ Parameter }}` and `*` in it are runtime values; CDK tokens are unchanged.
    """

    role_arn: str
    _needs: AssumedRole
    _place: Place

    def policy_document(self) -> iam.PolicyDocument:
        """A new policy document. If the role's ARN has no account, that of the stack that uses the document is used."""
        return iam.PolicyDocument.from_json(self._needs.policy().to_json(self._place))

    def statements(self) -> list[iam.PolicyStatement]:
        """The statements of that document, each a new one."""
        document = self._needs.policy().to_json(self._place)
        return [iam.PolicyStatement.from_json(statement) for statement in document["Statement"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedNeeds:
    """What was derived from a role's runbooks for others.

    Attributes:
        assumed_roles: the roles that scripts of the runbooks assume, in the order of their ARNs.
    """

    assumed_roles: tuple[AssumedRolePolicy, ...]


def derived(roles: dict[str, AssumedRole], place: Place) -> DerivedNeeds:
    """The roles by their names, seen from where the role lives that assumes them."""
    return DerivedNeeds(assumed_roles=tuple(_policy(name, role, role.place(place)) for name, role in roles.items()))


def _policy(name: str, role: AssumedRole, there: Place) -> AssumedRolePolicy:
    return AssumedRolePolicy(role_arn=name, _needs=role, _place=there if there.account != "*" else there._replace(account=here().account))
