"""Compares a role with its runbooks: what is missing, unused or risky, and what could not be checked.

In: a derivation, and a role's policies. Out: a report for each role.

Where to look:
    `fit`: checks one role; `coverage`, `missing`, `unused`, `risks`, `trust`: its parts; `report`: the result
    `files`, `policies`, `subjects`: the role to check, from what the user names
    `pairs`: runbooks and roles from the same sources; `fleet/`: many accounts
"""
