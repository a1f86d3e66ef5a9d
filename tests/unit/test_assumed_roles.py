"""Roles that scripts assume: whose calls are whose, and what each role's policy allows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from textwrap import dedent, indent
from typing import Any

import pytest

from automation_role.derive.derivation import Derivation, derive
from automation_role.derive.serialized import hole, save
from automation_role.derive.steps import needs_of_step
from automation_role.findings import to_answer
from automation_role.runbook.facts import Facts
from automation_role.runbook.model import Runbook
from automation_role.values.place import Place

ROLE = "arn:aws:iam::222222222222:role/Other"
HERE = Place(partition="aws", account="111111111111", regions=("eu-west-1",))
HEAD = """
import boto3, os, functools
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials, RefreshableCredentials
from botocore.session import get_session
def assume(role, **credentials):
    return boto3.client("sts", **credentials).assume_role(RoleArn=role, RoleSessionName="x")["Credentials"]
def keys(c):
    return dict(aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])
"""
PARAMETERS = {
    "Role": {"type": "String"},
    "Account": {"type": "String"},
    "Accounts": {"type": "StringList"},
    "Either": {"type": "String", "allowedValues": ["arn:aws:iam::333333333333:role/A", "arn:aws:iam::444444444444:role/B"]},
    "Maybe": {"type": "String", "default": ROLE},
    "AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn"},
}


def book(body: str, *, payload: Any = None, **more: Any) -> Runbook:
    script = HEAD + (dedent(body) if "def handler" in body else "def handler(e, c):\n" + indent(dedent(body).strip(), "    "))
    given = {name: f"{{{{ {name} }}}}" for name in PARAMETERS} if payload is None else payload
    inputs = {"Runtime": "python3.11", "Handler": "handler", "Script": script, "InputPayload": given}
    document = {
        "schemaVersion": "0.3",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": PARAMETERS,
        "mainSteps": [{"name": "run", "action": "aws:executeScript", "inputs": inputs}],
    }
    return Runbook.from_mapping(document, name="book", **more)


def derived(body: str, **more: Any) -> Derivation:
    return derive([book(body, **more)], role_known=True)


def calls_of(found: Derivation) -> dict[str, set[str]]:
    """Role -> the calls that it makes; '' is the role that runs the automation."""
    own = {f"{call.service}:{call.operation}" for step in found.steps for call in step.calls} - {"sts:AssumeRole"}
    others = {
        each.name(HERE): {f"{call.service}:{call.operation}" for step in each.needs.steps for call in step.calls}
        for each in found.assumed_roles
    }
    return ({"": own} if own else {}) | others


@dataclass(frozen=True)
class Case:
    """A handler's body, and role -> the calls that it makes."""

    name: str
    body: str
    calls: dict[str, set[str]]
    told: set[str] = field(default_factory=set)


