"""A client behind every node of Python's syntax and in every container: its call is derived, or a finding says that it is not known."""

from __future__ import annotations

import ast
from textwrap import indent

import pytest

from automation_role.derive.scripts.script import Script, read_script
from tests.unit.random_scripts import run

CALL = 'stop_instances(InstanceIds=["i-1"])'
START = """\
import boto3
def handler(event, context):
    c = boto3.client("ec2")
"""

# What stands behind each node: `c` is the client, and `call(x)` stops an instance with it.
SYNTAX = {
    "Module": "call(c)",
    "Interactive": "exec(compile('call(c)', 'x', 'single'), {'c': c})",
    "Expression": "eval('c').CALL",
    "FunctionType": "def f(x):\n    # type: (object) -> object\n    return x\nf(c).CALL",
    "FunctionDef": "def f(x): return x\nf(c).CALL",
    "AsyncFunctionDef": "import asyncio\nasync def f(): return c\nasyncio.run(f()).CALL",
    "ClassDef": "class A:\n    x = c\nA.x.CALL",
    "Return": "def f():\n    return c\nf().CALL",
    "Delete": "d = {'a': None, 'b': c}\ndel d['a']\nlist(d.values())[0].CALL",
    "Assign": "a = [b] = [c]\nb.CALL\na[0].CALL",
    "AugAssign": "a = []\na += [c]\na[0].CALL",
    "AnnAssign": "a: object = c\na.CALL",
    "For": "for a in [c]: a.CALL",
    "AsyncFor": "import asyncio\nasync def g():\n    yield c\nasync def f():\n    async for a in g(): a.CALL\nasyncio.run(f())",
    "While": "a = [c]\nwhile a: a.pop().CALL",
    "If": "if c: a = c\na.CALL",
    "With": "class M:\n    def __enter__(self): return c\n    def __exit__(self, *_): pass\nwith M() as a: a.CALL",
    "AsyncWith": (
        "import asyncio\nclass M:\n    async def __aenter__(self): return c\n    async def __aexit__(self, *_): pass\n"
        "async def f():\n    async with M() as a: a.CALL\nasyncio.run(f())"
    ),
    "Match": "match c:\n    case a: a.CALL",
    "match_case": "match 1:\n    case 1 if (a := c): a.CALL",
    "MatchValue": "match 1:\n    case 1: c.CALL",
    "MatchSingleton": "match None:\n    case None: c.CALL",
    "MatchSequence": "for x in [(1, c)]:\n    match x:\n        case [1, a]: pass\na.CALL",
    "MatchMapping": "match {'k': c, 'l': c}:\n    case {'k': a, **more}: a.CALL; more['l'].CALL",
    "MatchClass": "class P:\n    __match_args__ = ('x',)\n    def __init__(self, x): self.x = x\nmatch P(c):\n    case P(a): a.CALL",
    "MatchStar": "match [1, c]:\n    case [1, *a]: a[0].CALL",
    "MatchAs": "match c:\n    case object() as a: a.CALL",
    "MatchOr": "match [c]:\n    case [a] | (a, _): a.CALL",
    "Raise": "class E(Exception): pass\ntry:\n    raise E(c)\nexcept E as e: e.args[0].CALL",
    "Try": "try:\n    a = c\nfinally:\n    a.CALL",
    "TryStar": "try:\n    raise ExceptionGroup('g', [ValueError(c)])\nexcept* ValueError as e: e.exceptions[0].args[0].CALL",
    "ExceptHandler": "try:\n    raise ValueError(c)\nexcept ValueError as e: e.args[0].CALL",
    "Assert": "assert (a := c)\na.CALL",
    "Import": "import boto3 as b\nb.client('ec2').CALL",
    "ImportFrom": "from boto3 import client as b\nb('ec2').CALL",
    "alias": "import boto3.session as s\ns.Session().client('ec2').CALL",
    "Global": "global G\nG = c\ndef f(): G.CALL\nf()",
    "Nonlocal": "a = None\ndef f():\n    nonlocal a\n    a = c\nf()\na.CALL",
    "Expr": "c.CALL",
    "Pass": "pass\nc.CALL",
    "Break": "for a in [c, None]: break\na.CALL",
    "Continue": "for a in [None, c]:\n    if a is None: continue\n    a.CALL",
    "BoolOp": "(None or c).CALL",
    "NamedExpr": "def f(x): pass\nf(a := c)\na.CALL",
    "BinOp": "([c] + [])[0].CALL",
    "UnaryOp": "class U:\n    def __neg__(self): return c\n(-U()).CALL",
    "Lambda": "(lambda: c)().CALL",
    "IfExp": "(c if event is not None else None).CALL",
    "Dict": "{'k': c}['k'].CALL",
    "Set": "for a in {c}: a.CALL",
    "ListComp": "[x for x in [c]][0].CALL",
    "SetComp": "{x for x in [c]}.pop().CALL",
    "DictComp": "{x: x for x in [c]}.popitem()[0].CALL",
    "GeneratorExp": "next(x for x in [c]).CALL",
    "comprehension": "[x for y in [[c]] for x in y if x][0].CALL",
    "Await": "import asyncio\nasync def f(): return c\nasync def g(): return await f()\nasyncio.run(g()).CALL",
    "Yield": "def g():\n    x = yield\n    x.CALL\ni = g()\nnext(i)\nnext(iter([0]))\ntry: i.send(c)\nexcept StopIteration: pass",
    "YieldFrom": "def g(): yield c\ndef h(): yield from g()\nnext(h()).CALL",
    "Compare": "class Q:\n    def __eq__(self, other): return other\n(Q() == c).CALL",
    "Call": "(lambda *a, **k: k['x'])(1, x=c).CALL",
    "FormattedValue": "f'{(a := c)}'\na.CALL",
    "JoinedStr": "class F:\n    def __format__(self, spec):\n        c.CALL\n        return ''\nf'{F()}'",
    "TemplateStr": "import string\nstring.Template('$x').substitute(x=(a := c))\na.CALL",
    "Interpolation": "'{}'.format(a := c)\na.CALL",
    "Constant": "'%s' % (a := c)\na.CALL",
    "Attribute": "class O: pass\no = O()\no.x = c\no.x.CALL",
    "Subscript": "[c][0].CALL",
    "Starred": "a, *b = [1, c]\nb[0].CALL",
    "Name": "a = c\na.CALL",
    "List": "[c][-1].CALL",
    "Tuple": "(c,)[0].CALL",
    "Slice": "[1, c][1:][0].CALL",
    "Load": "a = c\na.CALL",
    "Store": "[a] = [c]\na.CALL",
    "Del": "a = [None, c]\ndel a[0]\na[0].CALL",
    "And": "(1 and c).CALL",
    "Or": "(c or 1).CALL",
    "arguments": "def f(a, /, b=c, *d, e=c, **g): b.CALL; e.CALL\nf(1)",
    "arg": "def f(*a): a[0].CALL\nf(c)",
    "keyword": "def f(**a): a['x'].CALL\nf(x=c)",
    "withitem": "import contextlib\nwith contextlib.nullcontext(c) as a: a.CALL",
    "TypeIgnore": "a = c  # type: ignore\na.CALL",
    "TypeAlias": "type T = int\nc.CALL",
    "TypeVar": "def f[T](x: T) -> T: return x\nf(c).CALL",
    "ParamSpec": "def f[**P](x): return x\nf(c).CALL",
    "TypeVarTuple": "def f[*T](x): return x\nf(c).CALL",
    **{
        name: f"class O:\n    def {method}(self, *other): return c\n({expression}).CALL"
        for name, method, expression in [
            ("Add", "__add__", "O() + 1"),
            ("Sub", "__sub__", "O() - 1"),
            ("Mult", "__mul__", "O() * 1"),
            ("MatMult", "__matmul__", "O() @ 1"),
            ("Div", "__truediv__", "O() / 1"),
            ("Mod", "__mod__", "O() % 1"),
            ("Pow", "__pow__", "O() ** 1"),
            ("LShift", "__lshift__", "O() << 1"),
            ("RShift", "__rshift__", "O() >> 1"),
            ("BitOr", "__or__", "O() | 1"),
            ("BitXor", "__xor__", "O() ^ 1"),
            ("BitAnd", "__and__", "O() & 1"),
            ("FloorDiv", "__rfloordiv__", "1 // O()"),
            ("Invert", "__invert__", "~O()"),
            ("UAdd", "__pos__", "+O()"),
            ("USub", "__neg__", "-O()"),
            ("Eq", "__eq__", "O() == 1"),
            ("NotEq", "__ne__", "O() != 1"),
            ("Lt", "__lt__", "O() < 1"),
            ("LtE", "__le__", "O() <= 1"),
            ("Gt", "__gt__", "O() > 1"),
            ("GtE", "__ge__", "O() >= 1"),
        ]
    },
    "Not": "class O:\n    def __bool__(self):\n        c.CALL\n        return True\nnot O()",
    "In": "class O:\n    def __contains__(self, x):\n        x.CALL\n        return True\nc in O()",
    "NotIn": "class O:\n    def __contains__(self, x):\n        x.CALL\n        return True\nc not in O()",
    "Is": "if c is c: c.CALL",
    "IsNot": "if c is not None: c.CALL",
}

