"""AWS Config: an automation on each resource that a rule finds noncompliant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import Duration
from aws_cdk import aws_config as config
from constructs import Construct

from ...errors import AutomationRoleError
from ...start.request import ROLE_PARAMETER, StartError, check_number, is_number
from ...values.tokens import is_opaque
from ..arguments import checked
from ..started_documents import RunbookReference
from ..types import IAutomationRole
from ..unique_names import check_once
from .delivery import checked_seconds
from .start import checked_start
from .starter_role import after_the_role, check_accounts


class AutomationRemediation(Construct):
    """Let an AWS Config rule start an automation on each resource that it finds noncompliant.

    Creates one ``AWS::Config::RemediationConfiguration``. AWS Config starts the runbook through its own service-linked role; there is no
    starter role to create. It depends on `role` with its policies.

    Args:
        rule: the Config rule.
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        resource_parameter: the runbook's parameter that takes the id of the noncompliant resource. Left out: none does.
        parameters: other runbook parameters -> value or list of values (at most 25 in all); the role's own parameter is filled in.
        version: the document version. Left out: AWS's default.
        role_parameter: as for `AutomationTarget`.
        automatic: start without a person. Left out: ``False``, somebody starts it in the console.
        maximum_automatic_attempts: 1 to 25, only when automatic. Left out: 5.
        retry_interval: 1 second or more, only when automatic. Left out: 60 seconds.
        concurrent_execution_rate_percentage: 1 to 100. Left out: 10.
        error_percentage: 1 to 100. Left out: 50.
        resource_type: type of the resource, `AWS::EC2::Instance`. Left out: what the rule is about.

    Raises:
        StartError: a parameter does not fit the runbook or AWS Config, it is automatic and the role's parameter is not
            `AutomationAssumeRole`, or a number is not one that AWS Config accepts.

    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_RemediationConfiguration.html
    """

    @checked(StartError)
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule: config.IRule,
        runbook: RunbookReference,
        role: IAutomationRole,
        resource_parameter: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        automatic: bool = False,
        maximum_automatic_attempts: float | None = None,
        retry_interval: Duration | None = None,
        concurrent_execution_rate_percentage: float | None = None,
        error_percentage: float | None = None,
        resource_type: str | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        start = checked_start(
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters,
            fills=("resource_parameter", resource_parameter),
        )
        if resource_type is not None and not is_opaque(resource_type) and not _RESOURCE_TYPE.fullmatch(resource_type):
            raise StartError(
                f"{where}: resource_type is {resource_type!r} → a type such as 'AWS::EC2::Instance'; leave it out for the rule's own"
            )
        check_accounts(where, role, scope=scope)
        _check_automatic(where, start.role_parameter, automatic=automatic)
        _check_numbers(where, maximum_automatic_attempts, concurrent_execution_rate_percentage, error_percentage, automatic=automatic)
        if retry_interval is not None and not automatic:
            raise StartError(f"{where}: retry_interval without automatic=True → it applies only to automatic attempts; leave it out")
        interval = checked_seconds(where, "retry_interval", retry_interval, least=1, most=2_678_000, default="60 seconds")
        _check_sizes(where, start.parameters, more=resource_parameter is not None)
        try:
            check_once(scope, "rule", rule.node.path, where, instead="AWS Config accepts one remediation per rule; remove one")
        except AutomationRoleError as error:
            raise StartError(f"{where}: {error}") from None
        super().__init__(scope, construct_id)
        start.warn(self)
        # Plain dictionaries in the API's own spelling: the L1 passes `Parameters` unchanged, and CDK's typed properties would come out
        # in camelCase, which CloudFormation does not check and Config refuses (https://github.com/aws/aws-cdk/issues/8996).
        rendered: dict[str, Any] = {name: {"StaticValue": {"Values": values}} for name, values in start.parameters.items()}
        if resource_parameter is not None:
            rendered[resource_parameter] = {"ResourceValue": {"Value": "RESOURCE_ID"}}
        rates = (concurrent_execution_rate_percentage, error_percentage)
        self.remediation = config.CfnRemediationConfiguration(
            self,
            "Resource",
            config_rule_name=rule.config_rule_name,
            target_id=start.document,
            target_type="SSM_DOCUMENT",
            target_version=start.version,
            parameters=rendered,
            resource_type=resource_type,
            automatic=automatic,
            maximum_automatic_attempts=maximum_automatic_attempts,
            retry_attempt_seconds=interval,
            execution_controls=None
            if rates == (None, None)
            else {"ssmControls": {"concurrentExecutionRatePercentage": rates[0], "errorPercentage": rates[1]}},
        )
        after_the_role(self.remediation, role)


def _check_automatic(where: str, taking: str | None, *, automatic: bool) -> None:
    if automatic and taking != ROLE_PARAMETER:
        found = "has no parameter for its role" if taking is None else f"takes its role in {taking!r}"
        raise StartError(
            f"{where}: the runbook {found} → an automatic remediation needs it in {ROLE_PARAMETER!r}; "
            f"rename the runbook's parameter or leave automatic out"
        )


def _check_numbers(where: str, attempts: object, concurrent: object, errors: object, *, automatic: bool) -> None:
    if attempts is not None and not (automatic and is_number(attempts, 1, _ATTEMPTS)):
        raise StartError(f"{where}: maximum_automatic_attempts is {attempts!r} → 1 to {_ATTEMPTS}, with automatic=True; leave it out for 5")
    check_number(where, "concurrent_execution_rate_percentage", concurrent, least=1, most=100, default="10")
    check_number(where, "error_percentage", errors, least=1, most=100, default="50")


def _check_sizes(where: str, parameters: Mapping[str, Sequence[Any]], *, more: bool) -> None:
    """Check the sizes that AWS Config's own API model allows for parameters."""
    if len(parameters) + more > _PARAMETERS:
        raise StartError(
            f"{where}: {len(parameters) + more} parameters → AWS Config accepts at most {_PARAMETERS}, including the role's; add defaults to the runbook"
        )
    for name, values in parameters.items():
        if len(values) > _VALUES:
            raise StartError(f"{where}: parameter {name!r} has {len(values)} values → AWS Config accepts at most {_VALUES}; pass fewer")
        for value in values:
            if not is_opaque(value) and not 1 <= len(value) <= _CHARACTERS:
                raise StartError(
                    f"{where}: parameter {name!r} has a value of {len(value)} characters → AWS Config accepts 1 to {_CHARACTERS}; "
                    f"use another or leave it out"
                )


# https://docs.aws.amazon.com/config/latest/APIReference/API_RemediationConfiguration.html, API_StaticValue.html
_ATTEMPTS: Final = 25
_RESOURCE_TYPE: Final = re.compile(r"[A-Za-z0-9]+(::[A-Za-z0-9]+){2,3}")
_PARAMETERS: Final = 25
_VALUES: Final = 25
_CHARACTERS: Final = 256
