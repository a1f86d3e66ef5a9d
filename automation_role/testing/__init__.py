"""For your own tests: what can these users and roles do, in this synthesized template, or in this whole app?

    auth = Authorization(Template.from_stack(stack))
    assert auth.principal("Operators").may_start("RestartInstance", role="AutomationRole")
    assert not auth.principal("Operators").may_pass("OtherRole", to="ssm.amazonaws.com")

    everywhere = Authorization.of_app(app)
    assert everywhere.principal("Security/Auditor").may("ssm:DescribeAutomationExecutions")

Works offline, from a synthesized template, a file, or what `cdk synth` writes. See `automation_role.iam` for what is modelled. A decision
that depends on something else raises `UndecidedError`, which names it, when it is used as true or false.

Where to look:
    `authorization`: from a template or an app; `deployment`, `assembly`: what is deployed; `principals`: the questions
    `questions`, `quotas`: refuse a question or a template that would make every answer no
"""

from __future__ import annotations

from ..iam.decision import Decision, Outcome, UndecidedError
from ..template.snapshots import stable
from .authorization import Authorization
from .principals import Principal, Role

__all__ = ["Authorization", "Decision", "Outcome", "Principal", "Role", "UndecidedError", "stable"]
