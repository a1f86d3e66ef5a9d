"""Runbooks, as permissions and findings.

In: runbooks. Out: a derivation: what each step calls and needs, and what could not be derived.
"""
