"""Scripts that are small and would take forever, or all memory, if they were followed to their end: each function writes one.

    python tests/unit/nasty.py [NAME…]

reads each in a process of its own, and prints a line of JSON: its name, the size of the script, seconds of CPU, MB of memory, what was found.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from automation_role.derive.scripts.script import Script, read_script

CPU_SECONDS: Final = 2
MEGABYTES: Final = 300

CALL: Final = 'boto3.client("ec2").describe_instances()'
NASTY: Final[dict[str, Callable[[], str]]] = {}


def nasty(write: Callable[[], str]) -> Callable[[], str]:
    """One of the scripts of the tests."""
    NASTY[write.__name__] = write
    return write


def handler(*lines: str, before: str = "") -> str:
    """A script with one call first, and these lines in its handler."""
    body = "\n".join(f"    {line}" for text in lines for line in text.split("\n"))
    return f"import boto3, functools, itertools, collections\n{before}\ndef handler(events, context):\n    {CALL}\n{body}\n"


@nasty
def mutually_recursive_functions_with_shared_state() -> str:
    functions = "\n".join(
        f"def f{i}(x, n):\n    STATE['k{i}'] = [x, STATE]\n    f{(i * 7 + 1) % 60}([x], n)\n    f{(i * 11 + 3) % 60}({{'a': x}}, n + 1)\n    return STATE"
        for i in range(60)
    )
    return handler("f0(events, 0)", before=f"STATE = {{}}\n{functions}")


@nasty
def mutually_recursive_clients() -> str:
    functions = "\n".join(
        f"def f{i}(c, x):\n    ALL.append(c)\n    for y in ALL:\n        f{(i + 1) % 40}(y, [x, c])\n        f{(i * 3 + 2) % 40}(c, (x, y))\n    return ALL"
        for i in range(40)
    )
    return handler("f0(boto3.client('ec2'), 1)", before=f"ALL = []\n{functions}")


@nasty
def a_tree_of_partials() -> str:
    lines = ["def f(*a): return a", "p0 = functools.partial(f, events)"]
    lines += [f"p{i} = functools.partial(p{i - 1}, p{i - 1}, p{i - 1})" for i in range(1, 300)]
    return handler(*lines, "p299(p299, p298)(p297)", "for g in (p1, p2, p3):\n    g(g, g)")


@nasty
def partials_that_call_partials() -> str:
    lines = ["def f(g, h): return g(h, h)", "p0 = functools.partial(f, f)"]
    lines += [f"p{i} = functools.partial(p{i - 1}, p{i - 1})" for i in range(1, 900)]
    return handler(*lines, "p899(p899)", "print(p899(p1)(p2))")


@nasty
def chained_classes_with_super() -> str:
    classes = "class C0:\n    def go(self, x):\n        return x\n" + "\n".join(
        f"class C{i}(C{i - 1}):\n    def go(self, x):\n        return super().go([x, self])" for i in range(1, 600)
    )
    return handler("C599().go(events)", "for c in (C1, C5, C99, C598):\n    c().go(c)", before=classes)


@nasty
def a_lattice_of_classes() -> str:
    classes = "class A0: pass\nclass B0: pass\n" + "\n".join(
        f"class A{i}(A{i - 1}, B{i - 1}):\n    a{i} = A{i - 1}\nclass B{i}(A{i - 1}, B{i - 1}):\n    b{i} = B{i - 1}" for i in range(1, 300)
    )
    return handler("A299().x", "print(B299.a1)", before=classes)


@nasty
def a_comprehension_of_sixty_fors() -> str:
    return handler("x = [a0 " + " ".join(f"for a{i} in (1, 2, 3)" for i in range(60)) + "]")


@nasty
def comprehensions_in_comprehensions() -> str:
    inner = "x"
    for i in range(40):
        inner = f"[{inner} for a{i} in ({{}}, [], ())]"
    return handler("x = events", f"y = {inner}")


@nasty
def stacked_decorators() -> str:
    decorators = "\n".join(f"@wrap(events={i})" for i in range(900))
    wrap = "def wrap(events):\n    def outer(f):\n        def inner(*a, **k):\n            return f(*a, **k)\n        return inner\n    return outer\n"
    return handler("target(1)", "target(target)", before=f"{wrap}{decorators}\ndef target(x): return x")


@nasty
def stacked_decorators_that_call_twice() -> str:
    wraps = "\n".join(f"def w{i}(f):\n    def inner(*a):\n        f(*a)\n        return f([a])\n    return inner" for i in range(200))
    decorators = "\n".join(f"@w{i}" for i in range(200))
    return handler("target(1)", before=f"{wraps}\n{decorators}\ndef target(x): return x")


@nasty
def a_tree_of_closures() -> str:
    lines = [f"def c{i}(a=c{i - 1}, b=c{i - 1}):\n    return (a(), b(), lambda: (a, b))" for i in range(1, 250)]
    return handler("def c0(): return events", *lines, "c249()", "c249()[2]()")


@nasty
def closures_that_make_closures() -> str:
    return handler(
        "def make(f, n):\n    def g(x):\n        return make(f(x), n)\n    def h(x):\n        return make(g, h)\n    return [g, h, make(g, n), make(h, g)]",
        "make(make, make)[0](make)[1](make)",
    )


@nasty
def a_dict_that_holds_itself_under_four_keys() -> str:
    return handler("d = {}", *[f"d['k{i}'] = d" for i in range(4)], "boto3.client('ec2').create_tags(Resources=d, Tags=[d, d])")


@nasty
def contexts_that_hold_the_context() -> str:
    return handler("ctx = {}", *[f'ctx["r{i}"] = {{"ctx": ctx}}' for i in range(20)], "boto3.client('ec2').create_tags(Resources=ctx)")


@nasty
def lists_of_lists_twice() -> str:
    lines = ["x0 = [events]", *[f"x{i} = [x{i - 1}, x{i - 1}, {{'a': x{i - 1}}}]" for i in range(1, 400)]]
    return handler(*lines, "boto3.client('ec2').create_tags(Resources=x399, Tags=x398)", "print(x399)")


@nasty
def one_list_that_holds_everything() -> str:
    lines = ["x = []"] + [f"def g{i}(): return x\nx.append(g{i})" for i in range(500)]
    return handler(*lines, "for a in x:\n    for b in a():\n        for c in b():\n            c()")


@nasty
def loops_in_loops() -> str:
    lines = ["x = {}"]
    for i in range(18):
        lines.append("    " * i + f"for v{i} in (x, [x], {{'a': x}}, boto3.client('s3')):")
        lines.append("    " * (i + 1) + f"x['k{i}'] = v{i}")
    return handler("\n".join(lines))


@nasty
def whiles_in_whiles() -> str:
    lines = ["x, y = [], {}"]
    for i in range(18):
        lines.append("    " * i + f"while events['k{i}']:")
        lines.append("    " * (i + 1) + f"x = [x, y]\n{'    ' * (i + 1)}y = {{'a{i}': x}}")
    return handler("\n".join(lines))


@nasty
def a_hundred_clients_in_one_variable() -> str:
    names = [
        "ec2",
        "s3",
        "rds",
        "ssm",
        "iam",
        "sts",
        "kms",
        "sns",
        "sqs",
        "ecs",
        "eks",
        "ecr",
        "efs",
        "elb",
        "logs",
        "events",
        "lambda",
        "glue",
        "athena",
        "batch",
    ]
    lines = ["c = None"] + [
        f"if events['{name}{i}']:\n    c = boto3.client('{name}', region_name='r{i}')" for i in range(28) for name in names
    ]
    return handler(*lines, *["c.describe_instances(Filters=[c, c])"] * 400)


@nasty
def a_thousand_variables_in_a_try() -> str:
    lines = ["try:"] + [f"    v{i} = [events, {i}]" for i in range(1500)] + ["except Exception as e:\n    print(e)"]
    return handler("\n".join(["while events:", *(f"    {line}" for line in "\n".join(lines).split("\n"))]))


@nasty
def many_functions_with_many_arguments() -> str:
    functions = "\n".join(
        f"def f{i}(" + ", ".join(f"a{j}" for j in range(60)) + f"):\n    return [{', '.join(f'a{j}' for j in range(60))}]"
        for i in range(40)
    )
    calls = [f"x = f{i % 40}(" + ", ".join([f"x if {j} else {i}" for j in range(60)]) + ")" for i in range(40)]
    return handler("x = events", *calls, before=functions)


@nasty
def texts_that_double() -> str:
    return handler(
        "s = 'x'",
        *["s = s + s"] * 200,
        "t = f'{s}{s}{s}'",
        *["t = t.replace('x', t)"] * 20,
        "boto3.client('s3').get_object(Bucket=t, Key=s)",
    )


@nasty
def texts_of_many_choices() -> str:
    lines = ["s = ''"] + [f"s = s + ('a{i}' if events else 'b{i}') + events['x']" for i in range(400)]
    return handler(*lines, "boto3.client('s3').get_object(Bucket=s, Key=s)")


@nasty
def deep_parentheses() -> str:
    return handler("x = " + "(" * 150 + "1" + ")" * 150)


@nasty
def deep_lists() -> str:
    return handler("x = " + "[" * 190 + "]" * 190)


@nasty
def deep_calls() -> str:
    return handler("x = " + "print(" * 180 + "1" + ")" * 180)


@nasty
def a_long_chain_of_methods() -> str:
    return handler("x = events" + ".replace('a', 'b')" * 3000)


@nasty
def a_long_chain_of_attributes() -> str:
    return handler("x = events" + ".a" * 20000)


@nasty
def a_long_sum() -> str:
    return handler("x = " + " + ".join(["events"] * 7000))


@nasty
def a_long_product() -> str:
    return handler("x = " + " * ".join(["events"] * 7000))


@nasty
def a_long_elif() -> str:
    return handler("if events == 0:\n    pass\n" + "\n".join(f"elif events == {i}:\n    x = {i}" for i in range(1500)))


@nasty
def many_nots() -> str:
    return handler("x = " + "not " * 15000 + "events")


@nasty
def deep_blocks() -> str:
    return handler("\n".join("  " * i + f"if events['{i}']:" for i in range(95)) + "\n" + "  " * 95 + "pass")


@nasty
def nested_functions() -> str:
    return handler(
        "\n".join(" " * i + f"def f{i}(x):" for i in range(95))
        + "\n"
        + " " * 95
        + "return x\n"
        + "\n".join(" " * i + f"return f{i}(f{i})" for i in range(94, 0, -1))
        + "\nf0(f0)"
    )


@nasty
def nested_lambdas() -> str:
    return handler("f = " + "".join(f"lambda a{i}: " for i in range(180)) + "a0", "g = f" + "(f)" * 150)


@nasty
def long_call_chains() -> str:
    functions = "\n".join(f"def f{i}(x):\n    return f{i + 1}([x])" for i in range(1200)) + "\ndef f1200(x): return x"
    return handler("f0(events)", before=functions)


@nasty
def iterators_in_iterators() -> str:
    lines = ["x = [events]"] + [f"x = W(x) if {i} else x" for i in range(900)]
    return handler(
        *lines,
        "for a in x:\n    for b in a:\n        print(b)",
        before="class W:\n    def __init__(self, inner): self.inner = inner\n    def __iter__(self): return iter(self.inner)\n    def __getattr__(self, name): return getattr(self.inner, name)\n    def __getitem__(self, key): return self.inner[key]",
    )


@nasty
def instances_that_look_elsewhere() -> str:
    lines = ["x = events"] + ["x = W(x)" for _ in range(900)]
    return handler(
        *lines,
        "x.describe_instances()",
        "x.a.b.c[1][2]()",
        before="class W:\n    def __init__(self, inner): self.inner = inner\n    def __getattr__(self, name): return getattr(self.inner, name)\n    def __getitem__(self, key): return self.inner[key]",
    )


@nasty
def functions_that_change_globals() -> str:
    functions = "\n".join(
        f"def f{i}():\n    global g{i}, g{(i + 1) % 50}\n    g{i} = [g{(i * 3) % 50}, g{(i * 7) % 50}]\n    for f in ALL: f()\n"
        for i in range(50)
    )
    return handler(
        "for f in ALL: f()",
        before="\n".join(f"g{i} = {i}" for i in range(50)) + f"\n{functions}\nALL = [{', '.join(f'f{i}' for i in range(50))}]",
    )


@nasty
def generators_of_generators() -> str:
    functions = "def g0(x):\n    yield x\n" + "\n".join(
        f"def g{i}(x):\n    yield from g{i - 1}([x])\n    for y in g{i - 1}(x):\n        yield (x, y)" for i in range(1, 200)
    )
    return handler("for z in g199(events): print(z)", before=functions)


@nasty
def eval_of_eval() -> str:
    return handler('c = "eval(c) or eval(c + c)"', "eval(c)")


@nasty
def exec_that_defines_itself() -> str:
    return handler("c = 'def f(x):\\n    exec(c)\\n    f(x)\\nf(c)\\nexec(c)'", "exec(c)")


@nasty
def imports_of_itself() -> str:
    return handler("\n".join(f"import m{i}" for i in range(3000)))


@nasty
def reduce_over_functions() -> str:
    return handler(
        f"fs = [{', '.join(f'(lambda x, y={i}: (x, y, fs))' for i in range(200))}]",
        "functools.reduce(lambda a, f: f(a), fs, events)",
        "list(map(lambda f: f(fs), fs))",
        "sorted(fs, key=lambda f: f(f))",
    )


@nasty
def products_of_lists() -> str:
    return handler(
        *[f"x{i} = [[{i}], [{i}, 1], {{'a': {i}}}] * 3" for i in range(60)],
        f"y = list(zip({', '.join(f'x{i}' for i in range(60))}))",
        "z = list(itertools.product(y, y, y, y))",
        *["z = list(zip(z, z, z))"] * 100,
    )


@nasty
def matches() -> str:
    cases = "\n".join(f"    case {{'k{i}': [a{i}, *b{i}], **r{i}}} if a{i}:\n        x = [x, a{i}, b{i}]" for i in range(600))
    return handler("x = events", f"for s in (x, [x], (x, x)):\n  match s:\n{cases}".replace("\n    ", "\n      "))


@nasty
def instances_with_many_attributes() -> str:
    return handler(
        "o = O()",
        *[f"o.a{i} = [o, o.a{i - 1 if i else 0}]" for i in range(700)],
        "for n in dir(o):\n    getattr(o, n)",
        "setattr(o, events, o)",
        "vars(o)[events]()",
        before="class O: pass",
    )


@nasty
def big_texts() -> str:
    doubled = ["s = ('x' if events else 'y') + events['a'] + 'z'"] + ["s = s + s"] * 15
    return handler(*doubled, *[f"a{i} = s + 'a{i}'; b{i} = f'{{s}}{{a{i}}}'; a{i}.replace('x', 'yy').split('z')" for i in range(700)])


@nasty
def big_texts_of_many_choices() -> str:
    lines = (
        [f"s = s + ('x' * 1 if events else 'y') if {i} else s" for i in range(6)]
        + ["s = s + '" + "x" * 500 + "'"]
        + ["t = s + s"] * 3
        + ["s = t"] * 2
    )
    return handler(
        "s = 'a' if events else 'b'", *lines, *[f"s = s.replace('x', 'xy').replace('xyx', 'z'); t = s + '{i}'" for i in range(600)]
    )


@nasty
def keys_with_many_holes() -> str:
    key = " + ".join(["events['a'] + 'x'"] * 900)
    members = [f"d['{'x' * 60}{i}'] = [{i}]" for i in range(300)]
    return handler(
        "d = {}", f"k = {key} + 'y'", *members, *[f"d[k + '{i}']" for i in range(300)], "for i in range(9):\n    d[k]", "d.get(k)"
    )


@nasty
def json_again_and_again() -> str:
    return handler("s = '[" + "[1]," * 6000 + "1]'", *["json.loads(s)[0][0]"] * 1500, before="import json")


@nasty
def many_enums() -> str:
    classes = "\n".join(f"class E{i}(enum.Enum):\n    A = 'a{i}'" for i in range(800))
    return handler(
        *["events['x'].replace('a', 'b').lower()", "'text'.nothing", "f'{events}'.other.more"] * 400, before=f"import enum\n{classes}"
    )


@nasty
def a_class_of_many_methods() -> str:
    methods = "\n".join(f"    def m{i}(self): return self" for i in range(1000))
    return handler(
        *["C().m1()", "C(C(), C())", "dir(C())", "D().x"] * 300,
        before=f"class C:\n    def __init__(self, *a): self.a = a\n{methods}\nclass D(C): pass",
    )


@nasty
def many_classes_and_their_subclasses() -> str:
    classes = "\n".join(f"class C{i}(C{i - 1}): pass" for i in range(1, 1800))
    return handler(
        "for c in C0.__subclasses__():\n    c().x", *["C1799().nothing", "C1799.nothing", "C1()"] * 300, before=f"class C0: pass\n{classes}"
    )


@nasty
def lists_of_five_hundred() -> str:
    lines = [f"a{i} = x + []" for i in range(1500)]
    return handler(
        f"x = [{', '.join(['events', '1'] * 250)}]",
        *lines,
        "y = [a1, a2, a3, x]",
        "for a in y:\n    for b in y:\n        for c in y:\n            z = a + b + c; y[0] = z + z",
    )


@nasty
def dicts_of_thousands() -> str:
    members = ", ".join(f"'k{i}': [{i}]" for i in range(2400))
    return handler(f"d = {{{members}}}", *["e = {**d}; f = dict(d); e.update(f); g = d | f; h = d.copy()"] * 400)


@nasty
def ifs_with_many_variables() -> str:
    return handler(*[f"v{i} = {i}" for i in range(1500)], *["if events:\n    v1 = 2\nelse:\n    v2 = 3"] * 700)


@nasty
def tries_in_tries() -> str:
    lines = []
    for i in range(30):
        lines += ["  " * i + "try:", "  " * (i + 1) + f"a{i} = [events, {i}]"]
    lines.append("  " * 30 + "pass")
    for i in reversed(range(30)):
        lines += [
            "  " * i + "except Exception as e:",
            "  " * (i + 1) + f"b{i} = [e, a{i}]",
            "  " * i + "finally:",
            "  " * (i + 1) + f"c{i} = b{i}",
        ]
    return handler("\n".join(lines))


@nasty
def calls_with_big_inputs() -> str:
    return handler(
        f"d = {{{', '.join(f'{chr(39)}k{i}{chr(39)}: [{i}, [{i}]]' for i in range(1200))}}}",
        *[f"boto3.client('ec2').create_tags(Resources=d, Tags=[d, {i}])" for i in range(500)],
    )


@nasty
def functions_that_see_everything() -> str:
    many = "\n".join(f"v{i} = [{i}]" for i in range(600))
    functions = "\n".join(
        f"def f{i}(x):\n    for g in ALL: g([x])\n    return ({', '.join(f'v{(i * 7 + j) % 600}' for j in range(20))})" for i in range(120)
    )
    return handler("f0(1)", "for f in ALL:\n    f(f)", before=f"{many}\n{functions}\nALL = [{', '.join(f'f{i}' for i in range(120))}]")


@nasty
def an_aws_command_of_many_options() -> str:
    return handler(
        "import subprocess", f"subprocess.run('aws {'-A ' * 60}!', shell=True)", f"subprocess.run('{'aws -A ' * 3000}', shell=True)"
    )


@nasty
def arguments_that_are_handed_over() -> str:
    return handler(
        f"fs = [{', '.join(f'lambda x=events: fs[{i}]' for i in range(200))}]",
        *["print(*fs, *fs)", "json.dumps(fs)", "open(fs[0], fs[1], key=fs)"] * 400,
        before="import json",
    )


@nasty
def formats_of_many_fields() -> str:
    return handler("s = '" + "{} " * 8000 + "'", *["t = s.format(*[events] * 9)", "u = '%s' * 1 % t", "s % (t, t)"] * 600)


@nasty
def generators_that_consume_each_other() -> str:
    functions = "\n".join(
        f"def g{at}(box):\n    for x in g{at + 1}(box):\n        box.append(x)\n        yield x\n        for y in g{at + 1}(box): yield y"
        for at in range(40)
    )
    return handler("box = [1]", "for x in g0(box): print(x)", before=f"{functions}\ndef g40(box):\n    for x in box: yield x")


@nasty
def generator_ping_pong() -> str:
    before = """
