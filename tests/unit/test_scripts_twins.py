"""A function that gets another list or dict with the same in it is not read again, unless it does more with it than look at it.

Each script gives a function two lists that are alike, and puts `i-2` where it is used only when the second list is not taken for the first one.
"""

from __future__ import annotations

from collections import Counter
from textwrap import indent

import pytest

from automation_role.derive.scripts.reader.functions import Functions
from automation_role.derive.scripts.script import Script, read_script
from automation_role.derive.scripts.values.frames import Frame
from automation_role.derive.scripts.values.functions import Function
from automation_role.values.value import Text

HEAD = """\
import boto3, threading, functools
ec2 = boto3.client("ec2")
kept, last, G, table = [], None, ["i-1"], {}
def act(ids):
    ec2.terminate_instances(InstanceIds=ids)
class Box:
    pass
class Found(Exception):
    def __init__(self, ids):
        self.ids = ids
@functools.singledispatch
def chosen(value):
    return None
box = Box()
def maker():
    held = None
    def put(ids):
        nonlocal held
        held = ids
    return put, lambda: held
put, got = maker()
"""
TWICE = """
f(["i-1"])
f(["i-1"])
L = ["i-1"]
r = f(L)
L.append("i-2")
"""
# What the function does with its argument -> what the handler does after both calls, and a change of the second list.
LEAKS = {
    "it is returned": ("return L", "act(r)"),
    "it is returned in another": ("return {'ids': L}", "act(r['ids'])"),
    "it is returned in one of several": ("return (1, [L]) if events else None", "act(r[1][0])"),
    "an iterator is returned": ("return iter(L)", "for each in r: act([each])"),
    "a generator is returned": ("return (each for each in L)", "for each in r: act([each])"),
    "it yields": ("yield from L", "for each in r: act([each])"),
    "a function is returned": ("return lambda: act(L)", "r()"),
    "a method is returned": ("return L.copy", "act(r())"),
    "it is kept in a list": ("kept.append(L)", "act(kept[-1])"),
    "it is kept in a dict": ("table['ids'] = L", "act(table['ids'])"),
    "it is kept in an attribute": ("box.ids = L", "act(box.ids)"),
    "it is kept in a class": ("Box.ids = L", "act(Box.ids)"),
    "it is kept in a variable": ("global last; last = L", "act(last)"),
    "it is kept in a variable of another function": ("put(L)", "act(got())"),
    "it is kept as a function's own": ("act.ids = L", "act(act.ids)"),
    "it is kept by what a function sees": ("global last; last = lambda: L", "act(last())"),
    "it is registered": ("chosen.register(int, lambda _: act(L))", "chosen(1)"),
    "it is raised": ("try:\n        raise Found(L)\n    except Found as error:\n        kept.append(error)", "act(kept[-1].ids)"),
    "a thread gets it": ("threading.Thread(target=act, args=(L,)).start()", ""),
    "unknown data gets it": ("events.ids = [L, act]", "act(events.ids[0])"),
    "it is only looked at, and used afterwards": ("return len(L)", "act(L)"),
}
OTHERS = {
    "it changes": ("L.append('i-2')", "f(['i-1']); L = ['i-1']; f(L); act(L)"),
    "it is emptied": ("L.clear()", "f({'k': 'i-1'}); L = {'k': 'i-1'}; f(L); act([L.get('k', 'i-2')])"),
    "it loses a key that it may have": (
        "L.pop('k', None)",
        """
X = {}
if events["x"]:
    X["k"] = "i-1"
f(X)
W = {}
if events["w"]:
    W["k"] = "i-1"
f(W)
Y = {}
if events["y"]:
    Y["k"] = "i-1"
    f(Y)
else:
    Y["k"] = "i-1"
act([Y.get("k", "i-2")])
""",
    ),
    "something else has changed": ("act(G)", "f(['i-1']); G.append('i-2'); f(['i-1'])"),
    "something else is changed": ("G.extend(L)", "f(['i-2']); f(['i-2']); act(G)"),
    "they are not alike": ("act(L)", "f(['i-1']); f(['i-2'])"),
    "they are not alike inside": ("act(L[0]['ids'])", "f([{'ids': ['i-1']}]); f([{'ids': ['i-2']}])"),
    "they are of other kinds": ("act(['i-2'] if L == ['i-1'] else ['i-1'])", "f({'i-1'}); f(('i-1',)); f(['i-1'])"),
    "it is called again with the second one": ("act(L)", "f(['i-1']); L = ['i-1']; f(L); L.append('i-2'); f(L)"),
    "it is called in a loop": ("act(L)", "f(['i-1'])\nL = ['i-1']\nfor each in events['n']:\n    f(L)\n    L.append('i-2')"),
    "it is called by another one": ("act(L)", "f(['i-1'])\ndef g(x): f(x)\nL = ['i-1']\ng(L)\nL.append('i-2')\ng(L)"),
    "the other argument has changed": ("act(other.ids)", "box.ids = ['i-1']; f([1], box); f([1], box); box.ids = ['i-2']; f([1], box)"),
    "a list in the other argument has changed": (
        "act(other['ids'])",
        "D = {'ids': ['i-1']}; f([1], D); f([1], D); D['ids'].append('i-2'); f([1], D)",
    ),
}


def ids_in(body: str, handler: str) -> set[str]:
    """The instances that a script terminates."""
    text = f"{HEAD}def f(L, other=None):\n    {body}\ndef handler(events, context):\n{indent(handler.strip(chr(10)), '    ')}\n"
    compile(text, "script", "exec")
    calls = read_script(Script(text=text, handler="handler", files={})).calls
    known = [
        each.inputs["InstanceIds"] for (_, operation, _), several in calls.items() if operation == "TerminateInstances" for each in several
    ]
    return {text for ids in known for each in (ids if isinstance(ids, tuple) else [ids]) for text in _texts(each)}


def _texts(value: object) -> tuple[str, ...]:
    return (value.literals or ("?",)) if isinstance(value, Text) else ("?",)


@pytest.mark.parametrize("name", LEAKS)
def test_a_function_that_keeps_its_argument_is_read_with_each(name: str) -> None:
    body, after = LEAKS[name]
    assert ids_in(body, f"{TWICE}{after}") & {"i-2", "?"}


@pytest.mark.parametrize("name", OTHERS)
def test_a_function_is_read_again_if_anything_differs(name: str) -> None:
    body, after = OTHERS[name]
    lines = after.strip("\n").replace("; ", "\n")
    first = lines.partition("\n")[0]
    assert ids_in(body, f"{first}\n{lines}" if first.startswith("f(") else lines) & {"i-2", "?"}


@pytest.mark.parametrize(
    "argument",
    ["['i-1', ('i-2', 3)]", "{'k': ['i-1'], 'other': {'i-2'}}", "[{'a': events['a']}, None, True]", "[[], {}] if events['a'] else []"],
)
def test_one_that_only_looks_at_it_is_read_twice_at_most(argument: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[str] = Counter()
    body = Functions._read_body

    def counted(self: Functions, function: Function, frame: Frame, variables: dict[str, object]) -> object:
        read[function.name] += 1
        return body(self, function, frame, variables)  # type: ignore[arg-type]

    monkeypatch.setattr(Functions, "_read_body", counted)
    calls = "\n".join(f"r{place} = f({argument})" for place in range(5))
    assert ids_in("act(['i-1'])\n    return ['i-1'] if L else []", f"{calls}\nr4.append('i-3')\nact(r4)") >= {"i-1", "i-3"}
    assert read["f"] == 2
