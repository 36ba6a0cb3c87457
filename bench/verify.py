"""Times verification and containment: 50 pairs against a slow STS, 500 under the rate limit, and a deactivation.

Run `python bench/verify.py`. Everything happens on loopback, against servers that this script starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "aws")]

import aws_servers as servers  # noqa: E402 - the servers of the tests

DELAY_S = 0.2


def main() -> None:
    """Print one line for each figure."""
    scripted = servers.ScriptedServer()
    os.environ |= {"AWS_ENDPOINT_URL": scripted.url, "AWS_EC2_METADATA_DISABLED": "true"}
    arn = f"arn:aws:iam::{servers.ACCOUNT}:user/x"
    scripted.answer = lambda seen: servers.Reply(200, servers.identity_xml(servers.ACCOUNT, arn), DELAY_S)
    print(f"50 pairs, {DELAY_S} s each, defaults, in a new process: {in_new_process(50)}")
    print(f"500 pairs, {DELAY_S} s each, 30 a second, in a new process: {in_new_process(500)}")
    times = sorted(seen.time for seen in scripted.seen[-500:])
    most = max(sum(1 for t in times if start <= t < start + 1) for start in times)
    print(f"  most calls within one second: {most} (first burst 30 and 30 a second)")
    scripted.close()
    deactivation()


CHILD = """
import json, sys
from secretscan.model.secret import Secret
from secretscan.verify.aws.sts import StsVerifier
from secretscan.verify.credential import Credential
from secretscan.verify.options import VerifyOptions

pairs = [
    Credential("aws-access-key", Secret(secret.encode()), (("key_id", key_id),))
    for key_id, secret in json.load(sys.stdin)
]
results = [result.status for _, result in StsVerifier(VerifyOptions(), None).verify(pairs)]
assert results == ["active"] * len(pairs)
"""
"""Verifies the pairs on standard input, in an interpreter that has loaded nothing of the servers."""


def in_new_process(count: int) -> str:
    """Return wall and processor time of verifying `count` pairs, interpreter start and imports included."""
    pairs = [(servers.key_id_of(servers.ACCOUNT, seed), servers.secret_of(seed)) for seed in range(count)]
    before, started = os.times(), time.monotonic()
    subprocess.run([sys.executable, "-c", CHILD], input=json.dumps(pairs), text=True, check=True, cwd=ROOT)
    return spent(before, started)


def spent(before: os.times_result, started: float) -> str:
    """Return the time since a start, and the processor time of the children in it."""
    now = os.times()
    cpu = now.children_user - before.children_user + now.children_system - before.children_system
    return f"{time.monotonic() - started:.2f} s wall, {cpu:.2f} s of processor"


def deactivation() -> None:
    """Print how long `aws deactivate --apply` takes on a moto server, read-back included."""
    with tempfile.TemporaryDirectory() as folder:
        generator = servers.moto_server()
        account = servers.Account(next(generator), Path(folder), servers.botocore.session.Session())
        leaked = account.user("leaked")
        responder = account.user("responder", "iam:*")
        account.lock()
        before, started = os.times(), time.monotonic()
        done = account.run(
            "deactivate", leaked.key_id, "--apply", "--yes", "--reason", "bench", signer=responder
        )
        assert done.code == 0, done.err
        print(f"aws deactivate --apply to read-back: {spent(before, started)}")
        print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        generator.close()


if __name__ == "__main__":
    main()
