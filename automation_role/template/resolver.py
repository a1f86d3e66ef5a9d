"""Resolves the values of a template, as far as it allows: references, conditions, and the intrinsic functions of `intrinsics`.

What only a deployment knows becomes a placeholder in the text (see `values.placeholders`): the same value always has the same placeholder.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ..errors import did_you_mean
from ..iam.logic import Truth, all_of, any_of, negate, undecided
from ..iam.matches import matches
from ..iam.text import literal
from ..values.placeholders import ACCOUNT, PARTITION, REGION, name_of, not_known
from .attributes import UNKNOWN_END, URL_SUFFIXES, Returns, returns_of
from .intrinsics import FUNCTIONS, NO_VALUE, OtherStacks, TemplateError, naming_function, short

NESTED_STACK: Final = "AWS::CloudFormation::Stack"

_STAND_INS: Final = {ACCOUNT: "account", REGION: "Region", PARTITION: "partition"}


class Resolver:
    """Resolves values of one template.

    Args:
        template: the template, as data.
        account: 12 digits.
        region: `AWS::Region`.
        partition: `AWS::Partition`.
        parameters: values of template parameters, and of pseudo parameters (`AWS::StackName`) that are otherwise unknown.
        imports: values of other stacks' exports, by the export's name.
        scope: distinguishes this template's generated names from those of other templates; empty: it is the only one.
        others: the stacks that it is read with; `None`: only their exports are known, from `imports`.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        *,
        account: str,
        region: str,
        partition: str,
        parameters: Mapping[str, str],
        imports: Mapping[str, str] | None = None,
        scope: str = "",
        others: OtherStacks | None = None,
    ) -> None:
        self.scope, self.others = scope, others
        self.resources: Mapping[str, Mapping[str, Any]] = template.get("Resources") or {}
        self._parameters: Mapping[str, Mapping[str, Any]] = template.get("Parameters") or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self.mappings: Mapping[str, Any] = template.get("Mappings") or {}
        outputs = template.get("Outputs")
        self.outputs: Mapping[str, Mapping[str, Any]] = (
            {name: one for name, one in outputs.items() if isinstance(one, Mapping)} if isinstance(outputs, Mapping) else {}
        )
        for name in parameters:
            if not name.startswith("AWS::") and name not in self._parameters:
                raise TemplateError(f"parameters: the template has no parameter {name!r}{did_you_mean(name, self._parameters)}")
        self._given: dict[str, Any] = {
            "AWS::AccountId": account,
            "AWS::Region": region,
            "AWS::Partition": partition,
            **({"AWS::URLSuffix": URL_SUFFIXES[partition]} if partition in URL_SUFFIXES else {}),
            **parameters,
        }
        self._where = {"{P}": partition, "{R}": region, "{A}": account, "{S}": URL_SUFFIXES.get(partition, not_known("AWS::URLSuffix"))}
        self.imports: Mapping[str, str] = {} if imports is None else imports
        self._names: dict[str, str] = {}
        self._decided: dict[str, Truth] = {}
        self._resolving: set[str] = set()
        self._put_out: set[str] = set()  # the outputs that are being resolved

    def resolve(self, value: Any) -> Any:
        """The value as plain data; `NO_VALUE` for `AWS::NoValue`."""
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((function, argument),) = value.items()
                if function in FUNCTIONS:
                    with naming_function(function, argument):
                        return FUNCTIONS[function](self, argument)
                if isinstance(function, str) and function.startswith("Fn::"):
                    return not_known(f"{function} {short(argument)}")
            items = ((key, self.resolve(one)) for key, one in value.items())
            return {key: one for key, one in items if one is not NO_VALUE}
        if isinstance(value, list | tuple):
            return [one for one in map(self.resolve, value) if one is not NO_VALUE]
        return value

    def exists(self, logical_id: str) -> Truth:
        """Whether a resource's `Condition` lets it be created."""
        condition = self.resources[logical_id].get("Condition")
        return True if condition is None else self.condition(condition)

    # -- names -------------------------------------------------------------------------------------------------------------------------

    def properties(self, logical_id: str) -> dict[str, Any]:
        """A resource's properties, resolved."""
        resolved = self.resolve(self.resources[logical_id].get("Properties") or {})
        if not isinstance(resolved, dict):
            raise TemplateError(f"resource {logical_id!r}: its Properties are not a mapping")
        return resolved

    def physical_name(self, logical_id: str) -> str:
        """A resource's name in the template, else the placeholder of the name that CloudFormation will generate."""
        if logical_id not in self._names:
            name = self._physical_name(logical_id)
            if logical_id in self._resolving:  # its name contains itself
                return name
            self._names[logical_id] = name
        return self._names[logical_id]

    def _physical_name(self, logical_id: str) -> str:
        resource = self.resources[logical_id]
        returns = returns_of(resource.get("Type", "")) or Returns(None)
        given = (resource.get("Properties") or {}).get(returns.name) if returns.name else None
        made_up = name_of(f"{self.scope}.{logical_id}" if self.scope else logical_id)
        if given is None or logical_id in self._resolving:
            return made_up
        self._resolving.add(logical_id)
        try:
            name = self.resolve(given)
        finally:
            self._resolving.discard(logical_id)
        return name if isinstance(name, str) else made_up

    def ref(self, name: str) -> Any:
        """What `Ref` returns."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._given:
            return self._list_or_text(name, self._given[name])
        if name.startswith("AWS::"):
            return self._not_known(name)
        if name in self._parameters:
            parameter = self._parameters[name]
            # The default of an SSM parameter type is the name of the parameter in Parameter Store, not its value.
            if "Default" in parameter and not str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::"):
                return self._list_or_text(name, str(parameter["Default"]))
            return self._not_known(f"parameter {name!r}")
        resource = self._resource(name)
        returns = returns_of(resource.get("Type", ""))
        return self._not_known(f"Ref of {name!r}") if returns is None or not returns.ref else self._fill(returns.ref, name)

    def _not_known(self, what: str) -> str:
        """The placeholder of something in this template that is unknown."""
        return not_known(f"{what} of {self.scope}" if self.scope else what)

    def attribute(self, logical_id: str, attribute: str) -> str:
        """What `Fn::GetAtt` returns."""
        resource = self._resource(logical_id)
        if resource.get("Type") == NESTED_STACK and attribute.startswith("Outputs.") and self.others is not None:
            given = self.others.nested(logical_id, attribute.removeprefix("Outputs."))
            return given if isinstance(given, str) else self._not_known(f"{attribute!r} of {logical_id!r}")
        returns = returns_of(resource.get("Type", "")) or Returns(None)
        template = returns.attributes.get(attribute)
        return self._not_known(f"{attribute!r} of {logical_id!r}") if template is None else self._fill(template, logical_id)

    def _resource(self, logical_id: str) -> Mapping[str, Any]:
        if logical_id not in self.resources:
            raise TemplateError(f"the template has no resource or parameter {logical_id!r}{did_you_mean(logical_id, self.resources)}")
        return self.resources[logical_id]

    def _fill(self, template: str, logical_id: str) -> str:
        path = self.resolve((self.resources[logical_id].get("Properties") or {}).get("Path", "/"))
        holes = {**self._where, "{N}": self.physical_name(logical_id), "{PATH}": path if isinstance(path, str) else "/"}
        holes[UNKNOWN_END] = self._not_known(f"the ARN of {logical_id!r}")
        return re.sub(r"\{[A-Z?]+\}", lambda hole: holes[hole[0]], template)

    def _list_or_text(self, name: str, value: Any) -> Any:
        kind = str(self._parameters.get(name, {}).get("Type", ""))
        is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
        return [one.strip() for one in value.split(",")] if is_list and isinstance(value, str) else value

    def output(self, name: str) -> Any:
        """The value of an output; `None`: there is none, or it contains itself."""
        if name not in self.outputs or name in self._put_out:
            return None
        self._put_out.add(name)
        try:
            return self.resolve(self.outputs[name].get("Value"))
        finally:
            self._put_out.discard(name)

    # -- conditions --------------------------------------------------------------------------------------------------------------------

    def condition(self, name: str) -> Truth:
        """Whether a condition of the template is true."""
        if not isinstance(name, str):
            raise TemplateError(f"Condition {short(name)} → the name of a condition")
        if name not in self._conditions:
            raise TemplateError(f"the template has no condition {name!r}{did_you_mean(name, self._conditions)}")
        if name not in self._decided:  # conditions name each other many times
            self._decided[name] = self.test(self._conditions[name])
        return self._decided[name]

    def test(self, value: Any) -> Truth:
        """Whether a condition function is true."""
        if isinstance(value, Mapping) and len(value) == 1:
            ((function, argument),) = value.items()
            with naming_function(function, argument):
                if function == "Condition":
                    return self.condition(argument)
                if function == "Fn::Equals":
                    one, other = map(self.resolve, argument)
                    return _equal(one, other)
                if function in ("Fn::And", "Fn::Or"):
                    return (all_of if function == "Fn::And" else any_of)(map(self.test, argument))
                if function == "Fn::Not":
                    return negate(self.test(argument[0]))
        return undecided(f"the condition {short(value)} is not known")


def _equal(one: Any, other: Any) -> Truth:
    if isinstance(one, str) and isinstance(other, str):
        for stand_in, what in _STAND_INS.items():
            if (stand_in in one) is not (stand_in in other):  # the place is unknown: it may be there
                return undecided(f"the {what} is not known")
        return matches(literal(one), literal(other), every=True)
    return bool(one == other)
