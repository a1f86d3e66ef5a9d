"""What a script reaches, and what is known where: branches, loops, errors, functions read again when what they see has changed."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check

CASES = [
    Case(
        "match",
        """
        import boto3
        def handler(e,c):
            match e['x']:
                case 'a': boto3.client('ec2').describe_vpcs()
                case {'k': v} if v: boto3.client('rds').describe_db_instances()
                case [x,*r]: boto3.client('sns').list_topics()
                case _: boto3.client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "try variants",
        """
        import boto3
        def handler(e,c):
            try:
                ec2=boto3.client('ec2')
                ec2.describe_vpcs()
            except ec2.exceptions.ClientError as x:
                boto3.client('sns').publish(TopicArn='a',Message=str(x))
            except (KeyError, ValueError):
                boto3.client('sqs').list_queues()
            else:
                ec2.describe_subnets()
            finally:
                ec2.describe_images()
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVpcs sns:Publish sqs:ListQueues",
    ),
    Case(
        "a global that only the loop's second round fills",
        """
        import boto3
        now = last = None
        def remember(client):
            global now, last
            last = now
            now = client
        def look():
            last.list_topics()
        def handler(e,c):
            while e.get('more'):
                remember(boto3.client('sns'))
            look()
        """,
        "sns:ListTopics",
    ),
    Case(
        "a closure that gives back what it was given in the round before",
        """
        import boto3
        def remember(last):
            def turn(now):
                nonlocal last
                last, now = now, last
                return now
            return turn
        before = remember(None)
        def handler(e,c):
            while e.get('more'):
                client = before(boto3.client('sns'))
                if client:
                    client.list_topics()
        """,
        "sns:ListTopics",
    ),
    Case(
        "main guard",
        """
        import boto3
        def handler(e,c): boto3.client('ec2').describe_vpcs()
        def main(): boto3.client('iam').list_users()
        if __name__=='__main__':
            main()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "module level",
        """
        import boto3
        boto3.client('iam').list_users()
        def handler(e,c): pass
        """,
        "iam:ListUsers",
    ),
    Case(
        "recursion",
        """
        import boto3
        ec2=boto3.client('ec2')
        def walk(n, cl):
            cl.describe_vpcs()
            if n: walk(n-1, cl)
        def handler(e,c): walk(3, ec2)
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "mutual",
        """
        import boto3
        def a(n): b(n-1)
        def b(n):
            boto3.client('ec2').describe_vpcs()
            if n: a(n)
        def handler(e,c): a(9)
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "handler alias",
        """
        import boto3
        def _impl(e,c): boto3.client('ec2').describe_vpcs()
        handler=_impl
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "handler lambda",
        """
        import boto3
        handler=lambda e,c: boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "no handler given",
        """
        import boto3
        boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
        handler=None,
    ),
    Case(
        "handler dotted inline",
        """
        import boto3
        def script_handler(e,c): boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
        handler="script.script_handler",
    ),
    Case(
        "a name checked against a list",
        """
        import boto3
        def handler(e,c):
            op=e['Op']
            if op not in ('start','stop'): raise ValueError
            getattr(boto3.client('ec2'), op+'_instances')(InstanceIds=['i'])
        """,
        "ec2:StartInstances ec2:StopInstances",
    ),
    Case(
        "a name compared",
        """
        import boto3
        def handler(e,c):
            svc=e['Svc']
            if svc == 'ec2':
                boto3.client(svc).describe_vpcs()
            elif svc in ['rds','docdb']:
                boto3.client(svc).describe_db_instances()
        """,
        "docdb:DescribeDBInstances ec2:DescribeVpcs rds:DescribeDBInstances",
    ),
    Case(
        "a service taken from an ARN",
        """
        import boto3
        def handler(e,c):
            for arn in e['arns']:
                svc=arn.split(':')[2]
                if svc=='rds': boto3.client(svc).describe_db_instances()
                elif svc in {'ec2'}: boto3.client(svc).describe_vpcs()
                assert svc in ['sqs']
                boto3.client(svc).list_queues()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances sqs:ListQueues",
    ),
    Case(
        "or conditions",
        """
        import boto3
        def handler(e,c):
            s=e['s']
            if s=='ec2' or s=='rds': boto3.client(s).describe_events()
            if not (s!='iam' and s!='sts'): boto3.client(s).get_caller_identity()
        """,
        "rds:DescribeEvents sts:GetCallerIdentity",
    ),
    Case(
        "while true retry",
        """
        import boto3,time
        def handler(e,c):
            ssm=boto3.client('ssm')
            cmd=ssm.send_command(DocumentName='AWS-RunShellScript',InstanceIds=['i'])['Command']['CommandId']
            while True:
                try:
                    r=ssm.get_command_invocation(CommandId=cmd,InstanceId='i')
                    if r['Status'] in ('Success',): break
                except ssm.exceptions.InvocationDoesNotExist:
                    continue
            ssm.list_commands()
        """,
        "ssm:GetCommandInvocation ssm:ListCommands ssm:SendCommand",
    ),
    Case(
        "while state machine",
        """
        import boto3
        def handler(e,c):
            s='a'
            ec2=boto3.client('ec2')
            while s!='end':
                if s=='a': ec2.describe_vpcs(); s='b'
                elif s=='b': ec2.describe_subnets(); s='c'
                elif s=='c': ec2.describe_images(); s='d'
                elif s=='d': ec2.describe_volumes(); s='end'
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVpcs",
    ),
    Case(
        "with suppress",
        """
        import boto3, contextlib
        def handler(e,c):
            with contextlib.suppress(Exception):
                boto3.client('ec2').describe_vpcs()
                raise ValueError
            boto3.client('sqs').list_queues()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "a dict filled between two calls",
        """
        import boto3
        _c={}
        def get(n): return _c.get(n)
        def handler(e,c):
            x=get('x')
            if x: x.list_users()
            _c['x']=boto3.client('ec2')
            get('x').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a list filled between two calls",
        """
        import boto3
        L=[]
        def go():
            for x in L: x.describe_vpcs()
        def handler(e,c):
            go()
            L.append(boto3.client('ec2'))
            go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "an inner list filled between two calls",
        """
        import boto3
        L={'a':{'b':[]}}
        def inner(): return L['a']['b']
        def go():
            for x in inner(): x.describe_vpcs()
        def handler(e,c):
            go()
            inner().append(boto3.client('ec2'))
            go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "an instance that is given a client between two calls",
        """
        import boto3
        class A: cl=None
        a=A()
        def go():
            if a.cl is not None: a.cl.describe_vpcs()
        def handler(e,c):
            go()
            a.cl=boto3.client('ec2')
            go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a class that is given a client between two calls",
        """
        import boto3
        class A: cl=None
        def go():
            if A.cl is not None: A.cl.describe_vpcs()
        def handler(e,c):
            go()
            A.cl=boto3.client('ec2')
            go()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "an argument filled between two calls",
        """
        import boto3
        def go(d):
            for x in d['l']: x.describe_vpcs()
        def handler(e,c):
            d={'l':[]}
            go(d)
            d['l'].append(boto3.client('ec2'))
            go(d)
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a client of the pass before",
        """
        import boto3
        def handler(e,c):
            cl=None
            for x in e['xs']:
                if cl is not None: cl.describe_vpcs()
                cl=boto3.client('ec2')
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a client that comes round after three passes",
        """
        import boto3
        def handler(e,c):
            a=b=d=f=None
            for x in e['xs']:
                if f: f.describe_vpcs()
                f=d; d=b; b=a; a=boto3.client('ec2')
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "the same through a dict and a function",
        """
        import boto3
        state={'a':None,'b':None,'d':None}
        def step():
            if state['d']: state['d'].describe_vpcs()
            state['d']=state['b']; state['b']=state['a']; state['a']=boto3.client('ec2')
        def handler(e,c):
            for x in e['xs']: step()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "functions of the own module by name",
        """
        import boto3, sys
        def stop(i): boto3.client('ec2').stop_instances(InstanceIds=[i])
        def handler(e,c):
            getattr(sys.modules[__name__], 'stop')('i')
            getattr(sys.modules[__name__], e['f'])('i')
        """,
        "ec2:StopInstances",
    ),
    Case(
        "whatever the own module has, by a name that is a runtime value",
        """
        import boto3, functools, sys
        def go(kind): getattr(boto3.client('ec2'), kind)()
        vpcs = functools.partial(go, 'describe_vpcs')
        s3 = boto3.client('s3')
        class Topics:
            def __init__(self): boto3.client('sns').list_topics()
        def handler(e,c):
            getattr(sys.modules[__name__], e['f'])()
            getattr(sys.modules[__name__], e['g']).list_buckets()
        """,
        "ec2:DescribeVpcs s3:ListBuckets sns:ListTopics",
        "dynamicOperation",
    ),
    Case(
        "what is printed or logged is not called",
        """
        import boto3, logging
        log=logging.getLogger(__name__)
        def handler(e,c):
            ec2=boto3.client('ec2')
            print(ec2.describe_vpcs)
            log.info('%s', ec2.describe_subnets)
            logging.error(ec2.describe_images)
        """,
        "",
    ),
    Case(
        "no handler given, and functions",
        """
        import boto3
        def handler(e,c): boto3.client('ec2').describe_vpcs()
        """,
        "",
        told="unreadableScript",
        handler=None,
    ),
    Case(
        "a function called until it gives something",
        """
        import boto3
        def handler(e,c):
            sqs=boto3.client('sqs')
            for m in iter(lambda: sqs.receive_message(QueueUrl='x').get('Messages'), None):
                sqs.delete_message(QueueUrl='x',ReceiptHandle='y')
        """,
        "sqs:ReceiveMessage sqs:DeleteMessage",
    ),
    Case(
        "one of a table of many",
        """
        import boto3
        TABLE={
            'a':('ec2','describe_vpcs'),'b':('rds','describe_db_instances'),'c':('s3','list_buckets'),'d':('iam','list_users'),
            'e':('sns','list_topics'),'f':('sqs','list_queues'),'g':('kms','list_keys'),'h':('lambda','list_functions'),
        }
        def handler(e,c):
            service, operation = TABLE[e['k']]
            getattr(boto3.client(service), operation)()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances s3:ListBuckets iam:ListUsers sns:ListTopics sqs:ListQueues kms:ListKeys lambda:ListFunctions",
    ),
    Case(
        "one of a table, or nothing",
        """
        import boto3
        TABLE={1:{'s':'ec2','o':'describe_vpcs'},2:{'s':'s3','o':'list_buckets'}}
        def handler(e,c):
            found=TABLE.get(int(e['n']), {})
            if found: getattr(boto3.client(found['s']), found['o'])()
        """,
        "ec2:DescribeVpcs s3:ListBuckets",
    ),
    Case(
        "names put together in every way",
        """
        import boto3
        def handler(e,c):
            ec2=boto3.client('ec2')
            t='vpc'
            getattr(ec2, f'describe_{t!s}s')()
            getattr(ec2, f'describe_{t:s}_endpoints')()
            getattr(ec2, 'describe_%(type)s_%(what)s' % {'type': t, 'what': 'attribute'})(VpcId='x')
        """,
        "ec2:DescribeVpcs ec2:DescribeVpcEndpoints ec2:DescribeVpcAttribute",
    ),
    Case(
        "the last of several handlers",
        """
        import boto3
        def handler(e,c): boto3.client('ec2').terminate_instances(InstanceIds=[])
        def handler(e,c): boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a handler that is wrapped afterwards",
        """
        import boto3
        def handler(e, ec2): ec2.describe_vpcs(VpcIds=e['ids'])
        def with_client(f): return lambda e, c: f(e, boto3.client('ec2'))
        handler = with_client(handler)
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "heaps",
        """
        import boto3, heapq
        def handler(e,c):
            heap=[]
            heapq.heappush(heap, (1, boto3.client('ec2')))
            _, client = heapq.heappop(heap)
            client.describe_vpcs()
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "an error of the script's own carries a client, and a function's",
        """
        import boto3
        class Failed(Exception):
            def __init__(self, client):
                self.client = client
        def fail(client):
            raise Failed(client)
        def handler(e,c):
            try:
                fail(boto3.client('ec2'))
            except Failed as failed:
                failed.client.describe_vpcs()
            try:
                raise ValueError(boto3.client('sns'))
            except (KeyError, ValueError) as failed:
                failed.args[0].list_topics()
            try:
                boto3.client('sqs').list_queues()
            except boto3.client('sqs').exceptions.ClientError as failed:
                failed.args[0].start_instances(InstanceIds=['i-1'])
        """,
        "ec2:DescribeVpcs sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "what is raised in a block is swallowed by what it is under",
        """
        import boto3
        from contextlib import suppress
        class Swallow:
            def __enter__(self): return self
            def __exit__(self, *error): return True
        def handler(e,c):
            with Swallow():
                client = boto3.client('ec2')
                raise ValueError
            client.describe_vpcs()
            with suppress(KeyError):
                client = boto3.client('sns')
                client = e['client']
            client.list_topics()
        """,
        "ec2:DescribeVpcs sns:ListTopics",
    ),
    Case(
        "match takes things apart",
        """
        import boto3
        class Job:
            __match_args__ = ('client',)
            def __init__(self, client): self.client = client
        def handler(e,c):
            match {'client': boto3.client('ec2')}:
                case {'client': client}: client.describe_vpcs()
            match Job(boto3.client('sns')):
                case Job(client): client.list_topics()
            match Job(boto3.client('sqs')):
                case Job(client=other): other.list_queues()
        """,
        "ec2:DescribeVpcs sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "what a generator returns, and what comes of tasks",
        """
        import asyncio, boto3
        def pages():
            yield 1
            return boto3.client('ec2')
        def all_pages():
            client = yield from pages()
            client.describe_vpcs()
        async def later(name):
            return boto3.client(name)
        async def main():
            task = asyncio.create_task(later('sns'))
            await task
            task.result().list_topics()
            loop = asyncio.get_running_loop()
            (await loop.run_in_executor(None, boto3.client, 'sqs')).list_queues()
            both = await asyncio.gather(loop.run_in_executor(None, boto3.client, 'rds'), later('kms'))
            both[0].describe_db_instances()
            both[1].list_keys()
        def handler(e,c):
            list(all_pages())
            asyncio.run(main())
        """,
        "ec2:DescribeVpcs kms:ListKeys rds:DescribeDBInstances sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "a manager does at the end what the block has told it to",
        """
        import boto3
        from contextlib import contextmanager
        @contextmanager
        def undoing():
            undo = []
            try:
                yield undo
            except Exception:
                for function, given in reversed(undo): function(**given)
                raise
        def handler(e,c):
            ec2 = boto3.client('ec2')
            with undoing() as undo:
                undo.append((ec2.delete_tags, {'Resources': ['i-1']}))
                ec2.create_tags(Resources=['i-1'], Tags=[])
        """,
        "ec2:CreateTags ec2:DeleteTags",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_of(case: Case) -> None:
    check(case)
