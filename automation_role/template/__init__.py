"""CloudFormation templates: their text, intrinsic functions, identities and resource policies.

In: a template. Out: its roles, users and groups with the policies that count for them, and what its references stand for.
"""
