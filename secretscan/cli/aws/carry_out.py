"""From a plan to an exit code: shown, agreed to, applied, stated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from secretscan.cli.aws.consent import consent
from secretscan.cli.aws.layout import answer, say
from secretscan.cli.aws.options import AwsArguments, AwsFormat
from secretscan.cli.aws.show_plan import plan_text
from secretscan.errors import SecretScanError, VerificationError

if TYPE_CHECKING:
    from secretscan.verify.aws.connection import Connection
    from secretscan.verify.aws.containment.plan import Plan


@contextmanager
def nothing_changed_yet(*, leaked_key_helps: bool = False) -> Iterator[None]:
    """Let what AWS refuses before the first change say that nothing was changed.

    With `leaked_key_helps`, a responder without rights is told of the key's own.
    """
    from secretscan.verify.aws.errors import AwsError, Kind

    try:
        yield
    except SecretScanError as error:
        refusal = error if isinstance(error, AwsError) else error.__cause__
        if not isinstance(refusal, AwsError):
            raise
        problem, help = error.problem, error.help
        if refusal is error:
            problem += "; nothing was changed"
        if leaked_key_helps and refusal.kind in (Kind.DENIED, Kind.OTHER_ACCOUNT, Kind.NO_CREDENTIALS):
            help += "; or, with the secret at hand, let the key end itself: --with-leaked-key"
        raise VerificationError(problem, help=help) from error


def carry_out(
    connection: Connection,
    plan: Plan,
    arguments: AwsArguments,
    command: str,
    *,
    apply: bool,
    yes: bool,
    wait: float,
) -> int:
    """Show the plan and, with `apply` and consent, carry it out. Returns the exit code, 0."""
    from secretscan.verify.aws.containment import apply as applying
    from secretscan.verify.aws.containment.plan import step_text

    content: dict[str, object] = {"plan": plan, "applied": False, "done": []}
    if not apply or not plan.steps:
        ending = (
            []
            if not plan.steps
            else ["", "Nothing was changed. Add --apply --reason TEXT to carry this out."]
        )
        answer(arguments, command, content, [*plan_text(plan), *ending])
        return 0
    if arguments.format is AwsFormat.TEXT:
        answer(arguments, command, content, plan_text(plan))
    if not consent("Carry this out?", yes=yes):
        if arguments.format is AwsFormat.JSON:
            answer(arguments, command, content, ())
            say("Nothing was changed.")
        else:
            answer(arguments, command, {}, ["", "Nothing was changed."])
        return 0
    done = []
    for one in applying.apply(connection, plan, wait_s=wait):
        done.append(one)
        if arguments.format is AwsFormat.TEXT:
            answer(arguments, command, {}, [f"  done: {step_text(one.step)}", f"        {one.result}"])
    if arguments.format is AwsFormat.JSON:
        answer(arguments, command, {"plan": plan, "applied": True, "done": done}, ())
    return 0
