"""Servers on loopback: moto's with authentication on, and a scripted one for what moto does not do."""

from __future__ import annotations

import json
import os
import random
import socket
import string
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs

import botocore.session
import pytest

from secretscan.model.finding import Confidence, Severity
from secretscan.model.report import Exposure, FindingRecord, Location, Moment, Report, ScanStats
from secretscan.report.json import render
from secretscan.report.options import RenderOptions
from secretscan.verify.aws.connection import Connection, Settings

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def key_id_of(account: str, seed: int, prefix: str = "AKIA") -> str:
    """A key id that carries `account`, made at run time so that none stands in the repository."""
    number = (int(account) << 7) | (1 << 47)
    bits = (number << 32) | random.Random(seed).getrandbits(32)
    return prefix + "".join(_BASE32[bits >> shift & 31] for shift in range(75, -5, -5))


def secret_of(seed: int) -> str:
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits + "/+", k=40))


@dataclass
class Reply:
    """What the scripted server answers to one request."""

    status: int = 200
    body: str = ""
    delay_s: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """A request as it arrived."""

    service: str
    operation: str
    key_id: str
    region: str
    parameters: dict[str, Any]
    headers: Mapping[str, str]
    time: float


class ScriptedServer:
    """Speaks the query and JSON protocols of AWS: a function of the request decides each answer."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answer: Callable[[Seen], Reply] = lambda seen: Reply(500)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._handle(self)

            do_GET = do_POST

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        scope = handler.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0]
        key_id, _, region, service, *_ = [*scope.split("/"), "", "", "", ""]
        target = handler.headers.get("X-Amz-Target", "")
        if target:
            operation, parameters = target.rpartition(".")[2], json.loads(body or "{}")
        elif body.startswith("{") or not body:
            operation, parameters = f"{handler.command} {handler.path}", json.loads(body or "{}")
        else:
            parameters = {name: values[0] for name, values in parse_qs(body).items()}
            operation = parameters.pop("Action", "")
        seen = Seen(service, operation, key_id, region, parameters, dict(handler.headers), time.monotonic())
        self.seen.append(seen)
        reply = self.answer(seen)
        time.sleep(reply.delay_s)
        data = reply.body.encode()
        try:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except OSError:
            pass  # the client's time ran out, which is what some tests are about

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def identity_xml(account: str, arn: str) -> str:
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{arn}</Arn><UserId>AIDATEST</UserId><Account>{account}</Account></GetCallerIdentityResult>"
        "<ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )


def error_xml(code: str, message: str = "no") -> str:
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>req-2</RequestId></ErrorResponse>"
    )


def record(seed: int, key_id: str = "", **changes: Any) -> FindingRecord:
    """An AWS finding as a report holds it: redacted, unless `secret` says otherwise."""
    moment = Moment("a" * 40, "2026-01-02T03:04:05Z", "x")
    values: dict[str, Any] = {
        "rule": "aws-access-key",
        "title": "AWS access key",
        "description": "Signs requests to AWS.",
        "provider": "aws",
        "severity": Severity.CRITICAL,
        "confidence": Confidence.HIGH,
        "score": 0.99,
        "secret": "wJal…(40)",
        "fingerprint": f"{seed:032x}",
        "entropy": 4.7,
        "attributes": {"key_id": key_id or key_id_of(ACCOUNT, seed), "account_id": ACCOUNT},
        "locations": (Location("src/a.py", 3, 9, 3, 49, snippet="SNIPPET"),),
        "exposure": Exposure(moment, None, in_head=True, days=1),
        "remedy": "Deactivate it.",
    }
    return FindingRecord(**values | changes)


def saved_report(path: Path, *records: FindingRecord, **scan: Any) -> Path:
    stats = ScanStats(**{"kind": "history", "target": "github.com/acme/shop", **scan})
    path.write_text(render(Report("1.0", "digest", stats, records), options=RenderOptions()))
    return path


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    yield server
    server.close()


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    yield from moto_server()


def moto_server() -> Iterator[str]:
    """Start moto in a process of its own; yields its URL and ends it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "INITIAL_NO_AUTH_ACTION_COUNT": "1000000",
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        "PYTHONPATH": "",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=1).read()
            break
        except OSError:
            assert time.monotonic() < deadline, "moto did not start"
            time.sleep(0.1)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class Pair:
    """A key pair of the moto account."""

    key_id: str
    secret: str
    user: str


_clients: dict[tuple[str, str], Any] = {}
"""Clients of the one moto server, kept from test to test."""


