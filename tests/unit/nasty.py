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
