"""The rooms of the package: which may import which, and what loads AWS CDK."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import automation_role

PACKAGE = Path(automation_role.__file__).parent
ROOT = PACKAGE.parent

# From the top of the house down: a room imports from itself and from rooms further down, never from one above.
# The reasons: docs/adr/0009-rooms.md.
ROOMS = (
    "cli",
    "pytest_plugin",
    "testing",
    "__init__",
    "cdk",
    "why",
    "check",
    "explain",
    "sources",
    "derive",
    "template",
    "start",
    "policy",
    "iam",
    "runbook",
    "catalog",
    "values",
    "findings",
    "errors",
    "_lazy",
    "_version",
)
HEAVY = ("aws_cdk", "jsii", "constructs", "boto3", "botocore")


@cache
def nodes(path: Path) -> list[ast.Import | ast.ImportFrom | ast.ClassDef | ast.AnnAssign]:
    """The nodes of a file that the tests here look at, those under TYPE_CHECKING and inside functions included."""
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.AnnAssign)
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every import of a file."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1], *filter(None, [node.module])] if node.level else [node.module or ""]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def room_of(name: str) -> str:
    """The room of a module: `automation_role.cdk.role` is in `cdk`."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else "__init__"


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


SCRIPTS = PACKAGE / "derive" / "scripts"
FILES = sorted(PACKAGE.rglob("*.py"))
PURE = [module(path).removesuffix(".__init__") for path in FILES if room_of(module(path)) != "cdk"]


def loaded(code: str) -> set[str]:
    """The heavy modules that a fresh Python has loaded after this code."""
    report = f"import sys\n{code}\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_file_is_in_a_room():
    assert {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES} <= set(ROOMS)


def test_a_room_says_where_to_look_and_each_place_is_there():
    wrong, rooms = [], 0
    for path in PACKAGE.rglob("__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        places = re.findall(r"`([a-z_][a-z0-9_./]*)`", said.partition("Where to look")[2])
        rooms += bool(places)
        for place in places:
            base = path.parent if "." not in place else PACKAGE
            inside = base.joinpath(*re.split(r"[./]", place.rstrip("/")))
            if not (inside.is_dir() or inside.with_suffix(".py").is_file()):
                wrong.append(f"{path.parent.relative_to(PACKAGE)}: {place!r} is not a file of the room")
    assert wrong == []
    assert rooms >= 16


def test_each_file_of_a_room_is_in_its_map():
    """Libraries are the exception: a file has the name of its library."""
    missing = []
    for path in PACKAGE.rglob("__init__.py"):
        said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("Where to look")[2]
        if path.parent in (PACKAGE, SCRIPTS / "libraries"):
            continue
        named = {place.partition("/")[0] for place in re.findall(r"`([a-z_][a-z0-9_./]*)`", said)}
        inside = {each.stem for each in path.parent.glob("*.py")} | {each.parent.name for each in path.parent.glob("*/__init__.py")}
        missing += [f"{path.parent.relative_to(PACKAGE)}: {name}" for name in sorted(inside - named - {"__init__"})]
    assert missing == []


def test_imports_point_down_the_order_of_the_rooms():
    up = [
        f"{path.relative_to(ROOT)}:{line}: {room_of(module(path))} imports {name}"
        for path in FILES
        for line, name in imports(path)
        if name.startswith("automation_role") and ROOMS.index(room_of(name)) < ROOMS.index(room_of(module(path)))
    ]
    assert up == []


def test_only_the_room_of_the_constructs_imports_the_cdk():
    outside = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in FILES
        for line, name in imports(path)
        if name.split(".")[0] in {"aws_cdk", "jsii", "constructs"} and room_of(module(path)) != "cdk"
    ]
    assert outside == []


def test_reading_and_deriving_load_no_cdk_and_no_boto3():
    assert loaded("import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in PURE)) == set()


@pytest.mark.parametrize("name", ["Runbook", "Findings"])
def test_a_pure_public_name_does_not_load_it_either(name):
    assert loaded(f"from automation_role import {name}") == set()


def test_the_construct_loads_the_cdk():
    assert {"aws_cdk", "jsii"} <= loaded("from automation_role import AutomationRole")


def test_every_public_name_is_there():
    missing = [name for name in automation_role.__all__ if getattr(automation_role, name, None) is None]
    assert missing == []
    assert set(automation_role.__all__) <= set(dir(automation_role))


def test_any_other_name_is_reported_as_python_reports_it():
    with pytest.raises(AttributeError, match="module 'automation_role' has no attribute 'Nothing'"):
        _ = automation_role.Nothing


def defined(path: Path) -> Iterator[str]:
    """The classes and type aliases that a file defines."""
    for node in nodes(path):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and ast.unparse(node.annotation) == "TypeAlias":
            yield node.target.id


def test_a_name_means_one_class_or_type_in_the_whole_package():
    where: dict[str, list[str]] = {}
    for path in FILES:
        for name in defined(path):
            where.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


# Inside the script reader too: what a script's values do needs no reader, and a library needs values only.
FLOORS = ("script", "reader", "libraries", "values")


def test_imports_of_the_script_reader_point_down():
    up = [
        f"{path.relative_to(SCRIPTS)}:{line}: {name}"
        for path in sorted(SCRIPTS.rglob("*.py"))
        for line, name in imports(path)
        if name.startswith("automation_role.derive.scripts.")
        and (floor := name.split(".")[3]) in FLOORS
        and (own := path.relative_to(SCRIPTS).parts[0].removesuffix(".py")) in FLOORS
        and FLOORS.index(floor) < FLOORS.index(own)
    ]
    assert up == []


def test_no_two_files_of_the_script_reader_import_each_other():
    """Not around any number of corners either, and not for types only."""
    files = {module(path).removesuffix(".__init__"): path for path in SCRIPTS.rglob("*.py")}
    needs = {
        name: {part for _, each in imports(path) for part in (each, each.rpartition(".")[0]) if part in files and part != name}
        for name, path in files.items()
        if path.name != "__init__.py"
    }
    while leaves := {name for name, needed in needs.items() if not needed & needs.keys()}:
        needs = {name: needed for name, needed in needs.items() if name not in leaves}
    assert needs == {}
