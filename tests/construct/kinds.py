"""Everything that users call, with arguments that are right, and values of every wrong kind."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

import automation_role
from automation_role import AutomationRole, AutomationRunbook, JustInTimeNodeAccess, Runbook, Targets, testing
from automation_role.testing import Authorization

ID = "It"
TEXT = (
    "schemaVersion: '0.3'\nassumeRole: '{{ AutomationAssumeRole }}'\n"
    "parameters:\n  AutomationAssumeRole: {type: String, default: ''}\n  Name: {type: String, default: x}\n"
    "mainSteps:\n  - {name: wait, action: 'aws:sleep', inputs: {Duration: PT1S}}\n"
)
TEMPLATE = {
    "Resources": {
        "Who": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}]
                }
            },
        }
    }
}


@dataclass(frozen=True, slots=True)
class Called:
    """Something that users call, and its arguments when all is well; `*arguments` are a tuple."""

    name: str
    call: Callable[..., Any]
    right: Mapping[str, Any]

    def parameters(self) -> list[inspect.Parameter]:
        function = getattr(self.call, "__init__") if isinstance(self.call, type) else self.call  # noqa: B009  (jsii hides a class's own arguments)
        return [each for each in inspect.signature(function).parameters.values() if each.name != "self"]

    def __call__(self, name: str, value: object) -> None:
        """Call it with another value for one parameter."""
        several: list[Any] = []
        positional: list[Any] = []
        named: dict[str, Any] = {}
        given = {**self.right, name: value}
        for each in self.parameters():
            if each.name not in given:
                continue
            if each.kind is each.VAR_POSITIONAL:
                several = [given[each.name]] if each.name == name else list(given[each.name])
            elif each.kind is each.KEYWORD_ONLY:
                named[each.name] = given[each.name]
            else:
                positional.append(given[each.name])
        self.call(*positional, *several, **named)


class World:
    """A stack in which things are created, and another with constructs of every kind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        app = cdk.App(analytics_reporting=False, outdir=str(folder / "out"))
        self.stack = cdk.Stack(app, "Stack", synthesizer=cdk.BootstraplessSynthesizer())
        self.there = there = cdk.Stack(app, "There", synthesizer=cdk.BootstraplessSynthesizer())
        (folder / "runbooks").mkdir()
        (folder / "runbooks" / "Wait.yaml").write_text(TEXT)
        small = cdk.App(outdir=str(folder / "small"))
        iam.User(cdk.Stack(small, "Small", synthesizer=cdk.BootstraplessSynthesizer()), "Who")
        small.synth()
        self.small = small
        self.runbook = Runbook.from_text(TEXT, name="Wait")
        self.user = iam.User(there, "User")
        self.made = iam.Role(there, "Made", assumed_by=iam.ServicePrincipal("ssm.amazonaws.com"))
        self.role = AutomationRole(there, "Role", runbooks=[self.runbook])
        self.imported = AutomationRole.from_role_arn(there, "Imported", "arn:aws:iam::111122223333:role/R")
        self.deployed = AutomationRunbook(there, "Deployed", self.runbook)
        self.function = lambda_.Function.from_function_name(there, "Function", "f")
        self.rule = config.ManagedRule.from_config_rule_name(there, "Rule", "r")
        self.wrong = dict(self._wrong())

    def is_clean(self, called: Called) -> bool:
        """Whether nothing was left where it would have been created; what is there is removed."""
        if "construct_id" not in called.right:
            return True
        return not (self.stack if "scope" in called.right else self.deployed).node.try_remove_child(ID)

    def _wrong(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        there = self.there
        bucket = s3.Bucket(there, "Bucket")
        words = cdk.CfnParameter(there, "Words", type="CommaDelimitedList")
        constant: dict[str, Any] = {
            "None": None,
            "True": True,
            "a number": 10**30,
            "a fraction": 1.5,
            "empty text": "",
            "bytes": b"x",
            "a path": Path("x"),
            "a constant": Color.RED,
            "an empty dict": {},
            "a dict of numbers": {1: 2},
            "a dict of None": {"a": None},
            "an empty list": [],
            "a list of None": [None],
            "a list of lists": [["a"]],
            "a list of constructs": [bucket],
            "a set": {"a"},
            "a class": iam.Role,
            "a bucket": bucket,
            "a stack": there,
            "a role": self.made,
            "an AutomationRole": self.role,
            "a runbook": self.runbook,
            "a document": self.deployed,
            "a list token": words.value_as_list,
            "a parameter": words,
        }
        yield from ((name, lambda value=value: value) for name, value in constant.items())
        yield "a generator", lambda: (each for each in "ab")
        yield "an object", object
        yield "a duration", lambda: cdk.Duration.hours(2)
        yield "a policy", iam.PolicyDocument
        yield "an unresolved value", lambda: cdk.Fn.get_att("A", "B")

    def called(self) -> Iterator[Called]:
        """Everything, with arguments that are right."""
        auth = Authorization(TEMPLATE)
        places: dict[str, dict[str, Any]] = {
            "AutomationRole": {},
            "AutomationRunbook": {"runbook": self.runbook},
            "AutomationAdministrationRole": {"target_accounts": ["111122223333"]},
            "AutomationExecutionRole": {"administration_account": "111122223333"},
            "AutomationExecutionRoleStackSet": {"accounts": ["111122223333"]},
            "StackSetExecutionRole": {"administration_account": "111122223333"},
            "AutomationRemediation": {"rule": self.rule, "runbook": "Restart", "role": self.role},
            "AutomationAssociation": {"runbook": "Restart", "role": self.role},
            "AutomationMaintenanceWindowTask": {"window": "mw-0123456789abcdef0", "runbook": "Restart", "role": self.role},
            "AutomationStartTask": {"runbook": "Restart", "role": self.role},
        }
        for name, right in places.items():
            yield Called(name, getattr(automation_role, name), {"scope": self.stack, "construct_id": ID, **right})
        values: dict[str, dict[str, Any]] = {
            "AutomationTarget": {"runbook": "Restart", "role": self.role},
            "AutomationScheduleTarget": {"runbook": "Restart", "role": self.role},
            "AutomationPolicyValidation": {},
            "TargetLocation": {"regions": ["eu-central-1"], "accounts": ["111122223333"]},
            "Targets": {"key": "tag:a", "values": ("b",)},
        }
        for name, right in values.items():
            yield Called(name, getattr(automation_role, name), right)
        here = {"scope": self.stack, "construct_id": ID}
        arn = "arn:aws:ssm:eu-central-1:111122223333:document/Restart"
        methods: dict[str, tuple[object, dict[str, dict[str, Any]]]] = {
            "AutomationRole": (
                self.role,
                {
                    "from_role": {**here, "role": self.made},
                    "from_role_arn": {**here, "arn": "arn:aws:iam::111122223333:role/R"},
                    "add_runbook": {"runbook": self.runbook},
                    "allow_pass_role": {"role": self.made, "services": ("ec2.amazonaws.com",)},
                    "allow_invoke": {"function": self.function},
                    "grant_pass_role": {"grantee": self.user},
                    "grant_start_automation": {"grantee": self.user, "runbooks": ("Restart",)},
                    "grant_view": {"grantee": self.user},
                    "grant_stop": {"grantee": self.user},
                    "grant_approve": {"grantee": self.user},
                    "grant_operate": {"grantee": self.user},
                    "grant_full_access": {"identity": self.user},
                },
            ),
            "AutomationRunbook": (
                self.deployed,
                {
                    "from_document_name": {**here, "document_name": "Restart"},
                    "from_document_arn": {**here, "document_arn": arn},
                    "on_execution": {"construct_id": ID},
                    "on_execution_failed": {"construct_id": ID},
                },
            ),
            "Runbook": (
                self.runbook,
                {
                    "from_file": {"path": self.folder / "runbooks" / "Wait.yaml"},
                    "from_directory": {"path": self.folder / "runbooks"},
                    "from_text": {"text": TEXT, "name": "Wait"},
                    "from_mapping": {"document": MAPPING, "name": "Wait"},
                    "aws": {"name": "AWS-RestartEC2Instance"},
                    "given": {},
                },
            ),
            "Targets": (
                Targets,
                {
                    "tag": {"name": "a", "values": ("b",)},
                    "resource_group": {"name": "a"},
                    "parameter_values": {"values": ("a",)},
                    "instances": {"instance_ids": ("i-0",)},
                    "window_targets": {"window_target_ids": ("w",)},
                    "cloud_connector": {"connector_id": "11111111-2222-3333-4444-555555555555"},
                },
            ),
            "JustInTimeNodeAccess": (
                JustInTimeNodeAccess,
                {"grant_request": {"grantee": self.made}, "grant_approve": {"grantee": self.user}},
            ),
            "Authorization": (
                auth,
                {
                    "of_assembly": {"folder": self.folder / "small"},
                    "of_app": {"app": self.small},
                    "principal": {"name": "Who"},
                    "role": {"name": "Who"},
                    "name_of": {"resource": "Who"},
                    "arn_of": {"resource": "Who"},
                },
            ),
            "Role": (
                auth.role("Who"),
                {
                    "may": {"action": "ssm:StartAutomationExecution"},
                    "may_pass": {"role": "Who"},
                    "may_start": {"runbook": "Restart"},
                    "may_run": {"runbooks": (self.runbook,)},
                    "may_be_assumed_by": {"caller": "ssm.amazonaws.com"},
                },
            ),
        }
        for kind, (owner, rights) in methods.items():
            for name, right in rights.items():
                yield Called(f"{kind}.{name}", getattr(owner, name), right)
        yield Called("Authorization", Authorization, {"template": TEMPLATE})


class Color(enum.Enum):
    """Somebody's constants."""

    RED = "red"


MAPPING = {"schemaVersion": "0.3", "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}

# Called by CDK, by this package, or without arguments of their own.
_NOT_BY_USERS = {"bind", "validate", "check_start", "check_region", "let_start", "to_json", "from_document", "all_steps", "roles"}


def public() -> Iterator[str]:
    """The names of everything that users call, from the package itself."""
    homes = [(each, getattr(automation_role, each)) for each in automation_role.__all__]
    homes += [(each, getattr(testing, each)) for each in ("Authorization", "Role")]
    for name, kind in homes:
        if not isinstance(kind, type) or issubclass(kind, enum.Enum) or hasattr(kind, "__total__") or getattr(kind, "_is_protocol", False):
            continue
        # Users get a `Runbook` and a `Role` from methods, and a class without arguments is a name for its methods.
        if name not in {"Runbook", "Role"} and kind.__init__ is not object.__init__:
            yield name
        inherited = (AutomationRole,) if issubclass(kind, Construct) and kind is not AutomationRole else ()
        for method in sorted({each for base in kind.__mro__ if base.__module__.startswith("automation_role") for each in vars(base)}):
            member = inspect.getattr_static(kind, method)
            if method.startswith("_") or method in _NOT_BY_USERS or isinstance(member, property) or not callable(getattr(kind, method)):
                continue
            if not any(hasattr(base, method) for base in inherited):
                yield f"{name}.{method}"
