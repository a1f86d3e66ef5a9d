"""Every way of making an API call is one: methods by name, paginators, waiters, resources, transfers."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check

CASES = [
    Case(
        "getattr known",
        """
        import boto3
        def handler(e,c):
            ec2=boto3.client('ec2')
            for op in ('describe_vpcs','describe_subnets'):
                getattr(ec2,op)()
            f=getattr(ec2, f"describe_{'volumes'}")
            f(VolumeIds=['x'])
        """,
        "ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVpcs",
    ),
    Case(
        "getattr payload known",
        """
        import boto3
        def handler(e,c):
            getattr(boto3.client(e['S']), e['Op'])()
        """,
        "ec2:DescribeVpcs",
        payload={"S": "ec2", "Op": "describe_vpcs"},
    ),
    Case(
        "paginators",
        """
        import boto3
        def paginate(method, **kw):
            client=method.__self__
            p=client.get_paginator(method.__name__)
            for page in p.paginate(**kw).result_key_iters():
                for x in page: yield x
        def pages(client, op, key, **kw):
            return client.get_paginator(op).paginate(**kw).build_full_result()[key]
        def handler(e,c):
            ec2=boto3.client('ec2')
            list(paginate(ec2.describe_instances, Filters=[]))
            pages(ec2,'describe_volumes','Volumes')
            w=ec2.get_waiter('instance_running'); w.wait(InstanceIds=['i'])
            for x in ec2.get_paginator('describe_snapshots').paginate().search('a'): pass
        """,
        "ec2:DescribeInstances ec2:DescribeSnapshots ec2:DescribeVolumes",
    ),
    Case(
        "starmap passes elements in unknown places, too",
        """
        import boto3, itertools
        def call(client, then):
            then(client)
        def handler(e,c):
            each = [boto3.client('ec2')]
            for name in e['names']: each.append(lambda client: client.describe_vpcs())
            list(itertools.starmap(call, [each]))
        """,
        "ec2:DescribeVpcs",
    ),
    Case(
        "a method handed to a function",
        """
        import boto3
        def all(fn, key, **kw):
            out=[]; token=None
            while True:
                r=fn(NextToken=token, **kw) if token else fn(**kw)
                out+=r[key]; token=r.get('NextToken')
                if not token: break
            return out
        def handler(e,c):
            org=boto3.client('organizations')
            accounts=all(org.list_accounts,'Accounts')
            all(lambda **k: boto3.client('logs').describe_log_groups(**k),'logGroups')
        """,
        "logs:DescribeLogGroups organizations:ListAccounts",
    ),
    Case(
        "resources",
        """
        import boto3
        ec2=boto3.resource('ec2')
        def handler(e,c):
            i=ec2.Instance(e['id'])
            print(i.state)
            i.stop(); i.wait_until_stopped()
            for v in i.volumes.all(): v.create_snapshot(Description='x')
            sg=ec2.SecurityGroup('sg-1'); sg.revoke_ingress(IpPermissions=sg.ip_permissions)
            ec2.instances.filter(Filters=[]).terminate()
            ec2.create_tags(Resources=['x'],Tags=[])
            ec2.meta.client.describe_regions()
            t=boto3.resource('dynamodb').Table('t')
            t.put_item(Item={}); t.query()
            with t.batch_writer() as b: b.put_item(Item={})
            o=boto3.resource('s3').Object('b','k'); o.get()['Body'].read(); o.put(Body=b'')
            boto3.resource('s3').Bucket('b').object_versions.delete()
            boto3.resource('iam').Role('r').attach_policy(PolicyArn='a')
            boto3.resource('sqs').get_queue_by_name(QueueName='q').send_message(MessageBody='x')
        """,
        "dynamodb:BatchWriteItem dynamodb:PutItem dynamodb:Query ec2:CreateSnapshot ec2:CreateTags ec2:DescribeInstances ec2:DescribeRegions ec2:DescribeSecurityGroups ec2:DescribeVolumes ec2:RevokeSecurityGroupIngress ec2:StopInstances ec2:TerminateInstances iam:AttachRolePolicy s3:DeleteObject s3:GetObject s3:ListObjectVersions s3:PutObject sqs:GetQueueUrl sqs:SendMessage",
    ),
    Case(
        "s3 transfer",
        """
        import boto3
        from boto3.s3.transfer import TransferConfig, S3Transfer
        def handler(e,c):
            s3=boto3.client('s3')
            s3.upload_file('/tmp/x','b','k',ExtraArgs={'ServerSideEncryption':'aws:kms'})
            s3.download_fileobj('b','k',None)
            s3.copy({'Bucket':'a','Key':'b'},'c','d')
            S3Transfer(s3).upload_file('/tmp/y','b','k')
            from boto3.s3.transfer import create_transfer_manager
        """,
        "s3:CopyObject s3:CreateMultipartUpload s3:GetObject s3:HeadObject s3:PutObject",
    ),
    Case(
        "dispatch table",
        """
        import boto3
        def a(cl): cl.describe_vpcs()
        def b(cl): cl.describe_subnets()
        ACTIONS={'a':a,'b':b,'c':lambda cl: cl.describe_images()}
        def handler(e,c):
            ACTIONS[e['Action']](boto3.client('ec2'))
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVpcs",
    ),
    Case(
        "threads",
        """
        import boto3, threading
        from concurrent.futures import ThreadPoolExecutor
        def w(r): boto3.client('ec2',region_name=r).describe_instances()
        def x(cl, a): cl.get_bucket_acl(Bucket=a)
        def handler(e,c):
            with ThreadPoolExecutor(max_workers=4) as ex:
                list(ex.map(w,['a','b']))
                fs=[ex.submit(x, boto3.client('s3'), b) for b in e['bs']]
            t=threading.Thread(target=lambda: boto3.client('sns').list_topics()); t.start()
        """,
        "ec2:DescribeInstances s3:GetBucketAcl sns:ListTopics",
    ),
    Case(
        "api in event dict",
        """
        import boto3
        CONFIG={'ec2':{'op':'describe_instances','key':'Reservations'},'rds':{'op':'describe_db_instances','key':'DBInstances'}}
        def handler(e,c):
            for svc, cfg in CONFIG.items():
                cl=boto3.client(svc)
                getattr(cl,cfg['op'])()
        """,
        "ec2:DescribeInstances rds:DescribeDBInstances",
    ),
    Case(
        "list of tuples",
        """
        import boto3
        CHECKS=[('ec2','describe_vpcs',{}),('iam','list_users',{'MaxItems':1}),('s3','list_buckets',{})]
        def handler(e,c):
            for svc, op, kw in CHECKS:
                getattr(boto3.client(svc), op)(**kw)
        """,
        "ec2:DescribeVpcs iam:ListUsers s3:ListBuckets",
    ),
    Case(
        "many list of tuples",
        """
        import boto3
        CHECKS=[('ec2','describe_vpcs'),('ec2','describe_subnets'),('ec2','describe_images'),('ec2','describe_volumes'),('iam','list_users'),('s3','list_buckets'),('sns','list_topics'),('sqs','list_queues'),('kms','list_keys'),('rds','describe_db_instances')]
        def handler(e,c):
            return {svc: getattr(boto3.client(svc), op)() for svc, op in CHECKS}
        """,
        "ec2:DescribeImages ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVpcs iam:ListUsers kms:ListKeys rds:DescribeDBInstances s3:ListBuckets sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "presigned",
        """
        import boto3
        def handler(e,c):
            s3=boto3.client('s3')
            s3.generate_presigned_url('get_object',Params={'Bucket':'b','Key':'k'})
            s3.generate_presigned_post('b','k')
        """,
        "s3:GetObject s3:PutObject",
    ),
    Case(
        "kwargs call",
        """
        import boto3
        def call(service, op, **kw):
            try:
                return getattr(boto3.client(service), op)(**kw)
            except Exception as x: raise
        def handler(e,c):
            call('ec2','describe_vpcs')
            call(op='list_queues', service='sqs')
            args=('iam','list_users')
            call(*args)
            call(**{'service':'s3','op':'list_buckets'})
        """,
        "ec2:DescribeVpcs iam:ListUsers s3:ListBuckets sqs:ListQueues",
    ),
    Case(
        "retry callable",
        """
        import boto3, time
        def with_backoff(func, *args, **kwargs):
            for i in range(5):
                try: return func(*args, **kwargs)
                except Exception: time.sleep(1)
        def handler(e,c):
            ec2=boto3.client('ec2')
            with_backoff(ec2.modify_instance_attribute, InstanceId='i', Groups=['g'])
            with_backoff(lambda: ec2.describe_vpcs())
        """,
        "ec2:DescribeVpcs ec2:ModifyInstanceAttribute",
    ),
    Case(
        "async",
        """
        import asyncio, boto3
        async def f(): boto3.client('ec2').describe_vpcs()
        async def g(): await asyncio.gather(f(), asyncio.to_thread(boto3.client('sqs').list_queues))
        def handler(e,c):
            asyncio.run(g())
            loop=asyncio.get_event_loop(); loop.run_until_complete(f())
            loop.run_in_executor(None, boto3.client('sns').list_topics)
        """,
        "ec2:DescribeVpcs sns:ListTopics sqs:ListQueues",
    ),
    Case(
        "paginator var name",
        """
        import boto3
        def handler(e,c):
            for op,key in {'list_roles':'Roles','list_users':'Users'}.items():
                for p in boto3.client('iam').get_paginator(op).paginate(): p[key]
            if boto3.client('iam').can_paginate('list_groups'): pass
        """,
        "iam:ListRoles iam:ListUsers",
    ),
    Case(
        "globals lookup",
        """
        import boto3
        def do_vpc(): boto3.client('ec2').describe_vpcs()
        def do_q(): boto3.client('sqs').list_queues()
        def handler(e,c):
            globals()['do_'+'vpc']()
            globals()[f"do_{e['x']}"]()
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "a table by a key that is not known",
        """
        import boto3
        M={'AWS::EC2::VPC':('ec2','describe_vpcs'),'AWS::RDS::DBInstance':('rds','describe_db_instances')}
        def handler(e,c):
            s,o=M[e['Type']]
            getattr(boto3.client(s),o)()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances",
    ),
    Case(
        "a table of dicts by a key that is not known",
        """
        import boto3
        M={'vpc':{'svc':'ec2','op':'describe_vpcs'},'db':{'svc':'rds','op':'describe_db_instances'}}
        def handler(e,c):
            m=M.get(e['Type'])
            if not m: return
            getattr(boto3.client(m['svc']),m['op'])()
        """,
        "ec2:DescribeVpcs rds:DescribeDBInstances",
    ),
    Case(
        "dynamodb table methods",
        """
        import boto3
        from boto3.dynamodb.conditions import Key
        t=boto3.resource('dynamodb').Table('x')
        def handler(e,c):
            t.query(KeyConditionExpression=Key('a').eq('b')); t.item_count
            t.meta.client.transact_write_items(TransactItems=[])
        """,
        "dynamodb:DescribeTable dynamodb:Query dynamodb:TransactWriteItems",
    ),
    Case(
        "resource helper",
        """
        import boto3
        def res(n): return boto3.resource(n)
        def handler(e,c):
            for b in res('s3').buckets.all():
                b.Versioning().enable()
                b.Acl().put(ACL='private')
                for o in b.objects.filter(Prefix='x'): o.delete(); o.Object().load()
                b.upload_file('a','b')
                b.download_file('a','b'); b.copy({'Bucket':'x','Key':'y'},'z')
                b.put_object(Key='x'); b.delete_objects(Delete={}); b.wait_until_exists()
                b.Policy().policy
                b.Tagging().tag_set
        """,
        "s3:CopyObject s3:DeleteObject s3:DeleteObjects s3:GetBucketPolicy s3:GetBucketTagging s3:GetObject s3:HeadBucket s3:HeadObject s3:ListBuckets s3:ListObjects s3:PutBucketAcl s3:PutBucketVersioning s3:PutObject",
    ),
    Case(
        "resource ec2 more",
        """
        import boto3
        def handler(e,c):
            ec2=boto3.resource('ec2')
            vpc=ec2.Vpc('v');
            for s in vpc.subnets.all(): s.delete()
            for i in vpc.internet_gateways.all(): vpc.detach_internet_gateway(InternetGatewayId=i.id); i.delete()
            v=ec2.create_volume(Size=1,AvailabilityZone='a'); v.attach_to_instance(InstanceId='i'); v.create_tags(Tags=[])
            s=ec2.Snapshot('s'); s.wait_until_completed(); s.delete(); s.volume
            img=ec2.Image('x'); img.deregister()
            inst=list(ec2.instances.all())[0]; inst.modify_attribute(Groups=[]); inst.vpc.cidr_block
            ec2.create_instances(ImageId='x',MinCount=1,MaxCount=1)[0].terminate()
            ec2.NetworkInterface('n').detach()
        """,
        "ec2:AttachVolume ec2:CreateTags ec2:CreateVolume ec2:DeleteInternetGateway ec2:DeleteSnapshot ec2:DeleteSubnet ec2:DeregisterImage ec2:DescribeInstances ec2:DescribeInternetGateways ec2:DescribeSnapshots ec2:DescribeSubnets ec2:DescribeVpcs ec2:DetachInternetGateway ec2:DetachNetworkInterface ec2:ModifyInstanceAttribute ec2:RunInstances ec2:TerminateInstances",
    ),
    Case(
        "S3Transfer",
        """
        import boto3
        from boto3.s3.transfer import S3Transfer
        def handler(e,c):
            t=S3Transfer(boto3.client('s3')); t.upload_file('a','b','c')
        """,
        "s3:PutObject",
    ),
    Case(
        "format map",
        """
        import boto3
        OPS={'start':'start_instances','stop':'stop_instances'}
        def handler(e,c):
            ec2=boto3.client('ec2')
            op=OPS.get(e['a'].lower(),'describe_instances')
            getattr(ec2,op)(InstanceIds=['i'])
            fn={'r':ec2.reboot_instances}.get(e['a'])
            fn(InstanceIds=['i'])
        """,
        "ec2:DescribeInstances ec2:RebootInstances ec2:StartInstances ec2:StopInstances",
    ),
    Case(
        "waiter by hand",
        """
        import boto3, botocore.waiter
        from botocore.waiter import WaiterModel, create_waiter_with_client
        def handler(e,c):
            m=WaiterModel({'version':2,'waiters':{'X':{'operation':'DescribeImages','delay':1,'maxAttempts':2,'acceptors':[]}}})
            w=create_waiter_with_client('X',m,boto3.client('ec2')); w.wait(ImageIds=['a'])
        """,
        "ec2:DescribeImages",
    ),
    Case(
        "unknown decorator",
        """
        import boto3, tenacity
        from tenacity import retry, stop_after_attempt
        @retry(stop=stop_after_attempt(3))
        def f(): boto3.client('ec2').describe_vpcs()
        def handler(e,c):
            f(); tenacity.Retrying()(boto3.client('sqs').list_queues)
        """,
        "ec2:DescribeVpcs sqs:ListQueues",
    ),
    Case(
        "singledispatch",
        """
        import boto3, functools
        @functools.singledispatch
        def f(x): boto3.client('ec2').describe_vpcs()
        @f.register
        def _(x: int): boto3.client('sqs').list_queues()
        @f.register(str)
        def _(x): boto3.client('iam').list_users()
        def handler(e,c): f(e['x'])
        """,
        "ec2:DescribeVpcs iam:ListUsers sqs:ListQueues",
    ),
    Case(
        "calls inside texts and displays",
        """
        import boto3
        ec2=boto3.client('ec2')
        def handler(e,c):
            print(f"{ec2.describe_vpcs()['Vpcs']} {ec2.describe_subnets()!r:>{ec2.describe_images()['x']}}")
            return {**ec2.describe_volumes(), 'x':[*ec2.describe_snapshots()['S']]}
        """,
        "ec2:DescribeImages ec2:DescribeSnapshots ec2:DescribeSubnets ec2:DescribeVolumes ec2:DescribeVpcs",
    ),
    Case(
        "calls inside subscripts, del, assert, raise",
        """
        import boto3
        ec2=boto3.client('ec2')
        def handler(e,c):
            x=[0]
            x[len(ec2.describe_vpcs()['V'])]=1
            del x[ec2.describe_subnets()['n']]
            x[ec2.describe_images()['a']:ec2.describe_volumes()['b']]
            assert ec2.describe_snapshots(), ec2.describe_tags()
            raise ValueError(ec2.describe_regions())
        """,
        "ec2:DescribeImages ec2:DescribeRegions ec2:DescribeSnapshots ec2:DescribeSubnets ec2:DescribeTags ec2:DescribeVolumes ec2:DescribeVpcs",
    ),
    Case(
        "identifiers of resources that were made",
        """
        import boto3
        def handler(e,c):
            made=boto3.resource('ec2').create_instances(ImageId='ami-1',MinCount=1,MaxCount=1)
            print(made[0].id, made[0].instance_id, [each.id for each in made])
        """,
        "ec2:RunInstances",
    ),
    Case(
        "attributes that come with a resource and those that are asked for",
        """
        import boto3
        def handler(e,c):
            ec2=boto3.resource('ec2')
            ec2.create_volume(AvailabilityZone='a').size
            ec2.create_security_group(GroupName='a',Description='b').group_name
            boto3.resource('sns').create_topic(Name='x').attributes
            for each in boto3.resource('sqs').queues.all(): print(each.url)
        """,
        "ec2:CreateVolume ec2:CreateSecurityGroup ec2:DescribeSecurityGroups sns:CreateTopic sns:GetTopicAttributes sqs:ListQueues",
    ),
    Case(
        "collections of one operation, of several types",
        """
        import boto3
        def detach(entities, policy):
            for each in entities: each.detach_policy(PolicyArn=policy)
        def handler(e,c):
            policy=boto3.resource('iam').Policy(e['arn'])
            detach(policy.attached_groups.all(), e['arn'])
            detach(policy.attached_roles.all(), e['arn'])
            detach(policy.attached_users.all(), e['arn'])
        """,
        "iam:ListEntitiesForPolicy iam:DetachGroupPolicy iam:DetachRolePolicy iam:DetachUserPolicy",
    ),
    Case(
        "what somebody is given whose code is not here may come back, or be what a function is called with",
        """
        import boto3, itertools, sched
        from contextvars import ContextVar
        from retry.api import retry_call
        from cachetools import LRUCache
        def look(client): client.describe_vpcs()
        CURRENT = ContextVar('current')
        def handler(e,c):
            sched.scheduler().enter(0, 1, look, (boto3.client('ec2'),))
            retry_call(lambda client: client.list_keys(), fargs=[boto3.client('kms')])
            CURRENT.set(boto3.client('sns'))
            CURRENT.get().list_topics()
            for _, clients in itertools.groupby([boto3.client('sqs')], key=str):
                for client in clients: client.list_queues()
            e.get('client', boto3.client('rds')).describe_db_instances()
            dict.fromkeys(['x'], boto3.client('ssm'))['x'].list_documents()
            e.setdefault('all', []).append(boto3.client('ecs'))
            for client in e['all']: client.list_clusters()
            for client in LRUCache(8, [boto3.client('sts')]): client.get_caller_identity()
        """,
        "ec2:DescribeVpcs ecs:ListClusters kms:ListKeys rds:DescribeDBInstances sns:ListTopics sqs:ListQueues ssm:ListDocuments sts:GetCallerIdentity",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_of(case: Case) -> None:
    check(case)