def ping(box, n):
    for x in pong(box, n + 1):
        box[x] = box.get(x, '') + str(n)
        yield box[x]
def pong(box, n):
    for x in ping(box, n + 1):
        box[str(n)] = x
        yield x"""
    return handler("box = {}", "for x in ping(box, 0): box[x] = x", "print(next(pong(box, 1)))", before=before)


@nasty
def zips_of_zips() -> str:
    return handler(
        "z = iter([1, 2])", *(f"z{at} = zip(z, z, enumerate(z))\nz = map(lambda x: x, z{at})" for at in range(150)), "for x in z: print(x)"
    )


@nasty
def views_of_a_dict_that_changes() -> str:
    lines = [f"v{at} = d.items(); d['k{at}'] = v{at}; w{at} = zip(v{at}, d.values())" for at in range(300)]
    return handler("d = {}", *lines, *(f"for x in w{at}: d[str(x)] = x" for at in range(300)))


@nasty
def generator_expressions_in_each_other() -> str:
    return handler(
        "g0 = (x for x in events)", *(f"g{at + 1} = ((x, y) for x in g{at} for y in g{at})" for at in range(200)), "print(list(g200))"
    )


@nasty
def coroutines_that_change_what_others_see() -> str:
    functions = "\n".join(
        f"async def c{at}():\n    state['k{at}'] = state.get('k{at + 1}', '') + state.get('k{at - 1}', 'x')\n    await c{(at * 7 + 1) % 200}()"
        for at in range(200)
    )
    return handler("import asyncio", *(f"asyncio.run(c{at}())" for at in range(200)), before=f"state = {{}}\n{functions}")


@nasty
def threads_that_start_threads() -> str:
    functions = "\n".join(
        f"def t{at}():\n    log.append(log[-1] + '{at}')\n    threading.Thread(target=t{(at + 1) % 150}).start()\n    pool.submit(t{(at * 3) % 150}, log)"
        for at in range(150)
    )
    before = f"import threading\nfrom concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\nlog = ['x']\n{functions}"
    return handler(*(f"t{at}()" for at in range(150)), before=before)


@nasty
def hooks_that_are_given_away() -> str:
    lines = [
        f"signal.signal({at}, lambda *a: box.append((box, a, {at})))\natexit.register(lambda: box.pop() and box.insert(0, {at}))"
        for at in range(300)
    ]
    return handler("import signal, atexit", "box = []", *lines)


@nasty
def sorted_by_keys_that_sort() -> str:
    functions = "\n".join(
        f"def k{at}(x):\n    n.append(x)\n    return sorted(n, key=k{(at + 1) % 60}) + sorted(n, key=k{(at + 7) % 60})" for at in range(60)
    )
    return handler("sorted(events, key=k0)", before=f"n = []\n{functions}")


@nasty
def iterators_that_never_settle() -> str:
    before = """
