"""EventBridge rules: an automation when an event matches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import jsii
from aws_cdk import Annotations, Aws, Duration, Stack, Tokenization
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ...errors import quoted
from ...policy import quotas
from ...start.request import StartError
from ...values.arns import definition_arn
from ...values.given import given
from ...values.tokens import is_opaque
from ..arguments import checked
from ..render import here
from ..started_documents import RunbookReference
from ..types import AnyRole, IAutomationRole
from .delivery import checked_delivery
from .start import Start, check_single, checked_start
from .starter_role import annotated, check_accounts, check_starter, let_start, starter_role

DEFAULT_VERSION: Final = "$DEFAULT"


@jsii.implements(events.IRuleTarget)
class AutomationTarget:
    """Start an automation when an EventBridge rule matches.

    The rule's target names the runbook by its `automation-definition` ARN (with a document's ARN, EventBridge would treat it as Run
    Command), passes lists, and uses a role of its own that can start this runbook, pass this role, and nothing else.

    Values from the event go straight into `parameters`: `{"InstanceId": events.EventField.from_path("$.detail.instance-id")}`. Each
    becomes a list of one. If the runbook is known and its parameter is a list, a field on its own is the whole list, and a field in a list
    (`[events.EventField…]`) is one item.

    Args:
        runbook: its name, ARN, `Runbook`, `AutomationRunbook` or `ssm.CfnDocument`. With a `Runbook`, parameters are checked.
        role: the role that the automation runs as.
        parameters: runbook parameter -> value or list of values; the role's own parameter is filled in.
        version: the document version, a number as text, `$DEFAULT` or `$LATEST`. Left out: `$DEFAULT`.
        role_parameter: the runbook's parameter that takes the role. Left out: the one its `assumeRole` refers to; `AutomationAssumeRole`
            when only its name is known.
        event_role: the role with which EventBridge starts it; must trust `events.amazonaws.com`. Left out: one of its own for each rule.
        dead_letter_queue: where events go that could not be delivered, a standard queue; its policy is extended for this rule, and that of
            its key. Left out: none.
        max_event_age: 1 minute to 24 hours. Left out: AWS's default, 24 hours.
        retry_attempts: 0 to 185. Left out: AWS's default, 185.

    Raises:
        StartError: a parameter does not fit the runbook, retries that AWS does not accept, or a FIFO queue.

    Warns:
        automation-role:eventFieldInText: an event field is part of a string.

    Sources:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/running-automations-event-bridge.html
        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """

    @checked(StartError)
    def __init__(
        self,
        runbook: RunbookReference,
        *,
        role: IAutomationRole,
        parameters: Mapping[str, Any] | None = None,
        version: str | None = None,
        role_parameter: str | None = None,
        event_role: AnyRole | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        max_event_age: Duration | None = None,
        retry_attempts: float | None = None,
    ) -> None:
        where = "AutomationTarget"
        check_single(where, event_role=event_role, dead_letter_queue=dead_letter_queue)
        self._role, self._event_role = role, event_role
        self._delivery = checked_delivery(where, max_event_age=max_event_age, retry_attempts=retry_attempts, queue=dead_letter_queue)
        self._start = checked_start(
            where,
            runbook,
            role=role,
            role_parameter=role_parameter,
            version=version,
            parameters=parameters,
            in_json=True,
        )
        check_accounts(where, role, given=("event_role", event_role))
        _check_template(where, self._start)
        _check_size(where, self._start)
        known = self._start.runbook
        lists = {name for name, parameter in known.parameters.items() if parameter.is_list} if known is not None else set()
        self._lists = {name for name, value in (parameters or {}).items() if name in lists and _is_field(value)}

    def bind(self, rule: Any, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002  (jsii calls it by this name)
        """What the rule's target is; called by CDK when it is added to a rule: an `IRule`, which newer versions call `IRuleRef`."""
        assert isinstance(rule, Construct)  # noqa: S101  (every rule is a construct: events.IRule extends IConstruct)
        start, delivery = self._start, self._delivery
        start.warn(rule)
        _tell_of_fields(rule, start)
        starter = self._event_role or starter_role(rule, f"{id or 'Target'}Role", "events.amazonaws.com")
        with annotated(rule):
            check_accounts(rule.node.path, self._role, scope=rule)
            let_start(rule.node.default_child or rule, starter, self._role, start)
        check_starter(rule, "event_role", self._event_role, "events.amazonaws.com")
        if delivery.queue is not None:
            _allow_dead_letters(delivery.queue, rule)
        return events.RuleTargetConfig(
            arn=here(regions=(Aws.REGION,)).write(definition_arn(given(start.document), given(start.version or DEFAULT_VERSION)))[0],
            role=starter,
            input=events.RuleTargetInput.from_object(
                {name: values[0] if name in self._lists else values for name, values in start.parameters.items()}
            ),
            dead_letter_config=delivery.dead_letters(events.CfnRule.DeadLetterConfigProperty),
            retry_policy=delivery.retry_policy(events.CfnRule.RetryPolicyProperty),
        )


