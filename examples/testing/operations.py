"""A small app: a runbook, the role that it runs as, and the operators who may start it."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from automation_role import AutomationRole, AutomationRunbook, Runbook

STOP_INSTANCE = Runbook.from_file(Path(__file__).parent / "runbooks" / "stop-instance.yaml")


class Operations(cdk.Stack):
    """What is deployed."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        role = AutomationRole(self, "AutomationRole", runbooks=[STOP_INSTANCE], deny_self_change=True)
        document = AutomationRunbook(self, "StopInstance", STOP_INSTANCE, role=role)
        operators = iam.Group(self, "Operators")
        role.grant_start_automation(operators, document)
        iam.Group(self, "Readers")
