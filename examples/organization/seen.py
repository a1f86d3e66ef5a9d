#!/usr/bin/env python3
"""What the administrator of a target account sees of the roll-out: read from the synthesized stack set, after `cdk synth`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VALUES = {"AWS::Partition": "aws", "AWS::AccountId": "222222222222", "AdministrationAccount": "111111111111"}


def main() -> None:
    outer = json.loads(Path("cdk.out/AutomationRollOut.template.json").read_text())
    (roll_out,) = (r["Properties"] for r in outer["Resources"].values() if r["Type"] == "AWS::CloudFormation::StackSet")
    resources = filled(json.loads(roll_out["TemplateBody"]))["Resources"].values()
    print(f"stack StackSet-{roll_out['StackSetName']}-...")
    for resource in resources:
        properties = resource["Properties"]
        match resource["Type"]:
            case "AWS::IAM::Role":
                print(f"role {properties['RoleName']}, which may be assumed by")
                for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
                    ((_, who),) = statement["Principal"].items()
                    print(f"  {who}")
                    for keys in statement["Condition"].values():
                        for key, value in keys.items():
                            print(f"    if {key} is {value}")
            case "AWS::IAM::Policy":
                print("policy of the role, which may")
                for statement in properties["PolicyDocument"]["Statement"]:
                    print(f"  {', '.join(listed(statement['Action']))}")
                    for resource_arn in listed(statement["Resource"]):
                        print(f"    on {resource_arn}")
            case "AWS::SSM::Document":
                print(f"runbook {properties['Name']}")


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def filled(value: Any) -> Any:
    """A template with what CloudFormation fills in, in the account 222222222222."""
    match value:
        case {"Ref": str(name)}:
            return VALUES.get(name, name)
        case {"Fn::GetAtt": [str(_), "Arn"]}:
            return f"arn:aws:iam::{VALUES['AWS::AccountId']}:role/AWS-SystemsManager-AutomationExecutionRole"
        case {"Fn::Join": [str(between), list(pieces)]}:
            return between.join(filled(piece) for piece in pieces)
        case dict():
            return {key: filled(inner) for key, inner in value.items()}
        case list():
            return [filled(inner) for inner in value]
    return value


if __name__ == "__main__":
    main()