VPCS = {"ec2:DescribeVpcs"}
CASES = [
    Case("a client with its keys", f"boto3.client('ec2', **keys(assume('{ROLE}'))).describe_vpcs()", {ROLE: VPCS}),
    Case("a parameter is named", "boto3.client('ec2', **keys(assume(e['Role']))).describe_vpcs()", {"{{ Role }}": VPCS}),
    Case("a default is only a default", "boto3.client('ec2', **keys(assume(e['Maybe']))).describe_vpcs()", {"{{ Maybe }}": VPCS}),
    Case(
        "a parameter in the ARN",
        "boto3.client('ec2', **keys(assume(f\"arn:aws:iam::{e['Account']}:role/Other\"))).describe_vpcs()",
        {"arn:aws:iam::{{ Account }}:role/Other": VPCS},
    ),
    Case(
        "a parameter in the script's text",
        "boto3.client('ec2', **keys(assume('arn:aws:iam::{{ Account }}:role/Other'))).describe_vpcs()",
        {"arn:aws:iam::{{ Account }}:role/Other": VPCS},
    ),
    Case(
        "allowed values are a role each",
        "boto3.client('ec2', **keys(assume(e['Either']))).describe_vpcs()",
        {"arn:aws:iam::333333333333:role/A": VPCS, "arn:aws:iam::444444444444:role/B": VPCS},
    ),
    Case(
        "a role in each account of a list",
        "for account in e['Accounts']: boto3.client('ec2', **keys(assume(f'arn:aws:iam::{account}:role/Other'))).describe_vpcs()",
        {"arn:aws:iam::*:role/Other": VPCS},
    ),
    Case("nothing is known of the role", "boto3.client('ec2', **keys(assume(open('r').read()))).describe_vpcs()", {"*": VPCS}),
    Case(
        "the same account",
        """
        account = boto3.client('sts').get_caller_identity()['Account']
        boto3.client('ec2', **keys(assume(f'arn:aws:iam::{account}:role/Other'))).describe_vpcs()
        """,
        {"": {"sts:GetCallerIdentity"}, "arn:aws:iam::111111111111:role/Other": VPCS},
    ),
    Case("the role that it already is", "boto3.client('ec2', **keys(assume(e['AutomationAssumeRole']))).describe_vpcs()", {"": VPCS}),
    Case("a session", f"boto3.Session(**keys(assume('{ROLE}'))).client('ec2').describe_vpcs()", {ROLE: VPCS}),
    Case("a resource", f"list(boto3.resource('ec2', **keys(assume('{ROLE}'))).vpcs.all())", {ROLE: VPCS}),
    Case(
        "a paginator and a waiter",
        f"""
        ec2 = boto3.Session(**keys(assume('{ROLE}'))).client('ec2')
        for page in ec2.get_paginator('describe_subnets').paginate(): pass
        ec2.get_waiter('instance_running').wait(InstanceIds=['i-1'])
        """,
        {ROLE: {"ec2:DescribeSubnets", "ec2:DescribeInstances"}},
    ),
    Case("credentials that are got", f"boto3.client('ec2', aws_access_key_id=assume('{ROLE}').get('AccessKeyId')).describe_vpcs()", {ROLE: VPCS}),
    Case(
        "credentials by position",
        f"""
        c = assume('{ROLE}')
        boto3.Session(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken']).client('ec2').describe_vpcs()
        """,
        {ROLE: VPCS},
    ),
    Case(
        "credentials in an object",
        """
        class Account:
            def __init__(self, role): self.credentials = assume(role)
            def client(self, name): return boto3.client(name, **keys(self.credentials))
        def handler(e, c):
            Account('arn:aws:iam::1:role/A').client('ec2').describe_vpcs()
            Account('arn:aws:iam::2:role/B').client('s3').list_buckets()
        """,
        {"arn:aws:iam::1:role/A": VPCS, "arn:aws:iam::2:role/B": {"s3:ListBuckets"}},
    ),
    Case(
        "whoever it may be",
        f"""
        def get(service, role=None):
            return boto3.client(service, **(keys(assume(role)) if role else {{}}))
        def handler(e, c):
            get('s3', '{ROLE}' if e['Account'] == 'x' else None).list_buckets()
        """,
        {"": {"s3:ListBuckets"}, ROLE: {"s3:ListBuckets"}},
    ),
    Case(
        "keys that may be None",
        f"""
        c = assume('{ROLE}') if e['Account'] else None
        key = c['AccessKeyId'] if c else None
        boto3.client('s3', aws_access_key_id=key).list_buckets()
        """,
        {"": {"s3:ListBuckets"}, ROLE: {"s3:ListBuckets"}},
    ),
    Case(
        "a role that a role assumes",
        f"""
        first = keys(assume('{ROLE}'))
        second = keys(assume('arn:aws:iam::333333333333:role/Deep', **first))
        boto3.client('ec2', **second).describe_vpcs()
        """,
        {ROLE: {"sts:AssumeRole"}, "arn:aws:iam::333333333333:role/Deep": VPCS},
    ),
    Case("its session token", f"boto3.client('ec2', **keys(boto3.client('sts', **keys(assume('{ROLE}'))).get_session_token()['Credentials'])).describe_vpcs()",
         {ROLE: {"sts:GetSessionToken", *VPCS}}),
    Case("this role's session token", "boto3.client('ec2', **keys(boto3.client('sts').get_session_token()['Credentials'])).describe_vpcs()",
         {"": {"sts:GetSessionToken", *VPCS}}),
    Case(
        "boto3's default session",
        f"""
        boto3.client('s3').list_buckets()
        boto3.setup_default_session(**keys(assume('{ROLE}')))
        boto3.client('ec2').describe_vpcs()
        """,
        {"": {"s3:ListBuckets"}, ROLE: VPCS},
    ),
    Case(
        "boto3's default session, perhaps",
        f"""
        if e['Account']: boto3.setup_default_session(**keys(assume('{ROLE}')))
        boto3.client('ec2').describe_vpcs()
        """,
        {"": VPCS, ROLE: VPCS},
    ),
    Case(
        "boto3's default session, in a case",
        f"""
        match e['Account']:
            case '1': pass
            case _: boto3.setup_default_session(**keys(assume('{ROLE}')))
        boto3.client('ec2').describe_vpcs()
        """,
        {"": VPCS, ROLE: VPCS},
    ),
    Case(
        "boto3's default session, after a loop",
        f"""
        for x in e['Accounts']: boto3.setup_default_session(**keys(boto3.Session().client('sts').assume_role(RoleArn='{ROLE}')['Credentials']))
        boto3.client('ec2').describe_vpcs()
        """,
        {"": VPCS, ROLE: VPCS},
    ),
    Case(
        "boto3's default session, used in a branch",
        f"""
        boto3.setup_default_session(**keys(assume('{ROLE}')))
        if e['Account'] == '1': boto3.client('ec2').describe_vpcs()
        """,
        {ROLE: VPCS},
    ),
    Case(
        "boto3's default session, between two calls of a function",
        f"""
        def look(): boto3.client('ec2').describe_vpcs()
        def handler(e, c):
            look()
            boto3.setup_default_session(**keys(assume('{ROLE}')))
            look()
        """,
        {"": VPCS, ROLE: VPCS},
    ),
    Case(
        "boto3's default session, in a loop",
        f"""
        for x in e['Accounts']:
            boto3.client('ec2').describe_vpcs()
            boto3.setup_default_session(**keys(assume('{ROLE}')))
        """,
        {"": VPCS, ROLE: {*VPCS, "sts:AssumeRole"}},
    ),
    Case(
        "a session's credentials, between two calls of a function",
        f"""
        session = get_session()
        def look(): session.create_client('ec2').describe_vpcs()
        def handler(e, c):
            look()
            c = assume('{ROLE}')
            session.set_credentials(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'])
            look()
        """,
        {"": VPCS, ROLE: VPCS},
    ),
    Case(
        "credentials set on a session",
        f"""
        session, c = get_session(), assume('{ROLE}')
        session.set_credentials(c['AccessKeyId'], c['SecretAccessKey'], c['SessionToken'])
        boto3.Session(botocore_session=session).client('ec2').describe_vpcs()
        boto3.client('s3').list_buckets()
        """,
        {"": {"s3:ListBuckets"}, ROLE: VPCS},
    ),
    Case(
        "sessions that renew their credentials",
        f"""
        def refresh():
            given = assume('{ROLE}')
            return {{'access_key': given['AccessKeyId'], 'secret_key': given['SecretAccessKey'], 'token': given['SessionToken'],
                     'expiry_time': given['Expiration'].isoformat()}}
        def first():
            session = get_session()
            session._credentials = RefreshableCredentials.create_from_metadata(metadata=refresh(), refresh_using=refresh, method='sts-assume-role')
            return boto3.Session(botocore_session=session)
        def second():
            session = get_session()
            fetcher = AssumeRoleCredentialFetcher(session.create_client, None, 'arn:aws:iam::3:role/Fetched')
            session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, 'assume-role')
            return boto3.Session(botocore_session=session)
        def handler(e, c):
            first().client('ec2').describe_vpcs()
            second().client('s3').list_buckets()
            boto3.Session(botocore_session=get_session()).client('iam').list_users()
        """,
        {"": {"iam:ListUsers"}, ROLE: VPCS, "arn:aws:iam::3:role/Fetched": {"s3:ListBuckets"}},
    ),
    Case(
        "a client made in a helper's helper, cached",
        f"""
        @functools.lru_cache
        def credentials(role): return assume(role)
        def client(role, name): return boto3.client(name, **keys(credentials(role)))
        clients = {{}}
        def handler(e, c):
            for name in ('ec2', 's3'): clients[name] = client('{ROLE}', name)
            clients['ec2'].describe_vpcs()
            clients['s3'].list_buckets()
        """,
        {ROLE: {*VPCS, "s3:ListBuckets"}},
    ),
    Case(
        "an operation of a name that is not known",
        f"getattr(boto3.client('ec2', **keys(assume('{ROLE}'))), e['Account'])()",
        {ROLE: set()},
        {"otherRoleGaps"},
    ),
    Case(
        "a service that is not known",
        f"boto3.client(e['Account'], **keys(assume('{ROLE}'))).describe_vpcs()",
        {ROLE: set()},
        {"otherRoleGaps"},
    ),
]  # fmt: skip


