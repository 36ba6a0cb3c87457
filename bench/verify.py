"""Times what issue reports quote: 50 pairs against a slow STS, 500 under the rate limit, and a deactivation.

Run `python bench/verify.py`. Everything happens on loopback, against servers that this script starts.
"""

from __future__ import annotations

import os
import random
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
    print(f"50 pairs, {DELAY_S} s each, defaults, in a new process: {in_new_process(50):.2f} s")
    print(f"500 pairs, {DELAY_S} s each, 30 a second, in a new process: {in_new_process(500):.2f} s")
    times = sorted(seen.time for seen in scripted.seen[-500:])
    most = max(sum(1 for t in times if start <= t < start + 1) for start in times)
    print(f"  most calls within one second: {most} (first burst 30 and 30 a second)")
    scripted.close()
    deactivation()


def in_new_process(count: int) -> float:
    """Return the seconds that verifying `count` pairs takes, interpreter start and imports included."""
    started = time.monotonic()
    subprocess.run([sys.executable, __file__, str(count)], check=True, cwd=ROOT)
    return time.monotonic() - started


def verify(count: int) -> None:
    """Verify `count` generated pairs."""
    from secretscan.model.secret import Secret
    from secretscan.verify.aws.sts import StsVerifier
    from secretscan.verify.credential import Credential
    from secretscan.verify.options import VerifyOptions

    pairs = [
        Credential(
            "aws-access-key",
            Secret(servers.secret_of(seed).encode()),
            (("key_id", servers.key_id_of(servers.ACCOUNT, random.Random(seed).getrandbits(30))),),
        )
        for seed in range(count)
    ]
    results = [result.status for _, result in StsVerifier(VerifyOptions(), None).verify(pairs)]
    assert results == ["active"] * count


def deactivation() -> None:
    """Print how long `aws deactivate --apply` takes on a moto server, read-back included."""
    with tempfile.TemporaryDirectory() as folder:
        generator = servers.moto_server()
        account = servers.Account(next(generator), Path(folder), servers.botocore.session.Session())
        leaked = account.user("leaked")
        responder = account.user("responder", "iam:*")
        account.lock()
        done = account.run(
            "deactivate", leaked.key_id, "--apply", "--yes", "--reason", "bench", signer=responder
        )
        assert done.code == 0, done.err
        print(f"aws deactivate --apply to read-back: {done.seconds:.2f} s")
        generator.close()


if __name__ == "__main__":
    verify(int(sys.argv[1])) if len(sys.argv) > 1 else main()
