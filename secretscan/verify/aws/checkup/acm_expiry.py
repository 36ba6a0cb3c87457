"""ACM: certificates that are not about to expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict


def _run(scope: Scope) -> Verdict:
    soon = datetime.now(UTC) + timedelta(days=scope.expiry_days)
    failing = []
    for one in scope.connection.pages("acm:ListCertificates", "CertificateSummaryList", region=scope.region):
        arn = str(one["CertificateArn"])
        expiry = one.get("NotAfter")
        if isinstance(expiry, datetime) and expiry < soon:
            failing.append(f"{one.get('DomainName')}: expires {expiry.astimezone(UTC):%Y-%m-%d} ({arn})")
    return verdict(
        failing,
        fine=f"no certificate expires within {scope.expiry_days} days",
        one=f"1 certificate has expired or expires within {scope.expiry_days} days",
        bad=f"{{count}} certificates have expired or expire within {scope.expiry_days} days",
    )


CHECK = Check(
    id="acm-expiry",
    title="Certificates do not expire soon",
    why="A certificate replaced in a hurry is how private keys get copied about.",
    fix="Renew them; DNS validation lets ACM renew by itself.",
    severity=Severity.LOW,
    regional=True,
    run=_run,
)
