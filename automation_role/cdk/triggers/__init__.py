"""What starts an automation: EventBridge, Scheduler, Config, State Manager, maintenance windows; a file each.

In: a runbook, its role, its parameters. Out: what that service needs to start it, and a role that may start this runbook as this role.

Where to look:
    `eventbridge`, `scheduler`, `config`, `state_manager`, `maintenance_window`, `step_functions`: one service each
    `start`, `starter_role`, `targeting`, `delivery`: what they share: what is started, by whom, on which targets, how often it is tried
"""
