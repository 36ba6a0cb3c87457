"""Reports for the tests of the renderers, with values built at run time from seeds.

Every secret passes `redact` on its way into a record, as it does in the pipeline.
"""

from __future__ import annotations

import random
import string
from dataclasses import replace

from secretscan.model.blob import Skipped
from secretscan.model.finding import Confidence, Severity, Status, Verification
from secretscan.model.report import (
    Exposure,
    FindingRecord,
    Location,
    Moment,
    Report,
    RuleInfo,
    ScanStats,
)
from secretscan.report.redact import redact_line, redact_secret

BASE62 = string.ascii_letters + string.digits


def token(seed: int, length: int = 40) -> str:
    """A value that looks random and is the same in every run; always with letters and digits."""
    source = random.Random(seed)
    return "aB3" + "".join(source.choice(BASE62) for _ in range(length - 3))


def commit(seed: int) -> str:
    return f"{random.Random(seed).getrandbits(160):040x}"


AWS = RuleInfo(
    id="aws-access-key",
    title="AWS access key",
    description="Signs requests to AWS as the user or role that owns it. Its holder can do what they can.",
    provider="aws",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",),
    remedy="Deactivate the key with `secretscan aws deactivate`, see what it did, then issue another.",
)
GITHUB = RuleInfo(
    id="github-pat",
    title="GitHub personal access token",
    description="Reads and writes repositories as the user who made it.",
    provider="github",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    references=("https://docs.github.com/en/authentication",),
    remedy="Revoke it under Settings → Developer settings → Personal access tokens.",
)
PASSWORD = RuleInfo(
    id="generic-password",
    title="Password in code",
    description="A password assigned in plain text.",
    provider="generic",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
)
RULES = {rule.id: rule for rule in (AWS, GITHUB, PASSWORD)}


def location(
    path: str = "src/settings.py",
    line: int = 14,
    column: int = 25,
    secret: str = "",
    *,
    before: str = "AWS_SECRET_ACCESS_KEY = '",
    after: str = "'",
    password: bool = False,
    **more: str,
) -> Location:
    """A place of `secret`, its snippet redacted from the full line."""
    raw = (before + secret + after).encode("utf-8", "replace")
    start = len(before.encode("utf-8", "replace"))
    span = (start, start + len(secret.encode()))
    snippet = redact_line(raw, [span], secret.encode(), password=password) if secret else ""
    return Location(path, line, column, line, column + max(1, len(secret)), snippet=snippet, **more)


def record(
    rule: RuleInfo = AWS,
    secret: str = "",
    *,
    locations: tuple[Location, ...] = (),
    password: bool = False,
    **more: object,
) -> FindingRecord:
    """A finding of `rule`; without locations it gets one in `src/settings.py`."""
    secret = secret or token(1)
    built = FindingRecord(
        rule=rule.id,
        title=rule.title,
        description=rule.description,
        provider=rule.provider,
        severity=rule.severity,
        confidence=rule.confidence,
        score=0.99 if rule.confidence is Confidence.HIGH else 0.61,
        secret=redact_secret(secret.encode(), password=password),
        fingerprint=f"{random.Random(rule.id + secret).getrandbits(128):032x}",
        entropy=4.71,
        attributes={},
        locations=locations or (location(secret=secret, password=password),),
        references=rule.references,
        remedy=rule.remedy,
    )
    return replace(built, **more)


def report(*findings: FindingRecord, silenced: tuple[FindingRecord, ...] = (), **scan: object) -> Report:
    """A report of a staged scan with these findings, unless `scan` says otherwise."""
    stats = ScanStats(kind="staged", target=".", seconds=0.084, blobs=3, bytes=4123)
    return Report(
        version="0.1.0",
        rules_digest="0123456789abcdef",
        scan=replace(stats, **scan),
        findings=findings,
        suppressed=silenced,
        rules={f.rule: RULES[f.rule] for f in (*findings, *silenced) if f.rule in RULES},
    )


def clean() -> Report:
    """Nothing found, everything read."""
    return report()


def staged() -> Report:
    """Two findings in two files, one silenced, a submodule left out."""
    aws, password, allowed = token(1), token(2, 12), token(7)
    return report(
        record(AWS, aws, attributes={"key_id": "AKIA…(20)", "account_id": "123456789012"}),
        record(
            PASSWORD,
            password,
            password=True,
            locations=(
                location("conf/my app.yaml", 3, 13, password, before="  password: ", after="", password=True),
            ),
        ),
        silenced=(
            record(
                GITHUB, allowed, locations=(location("docs/a.md", 2, 1, allowed),), suppressed="allow_comment"
            ),
        ),
        suppressed={"allow_comment": 1},
        skipped=(Skipped("vendor/lib", "a submodule", by_design=True),),
    )


