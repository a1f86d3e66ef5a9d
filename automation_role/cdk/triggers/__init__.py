"""What starts an automation: EventBridge, Scheduler, Config, State Manager, maintenance windows; a file each.

In: a runbook, its role, its parameters. Out: what that service needs to start it, and a role that may start this runbook as this role.
"""