UNKNOWN = {
    "a parameter": "boto3.client('ec2', aws_access_key_id=e['Account'], aws_secret_access_key=e['Role']).describe_vpcs()",
    "a function's parameter": """
        def vpcs(key, secret, token=None): boto3.client('ec2', None, None, None, None, None, key, secret, token).describe_vpcs()
        def handler(e, c): vpcs(e['Account'], e['Role'])
        """,
    "a file": """
        import json
        c = json.load(open('/tmp/keys'))
        boto3.Session(c['id'], c['secret']).client('ec2').describe_vpcs()
        """,
    "written in the script": "boto3.client('ec2', aws_access_key_id='AKIAIOSFODNN7EXAMPLE', aws_secret_access_key='x').describe_vpcs()",
    "another process": """
        import subprocess
        c = subprocess.check_output(['cat', '/tmp/key']).decode()
        boto3.client('ec2', **dict(aws_access_key_id=c, aws_secret_access_key=c)).describe_vpcs()
        """,
    "set on a session": """
        s = get_session()
        s.set_credentials(e['Account'], e['Role'])
        s.create_client('ec2').describe_vpcs()
        """,
    "put into a session": """
        import botocore.credentials
        s = get_session()
        s._credentials = botocore.credentials.Credentials(e['Account'], e['Role'])
        boto3.Session(botocore_session=s).client('ec2').describe_vpcs()
        """,
    "renewed from somewhere": """
        def refresh(): return {'access_key': open('k').read(), 'secret_key': 'x', 'token': None, 'expiry_time': '2026'}
        s = get_session()
        s._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, 'custom')
        boto3.Session(botocore_session=s).client('ec2').describe_vpcs()
        """,
    "boto3's default session": """
        boto3.setup_default_session(aws_access_key_id=e['Account'], aws_secret_access_key=e['Role'])
        boto3.client('ec2').describe_vpcs()
        """,
}


