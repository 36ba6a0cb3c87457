"""Key after key: identify, verify, plan, apply. What fails for one key does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from secretscan.errors import SecretScanError
from secretscan.model.finding import Status, Verification
from secretscan.verify.aws.audit.log import AuditLogError
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.apply import apply
from secretscan.verify.aws.containment.plan import Plan, step_text
from secretscan.verify.aws.containment.planner import Wishes, plan_deactivation
from secretscan.verify.aws.facts import KeyFacts
from secretscan.verify.aws.identify import identify
from secretscan.verify.aws.respond.candidates import Candidate
from secretscan.verify.aws.respond.journal import Journal
from secretscan.verify.aws.sts import StsVerifier
from secretscan.verify.credential import Credential
from secretscan.verify.options import VerifyOptions

CONTAINED = "contained"
"""Stage of the journal that says a key is shut down and read back."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one key came."""

    key_id: str
    state: str
    """`planned`, `contained`, `already-contained`, `not-confirmed` or `failed`."""
    detail: str
    plan: Plan | None = None


def planned(
    connection: Connection, found: Sequence[Candidate], journal: Journal, wishes: Wishes
) -> Iterator[Outcome]:
    """Yield for each key its plan, or why there is none. Reads only."""
    connection.caller()
    for candidate in found:
        done = journal.done(candidate.key_id)
        if CONTAINED in done:
            yield Outcome(candidate.key_id, "already-contained", done[CONTAINED])
            continue
        try:
            facts = identify(connection, candidate.key_id)
            confirmed, why = _confirmed(connection, candidate, facts)
            if confirmed:
                plan = plan_deactivation(connection, facts, wishes)
                yield Outcome(candidate.key_id, "planned", why, plan)
            else:
                yield Outcome(candidate.key_id, "not-confirmed", why)
        except AuditLogError:
            raise
        except SecretScanError as error:
            yield Outcome(candidate.key_id, "failed", f"{error.problem} ({error.help})")


def contain(
    connection: Connection,
    outcome: Outcome,
    journal: Journal,
    *,
    wait_s: float,
    tell: Callable[[str], None],
) -> Outcome:
    """Return the outcome of carrying out a planned one; each step is told as it is done."""
    if outcome.plan is None:
        return outcome
    results = []
    try:
        for one in apply(connection, outcome.plan, wait_s=wait_s):
            tell(f"{outcome.key_id}: {step_text(one.step)}: {one.result}")
            results.append(f"{step_text(one.step)}: {one.result}")
    except AuditLogError:
        raise
    except SecretScanError as error:
        return Outcome(outcome.key_id, "failed", f"{error.problem} ({error.help})", outcome.plan)
    summary = "; ".join(results) or "nothing was left to do"
    journal.record(outcome.key_id, CONTAINED, summary)
    return Outcome(outcome.key_id, "contained", summary, outcome.plan)


def _confirmed(connection: Connection, candidate: Candidate, facts: KeyFacts) -> tuple[bool, str]:
    """Whether the key is to be shut down: proven active by STS, or by IAM where the report has no secret."""
    if candidate.status is Status.ACTIVE:
        return True, "the report has proof that it is active"
    if candidate.secret is not None:
        result = _verify(connection, candidate)
        if result.status is Status.ACTIVE:
            return True, result.detail
        if result.status is not Status.UNKNOWN:
            return False, f"{result.status}: {result.detail}"
    if facts.status == "Active":
        return True, "IAM lists it as active; the secret was not tried"
    return False, f"IAM lists it as {facts.status or 'of unknown status'}"


def _verify(connection: Connection, candidate: Candidate) -> Verification:
    assert candidate.secret is not None  # noqa: S101 - the caller checked; this tells the type checker
    options = VerifyOptions(
        partitions=(connection.partition,),
        concurrency=1,
        timeout_s=connection.settings.timeout_s,
        attempts=connection.settings.attempts,
    )
    credential = Credential("aws-access-key", candidate.secret, (("key_id", candidate.key_id),))
    ((_, result),) = StsVerifier(options, connection.log).verify([credential])
    return result