# Every field of a node in which an expression stands: `c.CALL` is run there. Those that are not named stand in SYNTAX.
PLACES = {
    "FunctionDef.decorator_list": "@deco(c.CALL)\ndef f(): pass",
    "FunctionDef.returns": "def f() -> c.CALL: pass",
    "AsyncFunctionDef.decorator_list": "@deco(c.CALL)\nasync def f(): pass",
    "AsyncFunctionDef.returns": "async def f() -> c.CALL: pass",
    "ClassDef.bases": "class A(deco(c.CALL)): pass",
    "ClassDef.keywords": "class A(x=c.CALL): pass",
    "ClassDef.metaclass": "class A(metaclass=lambda *_: c.CALL): pass",
    "ClassDef.decorator_list": "@deco(c.CALL)\nclass A: pass",
    "arguments.defaults": "def f(a=c.CALL): pass",
    "arguments.kw_defaults": "def f(*, a=c.CALL): pass",
    "arguments of a lambda": "lambda a=c.CALL: a",
    "arg.annotation": "def f(a: c.CALL): pass",
    "arg.annotation, variadic": "def f(*a: c.CALL, **b): pass",
    "arg.annotation, by keyword": "def f(*, b: c.CALL = None): pass",
    "AnnAssign.annotation, class": "class A:\n    a: c.CALL = 1",
    "AnnAssign.target": "a = {}\na[deco(c.CALL)]: int = 1",
    "Return.value": "def f(): return c.CALL\nf()",
    "Delete.targets": "a = {None: 1}\ndel a[c.CALL]",
    "Assign.targets": "a = {}\na[deco(c.CALL)] = 1",
    "AugAssign.target": "a = {None: 1}\na[deco(c.CALL)] += 1",
    "AugAssign.value": "a = []\na += [c.CALL]",
    "For.iter": "for _ in [c.CALL]: pass",
    "For.target": "a = {}\nfor a[deco(c.CALL)] in [1]: pass",
    "For.orelse": "for _ in []: pass\nelse: c.CALL",
    "While.test": "while c.CALL: break",
    "While.orelse": "while False: pass\nelse: c.CALL",
    "If.test": "if c.CALL: pass",
    "With.items": "import contextlib\nwith contextlib.nullcontext(c.CALL): pass",
    "withitem.optional_vars": "import contextlib\na = {}\nwith contextlib.nullcontext(1) as a[deco(c.CALL)]: pass",
    "Match.subject": "match c.CALL:\n    case _: pass",
    "match_case.guard": "match 1:\n    case 1 if c.CALL: pass",
    "Raise.exc": "try: raise ValueError(c.CALL)\nexcept ValueError: pass",
    "Raise.cause": "try: raise ValueError from deco(c.CALL)\nexcept Exception: pass",
    "Try.body": "try: c.CALL\nexcept ValueError: pass",
    "Try.orelse": "try: pass\nexcept ValueError: pass\nelse: c.CALL",
    "Try.finalbody": "try: pass\nfinally: c.CALL",
    "ExceptHandler.type": "try: raise ValueError\nexcept deco(c.CALL) or ValueError: pass",
    "Assert.test": "assert c.CALL or 1",
    "Assert.msg": "try: assert False, c.CALL\nexcept AssertionError: pass",
    "BoolOp.values": "1 and (0 or c.CALL)",
    "Compare.comparators": "1 < 2 != c.CALL",
    "IfExp.test": "1 if c.CALL else 2",
    "IfExp.orelse": "1 if event == 1 else c.CALL",
    "Dict.keys": "{deco(c.CALL): 1}",
    "Dict.values": "{1: c.CALL}",
    "Dict, spread": "{**(c.CALL or {})}",
    "Set.elts": "{deco(c.CALL)}",
    "ListComp.elt": "[c.CALL for _ in [1]]",
    "comprehension.iter": "[1 for _ in [c.CALL]]",
    "comprehension.ifs": "[1 for _ in [1] if c.CALL]",
    "DictComp.key": "{deco(c.CALL): 1 for _ in [1]}",
    "GeneratorExp.elt": "list(c.CALL for _ in [1])",
    "Await.value": "import asyncio\nasync def g(): return 1\nasync def f(): await (c.CALL and g() or g())\nasyncio.run(f())",
    "Yield.value": "def f(): yield c.CALL\nlist(f())",
    "YieldFrom.value": "def f(): yield from [c.CALL]\nlist(f())",
    "Call.func": "deco(c.CALL)",
    "Call.args, spread": "deco(*[c.CALL])",
    "Call.keywords": "dict(a=c.CALL)",
    "Call.keywords, spread": "dict(**{'a': c.CALL})",
    "FormattedValue.value": "f'{c.CALL}'",
    "FormattedValue.format_spec": "f'{1:{deco(c.CALL) or 3}}'",
    "Attribute.value": "c.CALL.__class__",
    "Subscript.slice": "{None: 1}[deco(c.CALL)]",
    "Slice.lower": "[1][c.CALL or 0:]",
    "Slice.upper": "[1][:c.CALL or 0]",
    "Slice.step": "[1][::c.CALL or 1]",
    "Starred.value": "[*[c.CALL]]",
    "NamedExpr.value": "(a := c.CALL)",
    "Lambda.body": "(lambda: c.CALL)()",
    "UnaryOp.operand": "not c.CALL",
    "BinOp.right": "[] + [c.CALL]",
}

