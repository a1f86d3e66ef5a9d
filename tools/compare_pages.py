"""What AWS's pages about its runbooks list, and what is derived: where they differ.

    python tools/compare_pages.py

Prints docs/aws-pages.md. The pages are those of runbooks with scripts in attachments, `automation_role/catalog/aws/documented.json`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from automation_role.catalog import aws_runbooks
from automation_role.derive.derivation import derive
from automation_role.runbook.model import Runbook

PAGES = Path(aws_runbooks.__file__).parent / "aws" / "documented.json"

HEAD = """\
# AWS's pages, and what is derived

Made by `python tools/compare_pages.py`; a test compares it with what is derived today.

AWS does not publish the scripts of some of its runbooks. Where the page about such a runbook lists the permissions, the policy has the listed actions too
([how](aws-runbooks.md#what-aws-documents)). This page compares the lists with what is derived from the steps that can be read. What differs:

- **derived, not listed**: a step that can be read asks for it, and AWS's page does not list it. The type of the step is in front. Most are what CloudFormation asks for when a step creates a
  stack (its handlers read, tag and untag what they create), the polling of a Run Command (`ssm:ListCommands`, `ssm:ListCommandInvocations`), an approval's `sns:Publish`, and runbooks that are started.
- **listed, not allowed**: the page lists it, but the policy does not have it. `iam:PassRole` is left out on purpose, because a page does not say which role is passed to which service.
- **not an action of IAM**: the page lists it, but IAM has no such action, or it is a pattern.
"""


@dataclass(frozen=True)
class Compared:
    """One page.

    Attributes:
        listed: actions on the page.
        derived: how many of these are derived, too.
        documented: how many of these only the page knows, so that they were taken from it.
        more: type of step -> the actions that it asks for and the page does not list.
        unused: listed actions that the policy does not have.
        not_actions: what the page lists and IAM does not have.
    """

    page: str
    listed: int
    derived: int
    documented: int
    more: dict[str, list[str]]
    unused: list[str]
    not_actions: list[str]


def compare(name: str, page: dict[str, Any]) -> Compared:
    """Compare a page with what is derived of its runbook."""
    derivation = derive([Runbook.aws(name)])
    listed, derived, documented = set(page["actions"]), set[str](), set[str]()
    more: dict[str, set[str]] = defaultdict(set)
    for needs in derivation.steps:
        for permission in needs.permissions:
            (documented if permission.documented else derived).add(permission.action)
            if not permission.documented and permission.action not in listed:
                more[needs.step.action].add(permission.action)
    return Compared(
        page=page["page"],
        listed=len(listed),
        derived=len(listed & derived),
        documented=len(listed & documented - derived),
        more={action: sorted(found) for action, found in sorted(more.items())},
        unused=sorted(listed - derived - documented),
        not_actions=page.get("not_actions", []),
    )


def report() -> str:
    """The page."""
    found = {name: compare(name, page) for name, page in json.loads(PAGES.read_text()).items()}
    total = [sum(getattr(each, kind) for each in found.values()) for kind in ("listed", "derived", "documented")]
    more = sum(len({action for actions in each.more.values() for action in actions}) for each in found.values())
    unused, wrong = (sum(len(getattr(each, kind)) for each in found.values()) for kind in ("unused", "not_actions"))
    agree = [name for name, each in found.items() if not (each.more or each.unused or each.not_actions)]
    lines = [
        HEAD,
        (
            f"{len(found)} pages list {total[0]} actions: {total[1]} are derived, {total[2]} are taken from the pages, {unused} are not allowed. "
            f"{more} actions are derived that the pages do not list. The pages list {wrong} names that are not actions of IAM."
        ),
        "",
        f"No difference ({len(agree)}): {', '.join(f'[{name}]({found[name].page})' for name in agree)}.",
    ]
    for name, each in found.items():
        if name not in agree:
            lines += ["", f"## {name}", "", *_differences(each)]
    return "\n".join(lines) + "\n"


def _differences(each: Compared) -> Iterator[str]:
    yield f"[AWS's page]({each.page}) lists {each.listed} actions: {each.derived} derived, {each.documented} only documented."
    yield ""
    for action, found in each.more.items():
        yield f"- derived, not listed: `{action}`: {_quoted(found)}"
    if each.unused:
        yield f"- listed, not allowed: {_quoted(each.unused)}"
    if each.not_actions:
        yield f"- not an action of IAM: {_quoted(each.not_actions)}"


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    print(report(), end="")
