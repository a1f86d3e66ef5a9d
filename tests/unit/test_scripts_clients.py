"""Clients are followed however a script makes and carries them."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check

CASES = [
    Case(
        "a variable",
        """
        import boto3
        def handler(e,c):
            ec2=boto3.client('ec2'); ec2.describe_instances()
        """,
        "ec2:DescribeInstances",
    ),
    Case(
        "other names for boto3",
        """
        import boto3 as b
        from boto3 import client as mk, resource, Session
        def handler(e,c):
            mk('sqs').list_queues()
            b.client(service_name='sns').list_topics()
            Session(profile_name='x').client('iam').list_users()
            b.session.Session().resource('s3').Bucket('x').delete()
        """,
        "s3:DeleteBucket sns:ListTopics sqs:ListQueues",
        "otherCredentials",
    ),
    Case(
        "dict of clients",
        """
        import boto3
        CLIENTS={n: boto3.client(n) for n in ('ec2','rds','iam')}
        def handler(e,c):
            CLIENTS['ec2'].describe_vpcs()
            CLIENTS.get('rds').describe_db_instances()
            k='iam'
            CLIENTS[k].get_user()
        """,
        "ec2:DescribeVpcs iam:GetUser rds:DescribeDBInstances",
    ),
    Case(
        "a loop over service names",
        """
        import boto3
        SERVICES=['ec2','lambda']
        def handler(e,c):
            clients={}
            for s in SERVICES:
                clients[s]=boto3.client(s, region_name=e['Region'])
            for name, client in clients.items():
                if name=='ec2':
                    client.describe_instances()
                else:
                    client.list_functions()
        """,
        "ec2:DescribeInstances lambda:ListFunctions",
    ),
    Case(
        "default arg",
        """
        import boto3
        def f(x, client=boto3.client('kms')):
            client.describe_key(KeyId=x)
        def handler(e,c, ssm=boto3.client('ssm')):
            f(e['k']); ssm.get_parameter(Name='a')
        """,
        "kms:DescribeKey ssm:GetParameter",
    ),
    Case(
        "helper",
        """
        import boto3, botocore
        from botocore.config import Config
        def connect_to_service(service, **kw):
            cfg=Config(retries={'max_attempts':10})
            return boto3.client(service, config=cfg, **kw)
        def handler(e,c):
            iam=connect_to_service('iam'); iam.list_roles()
            connect_to_service(service='s3', region_name='x').list_buckets()
        """,
        "iam:ListRoles s3:ListBuckets",
    ),
    Case(
        "caches, partial and decorators",
        """
        import boto3
        from functools import lru_cache, partial, wraps
        @lru_cache(maxsize=None)
        def client(n): return boto3.client(n)
        get=partial(client,'ec2')
        def retry(times=3):
            def deco(f):
                @wraps(f)
                def inner(*a,**k):
                    for _ in range(times):
                        try: return f(*a,**k)
                        except Exception: pass
                return inner
            return deco
        @retry(times=2)
        def go(x): get().describe_key_pairs(); client('sts').get_caller_identity()
        def handler(e,c): go(1)
        """,
        "ec2:DescribeKeyPairs sts:GetCallerIdentity",
    ),
    Case(
        "a service in the payload",
        """
        import boto3
        def handler(events, context):
            svc = events['Service'].lower()
            boto3.client(svc).describe_instances()
        """,
        "ec2:DescribeInstances",
        payload={"Service": "EC2"},
    ),
    Case(
        "if chain service",
        """
        import boto3
        def handler(e,c):
            s=e['S']
            if s=='a': cl=boto3.client('ec2'); fn=cl.describe_instances
            elif s=='b': cl=boto3.client('rds'); fn=cl.describe_db_instances
            else: raise ValueError
            fn()
        """,
        "ec2:DescribeInstances rds:DescribeDBInstances",
    ),
    Case(
        "globals",
        """
        import boto3
        ec2=None
        def init():
            global ec2
            ec2=boto3.client('ec2')
        def go():
            ec2.describe_vpcs()
        def handler(e,c):
            init(); go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "globals before",
        """
        import boto3
        ec2=None
        def go():
            if ec2: ec2.describe_vpcs()
        def init():
            global ec2
            ec2=boto3.client('ec2')
        def handler(e,c):
            go(); init(); go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "tuple return",
        """
        import boto3
        def clients():
            return boto3.client('ec2'), boto3.client('ssm')
        def handler(e,c):
            ec2, ssm = clients()
            ec2.describe_vpcs(); ssm.send_command(DocumentName='x')
            a,*b = (boto3.client('iam'), boto3.client('sts'))
            b[0].get_caller_identity()
        """,
        "ec2:DescribeVpcs ssm:SendCommand sts:GetCallerIdentity",
    ),
    Case(
        "session var",
        """
        import boto3
        s=boto3.Session()
        def handler(e,c):
            for region in s.get_available_regions('ec2'):
                s.client('ec2',region).describe_instances()
            creds=s.get_credentials()
        """,
        "ec2:DescribeInstances",
        told="otherAwsAccess",
    ),
    Case(
        "walrus",
        """
        import boto3
        def handler(e,c):
            if (ec2 := boto3.client('ec2')) and e:
                ec2.describe_vpcs()
            [cl.describe_subnets() for cl in [ec2]]
            while (r := ec2.describe_images()):
                break
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "nested function closures",
        """
        import boto3
        def outer(service):
            cl=boto3.client(service)
            def inner(op):
                return getattr(cl, op)
            return inner
        def handler(e,c):
            outer('ec2')('describe_vpcs')()
            outer('sqs')('list_queues')()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "raw session botocore",
        """
        import botocore.session
        from botocore.session import get_session
        def handler(e,c):
            botocore.session.get_session().create_client('ec2').describe_vpcs()
            get_session().create_client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "conditional import",
        """
        try:
            import boto3
        except ImportError:
            boto3=None
        def handler(e,c):
            import boto3 as bb
            if boto3: boto3.client('ec2').describe_vpcs()
            bb.client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "dunder import",
        """
        def handler(e,c):
            __import__('boto3').client('ec2').describe_vpcs()
            import importlib
            importlib.import_module('boto3').client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "setattr",
        """
        import boto3
        class X: pass
        def handler(e,c):
            x=X()
            for n in ('ec2','sqs'):
                setattr(x,n,boto3.client(n))
            x.ec2.describe_vpcs(); x.sqs.list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "one of two",
        """
        import boto3
        def handler(e,c):
            cl = boto3.client('ec2') if e.get('x') else boto3.client('rds')
            cl.describe_vpcs() if e.get('x') else cl.describe_db_instances()
            (boto3.client('sns') or None).list_topics()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances sns:ListTopics",
    ),
    Case(
        "star import boto3",
        """
        from boto3 import *
        def handler(e,c): client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "session from kwargs",
        """
        import boto3
        def handler(e,c):
            kw={'region_name':e['r']}
            if e.get('p'): kw['profile_name']=e['p']
            s=boto3.Session(**kw)
            kw2=dict(service_name='ec2', **kw)
            s.client('sqs').list_queues()
            s.client(**kw2).describe_vpcs()
            s.resource('s3').create_bucket(Bucket='x')
        """,
        "ec2:DescribeVpcs s3:CreateBucket sqs:ListQueues",
        "otherCredentials",
    ),
    Case(
        "starred kwargs helper",
        """
        import boto3
        def make(*names):
            return [boto3.client(n) for n in names]
        def handler(e,c):
            ec2, sqs = make('ec2','sqs')
            ec2.describe_vpcs(); sqs.list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "string cache dict",
        """
        import boto3
        _cache={}
        def client(n):
            if n not in _cache: _cache[n]=boto3.client(n)
            return _cache[n]
        def handler(e,c):
            client('ec2').describe_vpcs(); client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "boto3 passed",
        """
        import boto3
        def f(b): b.client('ec2').describe_vpcs()
        def handler(e,c): f(boto3); g=boto3.client; g('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "nonlocal",
        """
        import boto3
        def handler(e,c):
            cl=None
            def init():
                nonlocal cl
                cl=boto3.client('ec2')
            init()
            cl.describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "del and rebind",
        """
        import boto3
        def handler(e,c):
            cl=boto3.client('ec2'); cl.describe_vpcs()
            cl=boto3.client('sqs'); cl.list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "client in closure list",
        """
        import boto3
        regions=['a','b']
        cs=[boto3.client('ec2',region_name=r) for r in regions]
        def handler(e,c):
            for i,cl in enumerate(cs): cl.describe_vpcs()
            for r,cl in zip(regions,cs): cl.describe_subnets()
            list(map(lambda cl: cl.describe_images(), cs))
            sorted(cs,key=lambda cl: cl.describe_volumes())
            [*filter(None,cs)][0].describe_snapshots()
        """,
        "ec2:DescribeImages ec2:DescribeSnapshots ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVpcs",
    ),
    Case(
        "update dict clients",
        """
        import boto3
        def build(*svc): return {s: boto3.client(s) for s in svc}
        def handler(e,c):
            cs={}
            cs.update(build('ec2','sqs'))
            cs |= {'iam':boto3.client('iam')}
            cs['ec2'].describe_vpcs(); cs['sqs'].list_queues(); cs['iam'].list_users()
            d={**cs, 'sns': boto3.client('sns')}
            d['sns'].list_topics(); d['ec2'].describe_subnets()
        """,
        "ec2:DescribeSubnets ec2:DescribeVpcs iam:ListUsers sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "type alias",
        """
        import boto3
        def handler(e,c):
            x: str = 'ec2'
            y = x
            z, = [y]
            boto3.client(z).describe_vpcs()
            for boto3.zz in []: pass
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "boto3.session",
        """
        import boto3
        from boto3.session import Session as S
        import boto3.session
        def handler(e,c):
            boto3.session.Session(region_name='x').client('ec2').describe_vpcs()
            S().client('sqs').list_queues()
            boto3.DEFAULT_SESSION
            boto3.setup_default_session(region_name='x')
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "list in type hints",
        """
        from __future__ import annotations
        import boto3
        from mypy_boto3_ec2 import EC2Client
        def f(cl: EC2Client): cl.describe_vpcs()
        def handler(e: dict, c) -> dict: f(boto3.client('ec2')); return {}
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "client in except rebinding",
        """
        import boto3
        def handler(e,c):
            try:
                cl=boto3.client('ec2')
            except Exception:
                cl=boto3.client('ec2', region_name='us-east-1')
            cl.describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "an argument that is None",
        """
        import boto3
        def f(client=None):
            client = client or boto3.client('ec2')
            client.describe_vpcs()
        def g(client=None):
            if client is None: client=boto3.client('ec2')
            client.describe_subnets()
        def handler(e,c): f(); g()
        """,
        "ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "string ops",
        """
        import boto3
        SERVICE="AWS::EC2::VPC"
        def handler(e,c):
            s=SERVICE.split('::')[1].lower()
            boto3.client(s).describe_vpcs()
            name='describe'+'_'+'subnets'
            getattr(boto3.client('%s' % 'ec2'), name)()
            getattr(boto3.client('ec{}'.format(2)), '_'.join(['describe','images']))()
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "names out of a text",
        """
        import boto3
        def handler(e,c):
            for s in "ec2,rds".split(','):
                cl=boto3.client(s)
                op={'ec2':'describe_vpcs','rds':'describe_db_instances'}[s]
                getattr(cl,op)()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances",
    ),
    Case(
        "string from json",
        """
        import boto3, json
        CFG=json.loads('{"service":"ec2","op":"describe_vpcs"}')
        def handler(e,c): getattr(boto3.client(CFG['service']),CFG['op'])()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "str join env",
        """
        import boto3, os
        REGION=os.environ.get('AWS_REGION','us-east-1')
        SVC=os.getenv('SVC','ec2')
        def handler(e,c):
            boto3.client('ec2',region_name=REGION).describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "enum",
        """
        import boto3
        from enum import Enum
        class S(Enum):
            EC2='ec2'
            SQS='sqs'
        class T(str, Enum):
            IAM='iam'
        def handler(e,c):
            boto3.client(S.EC2.value).describe_vpcs()
            boto3.client(T.IAM).list_users()
            for s in S:
                if s is S.SQS: boto3.client(s.value).list_queues()
        """,
        "ec2:DescribeVpcs iam:ListUsers sqs:ListQueues",
    ),
    Case(
        "exceptions of a client in a dict",
        """
        import boto3
        clients=dict(ec2=boto3.client('ec2'), sqs=boto3.client('sqs'))
        def handler(e,c):
            try: clients['ec2'].describe_vpcs()
            except clients['sqs'].exceptions.QueueDoesNotExist: pass
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "event hooks",
        """
        import boto3
        def handler(e,c):
            cl=boto3.client('ec2')
            cl.meta.events.register('a', lambda **k: cl.describe_vpcs())
            cl.meta.region_name
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "generators",
        """
        import boto3
        def gen():
            for s in ['ec2','ec2']:
                yield boto3.client(s)
        def handler(e,c):
            for cl in gen(): cl.describe_vpcs()
            next(gen()).describe_subnets()
        """,
        "ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "operator",
        """
        import boto3
        from operator import methodcaller, attrgetter
        def handler(e,c):
            methodcaller('describe_vpcs')(boto3.client('ec2'))
            attrgetter('list_queues')(boto3.client('sqs'))()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "clients kept in things of which nothing is known",
        """
        import boto3
        def handler(e,c):
            e['ec2']=boto3.client('ec2')
            c.s3=boto3.client('s3')
            work(e, c)
        def work(event, context):
            event['ec2'].describe_vpcs()
            event.get('ec2').describe_subnets()
            context.s3.list_buckets()
            context.sns.list_topics()
        """,
        "ec2:DescribeVpcs ec2:DescribeSubnets s3:ListBuckets",
    ),
    Case(
        "a client kept by a function",
        """
        import boto3
        def ec2():
            if not hasattr(ec2, 'client'):
                ec2.client=boto3.client('ec2')
            return ec2.client
        def handler(e,c):
            ec2().describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "operations by the API own names",
        """
        import boto3
        from botocore import xform_name
        def handler(e,c):
            ec2=boto3.client('ec2')
            for name in ('DescribeVpcs', 'DescribeIpamPools'):
                getattr(ec2, xform_name(name))()
        """,
        "ec2:DescribeVpcs ec2:DescribeIpamPools",
    ),
    Case(
        "clients of a thread",
        """
        import boto3, threading
        from concurrent.futures import ThreadPoolExecutor
        local=threading.local()
        def start(): local.ec2=boto3.client('ec2')
        def work(i): return local.ec2.describe_instances(InstanceIds=[i])
        def handler(e,c):
            with ThreadPoolExecutor(initializer=start) as executor: list(executor.map(work, e['ids']))
        """,
        "ec2:DescribeInstances",
    ),
    Case(
        "several made at once, in a comprehension",
        """
        import boto3
        def handler(e,c):
            ecs, ec2=[boto3.client(name) for name in ('ecs', 'ec2')]
            ecs.get_paginator('list_services').paginate(cluster='c')
            ec2.get_waiter('instance_running').wait(InstanceIds=['i-1'])
        """,
        "ecs:ListServices ec2:DescribeInstances",
    ),
    Case(
        "several made at once, of those that a condition leaves",
        """
        import boto3
        def handler(e,c):
            sqs, ssm=(boto3.client(name) for name in ('sqs', 'sns', 'ssm') if name != 'sns')
            ssm.list_tags_for_resource(ResourceType='Parameter', ResourceId='p')
            sqs.list_queue_tags(QueueUrl='q')
        """,
        "ssm:ListTagsForResource sqs:ListQueueTags",
    ),
    Case(
        "several made at once, from what is left of a list",
        """
        import boto3
        def handler(e,c):
            names=iter(['rds', 'ssm'])
            made=[boto3.client(next(names)) for _ in (1, 2)]
            made[0].list_tags_for_resource(ResourceName='d')
        """,
        "rds:ListTagsForResource ssm:ListTagsForResource",
    ),
    Case(
        "several made at once, it is not known which",
        """
        import boto3
        def handler(e,c):
            made=[boto3.client(name) for name in ('rds', 'ssm') if e[name]]
            made[0].list_tags_for_resource(ResourceName='d')
        """,
        "rds:ListTagsForResource ssm:ListTagsForResource",
    ),
    Case(
        "clients made variables by name",
        """
        import boto3
        for name in ('ec2', 's3'): globals()[name]=boto3.client(name)
        def handler(e,c):
            ec2.describe_vpcs()
            s3.list_buckets()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "put into unknown data by name, and read by a key that may be several",
        """
        import boto3
        def handler(e,c):
            c['a'], c['b']=boto3.client('ec2'), boto3.client('s3')
            c['a' if e['x'] else 'b'].stop_instances(InstanceIds=['i'])
        """,
        "ec2:StopInstances",
    ),
    Case(
        "put into unknown data by name, and read by an unknown key",
        """
        import boto3
        def handler(e,c):
            c['a']=boto3.client('ec2')
            c[e['Kind']].stop_instances(InstanceIds=['i'])
        """,
        "ec2:StopInstances",
    ),
    Case(
        "put into unknown data by name, and found by going through it",
        """
        import boto3
        def handler(e,c):
            c['a']=boto3.client('ec2')
            for each in c.values(): each.stop_instances(InstanceIds=['i'])
        """,
        "ec2:StopInstances",
    ),
    Case(
        "in pairs of a list of a class of its own, put into a dict",
        """
        import boto3, collections
        class Pairs(collections.UserList): pass
        def handler(e,c):
            clients={}
            clients.update(Pairs([('ec2', boto3.client('ec2')), ('s3', boto3.client('s3'))]))
            clients['ec2'].describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_of(case: Case) -> None:
    check(case)
