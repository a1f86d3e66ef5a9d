"""Many accounts and the runbooks that run in them: each role that a runbook runs as, in each account.

In: the accounts' dumps, one after the other, and the runbooks. Out: a report with each distinct answer once, and the accounts that it is of.
"""

from __future__ import annotations
