"""Writes permissions as policy documents.

In: permissions. Out: statements merged and packed into IAM's quotas, the trust policy, and what others may do with the role.

Where to look:
    `statement`, `policy`: the values; `merge`: permissions -> the fewest statements that allow the same; `pack`: statements -> inline and
        managed policies within the `quotas` (THE list of IAM's sizes and counts); `sids`: their ids
    `checks`: names, paths, descriptions and documents that IAM would refuse
    `trust`: who can assume the role; `access`, `node_access`: what others may do with it; `runbook_names`: runbooks as policies name them
    `self_change`, `script_logs`: what a role is denied, and allowed, beyond what is derived
"""
