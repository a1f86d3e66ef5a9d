"""Derives permissions and findings from runbooks.

In: runbooks. Out: a derivation: what each step calls and needs, and what could not be derived.
"""
