"""What is known before a run: texts with holes, ARNs, tokens, API calls and permissions.

In: plain data. Out: the frozen values that all other rooms pass to each other.
"""
