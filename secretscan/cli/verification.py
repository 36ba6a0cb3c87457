"""How `--verify` behaves: from the configuration and the environment to `VerifyOptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from secretscan.cli.aws.state import default_audit_log
from secretscan.verify.options import VerifyOptions

if TYPE_CHECKING:
    from secretscan.config.model import VerifySettings


def verify_options(
    settings: VerifySettings, *, verify_canaries: bool, env: Mapping[str, str]
) -> VerifyOptions:
    """Return the options of a scan with `--verify`.

    The environment may name `SECRETSCAN_AWS_PARTITIONS` (`aws,aws-cn`), `SECRETSCAN_PRIVATE_HOSTS` (hosts of
    one's own whose addresses are private) and `SECRETSCAN_AUDIT_LOG`. A repository's configuration cannot:
    it must not decide where secrets are sent.
    """
    options = VerifyOptions(
        verify_canaries=verify_canaries,
        canary_accounts=frozenset(settings.canary_accounts),
        private_hosts=frozenset(host.lower() for host in _listed(env, "SECRETSCAN_PRIVATE_HOSTS")),
        ca_file=Path(env["SSL_CERT_FILE"]) if env.get("SSL_CERT_FILE") else None,
        audit_log=Path(env["SECRETSCAN_AUDIT_LOG"])
        if env.get("SECRETSCAN_AUDIT_LOG")
        else default_audit_log(),
    )
    if partitions := _listed(env, "SECRETSCAN_AWS_PARTITIONS"):
        options = replace(options, partitions=partitions)
    if settings.timeout_s:
        options = replace(options, timeout_s=settings.timeout_s)
    if settings.requests_per_second:
        options = replace(options, rate=settings.requests_per_second)
    return options


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())
