"""Code that cannot be followed is reported, never skipped silently."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check, found_in, read, runbook_of

CASES = [
    Case(
        "an operation in the payload",
        """
        import boto3
        def handler(e,c):
            getattr(boto3.client('ec2'), e['Op'])()
        """,
        "",
        told="dynamicOperation",
    ),
    Case(
        "a service in the payload",
        """
        import boto3
        def handler(events, context):
            boto3.client(events['Service']).describe_instances()
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "the aws command",
        """
        import subprocess, os
        def handler(e,c):
            subprocess.run(['aws','s3','ls'])
        """,
        "",
        told="otherAwsAccess",
    ),
    Case(
        "the aws command in a text",
        """
        import os
        def handler(e,c):
            os.system(f"aws ec2 stop-instances --instance-ids {e['i']}")
        """,
        "",
        told="otherAwsAccess",
    ),
    Case(
        "signed by hand",
        """
        import requests
        from botocore.awsrequest import AWSRequest
        from botocore.auth import SigV4Auth
        def handler(e,c):
            SigV4Auth(None,'ec2','x').add_auth(AWSRequest())
        """,
        "",
        told="otherAwsAccess",
    ),
    Case(
        "unknown receiver",
        """
        import boto3
        def handler(e,c):
            e['client'].describe_instances(InstanceIds=['x'])
        """,
        "",
    ),
    Case(
        "a forgotten import",
        """
        def handler(e,c):
            boto3.client('apigateway').update_rest_api(restApiId=json.loads(e)['id'])
        """,
        "apigateway:UpdateRestApi",
    ),
    Case(
        "a client that is never defined",
        """
        def handler(e,c):
            client.update_service(cluster='a', service='b')
        """,
        "",
        told="unreadableScript",
    ),
    Case(
        "a function that is never defined",
        """
        import boto3
        def handler(e,c):
            helper(boto3.client('ec2'))
        """,
        "",
        told="unreadableScript",
    ),
    Case(
        "a name that a loop defines for its next round",
        """
        import boto3
        def handler(e,c):
            for i in e['several']:
                if i: queues.upload_file('f', 'b', 'k')
                queues=boto3.client('s3')
        """,
        "s3:PutObject",
    ),
    Case(
        "a name that is never defined, and not used for a call",
        """
        import boto3
        def handler(e,c):
            try:
                boto3.client('ec2').reboot_instances(InstanceIds=[instance])
            except HTTPError as error:
                raise error
        """,
        "ec2:RebootInstances",
    ),
    Case(
        "a call with names in camel case on what a generator was sent",
        """
        def calling():
            client = yield
            client.put_retention_policy(logGroupName='g', retentionInDays=3)
        def handler(e,c):
            running = calling()
            next(running)
            running.send(e)
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "unknown module",
        """
        import mystuff
        def handler(e,c):
            mystuff.go()
        """,
        "",
        told="unreadableScript",
    ),
    Case(
        "error script",
        """
        def handler(e,c:
        """,
        "",
        told="unreadableScript",
    ),
    Case(
        "wrong handler",
        """
        def handle(e,c): pass
        """,
        "",
        told="unreadableScript",
    ),
    Case(
        "an operation that does not exist",
        """
        import boto3
        def handler(e,c): boto3.client('ec2').describe_instancez()
        """,
        "ec2:describe_instancez",
    ),
    Case(
        "exec",
        """
        def handler(e,c):
            exec("import boto3\\nboto3.client('ec2').describe_vpcs()")
            eval(e['x'])
        """,
        "ec2:DescribeVpcs",
        told="otherAwsAccess",
    ),
    Case(
        "try import fallback",
        """
        try:
            import foo
        except ImportError:
            foo=None
        import boto3
        def handler(e,c): boto3.client('ec2').describe_vpcs()
        """,
        "ec2:DescribeVpcs",
        told="unreadableScript",
    ),
    Case(
        "an item of what is taken for a client",
        """
        import boto3
        def handler(e,c):
            client=boto3.client('sqs')
            client[0].list_queues()
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "a function of boto3 whose name is a runtime value",
        """
        import boto3
        def handler(e,c):
            getattr(boto3, e['x'])('s3').delete_bucket(Bucket='b')
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "a method of a session whose name is a runtime value",
        """
        import boto3
        def handler(e,c):
            getattr(boto3.Session(), e['x'])('s3').delete_bucket(Bucket='b')
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "a function of boto3 by the module's own dict",
        """
        import boto3
        def handler(e,c):
            vars(boto3)[e['x']]('s3').delete_bucket(Bucket='b')
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "what iterating over a client gives",
        """
        import boto3
        def handler(e,c):
            for each in boto3.client('sqs'): each.list_queues()
        """,
        "",
        told="dynamicService",
    ),
    Case(
        "the aws command in a shell",
        """
        from subprocess import Popen, PIPE
        def handler(e,c):
            cmd="aws ec2 describe-instances --region " + e['r']
            p=Popen(cmd, shell=True, stdout=PIPE); p.communicate()
        """,
        "",
        told="otherAwsAccess",
    ),
    *[
        Case(f"dunder names: {body}", f"import boto3\ndef handler(e, c): {body}\n", "", told=told)
        for body, told in (
            ("boto3.Session().__getattribute__(e['x'])('s3').delete_bucket(Bucket='b')", "dynamicService"),
            ("boto3.client('s3').__getattribute__(e['x'])(Bucket='b')", "dynamicOperation"),
            ("object.__getattribute__(boto3.client('s3'), e['x'])()", "dynamicOperation"),
            ("boto3.__getattribute__(e['x'])('s3').delete_bucket(Bucket='b')", "dynamicService"),
            ("type(boto3.client('s3')).__dict__[e['x']](1)", "dynamicOperation"),
            ("boto3.resource(e['x']).Bucket('b').go()", "dynamicService"),
        )
    ],
    *[
        Case(f"dunder names: {body}", f"import boto3\ndef handler(e, c): {body}\n", "s3:DeleteBucket")
        for body in (
            "boto3.Session().__getattribute__('client')('s3').delete_bucket(Bucket='b')",
            "boto3.client('s3').__getattribute__('delete_bucket')(Bucket='b')",
            "vars(type(boto3.client('s3')))['delete_bucket'](boto3.client('s3'), Bucket='b')",
            "type(boto3.client('s3')).__mro__[0].delete_bucket(boto3.client('s3'), Bucket='b')",
        )
    ],
    Case(
        "a list of services in the payload",
        """
        import boto3
        def handler(e,c):
            for s in e['services']:
                boto3.client(s).describe_vpcs()
        """,
        "",
        told="dynamicService",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_of(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("boto3.client(e['Service']).describe_vpcs()", "'describe_vpcs';"),
        ("getattr(boto3.client(e['Service']), e['Op'])()", "an operation, and both names are runtime values;"),
    ],
)
def test_a_call_of_an_unknown_service_is_reported(call: str, told: str) -> None:
    runbook = runbook_of(f"import boto3\ndef handler(e, c): {call}\n")
    (finding,) = found_in(runbook.steps[0], runbook)[1]
    assert f"and calls {told}" in finding.message


def test_a_client_that_is_passed_to_something_unknown_is_reported() -> None:
    script = """
        import boto3
        def worker():
            work = yield
            work(boto3.client("s3"))
        def handler(events, context):
            w = worker()
            next(w)
            w.send(lambda c: c.get_object(Bucket="b", Key="k"))
        """
    assert read(script)[1] == {"dynamicOperation"}


@pytest.mark.parametrize(
    "change",
    [
        "f.__defaults__ = ('b',)",
        "f.__kwdefaults__['k'] = 'b'",
        "f.__code__ = g.__code__",
        "f.__closure__[0].cell_contents = 'b'",
        "C.__bases__ = (object,)",
    ],
)
def test_a_function_or_class_that_is_rewritten_is_reported(change: str) -> None:
    script = f"""
        def handler(events, context):
            def f(a='a', *, k='a'): return a + k
            def g(): return handler
            class C(dict): pass
            {change}
        """
    assert read(script)[1] == {"unreadableScript"}
