"""Scripts whose calls are made by what Python or a library calls by itself, or with what these keep: each call is derived with its inputs."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from tests.unit.scripts import read
from tests.unit.test_scripts_compared import HEAD, compare

# What Python calls of a class.
OF_CLASSES = {
    "an enumeration's __init__": """
        import enum
        class E(enum.Enum):
            A = (s3, "ba")
            B = (s3, "bb")
            def __init__(self, c, b): self.c, self.b = c, b
            def go(self): self.c.get_object(Bucket=self.b, Key=self.name)
        E.A.go()
        for e in E: e.go()
        E["B"].go()
        """,
    "an enumeration's __new__": """
        import enum
        class E(str, enum.Enum):
            A = ("aa", "more")
            def __new__(cls, value, more):
                made = str.__new__(cls, value)
                made._value_, made.more = value, more
                return made
        s3.get_object(Bucket=E.A.value, Key=E.A.more)
        s3.put_object(Bucket=E.A, Key="k")
        """,
    "an enumeration's other names": """
        import enum
        class E(enum.Enum):
            B = "b"
            C = "b"
        s3.get_object(Bucket=E.C.name, Key=E["C"].name)
        """,
    "an enumeration's _missing_": """
        import enum
        class E(str, enum.Enum):
            A = "aa"
            @classmethod
            def _missing_(cls, value):
                s3.get_object(Bucket="b", Key=value)
                return cls.A
        s3.put_object(Bucket=E("nope").value, Key="k")
        """,
    "__exit__ after the block": """
        import contextlib
        class A:
            def __init__(self): self.k = "new"
            def __enter__(self):
                self.k = "in"
                return self
            def __exit__(self, *_):
                s3.put_object(Bucket="exit", Key=self.k)
                self.k = "out"
        a, b = A(), A()
        with a as x:
            s3.get_object(Bucket=x.k, Key="k")
            x.k = "body"
        s3.get_object(Bucket=a.k, Key="k")
        with contextlib.ExitStack() as stack:
            x = stack.enter_context(b)
            s3.get_object(Bucket=x.k, Key="k")
            x.k = "body of the stack"
        """,
    "__set_name__": """
        class D:
            def __set_name__(self, owner, name):
                self.name = name
                s3.get_object(Bucket="b", Key=name)
            def __get__(self, of, owner): return "got-" + self.name
        class A: field = D()
        s3.put_object(Bucket=A().field, Key=A.field)
        """,
    "what __prepare__ gives": """
        class Names(dict):
            def __setitem__(self, key, value):
                if not key.startswith("__"): s3.get_object(Bucket="names", Key=key)
                super().__setitem__(key, value)
        class M(type):
            @classmethod
            def __prepare__(cls, name, bases): return Names()
        class A(metaclass=M): one = 1
        """,
    "__copy__ and __deepcopy__": """
        import copy
        class R:
            def __copy__(self): return "shallow"
            def __deepcopy__(self, memo): return "deep"
        s3.put_object(Bucket=copy.copy(R()), Key=copy.deepcopy(R()))
        """,
    "__post_init__ of a copy": """
        import dataclasses
        @dataclasses.dataclass
        class D:
            b: str
            made: str = dataclasses.field(default="none", init=False)
            def __post_init__(self): self.b, self.made = self.b + "-post", "made"
        d = D("x")
        s3.get_object(Bucket=dataclasses.replace(d, b="y").b, Key=dataclasses.replace(d).b)
        """,
    "__reversed__": """
        class R:
            def __iter__(self): return iter(["forth"])
            def __reversed__(self): return iter(["back"])
        for each in reversed(R()): s3.get_object(Bucket=each, Key="k")
        """,
    "__dir__": """
        class A:
            def __dir__(self): return ["one"]
            def __getattr__(self, name): return lambda: s3.get_object(Bucket="b", Key=name)
        for each in dir(A()): getattr(A(), each)()
        """,
    "__missing__ of texts": """
        class D(dict):
            def __missing__(self, key):
                s3.get_object(Bucket="missing", Key=key)
                return key + "-m"
        s3.head_object(Bucket="%(one)s" % D(), Key="{two}".format_map(D()))
        """,
    "__radd__ by sum": """
        class N:
            def __radd__(self, other):
                s3.get_object(Bucket="radd", Key="k")
                return 1
        sum([N()])
        """,
    "__reduce__": """
        import copy
        class R:
            def __reduce__(self): return (lambda key: s3.get_object(Bucket="b", Key=key), ("reduced",))
        copy.copy(R())
        """,
    "make_dataclass": """
        import dataclasses
        methods = {"go": lambda self: self.c.get_object(Bucket=self.b, Key="k")}
        dataclasses.make_dataclass("M", [("b", str), ("c", object, None)], namespace=methods)("bb", s3).go()
        """,
}

# What a library calls, or keeps.
OF_LIBRARIES = {
    "attributes of a log record": """
        import logging
        class H(logging.Handler):
            def emit(self, record): record.client.get_object(Bucket=record.bucket, Key="k")
        log = logging.getLogger("implicit-1")
        log.addHandler(H())
        log.propagate = False
        log.warning("text", extra={"client": s3, "bucket": "bb"})
        """,
    "what a base class keeps": """
        import logging
        class A(logging.LoggerAdapter):
            def process(self, text, more):
                self.extra["c"].get_object(Bucket="b", Key="k")
                return text, more
        log = logging.getLogger("implicit-2")
        log.propagate = False
        log.addHandler(logging.NullHandler())
        A(log, {"c": s3}).warning("x")
        """,
    "side effects of a mock": """
        from unittest import mock
        m = mock.Mock()
        m.side_effect = lambda: s3.put_object(Bucket="b", Key="k")
        m()
        """,
    "the callback of a weak reference": """
        import weakref
        class R: pass
        r = R()
        w = weakref.ref(r, lambda _: s3.get_object(Bucket="b", Key="k"))
        del r
        """,
    "contexts": """
        import contextvars
        v = contextvars.ContextVar("v")
        v.set(s3)
        c = contextvars.copy_context()
        c.run(lambda: v.get().put_object(Bucket="b", Key="k"))
        c[v].delete_object(Bucket="b", Key="k")
        c.get(v).head_object(Bucket="b", Key="k")
        """,
    "a queue's own container": """
        import queue
        q = queue.Queue()
        q.queue.append(s3)
        q.queue[0].get_object(Bucket="b", Key="k")
        """,
    "callbacks of a pool": """
        from multiprocessing.pool import ThreadPool
        with ThreadPool(1) as p:
            p.apply_async(lambda x: x + "r", ("a",), callback=lambda r: s3.head_object(Bucket="cb", Key=r)).get()
            p.map_async(lambda x: x + "m", ["a"], callback=lambda r: s3.head_object(Bucket="map", Key=r[0])).get()
        """,
    "what an ExitStack leaves": """
        import contextlib
        class M:
            def __init__(self, name): self.name = name
            def __exit__(self, *_): s3.put_object(Bucket="exit", Key=self.name)
            def __enter__(self): return self
        with contextlib.ExitStack() as stack:
            stack.push(M("pushed"))
            @stack.callback
            def _(): s3.get_object_tagging(Bucket="decorated", Key="k")
        """,
    "what is thrown into a generator": """
        def g():
            try: yield 1
            except KeyError as e: e.args[0].get_object(Bucket="b", Key="k")
            yield 2
        i = g()
        next(i)
        i.throw(KeyError(s3))
        """,
    "attributes of functions": """
        def f(): pass
        f.__dict__["c"] = s3
        f.c.get_object(Bucket="b", Key="k")
        s3.put_object.__call__(Bucket="b", Key="k")
        (lambda x: s3.head_object(Bucket=x, Key="k")).__call__("called")
        """,
    "a property of a class": """
        class A:
            def __init__(self): self.held = "held"
            def get(self): return self.held
            def set(self, value): self.held = value
            x = property(get, set)
        a = A()
        A.x.fset(a, "set")
        s3.get_object(Bucket=a.x, Key=A.x.fget(a))
        """,
    "files of the script's own": """
        import csv, json
        class F:
            def write(self, text): s3.put_object(Bucket="write", Key="k")
            def read(self):
                s3.get_object(Bucket="read", Key="k")
                return "{}"
            def close(self): s3.delete_object(Bucket="close", Key="k")
        csv.writer(F()).writerow(["a"])
        print("x", file=F())
        json.load(F())
        """,
    "what is closed": """
        import contextlib
        class X:
            def close(self): s3.delete_object(Bucket="close", Key="k")
        with contextlib.closing(X()): pass
        """,
    "built-in functions by name": """
        __builtins__["getattr"](s3, "delete_object")(Bucket="b", Key="k")
        """,
    "code that is run in a module": """
        import types
        m = types.ModuleType("m")
        exec("go = lambda c: c.get_object(Bucket='b', Key='k')", m.__dict__); m.go(s3)
        """,
}

# Values that change, or don't.
VALUES = {
    "iterators of which something was taken": """
        first = lambda it: next(it)
        one, two, three, four = iter(["a", "b"]), reversed(["c", "d"]), map(str.upper, ["e", "f"]), zip("gh", "ij")
        for it in (one, two, three, four): first(it)
        s3.get_object(Bucket=list(one)[0], Key=tuple(two)[0])
        s3.get_object(Bucket="".join(three), Key=[*four][0][0])
        """,
    "a generator of a list that changes more than once": """
        q = ["q0", "q1"]
        v, w = (x + "-" for x in q), map(lambda x: x + "+", q)
        q.append("n0")
        for n in range(4):
            s3.put_object(Bucket=next(v, "end"), Key=next(w, "end"))
            q.append("new")
        """,
    "iterators by another name": """
        one = iter(["a", "b", "c", "d"])
        other = iter(one)
        "a" in other
        for x in one: break
        s3.get_object(Bucket=x, Key=list(other)[0])
        """,
    "iterators side by side with themselves": """
        i = iter(["a", "b", "c", "d"])
        for x, y in [*zip(i, i)]: s3.get_object(Bucket=x, Key=y)
        """,
    "iterators that are spread": """
        i = iter(["a", "b", "c"])
        next(i)
        (lambda x, *more: s3.get_object(Bucket=x, Key=more[0]))(*i)
        """,
    "iterators in a container": """
        held = {"i": iter(["a", "b"]), "l": []}
        held["l"].append(iter(["c", "d"]))
        next(held["i"]), next(held["l"][0])
        s3.get_object(Bucket=list(held["i"])[0], Key=list(held["l"][0])[0])
        """,
    "an iterator that is used at once": """
        for x in ["1", "2"]: s3.get_object(Bucket=list(map(str.upper, ["a", "b"]))[1], Key=dict(zip("ab", ["k", "m"]))["b"])
        """,
    "a mapping with methods of its own": """
        import collections
        class U(collections.UserDict):
            def __setitem__(self, key, value): super().__setitem__(key, value + "s")
            def __getitem__(self, key): return super().__getitem__(key) + "g"
        u = U({"a": "1"}, b="2")
        u.update(c="3")
        s3.get_object(Bucket=u["a"] + u["b"], Key=u.get("c") + u.pop("c"))
        for key, value in u.items(): s3.put_object(Bucket=key, Key=value)
        """,
    "code with names of its own": """
        for x in ["1", "2"]: s3.get_object(Bucket=eval("x", {"x": x}, {"y": "y"}), Key="k")
        """,
    "deep copies": """
        import copy
        inner = ["old"]
        whole = {"a": inner}
        deep, shallow = copy.deepcopy(whole), copy.copy(whole)
        inner[0] = "new"
        s3.get_object(Bucket=deep["a"][0], Key=shallow["a"][0])
        """,
    "tuples": """
        t = ("a",)
        u = t
        t += ("b",)
        s3.get_object(Bucket=u[-1], Key=t[-1])
        """,
    "keywords of a partial": """
        import functools
        p = functools.partial(lambda x, end: x + end, end="E")
        p.keywords["end"] = "K"
        s3.get_object(Bucket=p("1"), Key=p.keywords["end"])
        """,
    "names of functions and classes": """
        import functools
        from collections import namedtuple
        def deco(f):
            @functools.wraps(f)
            def inner(): return f()
            return inner
        @deco
        def real(): pass
        class A:
            class B: pass
            def go(self): return self.go.__qualname__
        def renamed(): pass
        renamed.__name__ = "other"
        s3.get_object(Bucket=real.__name__, Key=renamed.__name__)
        s3.get_object(Bucket=A.B.__qualname__, Key=A().go())
        for name in ("T1", "T2"): s3.put_object(Bucket=type(name, (), {}).__name__, Key=namedtuple(name, "a").__name__)
        """,
    "a dict that is merged with an unknown one": """
        d = {"Key": "d"}
        e = next((each for each in [{"Key": "h"}] if each["Key"] == "no"), {"Bucket": "b"})
        s3.get_object(**(e | d))
        """,
}


@pytest.mark.parametrize(
    "script", [*OF_CLASSES.values(), *OF_LIBRARIES.values(), *VALUES.values()], ids=[*OF_CLASSES, *OF_LIBRARIES, *VALUES]
)
def test_each_call_is_derived(script: str) -> None:
    compare(f"{HEAD}def handler(event, context):\n{indent(dedent(script), '    ')}")


def test_an_iterator_that_is_used_at_once_is_known_by_place_in_each_turn_of_a_loop() -> None:
    script = """
        def handler(e, c):
            for x in ["1", "2"]:
                s3.get_object(Bucket=list(map(str.upper, ["a", "b"]))[1], Key=dict(zip("ab", ["k", "m"])).get(x, "none"))
                s3.put_object(Bucket=list(reversed(["a", "b"]))[0], Key="k")
        """
    _, told, calls = read(HEAD + dedent(script))
    assert not told
    assert {(call.operation, call.inputs["Bucket"].literals) for call in calls} == {("PutObject", ("b",)), ("GetObject", ("B",))}  # type: ignore[union-attr]
