"""Results of the checkup in the AWS Security Finding Format."""

from __future__ import annotations

from typing import Final

from secretscan.verify.aws.checkup.model import State
from secretscan.verify.aws.checkup.runner import Result
from secretscan.verify.aws.publish.asff import SCHEMA_VERSION, SOURCE_FIELD, Sender

_COMPLIANCE: Final = {State.PASS: "PASSED", State.FAIL: "FAILED", State.UNKNOWN: "NOT_AVAILABLE"}
_TYPES: Final = ["Software and Configuration Checks/AWS Security Best Practices"]
_DESCRIPTION: Final = 1024


def asff(result: Result, sender: Sender, now: str) -> dict[str, object]:
    """Return one result as BatchImportFindings takes it; the id is the same from run to run."""
    severity = {"Label": "INFORMATIONAL" if result.state is State.PASS else result.severity.upper()}
    place = f"{result.check}/{result.region}" if result.region else result.check
    names = f" {'; '.join(result.resources)}" if result.resources else ""
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Id": f"secretscan/checkup/{sender.account}/{place}",
        "ProductArn": sender.product_arn,
        "GeneratorId": f"secretscan/checkup/{result.check}",
        "AwsAccountId": sender.account,
        "CreatedAt": now,
        "UpdatedAt": now,
        "Title": result.title,
        "Description": f"{result.reason}. {result.why}{names}"[:_DESCRIPTION],
        "Severity": severity,
        "Types": _TYPES,
        "FindingProviderFields": {"Severity": severity, "Types": _TYPES},
        "Resources": [
            {
                "Type": "AwsAccount",
                "Id": f"AWS::::Account:{sender.account}",
                "Partition": sender.partition,
                "Region": result.region or sender.region,
            }
        ],
        "ProductFields": {SOURCE_FIELD: f"checkup/{sender.account}"},
        "Compliance": {"Status": _COMPLIANCE[result.state]},
        "Remediation": {"Recommendation": {"Text": result.fix}},
        "RecordState": "ACTIVE",
    }
