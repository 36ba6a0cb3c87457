"""`secretscan aws verify`: whether a pair works, for a key that no scan has at hand."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli.aws.layout import answer
from secretscan.cli.aws.leaked import read_leaked_key
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options


@aws_options
def verify(
    key_id: KeyId,
    partition: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="AWS partition to ask; repeatable.  [default: aws]"),
    ] = None,
    verify_canaries: Annotated[
        bool, typer.Option("--verify-canaries", help="Ask even about known canary accounts.")
    ] = False,
    *,
    arguments: AwsArguments,
) -> int:
    """Ask STS whether a key pair works.

    The secret is asked for, or read from standard input.
    """
    from secretscan.verify.aws.audit.log import AuditLog
    from secretscan.verify.aws.sts import StsVerifier
    from secretscan.verify.credential import Credential
    from secretscan.verify.options import VerifyOptions

    leaked = read_leaked_key(key_id)
    options = VerifyOptions(
        partitions=tuple(partition or ("aws",)), timeout_s=arguments.timeout, verify_canaries=verify_canaries
    )
    parts = (("session_token", leaked.token),) if leaked.token else ()
    credential = Credential("aws-access-key", leaked.secret, (("key_id", key_id),), parts)
    log = AuditLog(arguments.log_path, command="aws verify")
    ((_, result),) = StsVerifier(options, log).verify([credential])
    log.close()
    content = {"key_id": key_id, "status": result.status, "detail": result.detail}
    answer(arguments, "verify", content, [f"{key_id}  {result.status}", f"  {result.detail}"])
    return 0
