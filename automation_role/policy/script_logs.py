"""What a role needs for Automation to write the output of scripts into CloudWatch Logs.

That is a setting of the account and Region, off by default. While it is on, the role of each of your own runbooks writes the logs of its
`aws:executeScript` steps; for AWS-owned runbooks, whoever starts them does.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-logging.html
"""

from __future__ import annotations

import re
from typing import Final

from ..errors import AutomationRoleError
from ..values.given import given
from ..values.patterns import Pattern
from ..values.tokens import is_opaque
from .statement import Statement

DEFAULT_GROUP: Final = "/aws/ssm/automation/executeScript"
"""The log group that Automation writes to when the setting names none."""

ACTIONS: Final = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_NAME: Final = re.compile(r"[\w./#-]{1,512}", re.ASCII)


def script_logs(group: str) -> tuple[Statement, ...]:
    """May write the logs of scripts into one log group, and create it.

    Args:
        group: the log group's name, or a CDK token.

    Raises:
        AutomationRoleError: it is not a valid name of a log group.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_logs.html
    """
    if not is_opaque(group) and not _NAME.fullmatch(group):
        raise AutomationRoleError(
            f"script_logs is {group!r} → True for {DEFAULT_GROUP!r}, a log group, or its name of 1 to 512 letters, digits and _.-/#"
        )
    arn = Pattern.of("arn:{P}:logs:{R}:{A}:log-group:") + given(group)
    return (
        Statement(actions=("logs:DescribeLogGroups",), resources=(Pattern.of("*"),)),
        # IAM checks a group's ARN with and without `:*` at its end.
        Statement(actions=("logs:CreateLogGroup", "logs:DescribeLogStreams"), resources=(arn, arn + Pattern.of(":*"))),
        Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(arn + Pattern.of(":log-stream:*"),)),
    )