def history() -> Report:
    """An incomplete scan of a history: in HEAD, removed, unreachable, in a message, active."""
    first, second, third, fourth = (token(seed) for seed in (11, 12, 13, 14))
    ada = {"author": "Ada Lovelace", "email": "ada@example.org", "date": "2026-01-02T03:04:05Z"}
    introduced = Moment(commit(1), "2026-01-02T03:04:05Z", "Ada Lovelace")
    removed = Moment(commit(2), "2026-01-14T10:00:00Z", "Charles Babbage")
    return report(
        record(
            AWS,
            first,
            locations=tuple(
                location(path, line, 25, first, commit=commit(line), **ada)
                for path, line in (
                    ("src/a.py", 3),
                    ("src/b.py", 40),
                    ("c.env", 1),
                    ("d.env", 2),
                    ("ü/é.txt", 7),
                )
            ),
            attributes={"account_id": "123456789012"},
            verification=Verification(Status.ACTIVE, "account 123456789012, user deploy"),
            exposure=Exposure(
                introduced, None, True, 81, ("main", "release/1.2", "v1.2.0", "v1.2.1", "v1.2.2")
            ),
        ),
        record(
            AWS,
            second,
            locations=(location("infra/old.tf", 120, 25, second, commit=commit(1), **ada),),
            verification=Verification(Status.INACTIVE, "the key does not exist any more"),
            exposure=Exposure(introduced, removed, False, 12),
        ),
        record(
            GITHUB,
            third,
            locations=(
                location("", 5, 8, third, before="token: ", commit=commit(3), where="commit-message", **ada),
            ),
            exposure=Exposure(introduced, None, False, 81),
        ),
        record(
            GITHUB,
            fourth,
            confidence=Confidence.MEDIUM,
            locations=(location("", 1, 1, fourth, before="", after=""),),
            exposure=Exposure(None, None, False, 0),
        ),
        kind="history",
        complete=False,
        seconds=191.97,
        commits=18348,
        blobs=57302,
        bytes=799095111,
        skipped=(
            *(Skipped(f"data/{n}.bin", "over the limit of 50 MB") for n in range(7)),
            Skipped("sub", "a submodule", by_design=True),
        ),
        suppressed={"baseline": 2, "allow_comment": 1, "allowlist": 31, "below_threshold": 12},
    )


def hostile() -> Report:
    """Names and lines that a repository would choose to break out of a format."""
    secret = token(21)
    path = "a,b:c|`<img src=x>`/\x1b[2J\u202e/x%0A::error::y\n=cmd()/]]>&\"'.py"
    before = "\x1b]0;owned\x07\u202e\x9b31m</script><b>|`=1+1 ]]> k = '"
    author = '=HYPERLINK("http://x")\x1b[31m\r\n::stop-commands::x'
    return report(
        record(
            AWS,
            secret,
            title="Key <b>|`\x1b[31m` [x](y)",
            description="Opens <script>alert(1)</script> ::set-output:: | `code` [a](javascript:b) \u202e",
            remedy="=1+1\x00\x1b",
            attributes={"user": "<i>\x1b[0m|`"},
            verification=Verification(Status.UNKNOWN, "HTTP 500 <pre>\x1b[2J"),
            locations=(
                location(path, 7, 9, secret, before=before, commit=commit(5), author=author, email="<a@b>"),
                location("-rf", 1, 1, secret),
            ),
            exposure=Exposure(
                Moment(commit(5), "2026-01-02T03:04:05Z", author), None, True, 1, ("x\x1b[1m",)
            ),
        ),
        kind="history",
        target="/tmp/\x1b[31m",
        complete=False,
        skipped=(Skipped("\x1b[2J<b>", "--><script>|`\n::error::"),),
    )


def many(count: int = 60) -> Report:
    """More findings than a person wants as blocks."""
    rules = (AWS, GITHUB, PASSWORD)
    findings = []
    for rule_number, rule in enumerate(rules):
        for n in range(count // len(rules)):
            secret = token(1000 * rule_number + n)
            where = location(f"services/{'x' * (n % 9)}/config_{n}.py", n + 1, 12, secret)
            findings.append(record(rule, secret, locations=(where,) * (1 + n % 3)))
    return report(*findings, kind="files", blobs=1200, bytes=5_400_000, seconds=2.31)


SAMPLES = {"clean": clean, "staged": staged, "history": history, "hostile": hostile, "many": many}
