"""Checks many accounts at once: each role that a runbook runs as, in each account.

In: the accounts' dumps, one after the other, and the runbooks. Out: a report with each distinct answer once, and its accounts.
"""

from __future__ import annotations
