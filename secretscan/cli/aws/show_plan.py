"""A `Plan` and what came of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.cli.aws.layout import block
from secretscan.cli.aws.show_facts import facts_text

if TYPE_CHECKING:
    from secretscan.verify.aws.containment.plan import Plan


def plan_text(plan: Plan) -> list[str]:
    """Return the plan as a person should read it before saying yes."""
    from secretscan.verify.aws.containment.plan import step_text

    steps = [f"  {number}. {step_text(step)}" for number, step in enumerate(plan.steps, start=1)]
    return [
        *facts_text(plan.facts),
        "",
        *(block("  plan", steps) or ["  plan: nothing to do"]),
        *block("  stays as it is", [f"  {keep.what}: {keep.because}" for keep in plan.kept]),
        *block("  what breaks", [f"  {line}" for line in plan.breaks] if plan.steps else []),
        *block("  mind", [f"  {line}" for line in plan.warnings]),
    ]
