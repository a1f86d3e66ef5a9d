"""An AWS on this machine that enforces IAM: MiniStack with `AUTH=true`, one for the whole session."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "us-east-1"

# `make setup` puts it there, with the botocore that it wants.
MINISTACK = Path(sys.prefix) / "ministack"

_ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials."""

    access: str
    secret: str
    token: str | None = None


ROOT = Keys("test", "test")


@dataclass(slots=True)
class Emulator:
    """The running emulator. Its root may do everything; users and roles what their policies allow."""

    url: str
    account: str = ACCOUNT
    region: str = REGION
    _clients: dict[tuple[str, Keys], Any] = field(default_factory=dict)

    def client(self, service: str, keys: Keys = ROOT) -> Any:
        """A boto3 client that acts with these credentials."""
        if (service, keys) not in self._clients:
            self._clients[service, keys] = self.new_client(service, keys)
        return self._clients[service, keys]

    def new_client(self, service: str, keys: Keys) -> Any:
        """A client that nobody else has, to be listened to."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=keys.access,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token,
            config=_ONCE,
        )

    def user(self, name: str) -> Keys:
        """Make a user without any permission."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, name: str, policies: Sequence[Mapping[str, Any]], *, path: str = "/") -> Keys:
        """Make a role that has these policy documents and nothing else, and assume it."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        for i, policy in enumerate(policies):
            iam.put_role_policy(RoleName=name, PolicyName=f"Policy{i}", PolicyDocument=json.dumps(policy))
        found = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def reset(self) -> None:
        """Forget everything that was made."""
        request = urllib.request.Request(f"{self.url}/_ministack/reset", method="POST")
        urllib.request.urlopen(request, timeout=10).read()
        self._clients = {(service, keys): client for (service, keys), client in self._clients.items() if keys == ROOT}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """MiniStack on a free port of the loopback interface, with IAM enforced."""
    if not MINISTACK.is_dir():
        pytest.fail(f"{MINISTACK}: MiniStack is not installed; run `make setup`")
    port = _free_port()
    log = tmp_path_factory.mktemp("ministack") / "log"
    settings = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "SFTP_ENABLED": "false",
        "IOT_MTLS_ENABLED": "0",
        "PYTHONPATH": str(MINISTACK),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env={**os.environ, **settings}, cwd=log.parent, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        running = Emulator(f"http://127.0.0.1:{port}")
        _wait(running, process, log)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(running: Emulator, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{running.url}/_ministack/health", timeout=1).read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"MiniStack did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
