"""`secretscan aws identify`: whose key it is, and what it can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from secretscan.cli.aws.layout import answer, say
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.show_facts import facts_text
from secretscan.cli.exits import Exit


@aws_options
def identify(
    key_id: KeyId,
    offline: Annotated[bool, typer.Option("--offline", help="Only what the id itself says.")] = False,
    *,
    arguments: AwsArguments,
) -> int:
    """Show whose key it is, and what it can do.

    Account, owner, status, last use, policies, groups and other keys.
    Exit 3 when only the id itself could be read.
    """
    from secretscan.verify.aws.errors import AwsError, Kind
    from secretscan.verify.aws.identify import identify as identify_key
    from secretscan.verify.aws.identify import offline_facts

    facts = offline_facts(key_id)
    code = Exit.CLEAN
    if not offline:
        with arguments.connected("identify") as connection:
            try:
                facts = identify_key(connection, key_id)
            except AwsError as error:
                if error.kind not in (Kind.OTHER_ACCOUNT, Kind.DENIED):
                    raise
                # What the id says by itself is no less true for that, and names whom to ask.
                facts = replace(facts, unread=(f"owner, status, last use and rights: {error.problem}",))
                say(f"help: {error.help}")
                code = Exit.INCOMPLETE
    answer(arguments, "identify", {"key": facts}, facts_text(facts))
    return code