class It:
    def __init__(self): self.n, self.t = 0, 'x'
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        self.t = self.t + str(self.n)
        setattr(self, self.t, It())
        return getattr(self, self.t)"""
    return handler("for a in It():\n    for b in a:\n        for c in b:\n            for d in c: print(a, b, c, d.t)", before=before)


@nasty
def texts_that_grow_in_callbacks() -> str:
    lines = [f"list(map(lambda x: s.__setitem__('{at}', s.get('{at}', '') + str(x)), events))" for at in range(200)]
    return handler("s = {}", *lines, "print(s)")


@nasty
def classes_that_say_everything_themselves() -> str:
    names = [
        "add",
        "radd",
        "iadd",
        "sub",
        "rsub",
        "eq",
        "lt",
        "gt",
        "hash",
        "str",
        "repr",
        "bool",
        "len",
        "contains",
        "getattr",
        "getitem",
        "setitem",
        "iter",
        "next",
        "call",
        "enter",
        "exit",
        "get",
        "set",
        "delete",
    ]
    methods = "\n".join(f"    def __{name}__(self, *a): return self + (a and a[0]) * self if self == a else -self[a]" for name in names)
    return handler(
        *(f"x{at} = A() + B() * A()\nx{at} += x{at}[x{at}]" for at in range(100)), before=f"class A:\n{methods}\nclass B(A):\n{methods}"
    )


@nasty
def attributes_that_are_set_by_setattr() -> str:
    before = """
