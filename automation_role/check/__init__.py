"""Compares a role with its runbooks: what is missing, unused or risky, and what could not be checked.

In: a derivation, and a role's policies. Out: a report for each role.
"""