@dataclass
class Account:
    """A moto account: `admin` prepares it without authentication, then `lock()` turns authentication on."""

    url: str
    work: Path
    admin: botocore.session.Session

    def client(self, service: str, region: str = "us-east-1") -> Any:
        if (service, region) not in _clients:
            _clients[service, region] = self._made(service, region)
        return _clients[service, region]

    def _made(self, service: str, region: str) -> Any:
        return self.admin.create_client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=key_id_of(ACCOUNT, 1),
            aws_secret_access_key="x",
        )

    def user(self, name: str, *actions: str) -> Pair:
        """A user with a key, allowed `actions`."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if actions:
            document = {"Version": "2012-10-17", "Statement": [_allow(list(actions))]}
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Pair(key["AccessKeyId"], key["SecretAccessKey"], name)

    def lock(self) -> None:
        self._moto("reset-auth", b"0")

    def unlock(self) -> None:
        self._moto("reset-auth", b"1000000")

    def clean(self) -> None:
        """Remove what tests make; moto's own reset loads AWS's thousand policies anew, which takes seconds."""
        self.unlock()
        iam = self.client("iam")
        for user in iam.list_users()["Users"]:
            name = {"UserName": user["UserName"]}
            for policy in iam.list_attached_user_policies(**name)["AttachedPolicies"]:
                iam.detach_user_policy(**name, PolicyArn=policy["PolicyArn"])
            for policy in iam.list_user_policies(**name)["PolicyNames"]:
                iam.delete_user_policy(**name, PolicyName=policy)
            for group in iam.list_groups_for_user(**name)["Groups"]:
                iam.remove_user_from_group(**name, GroupName=group["GroupName"])
            for key in iam.list_access_keys(**name)["AccessKeyMetadata"]:
                iam.delete_access_key(**name, AccessKeyId=key["AccessKeyId"])
            iam.delete_user(**name)
        for role in iam.list_roles()["Roles"]:
            for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
                iam.delete_role_policy(RoleName=role["RoleName"], PolicyName=policy)
            iam.delete_role(RoleName=role["RoleName"])
        for group in iam.list_groups()["Groups"]:
            for policy in iam.list_attached_group_policies(GroupName=group["GroupName"])["AttachedPolicies"]:
                iam.detach_group_policy(GroupName=group["GroupName"], PolicyArn=policy["PolicyArn"])
            iam.delete_group(GroupName=group["GroupName"])
        secrets = self.client("secretsmanager")
        for secret in secrets.list_secrets()["SecretList"]:
            secrets.delete_secret(SecretId=secret["Name"], ForceDeleteWithoutRecovery=True)

    def status(self, pair: Pair) -> str:
        self.unlock()
        keys = self.client("iam").list_access_keys(UserName=pair.user)["AccessKeyMetadata"]
        return next(key["Status"] for key in keys if key["AccessKeyId"] == pair.key_id)

    def run(
        self, *arguments: str, signer: Pair | None = None, stdin: str | TextIO = "", **environment: str
    ) -> Outcome:
        """Run `secretscan aws …` as a user would, signed by `signer`."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.work),
            "XDG_STATE_HOME": str(self.work / "state"),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        if signer is not None:
            env |= {"AWS_ACCESS_KEY_ID": signer.key_id, "AWS_SECRET_ACCESS_KEY": signer.secret}
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "secretscan", "aws", *arguments],
            env=env | environment,
            **({"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}),  # a file: a terminal
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.work,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - started)

    @property
    def log(self) -> Path:
        return self.work / "state" / "secretscan" / "aws-audit.jsonl"

    def calls(self) -> list[str]:
        """The actions of the audit log, in order."""
        entries = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [entry["action"] for entry in entries if entry["event"] == "call"]

    def _moto(self, path: str, data: bytes) -> None:
        request = urllib.request.Request(
            f"{self.url}/moto-api/{path}", data=data, method="POST", headers={"Content-Type": "text/plain"}
        )
        urllib.request.urlopen(request, timeout=20).read()


RESPONDER = (
    "iam:GetAccessKeyLastUsed",
    "iam:GetUser",
    "iam:ListAccessKeys",
    "iam:ListGroupsForUser",
    "iam:ListAttachedUserPolicies",
    "iam:ListUserPolicies",
    "iam:ListAttachedGroupPolicies",
    "iam:ListGroupPolicies",
    "iam:UpdateAccessKey",
    "iam:PutUserPolicy",
    "iam:DeleteUserPolicy",
    "iam:AttachUserPolicy",
    "iam:DetachUserPolicy",
    "iam:PutRolePolicy",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:DeleteRolePolicy",
    "iam:CreateAccessKey",
    "iam:DeleteAccessKey",
    "secretsmanager:DescribeSecret",
    "secretsmanager:CreateSecret",
    "secretsmanager:PutSecretValue",
    "secretsmanager:TagResource",
)
"""What `deactivate` and `reactivate` call."""


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def _allow(actions: list[str]) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": "*"}


@pytest.fixture
def account(moto_url: str, tmp_path: Path) -> Iterator[Account]:
    made = Account(moto_url, tmp_path, botocore.session.Session())
    yield made
    made.clean()


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Callable[..., Connection]]:
    """Opens a connection with generated credentials against whatever AWS_ENDPOINT_URL names."""
    from secretscan.model.secret import Secret
    from secretscan.verify.aws.audit.log import AuditLog
    from secretscan.verify.aws.connection import LeakedKey

    log = AuditLog(tmp_path / "audit.jsonl", command="test")

    def open_connection(**settings: Any) -> Connection:
        leaked = LeakedKey(key_id_of(ACCOUNT, 2), Secret(secret_of(2).encode()))
        return Connection(Settings(**{"timeout_s": 2.0, **settings}), log, leaked=leaked)

    yield open_connection
    log.close()
