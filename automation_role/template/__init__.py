"""Reads CloudFormation templates: text, intrinsic functions, identities and resource policies.

In: a template. Out: its roles, users and groups with the policies that apply to them, and the values of its references.
"""
