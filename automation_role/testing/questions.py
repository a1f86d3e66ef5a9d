"""Refuses questions that can only be answered with no, whatever the policies say: a test that expects no would pass by accident."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Final

from ..catalog.iam_actions import action_exists, canonical_action, nearest_action, prefixes, resource_types
from ..errors import AutomationRoleError, quoted
from ..iam.documents import PolicyDocument
from ..iam.matches import touches
from ..iam.statements import Request
from ..iam.text import wild
from ..policy.trust import SERVICES, check_service
from ..start.target_locations import ORGANIZATION, REGION
from ..values.partitions import PARTITIONS

_COLONS: Final = 5


def check_action(action: str) -> None:
    """Refuse an action that IAM does not have.

    Raises:
        AutomationRoleError: with the nearest action.
    """
    if not action_exists(action):
        near = nearest_action(action)
        raise AutomationRoleError(
            f"action {action!r} does not exist in IAM → an action such as 'ssm:StartAutomationExecution'"
            + (f"; did you mean {near!r}?" if near is not None else "")
        )


def check_resource(action: str, resource: str) -> None:
    """Refuse what is not an ARN, or the ARN of a resource that IAM never checks the action on.

    Args:
        action: an existing one.
        resource: `*`, or an ARN with or without wildcards.

    Raises:
        AutomationRoleError: with the ARNs that the action has.
    """
    if resource == "*":
        return
    fields = resource.split(":", _COLONS)
    if len(fields) <= _COLONS or fields[0] != "arn":
        raise AutomationRoleError(f"resource {resource!r} is not an ARN → an ARN, '*' in it for every such resource, or '*' for any")
    if not (set("*?⟨") & set(fields[1])) and fields[1] not in PARTITIONS:
        raise AutomationRoleError(f"resource {resource!r} has the partition {fields[1]!r} → one of {', '.join(PARTITIONS)}; correct it")
    if not (set("*?⟨") & set(fields[4]) or re.fullmatch(r"(\d{12}|aws)?", fields[4])):
        raise AutomationRoleError(f"resource {resource!r} has the account {fields[4]!r} → 12 digits; correct it")
    types = resource_types(canonical_action(action) or action)
    if not types:
        raise AutomationRoleError(f"resource {resource!r} for {action}, which IAM checks on no resource → '*'; leave resource out")
    formats = [form for each in types for form in each.formats]
    asked = Request.of(action, resource, {}).resource
    if all(touches(wild(_any(form)), asked) is False for form in formats):
        written = ", ".join(dict.fromkeys(_SLOT.sub("*", form) for form in formats))
        raise AutomationRoleError(f"resource {resource!r} is not one that IAM checks {action} on → {written}; correct it, or leave it out")


_SLOT: Final = re.compile(r"\{\w+\}")


def _any(form: str) -> str:
    """A format of ARNs as a pattern: AWS's own resources have no account, everything else is there."""
    return _SLOT.sub(lambda slot: "*" if slot[0] in {"{P}", "{A}"} else "?*", form)


def check_principal(service: str) -> None:
    """Refuse what is not a service principal, or misspells one.

    Raises:
        AutomationRoleError: with the nearest one.
    """
    check_service(service)
    label, _, domain = service.partition(".amazonaws.com")
    first = label.split(".")[0]
    if service in SERVICES or first in _known_services() or domain not in {"", ".cn"}:
        return
    near = difflib.get_close_matches(first, [each.partition(".")[0] for each in SERVICES], n=1, cutoff=_NEAR_SERVICE)
    if near:
        raise AutomationRoleError(
            f"{service!r} is not a service principal that is known → a name such as 'events.amazonaws.com'; did you mean '{near[0]}.amazonaws.com'?"
        )


_NEAR_SERVICE: Final = 0.65


@cache
def _known_services() -> frozenset[str]:
    """First labels of service principals: mostly a prefix of actions."""
    return frozenset(prefixes()) | _OTHERS


# Service principals that are like one of `SERVICES`, and have no actions.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
_OTHERS: Final = frozenset({"edgelambda", "replicator", "streams"})

_KEY: Final = re.compile(r"[A-Za-z0-9-]+:[^\s/][^/]*(/.+)?")
_NEAR_KEY: Final = 0.85


