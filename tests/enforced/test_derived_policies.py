"""Runbooks really run, on an AWS that enforces IAM, as a role that has the policy derived from them and nothing else.

Each passes, each of its steps runs, and what it is for is there afterwards, as the account's root reads it back. Without any one of the
policy's actions it is refused, at the step of which `explain` says that it needs the action.

What this does not show, for the emulator does not enforce it:

- `iam:PassRole`: handing on a role is never refused. The calls that were made are put to `automation_role.testing` instead.
- Resources and conditions of the actions in `SEEN_OTHERWISE`: there, the emulator asks IAM about another resource than AWS does, or
  leaves out a condition key. These actions are given on `*` without conditions, so that only the action is enforced; what AWS would ask
  about the calls that were made is put to `automation_role.testing`.
- Actions that one call needs besides its own (`Case.unasked`: tags put by the call that makes a thing): also put to it.
- The further resources of a call with several (the image and the interfaces of RunInstances, the snapshot of CreateSnapshot): the
  emulator asks about one of them.
- What other services do for the caller: what a stack makes.
- Starting and watching an automation: the emulator has no Automation. It refuses these calls when they are not allowed and else says
  that it does not know them; the other runbook's steps are run by the executor.
- Nothing is said here of steps and branches that did not run; of these, the catalog of actions is the only witness.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from automation_role import Runbook
from automation_role.check.report import Certainty
from automation_role.derive.derivation import Derivation, derive
from automation_role.explain.model import explain
from automation_role.testing import Authorization
from automation_role.values.place import Place
from automation_role.why.candidates import action_of

from .cases import CASES, Case
from .conftest import ACCOUNT, REGION, Emulator
from .executor import Run, run
from .explained import of_execution, of_message
from .questions import Question, questions

RUNBOOKS = Path(__file__).parent / "runbooks"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/automation"
PLACE = Place(partition="aws", account=ACCOUNT, regions=(REGION,), role_arn=ROLE)

# Actions for which the emulator asks IAM about another resource than AWS does, or without a condition key: about what it asks.
SEEN_OTHERWISE = {
    "cloudwatch:DeleteAlarms": "*",
    "cloudwatch:DisableAlarmActions": "*",
    "ec2:CreateTags": "*",
    "ec2:DeleteSnapshot": "a snapshot with an account in its ARN",
    "ec2:DeregisterImage": "an image with an account in its ARN",
    "ecr:DescribeRepositories": "*",
    "iam:AttachRolePolicy": "the role without iam:PolicyARN",
    "lambda:CreateFunction": "*",
    "ssm:GetAutomationExecution": "*",
    "ssm:StartAutomationExecution": "*",
}
NEVER_ENFORCED = {"iam:PassRole"}

Policy = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case, ready to run.

    Attributes:
        parameters: what it is started with.
        derivation: of its runbooks, with these parameters.
    """

    case: Case
    parameters: dict[str, Any]
    derivation: Derivation

    @property
    def policy(self) -> Policy:
        return self.derivation.policy().to_json(PLACE)

    def needing(self, action: str) -> set[tuple[str, str]]:
        """The (runbook, step) of which `explain` says that they need an action."""
        explained = explain(self.derivation, PLACE).runbooks
        return {
            (one.runbook.name, step.step.name)
            for one in explained
            for step in one.all_steps()
            if action in {need.action for need in step.needs}
        }


def read(case: Case, parameters: Mapping[str, Any]) -> list[Runbook]:
    """The case's runbooks, the parameters bound that name resources."""
    return [
        Runbook.from_file(path, parameters={name: each for name, each in parameters.items() if name in declared(path)})
        for path in (RUNBOOKS / f"{name}.yaml" for name in (case.runbook, *case.starts))
    ]


def declared(path: Path) -> set[str]:
    return set(Runbook.from_file(path).parameters)


def prepare(emulator: Emulator, case: Case) -> Prepared:
    emulator.reset()
    parameters = case.before(emulator)
    return Prepared(case, parameters, derive(read(case, parameters), role_known=True))


