"""Scripts that are run against a boto3 that records: each call is derived in its line, with its inputs, whatever is reported beside it."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent, indent

import pytest

from automation_role.derive.scripts.script import Script, read_script
from tests.unit.random_scripts import admits, missed, run
from tests.unit.scripts import Case, check
from tests.unit.scripts import read as read_case

HEAD = 'import boto3\ns3 = boto3.client("s3")\n'


def compare(script: str) -> None:
    """Run a script, and look for each of its calls in what is derived."""
    read = read_script(Script(text=script, handler="handler", files={}, exact=True))
    calls = run(script, 0, {})
    assert calls
    assert not missed(replace(read, reported={}), calls), f"{script}\n{read.calls}"


# What Python, a library or a loop that is not written calls many times, each time with what the last time has left behind.
REPEATED = {
    "iterator": """
        class It:
            def __init__(self, n): self.n = n
            def __iter__(self): return self
            def __next__(self):
                if self.n == 0: raise StopIteration
                self.n -= 1
                s3.head_object(Bucket="it", Key=str(self.n))
                return f"k{self.n}"
        def handler(e, c):
            for k in It(3): s3.get_object(Bucket="b", Key=k)
            x, y = It(2)
            s3.delete_object(Bucket=x, Key=y)
        """,
    "items by number": """
        class S:
            last = "none"
            def __getitem__(self, i):
                if i > 2: raise IndexError
                s3.get_object(Bucket="s", Key=self.last)
                self.last = "k%d" % i
        def handler(e, c):
            for x in S(): pass
        """,
    "key of sorted": """
        n = 0
        def key(x):
            global n
            n += 1
            s3.get_object(Bucket="s", Key="%d" % n)
            return x
        def handler(e, c): sorted([1, 2, 3], key=key)
        """,
    "key of sort": """
        def handler(e, c):
            last = ["none"]
            def key(x):
                s3.get_object(Bucket="s", Key=last[-1])
                last.append("k" + x)
                return x
            ["a", "b", "c"].sort(key=key)
        """,
    "filter": """
        def handler(e, c):
            last = ["none"]
            def keep(x):
                s3.get_object(Bucket="s", Key=last[-1])
                last.append("k" + x)
                return True
            list(filter(keep, ["a", "b", "c"]))
        """,
    "comprehension": """
        def handler(e, c):
            last = "none"
            def keep(x):
                nonlocal last
                s3.get_object(Bucket="s", Key=last)
                last = "k" + x
                return True
            [x for x in e.get("L", ["a", "b", "c"]) if keep(x)]
        """,
    "iter until": """
        def handler(e, c):
            n = 3
            def following():
                nonlocal n
                n -= 1
                s3.get_object(Bucket="s", Key="k%d" % n)
                return n
            for x in iter(following, 0): pass
        """,
    "executor": """
        from concurrent.futures import ThreadPoolExecutor
        state = {"last": "first"}
        def work(k):
            s3.get_object(Bucket="b", Key=state["last"])
            state["last"] = k
        def handler(e, c):
            for x in map(work, ["a", "b"]): pass
            work("c")
        """,
}

# What a class of the script says itself.
CLASSES = {
    "singledispatchmethod": """
        from functools import singledispatchmethod
        class A:
            @singledispatchmethod
            def go(self, x): s3.get_object(Bucket="d", Key="d")
            @go.register
            def _(self, x: int): s3.delete_object(Bucket="d", Key=str(x))
        def handler(e, c):
            A().go(3)
            A().go("a")
        """,
    "partialmethod": """
        import functools
        class S:
            def do(self, op, key): getattr(s3, op)(Bucket="pm", Key=key)
            get = functools.partialmethod(do, "get_object")
            remove = functools.partialmethod(do, "delete_object", key="fixed")
        def handler(e, c):
            S().get("k")
            S().remove()
        """,
    "descriptor that stores": """
        class D:
            def __get__(self, o, t=None): return o.__dict__["_v"]
            def __set__(self, o, v):
                s3.put_object(Bucket="ds", Key=v)
                o.__dict__["_v"] = v + "!"
        class A: v = D()
        def handler(e, c):
            a = A()
            a.v = "q"
            s3.get_object(Bucket="dg", Key=a.v)
        """,
    "setattr": """
        class A:
            def __setattr__(self, n, v):
                s3.put_object(Bucket="sa", Key=n)
                super().__setattr__(n, v + "x")
        def handler(e, c):
            a = A()
            a.q = "v"
            s3.get_object(Bucket="b", Key=a.q)
            setattr(a, e.get("n", "zz"), "val")
        """,
    "getattribute": """
        class A:
            bucket = "cls"
            def __init__(self): self.key = "own"
            def __getattribute__(self, n):
                v = object.__getattribute__(self, n)
                return v + "-ga" if isinstance(v, str) else v
            def go(self): s3.get_object(Bucket=self.bucket, Key=self.key)
        def handler(e, c): A().go()
        """,
    "operators": """
        class A:
            def __add__(self, o): return NotImplemented
            def __iadd__(self, o):
                s3.head_object(Bucket="iadd", Key="k")
                return self
            def __eq__(self, o): return NotImplemented
            __hash__ = None
        class B:
            def __radd__(self, o):
                s3.get_object(Bucket="radd", Key="k")
                return "rr"
            def __add__(self, o): s3.get_object(Bucket="add", Key="k")
            def __eq__(self, o): return s3.head_object(Bucket="eq", Key="k")
            __hash__ = None
        def handler(e, c):
            s3.put_object(Bucket="b", Key=A() + B())
            a = A()
            a += 1
            a += 2
            A() == B()
            x = A() if e.get("q") else B()
            x + 1
            y = B() if not e.get("q") else 7
            1 + y
        """,
    "methods that Python calls": """
        import copy, os, pickle
        class V:
            def __deepcopy__(self, memo): s3.get_object(Bucket="deepcopy", Key="k"); return self
            def __copy__(self): s3.get_object(Bucket="copy", Key="k"); return self
            def __reduce__(self): s3.get_object(Bucket="reduce", Key="k"); return (V, ())
            def __dir__(self): s3.get_object(Bucket="dir", Key="k"); return []
            def __fspath__(self): s3.get_object(Bucket="fspath", Key="k"); return "/"
            def __divmod__(self, o): s3.get_object(Bucket="divmod", Key="k")
        def handler(e, c):
            v = V()
            copy.copy(v), copy.deepcopy(v), pickle.dumps(v), dir(v), os.fspath(v), divmod(v, 1)
        """,
    "a list of its own": """
        class L(list):
            def append(self, x):
                s3.put_object(Bucket="l", Key=x)
                super().append(x + "!")
            def each(self): return [s3.get_object(Bucket="l", Key=x) for x in self]
        def handler(e, c):
            l = L(["a"])
            l.append("b")
            l += ["c"]
            l.extend(("d",))
            l.each()
        """,
    "what a metaclass says": """
        class Meta(type):
            def __getattr__(cls, name): return s3.get_object if name == "fetch" else name + "-x"
            def __iter__(cls): s3.head_object(Bucket="iter", Key="k"); return iter(())
            def __len__(cls): s3.head_object(Bucket="len", Key="k"); return 1
            def __prepare__(name, bases): s3.head_object(Bucket="prepare", Key=name); return {}
        class A(metaclass=Meta): pass
        def handler(e, c):
            A.fetch(Bucket="b", Key=A.key)
            list(A), len(A)
        """,
    "deleters": """
        class D:
            def __delete__(self, o): s3.delete_object(Bucket="descriptor", Key="k")
            def __set__(self, o, v): pass
        class A:
            d = D()
            @property
            def b(self): return "b"
            @b.deleter
            def b(self): s3.delete_object(Bucket="property", Key="k")
            c = property(lambda s: 1, None, lambda s: s3.delete_object(Bucket="by hand", Key="k"))
        def handler(e, c):
            a = A()
            del a.b, a.d
            delattr(a, "c")
        """,
    "a class made by a call": """
        import types
        def handler(e, c):
            K = type("K", (), {"go": lambda self, k: s3.get_object(Bucket="ty", Key=k)})
            N = types.new_class("N", (K,), {}, lambda ns: ns.update(b="nb"))
            K().go("k")
            N().go("n")
            s3.delete_object(Bucket=N.b, Key="x")
        """,
    "another class from now on": """
        class A: b = "a"
        class B: b = "b"
        def handler(e, c):
            x = A()
            x.__class__ = B
            s3.get_object(Bucket=x.b, Key="k")
        """,
}

# What a library calls that has a function of the script.
GIVEN_AWAY = {
    "hooks of json": """
        import json
        def hook(d):
            if "b" in d: s3.get_object(Bucket=d["b"], Key="hook")
            return d
        def handler(e, c):
            json.loads('[{"b": "jb1"}, {"b": "jb2"}]', object_hook=hook)
            json.loads("1.5", parse_float=lambda x: s3.head_object(Bucket="float", Key=x))
        """,
    "put into a module": """
        import warnings
        def handler(e, c):
            before = warnings.showwarning
            warnings.showwarning = lambda *a, **k: s3.put_object(Bucket="warned", Key="k")
            warnings.simplefilter("always")
            warnings.warn("x")
            warnings.showwarning = before
        """,
}

# What is read when it is consumed, or called at any time later, sees what there is then.
LATER = {
    "a generator and who consumes it": """
        class P:
            cur = "p0"
            def gen(self):
                for i in range(3):
                    s3.head_object(Bucket="g", Key=self.cur)
                    yield self.cur
        def handler(e, c):
            p = P()
            for i in p.gen():
                p.cur = i + "x"
                s3.get_object(Bucket="h", Key=p.cur)
                if len(p.cur) > 5: break
        """,
    "generators side by side": """
        def handler(e, c):
            log = ["first"]
            def g(n):
                for i in range(2):
                    s3.get_object(Bucket=n, Key=log[-1])
                    log.append(n + str(i))
                    yield i
            for a, b in zip(g("x"), g("y")): pass
        """,
    "a generator that is kept": """
        def gen(d):
            for k in list(d): yield d[k]
        def use(g):
            for x in g: s3.get_object(Bucket="gp", Key=x)
        def handler(e, c):
            d = {"a": "1"}
            g = gen(d)
            d["a"] = "2"
            d["b"] = "3"
            use(g)
            h = gen(d)
            d["a"] = "4"
            s3.head_object(Bucket="next", Key=next(h))
        """,
    "between two calls of next": """
        def g(o):
            while True: yield o["k"]
        def handler(e, c):
            o = {"k": "a"}
            x = g(o)
            s3.get_object(Bucket="1", Key=next(x))
            o["k"] = "b"
            s3.get_object(Bucket="2", Key=next(x))
            o["k"] = "c"
            s3.get_object(Bucket="3", Key=x.__next__())
        """,
    "a generator expression": """
        NAMES = ["x"]
        def names(start): return (start + n for n in NAMES)
        class F:
            def __init__(self, source):
                self.it = (x + self.end for x in source)
                self.end = "-a"
        def handler(e, c):
            n = "one"
            g = (s3.get_object(Bucket=n, Key=k) for k in ("a", "b"))
            n = "two"
            list(g)
            h = names("q-")
            NAMES.append("y")
            for n in h: s3.head_object(Bucket="re", Key=n)
            f = F(["p"])
            f.end = "-b"
            for x in f.it: s3.put_object(Bucket="f", Key=x)
        """,
    "generators of generators": """
        def read(source):
            for x in source: yield x.upper()
        def tag(source, t):
            for x in source: yield f"{x}-{t}"
        def handler(e, c):
            source = ["a"]
            p = tag(read(source), "t")
            source.append("b")
            for k in p: s3.get_object(Bucket="pipe", Key=k)
            q = (k + "!" for k in tag(read(iter(source)), "u") if k)
            source.append("c")
            for k in q: s3.put_object(Bucket="pipe", Key=k)
        """,
    "map and filter": """
        def handler(e, c):
            b = {"name": "first"}
            m = map(lambda k: s3.get_object(Bucket=b["name"], Key=k), ["a", "b"])
            f = filter(lambda k: s3.head_object(Bucket=b["name"], Key=k), ["a"])
            w = map(lambda x: x + b["name"], ["c", "d"])
            b["name"] = "second"
            list(m), list(f)
            for k in w:
                s3.put_object(Bucket="w", Key=k)
                b["name"] = "third"
        """,
    "what goes through a list": """
        import itertools
        def handler(e, c):
            a, b = ["a1"], ["b1"]
            z, n, r, i, ch = zip(a, b), enumerate(a), reversed(a), iter(a), itertools.chain(a, ["y"])
            a.append("a2")
            b.append("b2")
            a[0] = "a0"
            for x, y in z: s3.get_object(Bucket=x, Key=y)
            for p, x in n: s3.head_object(Bucket=str(p), Key=x)
            for x in r: s3.put_object(Bucket="r", Key=x)
            for x in i: s3.delete_object(Bucket="i", Key=x)
            for x in ch: s3.get_object_acl(Bucket="c", Key=x)
        """,
    "views of a dict": """
        def handler(e, c):
            d = {"a": "1"}
            ks, vs, its = d.keys(), d.values(), d.items()
            d["b"] = "2"
            d["a"] = "9"
            for k in ks: s3.get_object(Bucket="k", Key=k)
            for v in vs: s3.head_object(Bucket="v", Key=v)
            for k, v in its: s3.put_object(Bucket=k, Key=v)
        """,
    "coroutines": """
        import asyncio
        state, log = {"k": "one"}, ["first"]
        async def get(): s3.get_object(Bucket="co", Key=state["k"])
        async def work(n):
            for i in range(2):
                s3.head_object(Bucket=n, Key=log[-1])
                log.append(n + str(i))
                await asyncio.sleep(0)
        class Pages:
            n = 0
            def __aiter__(self): return self
            async def __anext__(self):
                self.n += 1
                if self.n > 2: raise StopAsyncIteration
                s3.put_object(Bucket="pages", Key=str(self.n))
                return "v%d" % self.n
        class Wait:
            def __await__(self):
                s3.get_object_acl(Bucket="await", Key="k")
                yield from asyncio.sleep(0).__await__()
                return "result"
        async def main():
            co = get()
            state["k"] = "two"
            await co
            task = asyncio.create_task(get())
            state["k"] = "three"
            await task
            await asyncio.gather(work("a"), work("b"))
            async for v in Pages(): s3.delete_object(Bucket="pages", Key=v)
            s3.delete_object(Bucket="await", Key=await Wait())
        def handler(e, c): asyncio.run(main())
        """,
    "what a library calls later": """
        import contextlib
        def handler(e, c):
            state = {"k": "one"}
            with contextlib.ExitStack() as x:
                x.callback(lambda: use())
                def use(): s3.get_object(Bucket="es", Key=state["k"])
                state["k"] = "two"
        """,
}

# Code and names that a script makes itself.
MADE = {
    "exec with names": """
        def handler(e, c):
            names = {"key": "kk"}
            exec("def f(x):\\n return x.head_object(Bucket='b3', Key=key)", names); names["f"](s3)
            exec("q.get_object(Bucket='b', Key='k')", {"q": s3})
            print(eval("q.get_object(Bucket=b, Key='k')", {"q": s3}, {"b": "local"}))
        """,
    "compiled": """
        def handler(e, c): print(eval(compile("bucket + '-x'", "f", "eval"), {"bucket": "c"}), s3.get_object(Bucket=eval("'q' + 'r'"), Key="k"))
        """,
}


SCRIPTS = {**REPEATED, **CLASSES, **GIVEN_AWAY, **LATER, **MADE}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_what_is_called_is_derived(script: str) -> None:
    compare(HEAD + dedent(script))


CHANGES = {
    "L = ['abc', 'b', 'c']": (
        ["L[slice(0, 2)] = ['s', 't']", "del L[slice(0, 1)]", "L[slice(None)] = ['z']"],
        ["L[0]", "L[slice(0, 1)][0]", "L[-1]", "next(iter(L))"],
    ),
    "L = {'a', 'b'}": (["L ^= {'a', 'n'}", "L.symmetric_difference_update({'a', 'n'})"], ["sorted(L)[0]", "sorted(L)[-1]"]),
    "P = {'a': 'p'}; Q = {'a': 'q', 'b': 'r'}; L = collections.ChainMap(P, Q)": (
        ["L.maps.insert(0, {'a': 'mi'})", "L.maps.append({'z': 'mz'})", "L.maps[0]['a'] = 'n'", "L.maps = [{'a': 'q1', 'b': 'q2'}, {}]"],
        ["L['a']", "L.get('b', 'n')", "L.get('z', 'none')", "P.get('a', 'n')"],
    ),
    "L = collections.UserDict(a='1', b='2')": (
        ["L.data['a'] = 'n'", "L.data = {'a': 'w'}", "L.data.pop('a')"],
        ["L.get('a', 'gone')", "L.data.get('b', 'n')"],
    ),
    "L = collections.UserList(['a', 'b'])": (["L.data.insert(0, 'n')", "L.data = ['n']"], ["L[0]", "L[-1]", "L.data[0]"]),
    "L = types.SimpleNamespace(a='1', b='2')": (
        ["L.__setattr__('a', 'n')", "L.__init__(a='in')", "L.__delattr__('a')"],
        ["getattr(L, 'a', 'gone')", "vars(L).get('a', 'gone')", "L.b"],
    ),
    "class O: a = 'ca'\n    L = O()": (
        ["L.__setattr__('a', 'n')", "type.__setattr__(O, 'a', 'n')", "O.__getattribute__ = lambda s, n: 'ga'"],
        ["L.a", "getattr(L, 'a')", "O.a"],
    ),
}


@pytest.mark.parametrize(
    ("start", "change", "reads"), [(start, change, reads) for start, (changes, reads) in CHANGES.items() for change in changes]
)
def test_what_is_read_after_a_change_is_what_python_reads(start: str, change: str, reads: list[str]) -> None:
    calls = "\n".join(f"s3.get_object(Bucket='b', Key={each})" for each in reads)
    compare(f"{HEAD}import collections, types\ndef handler(e, c):\n    {start}\n    {change}\n{indent(calls, '    ')}\n")


def test_a_thread_sees_what_there_is_when_it_runs() -> None:
    script = """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        config = {"b": "one"}
        def work(): s3.get_object(Bucket=config["b"], Key="k")
        def handler(e, c):
            thread = threading.Thread(target=work)
            config["b"] = "two"
            thread.start()
            with ThreadPoolExecutor(1) as pool:
                pool.submit(work)
                config["b"] = "three"
        """
    known = read_script(Script(text=HEAD + dedent(script), handler="handler", files={}, exact=True)).calls["s3", "GetObject", 7]
    assert all(any(admits(each.inputs["Bucket"], text) for each in known) for text in ("one", "two", "three"))


def test_the_dict_of_the_script_itself_has_its_names() -> None:
    script = """
        import boto3, sys
        def go(k): boto3.client("s3").get_object(Bucket="b", Key=k)
        def handler(e, c):
            vars(sys.modules[__name__])["go"]("1")
            sys.modules[__name__].__dict__["boto3"].client("ec2").describe_vpcs()
        """
    check(Case("module", script, "s3:GetObject ec2:DescribeVpcs"))


@pytest.mark.parametrize(
    "code", ["run = eval; run(e['x'])", "list(map(exec, ['pass']))", "getattr(builtins, 'eval')(e['x'])", "exec('if')"]
)
def test_code_that_is_run_and_not_read_is_reported(code: str) -> None:
    _, told, _ = read_case(f"import builtins\ndef handler(e, c):\n    {code}\n")
    assert told & {"otherAwsAccess", "unreadableScript"}


@pytest.mark.parametrize("run", ["eval", "getattr(builtins, 'eval')", "(lambda: exec)()"])
def test_code_that_is_run_is_read_by_whatever_name(run: str) -> None:
    script = f"""
        import boto3, builtins
        ec2 = boto3.client("ec2")
        def handler(e, c): {run}("ec2.describe_vpcs()")
        """
    check(Case("run", script, "ec2:DescribeVpcs"))


# A client that a script puts into data that others made, where places are not followed.
PLAIN = """
import json, time
def plain(): return json.loads('{"l": [], "m": {}, "k": "name"}' + " " * int(time.time() * 0))
"""
PUT_AWAY = {
    "list of JSON": """
        def handler(e, c):
            d = plain()
            d["l"].append(s3)
            d["l"][0].get_object(Bucket="b", Key="k")
        """,
    "unknown key": """
        def handler(e, c):
            d = plain()
            d[d["k"]] = s3
            d[d["k"]].get_object(Bucket="b", Key="k")
        """,
    "an instance with a client": """
        class Store:
            def __init__(self): self.client = s3
            def read(self, other): other.get_object(Bucket="b", Key="k")
        def handler(e, c):
            d = plain()
            d["l"].append(Store())
            d["l"][0].client.head_object(Bucket="b", Key="k")
            d["l"][0].read(s3)
        """,
    "an instance that makes its client": """
        class Job:
            def run(self): boto3.client("s3").get_object(Bucket="b", Key="k")
            def read(self, other): other.head_object(Bucket="b", Key="k")
        def handler(e, c):
            d = plain()
            d["l"].append(Job())
            for each in d["l"]: each.run()
            d["l"][0].read(s3)
        """,
    "its method": """
        def handler(e, c):
            d = plain()
            d["l"].append(s3)
            read = d["l"][0].get_object
            read(Bucket="b", Key="k")
        """,
    "a session": """
        def handler(e, c):
            d = plain()
            d["l"].append(boto3.Session())
            d["l"][0].client("s3").get_object(Bucket="b", Key="k")
        """,
    "an object of a library": """
        from graphlib import TopologicalSorter
        def handler(e, c):
            order = TopologicalSorter()
            order.add(s3)
            for each in order.static_order(): each.get_object(Bucket="b", Key="k")
        """,
    "an attribute of a library's object": """
        import string
        def handler(e, c):
            class T(string.Template): pass
            t = T("x")
            t.client = s3
            t.client.get_object(Bucket="b", Key="k")
        """,
    "what a mock returns": """
        from unittest.mock import Mock
        def handler(e, c):
            m = Mock()
            m.return_value = s3
            m().get_object(Bucket="b", Key="k")
        """,
    "a later turn of a loop": """
        def handler(e, c):
            d = plain()
            for turn in range(2):
                for each in d["l"]: each.get_object(Bucket="b", Key="k")
                d["l"].append(s3)
        """,
}


@pytest.mark.parametrize("script", PUT_AWAY.values(), ids=PUT_AWAY)
def test_what_is_put_into_plain_data_may_be_anywhere_in_it(script: str) -> None:
    compare(HEAD + PLAIN + dedent(script))


def test_a_method_of_plain_data_is_not_that_of_a_client_in_it() -> None:
    script = """
        def handler(e, c):
            d = plain()
            d["l"].append(s3)
            d["m"].copy()
        """
    assert read_script(Script(text=HEAD + PLAIN + dedent(script), handler="handler", files={}, exact=True)).calls == {}
