"""Known values become "maybe": what may be overridden, gone or elsewhere is derived as all that it may be, and what surely happens exactly."""

from __future__ import annotations

from textwrap import indent

import pytest

from automation_role.values.value import Text, Value
from tests.unit.scripts import read

START = "import boto3, collections, dataclasses, functools, itertools, json, os, random, string\ns3 = boto3.client('s3')\nec2 = boto3.client('ec2')\n"
DEFAULTS = "DEFAULTS = {'dry': True, 'bucket': 'b'}\n"
CLASS = "class Config:\n    dry = True\n    bucket = 'b'\n"
DATA = "@dataclasses.dataclass\n" + CLASS.replace("dry = ", "dry: bool = ").replace("bucket = ", "bucket: str = ")
DELETE = "\nif not c['dry']: s3.delete_object(Bucket=c['bucket'], Key='k')"
DELETE_OF = DELETE.replace("c['dry']", "c.dry").replace("c['bucket']", "c.bucket")


def written(value: Value) -> str:
    if isinstance(value, tuple):
        return ",".join(written(each) for each in value)
    if not isinstance(value, Text):
        return "*"
    return "|".join("".join(part if isinstance(part, str) else "*" for part in option.parts) for option in value.options)


def calls_of(script: str) -> set[str]:
    _, told, calls = read(script)
    assert not told
    return {f"{call.operation} " + " ".join(written(value) for value in call.inputs.values()) for call in calls}


