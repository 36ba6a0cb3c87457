"""S3: no bucket that everybody can read or write."""

from __future__ import annotations

from typing import Final

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.errors import AwsError

_EVERYBODY: Final = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
_ABSENT: Final = frozenset({"NoSuchPublicAccessBlockConfiguration", "NoSuchBucketPolicy"})


def _run(scope: Scope) -> Verdict:
    buckets = [str(b["Name"]) for b in scope.connection.call("s3:ListBuckets").get("Buckets", ())]
    failing = [f"{bucket}: {why}" for bucket in buckets if (why := _public(scope.connection, bucket))]
    return verdict(
        failing,
        fine=f"none of {len(buckets)} buckets is public",
        one="1 bucket is open to everybody",
        bad="{count} buckets are open to everybody",
    )


def _public(connection: Connection, bucket: str) -> str:
    """Return why a bucket is public, or an empty string. Its own public access block settles each way in."""
    block = _read(connection, "s3:GetPublicAccessBlock", bucket).get("PublicAccessBlockConfiguration")
    settings = block if isinstance(block, dict) else {}
    if not settings.get("RestrictPublicBuckets"):
        status = _read(connection, "s3:GetBucketPolicyStatus", bucket).get("PolicyStatus")
        if isinstance(status, dict) and status.get("IsPublic"):
            return "its policy is public"
    if not settings.get("IgnorePublicAcls"):
        grants = connection.call("s3:GetBucketAcl", Bucket=bucket).get("Grants", ())
        if any((grant.get("Grantee") or {}).get("URI") in _EVERYBODY for grant in grants):
            return "its ACL lets everybody in"
    return ""


def _read(connection: Connection, action: str, bucket: str) -> dict[str, object]:
    try:
        return connection.call(action, Bucket=bucket)
    except AwsError as error:
        if error.code in _ABSENT:
            return {}
        raise


CHECK = Check(
    id="public-s3",
    title="No bucket is public",
    why="Backups and state files in open buckets leak keys faster than repositories.",
    fix="Turn Block Public Access on for the whole account, then fix the buckets named.",
    severity=Severity.HIGH,
    regional=False,
    run=_run,
)
