"""The users and groups of a plan, by the policies that are attached to them.

Sources:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_group_policy
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_group_policy_attachment
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ...errors import AutomationRoleError
from ...iam.documents import PolicyDocument
from ..model import FoundPerson, Location
from .values import Values


def people(path: str, values: Values) -> Iterator[FoundPerson]:
    """Each user and group that has policies, under the address of the first one; a policy that IAM would not accept is left out."""
    managed = {values.arn(policy): values.document(policy, "policy") for policy in values.plan.of_type("aws_iam_policy")}
    for kind in ("group", "user"):
        found: dict[str, tuple[str, list[PolicyDocument]]] = {}
        for suffix in ("policy", "policy_attachment"):
            for resource in values.plan.of_type(f"aws_iam_{kind}_{suffix}"):
                document = values.document(resource, "policy") if suffix == "policy" else managed.get(values.text(resource, "policy_arn"))
                _, policies = found.setdefault(values.text(resource, kind), (resource.address, []))
                with suppress(AutomationRoleError):
                    policies.extend([PolicyDocument.read(resource.address, document)] if document is not None else [])
        for address, policies in found.values():
            yield FoundPerson(place=Location(source=path, path=address), policies=tuple(policies))
