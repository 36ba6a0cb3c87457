"""`secretscan aws keys`: the rotation audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.aws.layout import answer, table
from secretscan.cli.aws.options import AwsArguments, aws_options
from secretscan.cli.aws.show_facts import use_text
from secretscan.cli.exits import Exit
from secretscan.model.counts import plural

if TYPE_CHECKING:
    from secretscan.verify.aws.keys import AccountAudit, AuditedKey


@aws_options
def keys(
    max_age: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="Age from which a key is flagged.")
    ] = 90,
    organization: Annotated[
        bool, typer.Option("--organization", help="All accounts of the organization.")
    ] = False,
    role: Annotated[
        str, typer.Option(metavar="NAME", help="Role to enter member accounts by.")
    ] = "OrganizationAccountAccessRole",
    *,
    arguments: AwsArguments,
) -> int:
    """List every access key with age and last use.

    Exit 1 when one is old, unused or root's, 3 when an account, or every one, was not read.
    """
    from secretscan.verify.aws.keys import audit_account, audit_organization

    with arguments.connected("keys") as connection:
        if organization:
            audits = audit_organization(connection, role=role, max_age_days=max_age)
        else:
            audits = (audit_account(connection, max_age_days=max_age),)
    found = [key for audit in audits for key in audit.keys]
    flagged = [key for key in found if key.problems]
    content = {"max_age_days": max_age, "flagged": len(flagged), "accounts": audits}
    answer(arguments, "keys", content, _text(audits, found, flagged))
    if flagged:
        return Exit.FINDINGS
    is_whole = bool(audits) and not any(audit.problem for audit in audits)
    return Exit.CLEAN if is_whole else Exit.INCOMPLETE


def _text(audits: tuple[AccountAudit, ...], found: list[AuditedKey], flagged: list[AuditedKey]) -> list[str]:
    header = ("account", "user", "key", "status", "age", "last used", "problem")
    rows = [
        (
            key.account,
            key.user,
            key.key_id or "-",
            key.status,
            f"{key.age_days} d" if key.age_days >= 0 else "-",
            use_text(key.last_use) if key.created else "-",
            "; ".join(key.problems),
        )
        for key in found
    ]
    unread = [f"account {audit.account} was not read: {audit.problem}" for audit in audits if audit.problem]
    read = len(audits) - len(unread)
    return [
        *(table(header, rows) if rows else []),
        *(
            [f"{plural(len(found), 'access key')} in {plural(read, 'account')}, {len(flagged)} flagged"]
            if read
            else [f"nothing was read{'' if audits else ': the organization lists no active account'}"]
        ),
        *unread,
    ]