def check_keys(context: Mapping[str, object], documents: Iterable[PolicyDocument]) -> None:
    """Refuse condition keys that misspell a global one, or one that the policies name: the request would not have theirs.

    A key that no policy names changes nothing.

    Raises:
        AutomationRoleError: with the nearest key.
    """
    if not context:
        return
    named = {key.lower(): key for key in GLOBAL_KEYS}
    named |= {_base(key).lower(): _base(key) for document in documents for key in _keys(document)}
    services = {"aws", *prefixes()}
    for key in context:
        if not _KEY.fullmatch(key):
            raise AutomationRoleError(f"context has {key!r}, which is not a condition key → a key such as 'aws:SourceAccount'; correct it")
        base, service = _base(key).lower(), key.partition(":")[0].lower()
        # Services have keys of the same names: `ec2:ResourceTag`, `aws:ResourceTag`.
        among = [each for each in named if service not in services or each.partition(":")[0] == service]
        near = [] if base in named else difflib.get_close_matches(base, among, n=1, cutoff=_NEAR_KEY)
        if near:
            raise AutomationRoleError(
                f"context has {key!r}, which no policy here names → a condition key of the request; did you mean {named[near[0]]!r}?"
            )


def _base(key: str) -> str:
    """A key without the name of its tag."""
    return key.partition("/")[0]


def _keys(document: PolicyDocument) -> Collection[str]:
    return {condition.key for statement in document.statements for condition in statement.conditions}


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS: Final = tuple(
    f"aws:{name}"
    for name in (
        *(
            "AssumedRoot",
            "CalledVia",
            "CalledViaFirst",
            "CalledViaLast",
            "ChatbotSourceArn",
            "CurrentTime",
            "EpochTime",
            "FederatedProvider",
        ),
        *("Ec2InstanceSourcePrivateIPv4", "Ec2InstanceSourceVpc", "MultiFactorAuthAge", "MultiFactorAuthPresent", "PrincipalAccount"),
        *(
            "PrincipalArn",
            "PrincipalIsAWSService",
            "PrincipalOrgID",
            "PrincipalOrgPaths",
            "PrincipalServiceName",
            "PrincipalServiceNamesList",
        ),
        *(
            "PrincipalTag",
            "PrincipalType",
            "Referer",
            "RequestedRegion",
            "RequestTag",
            "ResourceAccount",
            "ResourceOrgID",
            "ResourceOrgPaths",
        ),
        *("ResourceTag", "SecureTransport", "SignInSessionArn", "SourceAccount", "SourceArn", "SourceIdentity", "SourceIp", "SourceOrgID"),
        *("SourceOrgPaths", "SourceVpc", "SourceVpcArn", "SourceVpce", "TagKeys", "TokenIssueTime", "userid", "username", "UserAgent"),
        *("ViaAWSService", "VpceAccount", "VpceOrgID", "VpceOrgPaths", "VpcSourceIp"),
    )
)


def check_place(account: str, region: str, partition: str | None) -> None:
    """Refuse an account, a Region or a partition that cannot be: no ARN of a policy would match.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise AutomationRoleError(f"account is {account!r} → 12 digits, as a string; correct it")
    if not REGION.fullmatch(region):
        raise AutomationRoleError(f"region is {region!r} → a Region such as 'eu-central-1'; correct it")
    if partition is not None and partition not in PARTITIONS:
        raise AutomationRoleError(f"partition is {partition!r} → one of {', '.join(PARTITIONS)}; correct it or leave it out")


def check_organization(organization_id: str | None) -> None:
    """Refuse what is not the ID of an organization.

    Raises:
        AutomationRoleError: one is not accepted.
    """
    if organization_id and not ORGANIZATION.fullmatch(organization_id):
        raise AutomationRoleError(f"organization_id is {organization_id!r} → an ID such as 'o-a1b2c3d4e5', or '' for none; correct it")


_NEAR_NAME: Final = 0.85


def check_document(name: str, documents: Collection[str], known: Collection[str]) -> None:
    """Refuse a document's name that is like one of the templates', or like one of AWS's own, and is neither.

    Args:
        name: a name that the templates do not have.
        documents: names that they have.
        known: names of AWS-owned runbooks.

    Raises:
        AutomationRoleError: with the nearest name.
    """
    if name in known:
        return
    lower = {each.lower(): each for each in (*known, *documents)}
    found = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=_NEAR_NAME)
    if found:
        near = lower[found[0]]
        raise AutomationRoleError(
            f"no document here is named {quoted(name)} → a name, or the ARN of a document that is deployed elsewhere; did you mean {near!r}?"
        )
