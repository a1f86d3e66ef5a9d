"""Actions that a role may need although no runbook shows it.

The start of a runbook, the settings of the account or the encryption of a resource decides whether they are needed, so they are not
reported as unused.

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
# For a role that starts runbooks and passes itself to them, such as the execution role of an account for automations from another account.
_STARTED_HERE: Final = "if an automation of another account starts runbooks here as this role"
_STARTING: Final = ("ssm:StartAutomationExecution", "ssm:GetAutomationExecution", "iam:PassRole", "ec2:DescribeInstances")
# Other actions that patterns such as `kms:GenerateDataKey*` stand for, which these services' integrations do not use.
_WITH_THEM: Final = frozenset({"kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext"})


def needed_when(actions: Collection[str], *, starts: bool) -> str:
    """What decides whether actions are needed; empty: the runbooks show it for one of them.

    Args:
        actions: of one entry of a statement.
        starts: whether the role starts runbooks and passes itself to them.
    """
    known = {**UNSHOWN, **dict.fromkeys(_STARTING, _STARTED_HERE)} if starts else UNSHOWN
    if not all(action in known or action in _WITH_THEM for action in actions):
        return ""
    return "; ".join(dict.fromkeys(known[action] for action in actions if action in known))
