"""Save the AWS managed policies that roles and operators of Systems Manager Automation have, and the names of all that deny nothing.

Writes `automation_role/iam/managed_policies.json` and `managed_allow_only.txt` from the texts that moto ships (a dump of the `aws`
partition by its maintainers; each text has its version and date). Run it again after raising moto's version:

    .venv/bin/python tools/build_managed_policies.py [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

IAM = Path(__file__).parents[1] / "automation_role" / "iam"

# Names after `arn:aws:iam::aws:policy/`.
KEPT = (
    "AWSBudgetsActions_RolePolicyForResourceAdministrationWithSSM",
    "AdministratorAccess",
    "AmazonSSMAutomationApproverAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "aws-service-role/AWSConfigRemediationServiceRolePolicy",
    "aws-service-role/AWSSystemsManagerChangeManagementServicePolicy",
    "aws-service-role/AmazonSSMServiceRolePolicy",
    "job-function/ViewOnlyAccess",
    "service-role/AWSFaultInjectionSimulatorSSMAccess",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaRole",
    "service-role/AmazonSSMAutomationRole",
    "service-role/AmazonSSMMaintenanceWindowRole",
)


def build() -> dict[str, str]:
    """File name -> its text."""
    shipped = {policy["Path"].lstrip("/") + name: policy for name, policy in json.loads(aws_managed_policies_data).items()}
    policies = {
        name: {"version": shipped[name]["DefaultVersionId"], "updated": shipped[name]["UpdateDate"], "document": shipped[name]["Document"]}
        for name in KEPT
    }
    source = (
        f"moto {version('moto')}, moto/iam/aws_managed_policies.py, sha256 {hashlib.sha256(aws_managed_policies_data.encode()).hexdigest()}"
    )
    return {
        "managed_policies.json": _in_lines({"source": source, "partition": "aws"}, policies),
        "managed_allow_only.txt": "".join(f"{name}\n" for name in sorted(shipped) if _denies_nothing(shipped[name]["Document"])),
    }


def _in_lines(head: dict[str, str], policies: dict[str, Any]) -> str:
    """JSON with a line for each policy: some have thousands of actions."""
    lines = [f"  {json.dumps(name)}: {json.dumps(policy, separators=(',', ':'))}" for name, policy in policies.items()]
    return json.dumps(head)[:-1] + ', "policies": {\n' + ",\n".join(lines) + "\n}}\n"


def _denies_nothing(document: dict[str, Any]) -> bool:
    statements = document["Statement"]
    return all(statement["Effect"] == "Allow" for statement in (statements if isinstance(statements, list) else [statements]))


def main() -> int:
    """Write the files, or say whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the files would change")
    built = build()
    if parser.parse_args().check:
        return 0 if all((IAM / name).read_text(encoding="utf-8") == text for name, text in built.items()) else 1
    for name, text in built.items():
        (IAM / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
