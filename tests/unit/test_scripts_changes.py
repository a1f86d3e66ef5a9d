"""What a container holds may change between two looks at it: in a loop's next pass, or between two calls of one function.

Each script puts `i-2` where it is used only when what was concluded before is read again.
"""

from __future__ import annotations

from textwrap import indent

import pytest

from automation_role.derive.scripts.script import Script, read_script

HEAD = """\
import boto3, json, somewhere
ec2 = boto3.client("ec2")
def act(ids):
    ec2.terminate_instances(InstanceIds=ids)
def spread(given):
    ec2.terminate_instances(**given)
def deep(interfaces):
    ec2.run_instances(NetworkInterfaces=interfaces)
def written(value):
    ec2.terminate_instances(InstanceIds=[json.dumps(value)])
def first(pair):
    one, other = pair
    for each in one:
        ec2.terminate_instances(InstanceIds=[each])
class Keeper:
    def __init__(self):
        self.ids = ["i-1"]
    def add(self, name):
        self.ids.append(name)
    def go(self):
        ec2.terminate_instances(InstanceIds=self.ids)
def handler(events, context):
"""
SCRIPTS = {
    "an argument that is one of several lists": """
L, M = ["i-1"], ["i-3"]
one = L if events["n"] else M
def f(ids): ec2.terminate_instances(InstanceIds=[ids[0]])
f(one)
L.insert(0, "i-2")
f(one)
""",
    "an input of a call": """
L=["i-1"]
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=L)
    L.append("i-2")
""",
    "an argument of a function that was called before the loop": """
L=["i-1"]
act(L)
for each in events["n"]:
    act(L)
    L.append("i-2")
""",
    "an argument of a function that is called twice": """
L=["i-1"]
act(L)
L.append("i-2")
act(L)
""",
    "a list in an argument": """
L=["i-1"]
kw={"InstanceIds":L}
spread(kw)
L.append("i-2")
spread(kw)
""",
    "a list in an argument, in a loop": """
L=["i-1"]
kw={"InstanceIds":L}
for each in events["n"]:
    spread(kw)
    L.append("i-2")
""",
    "a list in an argument of a function that was called before the loop": """
L=["i-1"]
kw={"InstanceIds":L}
spread(kw)
for each in events["n"]:
    spread(kw)
    L.append("i-2")
""",
    "a list in a dict in an argument, in a loop": """
L=["i-1"]
kw=[{"Groups":L}]
deep(kw)
for each in events["n"]:
    deep(kw)
    L.append("i-2")
""",
    "a list in a dict in an argument": """
L=["i-1"]
kw=[{"Groups":L}]
deep(kw)
L.append("i-2")
deep(kw)
""",
    "an element in a text": """
L=["i-1"]
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=["%s" % L[-1]])
    L.append("i-2")
""",
    "arguments spread from a list": """
L=["i-1"]
def f(*a): ec2.terminate_instances(InstanceIds=list(a))
for each in events["n"]:
    f(*L)
    L.append("i-2")
""",
    "the values of a dict": """
d={"a":"i-1"}
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=list(d.values()))
    d["b"]="i-2"
""",
    "a list of an instance": """
k=Keeper()
for each in events["n"]:
    k.go()
    k.add("i-2")
""",
    "a list of an instance whose method was called before the loop": """
k=Keeper()
k.go()
for each in events["n"]:
    k.go()
    k.add("i-2")
""",
    "functions in a list that unknown code is given": """
L=[]
def cb(): ec2.terminate_instances(InstanceIds=["i-2"])
for each in events["n"]:
    somewhere.call(L)
    L.append(cb)
""",
    "whether it is in a list": """
L=["i-1"]
for each in events["n"]:
    if "x" in L: ec2.terminate_instances(InstanceIds=["i-2"])
    L.append("x")
""",
    "whether a list is empty": """
L=[]
for each in events["n"]:
    if L: ec2.terminate_instances(InstanceIds=["i-2"])
    L.append("x")
""",
    "parts of a list": """
L=["i-1", "b"]
for each in events["n"]:
    a, b = L
    ec2.terminate_instances(InstanceIds=[a])
    L[0]="i-2"
""",
    "what was put back": """
L=["i-1"]
while L:
    x=L.pop()
    ec2.terminate_instances(InstanceIds=[x])
    L.append("i-2")
""",
    "a default": """
d={}
for each in events["n"]:
    x=d.setdefault("k",[])
    ec2.terminate_instances(InstanceIds=x)
    x.append("i-2")
""",
    "a variable of a closure": """
L=["i-1"]
def g(): ec2.terminate_instances(InstanceIds=L)
for each in events["n"]:
    g()
    L.append("i-2")
""",
    "a variable of a closure that was called before the loop": """
L=["i-1"]
def g(): ec2.terminate_instances(InstanceIds=L)
g()
for each in events["n"]:
    g()
    L.append("i-2")
""",
    "a variable of a closure that is bound again": """
x="i-1"
def g(): ec2.terminate_instances(InstanceIds=[x])
for each in events["n"]:
    g()
    x="i-2"
""",
    "a nonlocal variable": """
x="i-1"
def g():
    nonlocal x
    ec2.terminate_instances(InstanceIds=[x])
    x="i-2"
for each in events["n"]:
    g()
""",
    "a method that is kept": """
L=["i-1"]
add=L.append
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=L)
    add("i-2")
""",
    "the attributes as a dict": """
k=Keeper()
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=vars(k)["ids"])
    k.ids=["i-2"]
""",
    "what a loop goes through": """
L=["i-1"]
for x in L:
    ec2.terminate_instances(InstanceIds=[x])
    L.append("i-2")
""",
    "what a comprehension goes through": """
L=["i-1"]
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=[y for y in L])
    L.append("i-2")
""",
    "what a generator goes through": """
L=["i-1"]
def gen():
    for x in L: yield x
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=[y for y in gen()])
    L.append("i-2")
""",
    "a variable that is another dict": """
cur={"id":"i-0"}
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=[cur["id"]])
    cur={"id":"i-1"} if each else cur
    nxt={"id": "i-2"}
    cur = nxt if events["x"] else cur
""",
    "a variable that is passed along": """
a={"id":"i-0"}
b={"id":"i-0"}
c={"id":"i-2"}
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=[a["id"]])
    a=b
    b=c
""",
    "a dict that is made in each pass": """
a={}
b={}
for each in events["n"]:
    ec2.terminate_instances(InstanceIds=[a.get("id","i-0")])
    a=b
    b={}
    b["id"]="i-2"
""",
    "a list in what is written as JSON": """
L=["i-1"]
whole=[L]
written(whole)
L.append("i-2")
written(whole)
""",
    "a list that was unpacked": """
L=["i-1"]
pair=[L, 0]
first(pair)
L.append("i-2")
first(pair)
""",
    "functions in a list that unknown code is given by a function": """
L=[]
held={"L": L}
def callback():
    ec2.terminate_instances(InstanceIds=["i-2"])
def give(given):
    somewhere.call(given)
give(held)
L.append(callback)
give(held)
""",
    "what the last element of a list without known places leaves behind": """
L=[{"k":"i-1"},{"k":"i-1"}]
if events["x"]: L.pop()
L[0]={"k":"i-2"}
left=["i-1"]
for each in L:
    ec2.terminate_instances(InstanceIds=[left[0]])
    left[0]=each["k"]
""",
    "a keyword beside a dict that may have it, too": """
held={"InstanceIds":["i-1"]}
def clear(): held.clear()
clear()
spread(dict(InstanceIds=["i-2"], **held))
""",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_change_is_seen(name: str) -> None:
    read = read_script(Script(text=HEAD + indent(SCRIPTS[name], "    "), handler="handler", files={}))
    assert "i-2" in repr(read.calls), read.calls
