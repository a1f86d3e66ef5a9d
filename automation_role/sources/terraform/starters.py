"""What starts a runbook in a plan: one row a resource type.

Sources:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_association
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/config_remediation_configuration
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_maintenance_window_task
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/scheduler_schedule
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sfn_state_machine
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..model import Location, Starter
from ..starters import STARTS_AUTOMATION, Starts, in_json, parameters_in, starts_in_machine
from .plan import PlannedResource, mappings, texts
from .references import written_in
from .values import Values


@dataclass(frozen=True, slots=True)
class _StarterRow:
    """Where a type of resource has what it starts.

    Attributes:
        runbook: the argument that is the runbook's name or ARN; `None`: it is in the input.
        passing: the argument with what it passes.
        caller: the argument that is the role that starts it; `None`: a role of AWS's own.
        block: the block that has these arguments; empty: the resource itself.
        only: an argument that must have a value: (argument, value).
    """

    runbook: str | None
    passing: str
    caller: str | None = None
    block: str = ""
    only: tuple[str, str] | None = None

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Whether these values are of something that starts a runbook."""
        return self.only is None or values.get(self.only[0]) == self.only[1]


_ROWS: Final[Mapping[str, _StarterRow]] = {
    "aws_ssm_association": _StarterRow("name", "parameters"),
    "aws_config_remediation_configuration": _StarterRow("target_id", "parameter", only=("target_type", "SSM_DOCUMENT")),
    "aws_ssm_maintenance_window_task": _StarterRow(
        "task_arn", "task_invocation_parameters", "service_role_arn", only=("task_type", "AUTOMATION")
    ),
    "aws_cloudwatch_event_target": _StarterRow("arn", "input", "role_arn"),
    "aws_scheduler_schedule": _StarterRow(None, "input", "role_arn", "target"),
}
_MACHINE: Final = "aws_sfn_state_machine"


def starts(path: str, values: Values) -> Iterator[Starter]:
    """What in a plan starts runbooks."""
    for kind, row in _ROWS.items():
        for resource in values.plan.of_type(kind):
            start = _start(resource, row, values)
            if start is not None:
                yield _starter(path, resource, start)
    for machine in values.plan.of_type(_MACHINE):
        for start in starts_in_machine(in_json(machine.values.get("definition")), values.text(machine, "role_arn")):
            yield _starter(path, machine, start)


def _starter(path: str, resource: PlannedResource, start: Starts) -> Starter:
    place = Location(source=path, path=resource.address)
    return Starter(place=place, runbook=start.runbook, parameters=start.parameters, caller=start.caller, role=start.role)


def _start(resource: PlannedResource, row: _StarterRow, values: Values) -> Starts | None:
    own: Mapping[str, Any] = next(iter(mappings(resource.values.get(row.block))), {}) if row.block else resource.values
    blocks = mappings(values.plan.arguments(resource).get(row.block)) if row.block else [values.plan.arguments(resource)]

    def referred(argument: str, kind: str) -> PlannedResource | None:
        """The only resource of a type that an argument refers to."""
        written = written_in(blocks[0].get(argument)) if blocks else ()
        found = {
            one.address: one for target in values.references.targets_of(resource, written) for one in target.resources if one.type == kind
        }
        return next(iter(found.values())) if len(found) == 1 else None

    passed = own.get(row.passing)
    if row.runbook is None:
        runbook = in_json(passed).get("DocumentName") if str(own.get("arn")).endswith(STARTS_AUTOMATION) else None
    else:
        document = referred(row.runbook, "aws_ssm_document") if own.get(row.runbook) is None else None
        runbook = values.name(document) if document is not None else own.get(row.runbook)
    if not isinstance(runbook, str) or not row.fits(own):
        return None
    # The input may be unknown although the role in it is known by reference: the only role in it is the one that is passed.
    role = referred(row.passing, "aws_iam_role")
    caller = own.get(row.caller) if row.caller is not None else ""
    if not isinstance(caller, str):
        by = referred(str(row.caller), "aws_iam_role")
        caller = values.arn(by) if by is not None else ""
    return Starts(runbook, _passed(passed), caller, values.arn(role) if role is not None else "")


def _passed(value: Any) -> dict[str, tuple[str, ...]]:
    """What a start passes, as a map, as JSON, or in blocks; what is only known after apply is left out."""
    if isinstance(value, list):
        return {name: found for each in _parameter_blocks(mappings(value)) for name, found in _pair(each)}
    data = in_json(value)
    return parameters_in(data.get("Parameters", data))


def _parameter_blocks(blocks: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        if "automation_parameters" in block:  # of a window's task
            for each in mappings(block["automation_parameters"]):
                yield from mappings(each.get("parameter"))
        else:
            yield block


def _pair(block: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    values = next((block[key] for key in ("values", "static_values", "static_value") if block.get(key)), None)
    if isinstance(block.get("name"), str) and values is not None:
        yield block["name"], tuple(texts([values] if isinstance(values, str) else values))
