"""`secretscan aws identify`: whose key it is, and what it can do."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli.aws.layout import answer
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.show_facts import facts_text


@aws_options
def identify(
    key_id: KeyId,
    offline: Annotated[bool, typer.Option("--offline", help="Only what the id itself says.")] = False,
    *,
    arguments: AwsArguments,
) -> int:
    """Show whose key it is, and what it can do.

    Account, owner, status, last use, policies, groups and other keys.
    """
    from secretscan.verify.aws.identify import identify as identify_key
    from secretscan.verify.aws.identify import offline_facts

    facts = offline_facts(key_id)
    if not offline:
        with arguments.connected("identify") as connection:
            facts = identify_key(connection, key_id)
    answer(arguments, "identify", {"key": facts}, facts_text(facts))
    return 0
