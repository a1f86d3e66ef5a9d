"""Why an automation failed: in come a failure (a message, an execution, a CloudTrail event), the runbooks and, when it is at hand, the role.

Out go the step and line, the cause, every later call that fails too, and the smallest fix; where that can't be told, what settles it.
"""
