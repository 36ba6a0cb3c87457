"""Rules and lines for versions of texts, scanners with these rules, and what findings say."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Iterator, Sequence

from secretscan.baseline.comments import allowed_at
from secretscan.baseline.rulenames import RuleNames
from secretscan.engine.batchscan import BatchScanner
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import build
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.engine.versions import HeldVersion
from secretscan.engine.zonescan import Known
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject, Where
from secretscan.model.span import Span
from secretscan.rules.load import load_rules, parse_rules
from secretscan.rules.locate import pattern_files

_NAMES = RuleNames(lambda: ("in-a-line", "over-lines"))
OWN = r"""
provider = "test"
[[rules]]
id = "in-a-line"
name = "A token within a line"
description = "Cannot hold a newline."
severity = "high"
keywords = ["tok_"]
pattern = '''(?<![a-z])(?P<secret>tok_[a-z0-9]{12,40})(?![a-z0-9])'''
examples = []
[[rules]]
id = "over-lines"
name = "A name, and a value on one of the next lines"
description = "Holds newlines, and one match can begin inside another."
severity = "high"
keywords = ["near"]
pattern = '''near[\s=]{1,30}(?P<secret>[a-z0-9]{12,60})(?![a-z0-9])'''
examples = []
[rules.pair]
with = ["in-a-line"]
as = "token"
within_lines = 6
becomes = "joined"
required = false
[[rules]]
id = "joined"
name = "Both"
description = "A pair."
severity = "high"
composite = true
[[rules]]
id = "block"
name = "A key block"
description = "Too wide for zones."
severity = "high"
keywords = ["-----BEGIN"]
pattern = '''-----BEGIN KEY-----\n(?P<secret>(?:[A-Za-z0-9+/=]{1,76}\n){1,40})-----END'''
examples = []
"""
RNG = random.Random(20)


def word(length: int) -> str:
    return "".join(RNG.choice(string.ascii_lowercase + string.digits) for _ in range(length))


WORDS = [word(24) for _ in range(4)]
LINES = [
    "",
    "    ",
    "def run(self): return 1",
    "near =",
    "near",
    f"  {WORDS[0]}",
    f"near = {WORDS[1]}",
    f"near near {WORDS[3]} near",
    f"key: tok_{WORDS[1]}",
    f"x = tok_{WORDS[0][:8]}",
    f"tok_{WORDS[2]}  # secretscan:allow",
    "# secretscan:allow-next-line",
    "# secretscan:allow-begin",
    "# secretscan:allow-end",
    f'password = "{WORDS[2][:13]}"',
    "password =",
    f'    "{WORDS[3][:14]}!"',
    'password = "${PASSWORD}"',
    "-----BEGIN KEY-----",
    base64.b64encode(RNG.randbytes(48)).decode(),
    "-----END KEY-----",
    "data: " + base64.b64encode(f"see near = {WORDS[0]} here".encode()).decode(),
    base64.b64encode(b"some words that are wrapped in lines like mail. " * 3).decode()[:64],
    f"url=near%3D{WORDS[1]}",
    "y" * 700,
]


def silence(text: bytes, span: Span, finding: Finding, path: bytes) -> str:
    return "allow_comment" if allowed_at(text, span.start, span.end, (finding.rule_id,), _NAMES) else ""


GENERIC = [path for path in pattern_files() if path.name == "generic.toml"]
PROGRAM = build((*parse_rules(OWN, "test"), *load_rules(GENERIC)), "test")
SCANNERS = {
    "hyperscan": Scanner(PROGRAM, silencer=silence),
    "hyperscan, every text in full": Scanner(PROGRAM, silencer=silence, screened=False),
    "keywords": Scanner(PROGRAM, silencer=silence, pure_python=True),
}


Edited = tuple[bytes, int, list[tuple[int, int, int]], bytes]
"""A version: content, number of its base or -1, copies, path."""


def in_batches(
    delta: DeltaScanner, history: Sequence[Edited], size: int
) -> Iterator[tuple[HeldVersion, ScanResult, Known]]:
    """Yield each version with its result and what is then known of it, scanned in batches of `size`."""
    batches, known = BatchScanner(delta), dict[int, Known]()
    versions = [
        HeldVersion(n, data, HistoryObject(f"{n:040x}", Where.FILE, path), base, copies)
        for n, (data, base, copies, path) in enumerate(history)
    ]
    for first in range(0, len(versions), size):
        batch = versions[first : first + size]
        for version, result in zip(batch, batches.scan(batch, known), strict=True):
            yield version, result, known[version.number]


def joined(copies: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Copies as the reader gives them: those that continue each other in both are one."""
    found: list[tuple[int, int, int]] = []
    for base, start, length in copies:
        if found and found[-1][0] + found[-1][2] == base and found[-1][1] + found[-1][2] == start:
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + length)
        else:
            found.append((base, start, length))
    return found


def facts(findings: list[Finding]) -> list[object]:
    """Everything a finding says, in a form that does not print the secret when it differs."""
    return [
        (
            f.rule_id,
            f.span,
            f.region,
            f.secret,
            f.score,
            dict(f.attributes),
            f.suppressed,
            f.line,
            f.line_secret,
            dict(f.parts),
        )
        for f in findings
    ]
