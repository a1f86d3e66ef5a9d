"""EventBridge rules on the status of a runbook's executions, in CDK's style: `on_…` creates an `events.Rule`.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_events as events
from constructs import Construct

from ..errors import AutomationRoleError, did_you_mean
from ..values.tokens import is_opaque
from .arguments import checked

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecution.html
STATUSES: Final = (
    *("Pending", "InProgress", "Waiting", "Success", "TimedOut", "Cancelling", "Cancelled", "Failed"),
    *("PendingApproval", "Approved", "Rejected", "Scheduled", "RunbookInProgress", "PendingChangeCalendarOverride"),
    *("ChangeCalendarOverrideApproved", "ChangeCalendarOverrideRejected", "CompletedWithSuccess", "CompletedWithFailure", "Exited"),
)

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
_DESCRIPTION: Final = 512


class ExecutionEvents(Construct):
    """Rules on a runbook's executions; Automation sends these events itself, without permissions of the role."""

    @property
    def document_name(self) -> str:
        """The document's name."""
        raise NotImplementedError

    @checked()
    def on_execution(
        self, construct_id: str, *, statuses: Sequence[str] = (), target: events.IRuleTarget | None = None, description: str | None = None
    ) -> events.Rule:
        """A rule that matches when an execution of this runbook changes status, whoever started it, in this account and Region.

        Args:
            construct_id: the rule's name in this construct.
            statuses: match only changes to these, such as `Success` or `PendingApproval`. Left out: any.
            target: where the event goes. Left out: none; add some with `rule.add_target`.
            description: of the rule. Left out: none.

        Raises:
            AutomationRoleError: a status is not valid.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-eventbridge-events.html
        """
        if description is not None and not is_opaque(description) and len(description) > _DESCRIPTION:
            raise AutomationRoleError(
                f"{self.node.path}/{construct_id}: description of {len(description)} characters → at most {_DESCRIPTION}; shorten it"
            )
        for status in statuses:
            if status not in STATUSES:
                raise AutomationRoleError(
                    f"{self.node.path}/{construct_id}: status {status!r} → {', '.join(STATUSES)}{did_you_mean(str(status), STATUSES)}"
                )
        detail = {"Definition": [self.document_name], **({"Status": list(statuses)} if statuses else {})}
        pattern = events.EventPattern(
            source=["aws.ssm"], detail_type=["EC2 Automation Execution Status-change Notification"], detail=detail
        )
        rule = events.Rule(self, construct_id, event_pattern=pattern, description=description)
        if target is not None:
            rule.add_target(target)
        return rule

    @checked()
    def on_execution_failed(
        self, construct_id: str, *, target: events.IRuleTarget | None = None, description: str | None = None
    ) -> events.Rule:
        """A rule that matches when an execution of this runbook fails or times out (see `on_execution`).

        Args:
            construct_id: the rule's name in this construct.
            target: where the event goes. Left out: none.
            description: of the rule. Left out: none.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-eventbridge-events.html
        """
        return self.on_execution(construct_id, statuses=("Failed", "TimedOut"), target=target, description=description)