class A:
    def __setattr__(self, n, v):
        for x in self.__dict__: setattr(self, n + x, self)
        super().__setattr__(n, v)
    def __getattribute__(self, n): return object.__getattribute__(self, n + 'x')"""
    return handler("a = A()", *(f"a.x{at} = a.y{at}; setattr(a, events['{at}'], a.z)" for at in range(500)), before=before)


@nasty
def metaclasses_of_metaclasses() -> str:
    before = "class M0(type): pass\n" + "\n".join(
        f"class M{at + 1}(M{at}):\n    def __getattr__(cls, n): return getattr(cls, n + 'x')\n    def __iter__(cls): return iter([cls, cls.a])\n"
        f"    def __call__(cls, *a): return super().__call__(*a)\nclass C{at}(metaclass=M{at + 1}): pass"
        for at in range(150)
    )
    return handler(*(f"for x in C{at}: print(x.a, C{at}())" for at in range(150)), before=before)


@nasty
def exec_with_names_of_its_own() -> str:
    return handler("n = {}", *(f"exec('def f{at}(): return n.get(\"f{at - 1}\", print)()\\nx = f{at}()', n, n)" for at in range(400)))


@nasty
def slices_of_slices() -> str:
    return handler(
        "L = list(range(500))", *("L = L[slice(0, 500)] + L[::2][slice(None)]\nL[slice(0, 2)] = L" for _ in range(200)), "print(L)"
    )


@nasty
def keys_of_credentials() -> str:
    lines = [
        f"c{at} = boto3.client('sts', aws_access_key_id=k, aws_secret_access_key=k).assume_role(RoleArn='arn:aws:iam::{at:012}:role/r', RoleSessionName='x')['Credentials']\n"
        f"k = c{at}['AccessKeyId'] if events.get('{at}') else k\nboto3.client('s3', aws_access_key_id=k, aws_secret_access_key=k).list_buckets()"
        for at in range(150)
    ]
    return handler("k = None", *lines)


@nasty
def ten_thousand_small_calls() -> str:
    return handler(*("print(events)" for _ in range(3_500)))


@nasty
def a_table_of_thousands() -> str:
    rows = ",".join(f"('a{at}',{at})" for at in range(3_600))
    return handler("for name, number in T:\n    boto3.client('s3').get_object(Bucket=name, Key=str(number))", before=f"T = [{rows}]")


@nasty
def a_dispatch_table_of_lambdas() -> str:
    rows = ",".join(f"'a{at}': lambda e: T[e['n']](e)" for at in range(1_600))
    return handler("T[events['n']](events)\nfor f in T.values(): f(events)", before=f"T = {{{rows}}}")


@nasty
def one_giant_f_string() -> str:
    return handler("x = 'a' if events else 'b'", "print(f'" + "{x}{x!r:>{x}}" * 3_000 + "')")


@nasty
def joins_of_joins() -> str:
    return handler("t = 'a' if events else 'b'", *("t = '-'.join([t, *t.split('-'), t.join(['x', t])])" for _ in range(500)))


@nasty
def walrus_in_walrus() -> str:
    return handler(
        "x = " + "(y := [" * 60 + "events" + "])" * 60,
        *(f"while (a{at} := [a for a in (b{at} := [x, y])]): x, y = a{at}, b{at}" for at in range(100)),
    )


@nasty
def try_star_and_finally() -> str:
    text = "print(s)"
    for at in range(12):
        inner = text.replace("\n", "\n    ")
        text = f"try:\n    {inner}\n    s['{at}'] = s\nexcept* ValueError as e{at}:\n    {inner}\nfinally:\n    {inner}" if at < 5 else text
    return handler("s = {}", text)


@nasty
def with_in_with() -> str:
    items = ", ".join(f"m(x, {at}) as x" for at in range(60))
    before = "@contextlib.contextmanager\ndef m(x, n):\n    with m(x, n + 1) as y: x.append(y)\n    yield x\n    x.append(n)"
    return handler("x = []", f"with {items}: print(x)", before=f"import contextlib\n{before}")


@nasty
def globals_that_are_rewritten() -> str:
    return handler(*(f"globals()['v{at}'] = globals().get('v{at - 1}', events)\nglobals().update(vars())" for at in range(600)))


@nasty
def fields_of_data_classes() -> str:
    before = "import dataclasses\n" + "\n".join(
        f"@dataclasses.dataclass\nclass D{at}{f'(D{at - 1})' if at else ''}:\n    a{at}: list = dataclasses.field(default_factory=lambda: [D{max(0, at - 1)}(), D{max(0, at - 1)}()])"
        for at in range(200)
    )
    return handler("x = D199()", "print(dataclasses.asdict(x), dataclasses.replace(x))", before=before)


@nasty
def dispatch_on_types() -> str:
    functions = "\n".join(f"@f.register\ndef _(x: int, n={at}): return f(x, n) or f([x], {at})" for at in range(400))
    return handler("f(1)", before=f"@functools.singledispatch\ndef f(x, n=0): return f(n)\n{functions}")


@nasty
def sets_of_operations() -> str:
    return handler("s = set(events)", *("s ^= s | s & s - s ^ {*s, *s}; s |= {frozenset(s)}" for _ in range(600)), "for x in s: print(x)")


@nasty
def resources_of_resources() -> str:
    chain = ".instances.all" * 1 + "()"
    loops = "\n".join("    " * at + f"for x{at} in ec2.Vpc(x{at - 1}.id if {at} else 'v').subnets.all():" for at in range(20))
    return handler(
        "ec2 = boto3.resource('ec2')", f"x = ec2{chain}", f"x_1 = x\n{loops.replace('x-1', 'x_1')}\n" + "    " * 20 + "print(x19)"
    )


@nasty
def deep_copies_of_what_grows() -> str:
    return handler("import copy", "d = {'a': []}", *["d = copy.deepcopy(d); d['a'].append(copy.deepcopy(d))"] * 300)


@nasty
def iterators_of_iterators_that_change() -> str:
    lines = ["v = (x + 'y' for x in v); l.append('z'); next(v, None)"] * 300
    return handler("l = ['a']", "v = iter(l)", *lines, "for x in range(9):\n    next(v, None); l.append(str(x))")


@nasty
def operators_that_nothing_uses() -> str:
    signs = {"add": "+", "or": "|", "mul": "*", "sub": "-"}
    before = "".join(
        f"class C{at}:\n"
        + "".join(
            f"    def __{name}__(self, x): return [C{(at + 1) % 150}() {sign} x, C{at}() {sign} self]\n" for name, sign in signs.items()
        )
        for at in range(150)
    )
    return handler(*(f"C{at}()" for at in range(150)), before=before)


@nasty
def functions_that_are_stored_in_unknown_data() -> str:
    return handler(*(f"events.f{at} = lambda *a, **k: [events.f{(at + 1) % 500}(*a), events.f{(at * 7) % 500}(**k)]" for at in range(500)))


@nasty
def adapters_of_adapters() -> str:
    before = """
