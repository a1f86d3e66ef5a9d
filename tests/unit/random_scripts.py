"""Scripts made at random over texts, conditions and containers, run against a boto3 that records, and compared with what is derived.

    python tests/unit/random_scripts.py 10000 [FIRST_SEED]

Every recorded call must be derived at its line with its inputs inside what was derived, or be reported by a finding.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import os
import random
import resource
import signal
import sys
import time
import types
import warnings
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from textwrap import indent
from typing import Any

from automation_role.derive.scripts.reader.results import Known
from automation_role.derive.scripts.script import Read, Script, read_script
from automation_role.values.patterns import Pattern, Slot
from automation_role.values.value import UNKNOWN, Text, Value

FILE = "<random script>"
S3 = ("get_object", "put_object", "delete_object", "head_object", "get_object_tagging", "get_object_acl")
KEYS = ("k", "m", "flag")
HEAD = """\
import base64, boto3, collections, contextlib, copy, dataclasses, enum, functools, itertools, json, operator, os.path, random, re, string, types
import urllib.parse
s3 = boto3.client("s3")
ec2 = boto3.client("ec2")
DEFAULTS = {"k": "default", "flag": "", "m": "dm"}
NAMES = ["n0", "n1", "n2"]
class K:
    attr = "class"
    flag = False
    other = "co"
    def __init__(self, given=None):
        if given:
            self.attr = given
    def use(self):
        s3.get_object(Bucket=self.attr, Key=self.other)
        if not self.flag:
            s3.delete_object(Bucket=self.attr, Key="u")
class Sub(K):
    other = "so"
    def set(self, x):
        self.other = x
        return self
class Box:
    def __init__(self, items=()): self.items = list(items)
    def __len__(self): return len(self.items)
class Own(dict):
    pass
class Pile(list):
    pass
@dataclasses.dataclass
class Data:
    k: str = "dk"
    m: str = "dm"
    tags: list = dataclasses.field(default_factory=list)
def put(d, key, x):
    d[key] = x
    return d
def first(items, otherwise="none"):
    for one in items:
        return one
    return otherwise
def shift(items):
    items.insert(0, "shifted")
def giving(*texts):
    for one in texts:
        yield one
def echoing(start):
    while True:
        start = yield start
Pair = collections.namedtuple("Pair", "one two", defaults=["second"])
class Kind(enum.Enum):
    A = "ka"
    B = "kb"
class Lazy:
    made = {}
    def __init__(self, **more): self.more = more
    def __getattr__(self, name): return self.more.get(name, "lazy")
    def __getitem__(self, key): return self.more[key]
    @property
    def k(self): return self.more.get("k", "pk")
    @k.setter
    def k(self, x): self.more["k"] = x
    @classmethod
    def named(cls, x):
        cls.made[x] = cls(k=x)
        return cls.made[x]
    @staticmethod
    def plain(x, y="y"): return y + x
class Deep(Sub):
    def __init__(self, given=None, extra="de"):
        super().__init__(given)
        self.extra = extra
    def set(self, x): return super().set(x + self.extra)
class Wrong(Exception):
    def __init__(self, k): self.k = k
def wrapped(function):
    @functools.wraps(function)
    def inner(x, *rest): return function(x + "w", *rest)
    return inner
@wrapped
def decorated(x, y="dy"): return y + x
@functools.lru_cache
def cached(x): return "c" + x
def look(x):
    boto3.client("s3").head_object(Bucket="look", Key=x)
def see():
    s3.get_object(Bucket=K.attr, Key=DEFAULTS["k"])
def all_of(items):
    return items[0] + all_of(items[1:]) if items else ""
@contextlib.contextmanager
def held(x):
    yield [x]
def keys_of(role):
    given = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="x")["Credentials"]
    return dict(aws_access_key_id=given["AccessKeyId"], aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"])
def twice(x):
    return x + x
class It:
    def __init__(self, items): self.items = list(items)
    def __iter__(self): return self
    def __next__(self):
        if not self.items: raise StopIteration
        return self.items.pop(0)
class Told:
    z = "z"
    def __setattr__(self, name, x): object.__setattr__(self, name, x + "!")
    def __getattribute__(self, name): return object.__getattribute__(self, name) + "?"
class Kept:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, o, owner=None): return vars(o).get(self.name, "kept")
    def __set__(self, o, x): vars(o)[self.name] = x + "-"
class Has:
    kept = Kept()
    joined = functools.partialmethod(lambda self, x, y: x + self.kept + y, "pm")
def lazily(items, end):
    return (x + end[0] for x in items)
def taken(it, otherwise="taken"):
    return str(next(it, otherwise))
class Rich(enum.Enum):
    A = ("ra", "rb")
    B = ("sa", "sb")
    def __init__(self, one, two): self.one, self.two = one, two
@dataclasses.dataclass
class Posted:
    k: str = "pk"
    m: str = "pm"
    def __post_init__(self): self.k += "-post"
class Asked(collections.UserDict):
    def __setitem__(self, key, x): super().__setitem__(key, x + "s")
    def __getitem__(self, key): return super().__getitem__(key) + "g"
class Both:
    def __init__(self, items): self.items = list(items)
    def __iter__(self): return iter(self.items)
    def __reversed__(self): return (x + "r" for x in self.items)
    def __copy__(self): return Both([x + "c" for x in self.items])
