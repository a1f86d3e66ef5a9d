"""Checks many accounts at once: each role that a runbook runs as, in each account.

In: the accounts' dumps, one after the other, and the runbooks. Out: a report with each distinct answer once, and its accounts.

Where to look:
    `check`: all accounts; `duties`: which runbooks run as a role; `roles`, `sharing`: equal roles are checked once
    `report`: the result; `html/`: as a page
"""

from __future__ import annotations
