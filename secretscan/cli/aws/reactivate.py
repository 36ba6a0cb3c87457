"""`secretscan aws reactivate`: the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli.aws.carry_out import carry_out, nothing_changed_yet
from secretscan.cli.aws.consent import require_reason
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.sessions import session_owner


@aws_options
def reactivate(
    key_id: KeyId,
    apply: Annotated[bool, typer.Option("--apply", help="Carry the plan out.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the audit log.")] = "",
    role: Annotated[str, typer.Option(metavar="NAME", help="Role whose sessions to allow.")] = "",
    user: Annotated[str, typer.Option(metavar="NAME", help="User whose sessions to allow.")] = "",
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Detach a quarantine policy that AWS attached, too.")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Limit of reading back.")] = 20.0,
    *,
    arguments: AwsArguments,
) -> int:
    """Plan the way back; --apply carries it out.

    Undoes what `deactivate` did, and nothing that others did.
    """
    from secretscan.verify.aws.containment.undo import plan_reactivation
    from secretscan.verify.aws.identify import checked_kind, identify

    checked_kind(key_id)
    if apply:
        require_reason(reason)
    with nothing_changed_yet(), arguments.connected("reactivate", reason=reason) as connection:
        facts = identify(connection, key_id)
        plan = plan_reactivation(
            connection, facts, sessions_of=session_owner(role, user), detach_quarantine=quarantine
        )
        return carry_out(connection, plan, arguments, "reactivate", apply=apply, yes=yes, wait=wait)