# Above the handler, its body, and the calls with all that their inputs may be.
CASES = [
    ("defaults overridden by a spread", DEFAULTS, "c = {**DEFAULTS, **events['c']}" + DELETE, "DeleteObject * k"),
    ("defaults overridden by update", DEFAULTS, "c = dict(DEFAULTS)\nc.update(events)" + DELETE, "DeleteObject * k"),
    ("defaults overridden by |", DEFAULTS, "c = DEFAULTS | events" + DELETE, "DeleteObject * k"),
    ("defaults overridden by |=", DEFAULTS, "c = DEFAULTS.copy()\nc |= events" + DELETE, "DeleteObject * k"),
    ("defaults overridden by dict", DEFAULTS, "c = dict(DEFAULTS, **events)" + DELETE, "DeleteObject * k"),
    ("defaults overridden by ChainMap", DEFAULTS, "c = collections.ChainMap(events, DEFAULTS)" + DELETE, "DeleteObject * k"),
    ("defaults overridden in a loop", DEFAULTS, "c = dict(DEFAULTS)\nfor k, v in events.items(): c[k] = v" + DELETE, "DeleteObject * k"),
    (
        "attributes overridden in a loop",
        CLASS,
        "c = Config()\nfor k, v in events.items(): setattr(c, k, v)" + DELETE_OF,
        "DeleteObject * k",
    ),
    ("attributes overridden in __dict__", CLASS, "c = Config()\nc.__dict__.update(events)" + DELETE_OF, "DeleteObject * k"),
    ("attributes overridden in vars", CLASS, "c = Config()\nvars(c).update(events)" + DELETE_OF, "DeleteObject * k"),
    ("fields replaced", DATA, "c = dataclasses.replace(Config(), **events)" + DELETE_OF, "DeleteObject * k"),
    (
        "set after an unknown update",
        DEFAULTS,
        "c = {**events}\nc['bucket'] = 'b'\ns3.get_object(Bucket=c['bucket'], Key='k')",
        "GetObject b k",
    ),
    (
        "maybe set",
        "",
        "d = {}\nif events['x']: d['ok'] = True\nif not d.get('ok'): ec2.terminate_instances(InstanceIds=['i'])",
        "TerminateInstances i",
    ),
    (
        "maybe set, else the default",
        "",
        "d = {}\nif events['x']: d['k'] = 'a'\ns3.get_object(Bucket='b', Key=d.pop('k', 'n'))",
        "GetObject b a|n",
    ),
    (
        "popped in a comprehension",
        "",
        "d = {'k': 'a'}\n[s3.get_object(Bucket='b', Key=d.pop('k', 'n')) for _ in events['x']]",
        "GetObject b a; GetObject b a|n",
    ),
    ("popped", "", "d = {'k': 'a'}\nd.pop('k')\ns3.get_object(Bucket='b', Key=d.get('k', 'n'))", "GetObject b n"),
    ("deleted", "", "d = {'k': 'a'}\ndel d['k']\ns3.get_object(Bucket='b', Key=d.get('k', 'n'))", "GetObject b n"),
    ("cleared", "", "d = {'k': 'a'}\nd.clear()\ns3.get_object(Bucket='b', Key=d.get('k', 'n'))", "GetObject b n"),
    ("maybe popped", "", "d = {'k': 'a'}\nif events: d.pop('k')\ns3.get_object(Bucket='b', Key=d.get('k', 'n'))", "GetObject b a|n"),
    (
        "popped by a function",
        "def f(d): d.pop('k')\n",
        "d = {'k': 'a'}\nfor _ in events: f(d)\ns3.get_object(Bucket='b', Key=d.get('k', 'n'))",
        "GetObject b a|n",
    ),
    (
        "an attribute that may hide the class's",
        "class A:\n    op = 'stop_instances'\n    def __init__(self, e):\n        if e: self.op = 'start_instances'\n",
        "getattr(ec2, A(events).op)(InstanceIds=['i'])",
        "StopInstances i; StartInstances i",
    ),
    (
        "an attribute that surely hides the class's",
        "class A:\n    op = 'stop_instances'\n    def __init__(self): self.op = 'start_instances'\n",
        "getattr(ec2, A().op)(InstanceIds=['i'])",
        "StartInstances i",
    ),
    (
        "instances that count as false",
        (
            "class A(list): pass\nclass B:\n    def __len__(self): return 0\nclass C(dict): pass\nclass D(str): pass\n"
            "class E:\n    def __bool__(self): return False\nclass F(collections.UserDict): pass\n"
        ),
        "\n".join(f"if not {name}(): s3.get_object(Bucket='b', Key='{name}')" for name in "ABCDEF"),
        "; ".join(f"GetObject b {name}" for name in "ABCDEF"),
    ),
    (
        "a member that is not its value",
        "import enum\nclass E(enum.Enum):\n    A = 'a'\n    N = ''\nclass T(str, enum.Enum):\n    A = 'a'\n",
        (
            "if E.A == 'a': s3.get_object(Bucket='b', Key='no')\nelse: s3.get_object(Bucket='b', Key=E.A.value)\nif E.N: s3.get_object(Bucket='b', Key='n')\n"
            "if E.A is E.N: s3.get_object(Bucket='b', Key='no')\nif T.A != 'a': s3.get_object(Bucket='b', Key='no')"
        ),
        "GetObject b no; GetObject b a; GetObject b n",
    ),
    (
        "a flag that is empty",
        "import enum\nclass F(enum.Flag):\n    A = 1\n",
        "if not F(0): s3.get_object(Bucket='b', Key='k')",
        "GetObject b k",
    ),
    ("inserted", "", "L = ['old']\nL.insert(0, 'new')\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b new"),
    ("maybe inserted", "", "L = ['old']\nif events: L.insert(0, 'new')\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b old|new"),
    ("deleted by its place", "", "L = ['a', 'b', 'c']\ndel L[0]\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b b"),
    ("deleted by a slice", "", "L = ['a', 'b', 'c']\ndel L[:2]\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b c"),
    ("maybe deleted", "", "L = ['a', 'b']\nif events: del L[0]\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b a|b"),
    ("put before", "", "L = collections.deque(['a'])\nL.appendleft('b')\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b b"),
    ("shuffled", "", "L = ['a', 'b']\nrandom.shuffle(L)\ns3.get_object(Bucket='b', Key=L[0])", "GetObject b a|b"),
    ("of a set", "", "s3.get_object(Bucket='b', Key=list({'a', 'b'})[0])", "GetObject b a|b"),
    ("of an unpacked set", "", "x, y = {'a', 'b'}\ns3.get_object(Bucket='b', Key=x)", "GetObject b a|b"),
    ("of a set unpacked in part", "", "x, *y = {'a', 'b'}\ns3.get_object(Bucket='b', Key=x)", "GetObject b a|b"),
    ("of a set in a list", "", "s3.get_object(Bucket='b', Key=[*{'a', 'b'}][0])", "GetObject b a|b"),
    ("of a set's arguments", "def f(x, y): s3.get_object(Bucket='b', Key=x)\n", "f(*{'a', 'b'})", "GetObject b a|b"),
    ("of a joined set", "", "s3.get_object(Bucket='b', Key='-'.join({'a', 'b'}))", "GetObject b *"),
    ("of a deleted pair", "", "x = y = 'k'\ndel (x, y)\ns3.get_object(Bucket='b', Key='k')", "GetObject b k"),
    ("of a difference", "", "L = {'a', 'b'}\nL -= {'a'}\ns3.get_object(Bucket='b', Key=list(L)[0])", "GetObject b a|b"),
    (
        "changed by a nested function",
        "",
        "L = ['a']\ndef f(): L.insert(0, 'b')\nf()\ns3.get_object(Bucket='b', Key=L[0])",
        "GetObject b a|b",
    ),
    (
        "changed with something unknown",
        "",
        "L = ['a']\nif events: L.insert(0, events['x'])\ns3.get_object(Bucket='b', Key=L[0])",
        "GetObject b *",
    ),
    ("formatted", "", "s3.get_object(Bucket='b', Key='vol-{:03d}'.format(7))", "GetObject b vol-007"),
    ("formatted by %", "", "s3.get_object(Bucket='b', Key='%s-%03d' % ('a', 7))", "GetObject b a-007"),
    ("formatted in an f-string", "", "n = 7\ns3.get_object(Bucket='b', Key=f'{n:>3}{n!r}')", "GetObject b   77"),
    ("formatted with something unknown", "", "s3.get_object(Bucket='b', Key='a-{:03d}'.format(events['n']))", "GetObject b a-*"),
    (
        "every pair",
        "",
        "for a, b in itertools.product(['x', 'y'], ['1', '2']): s3.get_object(Bucket=a, Key=b)",
        "GetObject x|y 1|2",
    ),
    (
        "the longest",
        "",
        "L = list(itertools.zip_longest(['a', 'b'], ['1'], fillvalue='f'))\ns3.get_object(Bucket=L[1][0], Key=L[1][1])",
        "GetObject b f",
    ),
    ("reduced", "", "s3.get_object(Bucket='b', Key=functools.reduce(lambda x, y: x + y, 'a b c d e'.split()))", "GetObject b abcde"),
    ("joined after append", "", "L = ['a']\nL.append('b')\ns3.get_object(Bucket='b', Key='/'.join(L))", "GetObject b a/b"),
    ("a path", "", "s3.get_object(Bucket='b', Key=os.path.join('logs/', events['x'], 'y'))", "GetObject b logs/*/y|/*/y"),
    ("a path that is known", "", "s3.get_object(Bucket='b', Key=os.path.join('a', 'b'))", "GetObject b a/b"),
    ("a template", "", "s3.get_object(Bucket='b', Key=string.Template('$a/x').substitute(a=events['x']))", "GetObject b */x"),
    ("JSON", "", "s3.put_bucket_policy(Bucket='b', Policy=json.dumps({'a': ['b']}))", 'PutBucketPolicy b {"a": ["b"]}'),
    (
        "a field that is no argument",
        (
            "@dataclasses.dataclass\nclass A:\n    name: str\n    client: object = dataclasses.field(init=False)\n"
            "    def __post_init__(self): self.client = boto3.client('ec2')\n"
        ),
        "A('x').client.stop_instances(InstanceIds=['i'])",
        "StopInstances i",
    ),
    (
        "pieces of a text with something unknown",
        "",
        "x = f\"a/b-{events['x']}/c\".split('/')\ns3.get_object(Bucket=x[0], Key=x[1])\ns3.get_object(Bucket=x[-1], Key='k')",
        "GetObject a *; GetObject * k",
    ),
    (
        "a part of one of two lists",
        "",
        "L = ['a', 'b'] if events['x'] else ['c', 'd']\ns3.get_object(Bucket='b', Key=L[1:][0])",
        "GetObject b b|d",
    ),
    (
        "a part of what says itself what its items are",
        "class A(list):\n    def __getitem__(self, k): return 'own'\n",
        "s3.get_object(Bucket='b', Key=A(['a', 'b'])[1:])",
        "GetObject b own",
    ),
    (
        "a class's attribute, changed after its use in a loop",
        "class A:\n    k = 'a'\n    def use(self): s3.get_object(Bucket='b', Key=self.k)\n",
        "o = A()\nfor n in range(2):\n    o.use()\n    A.k = 'b'",
        "GetObject b a; GetObject b a|b",
    ),
    (
        "a class's attribute, changed between two calls",
        "class A:\n    k = 'a'\nclass B(A): pass\ndef use(o): s3.get_object(Bucket='b', Key=o.k)\n",
        "o = B()\nuse(o)\nA.k = 'b'\nuse(o)\nB.k = 'c'\nuse(o)",
        "GetObject b a; GetObject b a|b; GetObject b c|a|b",
    ),
    (
        "a method, put in place of another one",
        "class A:\n    def use(self): s3.get_object(Bucket='b', Key='1')\nclass B(A): pass\ndef run(o): o.use()\n",
        "o = B()\nrun(o)\nB.use = lambda self: s3.get_object(Bucket='b', Key='2')\nrun(o)",
        "GetObject b 1; GetObject b 2",
    ),
    (
        "what a function sees, changed many times",
        "D = {'k': ''}\ndef use(): s3.get_object(Bucket='b', Key=D['k'])\n",
        "\n".join(f"D['k'] = '{number}'\nuse()" for number in range(14)),
        "; ".join(f"GetObject b {'|'.join(['', *map(str, range(number + 1))])}" for number in range(14)),
    ),
    (
        "a text that a function sees, added to after a loop",
        "",
        "b = 'a'\nfor x in events['l']: b = 'b'\nb += events['x']\ndef use(): s3.get_object(Bucket='b', Key=b)\nuse()",
        "GetObject b *",
    ),
    ("the client's class", "", "type(ec2).stop_instances(ec2, InstanceIds=['i'])", "StopInstances i"),
    (
        "the place of a key that may have been there before",
        "",
        "d = {'k': '1', 'm': '2'}\nif events['x']: d.popitem()\ne = d | {'k': '3', 'f': '4', 'm': '5'}\ns3.get_object(Bucket='b', Key=list(e.values())[1])",
        "GetObject b 3|5|4",
    ),
    (
        "the place of a key that is the last in any case",
        "",
        "d = {'k': '1', 'm': '2'}\nif events['x']: d.pop('m')\nd['m'] = '3'\ns3.get_object(Bucket='b', Key=list(d.values())[1])",
        "GetObject b 3",
    ),
    (
        "a default that is unknown",
        "",
        "s3.get_object(Bucket='b', Key=collections.defaultdict(lambda: events['x'], {'k': '1'})['m'])",
        "GetObject b *",
    ),
    ("a list or a text", "", "s3.get_object(Bucket='b', Key=events['x'] + (['a'] if events['y'] else 'b'))", "GetObject b *"),
    (
        "attributes set again, of another instance",
        "class A:\n    k = 'a'\nD = {'k': '1'}\ndef use():\n    o = A()\n    vars(o).update(D)\n    s3.get_object(Bucket='b', Key=o.k)\n",
        "use()\nD['k'] = '2'\nuse()",
        "GetObject b 1|a; GetObject b 1|2|a",
    ),
]


