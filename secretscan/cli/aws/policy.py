"""`secretscan aws policy`: the IAM policy a command needs."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer


def policy(
    for_command: Annotated[
        str, typer.Option("--for", metavar="COMMAND", help="Only what this command needs.")
    ] = "",
    account: Annotated[str, typer.Option(metavar="ACCOUNT", help="Account for the resources.")] = "*",
    partition: Annotated[str, typer.Option(metavar="NAME", help="Partition for the resources.")] = "aws",
) -> int:
    """Print the IAM policy that a command needs.

    The least that it can do with; without --for, that of all commands together.
    """
    from secretscan.verify.aws.policy import policy_document

    document = policy_document(for_command, partition=partition, account=account)
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 0