def _is_field(value: Any) -> bool:
    """Whether a value is a field of the event and nothing else."""
    return isinstance(value, str) and _ONE_TOKEN.fullmatch(value) is not None and _has_field(value)


def _has_field(text: str) -> bool:
    return any(isinstance(token, events.EventField) for token in Tokenization.reverse_string(text).tokens)


_ONE_TOKEN: Final = re.compile(r"\$\{Token\[[^\]]*\]\}")


def _check_template(where: str, start: Start) -> None:
    """Refuse `<name>` in a text beside a field of the event: in such a template, EventBridge treats it as a field, too.

    EventBridge's own fields, such as `<aws.events.rule-name>`, are allowed.
    """
    texts = [(name, value) for name, values in start.parameters.items() for value in values if isinstance(value, str)]
    if not any(is_opaque(value) and _has_field(value) for _, value in texts):
        return
    for name, value in texts:
        if (found := _PLACEHOLDER.search(value)) is not None:
            raise StartError(
                f"{where}: parameter {name!r} has {found[0]!r} next to an event field → EventBridge would read it as a field; "
                f"write it without < and >, or use no event fields"
            )


# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html, API_Target.html
_PATHS: Final = 100
_PATH: Final = 256
_CHARACTERS: Final = 8_192


def _check_size(where: str, start: Start) -> None:
    """Refuse an input that EventBridge does not take; what only CloudFormation or the event knows counts with one character."""
    texts = [value for values in start.parameters.values() for value in values if isinstance(value, str)]
    tokens = [token for text in texts if is_opaque(text) for token in Tokenization.reverse_string(text).tokens]
    paths = {token.path for token in tokens if isinstance(token, events.EventField)}
    if len(paths) > _PATHS:
        raise StartError(f"{where}: {len(paths)} event fields → EventBridge accepts at most {_PATHS}; pass fewer")
    for path in paths:
        if len(path) > _PATH:
            raise StartError(
                f"{where}: the event field {quoted(path)} has {len(path)} characters → EventBridge accepts at most {_PATH}; use a shorter one"
            )
    size = quotas.size(start.parameters, longest=False)
    if size > _CHARACTERS:
        raise StartError(
            f"{where}: the parameters take {size:,} characters → EventBridge accepts at most {_CHARACTERS:,} as a target's input; add defaults to the runbook"
        )


# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
_PLACEHOLDER: Final = re.compile(r"<(?!aws\.events\.)[^<>\s]+>")


def _tell_of_fields(rule: Construct, start: Start) -> None:
    """EventBridge writes a whole value as JSON, but does not escape what it puts into a text.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
    """
    for name, values in start.parameters.items():
        if any(is_opaque(value) and not _ONE_TOKEN.fullmatch(value) and _has_field(value) for value in values if isinstance(value, str)):
            Annotations.of(rule).add_warning_v2(
                "automation-role:eventFieldInText",
                f"parameter {name!r} has an event field inside a string, where EventBridge does not escape it: a quotation mark in the field "
                f"ends the string, and what follows can set other parameters; pass the field as the whole value, or match only events from "
                f"senders you trust",
            )


def _allow_dead_letters(queue: sqs.IQueue, rule: Any) -> None:
    """As CDK's own targets do; an imported queue or key gets no policy from here, but a warning.

    The key's policy cannot name the rule, which names the queue, which names the key: it names the account.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    eventbridge = iam.ServicePrincipal("events.amazonaws.com")
    sending = iam.PolicyStatement(
        actions=["sqs:SendMessage"],
        principals=[eventbridge],
        resources=[queue.queue_arn],
        conditions={"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
    )
    if not queue.add_to_resource_policy(sending).statement_added:
        Annotations.of(rule).add_warning_v2(
            "automation-role:deadLetterQueuePolicy",
            "the dead-letter queue is imported, so its policy was not extended; let events.amazonaws.com send messages to it for this rule",
        )
    key = queue.encryption_master_key
    if key is None:
        return
    encrypting = iam.PolicyStatement(
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        principals=[eventbridge],
        resources=["*"],
        conditions={"StringEquals": {"aws:SourceAccount": Stack.of(rule).account}},
    )
    if not key.add_to_resource_policy(encrypting).statement_added:
        Annotations.of(rule).add_warning_v2(
            "automation-role:deadLetterQueueKeyPolicy",
            "the key of the dead-letter queue is imported, so its policy was not extended; let events.amazonaws.com use it "
            "(kms:Decrypt, kms:GenerateDataKey), or failed events are lost",
        )
