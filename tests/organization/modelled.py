"""An organization as its templates make it: a central account, three targets, an outsider. Who they are for IAM is this project's model of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack, assertions
from aws_cdk import aws_iam as iam

from automation_role import AutomationAdministrationRole, AutomationExecutionRole, Runbook
from automation_role.testing import Authorization

CENTRAL, TARGETS, OUTSIDER = "111111111111", ("222222222222", "333333333333", "444444444444"), "999999999999"
ORGANIZATION, OTHER_ORGANIZATION = "o-a1b2c3d4e5", "o-f6g7h8i9j0"
ADMINISTRATION = "AWS-SystemsManager-AutomationAdministrationRole"
EXECUTION = "AWS-SystemsManager-AutomationExecutionRole"
RESTART = Runbook.from_file(Path(__file__).parents[2] / "runbooks" / "restart-instance.yaml")


@dataclass(frozen=True)
class Place:
    partition: str = "aws"
    region: str = "eu-west-1"

    def asked(self, made: Stack, account: str, organization: str | None) -> Authorization:
        return Authorization(
            template(made), account=account, organization_id=organization, partition=self.partition, region=self.region
        )  # fmt: skip

    def role(self, account: str, name: str) -> str:
        return f"arn:{self.partition}:iam::{account}:role/{name}"


AWS = Place()
PLACES = (AWS, Place("aws-cn", "cn-north-1"), Place("aws-us-gov", "us-gov-west-1"))


def stack(account: str | None = None, region: str = AWS.region) -> Stack:
    return Stack(App(), "Stack", env=None if account is None else Environment(account=account, region=region))


def template(made: Stack) -> dict[str, Any]:
    return dict(assertions.Template.from_stack(made).to_json())


def anything() -> dict[str, iam.PolicyDocument]:
    return {"All": iam.PolicyDocument(statements=[iam.PolicyStatement(actions=["*"], resources=["*"])])}


def central(*, organization: bool, place: Place = AWS, its_organization: str = ORGANIZATION) -> Authorization:
    """The central account: the administration role, operators with a grant, and others who may do everything in their own account."""
    made = stack(CENTRAL, place.region)
    reach: dict[str, Any] = {"organization_id": ORGANIZATION} if organization else {"target_accounts": TARGETS}
    role = AutomationAdministrationRole(made, "Administration", **reach)
    operators = iam.Role(made, "Operators", assumed_by=iam.AccountRootPrincipal())
    role.grant_start_automation(operators, RESTART)
    for construct_id, name in (("Other", "Other"), ("Longer", f"{ADMINISTRATION}-2"), ("Shorter", ADMINISTRATION[:-1])):
        iam.Role(made, construct_id, role_name=name, assumed_by=iam.AccountRootPrincipal(), inline_policies=anything())
    iam.User(made, "User", user_name=ADMINISTRATION).attach_inline_policy(iam.Policy(made, "Everything", document=anything()["All"]))
    return place.asked(made, CENTRAL, its_organization)


def target(account: str, *, organization: bool, place: Place = AWS) -> Authorization:
    """A target account: the execution role, and a role beside it that may do everything."""
    made = stack(account, place.region)
    AutomationExecutionRole(
        made,
        "Execution",
        administration_account=CENTRAL,
        organization_id=ORGANIZATION if organization else None,
        runbooks=[RESTART],
    )
    iam.Role(made, "Local", role_name="Local", assumed_by=iam.AccountRootPrincipal(), inline_policies=anything())
    return place.asked(made, account, ORGANIZATION)


def intruder(
    name: str = ADMINISTRATION,
    *,
    account: str = OUTSIDER,
    organization: str = OTHER_ORGANIZATION,
    path: str | None = None,
    place: Place = AWS,
) -> Any:  # fmt: skip
    """A role of a chosen name and path that may assume everything, in an account of a chosen organization."""
    made = stack(account, place.region)
    iam.Role(
        made, "Intruder", role_name=name, path=path, assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"), inline_policies=anything()
    )  # fmt: skip
    return place.asked(made, account, organization).principal("Intruder")


def execution(account: str, of: str = "automation-execution/1234", *, recorded: str | None = None, place: Place = AWS) -> dict[str, Any]:
    """What Systems Manager says when it assumes a role for an automation of an account, recorded there or elsewhere."""
    arn = f"arn:{place.partition}:ssm:{place.region}:{recorded or account}:{of}"
    return {"aws:SourceAccount": account, "aws:SourceArn": arn}
