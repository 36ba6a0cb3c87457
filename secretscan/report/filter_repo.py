"""Replacements for `git filter-repo --replace-text`: the one format that is made of plaintext."""

from __future__ import annotations

import re
from typing import Final

from secretscan.errors import UsageError
from secretscan.model.report import Report
from secretscan.report.options import RenderOptions
from secretscan.report.redact import is_redacted

REPLACEMENT: Final = "***REMOVED***"
"""What filter-repo puts by default; written out because a secret may hold `==>`, and the last one counts."""

_PLAIN: Final = re.compile(r"[ -~]+\Z")


def render(report: Report, *, options: RenderOptions) -> str:
    """Return one rule a line, longest secret first, for a secret may be part of another.

    Raises `UsageError` when the report holds redacted values.
    """
    if any(is_redacted(finding.secret) for finding in report.findings):
        raise UsageError(
            "filter-repo replaces plaintext, and this report is redacted",
            help="scan again with `secretscan history --show-secrets --format filter-repo --output FILE`, "
            "and delete FILE when you are done",
        )
    secrets = {finding.secret for finding in report.findings}
    lines = [_rule(secret) for secret in sorted(secrets, key=lambda s: (-len(s), s))]
    return "".join(f"{line}==>{REPLACEMENT}\n" for line in lines)


def _rule(secret: str) -> str:
    """Return the pattern part. A line break or a byte outside ASCII cannot stand in a literal line."""
    if _PLAIN.match(secret):
        return f"literal:{secret}"
    try:
        raw = secret.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a report that nobody made of bytes
        raw = secret.encode("utf-8", "surrogatepass")
    raw = raw.replace(b"\r\n", b"\n")
    return "regex:" + "".join(_byte(byte) for byte in raw)


def _byte(byte: int) -> str:
    if byte == ord("\n"):
        return r"\r?\n"
    character = chr(byte)
    return character if character.isascii() and character.isalnum() else f"\\x{byte:02x}"
