"""Writes permissions as policy documents.

In: permissions. Out: statements merged and packed into IAM's quotas, the trust policy, and what others may do with the role.
"""
