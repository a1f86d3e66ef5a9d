"""Keep the texts of the AWS managed policies that Systems Manager Automation roles are made of.

Writes `automation_role/iam/managed_policies.json` from the texts that moto ships (a dump of the `aws` partition by its
maintainers; each text has its version and date). Run it again after raising moto's version:

    .venv/bin/python tools/build_managed_policies.py [--check]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

TARGET = Path(__file__).parents[1] / "automation_role" / "iam" / "managed_policies.json"

# Names after `arn:aws:iam::aws:policy/`.
KEPT = (
    "AWSBudgetsActions_RolePolicyForResourceAdministrationWithSSM",
    "AdministratorAccess",
    "AmazonSSMAutomationApproverAccess",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMReadOnlyAccess",
    "PowerUserAccess",
    "aws-service-role/AWSConfigRemediationServiceRolePolicy",
    "aws-service-role/AWSSystemsManagerChangeManagementServicePolicy",
    "aws-service-role/AmazonSSMServiceRolePolicy",
    "service-role/AWSFaultInjectionSimulatorSSMAccess",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaRole",
    "service-role/AmazonSSMAutomationRole",
    "service-role/AmazonSSMMaintenanceWindowRole",
)


def build() -> str:
    """The file's text."""
    shipped = {policy["Path"].lstrip("/") + name: policy for name, policy in json.loads(aws_managed_policies_data).items()}
    policies = {
        name: {"version": shipped[name]["DefaultVersionId"], "updated": shipped[name]["UpdateDate"], "document": shipped[name]["Document"]}
        for name in KEPT
    }
    source = (
        f"moto {version('moto')}, moto/iam/aws_managed_policies.py, sha256 {hashlib.sha256(aws_managed_policies_data.encode()).hexdigest()}"
    )
    return json.dumps({"source": source, "partition": "aws", "policies": policies}, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the file, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is not what moto gives")
    if parser.parse_args().check:
        return 0 if TARGET.read_text(encoding="utf-8") == build() else 1
    TARGET.write_text(build(), encoding="utf-8")
    print(f"{TARGET.relative_to(Path.cwd())}: {len(KEPT)} policies, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
