"""AWS Config: an automation on each resource that a rule finds noncompliant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import Duration
from aws_cdk import aws_config as config
from constructs import Construct

from ..errors import did_you_mean
from ..grants import IAutomationRole, RunbookReference
from ..runbook import Runbook
from ..start import ROLE_PARAMETER, StartError
from ._common import after_the_role, checked_start, filled_by, runbook_of, seconds


class AutomationRemediation(Construct):
    """Let an AWS Config rule start an automation on each resource that it finds noncompliant.

    Creates one ``AWS::Config::RemediationConfiguration``. AWS Config starts the runbook through its own service-linked role; there is no
    starter role to make. It depends on `role` with its policies.

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
        StartError: a parameter does not fit the runbook, or it is automatic and the role's parameter is not `AutomationAssumeRole`.

    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_RemediationConfiguration.html
    """

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
        maximum_automatic_attempts: int | None = None,
        retry_interval: Duration | None = None,
        concurrent_execution_rate_percentage: int | None = None,
        error_percentage: int | None = None,
        resource_type: str | None = None,
    ) -> None:
        where = f"{scope.node.path}/{construct_id}"
        known = runbook_of(runbook)
        _check_remediation(where, known, role_parameter, resource_parameter, automatic=automatic, attempts=maximum_automatic_attempts)
        super().__init__(scope, construct_id)
        start = checked_start(
            self,
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters or {},
            filled=filled_by(resource_parameter),
        )
        # Plain dictionaries in the API's own spelling: the L1 hands `Parameters` on as it is, and CDK's typed properties would come out
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
            retry_attempt_seconds=seconds(retry_interval),
            execution_controls=None
            if rates == (None, None)
            else {"ssmControls": {"concurrentExecutionRatePercentage": rates[0], "errorPercentage": rates[1]}},
        )
        after_the_role(self.remediation, role)


def _check_remediation(
    where: str,
    known: Runbook | None,
    role_parameter: str | None,
    resource_parameter: str | None,
    *,
    automatic: bool,
    attempts: int | None,
) -> None:
    taking = role_parameter or (known.assume_role_parameter if known is not None else ROLE_PARAMETER)
    if automatic and taking != ROLE_PARAMETER:
        raise StartError(
            f"{where}: the runbook takes its role in {taking!r} → an automatic remediation needs it in {ROLE_PARAMETER!r}; "
            f"rename the runbook's parameter or leave automatic out"
        )
    if known is not None and resource_parameter is not None and resource_parameter not in known.parameters:
        near = did_you_mean(resource_parameter, known.parameters)
        raise StartError(
            f"{where}: resource_parameter {resource_parameter!r} → runbook {known.name!r} has {', '.join(known.parameters)}{near}"
        )
    if attempts is not None and not (automatic and 1 <= attempts <= _ATTEMPTS):
        raise StartError(f"{where}: maximum_automatic_attempts is {attempts} → 1 to {_ATTEMPTS}, with automatic=True; leave it out for 5")


_ATTEMPTS: Final = 25
