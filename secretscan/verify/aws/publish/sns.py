"""A summary of a report to an SNS topic: counts and places, no secret and no snippet."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from secretscan.errors import UsageError
from secretscan.model.finding import Severity
from secretscan.model.report import FindingRecord, Report
from secretscan.verify.aws.connection import Connection

_SUBJECT: Final = 100
"""Characters of a subject, which must be ASCII. Source: SNS API reference."""
_LISTED: Final = 50
_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")


def checked_topic(topic: str) -> str:
    """Return the topic, or an empty string for none; raises `UsageError` for what is no ARN of one."""
    if topic and not _TOPIC.fullmatch(topic):
        raise UsageError(
            f'"{topic}" is not the ARN of an SNS topic; nothing was sent',
            help="write it like arn:aws:sns:eu-west-1:111122223333:leaks (`aws sns list-topics` shows them)",
        )
    return topic


def send_summary(connection: Connection, report: Report, topic: str, source: str) -> str:
    """Return the message id of the summary. The topic's own region is used."""
    subject = _subject(report, source)
    answer = connection.call(
        "sns:Publish",
        region=topic.split(":")[3],
        TopicArn=topic,
        Subject=subject,
        Message=summary_text(report, source),
    )
    return str(answer["MessageId"])


def _subject(report: Report, source: str) -> str:
    text = f"secretscan: {_credentials(report)} in {source}"
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:_SUBJECT]


def summary_text(report: Report, source: str) -> str:
    """Return the message: totals, then a line for each finding, the worst first."""
    counts = Counter(finding.severity for finding in report.findings)
    totals = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
    lines = [
        f"{source}: {_credentials(report)} ({totals or 'none'})",
        *([] if report.scan.complete else ["The scan was incomplete: part of the input could not be read."]),
        *(_line(finding) for finding in report.findings[:_LISTED]),
    ]
    rest = len(report.findings) - _LISTED
    return "\n".join([*lines, *([f"and {rest} more"] if rest > 0 else [])]) + "\n"


def _credentials(report: Report) -> str:
    count = len(report.findings)
    return f"{count} leaked credential{'' if count == 1 else 's'}"


def _line(finding: FindingRecord) -> str:
    place = finding.locations[0]
    key_id = finding.attributes.get("key_id", "")
    return (
        f"{finding.severity}  {finding.title}{f' {key_id}' if key_id else ''}  "
        f"{finding.verification.status}  {place.path}:{place.line}"
    )
