"""From a plan to an exit code: shown, agreed to, applied, stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.cli.aws.consent import consent
from secretscan.cli.aws.layout import answer, say
from secretscan.cli.aws.options import AwsArguments, AwsFormat
from secretscan.cli.aws.show_plan import plan_text

if TYPE_CHECKING:
    from secretscan.verify.aws.connection import Connection
    from secretscan.verify.aws.containment.plan import Plan


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
        say("Nothing was changed.")
        return 0
    done = []
    for one in applying.apply(connection, plan, wait_s=wait):
        done.append(one)
        if arguments.format is AwsFormat.TEXT:
            answer(arguments, command, {}, [f"  done: {step_text(one.step)}", f"        {one.result}"])
    if arguments.format is AwsFormat.JSON:
        answer(arguments, command, {"plan": plan, "applied": True, "done": done}, ())
    return 0
