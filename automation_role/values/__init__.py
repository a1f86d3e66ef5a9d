"""What is known before a run: texts with holes, ARNs, tokens, API calls and permissions.

In: nothing but plain data. Out: the frozen values that every other room passes on.
"""
