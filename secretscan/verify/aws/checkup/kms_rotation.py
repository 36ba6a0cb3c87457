"""KMS: customer keys that rotate."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.connection import Json


def _run(scope: Scope) -> Verdict:
    failing = []
    for entry in scope.connection.pages("kms:ListKeys", "Keys", region=scope.region):
        key_id = str(entry["KeyId"])
        described = scope.connection.call("kms:DescribeKey", region=scope.region, KeyId=key_id)
        if _can_rotate(described.get("KeyMetadata") or {}):
            status = scope.connection.call("kms:GetKeyRotationStatus", region=scope.region, KeyId=key_id)
            if not status.get("KeyRotationEnabled"):
                failing.append(key_id)
    return verdict(
        failing,
        fine="every customer key that can rotate does",
        one="1 customer key does not rotate",
        bad="{count} customer keys do not rotate",
    )


def _can_rotate(key: Json) -> bool:
    """Whether KMS can rotate the key by itself: a customer's, enabled, symmetric, with material made by KMS."""
    return (
        key.get("KeyManager") == "CUSTOMER"
        and key.get("KeyState") == "Enabled"
        and key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and key.get("Origin", "AWS_KMS") == "AWS_KMS"
    )


CHECK = Check(
    id="kms-rotation",
    title="Customer KMS keys rotate",
    why="Rotation bounds how much one key ever protected.",
    fix="aws kms enable-key-rotation --key-id KEY",
    severity=Severity.LOW,
    regional=True,
    run=_run,
)
