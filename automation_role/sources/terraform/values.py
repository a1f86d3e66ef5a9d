"""Names, ARNs and documents of a plan's resources, and what stands for those that are only known after apply.

If the configuration sets such a value to one attribute of one other resource (a role's name, a policy's ARN), that attribute is used.
Otherwise a placeholder says what is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from ...values.placeholders import ACCOUNT, REGION, name_of, not_known
from ..model import Situation
from .plan import PlannedResource, TerraformPlan, mapping, mappings, texts
from .references import References, Target, written_in

_ARN: Final = re.compile(r"arn:(aws[a-z-]*):[^:]*:([^:]*):([0-9]{12}):")
_DEEPEST: Final = 20

# type -> the argument that names it, and its ARN with {P}artition, {R}egion, {A}ccount, {PATH} and {N}ame.
# https://docs.aws.amazon.com/service-authorization/latest/reference/
_KNOWN: Final[Mapping[str, tuple[str, str]]] = {
    "aws_iam_role": ("name", "arn:{P}:iam::{A}:role{PATH}{N}"),
    "aws_iam_policy": ("name", "arn:{P}:iam::{A}:policy{PATH}{N}"),
    "aws_ssm_document": ("name", "arn:{P}:ssm:{R}:{A}:document/{N}"),
    "aws_s3_bucket": ("bucket", "arn:{P}:s3:::{N}"),
    "aws_sns_topic": ("name", "arn:{P}:sns:{R}:{A}:{N}"),
    "aws_sqs_queue": ("name", "arn:{P}:sqs:{R}:{A}:{N}"),
    "aws_lambda_function": ("function_name", "arn:{P}:lambda:{R}:{A}:function:{N}"),
    "aws_dynamodb_table": ("name", "arn:{P}:dynamodb:{R}:{A}:table/{N}"),
    "aws_sfn_state_machine": ("name", "arn:{P}:states:{R}:{A}:stateMachine:{N}"),
    "aws_cloudwatch_log_group": ("name", "arn:{P}:logs:{R}:{A}:log-group:{N}"),
    "aws_ecs_cluster": ("name", "arn:{P}:ecs:{R}:{A}:cluster/{N}"),
    "aws_kms_key": ("", "arn:{P}:kms:{R}:{A}:key/{N}"),
}
# Types whose `id` is their ARN; of the others it is their name.
_ID_IS_ARN: Final = frozenset({"aws_iam_policy", "aws_sns_topic", "aws_sfn_state_machine"})
_NAMES: Final = frozenset({"name", "id", "bucket", "function_name"})
# What a policy document's statement calls its lists.
_ELEMENTS: Final = {"actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource"}
# Arguments of a data source that add other documents to its statements.
_MERGED: Final = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")


class Values:
    """The values of a plan's resources."""

    def __init__(self, plan: TerraformPlan, situation: Situation) -> None:
        self.plan = plan
        self.references = References(plan)
        self._situation = situation

    @cached_property
    def partition(self) -> str:
        """The partition that its ARNs name, when they name only one; else the biggest."""
        arns = json.dumps([resource.values.get("arn") for resource in self.plan.resources.values()], default=str)
        named = {match[1] for match in _ARN.finditer(arns)}
        return self._situation.partition or (named.pop() if len(named) == 1 else "aws")

    def has(self, resource: PlannedResource, argument: str) -> bool:
        """Whether an argument is set, also to a value that is only known after apply."""
        return bool(resource.values.get(argument)) or (
            resource.values.get(argument) is None and bool(resource.unknown.get(argument)) and argument in self.plan.arguments(resource)
        )

    def name(self, resource: PlannedResource) -> str:
        """A resource's name, or its placeholder."""
        argument, _ = _KNOWN.get(resource.type, ("name", ""))
        value = resource.values.get(argument) if argument else None
        return value if isinstance(value, str) else name_of(resource.address)

    def arn(self, resource: PlannedResource) -> str:
        """A resource's ARN, as far as it is known."""
        value = resource.values.get("arn")
        if isinstance(value, str):
            return value
        _, form = _KNOWN.get(resource.type, ("", ""))
        if not form:
            return not_known(f"the ARN of {resource.address}")
        holes = {
            "{P}": self.partition,
            "{R}": self._situation.region or REGION,
            "{A}": self._situation.account or ACCOUNT,
            "{PATH}": resource.values.get("path") or "/",
            "{N}": self.name(resource),
        }
        return re.sub(r"\{[A-Z]+\}", lambda hole: str(holes[hole[0]]), form)

    def why(self, resource: PlannedResource, argument: str) -> str:
        """What is unknown, and why, in words."""
        hangs = self.hangs(resource, argument)
        return f"{argument} of {resource.address} (known after apply{f': {hangs}' if hangs else ''})"

    def hangs(self, resource: PlannedResource, argument: str) -> str:
        """Why a value is unknown, in words; empty: no reason is known."""
        references = self.references.written(resource, argument)
        return f"it depends on {', '.join(references)}" if references else ""

    # -- names and ARNs ------------------------------------------------------------------------------------------------------------

    def text(self, resource: PlannedResource, argument: str) -> str:
        """A name or an ARN, or the placeholder of one that is only known after apply."""
        value = resource.values.get(argument)
        if isinstance(value, str):
            return value
        followed = self._followed(resource, argument, 0)
        return followed if followed is not None else not_known(self.why(resource, argument))

    def texts(self, resource: PlannedResource, argument: str) -> list[str]:
        """A list of names or ARNs; those that are only known after apply are followed."""
        value = resource.values.get(argument)
        known = texts(value)
        if isinstance(value, list) and len(known) == len(value):
            return known
        if value is None and not self.has(resource, argument):
            return []
        found = [self._meant(one, target, argument) for target in self.references.targets(resource, argument) for one in target.resources]
        missing = len(value) - len(known) if isinstance(value, list) else max(1, len(self.references.written(resource, argument)))
        followed = [one for one in found if one is not None and one not in known]
        return [*known, *(followed if len(followed) == missing else [not_known(self.why(resource, argument))])]

    def means(self, resource: PlannedResource, argument: str, target: PlannedResource) -> bool | None:
        """Whether an argument names another resource: by its name, or by a reference to it; `None`: not known."""
        value = resource.values.get(argument)
        own = self.name(target)
        named = [value] if isinstance(value, str) else value if isinstance(value, list) else [None]
        if own in named:
            return True
        if None not in named:
            return False
        targets = self.references.targets(resource, argument)
        if any(one.resources == (target,) for one in targets):
            return True
        # One of several instances, or all of them; a reference that leads nowhere (a local) may lead to it.
        lost = len(targets) < len([one for one in self.references.written(resource, argument) if not one.startswith(("each.", "count."))])
        return None if lost or not targets or any(target in one.resources for one in targets) else False

    def _followed(self, resource: PlannedResource, argument: str, depth: int) -> str | None:
        """What the configuration sets a value to, when that is one attribute of one resource."""
        targets = self.references.targets(resource, argument)
        if len(targets) != 1 or len(targets[0].resources) != 1:
            return None
        found = self._meant(targets[0].resources[0], targets[0], argument)
        if found is None and targets[0].attribute and depth < _DEEPEST:
            return self._followed(targets[0].resources[0], targets[0].attribute, depth + 1)
        return found

    def _meant(self, resource: PlannedResource, target: Target, argument: str) -> str | None:
        """The value of what an argument refers to; for a whole resource, the attribute that such an argument takes."""
        attribute = target.attribute or ("arn" if "arn" in argument or argument == "permissions_boundary" else "name")
        if attribute == "arn" or (attribute == "id" and resource.type in _ID_IS_ARN):
            return self.arn(resource)
        if attribute in _NAMES:
            return self.name(resource)
        value = resource.values.get(attribute)
        return value if isinstance(value, str) else None

    # -- documents -----------------------------------------------------------------------------------------------------------------

    def document(self, resource: PlannedResource, argument: str) -> str:
        """A policy document, or the placeholder of one. A document that only contains a reference isn't the document that it refers to."""
        value = resource.values.get(argument)
        if isinstance(value, str):
            return value
        targets = self.references.targets(resource, argument)
        if len(targets) == 1 and len(targets[0].resources) == 1:
            (source,), attribute = targets[0].resources, targets[0].attribute
            if source.type == "aws_iam_policy_document" and attribute in ("json", "minified_json"):
                written = source.values.get(attribute) or self._written(source)
                if isinstance(written, str):
                    return written
            elif attribute == "policy" and isinstance(source.values.get(attribute), str):
                return str(source.values[attribute])
        return not_known(self.why(resource, argument))

    def _written(self, data: PlannedResource) -> str | None:
        """A policy that a data source writes during apply: its statements, as far as they are known."""
        statements = mappings(data.values.get("statement"))
        if not statements or any(data.values.get(one) or data.unknown.get(one) for one in _MERGED):
            return None
        blocks = mappings(self.plan.arguments(data).get("statement"))
        if len(blocks) != len(statements):  # `dynamic` blocks are not in the configuration, so blocks can't be matched
            blocks = [{}] * len(statements)
        unknown = mappings(data.unknown.get("statement")) or [{}] * len(statements)
        written = [self._statement(data, *each) for each in zip(statements, unknown, blocks, strict=False)]
        return json.dumps({"Version": data.values.get("version") or "2012-10-17", "Statement": written})

    def _statement(
        self, data: PlannedResource, statement: Mapping[str, Any], unknown: Mapping[str, Any], block: Mapping[str, Any]
    ) -> dict[str, Any]:
        one: dict[str, Any] = {"Effect": statement.get("effect") or "Allow"}
        if isinstance(statement.get("sid"), str) and statement["sid"]:
            one["Sid"] = statement["sid"]
        for argument, element in _ELEMENTS.items():
            values = statement.get(argument)
            if values or unknown.get(argument) is True:
                one[element] = self._listed(data, values, mapping(block.get(argument)), argument)
        for argument, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            if principals := mappings(statement.get(argument)):
                one[element] = {str(each.get("type")): _or_unknown(each.get("identifiers"), data) for each in principals}
        conditions: dict[str, dict[str, Any]] = {}
        for each in mappings(statement.get("condition")):
            values = _or_unknown(each.get("values"), data)
            conditions.setdefault(str(each.get("test")), {}).setdefault(str(each.get("variable")), []).extend(values)
        return {**one, **({"Condition": conditions} if conditions else {})}

    def _listed(self, data: PlannedResource, values: Any, expression: Mapping[str, Any], argument: str) -> list[str]:
        """A list of a statement; of a value that depends on a resource, the ARN is known, but not a text that may follow it."""
        known = texts(values)
        if isinstance(values, list) and len(known) == len(values):
            return known
        found = list(known)
        for target in self.references.targets_of(data, written_in(expression)):
            for resource in target.resources:
                arn = self.arn(resource) if target.attribute == "arn" else ""
                found.append(arn + not_known(f"what {data.address} reads of {resource.address} (known after apply)"))
        return found if len(found) > len(known) else [*known, not_known(f"{argument} of {data.address} (known after apply)")]


def _or_unknown(values: Any, data: PlannedResource) -> list[str]:
    """The texts in a list, and the placeholder of those that are only known after apply."""
    listed = values if isinstance(values, list) else [None]
    return [one if isinstance(one, str) else not_known(f"a value in {data.address} (known after apply)") for one in listed]
