"""The targets of a start: Automation runs one child automation on each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..values.kinds import check_fields, checked
from ..values.tokens import is_opaque
from .request import StartError

_TARGET_TAG: Final = re.compile(r"tag:[\w .:/=+@-]{1,128}")
_TARGET_VALUES: Final = 50
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCloudConnector.html
_CONNECTOR: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Target key -> what its values look like.
_IDS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "InstanceIds": (re.compile(r"i-(\w{8}|\w{17})|mi-\w{17}", re.ASCII), "an instance's ID, such as 'i-0123456789abcdef0'"),
    "WindowTargetIds": (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "the ID of a window target, such as its `ref`"),
}
_ANY_TEXT: Final = re.compile(r".+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Targets:
    """The resources that an automation runs on: Automation starts one child for each.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-map-targets.html
    """

    key: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is not text, and a connector that is not written as AWS documents."""
        check_fields(self, error=StartError)
        try:
            _ = self.connector_id
        except (LookupError, TypeError, ValueError):
            raise StartError("Targets: values of 'CloudConnector' are not in AWS's form → write Targets.cloud_connector(id)") from None

    @classmethod
    @checked(error=StartError)
    def tag(cls, name: str, *values: str) -> Targets:
        """Every resource with this tag, of the runbook's target type."""
        return cls(f"tag:{name}", values)

    @classmethod
    @checked(error=StartError)
    def resource_group(cls, name: str) -> Targets:
        """Every resource in this resource group."""
        return cls("ResourceGroup", (name,))

    @classmethod
    @checked(error=StartError)
    def parameter_values(cls, *values: str) -> Targets:
        """Each of these values of the target parameter, at most 50."""
        return cls("ParameterValues", values)

    @classmethod
    @checked(error=StartError)
    def instances(cls, *instance_ids: str) -> Targets:
        """These instances, by id (State Manager and maintenance windows)."""
        return cls("InstanceIds", instance_ids)

    @classmethod
    @checked(error=StartError)
    def window_targets(cls, *window_target_ids: str) -> Targets:
        """Targets registered with a maintenance window, by id."""
        return cls("WindowTargetIds", window_target_ids)

    @classmethod
    @checked(error=StartError)
    def cloud_connector(cls, connector_id: str, *, regions: Sequence[str] = ()) -> Targets:
        """The virtual machines of another cloud that are not managed yet, through a cloud connector (State Manager).

        Args:
            connector_id: the connector's ID; can be a CDK token.
            regions: only these Regions of that cloud, by its names. Left out: all.

        Raises:
            StartError: it is not the ID of a connector.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/cloud-connector-enable-vm-onboarding.html
        """
        if not (is_opaque(connector_id) or _CONNECTOR.fullmatch(connector_id)):
            raise StartError(
                f"Targets.cloud_connector: connector_id is {connector_id!r} → such as '11111111-2222-3333-4444-555555555555'; "
                f"`aws ssm list-cloud-connectors` shows it"
            )
        chosen = {"CloudProviderRegions": list(regions)} if regions else {}
        target = {"CloudConnectorId": connector_id, "SsmManagedNodeFilter": "UNMANAGED", **chosen}
        return cls("CloudConnector", (json.dumps(target, separators=(",", ":")),))

    @property
    def connector_id(self) -> str | None:
        """The ID of the cloud connector that finds the targets; `None`: none does."""
        if self.key != "CloudConnector":
            return None
        found: str = json.loads(self.values[0])["CloudConnectorId"]
        return found

    def to_json(self) -> dict[str, Any]:
        """As the API expects it."""
        return {"Key": self.key, "Values": list(self.values)}


def check_targets(where: str, targets: Targets | None, *, allowed: Sequence[str]) -> None:
    """Refuse targets that this trigger does not accept.

    Args:
        where: construct path, for the message.
        targets: the user's targets.
        allowed: the keys that it accepts; `tag:` means any tag.

    Raises:
        StartError: another key, no values, or more than 50.
    """
    if targets is None:
        return
    kind = "tag:" if targets.key.startswith("tag:") else targets.key
    if kind not in allowed or (kind == "tag:" and not (is_opaque(targets.key) or _TARGET_TAG.fullmatch(targets.key))):
        raise StartError(f"{where}: targets by {targets.key!r} → this trigger accepts {', '.join(allowed)}; choose one of these")
    if not 1 <= len(targets.values) <= _TARGET_VALUES:
        raise StartError(
            f"{where}: {len(targets.values)} target values → Automation accepts 1 to {_TARGET_VALUES}; use a tag or a resource group"
        )
    form, described = _IDS.get(targets.key, (_ANY_TEXT, "a string of at least one character"))
    for value in targets.values:
        if not (is_opaque(value) or form.fullmatch(value) or value.startswith("#{Token[")):
            raise StartError(f"{where}: targets by {targets.key} have {value!r} → {described}; pass one")
