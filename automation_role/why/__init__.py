"""Explains why an automation failed.

In: a failure (a message, an execution, a CloudTrail event), the runbooks and, if available, the role. Out: the step and line, the cause, every later call
that fails, too, and the smallest fix; if that is not certain, the command that settles it.
"""
