"""Whatever Python's grammar has: what a handler knows is followed, what none knows is reported, and every name that code binds is known."""

from __future__ import annotations

import ast
import hashlib
import symtable
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest

from automation_role.derive.scripts.libraries import packages
from automation_role.derive.scripts.reader import expressions, statements
from automation_role.derive.scripts.reader.bindings import bound_names
from automation_role.derive.scripts.reader.imports import parsed
from automation_role.derive.scripts.reader.scattered import OF_PLAIN_DATA
from tests.unit.scripts import read

# Every kind of statement and expression that Python 3.11 has.
EVERYTHING = """
    import json as j, os.path
    from typing import Any, Protocol as P
    async def other(a, /, b: int = 1, *c, d=2, **e) -> None:
        async for f in a:
            await f
        async with a as g:
            pass
        return [h async for h in a]
    @j.loads
    class Kind(object):
        field: int = 1
        def method(self):
            nonlocal_name = 1
            def inner():
                nonlocal nonlocal_name
                nonlocal_name += 1
                yield nonlocal_name
                yield from (1, 2)
            return inner
    def handler(events, context):
        global seen
        seen = [1, *events, -2, not events, events[1:2], (lambda x: x)(1)]
        pair, (left, *right) = (1, 2), events
        pair.attribute, events["key"], events[2:] = 3, 4, 5
        seen += [6 * 7]
        other(events), [each for each in Kind().method()()]
        text = f"{events!r:>{seen}}" if events else {**events, "a": {1, 2}}
        for index in range(3):
            if index and events or context:
                continue
            elif (walrus := index) < 2 <= 3:
                break
        else:
            del text
        while events:
            print()
        with open("x") as opened, opened:
            assert events, "message"
        try:
            raise ValueError from None
        except (OSError, ValueError) as error:
            pass
        except* KeyError:
            pass
        finally:
            pass
        match events:
            case {"a": captured, **rest} | [captured, *rest]:
                pass
            case str(named) as whole if whole:
                pass
            case None | 1 | "text":
                pass
        return {k: v for k, v in events} or {k for k in events} or [k for k in events] or list(k for k in events)
""".replace("        except* KeyError:\n            pass\n", "")


def kinds() -> Iterator[tuple[str, type[ast.AST]]]:
    for table in (statements, expressions):
        for kind in table._READ:
            if kind is not ast.Starred:  # what is around it reads it
                yield table.__name__.rpartition(".")[2], kind


@pytest.mark.parametrize(("module", "kind"), list(kinds()), ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_syntax_that_no_handler_knows_is_reported(module: str, kind: type[ast.AST], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a node of a newer Python would be: every handler is taken away in turn."""
    text = EVERYTHING.replace("except (OSError, ValueError) as error", "except* OSError as error") if kind is ast.TryStar else EVERYTHING
    known = read(text, payload=None)[1]
    assert "unreadableScript" not in known
    monkeypatch.delitem({"statements": statements, "expressions": expressions}[module]._READ, kind)
    calls, findings, _ = read(f"{text}\n    # without {kind.__name__}", payload=None)
    assert (calls, findings - known) == (set(), {"unreadableScript"})


def test_what_is_inside_syntax_that_is_not_followed_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    script = """
        import boto3
        def handler(events, context):
            with boto3.client("ec2") as client:
                client.describe_instances()
            client.stop_instances(InstanceIds=["i-1"])
    """
    monkeypatch.delitem(statements._READ, ast.With)
    calls, findings, _ = read(script)
    assert (calls, findings) == (set(), {"unreadableScript", "dynamicService"})  # `client` is anything now
    monkeypatch.undo()
    assert read(script.replace("i-1", "i-2"))[0] == {"ec2:DescribeInstances", "ec2:StopInstances"}


@pytest.mark.parametrize(
    "newer", ["type Pair = tuple[int, int]", "def generic[T](x: T) -> T: return x", 'x = t"{events}"', "x = f'{'a' + f'{1}'}'"]
)
def test_syntax_of_newer_pythons_is_read_or_reported_by_line(newer: str) -> None:
    script = f"import boto3\ndef handler(events, context):\n    boto3.client('ec2').describe_instances()\n    {newer}\n"
    calls, findings, _ = read(script)
    assert (calls, findings) in (
        ({"ec2:DescribeInstances"}, {"unreadableScript"}),
        ({"ec2:DescribeInstances"}, set()),
        (set(), {"unreadableScript"}),
    )


def test_every_name_that_code_binds_is_known() -> None:
    """As Python's own table of symbols has it."""
    body = dedent(EVERYTHING)
    functions = [each for each in ast.walk(parsed(body)) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    tables = {table.get_name(): table for table in _tables(symtable.symtable(body, "script", "exec"))}
    for each in functions:
        names = {
            symbol.get_name()
            for symbol in tables[each.name].get_symbols()
            if (symbol.is_assigned() or symbol.is_imported()) and not symbol.get_name().startswith(".")
        }
        # Since Python 3.12, the table of a function also has the variables of its comprehensions, which are not the function's.
        comprehended = {
            n.id for c in ast.walk(each) if isinstance(c, ast.comprehension) for n in ast.walk(c.target) if isinstance(n, ast.Name)
        }
        assert names - comprehended - set(bound_names(each.body)) == set(), each.name
    assert len(functions) > 3
    assert sys.version_info >= (3, 11)


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for each in table.get_children():
        yield from _tables(each)


@pytest.mark.parametrize(
    "binding",
    [
        "import boto3 as name",
        "print(name := 'rds')",
        "from events import name",
        "match events:\n            case {'service': name}: pass",
        "match events:\n            case {'service': 1, **name}: pass",
        "match events:\n            case [1, *name]: pass",
        "def name(): pass",
        "class name: pass",
        "with events as (name, other): pass",
        "try: pass\n        except ValueError as name: pass",
        "[name := each for each in events]",
        "for (name, other) in events: pass",
    ],
)
def test_a_name_that_a_loop_binds_in_any_way_is_not_taken_for_its_first_value(binding: str) -> None:
    script = f"""
import boto3
def handler(events, context):
    name = "ec2"
    while events["more"]:
        if name != "ec2":
            boto3.client("rds").describe_db_instances()
        {binding}
"""
    assert read(script)[0] == {"rds:DescribeDBInstances"}


def test_what_python_itself_says_is_the_same_on_every_python_that_reads_scripts() -> None:
    """Scripts run on Python 3.10 or 3.11; what they need must not depend on the Python that reads them."""
    of_data = hashlib.sha256(" ".join(sorted(OF_PLAIN_DATA)).encode()).hexdigest()
    assert of_data.startswith("5b0513a1b5d83323"), "the methods of plain data have changed: list the difference beside OF_PLAIN_DATA"
    public = sorted(name for name in sys.stdlib_module_names | packages._REMOVED if not name.startswith("_"))
    assert hashlib.sha256(" ".join(public).encode()).hexdigest().startswith("693617f3d97bc76c"), (
        "a module of Python's own libraries is gone or new: a removed one belongs in _REMOVED"
    )


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_exactly_the_functions_that_yield_are_generators(end: str) -> None:
    text = """
        TEXT = '''a\fb\x1cc
        yield'''
        def outer(a=lambda: (yield)):
            def inner(): return [
                each for each in (
                    yield
                )
            ]
            def yields_nothing(): return 'yield'
            return inner
        async def streams():
            async with a: yield from_here
    """
    tree = parsed(dedent(text).replace("\n", end))
    found = {getattr(node, "name", "lambda") for node in ast.walk(tree) if hasattr(node, "yields")}
    assert found == {"lambda", "inner", "streams"}
