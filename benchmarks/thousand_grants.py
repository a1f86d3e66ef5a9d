"""CPU seconds for many grants on one role: granted, and synthesized besides. They must grow with their number, not faster.

python benchmarks/thousand_grants.py GRANTS
"""

from __future__ import annotations

import sys

from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from hundred_roles import seconds  # type: ignore[import-not-found]  # beside this file

from automation_role import AutomationRole


def main(grants: str) -> int:
    """Print the seconds."""
    app = App(analytics_reporting=False, context={"@aws-cdk/core:stackResourceLimit": 0})
    stack = Stack(app, "Stack")
    role = AutomationRole(stack, "Role", runbooks=[])
    users = [iam.User(stack, f"User{number}") for number in range(int(grants))]
    start = seconds()
    for number, user in enumerate(users):
        role.grant_start_automation(user, f"Restart-{number}")
    granted = seconds() - start
    app.synth()
    print(granted, seconds() - start)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
