"""Actions that a role may need although no runbook shows it.

How a runbook is started, how the account is set up, or how a resource is encrypted decides, so they are not called unused.

Sources:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-multiple-accounts-regions.html
    https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-map-targets.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
    https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

_ACCOUNTS: Final = "if the automation is started in other accounts"
_TARGETS: Final = "if the automation is started with targets"
_FIRST: Final = "the first time a service is used in the account"
_ENCRYPTED: Final = "if what the steps read or write is encrypted with a key of your own"

UNSHOWN: Final[Mapping[str, str]] = {
    "sts:AssumeRole": _ACCOUNTS,
    "organizations:ListAccountsForParent": _ACCOUNTS,
    "organizations:ListChildren": _ACCOUNTS,
    "organizations:ListOrganizationalUnitsForParent": _ACCOUNTS,
    "tag:GetResources": _TARGETS,
    "resource-groups:ListGroupResources": _TARGETS,
    "iam:CreateServiceLinkedRole": _FIRST,
    "kms:CreateGrant": _ENCRYPTED,
    "kms:Decrypt": _ENCRYPTED,
    "kms:DescribeKey": _ENCRYPTED,
    "kms:Encrypt": _ENCRYPTED,
    "kms:GenerateDataKey": _ENCRYPTED,
    "kms:GenerateDataKeyWithoutPlaintext": _ENCRYPTED,
    "kms:ReEncryptFrom": _ENCRYPTED,
    "kms:ReEncryptTo": _ENCRYPTED,
}
# Other actions that patterns such as `kms:GenerateDataKey*` stand for, which these services' integrations do not use.
_WITH_THEM: Final = frozenset({"kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext"})


def needed_when(actions: Collection[str]) -> str:
    """What decides whether actions are needed; empty: the runbooks show it of one of them."""
    if not all(action in UNSHOWN or action in _WITH_THEM for action in actions):
        return ""
    return "; ".join(dict.fromkeys(UNSHOWN[action] for action in actions if action in UNSHOWN))
