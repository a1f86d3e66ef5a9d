"""CPU seconds for 100 roles, of Python and of the Node.js behind CDK: constructed, and synthesized besides.

    python benchmarks/hundred_roles.py ours|hand|same [RUNBOOKS]

`ours`: 100 `AutomationRole`s, of 100 different runbooks or of as many as said; they are read and derived in that time. `hand`: the same
template as a person writes it, with `iam.Role`, `iam.Policy` and `iam.PolicyStatement`, every permission known beforehand. `same`: that both
templates are the same.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aws_cdk import App, Aws, Stack
from aws_cdk import aws_iam as iam
from bench import runbook, script  # type: ignore[import-not-found]  # beside this file
from constructs import Construct

from automation_role import AutomationRole, Runbook
from automation_role.derive import scripts  # noqa: F401  (imports are not what is measured)
from automation_role.derive.derivation import derive
from automation_role.runbook import builder  # noqa: F401
from automation_role.values.place import Place

ROLES = 100


def document(number: int) -> dict[str, Any]:
    """A runbook of five steps; no two need the same, and nothing is left open."""
    made: dict[str, Any] = runbook(5)
    made["mainSteps"][1]["inputs"]["Script"] = (
        script(number).replace("create_tags(Resources=[", "stop_instances(InstanceIds=[").replace(", Tags", ")#")
    )
    made["mainSteps"][3]["inputs"]["DBInstanceIdentifier"] = f"database-{number}"
    return made


def ours(stack: Stack, documents: list[dict[str, Any]]) -> None:
    runbooks = [Runbook.from_mapping(each, name=f"book{number}") for number, each in enumerate(documents)]
    for number in range(ROLES):
        AutomationRole(stack, f"Role{number}", runbooks=[runbooks[number % len(runbooks)]])


def statements(documents: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What a person would write: each role's statements."""
    here = Place(partition=Aws.PARTITION, account=Aws.ACCOUNT_ID)
    return [derive([Runbook.from_mapping(each, name="book")]).policy().to_json(here)["Statement"] for each in documents]


def hand(stack: Stack, known: list[list[dict[str, Any]]]) -> None:
    for number in range(ROLES):
        each = known[number % len(known)]
        scope = Construct(stack, f"Role{number}")
        role = iam.Role(
            scope,
            "Resource",
            assumed_by=iam.ServicePrincipal(
                "ssm.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:ssm:*:{Aws.ACCOUNT_ID}:automation-execution/*"},
                },
            ),
        )
        iam.Policy(
            scope,
            "Derived",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    sid=one["Sid"], actions=listed(one["Action"]), resources=listed(one["Resource"]), conditions=one.get("Condition")
                )
                for one in each
            ],
        )


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def measured(make: Callable[[Stack], None]) -> tuple[float, float, Any]:
    """CPU seconds until all is constructed, and until it is synthesized; the template."""
    app = App(analytics_reporting=False)
    stack = Stack(app, "Stack")
    gc.collect()  # importing aws_cdk leaves enough garbage that Python collects soon: not during whichever allocates first
    start = seconds()
    make(stack)
    constructed = seconds() - start
    assembly = app.synth()
    return constructed, seconds() - start, assembly.get_stack_by_name("Stack").template["Resources"]


def seconds() -> float:
    """CPU time of this process and, on Linux, of Node.js behind it: other work on the machine does not count. Elsewhere, the clock's."""
    if not Path(f"/proc/{os.getpid()}/task").exists():
        return time.perf_counter()
    return time.process_time() + sum(map(ticks, below(os.getpid()))) / os.sysconf("SC_CLK_TCK")


def below(process: int) -> Iterator[int]:
    """The processes that a process started, and those that these started."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield int(child)
            yield from below(int(child))


def ticks(process: int) -> int:
    """CPU time of a process, of its user and of the system."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def main(who: str, runbooks: str = "100") -> int:
    """Print seconds, or compare."""
    documents = [document(number) for number in range(int(runbooks))]
    made: dict[str, Callable[[Stack], None]] = {"ours": lambda stack: ours(stack, documents)}
    if who != "ours":
        known = statements(documents)
        made["hand"] = lambda stack: hand(stack, known)
    if who == "same":
        return 0 if measured(made["ours"])[2] == measured(made["hand"])[2] else 1
    constructed, synthesized, _ = measured(made[who])
    print(constructed, synthesized)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
