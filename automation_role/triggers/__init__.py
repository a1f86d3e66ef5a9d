"""What starts an automation: EventBridge, Scheduler, Config, State Manager, maintenance windows; a file each.

Every one of them needs the right to start that runbook and to pass the role, and puts the role into the runbook's parameter. All walk
one road: a start is checked once (`start.py`, `_common.py`), then rendered as that service wants it.
"""