@pytest.mark.parametrize("body", UNKNOWN.values(), ids=UNKNOWN)
def test_calls_with_credentials_of_unknown_origin_are_nobodys_and_reported(body: str) -> None:
    found = derived(body)
    assert calls_of(found) == {}
    (told,) = [each for each in found.findings if each.id == "otherCredentials"]
    assert "(ec2:DescribeVpcs)" in told.message


def test_who_may_have_either_credentials_is_both() -> None:
    body = """
        def client(name, key=None, secret=None): return boto3.client(name, aws_access_key_id=key, aws_secret_access_key=secret)
        def handler(e, c):
            client('s3').list_buckets()
            key = e['Account'] if e['Either'] else None
            client('ec2', key, key).describe_vpcs()
        """
    found = derived(body)
    assert calls_of(found) == {"": {"s3:ListBuckets", *VPCS}}
    assert [each.id for each in found.findings] == ["otherCredentials"]


@pytest.mark.parametrize(
    "keys_of_it",
    [
        "c = boto3.Session().get_credentials()\nboto3.client('ec2', aws_access_key_id=c.access_key, aws_secret_access_key=c.secret_key)",
        "k = os.environ['AWS_ACCESS_KEY_ID'], os.environ['AWS_SECRET_ACCESS_KEY']\nboto3.client('ec2', None, None, None, None, None, *k)",
        "boto3.client('ec2', aws_access_key_id=os.getenv('AWS_ACCESS_KEY_ID'), aws_secret_access_key=os.getenv('AWS_SECRET_ACCESS_KEY'))",
        "boto3.client('ec2', **{'config': None, **e['Accounts']})",
    ],
)
def test_this_roles_own_credentials_are_known(keys_of_it: str) -> None:
    assert calls_of(derived(f"{keys_of_it}.describe_vpcs()")) == {"": VPCS}


