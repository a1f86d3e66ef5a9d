"""Fetches executions of automations, with those that they started, as `aws ssm get-automation-execution` prints them."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..errors import AutomationRoleError
from . import aws, console

_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# At most this many executions below one are read: the failed ones, and their own failed ones.
_MOST: Final = 50


def fetched(execution: str, region: str | None, profile: str | None) -> str:
    """An execution and the failed ones that it started, as JSON. Only reads.

    Args:
        execution: its id.
        region: where it ran; `None`: the Region of the user's settings.
        profile: a profile of the user's settings; `None`: the default one.

    Raises:
        AutomationRoleError: it can't be fetched.
    """
    if not _ID.fullmatch(execution):
        raise AutomationRoleError(f"--execution {execution!r} → an execution's id like 12345678-1234-1234-1234-1234567890ab")
    session, exceptions = aws.session("why --execution", profile)
    try:
        client = aws.client(session, region)
        documents: list[Any] = []
        todo = [execution]
        more = False
        while todo and len(documents) < _MOST:
            found = _plain(client.get_automation_execution(AutomationExecutionId=todo.pop(0))["AutomationExecution"])
            documents.append(found)
            if any(step.get("Action") == "aws:executeAutomation" for step in found.get("StepExecutions") or ()):
                children, left = _children(client, found["AutomationExecutionId"])
                todo += children
                more = more or left
    except exceptions.ClientError as error:
        code = aws.code_of(error)
        if code in aws.CREDENTIALS:
            raise aws.refused(error, exceptions) from None
        raise AutomationRoleError(_refused(execution, code, aws.said_by(error))) from None
    except exceptions.BotoCoreError as error:
        raise aws.refused(error, exceptions) from None
    if todo or more:
        console.note(f"--execution {execution}: only {len(documents)} of the executions that failed were read")
    return json.dumps(documents)


def _children(client: Any, parent: str) -> tuple[list[str], bool]:
    """The failed executions that one started, and whether there are more.

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AutomationExecutionFilter.html
    """
    filters = [{"Key": "ParentExecutionId", "Values": [parent]}, {"Key": "ExecutionStatus", "Values": ["Failed"]}]
    found = client.describe_automation_executions(Filters=filters, MaxResults=_MOST)
    return [each["AutomationExecutionId"] for each in found.get("AutomationExecutionMetadataList", ())], bool(found.get("NextToken"))


def _plain(found: Any) -> Any:
    return json.loads(json.dumps(found, default=str))


def _refused(execution: str, code: str, said: str) -> str:
    if code == "AutomationExecutionNotFoundException":
        return f"--execution {execution}: is not in this account and Region → --region, --profile; Systems Manager keeps executions for 30 days"
    if code.startswith("AccessDenied"):
        return f"--execution {execution}: access denied: {said or code} → allow ssm:GetAutomationExecution and ssm:DescribeAutomationExecutions"
    return f"--execution {execution}: cannot be fetched: {code}: {said}"
