"""`make demo`: deploy the sample app to an AWS on this machine, read back what was created, and show it."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from automation_role import Runbook
from automation_role.derive.derivation import Derivation, derive
from tools.local_aws import ACCOUNT, REGION, ROOT, CdkError, LocalAws, local_aws
from tools.policy_sentences import listed, policy_in_words
from tools.readback import Deployed, Identity, missing, roles, users

STACK = "AutomationSample"


def main() -> int:
    """Run the demo."""
    # A kill ends like Ctrl-C: commands that were started stop, temporary files go.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    try:
        with tempfile.TemporaryDirectory() as output, local_aws() as aws:
            show(console, aws, Path(output))
    except CdkError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def show(console: Console, aws: LocalAws, output: Path) -> None:
    """Deploy, read back, show."""
    with console.status("cdk deploy, to a local AWS …"):
        aws.cdk("deploy", STACK, "--require-approval", "never", "--output", str(output))
    deployed = read_stack(aws, output)
    outputs = stack_outputs(aws)
    console.print(f"[bold]cdk deploy[/] created the stack [bold]{STACK}[/] on a local AWS at {aws.endpoint}. Read back from its APIs:\n")
    everybody = [*roles(aws.client("iam")), *users(aws.client("iam"))]
    role = next(identity for identity in everybody if identity.arn == outputs["AutomationRoleArn"])
    documents = [
        aws.client("ssm").describe_document(Name=outputs[name])["Document"]["Name"] for name in sorted(outputs) if name.endswith("Document")
    ]
    console.print(role_table(role))
    console.print(policy_table(role))
    derivation = derive([Runbook.from_file(path) for path in sorted((ROOT / "runbooks").glob("*.yaml"))], role_known=True)
    console.print(step_table(derivation))
    for finding in derivation.findings:
        console.print(f"[yellow]not derived:[/] {finding.runbook}, {finding.step}: {escape(finding.message)}")
    console.print(access_table(everybody, documents, deployed))
    gaps = missing(deployed, aws.client("iam"), aws.client("ssm"))
    if gaps:
        console.print("[yellow]In the template, but not created by this local AWS (a real account creates it):[/]")
        for gap in gaps:
            console.print(f"  • {escape(gap)}")
    else:
        console.print("Everything in the template was created.")
    console.print("\nTo your own account, with your credentials: [bold]make deploy[/]")


def read_stack(aws: LocalAws, output: Path) -> Deployed:
    """The synthesized template, and the names that CloudFormation generated."""
    resources = aws.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return Deployed(
        template=json.loads((output / f"{STACK}.template.json").read_text()),
        names={
            resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources if resource.get("PhysicalResourceId")
        },
        pseudo={
            "AWS::Partition": "aws",
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": REGION,
            "AWS::StackName": STACK,
            "AWS::URLSuffix": "amazonaws.com",
        },
    )


def stack_outputs(aws: LocalAws) -> dict[str, str]:
    """The stack's outputs, as CloudFormation reports them."""
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def role_table(role: Identity) -> Table:
    """The role and its trust."""
    table = Table(title="The role", title_justify="left", show_header=False)
    for name, value in (
        ("name", role.name),
        ("ARN", role.arn),
        ("description", role.details.get("Description", "")),
        ("longest session", f"{role.details['MaxSessionDuration'] // 3600} h"),
        ("trust", "\n".join(policy_in_words(role.trust or {"Statement": []}))),
    ):
        table.add_row(name, escape(value))
    return table


def policy_table(role: Identity) -> Table:
    """What the role may do, policy by policy."""
    table = Table(title="What it allows", title_justify="left", show_lines=True)
    table.add_column("policy")
    table.add_column("in words")
    for name, document in sorted(role.policies.items()):
        table.add_row(escape(name), escape("\n".join(policy_in_words(document))))
    return table


def step_table(derivation: Derivation) -> Table:
    """Which step needs what."""
    table = Table(title="Which step needs it", title_justify="left")
    for column in ("runbook", "step", "line", "calls", "needs"):
        table.add_column(column)
    for needs in derivation.steps:
        calls = dict.fromkeys(f"{call.service}:{call.operation}" for call in needs.calls)
        actions = dict.fromkeys(permission.action for permission in needs.permissions)
        table.add_row(
            needs.runbook, needs.step.name, str(needs.step.line), escape("\n".join(calls)), escape("\n".join(actions) or "nothing")
        )
    return table


def access_table(everybody: list[Identity], documents: list[str], deployed: Deployed) -> Table:
    """Who may start which runbook, and pass which role to whom."""
    table = Table(title="Who can do what", title_justify="left", show_lines=True)
    for column in ("who", "can start", "can pass", "can view, stop, approve"):
        table.add_column(column)
    # By the name that the app gives it; CDK's logical IDs end in eight digits of a hash.
    short = {physical: logical[:-8] for logical, physical in deployed.names.items()}
    execution = f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/00000000-0000-0000-0000-000000000000"
    for identity in sorted(everybody, key=lambda one: (one.kind, short[one.name])):
        starts = [name for name in documents if identity.may_start(f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/{name}")]
        passes = [
            f"{short[role.name]} to {listed(services)}"
            for role in everybody
            if role.kind == "role"
            and (services := [s for s in ("ssm.amazonaws.com", "ec2.amazonaws.com") if identity.may_pass(role.arn, s)])
        ]
        operates = [
            verb
            for verb, action in (
                ("view", "GetAutomationExecution"),
                ("stop", "StopAutomationExecution"),
                ("approve", "SendAutomationSignal"),
            )
            if identity.may(f"ssm:{action}", execution)
        ]
        if starts or passes or operates:
            table.add_row(
                f"{identity.kind} {short[identity.name]}",
                "\n".join(starts) or "nothing",
                "\n".join(passes) or "nothing",
                ", ".join(operates) or "nothing",
            )
    return table


if __name__ == "__main__":
    sys.exit(main())
