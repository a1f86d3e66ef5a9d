"""Does a role fit its runbooks: what is missing, what is never used, what is risky, and what could not be checked.

In: a derivation, and a role's policies. Out: a report for each role.
"""
