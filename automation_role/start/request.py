"""One start of an automation: checks its parameters, targets and rate control, whatever starts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import AutomationRoleError, did_you_mean, quoted
from ..runbook.bindings import kind_problem
from ..runbook.model import Runbook
from ..runbook.parameters import Parameter, text_of, value_problem
from ..values.kinds import check_fields, checked
from ..values.tokens import is_opaque, is_opaque_number

# The role's parameter when the runbook is unknown: 483 of the 485 AWS-owned runbooks with a role use this name, AWS Config
# (PutRemediationConfigurations) accepts no other for automatic starts, and State Manager's page mentions no other.
ROLE_PARAMETER: Final = "AutomationAssumeRole"

# API models of StartAutomationExecution, CreateAssociation and RegisterTaskWithMaintenanceWindow.
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,128}")
_CONCURRENCY = re.compile(r"[1-9][0-9]*|[1-9][0-9]?%|100%")
_ERRORS = re.compile(r"0|[1-9][0-9]*|[0-9]%|[1-9][0-9]%|100%")
_RATE_LENGTH: Final = 7
_TARGET_TAG: Final = re.compile(r"tag:[\w .:/=+@-]{1,128}")
_TARGET_VALUES: Final = 50
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCloudConnector.html
_CONNECTOR: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Target key -> what its values look like.
_IDS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "InstanceIds": (re.compile(r"i-(\w{8}|\w{17})|mi-\w{17}", re.ASCII), "an instance's ID, such as 'i-0123456789abcdef0'"),
    "WindowTargetIds": (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "the ID of a window target, such as its `ref`"),
}
_PARAMETERS: Final = 200
_PARAMETER_NAME: Final = 50
_PARAMETER_VALUES: Final = 50
_PARAMETER_VALUE: Final = 512


_ANY_TEXT: Final = re.compile(r".+", re.DOTALL)


class StartError(AutomationRoleError):
    """A start that the runbook or Automation would not accept."""


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


def check_rate(where: str, *, max_concurrency: str | None, max_errors: str | None) -> None:
    """Refuse a rate that is neither a number nor a percentage.

    Raises:
        StartError: it is not accepted.
    """
    for name, given, pattern, allowed in (
        ("max_concurrency", max_concurrency, _CONCURRENCY, "a number from 1 or a percentage ('10' or '10%')"),
        ("max_errors", max_errors, _ERRORS, "a number or a percentage ('0' or '10%')"),
    ):
        if given is not None and not _is_rate(given, pattern):
            raise StartError(f"{where}: {name} is {given!r} → {allowed}; leave it out for AWS's default")


def _is_rate(given: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(given, str) and (is_opaque(given) or (pattern.fullmatch(given) is not None and len(given) <= _RATE_LENGTH))


def check_number(where: str, name: str, given: object, *, least: int, most: int, default: str) -> None:
    """Refuse a number that AWS does not accept.

    Raises:
        StartError: it is not accepted.
    """
    if given is not None and not is_number(given, least, most):
        raise StartError(f"{where}: {name} is {given!r} → {least} to {most:,}; leave it out for {default}")


def is_number(given: object, least: int, most: float) -> bool:
    """Whether it is an integer in this range, not a boolean; or a CDK token."""
    return is_opaque_number(given) or (isinstance(given, int) and least <= given <= most)


def check_name(where: str, what: str, given: object) -> None:
    """Refuse a name that Systems Manager does not accept.

    Raises:
        StartError: it is not accepted.
    """
    if given is not None and not (isinstance(given, str) and (is_opaque(given) or _NAME.fullmatch(given))):
        raise StartError(f"{where}: {what} is {given!r} → 3 to 128 letters, digits and _.-; use another")


def checked_parameters(
    where: str,
    runbook: Runbook | None,
    given: Mapping[str, Any],
    *,
    filled: Sequence[str] = (),
    placeholder: re.Pattern[str] | None = None,
) -> dict[str, Any]:
    """The parameters of a start as Automation expects them: each a list of strings.

    Args:
        where: construct path, for the message.
        runbook: the runbook, to check against; `None`: only its name is known, so only the shape is checked.
        given: name -> value: a string, number or boolean, a list of them, a mapping (for `StringMap`), a list of mappings (for `MapList`).
            A value with a CDK token is not checked.
        filled: parameters that the trigger fills in itself (the role, the target).
        placeholder: texts that the trigger's service replaces at run time (`{{TARGET_ID}}`): they are not checked.

    Raises:
        StartError: everything that is wrong, a line each.
    """
    wrong = {name: said for name, value in given.items() if (said := kind_problem(name, value)) is not None}
    problems = [f"{where}: parameter {name!r} is {said}" for name, said in wrong.items()]
    if runbook is not None:
        problems += [
            f"{where}: runbook {runbook.name!r} has no parameter {name!r} → {_names(runbook.parameters)}{did_you_mean(name, runbook.parameters)}"
            for name in given
            if name not in runbook.parameters
        ]
        problems += [
            f"{where}: runbook {runbook.name!r} requires parameter {name!r}, which is missing; add it to parameters"
            for name, parameter in runbook.parameters.items()
            if not parameter.has_default and name not in given and name not in filled
        ]
        for name, value in given.items():
            if name in runbook.parameters and name not in wrong:
                problem = value_problem(runbook.parameters[name], value, placeholder) or _unbound(runbook, name, value, placeholder)
                problems += [f"{where}: parameter {name!r} of runbook {runbook.name!r} is {problem}"] if problem else []
    kept = {name: value for name, value in given.items() if name not in wrong}
    problems += [f"{where}: {problem}" for problem in _over(kept, filled, placeholder)]
    problems += [
        f"{where}: parameter {name!r} is set → it is filled in here; leave it out of parameters" for name in given if name in filled
    ]
    if problems:
        raise StartError("\n".join(problems))
    return {name: _listed(value) for name, value in given.items()}


def _unbound(runbook: Runbook, name: str, value: Any, placeholder: re.Pattern[str] | None) -> str | None:
    """The error for a value that differs from the one that the runbook was read with; `None`: it does not differ, or is unknown."""
    given, bound = (_listed(each) for each in (value, runbook.bindings.get(name, value)))
    texts = [*given, *bound]
    if not all(isinstance(text, str) and not is_opaque(text) and not (placeholder and placeholder.search(text)) for text in texts):
        return None
    other = [text for text in given if text not in bound]
    if not other:
        return None
    return f"{other[0]!r} → the runbook was read with parameters={{{name!r}: …}} for {', '.join(map(repr, bound))}, and its role can act only on that; pass that value"


def _over(given: Mapping[str, Any], filled: Sequence[str], placeholder: re.Pattern[str] | None) -> Iterator[str]:
    """The problems with parameters that StartAutomationExecution does not accept, whatever starts the automation.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
    """
    count = len({*given, *filled})
    if count > _PARAMETERS:
        yield f"{count} parameters → Automation accepts at most {_PARAMETERS}, including the role's; add defaults to the runbook"
    for name in (*given, *filled):
        if is_opaque(name) or not (1 <= len(name) <= _PARAMETER_NAME and name.strip() == name):
            yield f"parameter {quoted(name)} → a name of 1 to {_PARAMETER_NAME} characters that is known at synthesis; pass the runbook's"
    for name, value in given.items():
        texts = _listed(value)
        if len(texts) > _PARAMETER_VALUES:
            yield f"parameter {name!r} has {len(texts)} values → Automation accepts at most {_PARAMETER_VALUES}; pass fewer"
        for text in texts:
            known = isinstance(text, str) and not is_opaque(text) and not (placeholder and placeholder.search(text))
            if known and not 1 <= len(text) <= _PARAMETER_VALUE:
                instead = "shorten it" if text else "leave it out for the runbook's default"
                yield f"parameter {name!r} has a value of {len(text):,} characters → Automation accepts 1 to {_PARAMETER_VALUE}; {instead}"


def _names(parameters: Mapping[str, Parameter]) -> str:
    return ", ".join(parameters) or "it has none"


def _listed(value: Any) -> list[Any]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [text_of(item) for item in items]
