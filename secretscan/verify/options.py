"""What the user decides about verification."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Bounds of verification. The defaults are gentle: many calls with found keys look like an attack."""

    partitions: tuple[str, ...] = ("aws",)
    """AWS partitions to ask, in this order. A key id does not say which one it belongs to."""
    concurrency: int = 10
    """Calls under way at once."""
    rate: float = 30.0
    """Calls per second, after a first burst of the same number; per host for HTTP providers."""
    timeout_s: float = 10.0
    """Limit of one attempt."""
    attempts: int = 3
    """Attempts of one call when the provider throttles or the network fails, the first included."""
    same_key_pause_s: float = 5.0
    """Pause between two secrets tried with one AWS key id: STS refuses a quick second one whatever it is."""
    verify_canaries: bool = False
    """Ask about keys of canary-token accounts too, which sets off their alarm."""
    canary_accounts: frozenset[str] = frozenset()
    """AWS accounts of one's own honeytokens, besides the list in `canaries.toml`."""
    private_hosts: frozenset[str] = frozenset()
    """Host names that may resolve to private addresses, such as a company's own GitLab."""
    ca_file: Path | None = None
    """PEM file with further authorities for TLS to HTTP providers; `None`: the system's alone."""
    audit_log: Path | None = None
    """Where AWS calls are recorded; `None` only where no AWS call can happen."""
