"""What an AWS account has, read from its APIs, and what it lacks of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.policy_sentences import allows, as_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A role or user as IAM has it.

    Attributes:
        kind: `role` or `user`.
        policies: name to document: inline policies, and attached ones by their ARN.
        trust: who may assume it; `None` for a user.
        details: the fields of `GetRole` or `GetUser`.
    """

    kind: str
    name: str
    arn: str
    policies: Mapping[str, Any]
    trust: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def may(self, action: str, resource: str, context: Mapping[str, str] | None = None) -> bool:
        """Whether its own policies allow an action."""
        return allows(self.policies.values(), action, resource, context)

    def may_start(self, document_arn: str) -> bool:
        """Whether it may start a runbook: the document, its definition and the execution must all be allowed."""
        prefix, _, name = document_arn.partition(":document/")
        asked = (
            document_arn,
            f"{prefix}:automation-definition/{name}:1",
            f"{prefix}:automation-execution/00000000-0000-0000-0000-000000000000",
        )
        return all(self.may("ssm:StartAutomationExecution", arn) for arn in asked)

    def may_pass(self, role_arn: str, service: str) -> bool:
        """Whether it may pass a role to a service."""
        return self.may("iam:PassRole", role_arn, {"iam:PassedToService": service})


def roles(iam: Any) -> list[Identity]:
    """Every role of the account."""
    return [_role(iam, role["RoleName"]) for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]


def users(iam: Any) -> list[Identity]:
    """Every user of the account."""
    return [_user(iam, user["UserName"]) for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]


def _role(iam: Any, name: str) -> Identity:
    role = iam.get_role(RoleName=name)["Role"]
    inline = {
        p: iam.get_role_policy(RoleName=name, PolicyName=p)["PolicyDocument"] for p in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return Identity(
        kind="role",
        name=name,
        arn=role["Arn"],
        policies=inline | _attached(iam, attached),
        trust=role["AssumeRolePolicyDocument"],
        details=role,
    )


def _user(iam: Any, name: str) -> Identity:
    user = iam.get_user(UserName=name)["User"]
    inline = {
        p: iam.get_user_policy(UserName=name, PolicyName=p)["PolicyDocument"] for p in iam.list_user_policies(UserName=name)["PolicyNames"]
    }
    attached = iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
    return Identity(kind="user", name=name, arn=user["Arn"], policies=inline | _attached(iam, attached), details=user)


def _attached(iam: Any, policies: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    found = {}
    for policy in policies:
        version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
        found[policy["PolicyArn"]] = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
    return found


# --- what a template asks for, and whether it is there -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A template that was deployed, and its resources' names in the account.

    Attributes:
        template: as synthesized.
        names: logical ID to physical ID, as CloudFormation reports it.
        pseudo: pseudo parameter to value.
    """

    template: Mapping[str, Any]
    names: Mapping[str, str]
    pseudo: Mapping[str, str]

    def value(self, expression: Any) -> Any:
        """A property's value in this account; `Fn::GetAtt` is left as it is."""
        match expression:
            case {"Ref": name}:
                return self.pseudo.get(name) or self.names.get(name, name)
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.value(part)) for part in parts)
            case dict():
                return {key: self.value(inner) for key, inner in expression.items()}
            case list():
                return [self.value(inner) for inner in expression]
        return expression


def missing(deployed: Deployed, iam: Any, ssm: Any) -> list[str]:
    """What is in the template and not in the account, a line each; also a line for what is not compared.

    Compares whether each resource exists, which policies each role and user has, and which managed policies are attached to them.
    """
    found = {("role", r.name): r for r in roles(iam)} | {("user", u.name): u for u in users(iam)}
    lines = []
    for logical_id, resource in deployed.template["Resources"].items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        name = deployed.names.get(logical_id)
        if name is None:
            lines.append(f"{logical_id} ({kind}) was not created")
        elif kind in {"AWS::IAM::Role", "AWS::IAM::User"}:
            lines += _missing_identity(found.get((kind.rpartition("::")[2].lower(), name)), logical_id, deployed.value(properties))
        elif kind in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
            lines += _missing_policy(found, name, logical_id, deployed.value(properties))
        elif kind == "AWS::SSM::Document":
            names = {document["Name"] for document in ssm.list_documents()["DocumentIdentifiers"]}
            lines += [] if name in names else [f"the document {name} was not created"]
        elif kind == "AWS::IAM::InstanceProfile":
            held = {role["RoleName"] for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]}
            lines += [
                f"the instance profile {name} does not hold {role}" for role in deployed.value(properties["Roles"]) if role not in held
            ]
        else:
            lines.append(f"{logical_id} ({kind}) was not compared")
    return lines


def _missing_identity(identity: Identity | None, logical_id: str, properties: Mapping[str, Any]) -> list[str]:
    if identity is None:
        return [f"{logical_id} was not created"]
    wanted = [*properties.get("ManagedPolicyArns", ()), *(policy["PolicyName"] for policy in properties.get("Policies", ()))]
    return [f"the {identity.kind} {identity.name} does not have {policy}" for policy in wanted if policy not in identity.policies]


def _missing_policy(found: Mapping[tuple[str, str], Identity], name: str, logical_id: str, properties: Mapping[str, Any]) -> list[str]:
    held_as = [properties.get("PolicyName", name), name]
    lines = [f"{logical_id}: groups were not compared: {', '.join(properties['Groups'])}"] if properties.get("Groups") else []
    for kind, holders in (("role", properties.get("Roles", ())), ("user", properties.get("Users", ()))):
        for holder in holders:
            identity = found.get((kind, holder))
            document = next((identity.policies[held] for held in held_as if held in identity.policies), None) if identity else None
            if document is None:
                lines.append(f"the {kind} {holder} does not have the policy of {logical_id}")
            elif len(as_list(document["Statement"])) != len(as_list(properties["PolicyDocument"]["Statement"])):
                lines.append(f"the {kind} {holder} has another policy than that of {logical_id}")
    return lines
