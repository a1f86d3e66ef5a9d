"""Explains why an automation failed.

In: a failure (a message, an execution, a CloudTrail event), the runbooks and, if available, the role. Out: the step and line, the cause, every later call
that fails, too, and the smallest fix; if that is not certain, the command that settles it.

Where to look:
    `reading`: recognizes what the user pasted; `executions`, `events`: the kinds of JSON in it; `messages`, `message_shapes` (THE table of them):
        an AccessDenied message -> `failure`
    `answer`: puts the rest together: `candidates` (which step), `causes` (what refused it), `later` (what fails next), `fixes`;
        `place`, `binding`: the role, and the values of this execution
    `rendering`, `reproducer`: the answer for people, and a report without names
"""
