"""Synthesize a stack and read what came out, with CloudFormation's intrinsics written as a person writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk

ROLE = "AWS::IAM::Role"
POLICY = "AWS::IAM::Policy"
MANAGED = "AWS::IAM::ManagedPolicy"


def new_app(folder: Path, context: Mapping[str, Any] = {}) -> cdk.App:
    return cdk.App(analytics_reporting=False, outdir=str(folder / "cdk.out"), context=context)


def new_stack(folder: Path, *, account: str | None = None, region: str | None = None, context: Mapping[str, Any] = {}) -> cdk.Stack:
    """A stack in an app of its own."""
    environment = cdk.Environment(account=account, region=region) if account or region else None
    return cdk.Stack(new_app(folder, context), "Stack", env=environment, synthesizer=cdk.BootstraplessSynthesizer())


class Template:
    """A synthesized template."""

    def __init__(self, stack: cdk.Stack) -> None:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        assembly = app.synth(force=True)
        artifact = assembly.get_stack_artifact(stack.artifact_id)
        self.json: dict[str, Any] = json.loads(Path(artifact.template_full_path).read_text())
        self.messages = [(message.level.name.lower(), message.id, str(message.entry.data)) for message in artifact.messages]
        self.directory = Path(assembly.directory)

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical ID -> properties, intrinsics written plainly, logical IDs without their hash."""
        return {
            unhashed(logical_id): plain(resource.get("Properties", {}))
            for logical_id, resource in self.json.get("Resources", {}).items()
            if resource["Type"] == kind
        }

    def the(self, kind: str) -> dict[str, Any]:
        """The properties of the only resource of its kind."""
        (properties,) = self.resources(kind).values()
        return properties

    def role(self, name: str = "Role") -> dict[str, Any]:
        """The properties of a role."""
        return self.resources(ROLE)[name]

    def statements(self, holder: str = "Role") -> list[dict[str, Any]]:
        """Every statement in policies attached to the role, user or group of this logical ID, or name."""
        found = []
        for kind in (POLICY, MANAGED):
            for properties in self.resources(kind).values():
                held_by = [name for key in ("Roles", "Users", "Groups") for name in properties.get(key, [])]
                if {holder, "${" + holder + "}"} & set(held_by):
                    found += properties["PolicyDocument"]["Statement"]
        return found

    def actions(self, holder: str = "Role") -> set[str]:
        return {action for statement in self.statements(holder) for action in listed(statement["Action"])}

    def told(self, level: str = "warning") -> list[tuple[str, str]]:
        """(construct path, text) of each warning, or error."""
        return [(path, text) for at, path, text in self.messages if at == level]


def unhashed(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain(value: Any) -> Any:
    """`Ref`, `Fn::GetAtt` and `Fn::Join` as text: `${Role.Arn}`, `arn:${AWS::Partition}:ssm:…`."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return "${" + unhashed(value["Ref"]) + "}"
        if set(value) == {"Fn::GetAtt"}:
            logical_id, attribute = value["Fn::GetAtt"]
            return "${" + unhashed(logical_id) + "." + attribute + "}"
        if set(value) == {"Fn::Join"}:
            separator, parts = value["Fn::Join"]
            return separator.join(plain(parts)) if isinstance(parts, list) else value
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value