import logging
class A(logging.LoggerAdapter):
    def process(self, m, k): return self.extra['a'].process(m, k), A(self, self.extra)"""
    lines = ["a = A(a, {'a': a, 'b': [a, A(a, a)]}); a.warning('x'); a.x.y.z"] * 150
    return handler("a = A(1, {'a': boto3.client('s3')})", *lines, before=before)


@nasty
def an_environment_that_grows() -> str:
    return handler("import os", "e = {}", *(f"e['K{at}'] = e; os.environ.update(e); os.environ |= e" for at in range(900)))


@nasty
def generators_that_are_sent_generators() -> str:
    before = "\n".join(
        f"def g{at}(*a):\n    x = yield a\n    y = yield g{(at + 1) % 80}(x, a)\n    yield from g{(at + 3) % 80}(y); x(y)"
        for at in range(80)
    )
    return handler("i = g0(g1)", *(f"i.send(g{at}(i)); i.throw(ValueError(i)); i.close()" for at in range(80)), before=before)


@nasty
def mappings_that_use_themselves() -> str:
    before = """
import collections
class U(collections.UserDict):
    def __setitem__(self, k, v): super().__setitem__(k, [v, self]); self.data.update({k + 'x': v})
    def __getitem__(self, k): return self.get(k, self.items())"""
    return handler("u = U()", *(f"u['k{at}'] = U(u)" for at in range(200)), "for k, v in u.items(): u[k] = v", before=before)


def _read(name: str) -> dict[str, Any]:
    script = NASTY[name]()
    started = time.process_time()
    read = read_script(Script(text=script, handler="handler", files={}))
    return {
        "name": name,
        "bytes": len(script.encode()),
        "seconds": round(time.process_time() - started, 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "calls": sorted(f"{service}:{operation}" for service, operation, _ in read.calls),
        "findings": sorted({finding for finding, _ in read.reported}),
    }


def main(names: list[str]) -> None:
    """Read these scripts, or all; one that is stopped at a limit has no seconds."""
    for name in names or list(NASTY):
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS + 1, CPU_SECONDS + 2))
            resource.setrlimit(resource.RLIMIT_DATA, (2 * MEGABYTES << 20, 2 * MEGABYTES << 20))
            sys.stdout.write(f"{json.dumps(_read(name))}\n")
            sys.stdout.flush()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.stdout.write(f"{json.dumps({'name': name, 'seconds': None})}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
