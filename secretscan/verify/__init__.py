"""Whether found credentials still work. Imported only when the user asks; providers load when needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from secretscan.errors import RuleError
from secretscan.model.finding import Finding, Status, Verification
from secretscan.model.secret import Secret
from secretscan.rules.model import Rule
from secretscan.verify.credential import Credential, distinct, with_session_tokens
from secretscan.verify.options import VerifyOptions

Verified = Iterable[tuple[Credential, Verification]]
Verifier = Callable[[Sequence[Credential], Mapping[str, Rule], VerifyOptions], Verified]


def _aws_sts(
    credentials: Sequence[Credential], rules: Mapping[str, Rule], options: VerifyOptions
) -> Verified:
    from secretscan.verify.aws.audit.log import AuditLog
    from secretscan.verify.aws.sts import StsVerifier

    log = AuditLog(options.audit_log, command="verify") if options.audit_log else None
    try:
        yield from StsVerifier(options, log).verify(credentials)
    finally:
        if log is not None:
            log.close()


def _http(credentials: Sequence[Credential], rules: Mapping[str, Rule], options: VerifyOptions) -> Verified:
    from secretscan.verify.http.verifier import HttpVerifier

    yield from HttpVerifier(rules, options).verify(credentials)


VERIFIERS: Final[Mapping[str, Verifier]] = {"aws-sts": _aws_sts, "http": _http}
"""Every verifier, by the name a rule's `verifier` gives; a rule with `[rules.verify]` uses `http`."""

_RANK: Final = (Status.ACTIVE, Status.CANARY, Status.UNKNOWN, Status.INACTIVE, Status.NOT_CHECKED)
"""Which result stands for a secret that was found with several partners: the most alarming one."""


def verifier_of(rule: Rule) -> str:
    """Return the name of the rule's verifier, empty for none; raises `RuleError` for an unknown one."""
    name = rule.verifier or ("http" if rule.verify else "")
    if name and name not in VERIFIERS:
        raise RuleError(
            f'rule "{rule.id}" names the verifier "{name}", which does not exist',
            help=f"use one of {', '.join(VERIFIERS)}, or declare the request in [rules.verify]",
        )
    return name


def verify_findings(
    findings: Sequence[Finding], rules: Mapping[str, Rule], options: VerifyOptions
) -> Mapping[tuple[str, Secret], Verification]:
    """Return what each credential's provider says, by rule id and secret; one question for each distinct one.

    Credentials of rules without a verifier are `not-checked`. A provider that fails gives `unknown`, never an
    error; only the audit log that cannot be written stops everything, before the first call.
    """
    batches: dict[str, list[Credential]] = defaultdict(list)
    for credential in with_session_tokens(distinct(findings)):
        rule = rules.get(credential.rule_id)
        batches[verifier_of(rule) if rule else ""].append(credential)
    results: dict[tuple[str, Secret], Verification] = {}
    for credential in batches.pop("", ()):
        results[credential.rule_id, credential.secret] = Verification()
    for name, credentials in batches.items():
        for credential, result in VERIFIERS[name](credentials, rules, options):
            key = (credential.rule_id, credential.secret)
            results[key] = min(results.get(key, result), result, key=lambda v: _RANK.index(v.status))
    return results