GROUPS = {
    *("AST", "mod", "stmt", "expr", "expr_context", "boolop", "operator", "unaryop", "cmpop", "excepthandler", "pattern", "type_ignore"),
    *("slice", "type_param"),
    *("AugLoad", "AugStore", "Param", "Suite", "Index", "ExtSlice", "Num", "Str", "Bytes", "NameConstant", "Ellipsis"),  # of older Pythons
}


def nodes() -> list[str]:
    found, waiting = set(), [ast.AST]
    while waiting:
        each = waiting.pop()
        found.add(each.__name__)
        waiting += each.__subclasses__()
    return sorted(name for name in found - GROUPS if getattr(ast, name).__module__ in {"ast", "_ast"})


# How each container is filled with the client, and the ways out of it again.
CONTAINERS = {
    "list": (
        "x = [c]",
        (
            "x[0]; x[-1]; x[:][0]; x.copy()[0]; next(iter(x)); [*x][0]; (x * 2)[1]; x.__getitem__(0); max(x, key=id); x.__iter__().__next__(); "
            "list(reversed(x))[0]; sorted(x, key=id)[0]; list(enumerate(x))[0][1]; x.pop(); x.__add__([])[0]; x.__class__(x)[0]; type(x)(x)[0]; "
            "list.pop(x); list.copy(x)[0]; list.__getitem__(x, 0)"
        ),
    ),
    "list, filled later": ("x = []\nx.append(c)", "x[0]; x.pop()"),
    "list, by its class": ("x = []\nlist.append(x, c)", "x[0]"),
    "list, extended": ("x = []\nx.extend((c,))", "x[-1]"),
    "list, inserted": ("x = [None]\nx.insert(0, c)", "x[0]"),
    "list, in a slice": ("x = [None]\nx[0:1] = [c]", "x[0]"),
    "list, set": ("x = [None]\nx.__setitem__(0, c)", "x[0]"),
    "list, added": ("x = []\nx.__iadd__([c])", "x[0]"),
    "list, one of two": ("x = [] if event else []\nx += [c]", "x[0]"),
    "tuple": ("x = (c,)", "x[0]; tuple(x)[0]; x.__getitem__(0); (x + ())[0]; tuple.__getitem__(x, 0)"),
    "set": (
        "x = {c}",
        (
            "x.pop(); list(x)[0]; next(iter(x)); list(x | set())[0]; list(x & {c})[0]; list(x - set())[0]; "
            "list(x ^ set())[0]; x.union([]).pop(); x.intersection(x).pop(); x.difference([]).pop(); x.symmetric_difference([]).pop(); x.copy().pop()"
        ),
    ),
    "set, filled later": ("x = set()\nx.add(c)", "x.pop()"),
    "set, updated": ("x = set()\nx.update([c])", "x.pop()"),
    "set, by operator": ("x = set()\nx |= {c}", "x.pop()"),
    "frozenset": ("x = frozenset([c])", "next(iter(x)); list(x)[0]"),
    "dict": (
        "x = {'k': c}",
        (
            "x['k']; x.get('k'); x.pop('k'); x.popitem()[1]; x.setdefault('k'); list(x.values())[0]; list(x.items())[0][1]; dict(x)['k']; "
            "x.copy()['k']; {**x}['k']; (x | {})['k']; x.__getitem__('k'); x.__class__(x)['k']; type(x)(x)['k']; dict.get(x, 'k'); "
            "dict(x.items())['k']; dict(**x)['k']; (lambda k: k)(**x); x.__or__({})['k']; '{k}'.format(**x) and x['k']; x.values().__iter__().__next__()"
        ),
    ),
    "dict, keys": (
        "x = {c: 1}",
        "list(x)[0]; next(iter(x)); list(x.keys())[0]; list(x.items())[0][0]; x.popitem()[0]; [*x][0]; max(x, key=id)",
    ),
    "dict, set": ("x = {}\nx.__setitem__('k', c)", "x['k']"),
    "dict, by its class": ("x = {}\ndict.update(x, k=c)", "x['k']"),
    "dict, by keyword": ("x = dict(k=c)", "x['k']"),
    "dict, of pairs": ("x = dict([('k', c)])", "x['k']"),
    "dict, of keys": ("x = dict.fromkeys(['k'], c)", "x['k']"),
    "dict, updated": ("x = {}\nx |= {'k': c}", "x['k']"),
    "dict, one of two": ("x = {} if event else {}\nx |= {'k': c}", "x['k']"),
    "dict, by operator": (
        "import operator\nx = {}\noperator.setitem(x, 'k', c)",
        "x['k']; operator.getitem(x, 'k'); operator.itemgetter('k')(x)",
    ),
    "dict, subclass": (
        "class X(dict): pass\nx = X(k=c)",
        "x['k']; x.get('k'); x.pop('k'); list(x.values())[0]; x.copy()['k']; x.popitem()[1]; {**x}['k']",
    ),
    "list, subclass": ("class X(list): pass\nx = X([c])", "x[0]; x.pop(); [*x][0]; x.copy()[0]; x[:][0]; (x + [])[0]"),
    "tuple, subclass": ("class X(tuple): pass\nx = X([c])", "x[0]; [*x][0]"),
    "set, subclass": ("class X(set): pass\nx = X([c])", "x.pop(); [*x][0]"),
    "str, subclass": ("class X(str): pass\nx = X('a')\nx.y = c", "x.y; vars(x)['y']"),
    "int, subclass": (
        "class X(int):\n    def __new__(cls, y):\n        self = super().__new__(cls, 1)\n        self.y = y\n        return self\nx = X(c)",
        "x.y",
    ),
    "deque": ("import collections\nx = collections.deque([c])", "x[0]; x.pop(); x.popleft(); [*x][0]; x.copy()[0]"),
    "deque, filled later": ("import collections\nx = collections.deque()\nx.appendleft(c)", "x[0]"),
    "defaultdict": ("import collections\nx = collections.defaultdict(lambda: c)", "x['k']; x.__missing__('k'); x.default_factory()"),
    "defaultdict of lists": (
        "import collections\nx = collections.defaultdict(list)\nx['k'].append(c)",
        "x['k'][0]; list(x.values())[0][0]",
    ),
    "OrderedDict": ("import collections\nx = collections.OrderedDict(k=c)", "x['k']; x.popitem(last=False)[1]; list(x.values())[0]"),
    "Counter": (
        "import collections\nx = collections.Counter([c])",
        "list(x)[0]; x.most_common(1)[0][0]; next(x.elements()); next(iter(x)); list((x + x).keys())[0]",
    ),
    "Counter, subclass": (
        "import collections\nclass X(collections.Counter): pass\nx = X()\nx['k'] = c",
        "x['k']; x.get('k'); x.pop('k'); list(x.values())[0]; list(x.items())[0][1]",
    ),
    "ChainMap": (
        "import collections\nx = collections.ChainMap({'k': c})",
        "x['k']; x.get('k'); x.maps[0]['k']; x.new_child()['k']; x.new_child({}).parents['k']; list(x.values())[0]; dict(x)['k']",
    ),
    "ChainMap, subclass": (
        "import collections\nclass X(collections.ChainMap): pass\nx = X({}, {'k': c})",
        "x['k']; x.maps[1]['k']; x.new_child()['k']",
    ),
    "queue of asyncio": ("import asyncio\nx = asyncio.Queue()\nx.put_nowait(c)", "x.get_nowait()"),
    "queue of asyncio, awaited": ("import asyncio\nx = asyncio.PriorityQueue()\nasyncio.run(x.put((1, c)))", "asyncio.run(x.get())[1]"),
    "WeakSet": ("import weakref\nx = weakref.WeakSet()\nx.add(c)", "next(iter(x)); x.pop(); x.copy().pop()"),
    "UserDict": ("import collections\nx = collections.UserDict(k=c)", "x['k']; x.data['k']; list(x.values())[0]; x.get('k')"),
    "UserDict, subclass": (
        "import collections\nclass X(collections.UserDict): pass\nx = X(k=c)",
        "x['k']; x.data['k']; x.get('k'); {**x}['k']",
    ),
    "UserList": ("import collections\nx = collections.UserList([c])", "x[0]; x.data[0]; x.pop()"),
    "UserList, subclass": ("import collections\nclass X(collections.UserList): pass\nx = X([c])", "x[0]; x.data[0]"),
    "namedtuple": (
        "import collections\nN = collections.namedtuple('N', 'a b')\nx = N(1, b=c)",
        "x.b; x[1]; x[-1]; x._asdict()['b']; x._replace(a=2).b; N._make([1, c]).b; [*x][1]; getattr(x, 'b'); (lambda a, b: b)(*x)",
    ),
    "NamedTuple": (
        "import typing\nclass N(typing.NamedTuple):\n    a: object\n    b: object = None\nx = N(1, c)",
        "x.b; x[1]; x[bool(event)]; x[1:][0]; x[-1]; x._asdict()['b']; x._replace(a=2).b",
    ),
    "TypedDict": (
        "import typing\nclass T(typing.TypedDict):\n    a: object\nx = T(a=c)",
        "x['a']; x[chr(97 + 0 * len(event))]; x['a' if event else 'b']; x.get('a'); [*x.values()][0]; [x[k] for k in x][0]; dict(x)['a']; {**x}['a']; T(x)['a']; x.copy()['a']; x.pop('a')",
    ),
    "dataclass": (
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    a: object\n    b: object = None\nx = D(1, c)",
        "x.b; vars(x)['b']; x.__dict__['b']; dataclasses.replace(x, a=2).b; getattr(x, dataclasses.fields(x)[1].name); [getattr(x, f.name) for f in dataclasses.fields(x)][1]",
    ),
    "dataclass, default": (
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    a: object = dataclasses.field(default_factory=lambda: c)\nx = D()",
        "x.a",
    ),
    "make_dataclass": ("import dataclasses\nD = dataclasses.make_dataclass('D', ['a'])\nx = D(c)", "x.a"),
    "SimpleNamespace": ("import types\nx = types.SimpleNamespace(k=c)", "x.k; vars(x)['k']; x.__dict__['k']; getattr(x, 'k')"),
    "Namespace": ("import argparse\nx = argparse.Namespace(k=c)", "x.k; vars(x)['k']"),
    "Enum": (
        "import enum\nclass E(enum.Enum):\n    A = (c,)\nx = E.A",
        "x.value[0]; E['A'].value[0]; list(E)[0].value[0]; E.__members__['A'].value[0]; x._value_[0]",
    ),
    "Enum, with a client": ("import enum\nclass E(enum.Enum):\n    A = c\nx = E.A", "x.value; E['A'].value; list(E)[0].value"),
    "Queue": ("import queue\nx = queue.Queue()\nx.put(c)", "x.get(); x.get_nowait(); x.queue[0]"),
    "LifoQueue": ("import queue\nx = queue.LifoQueue()\nx.put_nowait(c)", "x.get()"),
    "SimpleQueue": ("import queue\nx = queue.SimpleQueue()\nx.put(c)", "x.get()"),
    "PriorityQueue": ("import queue\nx = queue.PriorityQueue()\nx.put((1, c))", "x.get()[1]"),
    "MappingProxyType": ("import types\nx = types.MappingProxyType({'k': c})", "x['k']; x.get('k'); x.copy()['k']"),
    "WeakValueDictionary": ("import weakref\nx = weakref.WeakValueDictionary()\nx['k'] = c", "x['k']; x.get('k')"),
    "weakref": ("import weakref\nx = weakref.ref(c)", "x()"),
    "ContextVar": ("import contextvars\nx = contextvars.ContextVar('x', default=c)", "x.get()"),
    "ContextVar, set": ("import contextvars\nx = contextvars.ContextVar('x')\nx.set(c)", "x.get()"),
    "threading.local": ("import threading\nx = threading.local()\nx.k = c", "x.k; vars(x)['k']; x.__dict__['k']"),
    "partial": ("import functools\nx = functools.partial(lambda y: y, c)", "x(); x.args[0]"),
    "partial, keywords": ("import functools\nx = functools.partial(dict, k=c)", "x()['k']; x.keywords['k']"),
    "closure": ("def make(y):\n    return lambda: y\nx = make(c)", "x(); x.__closure__[0].cell_contents"),
    "defaults": ("def x(y=c): return y", "x(); x.__defaults__[0]"),
    "keyword defaults": ("def x(*, y=c): return y", "x(); x.__kwdefaults__['y']"),
    "function attribute": ("def x(): pass\nx.y = c", "x.y; x.__dict__['y']; vars(x)['y']"),
    "method of a list": ("x = [c].pop", "x()"),
    "class attribute": ("class X: y = c\nx = X()", "x.y; X.y; X.__dict__['y']; vars(X)['y']; type(x).y; x.__class__.y"),
    "slots": ("class X:\n    __slots__ = ('y',)\nx = X()\nx.y = c", "x.y; getattr(x, X.__slots__[0])"),
    "getattr": ("class X:\n    def __getattr__(self, name): return c\nx = X()", "x.anything"),
    "getattribute": ("class X:\n    def __getattribute__(self, name): return c\nx = X()", "x.anything"),
    "getitem": ("class X:\n    def __getitem__(self, key): return c\nx = X()", "x[0]; x['k']; [y for y, _ in zip(x, [1])][0]"),
    "iter": ("class X:\n    def __iter__(self): yield c\nx = X()", "[*x][0]; next(iter(x)); list(x)[0]; tuple(x)[0]"),
    "len and getitem": (
        "class X:\n    def __len__(self): return 1\n    def __getitem__(self, key): return [c][key]\nx = X()",
        "x[0]; list(x)[0]; next(reversed(x))",
    ),
    "mapping of its own": (
        (
            "import collections.abc\nclass X(collections.abc.MutableMapping):\n    def __init__(self): self.kept = {}\n    def __getitem__(self, k): return self.kept[k]\n"
            "    def __setitem__(self, k, v): self.kept[k] = v\n    def __delitem__(self, k): del self.kept[k]\n    def __iter__(self): return iter(self.kept)\n"
            "    def __len__(self): return len(self.kept)\nx = X()\nx['k'] = c"
        ),
        "x['k']; x.get('k'); x.pop('k'); list(x.values())[0]; list(x.items())[0][1]; dict(x)['k']; {**x}['k']; x.setdefault('k')",
    ),
    "descriptor": ("class G:\n    def __get__(self, one, kind): return c\nclass X: y = G()\nx = X()", "x.y; X.y"),
    "property": ("class X:\n    @property\n    def y(self): return c\nx = X()", "x.y; X.y.fget(x)"),
    "cached property": ("import functools\nclass X:\n    @functools.cached_property\n    def y(self): return c\nx = X()", "x.y"),
    "lru_cache": ("import functools\n@functools.lru_cache\ndef x(): return c", "x(); x.__wrapped__()"),
    "metaclass that registers": (
        "class M(type):\n    kept = []\n    def __new__(m, name, bases, held):\n        made = super().__new__(m, name, bases, held)\n        m.kept.append(made)\n        return made\nclass X(metaclass=M):\n    def y(self): return c\nx = M.kept",
        "x[0]().y()",
    ),
    "metaclass that makes": ("class M(type):\n    def __call__(cls): return c\nclass X(metaclass=M): pass\nx = X", "x()"),
    "metaclass attribute": ("class M(type):\n    y = c\nclass X(metaclass=M): pass\nx = X", "x.y"),
    "metaclass item": ("class M(type):\n    def __getitem__(cls, k): return c\nclass X(metaclass=M): pass\nx = X", "x['k']"),
    "init_subclass": ("kept = []\nclass B:\n    def __init_subclass__(cls): kept.append(cls)\nclass X(B):\n    y = c\nx = kept", "x[0].y"),
    "class item": ("class X:\n    def __class_getitem__(cls, k): return c\nx = X", "x['k']"),
    "module": ("import types\nx = types.ModuleType('x')\nx.y = c", "x.y; vars(x)['y']; x.__dict__['y']"),
    "builtins": ("import builtins\nbuiltins.planted = c", "builtins.planted; planted"),
    "sys": ("import sys\nsys.planted = c", "sys.planted"),
    "environment": ("import os\nos.planted = c", "os.planted"),
    "globals": ("globals()['planted'] = c", "planted; globals()['planted']; globals().get('planted')"),
    "locals": ("x = c", "locals()['x']; vars()['x']; eval('x'); eval('x', {'x': c}); eval('x', None, {'x': c})"),
    "generator": ("def g():\n    yield c\nx = g()", "next(x); [*x][0]; x.send(None); x.__next__(); (lambda y: y)(*x)"),
    "generator, returned": (
        "def g():\n    return c\n    yield\ndef h():\n    global planted\n    planted = yield from g()\n[*h()]\nx = planted",
        "x",
    ),
    "generator, sent": ("def g():\n    y = yield\n    yield y\nx = g()\nnext(x)", "x.send(c)"),
    "generator, thrown": (
        "def g():\n    try: yield\n    except ValueError as e: yield e.args[0]\nx = g()\nnext(x)",
        "x.throw(ValueError(c))",
    ),
    "exception": ("x = ValueError(c)", "x.args[0]"),
    "exception attribute": ("x = ValueError()\nx.y = c", "x.y"),
    "stop iteration": ("def g():\n    return c\n    yield\ntry: next(g())\nexcept StopIteration as e: x = e.value", "x"),
    "cause": (
        "try:\n    try: raise ValueError(c)\n    except ValueError as e: raise KeyError from e\nexcept KeyError as e: x = e",
        "x.__cause__.args[0]; x.__context__.args[0]",
    ),
    "future": ("import concurrent.futures\nx = concurrent.futures.Future()\nx.set_result(c)", "x.result()"),
    "executor": ("import concurrent.futures\nwith concurrent.futures.ThreadPoolExecutor() as e: x = e.submit(lambda: c)", "x.result()"),
    "exit stack": ("import contextlib\nwith contextlib.ExitStack() as s: x = s.enter_context(contextlib.nullcontext(c))", "x"),
    "context manager": ("import contextlib\n@contextlib.contextmanager\ndef g(): yield c\nwith g() as y: x = y", "x"),
    "zip": ("x = zip([c], [1])", "next(x)[0]; [*x][0][0]; list(x)[0][0]"),
    "map": ("x = map(lambda y: y, [c])", "next(x); [*x][0]; list(x)[0]"),
    "filter": ("x = filter(None, [c])", "next(x); [*x][0]"),
    "enumerate": ("x = enumerate([c])", "next(x)[1]; dict(x)[0]"),
    "reversed": ("x = reversed([c])", "next(x); [*x][0]"),
    "iter of a function": ("x = iter(lambda: c, None)", "next(x)"),
    "itertools": (
        "import itertools\nx = [c]",
        (
            "next(itertools.cycle(x)); next(itertools.repeat(c)); list(itertools.chain(x))[0]; next(itertools.islice(x, 1)); list(itertools.product(x, [1]))[0][0]; "
            "list(itertools.zip_longest([1, 2], [1], fillvalue=c))[1][1]; list(itertools.permutations(x))[0][0]; list(itertools.combinations(x, 1))[0][0]; "
            "list(itertools.accumulate(x))[0]; next(itertools.takewhile(bool, x)); next(itertools.compress(x, [1])); next(itertools.starmap(lambda y: y, [x])); "
            "list(itertools.pairwise([c, 1]))[0][0]; next(itertools.groupby(x))[0]; list(next(itertools.groupby(x))[1])[0]; itertools.tee(x)[0].__next__(); "
            "next(itertools.filterfalse(lambda y: False, x)); next(itertools.dropwhile(lambda y: False, x)); list(itertools.combinations_with_replacement(x, 2))[0][1]"
        ),
    ),
    "heapq": (
        "import heapq\nx = []\nheapq.heappush(x, (1, c))",
        "x[0][1]; heapq.heappop(x)[1]; heapq.nsmallest(1, x)[0][1]; list(heapq.merge(x))[0][1]",
    ),
    "operator": (
        "import operator\nx = [c]",
        (
            "operator.getitem(x, 0); operator.itemgetter(0)(x); operator.concat(x, [])[0]; operator.iadd([], x)[0]; operator.or_({'k': c}, {})['k']; "
            "operator.methodcaller('pop')(x); operator.attrgetter('y')(__import__('types').SimpleNamespace(y=c)); operator.call(lambda: c)"
        ),
    ),
    "pkgutil": ("import pkgutil\nx = lambda name: pkgutil.resolve_name(name)('ec2')", "x('boto3:client'); x('boto3.client')"),
    "functools": (
        "import functools\nx = [c]",
        "functools.reduce(lambda y, z: z, x); functools.reduce(lambda y, z: z, x, None); functools.partialmethod(lambda y: y, c).args[0]",
    ),
    "copy": ("import copy\nx = [c]", "copy.copy(x)[0]; copy.copy({'k': c})['k']; copy.copy(c)"),
    "ctypes": ("import ctypes\nx = ctypes.py_object(c)", "x.value"),
    "cell": ("import types\nx = types.CellType(c)", "x.cell_contents"),
    "setattr": ("class X: pass\nx = X()\nsetattr(x, 'y', c)", "x.y"),
    "object setattr": (
        "class X: pass\nx = X()\nobject.__setattr__(x, 'y', c)",
        "x.y; object.__getattribute__(x, 'y'); x.__getattribute__('y')",
    ),
    "dict of instance": ("class X: pass\nx = X()\nx.__dict__['y'] = c", "x.y"),
    "type": ("x = type('X', (), {'y': c})", "x.y; x().y"),
    "new class": ("import types\nx = types.new_class('X', (), {}, lambda held: held.update(y=c))", "x.y"),
    "star": ("def f(*a, **k): return a, k\nx = f(c, k=c)", "x[0][0]; x[1]['k']"),
    "signature": ("import inspect\ndef f(y): pass\nx = inspect.signature(f).bind(c)", "x.arguments['y']; x.args[0]"),
    "frame": ("import sys\nx = sys._getframe()", "x.f_locals['c']"),
}


def script_of(body: str) -> str:
    text = body.replace("call(c)", "c.CALL").replace("CALL", CALL)
    return START + indent(text, "    ") + "\n"


def is_seen(body: str) -> None:
    script = script_of(body)
    assert run(script, 0), f"the script calls nothing:\n{script}"
    read = read_script(Script(text=script, handler="handler", files={}))
    assert any(operation == "StopInstances" for _, operation, _ in read.calls) or read.reported, script


@pytest.mark.parametrize("node", nodes())
def test_a_client_behind_every_node_is_followed_or_reported(node: str) -> None:
    is_seen(SYNTAX[node])


@pytest.mark.parametrize("place", PLACES)
def test_a_call_in_every_place_of_an_expression_is_derived(place: str) -> None:
    script = script_of("deco = lambda *_: lambda x=None: None\n" + PLACES[place])
    assert run(script, 0), f"the script calls nothing:\n{script}"
    read = read_script(Script(text=script, handler="handler", files={}))
    assert any(operation == "StopInstances" for _, operation, _ in read.calls), script


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_client_in_every_container_is_followed_or_reported(name: str) -> None:
    fill, ways = CONTAINERS[name]
    for way in ways.split("; "):
        is_seen(f"{fill}\n({way}).CALL")