"""


class Programs:
    """Writes one program: statements over a few variables of known types."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.texts, self.dicts, self.lists, self.things = ["a", "b"], ["d", "e"], ["p", "q"], ["o"]
        self.functions: list[str] = []
        self.number = 0
        self.careful = self.odds(0.5)  # statements that may fail do so in a `try` of their own

    def one(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    # -- expressions

    def literal(self) -> str:
        return repr(self.one("x", "yy", "a-b", "n1", "k", "", "z/w"))

    def key(self) -> str:
        return repr(self.one(*KEYS))

    def index(self) -> str:
        return self.one("0", "0", "-1", "1")

    def text(self, depth: int = 0) -> str:
        simple: list[Callable[[], str]] = [
            self.literal,
            self.literal,
            lambda: self.one(*self.texts),
            lambda: self.one(*self.texts),
            lambda: f"{self.mapping(9)}[{self.key()}]",
            lambda: f"{self.mapping(9)}.get({self.key()}, {self.literal()})",
            lambda: f"{self.listing(9)}[{self.index()}]",
            lambda: f"{self.thing()}.{self.one('attr', 'other')}",
            lambda: "event['X']",
            lambda: f"event.get('X', {self.literal()})",
            lambda: f"K.{self.one('attr', 'other')}",
            lambda: f"g['r'][{self.key()}]",
            lambda: f"g['l'][{self.index()}]",
            lambda: f"h[{self.index()}][{self.key()}]",
        ]
        if depth >= 2:
            return str(self.chance.choice(simple)())
        one, other = (lambda: self.text(depth + 1)), (lambda: self.text(depth + 1))
        d, p = (lambda: self.mapping(depth + 1)), (lambda: self.listing(depth + 1))
        nested: list[Callable[[], str]] = [
            lambda: f"({one()} + {other()})",
            lambda: f"f'{{{one()}}}-{{{self.count()}:03d}}'".replace("'x'", '"x"') if sys.version_info >= (3, 12) else one(),
            lambda: f"'{{}}-{{:03d}}'.format({one()}, {self.count()})",
            lambda: f"'{{0:>4}}{{0!r:.3}}'.format({one()})",
            lambda: f"'%s-%03d' % ({one()}, {self.count()})",
            lambda: f"'%(k)s-%(m)s' % {d()}",
            lambda: f"{one()}.{self.one('upper()', 'strip()', 'title()', 'zfill(3)', 'ljust(4, chr(45))')}",
            lambda: f"{one()}.replace('x', {other()})",
            lambda: f"{one()}[{self.one('1:', ':1', '::-1')}]",
            lambda: f"{one()}.split('-')[{self.one('0', '-1')}]",
            lambda: f"{self.literal()}.join({p()})",
            lambda: f"({one()} if {self.condition()} else {other()})",
            lambda: f"({one()} or {other()})",
            lambda: f"({one()} and {other()})",
            lambda: f"(lambda x, y={one()}: x + y)({other()})",
            lambda: f"(w := {one()})",
            lambda: f"{d()}.get({self.key()}, {one()})",
            lambda: f"({d()}.get({self.key()}) or {one()})",
            lambda: f"{d()}.pop({self.key()}, {one()})",
            lambda: f"{d()}.setdefault({self.key()}, {one()})",
            lambda: f"{d()}[{one()}]",
            lambda: f"{p()}[{self.index()}]",
            lambda: f"{p()}.pop({self.one('', '0')})",
            lambda: f"{self.one('max', 'min', 'first')}({p()})",
            lambda: f"next(iter({p()}), {one()})",
            lambda: f"sorted({p()})[{self.index()}]",
            lambda: f"list(reversed({p()}))[{self.index()}]",
            lambda: f"list({d()})[{self.index()}]",
            lambda: f"list({d()}.values())[{self.index()}]",
            lambda: f"list({d()}.items())[{self.index()}][1]",
            lambda: f"list(set({p()}))[0]",
            lambda: f"list({{{one()}, {other()}}} - {{{self.literal()}}})[0]",
            lambda: f"os.path.join({one()}, {other()})",
            lambda: f"os.path.{self.one('basename', 'dirname')}({one()})",
            lambda: f"string.Template('$a-$b').substitute(a={one()}, b={other()})",
            lambda: f"string.Template('$k/$m').safe_substitute({d()})",
            lambda: f"json.loads(json.dumps({d()}))[{self.key()}]",
            lambda: f"json.dumps({p()})",
            lambda: f"str({self.count()})",
            lambda: f"functools.reduce(lambda x, y: x + y, {p()})",
            lambda: f"list(itertools.product({p()}, {p()}))[{self.one('0', '1', '-1')}][{self.one('0', '1')}]",
            lambda: f"list(itertools.zip_longest({p()}, {p()}, fillvalue={one()}))[-1][{self.one('0', '1')}]",
            lambda: f"list(zip({p()}, {p()}))[{self.index()}][{self.one('0', '1')}]",
            lambda: f"list(itertools.chain({p()}, {p()}))[{self.index()}]",
            lambda: f"list(itertools.accumulate({p()}))[-1]",
            lambda: f"list(itertools.combinations({p()}, 2))[0][{self.one('0', '1')}]",
            lambda: f"list(enumerate({p()}, {self.count()}))[{self.index()}][1]",
            lambda: f"[f'{{i}}{{x}}' for i, x in enumerate({p()})][{self.index()}]",
            lambda: f"[x for x in {p()} if x != {one()}][{self.index()}]",
            lambda: f"next((x for x in {p()} if x == {one()}), {other()})",
            lambda: f"dict(zip({p()}, {p()}))[{one()}]",
            lambda: f"collections.Counter({p()}).most_common(1)[0][0]",
            lambda: f"collections.deque({p()}, maxlen=1)[0]",
            lambda: f"getattr({self.thing()}, {self.one(repr('attr'), repr('other'), repr('none'))}, {one()})",
            lambda: f"operator.itemgetter({self.index()})({p()})",
            lambda: f"operator.attrgetter('attr')({self.thing()})",
            lambda: f"dataclasses.replace(Data(k={one()}), m={other()}).{self.one('k', 'm')}",
            lambda: f"Data({one()}).{self.one('k', 'm')}",
            lambda: f"Sub().set({one()}).other",
            lambda: f"types.SimpleNamespace(**{d()}).{self.one('k', 'm')}",
            lambda: f"put({d()}, {self.key()}, {one()})[{self.key()}]",
            lambda: f"copy.deepcopy({d()})[{self.key()}]",
            lambda: f"list(giving({one()}, {other()}))[{self.index()}]",
            lambda: f"random.choice({p()})",
            lambda: f"twice({one()})",
            lambda: f"str({one()}).join(['', {other()}])",
            lambda: f"{{'k': {one()}, 'm': {other()}}}[{self.key()}]",
            lambda: f"({one()}, {other()})[{self.index()}]",
            lambda: f"[{one()}, *{p()}][{self.index()}]",
            lambda: f"(lambda *args, **more: args[0] + more.get('k', 'no'))({one()}, **{d()})",
            lambda: f"'{{k}}{{m}}'.format_map({d()})",
            lambda: f"'{{k}}{{m}}'.format(**{d()})",
            lambda: f"{one()}.partition('-')[{self.one('0', '2')}]",
            lambda: f"str({one()} in {p()})",
            lambda: f"'{{0.attr}}{{1[k]}}'.format({self.thing()}, {d()})",
            lambda: f"'{{:{self.one('>', '<', '^')}{{}}}}'.format({one()}, {self.count()})",
            lambda: f"f'{{{self.one(*self.texts)}!r:.{{n}}}}'",
            lambda: f"f'{{{self.one(*self.texts)}=}}'",
            lambda: f"'%-4s|%5.2s' % ({one()}, {other()})",
            lambda: f"'%s' % {one()}",
            lambda: f"({one()} * {self.count()})",
            lambda: f"{one()}.{self.one('removeprefix', 'removesuffix', 'lstrip', 'rstrip')}({self.literal()})",
            lambda: (
                f"{one()}.{self.one('lower()', 'capitalize()', 'swapcase()', 'casefold()', 'center(5)', 'rjust(4)', 'encode().decode()')}"
            ),
            lambda: f"{one()}.{self.one('rsplit', 'split')}({self.one(repr('-'), repr('/'), 'None')}, 1)[{self.one('0', '-1')}]",
            lambda: f"{one()}.rpartition('/')[{self.one('0', '2')}]",
            lambda: f"{one()}.translate(str.maketrans('xk', 'XK'))",
            lambda: f"str({one()}.{self.one('find', 'count')}({self.literal()}))",
            lambda: f"{one()}[{self.count()}:{self.one('', '-1')}]",
            lambda: f"re.sub({self.literal()}, {other()}, {one()})",
            lambda: f"(re.match('(.)-?(.*)', {one()}) or re.match('()()', '')).group({self.one('0', '1', '2')})",
            lambda: f"urllib.parse.quote({one()}, safe='')",
            lambda: f"base64.b64encode({one()}.encode()).decode()",
            lambda: f"'-'.join(x for x in {p()} if {self.condition(1)})",
            lambda: f"'-'.join(sorted({d()}))",
            lambda: f"''.join([{one()}, *{p()}])",
            lambda: f"{self.one('max', 'min')}({p()}, key=len)",
            lambda: f"sorted({p()}, key=len, reverse=True)[{self.index()}]",
            lambda: f"sorted({d()}.items())[{self.index()}][1]",
            lambda: f"{{y: x for x, y in {d()}.items()}}.get({one()}, {other()})",
            lambda: f"[x['k'] for x in h][{self.index()}]",
            lambda: f"{{x['k']: x['m'] for x in h}}.get({one()}, {other()})",
            lambda: f"next(({self.one('x', 'y')} for x in h for y in {p()} if y != {one()}), {{'k': {other()}}})['k']",
            lambda: f"copy.deepcopy(g)['r'][{self.key()}]",
            lambda: f"json.loads(json.dumps(g))['l'][{self.index()}]",
            lambda: f"Pair({one()}).{self.one('one', 'two')}",
            lambda: f"Pair({one()}, {other()})._replace(one={one()})[{self.index()}]",
            lambda: f"Kind.{self.one('A', 'B')}.value",
            lambda: f"Kind({self.one(repr('ka'), one())}).value",
            lambda: f"[x.value for x in Kind][{self.index()}]",
            lambda: f"Lazy(k={one()}, **{d()}).{self.one('k', 'm', 'other')}",
            lambda: f"Lazy(m={one()})[{self.key()}]",
            lambda: f"Lazy.named({one()}).k",
            lambda: f"list(Lazy.made)[{self.index()}]",
            lambda: f"Lazy.plain({one()}{self.one('', ', ' + self.literal())})",
            lambda: f"Deep({one()}, extra={other()}).{self.one('attr', 'other', 'extra', 'set(' + one() + ').other')}",
            lambda: f"decorated({one()}{self.one('', ', ' + self.literal())})",
            lambda: f"cached({one()})",
            lambda: f"all_of({p()})",
            lambda: f"functools.partial(Lazy.plain, y={one()})({other()})",
            lambda: f"list(map(Lazy.plain, {p()}))[{self.index()}]",
            lambda: f"(lambda it: (next(it), it.send({one()})))(echoing({other()}))[{self.one('0', '1')}]",
            lambda: f"dict(enumerate({p()}))[{self.one('0', '1', 'n')}]",
            lambda: f"[*{d()}][{self.index()}]",
            lambda: f"max({d()}, key={d()}.get)",
            lambda: f"functools.reduce(lambda x, y: {{**x, **y}}, h, {d()})[{self.key()}]",
            lambda: f"next(y for x, y in itertools.groupby({p()}) for y in y)",
            lambda: f"dict([*{d()}.items(), ({self.key()}, {one()})])[{self.key()}]",
            *[lambda: f"str(next(v, {one()}))"] * 3,
            lambda: f"taken(v, {one()})",
            lambda: "'-'.join(map(str, v))",
            lambda: f"(lambda i: (taken(i), *i))({self.one('iter', 'reversed')}({p()}))[-1]",
            lambda: f"(lambda i: [*zip(i, i)])(iter({p()}))[-1][{self.one('0', '1')}]",
            lambda: f"(tt + ({one()},))[{self.index()}]",
            lambda: f"{self.one('tt', 'uu')}[{self.index()}]",
            lambda: f"Rich.{self.one('A', 'B')}.{self.one('one', 'two')}",
            lambda: f"list(Rich)[{self.index()}].two",
            lambda: f"dataclasses.replace(Posted({one()}), m={other()}).k",
            lambda: f"Asked({d()})[{self.key()}]",
            lambda: f"Asked({d()}).get({self.key()}, {one()})",
            lambda: f"list(reversed(Both({p()})))[{self.index()}]",
            lambda: f"copy.copy(Both({p()})).items[{self.index()}]",
            lambda: f"copy.deepcopy(h)[{self.index()}][{self.key()}]",
            lambda: f"kept[{self.index()}][{self.key()}]",
            lambda: f"str(list(v)[{self.index()}])",
            lambda: f"list(lazily({p()}, {p()}))[{self.index()}]",
            lambda: f"next(It({p()}))",
            lambda: f"list(It({p()}))[{self.index()}]",
            lambda: f"{p()}[slice({self.one('0, 1', '1, None', 'None, None, -1')})][{self.one('0', '-1')}]",
            lambda: f"sorted({p()}, key=lambda x: q.append(x) or x)[{self.index()}]",
            lambda: f"[q.append(x) or q[0] for x in [*{p()}]][{self.index()}]",
            lambda: f"eval('x + y', {{'x': {one()}}}, {{'y': {other()}}})",
            lambda: f"json.loads(json.dumps({d()}), object_hook=lambda x: {{**x, 'm': {one()}}})[{self.key()}]",
            lambda: "told.z",
            lambda: "has.kept",
            lambda: f"has.joined({one()})",
        ]
        if self.functions:
            nested += [lambda: f"{self.one(*self.functions)}({one()})"] * 4
        return str(self.chance.choice([*simple, *simple, *nested])())

    def count(self) -> str:
        return self.one("1", "7", "n", "len(p)", "n + 1", "event.get('N', 2)")

    def mapping(self, depth: int = 0) -> str:
        simple = [lambda: self.one(*self.dicts)] * 6 + [lambda: "DEFAULTS"]
        if depth >= 2:
            return str(self.chance.choice(simple)())
        d, t = (lambda: self.mapping(depth + 1)), (lambda: self.text(depth + 1))
        nested: list[Callable[[], str]] = [
            lambda: f"{{{self.key()}: {t()}, {self.key()}: {t()}}}",
            lambda: f"{{**{d()}, {self.key()}: {t()}}}",
            lambda: f"{{{self.key()}: {t()}, **{d()}}}",
            lambda: f"{{**{d()}, **event['O']}}",
            lambda: f"{{**{d()}, **event.get('O', {{}})}}",
            lambda: f"({d()} | {d()})",
            lambda: f"dict({d()}, k={t()})",
            lambda: f"dict({d()}, **event['O'])",
            lambda: f"collections.ChainMap({d()}, {d()})",
            lambda: f"collections.defaultdict(lambda: {t()}, {d()})",
            lambda: f"collections.OrderedDict({d()})",
            lambda: f"Own({d()})",
            lambda: f"dict({d()}.items())",
            lambda: f"dict([({self.key()}, {t()})])",
            lambda: f"dict.fromkeys([{self.key()}, {self.key()}], {t()})",
            lambda: f"{{x: y for x, y in {d()}.items() if {self.condition()}}}",
            lambda: f"{{x: {t()} for x in {self.listing(depth + 1)}}}",
            lambda: f"({d()} if {self.condition()} else {d()})",
            lambda: f"copy.copy({d()})",
            lambda: f"{d()}.copy()",
            lambda: f"put({d()}, {self.key()}, {t()})",
            lambda: f"vars(Data({t()}))",
            lambda: f"dataclasses.asdict(Data(m={t()}))",
            lambda: "g['r']",
            lambda: f"h[{self.index()}]",
            lambda: f"Pair({t()})._asdict()",
            lambda: f"next((x for x in h if x['k'] == {t()}), {d()})",
            lambda: f"json.loads(json.dumps({d()}))",
            lambda: f"dict(sorted({d()}.items()))",
            lambda: f"dict(reversed({d()}.items()))",
            lambda: f"dict(x for x in {d()}.items() if {self.condition(1)})",
            lambda: f"(lambda **more: more)(k={t()}, **{{'m': {t()}}})",
        ]
        return str(self.chance.choice([*simple, *nested])())

    def listing(self, depth: int = 0) -> str:
        simple = [lambda: self.one(*self.lists)] * 6 + [lambda: "NAMES"]
        if depth >= 2:
            return str(self.chance.choice(simple)())
        p, t = (lambda: self.listing(depth + 1)), (lambda: self.text(depth + 1))
        nested: list[Callable[[], str]] = [
            lambda: f"[{t()}, {t()}]",
            lambda: f"[{t()}, *{p()}]",
            lambda: f"[*{p()}, {t()}]",
            lambda: f"({p()} + [{t()}])",
            lambda: f"list({p()})",
            lambda: f"{p()}[:]",
            lambda: f"{p()}[1:]",
            lambda: f"{p()}[::-1]",
            lambda: f"sorted({p()})",
            lambda: f"[x + {t()} for x in {p()}]",
            lambda: f"list(map(str.upper, {p()}))",
            lambda: f"list(map(lambda x: x + {t()}, {p()}))",
            lambda: f"list(filter(None, {p()}))",
            lambda: f"list({self.mapping(depth + 1)}.values())",
            lambda: f"list(itertools.islice({p()}, 1, None))",
            lambda: f"{t()}.split('-')",
            lambda: f"({p()} * {self.one('0', '1', '2')})",
            lambda: f"({p()} if {self.condition()} else {p()})",
            lambda: f"Pile({p()})",
            lambda: f"collections.deque({p()})",
            lambda: f"copy.copy({p()})",
            lambda: f"list({{{t()}, {t()}}})",
            lambda: f"list({{{t()}, {t()}}} & set({p()}))",
            lambda: f"list(dict.fromkeys({p()}))",
            lambda: f"random.sample({p()}, 1)",
            lambda: "event['L']",
            lambda: "g['l']",
            lambda: f"[x[{self.key()}] for x in h]",
            lambda: f"[x for x in {p()} for y in {p()} if x != y]",
            lambda: f"list(dict(zip({p()}, {p()})).values())",
            lambda: f"sorted({p()}, key=lambda x: x[-1:], reverse=True)",
            lambda: f"re.findall('[a-z0-9]+', {t()})",
            lambda: f"{t()}.splitlines()",
            lambda: f"list({t()})",
            lambda: f"[x.get('k', {t()}) for x in [*h, {self.mapping(depth + 1)}]]",
            lambda: f"(lambda *args: list(args))(*{p()}, {t()})",
            lambda: f"[*Pair({t()}, {t()})]",
        ]
        return str(self.chance.choice([*simple, *nested])())

    def thing(self) -> str:
        return self.one(*self.things)

    def condition(self, depth: int = 0) -> str:
        t = lambda: self.text(2)  # noqa: E731
        simple: list[Callable[[], str]] = [
            lambda: "flip()",
            lambda: "flip()",
            lambda: f"{t()} == {self.literal()}",
            lambda: f"{t()} != {t()}",
            lambda: f"{self.key()} in {self.mapping(2)}",
            lambda: f"{self.literal()} in {self.listing(2)}",
            lambda: f"{t()} not in {self.listing(2)}",
            lambda: f"{t()} in ({self.literal()}, {self.literal()})",
            lambda: f"{t()} not in {{{self.literal()}: 1, {self.key()}: 2}}",
            lambda: f"{self.mapping(2)}.get({self.key()})",
            lambda: f"{self.mapping(2)}.get({self.key()}) is None",
            lambda: f"{self.mapping(2)}.get({self.key()}) == {t()}",
            lambda: f"{self.listing(2)}",
            lambda: f"{self.mapping(2)}",
            lambda: f"len({self.listing(2)}) > 1",
            lambda: f"{self.thing()}.flag",
            lambda: f"Box({self.listing(2)})",
            lambda: f"Own({self.mapping(2)})",
            lambda: f"{t()}",
            lambda: f"{t()}.startswith({self.literal()})",
            lambda: "n > 1",
            lambda: "n",
            lambda: f"isinstance({t()}, str)",
            lambda: f"(w := {t()})",
            lambda: f"{self.mapping(2)} == {self.mapping(2)}",
            lambda: f"{self.listing(2)} == []",
            lambda: f"any(x == {self.literal()} for x in {self.listing(2)})",
            lambda: f"all({self.listing(2)})",
            lambda: f"{self.thing()} is {self.thing()}",
            lambda: f"{self.literal()} < {t()} < 'm'",
            lambda: f"{t()} is not None",
            lambda: "event.get('Flag')",
            lambda: f"hasattr({self.thing()}, 'extra')",
        ]
        if depth >= 1:
            return str(self.chance.choice(simple)())
        c = lambda: self.condition(1)  # noqa: E731
        nested: list[Callable[[], str]] = [
            lambda: f"not {c()}",
            lambda: f"not {c()}",
            lambda: f"({c()} and {c()})",
            lambda: f"({c()} or {c()})",
            lambda: f"bool({c()})",
        ]
        return str(self.chance.choice([*simple, *nested, *nested])())

    # -- statements

    def call(self) -> str:
        operation = self.one(*S3)
        return str(
            self.one(
                f"s3.{operation}(Bucket={self.text()}, Key={self.text()})",
                f"s3.{operation}(Bucket={self.text()}, Key={self.text()})",
                f"s3.{operation}(**{{'Bucket': {self.text()}, 'Key': {self.text()}}})",
                f"s3.delete_object(**{{'Bucket': 'b', 'Key': 'k', **{self.mapping()}}})",
                f"ec2.stop_instances(InstanceIds={self.listing()})",
                f"ec2.create_tags(Resources=[{self.text()}], Tags=[{{'Key': {self.text()}, 'Value': {self.text()}}}])",
                f"{self.thing()}.use()",
                f"getattr(s3, {self.one(*S3)!r})(Bucket={self.text()}, Key='g')",
                f"boto3.client('s3', region_name={self.text()}).{operation}(Bucket='r', Key={self.text()})",
                f"boto3.client('s3', **keys_of({self.text()})).{operation}(Bucket={self.text()}, Key='a')",
                f"boto3.client('s3', **(keys_of({self.text(1)}) if {self.condition()} else {{}})).{operation}(Bucket={self.text(1)}, Key='e')",
                f"look({self.text()})",
                "see()",
                f"boto3.Session(**keys_of({self.text()})).client('ec2').stop_instances(InstanceIds={self.listing()})",
            )
        )

    def bind(self, names: list[str]) -> str:
        return self.one(*names)

    def statement(self, depth: int) -> str:
        """One statement, simple or with others inside."""
        text = self._statement(depth)
        if not self.careful or "\n" in text or self.odds(0.2):
            return text
        return f"try: {text}\nexcept Exception: pass"

    def _statement(self, depth: int) -> str:
        d, p, o = (lambda: self.one(*self.dicts)), (lambda: self.one(*self.lists)), self.thing
        t = self.text
        simple: list[Callable[[], str]] = [
            *[self.call] * 8,
            *[lambda: f"{self.one(*self.texts)} = {t()}"] * 4,
            lambda: f"{self.one(*self.texts)} += {t()}",
            *[lambda: f"{d()}[{self.key()}] = {t()}"] * 3,
            lambda: f"{d()}[{t()}] = {t()}",
            lambda: f"{d()} = {self.mapping()}",
            lambda: f"{p()} = {self.listing()}",
            lambda: f"{d()}.update({self.mapping()})",
            lambda: f"{d()}.update(event['O'])",
            lambda: f"{d()}.update({self.key().strip(chr(39))}={t()})",
            lambda: f"{d()} |= {self.mapping()}",
            lambda: f"{d()}.pop({self.key()}, None)",
            lambda: f"{d()}.pop({t(2)}, None)",
            lambda: f"{d()}.popitem()",
            lambda: f"{d()}.clear()",
            lambda: f"del {d()}[{self.key()}]",
            lambda: f"{d()}.setdefault({self.key()}, {t()})",
            lambda: f"{d()}.__setitem__({self.key()}, {t()})",
            lambda: f"operator.setitem({d()}, {self.key()}, {t()})",
            lambda: f"put({d()}, {self.key()}, {t()})",
            *[lambda: f"{p()}.append({t()})"] * 2,
            lambda: f"{p()}.insert({self.one('0', '1', '-1', 'n')}, {t()})",
            lambda: f"{p()}.extend({self.listing()})",
            lambda: f"{p()} += {self.listing()}",
            lambda: "if len({0}) < 9: {0} *= {1}".format(p(), self.one("2", "n")),
            lambda: f"{p()}[{self.index()}] = {t()}",
            lambda: f"{p()}[{self.one('1:', ':1', ':')}] = [{t()}]",
            lambda: f"del {p()}[{self.one('0', '-1', ':1', 'n', ':')}]",
            lambda: f"{p()}.{self.one('sort()', 'reverse()', 'clear()', 'pop(0)', 'pop()')}",
            lambda: f"{p()}.remove({t()})",
            lambda: f"random.shuffle({p()})",
            lambda: f"shift({p()})",
            lambda: f"list.insert({p()}, 0, {t()})",
            lambda: f"{o()} = {self.one('K', 'Sub')}({self.one('', t(1))})",
            lambda: f"{o()}.{self.one('attr', 'other')} = {t()}",
            lambda: f"setattr({o()}, {self.one('attr', 'other', 'flag')!r}, {t()})",
            lambda: f"setattr({o()}, {t(2)}, {t()})",
            lambda: f"{o()}.__dict__.update({self.one('attr', 'other')}={t()})",
            lambda: f"vars({o()}).update({self.mapping()})",
            lambda: f"{o()}.flag = {self.condition()}",
            lambda: f"del {o()}.{self.one('attr', 'other')}",
            lambda: f"{self.one('K', 'Sub')}.{self.one('attr', 'other')} = {t()}",
            lambda: f"{self.one(*self.texts)}, {self.one(*self.texts)} = {t()}, {t()}",
            lambda: f"{self.one(*self.texts)}, *{p()} = {self.listing()}",
            lambda: f"n = {self.one('0', '1', '2', 'n + 1', 'len(q)')}",
            lambda: f"(lambda x: x.insert(0, {t()}))({p()})",
            lambda: f"assert {self.condition()}",
            lambda: f"{d()} = {d()}",
            lambda: f"{p()} = {p()}",
            lambda: f"boto3.setup_default_session(**keys_of({t()}))",
            lambda: f"boto3.setup_default_session(region_name={t()})",
            lambda: f"g['r'][{self.key()}] = {t()}",
            lambda: f"g['l'].append({t()})",
            lambda: f"g['l'][{self.index()}] = {t()}",
            lambda: f"g['l'] = {p()}",
            lambda: f"g['r'] = {d()}",
            lambda: f"{d()} = g['r']",
            lambda: f"{p()} = g['l']",
            lambda: f"h.append({self.mapping()})",
            lambda: f"h.insert(0, {self.mapping(1)})",
            lambda: f"h[{self.index()}][{self.key()}] = {t()}",
            lambda: f"h[{self.index()}] = {d()}",
            lambda: f"{d()} = h[{self.index()}]",
            lambda: f"h.pop({self.one('', '0')})",
            lambda: f"g.setdefault({self.key()}, {{}})[{self.key()}] = {t()}",
            lambda: f"l.k = {t()}",
            lambda: f"l.more[{self.key()}] = {t()}",
            lambda: f"l = Lazy(**{self.mapping()})",
            lambda: f"{self.one(*self.texts)} = l.{self.one('k', 'm', 'none')}",
            lambda: f"{self.one(*self.texts)} = l.made[{t()}].k",
            lambda: f"{o()} = Deep({t(1)})",
            *[lambda: f"v = (x + {t(1)} for x in itertools.islice({self.listing(1)}, 9))"] * 2,
            lambda: f"v = map(lambda x: x + {self.one(*self.texts)}, itertools.islice({self.listing(1)}, 9))",
            lambda: f"v = zip({self.listing(1)}, {self.listing(1)})",
            lambda: f"v = iter({self.one('It', 'reversed', 'enumerate')}({self.listing(1)}))",
            lambda: f"v = iter({d()}.{self.one('keys', 'values', 'items')}())",
            lambda: f"v = lazily({self.listing(1)}, {p()})",
            lambda: f"u = {d()}.{self.one('values', 'keys')}()",
            lambda: f"{self.one(*self.texts)} = str(list(u)[{self.index()}])",
            lambda: f"tt += ({t()},)",
            lambda: "uu = tt",
            lambda: f"kept = {self.one('copy.deepcopy', 'copy.copy', 'list')}(h)",
            lambda: f"v = {self.one('iter', 'reversed', 'enumerate')}({p()})",
            lambda: f"{self.one(*self.texts)} = taken(v)",
            lambda: f"{t(1)} in v",
            lambda: f"told.z = {t()}",
            lambda: f"has.kept = {t()}",
            lambda: f"{p()}[slice({self.one('0, 1', '1, None')})] = [{t()}]",
            lambda: f"exec('y = x', {{'x': {t()}}}, g['r'])",
            lambda: f"list(filter(lambda x: {p()}.insert(0, x + 'f'), [*{self.listing(1)}]))",
        ]
        if depth >= 3:
            return str(self.chance.choice(simple)())
        block = lambda: self.block(depth + 1)  # noqa: E731
        nested: list[Callable[[], str]] = [
            *[lambda: f"if {self.condition()}:\n{block()}"] * 4,
            *[lambda: f"if {self.condition()}:\n{block()}\nelse:\n{block()}"] * 2,
            lambda: f"if {self.condition()}:\n{block()}\nelif {self.condition()}:\n{block()}\nelse:\n{block()}",
            lambda: f"for {self.one(*self.texts, 'x')} in {self.one('list', 'tuple', 'sorted')}({self.listing()}):\n{block()}",
            lambda: f"for {self.one(*self.texts)}, {self.one('b', 'x')} in list({self.mapping()}.items()):\n{block()}",
            lambda: (
                f"for x in [*{self.listing()}]:\n    if {self.condition()}: {self.one('break', 'continue')}\n{block()}\nelse:\n{block()}"
            ),
            lambda: f"for x, y in event.get('O', {{}}).items():\n    {d()}[x] = y\n{block()}",
            lambda: f"for x, y in event.get('O', {{}}).items():\n    setattr({o()}, x, y)\n{block()}",
            lambda: f"for n in range({self.one('1', '2', '3')}):\n{block()}",
            lambda: self.loop(depth + 1),
            lambda: f"try:\n{block()}\nexcept Exception:\n{block()}",
            lambda: f"try:\n{block()}\nfinally:\n{block()}",
            lambda: f"with contextlib.suppress(Exception):\n{block()}",
            lambda: f"with held({t()}) as {p()}:\n{block()}",
            lambda: f"try:\n{block()}\n    raise Wrong({t()})\nexcept Wrong as error:\n    {self.one(*self.texts)} = error.k\n{block()}",
            lambda: f"for {d()} in list(h):\n{block()}",
            *[lambda: f"for x in itertools.islice(v, 4):\n    x = str(x)\n{block()}"] * 2,
            lambda: f"for x in It({self.listing()}):\n{block()}",
            lambda: f"for x in [*h]:\n    x[{self.key()}] = {t()}\n{block()}",
            lambda: f"for i, x in enumerate([*{self.listing()}]):\n{block()}",
            lambda: f"for x, y in zip([*{self.listing()}], [*{self.listing()}]):\n{block()}",
            lambda: f"while {self.condition()} and flip():\n{block()}\n    if {self.condition()}: break",
            lambda: (
                f"match {self.text()}:\n    case 'x' | 'k':\n{indent(block(), '    ')}\n    case {self.one('_', 'a', 'w')}:\n{indent(block(), '    ')}"
            ),
            lambda: (
                f"match {self.listing()}:\n    case [{self.one(*self.texts)}, *_]:\n{indent(block(), '    ')}\n    case _:\n{indent(block(), '    ')}"
            ),
            lambda: (
                f"match {self.mapping()}:\n    case {{'k': {self.one(*self.texts)}}}:\n{indent(block(), '    ')}\n    case _:\n{indent(block(), '    ')}"
            ),
            lambda: self.function(depth + 1),
            lambda: self.function(depth + 1),
        ]
        return str(self.chance.choice([*simple, *nested])())

    def loop(self, depth: int) -> str:
        self.number += 1
        name = f"i{self.number}"
        return f"{name} = 0\nwhile {name} < {self.one('1', '2')}:\n    {name} += 1\n{self.block(depth)}"

    def function(self, depth: int) -> str:
        """A nested function, and a use of it."""
        self.number += 1
        name = f"f{self.number}"
        free = f"    nonlocal {', '.join(sorted(set(self.chance.sample(['a', 'b', 'd', 'p', 'n', 'o'], 2))))}\n" if self.odds(0.5) else ""
        kept = list(self.functions)
        parameter = self.one("x", "x", "z='zz'")
        body = free + self.block(depth)
        if self.odds(0.3):
            body += f"\n    if {self.condition()}: return {self.text()}\n{self.block(depth)}"
        body += f"\n    return {self.text(1)}"
        self.functions = kept
        if depth <= 1:
            self.functions = [*kept, name]
        if parameter.startswith("z"):
            parameter = "x='zz'"
        return f"def {name}({parameter}):\n{body}\n{self.one(*self.texts)} = {name}({self.text(1)})"

    def block(self, depth: int) -> str:
        kept = list(self.functions)
        text = indent("\n".join(self.statement(depth) for _ in range(self.chance.randint(1, 3))), "    ")
        self.functions = kept  # what a branch defines may not be there after it
        return text

    def program(self) -> str:
        start = (
            "a, b, w, x, n = 'a0', 'b0', 'w0', 'x0', 1\nd = {'k': 'd0', 'm': 'd1'}\ne = dict(DEFAULTS)\np = ['p0', 'p1', 'p2', 'p3']\nq = ['q0', 'q1']\no = K()\n"
            "g = {'r': {'k': 'gk', 'm': 'gm'}, 'l': ['g0', 'g1']}\nh = [{'k': 'h0', 'm': 'i0'}, {'k': 'h1', 'm': 'i1'}]\nl = Lazy(k='lk')\ny = 'y0'\n"
            "v, u, told, has = iter(()), [], Told(), Has()\ntt, uu, kept = ('t0', 't1'), ('u0',), [dict(each) for each in h]\n"
            "def flip(): return random.random() < 0.5"
        )
        body = "\n".join(self.statement(0) for _ in range(self.chance.randint(4, 9)))
        return f"{HEAD}import contextlib\ndef handler(event, context):\n{indent(start, '    ')}\n{indent(body, '    ')}\n"


# -- running


@dataclass(frozen=True)
class Call:
    """A call that was made: by the role that runs the script or by one that it assumes, in its own Region or another."""

    service: str
    operation: str
    line: int
    inputs: Mapping[str, Any]
    caller: str | None = None
    region: str | None = None


class Recorder:
    """A client that records what is called, and in which line of the script."""

    def __init__(self, service: str, calls: list[Call], caller: str | None, region: str | None) -> None:
        if region == "":
            raise ValueError("no name of a Region")
        self._service, self._calls, self._caller, self._region = service, calls, caller, region

    def __getattr__(self, operation: str) -> Any:
        if operation.startswith("__"):
            raise AttributeError(operation)

        def call(**inputs: Any) -> dict[str, Any]:
            frame: Any = sys._getframe(1)
            while frame.f_code.co_filename != FILE:
                frame = frame.f_back
            self._calls.append(Call(self._service, operation, frame.f_lineno, copy.deepcopy(inputs), self._caller, self._region))
            if operation == "assume_role":
                if not isinstance(inputs["RoleArn"], str):
                    raise TypeError("no ARN")
                return {"Credentials": {"AccessKeyId": inputs["RoleArn"], "SecretAccessKey": "secret", "SessionToken": "token"}}
            return {}

        return call


def events(chance: random.Random) -> dict[str, Any]:
    """What the handler is called with."""
    given = {
        "X": chance.choice(["ex", "k", "x"]),
        "O": {key: chance.choice(["o1", "x", ""]) for key in ("k", "m", "flag", "attr", "other") if chance.random() < 0.5},
        "L": [chance.choice(["l0", "k"]) for _ in range(chance.randint(0, 3))],
        "Flag": chance.random() < 0.5,
        "N": chance.randint(0, 3),
    }
    return {key: value for key, value in given.items() if chance.random() < 0.95}


class Payload:
    """What is known of the event: nothing, or which keys it has and what is under some of them."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed * 7 + 3)
        self.known = events(chance) if chance.random() < 0.5 else None
        self.fixed = {key for key in self.known or () if chance.random() < 0.5}
        self.value = UNKNOWN if self.known is None else {key: self._value(key, each, chance) for key, each in self.known.items()}

    def _value(self, key: str, given: Any, chance: random.Random) -> Value:
        if key in self.fixed:
            return as_value(given)
        if key == "X" and chance.random() < 0.5:  # as of a parameter with allowedValues
            return Text(tuple(map(Pattern.literal, ("ex", "k", "x"))))
        if key == "O":
            self.fixed.add(key)
            return {name: UNKNOWN if chance.random() < 0.5 else as_value(each) for name, each in given.items()}
        return UNKNOWN

    def event(self, seed: int) -> dict[str, Any]:
        """An event that fits."""
        given = events(random.Random(seed))
        if self.known is None:
            return given
        return copy.deepcopy({key: each if key in self.fixed else given.get(key, each) for key, each in self.known.items()})


def as_value(given: Any) -> Value:
    """Plain data as a runbook's input has it."""
    if isinstance(given, str):
        return Text.literal(given)
    if isinstance(given, dict):
        return {key: as_value(each) for key, each in given.items()}
    return tuple(map(as_value, given)) if isinstance(given, list) else given


@contextlib.contextmanager
def recording(calls: list[Call]) -> Any:
    """A boto3 whose clients only record."""
    boto3 = types.ModuleType("boto3")

    def session(**given: Any) -> Any:
        keys = given

        def client(service: str, **given: Any) -> Recorder:
            given = {**keys, **given}
            return Recorder(service, calls, given.get("aws_access_key_id"), given.get("region_name"))

        return types.SimpleNamespace(client=client)

    default: dict[str, Any] = {}

    def setup(**given: Any) -> None:
        default.clear()
        default.update(given)

    boto3.client = lambda service, **given: session(**default).client(service, **given)  # type: ignore[attr-defined]
    boto3.setup_default_session = setup  # type: ignore[attr-defined]
    boto3.Session = session  # type: ignore[attr-defined]
    boto3.session = types.ModuleType("boto3.session")  # type: ignore[attr-defined]
    boto3.session.Session = session
    ours = {"boto3": boto3, "boto3.session": boto3.session}
    before, state = {name: sys.modules.get(name) for name in ours}, random.getstate()
    sys.modules.update(ours)
    try:
        yield
    finally:
        random.setstate(state)
        for each in (builtins, os, sys):  # where a script may leave something
            vars(each).pop("planted", None)
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module


def compiled(script: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compile(script, FILE, "exec", dont_inherit=True)


def run(script: str, seed: int, payload: dict[str, Any] | None = None) -> list[Call]:
    """The calls of one run with an event of this seed."""
    calls: list[Call] = []
    names: dict[str, Any] = {"__name__": "script"}
    with recording(calls):
        random.seed(seed)
        with contextlib.suppress(Exception):
            exec(compiled(script), names)
            names["handler"](events(random.Random(seed)) if payload is None else payload, None)
    return calls


# -- comparing


def admits(known: Value, given: Any) -> bool:
    """Whether a value is one that was derived."""
    if known is UNKNOWN:
        return True
    if isinstance(known, Text):
        return isinstance(given, str) and any(option.covers(Pattern.literal(given)) for option in known.options)
    if isinstance(known, tuple):
        return isinstance(given, (list, tuple, set, frozenset, deque)) and all(any(admits(each, one) for each in known) for one in given)
    if isinstance(known, Mapping):
        return isinstance(given, Mapping) and all(key in known and admits(known[key], value) for key, value in given.items())
    return type(known) is type(given) and known == given


def missed(read: Read, calls: list[Call]) -> list[Call]:
    """The calls that were neither derived with their inputs nor reported."""
    return [call for call in calls if not any(_is_known(each, call) for each in _readings(read, call))]


def _readings(read: Read, call: Call) -> list[Read]:
    """What was found of the role that makes a call."""
    if call.caller is None:
        return [read]
    cut_short = {key: message for key, message in read.reported.items() if key[0] == "unreadableScript"}  # whoever makes the calls
    return [
        replace(each, reported={**each.reported, **cut_short})
        for role, each in read.assumed.items()
        if role.covers(Pattern.literal(call.caller))
    ] or [Read(calls={}, reported=read.reported)]


def _is_known(read: Read, call: Call) -> bool:
    variants = [
        each
        for (service, operation, line), several in read.calls.items()
        if (service, python_name(operation), line) == (call.service, call.operation, call.line)
        for each in several
    ]
    return (not variants and bool(read.reported)) or any(_admits(each, call) for each in variants)


def _admits(known: Known, call: Call) -> bool:
    inputs = all(admits(known.inputs[name], value) if name in known.inputs else not known.complete for name, value in call.inputs.items())
    own = Pattern((Slot.REGION,)) if call.region is None else Pattern.literal(call.region)
    return inputs and any(each.covers(own) for each in known.regions or (Pattern((Slot.REGION,)),))


def python_name(operation: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() and place else each.lower() for place, each in enumerate(operation))


def misses_of(seed: int, writer: Callable[[int], Any] = Programs, *, runs: int = 4) -> tuple[str, list[Call], Read]:
    """A program, and the calls of some runs of it that the reader missed."""
    script, payload = writer(seed).program(), Payload(seed)
    read = read_script(Script(text=script, handler="handler", files={}, exact=True, payload=payload.value))
    calls: dict[str, Call] = {}
    for number in range(runs):
        for call in run(script, seed * 31 + number, payload.event(seed * 31 + number)):
            calls[repr(call)] = call
    return script, missed(read, list(calls.values())), read


class EndlessError(BaseException):
    """A program did not end: what it does is not compared."""


def _endless(_signal: int, _frame: Any) -> None:
    raise EndlessError


def main() -> int:
    """Try many, and print what was missed."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started, found, made, endless = time.process_time(), 0, 0, 0
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    signal.signal(signal.SIGVTALRM, _endless)
    for seed in range(first, first + count):
        signal.setitimer(signal.ITIMER_VIRTUAL, 10)  # seconds of CPU
        try:
            script, misses, read = misses_of(seed)
        except (EndlessError, MemoryError):
            endless += 1
            sys.stdout.write(f"--- seed {seed} does not end\n")
            continue
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        made += sum(len(variants) for each in (read, *read.assumed.values()) for variants in each.calls.values())
        if misses:
            found += 1
            call = misses[0]
            lines = [f"--- seed {seed}: {call}", f"    {script.splitlines()[call.line - 1].strip()}"]
            lines += [f"    derived {key[0]}:{key[1]} {variants}" for key, variants in read.calls.items() if key[2] == call.line]
            sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.write(
        f"{count} programs, {made} derived calls, {found} programs with a miss, {endless} that do not end, {time.process_time() - started:.1f} s CPU\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
