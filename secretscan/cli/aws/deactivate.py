"""`secretscan aws deactivate`: the plan that shuts a key down, and with --apply the doing of it."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli.aws.carry_out import carry_out, nothing_changed_yet
from secretscan.cli.aws.consent import require_reason
from secretscan.cli.aws.leaked import read_leaked_key
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.sessions import session_owner


@aws_options
def deactivate(
    key_id: KeyId,
    apply: Annotated[bool, typer.Option("--apply", help="Carry the plan out.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the audit log.")] = "",
    block_sessions: Annotated[
        bool, typer.Option("--block-sessions", help="Deny sessions issued until now, too.")
    ] = False,
    role: Annotated[str, typer.Option(metavar="NAME", help="Role whose sessions to deny.")] = "",
    user: Annotated[str, typer.Option(metavar="NAME", help="User whose sessions to deny.")] = "",
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Attach AWS's quarantine policy instead.")
    ] = False,
    rotate: Annotated[
        str, typer.Option(metavar="SECRET", help="First put a new key into this Secrets Manager secret.")
    ] = "",
    with_leaked_key: Annotated[
        bool, typer.Option("--with-leaked-key", help="Sign with the leaked pair itself (asked for).")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Limit of reading back.")] = 20.0,
    *,
    arguments: AwsArguments,
) -> int:
    """Plan the end of a key; --apply carries it out.

    Each step is read back before the command ends.
    """
    from secretscan.verify.aws.containment.planner import Wishes, plan_deactivation
    from secretscan.verify.aws.identify import checked_kind, identify

    checked_kind(key_id)
    if apply:
        require_reason(reason)
    leaked = read_leaked_key(key_id) if with_leaked_key else None
    wishes = Wishes(block_sessions, quarantine, rotate, session_owner(role, user), with_leaked_key)
    with (
        nothing_changed_yet(leaked_key_helps=leaked is None),
        arguments.connected("deactivate", reason=reason, leaked=leaked) as connection,
    ):
        plan = plan_deactivation(connection, identify(connection, key_id), wishes)
        return carry_out(connection, plan, arguments, "deactivate", apply=apply, yes=yes, wait=wait)
