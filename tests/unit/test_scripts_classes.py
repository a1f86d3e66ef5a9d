"""Classes and instances: who is called, and with which clients."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check

CASES = [
    Case(
        "class",
        """
        import boto3
        class A:
            def __init__(self, region=None):
                self.ec2=boto3.client('ec2',region_name=region)
                self._s3=None
            @property
            def s3(self):
                if self._s3 is None:
                    self._s3=boto3.client('s3')
                return self._s3
            def run(self):
                self.ec2.stop_instances(InstanceIds=['i-1'])
                return self._more()
            def _more(self):
                self.s3.list_buckets()
            def never(self):
                self.ec2.terminate_instances(InstanceIds=[])
        def handler(e,c):
            return A().run()
        """,
        "ec2:StopInstances s3:ListBuckets",
    ),
    Case(
        "class attr client",
        """
        import boto3
        class Base:
            service='ec2'
            client=None
            def __init__(self): self.client=boto3.client(self.service)
        class Rds(Base):
            service='rds'
            def go(self): return self.client.describe_db_clusters()
        class Ec2(Base):
            def go(self): return self.client.describe_images()
        def handler(e,c):
            for k in (Rds,Ec2):
                k().go()
        """,
        "ec2:DescribeImages rds:DescribeDBClusters",
    ),
    Case(
        "dataclass",
        """
        import boto3
        from dataclasses import dataclass, field
        from typing import Any
        @dataclass
        class Ctx:
            ec2: Any = field(default_factory=lambda: boto3.client('ec2'))
            name: str = 'x'
            s3: Any = None
            def __post_init__(self): self.s3 = self.s3 or boto3.client('s3')
        def handler(e,c):
            x=Ctx(name='y'); x.ec2.describe_vpcs(); x.s3.list_buckets()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "mixin static",
        """
        import boto3
        class H:
            ec2=boto3.client('ec2')
            @staticmethod
            def a(cl): cl.describe_vpcs()
            @classmethod
            def b(cls): cls.a(cls.ec2); cls.ec2.describe_subnets()
            def __call__(self, e, c): return H.b()
        handler=H()
        """,
        "ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "context manager class",
        """
        import boto3
        class Cm:
            def __enter__(self): self.c=boto3.client('ec2'); return self.c
            def __exit__(self,*a): boto3.client('sns').list_topics()
        from contextlib import contextmanager
        @contextmanager
        def cm(n):
            cl=boto3.client(n)
            try: yield cl
            finally: cl.close()
        def handler(e,c):
            with Cm() as x: x.describe_vpcs()
            with cm('sqs') as y: y.list_queues()
        """,
        "ec2:DescribeVpcs sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "namedtuple",
        """
        import boto3
        from collections import namedtuple, defaultdict
        C=namedtuple('C','ec2 sqs')
        def handler(e,c):
            x=C(boto3.client('ec2'),boto3.client('sqs'))
            x.ec2.describe_vpcs(); x.sqs.list_queues()
            d=defaultdict(list); d['a'].append(boto3.client('sns'))
            for k,v in d.items():
                for cl in v: cl.list_topics()
            class K(dict):
                def __missing__(self,k):
                    self[k]=boto3.client(k); return self[k]
            K()['iam'].list_users()
        """,
        "ec2:DescribeVpcs iam:ListUsers sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "factory class getattr",
        """
        import boto3
        class Clients:
            def __getattr__(self, name):
                cl=boto3.client(name); setattr(self,name,cl); return cl
        aws=Clients()
        def handler(e,c):
            aws.ec2.describe_vpcs(); aws.sqs.list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "a cache in an instance",
        """
        import boto3
        class A:
            def __init__(self): self.c={}
            def client(self, n, region='x'):
                key=(n,region)
                if key not in self.c: self.c[key]=boto3.client(n,region_name=region)
                return self.c[key]
            def go(self):
                self.client('ec2').describe_vpcs(); self.client('sqs').list_queues()
        def handler(e,c): A().go()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "class registry",
        """
        import boto3
        REG={}
        def register(name):
            def deco(cls):
                REG[name]=cls
                return cls
            return deco
        @register('a')
        class A:
            def run(self): boto3.client('ec2').describe_vpcs()
        @register('b')
        class B:
            def run(self): boto3.client('sqs').list_queues()
        def handler(e,c):
            REG[e['x']]().run()
            for s in Base.__subclasses__(): s().go()
        class Base: pass
        class D(Base):
            def go(self): boto3.client('sns').list_topics()
        """,
        "ec2:DescribeVpcs sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "self getattr dispatch",
        """
        import boto3
        class A:
            def do_a(self): boto3.client('ec2').describe_vpcs()
            def do_b(self): boto3.client('sqs').list_queues()
            def other(self): boto3.client('sns').list_topics()
            def go(self,x): getattr(self,f'do_{x}')()
        def handler(e,c): A().go(e['x'])
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "decorator class",
        """
        import boto3, functools
        class Log:
            def __init__(self,f): self.f=f
            def __call__(self,*a,**k):
                boto3.client('logs').put_log_events(logGroupName='a',logStreamName='b',logEvents=[])
                return self.f(*a,**k)
        @Log
        def handler(e,c): boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs logs:PutLogEvents",
    ),
    Case(
        "classes made of dict and list",
        """
        import boto3
        class R(dict):
            def __init__(self,**k): super().__init__(**k); self['ec2']=boto3.client('ec2')
            def __getitem__(self,k):
                return super().__getitem__(k)
        class L(list):
            def push(self,x): self.append(x)
        def handler(e,c):
            R(sqs=boto3.client('sqs'))['sqs'].list_queues()
            R()['ec2'].describe_vpcs()
            l=L(); l.push(boto3.client('iam'))
            for x in l: x.list_users()
            l[0].list_roles()
        """,
        "ec2:DescribeVpcs iam:ListRoles iam:ListUsers sqs:ListQueues",
    ),
    Case(
        "attributes through vars",
        """
        import boto3
        class A:
            def __init__(self,**kw):
                self.__dict__.update(kw)
                vars(self)['sqs']=boto3.client('sqs')
                self.__dict__['iam']=boto3.client('iam')
        def handler(e,c):
            a=A(ec2=boto3.client('ec2')); a.ec2.describe_vpcs(); a.sqs.list_queues(); a.iam.list_users()
        """,
        "ec2:DescribeVpcs iam:ListUsers sqs:ListQueues",
    ),
    Case(
        "a class around a session",
        """
        import boto3
        class AWS:
            def __init__(self, session=None): self.session=session or boto3.Session()
            def client(self, name, **kw): return self.session.client(name, **kw)
        class Worker:
            def __init__(self, aws: AWS): self.aws=aws
            def work(self):
                for page in self.aws.client('ec2').get_paginator('describe_instances').paginate(): pass
                self.aws.client('ssm').start_automation_execution(DocumentName='X')
        def handler(e,c):
            Worker(AWS()).work()
        """,
        "ec2:DescribeInstances ssm:StartAutomationExecution",
    ),
    Case(
        "a descriptor",
        """
        import boto3
        class Lazy:
            def __init__(self,n): self.n=n
            def __get__(self,o,t=None): return boto3.client(self.n)
        class A:
            ec2=Lazy('ec2')
        def handler(e,c): A().ec2.describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a singleton",
        """
        import boto3
        class S:
            _i=None
            def __new__(cls,*a):
                if cls._i is None:
                    cls._i=super().__new__(cls); cls._i.ec2=boto3.client('ec2')
                return cls._i
        def handler(e,c): S().ec2.describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "iter class",
        """
        import boto3
        class P:
            def __init__(self): self.cl=boto3.client('ec2')
            def __iter__(self):
                for p in self.cl.get_paginator('describe_vpcs').paginate(): yield self.cl
        def handler(e,c):
            for cl in P(): cl.describe_subnets()
            a=[x for x in P()]
        """,
        "ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "dataclass with arguments",
        """
        import boto3
        from dataclasses import dataclass
        @dataclass(frozen=True, slots=True)
        class Clients:
            ec2: object
            region: str = "x"
            @classmethod
            def build(cls): return cls(ec2=boto3.client('ec2'))
        @dataclass(order=True)
        class Task:
            clients: Clients
            instance: str
            def run(self): self.clients.ec2.stop_instances(InstanceIds=[self.instance])
        def handler(e,c):
            for each in e['ids']: Task(Clients.build(), each).run()
        """,
        "ec2:StopInstances",
    ),
    Case(
        "attrs class",
        """
        import attr, attrs, boto3
        @attr.s(auto_attribs=True)
        class A:
            ec2: object
        @attrs.define
        class B:
            s3: object
        def handler(e,c):
            A(boto3.client('ec2')).ec2.describe_vpcs()
            B(s3=boto3.client('s3')).s3.list_buckets()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "classes register themselves",
        """
        import boto3
        class Base:
            registry={}
            def __init_subclass__(cls, kind=None, **kw):
                super().__init_subclass__(**kw)
                Base.registry[kind or cls.__name__]=cls
        class A(Base):
            def go(self): boto3.client('ec2').describe_vpcs()
        class B(Base, kind='b'):
            def go(self): boto3.client('s3').list_buckets()
        def handler(e,c): Base.registry[e['name']]().go()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "methods by the beginnings of their names",
        """
        import boto3, inspect
        class Checks:
            def check_a(self): boto3.client('ec2').describe_vpcs()
            def fix_b(self): boto3.client('s3').list_buckets()
            def other(self): boto3.client('sns').list_topics()
        def handler(e,c):
            x=Checks()
            for n, m in inspect.getmembers(x, predicate=inspect.ismethod):
                if n.startswith('check_'): m()
            for n in dir(x):
                if n.startswith('fix_'): getattr(x, n)()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "static methods that a class inherits, by a name that is a runtime value",
        """
        import boto3
        class Base:
            @staticmethod
            def stop(): boto3.client('ec2').stop_instances(InstanceIds=['i'])
        class Child(Base):
            @staticmethod
            def topics(): boto3.client('sns').list_topics()
        def handler(e,c):
            getattr(Child, e['op'])()
        """,
        "ec2:StopInstances sns:ListTopics",
    ),
    Case(
        "what is stored under a name that is a runtime value, and called by one",
        """
        import boto3
        class X: pass
        class Y: pass
        def handler(e,c):
            x=X()
            setattr(x, e['n'], boto3.client('ec2').describe_vpcs)
            getattr(x, e['n'])()
            setattr(Y, e['n'], boto3.client('sns').list_topics)
            getattr(Y, e['n'])()
        """,
        "ec2:DescribeVpcs sns:ListTopics",
    ),
    Case(
        "methods of a metaclass, by a name that is a runtime value",
        """
        import boto3
        class Meta(type):
            def go(cls): boto3.client('ec2').describe_vpcs()
        class X(metaclass=Meta): pass
        def handler(e,c): getattr(X, e['n'])()
        """,
        "ec2:DescribeVpcs",
    ),
    *(
        Case(
            f"operations by a name that is a runtime value: {body}",
            f"""
            import boto3, operator
            class Proxy:
                def __getattr__(self, name): return getattr(boto3.client('ec2'), name)
            def handler(e,c): {body}
            """,
            calls,
            "dynamicOperation",
        )
        for body, calls in (
            ("getattr(Proxy(), e['n'])()", ""),
            ("operator.methodcaller(e['n'])(boto3.client('ec2'))", ""),
            ("getattr(boto3.resource('ec2'), e['n'])('i')", ""),
            ("getattr(boto3.resource('ec2').Instance('i'), e['n'])()", "ec2:DescribeInstances"),
            ("getattr(boto3.resource('ec2').instances.all(), e['n'])()", "ec2:DescribeInstances"),
        )
    ),
    Case(
        "enumerations with methods",
        """
        import boto3
        from enum import Enum, StrEnum, auto
        class Action(Enum):
            STOP='stop_instances'
            START='start_instances'
            @property
            def call(self): return getattr(boto3.client('ec2'), self.value)
            def run(self): boto3.client('sns').publish(Message=self.value)
        class Listing(StrEnum):
            describe_vpcs=auto()
            describe_subnets=auto()
        def handler(e,c):
            Action[e['a']].call(InstanceIds=[])
            Action(e['a']).run()
            for each in Listing: getattr(boto3.client('ec2'), each)()
        """,
        "ec2:StopInstances ec2:StartInstances sns:Publish ec2:DescribeVpcs ec2:DescribeSubnets",
    ),
    Case(
        "instances that a library calls",
        """
        import boto3, json, logging
        class ToLogs(logging.Handler):
            def emit(self, record): boto3.client('logs').put_log_events(logGroupName='a',logStreamName='b',logEvents=[])
        class Encoder(json.JSONEncoder):
            def default(self, o): return boto3.client('sts').get_caller_identity()
        class Hook:
            def __call__(self, **kw): boto3.client('sns').publish(Message='x')
        class Plain:
            def never(self): boto3.client('ec2').describe_vpcs()
        logging.getLogger().addHandler(ToLogs())
        def handler(e,c):
            s3=boto3.client('s3')
            s3.meta.events.register('after-call.s3.ListBuckets', Hook())
            s3.list_buckets()
            json.dumps(Plain(), cls=Encoder)
        """,
        "logs:PutLogEvents sns:Publish s3:ListBuckets sts:GetCallerIdentity",
    ),
    Case(
        "operators of the own",
        """
        import boto3
        class Step:
            def __init__(self, run): self.run=run
            def __rshift__(self, other):
                self.run(); other.run()
                return other
            def __radd__(self, other): other()
        def handler(e,c):
            ec2=boto3.client('ec2')
            Step(ec2.describe_vpcs) >> Step(ec2.describe_subnets) >> Step(ec2.describe_images)
            ec2.describe_tags + Step(None)
        """,
        "ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeImages ec2:DescribeTags",
    ),
    Case(
        "the order in which Python looks for a method",
        """
        import boto3
        class Base:
            def go(self): boto3.client('ec2').describe_vpcs()
        class Left(Base):
            def go(self):
                boto3.client('sns').list_topics()
                super().go()
        class Right(Base):
            def go(self): boto3.client('sqs').list_queues()
        class Both(Left, Right): pass
        def handler(e,c): Both().go()
        """,
        "sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "properties and attributes made by calls",
        """
        import boto3
        class Clients:
            def _get(self): return self._client
            def _set(self, name): self._client = boto3.client(name)
            client = property(_get, _set)
            def _make(name): return boto3.client(name)
            make = staticmethod(_make)
        class Bunch:
            def __init__(self, **given): self.__dict__ = given
        class Frozen:
            def __init__(self, client): object.__setattr__(self, 'client', client)
            def __setattr__(self, name, value): super().__setattr__(name, value)
        def handler(e,c):
            clients = Clients()
            clients.client = 'ec2'
            clients.client.describe_vpcs()
            Clients.make('sns').list_topics()
            Bunch(queues=boto3.client('sqs')).queues.list_queues()
            frozen = Frozen(boto3.client('kms'))
            frozen.client.list_keys()
            frozen.other = boto3.client('rds')
            frozen.other.describe_db_instances()
        """,
        "ec2:DescribeVpcs kms:ListKeys rds:DescribeDBInstances sns:ListTopics sqs:ListQueues",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_of(case: Case) -> None:
    check(case)
