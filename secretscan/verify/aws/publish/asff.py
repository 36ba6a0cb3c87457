"""A finding in the AWS Security Finding Format. Takes a redacted record, and no snippet or secret of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from secretscan.model.finding import Severity, Status
from secretscan.model.report import FindingRecord

SCHEMA_VERSION: Final = "2018-10-08"
SOURCE_FIELD: Final = "secretscan/source"
"""Product field that says which repository a finding is of."""
_LABELS: Final = {
    Severity.CRITICAL: "CRITICAL",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
}
_TYPES: Final = ["Effects/Data Exposure", "Sensitive Data Identifications/Passwords"]
_TITLE: Final = 256
_DESCRIPTION: Final = 1024
_RECOMMENDATION: Final = 512
_FIELD: Final = 1024
_RESOURCE_ID: Final = 512
"""Longest texts Security Hub takes, in characters. Source: AWS Security Hub User Guide, ASFF."""
_PLACES: Final = 10
"""Places of a finding that are listed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """On whose behalf findings are sent."""

    account: str
    region: str
    partition: str
    source: str
    """Name of the repository, the same from report to report: it is what archiving goes by."""

    @property
    def product_arn(self) -> str:
        """The product every account has for findings of its own."""
        return f"arn:{self.partition}:securityhub:{self.region}:{self.account}:product/{self.account}/default"

    def finding_id(self, fingerprint: str) -> str:
        """The id of a finding: source and fingerprint, so that sending it again updates it."""
        return f"secretscan/{self.source}/{fingerprint}"


def asff(finding: FindingRecord, sender: Sender, now: str) -> dict[str, object]:
    """Return the finding as BatchImportFindings takes it. `now` is RFC 3339."""
    place = finding.locations[0]
    count = len(finding.locations)
    where = f"{place.path}, line {place.line}" + (
        f", and {count - 1} more place{'' if count == 2 else 's'}" if count > 1 else ""
    )
    severity = {"Label": "CRITICAL" if _is_active(finding) else _LABELS[finding.severity]}
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Id": sender.finding_id(finding.fingerprint),
        "ProductArn": sender.product_arn,
        "GeneratorId": f"secretscan/{finding.rule}",
        "AwsAccountId": sender.account,
        "CreatedAt": _created(finding) or now,
        "UpdatedAt": now,
        "Title": f"{finding.title} leaked in {sender.source}"[:_TITLE],
        "Description": f"{finding.description or finding.title} Found in {where}."[:_DESCRIPTION],
        "Severity": severity,
        "Types": _TYPES,
        "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
        "Resources": [_resource(finding, sender)],
        "ProductFields": _fields(finding, sender),
        "RecordState": "ACTIVE",
        **_remediation(finding),
    }


def _is_active(finding: FindingRecord) -> bool:
    return finding.verification.status is Status.ACTIVE


def _created(finding: FindingRecord) -> str:
    introduced = finding.exposure.introduced if finding.exposure else None
    return introduced.date if introduced else finding.locations[0].date


def _resource(finding: FindingRecord, sender: Sender) -> dict[str, object]:
    key_id = finding.attributes.get("key_id", "")
    if finding.provider == "aws" and key_id:
        details = {"AccessKeyId": key_id, "AccountId": finding.attributes.get("account_id", "")}
        known = {name: value for name, value in details.items() if value}
        return {
            "Type": "AwsIamAccessKey",
            "Id": f"AWS::IAM::AccessKey:{key_id}",
            "Partition": sender.partition,
            "Region": sender.region,
            "Details": {"AwsIamAccessKey": known},
        }
    places = {
        f"place {number}": f"{place.path}:{place.line}"[:_FIELD]
        for number, place in enumerate(finding.locations[:_PLACES], start=1)
    }
    name = f"{sender.source}/{finding.locations[0].path}"[:_RESOURCE_ID]
    return {"Type": "Other", "Id": name, "Details": {"Other": places}}


def _fields(finding: FindingRecord, sender: Sender) -> dict[str, str]:
    place = finding.locations[0]
    values = {
        SOURCE_FIELD: sender.source,
        "secretscan/fingerprint": finding.fingerprint,
        "secretscan/rule": finding.rule,
        "secretscan/confidence": str(finding.confidence),
        "secretscan/verification": str(finding.verification.status),
        "secretscan/path": place.path,
        "secretscan/commit": place.commit,
    }
    return {name: value[:_FIELD] for name, value in values.items() if value}


def _remediation(finding: FindingRecord) -> dict[str, object]:
    if not finding.remedy:
        return {}
    return {"Remediation": {"Recommendation": {"Text": finding.remedy[:_RECOMMENDATION]}}}