def test_a_web_identity_is_the_role_that_it_assumes() -> None:
    body = f"""
        from botocore.credentials import AssumeRoleWithWebIdentityCredentialFetcher as Fetcher
        s = get_session()
        s._credentials = DeferredRefreshableCredentials(Fetcher(s.create_client, lambda: 't', '{ROLE}').fetch_credentials, 'x')
        boto3.Session(botocore_session=s).client('ec2').describe_vpcs()
        """
    assert calls_of(derived(body)) == {"": {"sts:AssumeRoleWithWebIdentity"}, ROLE: VPCS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whose_calls_they_are(case: Case) -> None:
    found = derived(case.body)
    assert calls_of(found) == case.calls
    assert {each.id for each in to_answer(found.findings)} - {"otherAwsAccess"} == case.told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_saved_facts_have_the_same_roles_and_calls(case: Case) -> None:
    runbook = book(case.body)
    bindings = {
        name: hole(name, is_list=each.is_list) for name, each in runbook.parameters.items() if name != runbook.assume_role_parameter
    }
    bound = book(case.body, parameters=bindings)
    saved = json.loads(json.dumps(save(needs_of_step(bound.steps[0], bound))))
    loaded = derive([replace(runbook, facts=Facts(version="1", date="2026-01-01", needs={"run": saved}))], role_known=True)
    assert calls_of(loaded) == case.calls


def statements(found: Derivation, role: str = ROLE) -> dict[str, list[str]]:
    (one,) = [each for each in found.assumed_roles if each.name(HERE) == role]
    document = one.policy().to_json(one.place(HERE))
    return {action: statement["Resource"] for statement in document["Statement"] for action in statement["Action"]}


def test_its_arns_have_the_account_of_the_role():
    found = derived(f"boto3.client('ec2', **keys(assume('{ROLE}'))).stop_instances(InstanceIds=['i-1'])")
    assert statements(found) == {"ec2:StopInstances": ["arn:aws:ec2:eu-west-1:222222222222:instance/i-1"]}
    assert found.policy().to_json(HERE)["Statement"][0]["Resource"] == [ROLE]


def test_its_arns_have_any_account_where_that_of_the_role_is_not_known():
    found = derived("boto3.client('ec2', **keys(assume(e['Role']))).stop_instances(InstanceIds=['i-1'])")
    assert statements(found, "{{ Role }}") == {"ec2:StopInstances": ["arn:aws:ec2:eu-west-1:*:instance/i-1"]}


def test_a_bound_role_says_its_account():
    body = "boto3.client('ec2', **keys(assume(e['Role']))).stop_instances(InstanceIds=['i-1'])"
    assert statements(derived(body, parameters={"Role": ROLE})) == {
        "ec2:StopInstances": ["arn:aws:ec2:eu-west-1:222222222222:instance/i-1"]
    }


def test_the_account_that_runs_the_automation_is_not_that_of_the_role():
    body = f"""
    account = boto3.client('sts').get_caller_identity()['Account']
    boto3.client('sqs', **keys(assume('{ROLE}'))).send_message(QueueUrl=f'https://sqs.eu-west-1.amazonaws.com/{{account}}/q', MessageBody='x')
    boto3.client('s3', **keys(assume('{ROLE}'))).get_object(Bucket=f'logs-{{account}}', Key='k')
    """
    assert statements(derived(body))["s3:GetObject"] == ["arn:aws:s3:::logs-*/k"]
    assert not any("222222222222" in each for each in statements(derived(body))["s3:GetObject"])


def test_the_identity_of_the_role_is_its_own():
    body = f"""
    sts = boto3.client('sts', **keys(assume('{ROLE}')))
    account = sts.get_caller_identity()['Account']
    boto3.client('s3').get_object(Bucket=f'logs-{{account}}', Key='k')
    """
    found = derived(body)
    assert next(each for each in found.policy().to_json(HERE)["Statement"] if each["Action"] == ["s3:GetObject"])["Resource"] == [
        "arn:aws:s3:::logs-222222222222/k"
    ]


def test_what_is_read_of_parameters_without_a_value_is_as_unknown_as_without_a_role():
    body = "boto3.client('s3').get_object(Bucket=e['Account'], Key='k')"
    both = [derived(body), derived(f"assume('{ROLE}')\n{body}")]
    assert [[call.inputs for call in found.steps[0].calls if call.operation == "GetObject"] for found in both] == [
        [derived(body).steps[0].calls[0].inputs]
    ] * 2


def test_what_cannot_be_derived_of_a_role_is_the_roles_own():
    found = derived(f"getattr(boto3.client('ec2', **keys(assume('{ROLE}'))), e['Account'])()")
    (role,) = found.assumed_roles
    assert [each.id for each in role.needs.findings] == ["dynamicOperation"]
    assert "extra_statements" not in role.needs.findings[0].message
    (calls, gaps) = found.findings
    assert (calls.id, gaps.id) == ("otherRoleCalls", "otherRoleGaps")
    assert f"role {ROLE}" in calls.message
    assert "--assumed" in calls.message


def test_an_assumed_role_without_gaps_needs_no_answer():
    found = derived(f"boto3.client('ec2', **keys(assume('{ROLE}'))).describe_vpcs()")
    assert [each.id for each in found.findings] == ["otherRoleCalls"]
    assert not to_answer(found.findings)


def test_an_automation_that_the_role_starts_is_not_this_roles():
    body = f"boto3.client('ssm', **keys(assume('{ROLE}'))).start_automation_execution(DocumentName='AWS-StopEC2Instance')"
    found = derived(body)
    assert [runbook.name for runbook in found.runbooks] == ["book"]
    assert "ssm:StartAutomationExecution" in statements(found)
    assert [each.id for each in found.assumed_roles[0].needs.findings] == ["nestedRunbook"]


def test_two_runbooks_that_use_a_role_give_it_one_policy():
    first = book(f"boto3.client('ec2', **keys(assume('{ROLE}'))).describe_vpcs()")
    second = book(f"boto3.client('s3', **keys(assume('{ROLE}'))).list_buckets()")
    second = Runbook.from_mapping(json.loads(second.text), name="second")
    (role,) = derive([first, second], role_known=True).assumed_roles
    assert [runbook.name for runbook in role.needs.runbooks] == ["book", "second"]
    assert {action for each in role.policy().statements for action in each.actions} == {"ec2:DescribeVpcs", "s3:ListAllMyBuckets"}