@pytest.mark.parametrize(("before", "body", "calls"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_may_be(before: str, body: str, calls: str) -> None:
    script = f"{START}{before}def handler(events, context):\n{indent(body, '    ')}\n"
    assert calls_of(script) == set(calls.split("; "))


@pytest.mark.parametrize(("length", "told"), [(12, set()), (40, {"unreadableScript"})])
def test_what_comes_round_in_a_loop_is_derived_or_reported(length: int, told: set[str]) -> None:
    held = "\n".join(f"d{number} = {{'k': 'v{number}'}}" for number in range(length))
    passed_on = "\n".join(f"        d{number}['k'] = d{number + 1}['k']" for number in range(length - 1))
    body = f"    for x in events['x']:\n        s3.get_object(Bucket='b', Key=d0['k'])\n{passed_on}\n"
    _, found, calls = read(f"{START}{held}\ndef handler(events, context):\n{body}")
    assert found == told
    assert told or f"v{length - 1}" in written(calls[-1].inputs["Key"])


def test_what_a_function_sees_that_changes_too_often_is_reported() -> None:
    body = "\n".join(f"D['k'] = '{number}'\nuse()" for number in range(40))
    script = (
        f"{START}D = {{'k': ''}}\ndef use(): s3.get_object(Bucket='b', Key=D['k'])\ndef handler(events, context):\n{indent(body, '    ')}\n"
    )
    assert read(script)[1] == {"unreadableScript"}