def start(emulator: Emulator, prepared: Prepared, policy: Policy) -> Run:
    """Run it as a role that has this policy, by what the emulator says that it has."""
    keys = emulator.role("automation", [policy])
    iam = emulator.client("iam")
    held = [
        iam.get_role_policy(RoleName="automation", PolicyName=name) for name in iam.list_role_policies(RoleName="automation")["PolicyNames"]
    ]
    assert [each["PolicyDocument"] for each in held] == [policy]
    assert iam.list_attached_role_policies(RoleName="automation")["AttachedPolicies"] == []
    runbooks = {runbook.name: runbook.text for runbook in prepared.derivation.runbooks}
    own = {"AutomationAssumeRole": ROLE} if "AutomationAssumeRole" in prepared.derivation.runbooks[0].parameters else {}
    return run(emulator, keys, runbooks, prepared.case.runbook, prepared.parameters | own)


# -- policies ----------------------------------------------------------------------------------------------------------------------


def actions(policy: Policy) -> list[str]:
    return sorted({action for statement in policy["Statement"] for action in statement["Action"]})


def without(policy: Policy, dropped: str) -> Policy:
    left = [{**statement, "Action": [each for each in statement["Action"] if each != dropped]} for statement in policy["Statement"]]
    return {**policy, "Statement": [statement for statement in left if statement["Action"]]}


def as_seen(policy: Policy, otherwise: Collection[str] = SEEN_OTHERWISE.keys()) -> Policy:
    """The policy with the actions that the emulator sees otherwise on `*`; the others as they are."""
    statements = []
    for statement in policy["Statement"]:
        kept = [action for action in statement["Action"] if action not in otherwise]
        widened = [action for action in statement["Action"] if action in otherwise]
        statements += [{**statement, "Action": kept}] if kept else []
        statements += [{"Sid": f"{statement['Sid']}Widened", "Effect": "Allow", "Action": widened, "Resource": "*"}] if widened else []
    return {**policy, "Statement": statements}


def authorization(policy: Policy) -> Authorization:
    """A role with this policy, to be asked instead of the emulator."""
    properties = {
        "RoleName": "automation",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "Policies": [{"PolicyName": "Derived", "PolicyDocument": policy}],
    }
    return Authorization({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}}, account=ACCOUNT, region=REGION)


# -- tests -------------------------------------------------------------------------------------------------------------------------

of_each = pytest.mark.parametrize("case", CASES, ids=[case.runbook for case in CASES])

_PASSED: dict[str, tuple[Prepared, Run]] = {}


def passed(emulator: Emulator, case: Case) -> tuple[Prepared, Run]:
    """The run with the whole policy: once for all tests."""
    if case.runbook not in _PASSED:
        prepared = prepare(emulator, case)
        _PASSED[case.runbook] = prepared, start(emulator, prepared, as_seen(prepared.policy))
    return _PASSED[case.runbook]


@of_each
def test_runs_with_the_derived_policy_and_does_what_it_is_for(emulator, case):
    prepared = prepare(emulator, case)
    happened = start(emulator, prepared, as_seen(prepared.policy))
    assert (happened.refusal, happened.status, happened.reason) == (None, "Success", "")
    assert [step for _, step in happened.steps] == case.steps.split()
    case.after(emulator, prepared.parameters)
    _PASSED[case.runbook] = prepared, happened


@of_each
def test_without_any_one_action_it_is_refused_where_explain_says_and_why_names_the_step_and_the_action(emulator, case, tmp_path):
    whole, run_whole = passed(emulator, case)
    needed = actions(whole.policy)
    assert [said for said in (*case.idle, *case.unasked) if not any(fnmatchcase(action, said) for action in needed)] == []
    for action in needed:
        prepared = prepare(emulator, case)
        policy = without(prepared.policy, action)
        happened = start(emulator, prepared, as_seen(policy))
        refusal = happened.refusal
        if is_idle(case, action):
            assert (refusal, happened.status) == (None, "Success"), f"{action} is not idle"
        elif action in (*NEVER_ENFORCED, *case.unasked):
            assert (refusal, happened.status) == (None, "Success"), f"{action} is enforced: {refusal}"
            asked = [question for question in questions(happened.calls) if question.action == action]
            assert asked, f"no call is known that needs {action}"
            assert not any(may(policy, question) for question in asked)
        else:
            assert refusal is not None, f"nobody missed {action}"
            named = next(step for step in run_whole.steps if step in prepared.needing(action))
            assert (refusal.refused, (refusal.runbook, refusal.step)) == (action, named)
            path = tmp_path / "policy.json"
            path.write_text(json.dumps(as_seen(policy)))
            explained(prepared, happened, action, path)


