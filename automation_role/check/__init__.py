"""Compares a role with its runbooks: what is missing, unused or risky, and what could not be checked.

In: a derivation, and a role's policies. Out: a report for each role.

Where to look:
    `fit`: checks one role; `coverage`, `missing`, `unused`, `risks`, `trust`: its parts; `report`: the result; `alerts`: for pipelines
    `not_in_runbooks`: what no runbook shows, and so isn't judged; `widening`: whether a derived policy lets its role widen itself
    `files`, `policies`, `subjects`: the role to check, from what the user names; `guard_rails`: SCPs and RCPs; `standins`: what is not known
    `pairs`: runbooks and roles from the same sources; `fleet/`: many accounts
"""
