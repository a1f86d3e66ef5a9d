"""What a check found: values, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..runbook.model import Runbook
from ..values.calls import Origin
from ..values.place import Place


class Certainty(StrEnum):
    """How sure it is that a call fails."""

    FAILS = "fails"
    """The role does not allow it, whatever happens."""
    PARTLY = "partly"
    """The role allows it on some resources, or under conditions: the automation's inputs decide whether these are met."""
    UNDECIDED = "undecided"
    """It depends on something unknown here: a managed policy, a value that only a deployment has."""


# id -> what it means, as documentation and `--help` print it. The ids are a contract: people accept risks by them.
RISKS: Final[Mapping[str, str]] = {
    "passRoleAnyRole": "it can pass every role of the account, whatever those roles allow",
    "passRoleAnyService": "it can pass a role to any service: `iam:PassRole` without the condition `iam:PassedToService`",
    "selfWidening": "it can change its own policies, permissions boundary or trust policy, and so grant itself any permission",
    "trustAnyone": "its trust policy lets anyone assume it",
    "trustWithoutSource": "its trust policy trusts a service on behalf of any account (the confused-deputy problem)",
    "trustNotAutomation": "its trust policy does not trust `ssm.amazonaws.com`, so no automation can run as it",
    "unknownAction": "an action in its policies does not exist, so the statement does not do what it says",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A permission that the runbooks need and the role may not have.

    Attributes:
        certainty: whether the call fails.
        action: the IAM action.
        resources: the ARNs; with `*` in one, every such resource.
        conditions: the request's condition keys, as (key, value).
        origins: the steps that make the call, with their lines.
        reason: why it is not allowed, in words.
        policy: name of the policy that decided; `None` when none did (nothing allows it).
        statement: `Sid` of the statement that decided, `statement 2` when it has none.
    """

    certainty: Certainty
    action: str
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    origins: tuple[Origin, ...]
    reason: str
    policy: str | None
    statement: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Actions that one entry of a statement allows and the runbooks never need.

    Attributes:
        policy: the policy's name.
        statement: its `Sid`, `statement 2` when it has none.
        pattern: the entry as written: `ec2:CreateImage`, `ssm:*`; `NotAction …` for a statement that allows all others.
        actions: those that are never needed, or never on the statement's resources.
        used: those that are needed.
        elsewhere: of `actions`, those that are needed, but on other resources.
        needed_when: what decides whether they are needed, where no runbook shows it; empty: they are not.
    """

    policy: str
    statement: str
    pattern: str
    actions: tuple[str, ...]
    used: tuple[str, ...]
    elsewhere: tuple[str, ...]
    needed_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Something in the role that is dangerous, or does not do what it seems to.

    Attributes:
        id: one of `RISKS`.
        policy: the policy's name; empty when it is about several.
        statement: its `Sid`, `statement 2` when it has none; empty when it is about several.
        message: what is wrong, and what to do.
        accepted: whether the user said that it is fine.
    """

    id: str
    policy: str
    statement: str
    message: str
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Something that could not be checked, in a runbook or (without one) in the role: `blind` in the JSON, whose names are a contract.

    Attributes:
        id: a finding's, `unknownPolicy` or `unknownTrust`.
        runbook: the runbook's name; empty when it is about the role.
        step: the step's name; empty when it is about several.
        line: line in the runbook's file; 0 when it is about the role.
        message: what is unknown, and what to do.
    """

    id: str
    runbook: str = ""
    step: str = ""
    line: int = 0
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReport:
    """What was found about one role.

    Attributes:
        role: its logical ID, or what else it is called.
        source: the file it is from.
        context: where it is assumed to be: what the user said, and what its policies name.
        unjudged: what it allows, and the runbooks don't show whether it is needed.
    """

    role: str
    source: str
    context: Place
    missing: tuple[Missing, ...]
    unused: tuple[Unused, ...]
    risky: tuple[Risk, ...]
    blind: tuple[Blind, ...]
    unjudged: tuple[Unused, ...] = ()

    def fits(self, *, strict: bool = False) -> bool:
        """Whether nothing is missing or risky.

        What is allowed in part, unused or unchecked is reported, but counts only when strict: a role that names one instance does so on purpose.
        """
        lacks = any(strict or one.certainty is not Certainty.PARTLY for one in self.missing)
        risks = any(not risk.accepted for risk in self.risky)
        return not (lacks or risks or (strict and (self.unused or self.blind)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found about all the roles that were asked about."""

    runbooks: tuple[Runbook, ...]
    roles: tuple[RoleReport, ...]

    def fits(self, *, strict: bool = False) -> bool:
        """Whether all the roles fit (see `RoleReport.fits`)."""
        return all(role.fits(strict=strict) for role in self.roles)

    def to_json(self, *, strict: bool = False) -> dict[str, Any]:
        """What `check --format json` prints."""
        sources = {runbook.name: runbook.source for runbook in self.runbooks}
        return {
            "fits": self.fits(strict=strict),
            "runbooks": [{"name": runbook.name, "source": runbook.source} for runbook in self.runbooks],
            "roles": [_role(role, sources, strict=strict) for role in self.roles],
        }


def _role(report: RoleReport, sources: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    context = report.context
    return {
        "role": report.role,
        "source": report.source,
        "fits": report.fits(strict=strict),
        "partition": context.partition,
        "account": context.account,
        "regions": list(context.regions),
        "missing": [missing_to_json(one, sources) for one in report.missing],
        "unused": [
            {
                "policy": one.policy,
                "statement": one.statement,
                "pattern": one.pattern,
                "actions": list(one.actions),
                "used": list(one.used),
                "elsewhere": list(one.elsewhere),
            }
            for one in report.unused
        ],
        "unjudged": [
            {
                "policy": one.policy,
                "statement": one.statement,
                "pattern": one.pattern,
                "actions": list(one.actions),
                "neededWhen": one.needed_when,
            }
            for one in report.unjudged
        ],
        "risky": [
            {"id": one.id, "policy": one.policy, "statement": one.statement, "message": one.message, "accepted": one.accepted}
            for one in report.risky
        ],
        "blind": [
            {"id": one.id, "runbook": one.runbook, "step": one.step, "line": one.line, "message": one.message} for one in report.blind
        ],
    }


def missing_to_json(one: Missing, sources: Mapping[str, str]) -> dict[str, Any]:
    """What is missing, as the command's JSON has it; `sources`: a runbook's name -> its file."""
    return {
        "certainty": one.certainty.value,
        "action": one.action,
        "resources": list(one.resources),
        "conditions": dict(one.conditions),
        "reason": one.reason,
        "policy": one.policy,
        "statement": one.statement,
        "steps": [
            {"runbook": origin.runbook, "source": sources.get(origin.runbook, ""), "step": origin.step, "line": origin.line}
            for origin in one.origins
        ],
    }