def explained(prepared: Prepared, happened: Run, action: str, policy: Path) -> None:
    """What `automation-role why` says of a refused run: from the message, and for certain from the execution with the role's policy."""
    assert happened.refusal is not None
    where = happened.refusal.runbook, happened.refusal.step
    told = of_message(happened, prepared.derivation, PLACE)
    assert action_of(told.failure) == action
    assert where in {(one.runbook.name, one.step.name) for one in told.at}
    sure = of_execution(happened, prepared.case.runbook, prepared.parameters, prepared.derivation.runbooks, PLACE, policy)
    assert (action_of(sure.failure), [(one.runbook.name, one.step.name) for one in sure.at]) == (action, [where])
    assert (sure.certain, sure.cause.id) == (True, "roleLacks")
    assert action in {each for one in sure.fix.statements for each in one["Action"]}
    # Nothing else was taken away, so nothing else fails.
    assert [one for one in sure.later if one.certainty is Certainty.FAILS and one.action != action] == []


@of_each
def test_what_the_emulator_does_not_judge_our_own_judge_allows_and_on_another_resource_refuses(emulator, case):
    prepared, happened = passed(emulator, case)
    policy, asked = prepared.policy, questions(happened.calls)
    assert [question for question in asked if not may(policy, question)] == []
    unjudged = {*NEVER_ENFORCED, *SEEN_OTHERWISE, *case.unasked}
    assert {action for action in actions(policy) if action in unjudged and not is_idle(case, action)} <= {each.action for each in asked}
    others = [
        *(replace(question, resource=f"{question.resource}x") for question in asked if names(prepared, question.resource)),
        *(replace(question, context={key: f"{value}x"}) for question in asked for key, value in question.context.items()),
    ]
    assert [question for question in others if may(policy, question)] == []


@pytest.mark.parametrize("case", [case for case in CASES if case.names], ids=[case.runbook for case in CASES if case.names])
def test_narrowed_to_another_name_it_is_refused_at_the_first_step_that_needs_the_resource(emulator, case):
    _, run_whole = passed(emulator, case)
    for name in case.names:
        prepared = prepare(emulator, case)
        other = Prepared(
            case, prepared.parameters, derive(read(case, prepared.parameters | {name: renamed(prepared.parameters[name])}), role_known=True)
        )
        named = next((step for step in run_whole.steps if narrowed(prepared, *step) != narrowed(other, *step)), None)
        assert named is not None, f"{name} narrows nothing"
        refusal = start(emulator, other, as_seen(other.policy)).refusal
        assert refusal is not None, f"{name} is another one, and nobody minds"
        assert (refusal.runbook, refusal.step) == named
        assert refusal.refused in narrowed(prepared, *named)


def test_no_more_is_widened_for_the_emulator_than_it_takes(emulator):
    """Each of the actions is refused when it has the resources that were derived."""
    left = set(SEEN_OTHERWISE)
    for case in CASES:
        for action in left & set(actions(prepare(emulator, case).policy)):
            prepared = prepare(emulator, case)
            others = [each for each in SEEN_OTHERWISE if each != action]
            refusal = start(emulator, prepared, as_seen(prepared.policy, others)).refusal
            assert refusal is not None, action
            assert refusal.refused == action
            left.remove(action)
    assert left == set()


def is_idle(case: Case, action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in case.idle)


def may(policy: Policy, question: Question) -> bool:
    return bool(authorization(policy).role("automation").may(question.action, resource=question.resource, context=question.context))


def names(prepared: Prepared, resource: str) -> bool:
    """Whether a resource is known before the run: by a parameter, or as this role."""
    given = [each for value in prepared.parameters.values() for each in (value if isinstance(value, list) else [value])]
    return any(resource == each or resource.endswith((f"/{each}", f":{each}")) for each in (*given, ROLE))


def renamed(value: Any) -> Any:
    return [renamed(each) for each in value] if isinstance(value, list) else f"{value}x"


def narrowed(prepared: Prepared, runbook: str, step: str) -> dict[str, set[str]]:
    """What a step needs on which resources, as far as the emulator looks at them."""
    needs = {
        (one.runbook.name, each.step.name): each.needs for one in explain(prepared.derivation, PLACE).runbooks for each in one.all_steps()
    }
    return {
        need.action: {resource.text for resource in need.resources}
        for need in needs[runbook, step]
        if need.action not in NEVER_ENFORCED | SEEN_OTHERWISE.keys()
    }
