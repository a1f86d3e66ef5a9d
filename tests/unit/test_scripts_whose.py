"""Whose credentials a script's calls are made with, when it chooses them without assuming a role: a profile, the environment, a configuration file."""

from __future__ import annotations

import pytest

from tests.unit.scripts import Case, check

CALL = "s3.get_object(Bucket='b', Key='k')"
# What makes the client -> the calls that are derived for this role, and the findings.
MADE = {
    "s3 = boto3.Session(profile_name='p').client('s3')": ("", "otherCredentials"),
    "s3 = boto3.Session(None, None, None, None, None, 'p').client('s3')": ("", "otherCredentials"),
    "s3 = boto3.Session(**{'profile_name': 'p'}).client('s3')": ("", "otherCredentials"),
    "s3 = boto3.Session(profile_name=None).client('s3')": ("s3:GetObject", ""),
    "s3 = boto3.Session(profile_name=events.get('Profile')).client('s3')": ("s3:GetObject", "otherCredentials"),
    "boto3.setup_default_session(profile_name='p')\ns3 = boto3.client('s3')": ("", "otherCredentials"),
    "boto3.setup_default_session(profile_name='p')\ns3 = boto3.DEFAULT_SESSION.client('s3')": ("", "otherCredentials"),
    "boto3.DEFAULT_SESSION = boto3.Session(profile_name='p')\ns3 = boto3.client('s3')": ("s3:GetObject", "otherCredentials"),
    "boto3.setup_default_session()\nboto3.DEFAULT_SESSION._session.set_credentials('a', 'b')\ns3 = boto3.client('s3')": (
        "",
        "otherCredentials",
    ),
    "import botocore.session\ns3 = botocore.session.Session(profile='p').create_client('s3')": ("", "otherCredentials"),
    "import botocore.session\ns = botocore.session.get_session()\ns.set_config_variable('profile', 'p')\ns3 = s.create_client('s3')": (
        "",
        "otherCredentials",
    ),
    "import botocore.session\ns = botocore.session.get_session()\ns.set_config_variable('region', 'r')\ns3 = s.create_client('s3')": (
        "s3:GetObject",
        "",
    ),
    "import botocore.session\ns = botocore.session.get_session()\ns.register_component('credential_provider', s)\ns3 = s.create_client('s3')": (
        "",
        "otherCredentials",
    ),
    **{
        f"import os\n{change}\ns3 = boto3.client('s3')": ("s3:GetObject", "otherAwsAccess")
        for change in (
            "os.environ['AWS_PROFILE'] = 'p'",
            "os.environ['AWS_SHARED_CREDENTIALS_FILE'] = '/tmp/c'",
            "os.environ.setdefault('AWS_CONFIG_FILE', '/tmp/c')",
            "os.environ.update(AWS_ROLE_ARN='r', AWS_WEB_IDENTITY_TOKEN_FILE='/tmp/t')",
            "os.environ |= {'AWS_DEFAULT_PROFILE': 'p'}",
            "os.environ = {'AWS_PROFILE': 'p'}",
            "os.environ.update(events)",
            "for k, v in events.items(): os.environ[k] = v",
            "os.putenv('AWS_PROFILE', 'p')",
            "from unittest import mock\nmock.patch.dict(os.environ, {'AWS_PROFILE': 'p'}).start()",
            "from dotenv import load_dotenv\nload_dotenv()",
            "open(os.path.expanduser('~/.aws/credentials'), 'w').write('[default]')",
            "import pathlib\n(pathlib.Path.home() / '.aws' / 'config').write_text('[default]')",
            "open('/tmp/c', 'w').write('[default]\\nrole_arn = r\\ncredential_source = Environment')",
        )
    },
    "import os\nos.environ['NAME'] = 'p'\nprint('https://gallery.ecr.aws/x', 'docs.aws.amazon.com', '.aws.')\ns3 = boto3.client('s3')": (
        "s3:GetObject",
        "",
    ),
}


@pytest.mark.parametrize("made", MADE)
def test_the_calls_are_another_roles_or_reported(made: str) -> None:
    calls, told = MADE[made]
    body = "\n".join(f"    {line}" for line in [*made.split("\n"), CALL])
    check(Case(made, f"import boto3\ndef handler(events, context):\n{body}\n", calls, told))
