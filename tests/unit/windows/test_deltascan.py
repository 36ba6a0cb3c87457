"""The scan of a delta is the scan of the whole: finding for finding, place for place."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.batchscan import BatchScanner
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.versions import HeldVersion
from secretscan.engine.zonescan import Known
from secretscan.model.blob import Blob
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject, Where
from tests.unit.windows.delta_texts import LINES, SCANNERS, WORDS, facts, in_batches, joined

MANIFEST_LINES = [
    "apiVersion: v1",
    "kind: Secret",
    "kind:",
    "  Secret",
    "class Secret:",
    "kind: SealedSecret",
    "data:",
    f"  password: {base64.b64encode(WORDS[0][:11].encode()).decode()}",
    f"  near: {base64.b64encode(f'tok_{WORDS[3][:9]}'.encode()).decode()}",
    f"  token: {base64.b64encode(b'near = a').decode()}",
    "  name: words",
    "#" * 90,
]
"""Lines of which some say that values in the others are base64, however short."""


@st.composite
def histories(
    draw: st.DrawFn, lines: Sequence[str] = LINES, name: bytes = b"a.py"
) -> list[tuple[bytes, int, list[tuple[int, int, int]], bytes]]:
    """Versions, each as (content, number of its base or -1, copies, path): what a pack could hold."""
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    line = st.sampled_from(lines)
    texts = st.lists(line, max_size=70).map(newline.join).map(str.encode)
    versions: list[tuple[bytes, int, list[tuple[int, int, int]], bytes]] = [(draw(texts), -1, [], name)]
    for _ in range(draw(st.integers(1, 4))):
        number = draw(st.integers(0, len(versions) - 1))
        base, _, _, path = versions[number]
        cuts = sorted(draw(st.lists(st.integers(0, len(base)), max_size=6)))
        made, copies = b"", []
        kept = list(zip([0, *cuts], [*cuts, len(base)], strict=True))
        if draw(st.booleans()) and len(kept) > 1:
            kept = draw(st.permutations(kept))
        for start, end in kept:
            if draw(st.integers(0, 5)):
                if end > start:
                    copies.append((start, len(made), end - start))
                made += base[start:end]
            if draw(st.booleans()):
                made += draw(
                    st.one_of(texts.map(lambda t: t[:200]), st.sampled_from([b"\n", b"\0", b"x", b" "]))
                )
        path = draw(st.sampled_from([path] * 8 + [b"b.yml"]))
        versions.append((made, number, joined(copies), path))
    return versions


@pytest.mark.parametrize("prefilter", ["hyperscan, every text in full", "keywords"])
def test_a_scan_of_deltas_equals_a_scan_of_everything(prefilter: str) -> None:
    scanner = SCANNERS[prefilter]
    # windows of the pure prefilter are wider: what it finds is held to its own full scan
    everything = SCANNERS["keywords" if prefilter == "keywords" else "hyperscan"]
    saved = carried = 0

    @given(histories())
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(versions: list[tuple[bytes, int, list[tuple[int, int, int]], bytes]]) -> None:
        nonlocal saved, carried
        delta = DeltaScanner(scanner)
        known: list[Known] = []
        for number, (data, base, copies, path) in enumerate(versions):
            origin = HistoryObject(f"{number:040x}", Where.FILE, path)
            before = delta.scanned_bytes
            result, facts_known = delta.scan(data, origin, known[base] if base >= 0 else None, copies)
            known.append(facts_known)
            whole = everything.scan(Blob(data, origin))
            assert facts(result.findings) == facts(whole.findings)
            if delta.scanned_bytes - before < len(data):
                saved += 1
                carried += bool(result.findings)

    check()
    # the comparison is worth something only if deltas were scanned as such and had findings to carry
    assert saved > 25
    assert carried > 5


@pytest.mark.parametrize("size", [1, 2, 9])
def test_a_scan_of_batches_equals_a_scan_of_everything(size: int) -> None:
    scanner, everything = SCANNERS["hyperscan"], SCANNERS["hyperscan, every text in full"]
    saved = carried = 0

    @given(histories())
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(histories: list[tuple[bytes, int, list[tuple[int, int, int]], bytes]]) -> None:
        nonlocal saved, carried
        for version, result, known in in_batches(DeltaScanner(scanner), histories, size):
            whole = everything.scan(Blob(version.data, version.provenance))
            assert facts(result.findings) == facts(whole.findings)
            if version.base >= 0 and not known.is_thorough:
                saved += 1
                carried += bool(result.findings)

    check()
    assert saved > 25
    assert carried > 0


def scan_twice(
    first: bytes, second: bytes, copies: list[tuple[int, int, int]]
) -> tuple[DeltaScanner, list[Finding]]:
    delta = DeltaScanner(SCANNERS["hyperscan, every text in full"])
    origin = HistoryObject("0" * 40, Where.FILE, b"a.py")
    _, known = delta.scan(first, origin)
    delta.scanned_bytes = 0
    result, _ = delta.scan(second, origin, known, copies)
    return delta, result.findings


def edit(text: bytes, at: int, insert: bytes) -> tuple[bytes, list[tuple[int, int, int]]]:
    return text[:at] + insert + text[at:], [(0, 0, at), (at, at + len(insert), len(text) - at)]


def test_a_finding_far_from_the_edit_is_carried_and_its_line_counted_anew() -> None:
    text = b"some line\n" * 300 + f"key: tok_{WORDS[0]}\n".encode() + b"some line\n" * 300
    changed, copies = edit(text, 500, b"new\nlines\n")
    delta, findings = scan_twice(text, changed, copies)
    assert [(f.rule_id, f.region.line) for f in findings] == [("in-a-line", 303)]
    assert delta.scanned_bytes < 1000


def test_an_edit_that_completes_a_token_is_seen() -> None:
    text = b"some line\n" * 300 + f"key: tok_{WORDS[0][:6]}\n".encode() + b"some line\n" * 300
    changed, copies = edit(text, text.index(b"tok_") + 10, b"0123456789")
    _, findings = scan_twice(text, changed, copies)
    assert [f.rule_id for f in findings] == ["in-a-line"]


def test_an_edit_that_breaks_a_token_is_seen() -> None:
    text = b"some line\n" * 300 + f"key: tok_{WORDS[0]}\n".encode() + b"some line\n" * 300
    changed, copies = edit(text, text.index(b"tok_") + 2, b"?")
    assert scan_twice(text, changed, copies)[1] == []


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(lambda text: edit(text, text.index(b"-----END"), b"QUJD\n"), id="longer"),
        pytest.param(lambda text: edit(text, 3000, b"x\n"), id="elsewhere"),
    ],
)
def test_a_key_block_is_found_whole_wherever_the_edit(edited: Callable[[bytes], tuple[bytes, list]]) -> None:
    body = b"".join(base64.b64encode(random.Random(n).randbytes(48)) + b"\n" for n in range(20))
    text = b"a line\n" * 200 + b"-----BEGIN KEY-----\n" + body + b"-----END KEY-----\n" + b"a line\n" * 400
    changed, copies = edited(text)
    _, findings = scan_twice(text, changed, copies)
    assert [f.rule_id for f in findings] == ["block"]


@pytest.mark.parametrize("cut", [0, 9], ids=["all of its line", "half of its line"])
def test_a_finding_whose_line_goes_takes_no_scan_of_the_rest(cut: int) -> None:
    line = f"key: tok_{WORDS[0]}\n".encode()
    text = b"some line\n" * 300 + line + b"some line\n" * 300
    low, high = text.index(line) + cut, text.index(line) + len(line)
    changed, copies = text[:low] + text[high:], [(0, 0, low), (high, low, len(text) - high)]
    delta = DeltaScanner(SCANNERS["hyperscan"])
    batches, known = BatchScanner(delta), dict[int, Known]()
    origin = HistoryObject("0" * 40, Where.FILE, b"a.py")
    [first] = batches.scan([HeldVersion(0, text, origin)], known)
    delta.scanned_bytes = 0
    [second] = batches.scan([HeldVersion(1, changed, origin, 0, copies)], known)
    assert [f.rule_id for f in first.findings] == ["in-a-line"]
    assert second.findings == []
    assert delta.scanned_bytes < 1000


def test_another_path_means_a_whole_scan() -> None:
    delta = DeltaScanner(SCANNERS["hyperscan, every text in full"])
    text = b"some line\n" * 300
    _, known = delta.scan(text, HistoryObject("0" * 40, Where.FILE, b"a.py"))
    delta.scanned_bytes = 0
    delta.scan(text + b"x", HistoryObject("1" * 40, Where.FILE, b"a.yml"), known, [(0, 0, len(text))])
    assert delta.scanned_bytes == len(text) + 1


def test_a_file_that_turns_binary_is_scanned_whole() -> None:
    text = b"some line\n" * 300
    changed, copies = edit(text, 100, b"\0")
    delta, _ = scan_twice(text, changed, copies)
    assert delta.scanned_bytes == len(changed)
