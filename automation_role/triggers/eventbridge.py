"""EventBridge rules: an automation when an event matches."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jsii
from aws_cdk import Annotations, Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from .._render import here
from ..access import given
from ..arns import definition_arn
from ..grants import IAutomationRole, RunbookReference
from ..runbook import Runbook
from ._common import checked_start, runbook_of, seconds, starter_role

DEFAULT_VERSION: Final = "$DEFAULT"


@jsii.implements(events.IRuleTarget)
class AutomationTarget:
    """Start an automation when an EventBridge rule matches.

    The rule's target names the runbook by its `automation-definition` ARN (with a document's ARN EventBridge would take it for Run
    Command), hands on lists, and uses a role of its own that may start this runbook, pass this role, and nothing else.

    Values from the event go straight into `parameters`: `{"InstanceId": events.EventField.from_path("$.detail.instance-id")}`. Each
    becomes a list of one. A field that is a list itself is given inside no list to a parameter of type `StringList`, and is handed on
    as it is.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version, a number as text, `$DEFAULT` or `$LATEST`. Left out: `$DEFAULT`.
        role_parameter: the runbook's parameter that takes the role. Left out: the one its `assumeRole` refers to; `AutomationAssumeRole`
            when only its name is known.
        event_role: the role with which EventBridge starts it; must trust `events.amazonaws.com`. Left out: one of its own for each rule.
        dead_letter_queue: where events go that could not be delivered; its policy is extended for this rule. Left out: none.
        max_event_age: 1 minute to 24 hours. Left out: AWS's default, 24 hours.
        retry_attempts: 0 to 185. Left out: AWS's default, 185.

    Raises:
        StartError: (when the target is added to the rule) a parameter does not fit the runbook.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-event-bridge.html
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    def __init__(
        self,
        runbook: RunbookReference,
        *,
        role: IAutomationRole,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        event_role: iam.IRole | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        max_event_age: Duration | None = None,
        retry_attempts: int | None = None,
    ) -> None:
        self._runbook, self._role, self._parameters = runbook, role, dict(parameters or {})
        self._version, self._role_parameter, self._event_role = version, role_parameter, event_role
        self._queue, self._age, self._retries = dead_letter_queue, max_event_age, retry_attempts

    def bind(self, rule: Any, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002  (jsii calls it by this name)
        """What the rule's target is; called by CDK when it is added to a rule: an `IRule`, which newer versions call `IRuleRef`."""
        assert isinstance(rule, Construct)  # noqa: S101  (every rule is a construct: events.IRule extends IConstruct)
        where = f"{rule.node.path}/{id or 'Target'}"
        start = checked_start(
            rule,
            where,
            self._runbook,
            role=self._role,
            role_parameter=self._role_parameter,
            version=self._version,
            parameters=self._parameters,
        )
        starter = self._event_role or starter_role(rule, f"{id or 'Target'}Role", "events.amazonaws.com")
        self._role.grant_start_automation(starter, self._runbook, version=self._version).apply_before(rule.node.default_child or rule)
        if self._queue is not None:
            _allow_dead_letters(self._queue, rule)
        known = runbook_of(self._runbook)
        return events.RuleTargetConfig(
            arn=here(regions=(Aws.REGION,)).write(definition_arn(given(start.document), given(start.version or DEFAULT_VERSION)))[0],
            role=starter,
            input=events.RuleTargetInput.from_object(_with_event_lists(start.parameters, known)),
            dead_letter_config=None if self._queue is None else events.CfnRule.DeadLetterConfigProperty(arn=self._queue.queue_arn),
            retry_policy=_retry_policy(self._age, self._retries),
        )


def _with_event_lists(parameters: Mapping[str, Any], known: Runbook | None) -> dict[str, Any]:
    """A field of the event given alone to a `StringList` is a list already: it goes in as it is."""
    return {name: values[0] if known is not None and _is_event_list(known, name, values) else values for name, values in parameters.items()}


def _is_event_list(known: Runbook, name: str, values: Sequence[Any]) -> bool:
    takes_list = known.parameters[name].type in ("StringList", "MapList") if name in known.parameters else False
    return takes_list and len(values) == 1 and isinstance(values[0], str) and _ONE_TOKEN.fullmatch(values[0]) is not None


_ONE_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")


def _retry_policy(age: Duration | None, retries: int | None) -> events.CfnRule.RetryPolicyProperty | None:
    if age is None and retries is None:
        return None
    return events.CfnRule.RetryPolicyProperty(maximum_event_age_in_seconds=seconds(age), maximum_retry_attempts=retries)


def _allow_dead_letters(queue: sqs.IQueue, rule: Any) -> None:
    """As CDK's own targets do; an imported queue takes no policy from here, and is told."""
    added = queue.add_to_resource_policy(
        iam.PolicyStatement(
            actions=["sqs:SendMessage"],
            principals=[iam.ServicePrincipal("events.amazonaws.com")],
            resources=[queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
        )
    )
    if not added.statement_added:
        Annotations.of(rule).add_warning_v2(
            "automation-role:deadLetterQueuePolicy",
            "the dead-letter queue is imported, so its policy was not extended; let events.amazonaws.com send messages to it for this rule",
        )
