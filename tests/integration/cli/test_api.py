"""`from secretscan import …`: the Python interface."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import secretscan
from secretscan import Finding, SecretScanError, scan_bytes, scan_report
from secretscan.cli.execute import cache_dir

Token = Callable[[str], str]
CACHE = cache_dir()


def test_findings_are_records_with_redacted_values(token: Token) -> None:
    data = f'import os\nTOKEN = "{token("api")}"\n'.encode()
    (finding,) = scan_bytes(data, path="src/a.py", cache_dir=CACHE)
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.confidence) == ("github-pat", "high")
    place = finding.locations[0]
    assert (place.path, place.line, place.column) == ("src/a.py", 2, 10)
    assert token("api") not in repr(finding)
    assert finding.secret.startswith("ghp_")


def test_plaintext_is_there_for_those_who_ask(token: Token) -> None:
    data = token("asked").encode()
    assert scan_bytes(data, show_secrets=True, cache_dir=CACHE)[0].secret == token("asked")


def test_clean_bytes_of_any_kind_give_nothing() -> None:
    assert scan_bytes(b"", cache_dir=CACHE) == []
    assert scan_bytes(bytes(range(256)) * 8, path="a.bin", cache_dir=CACHE) == []


def test_the_fingerprint_is_that_of_every_other_scan(token: Token) -> None:
    first = scan_bytes(token("same").encode(), cache_dir=CACHE)[0]
    second = scan_bytes(b"\n\n" + token("same").encode() + b"\n", path="b.txt", cache_dir=CACHE)[0]
    assert first.fingerprint == second.fingerprint


def test_a_report_counts_what_was_silenced(token: Token) -> None:
    data = f"TOKEN = '{token('quiet')}'  # secretscan:allow\n".encode()
    report = scan_report(data, path="a.py", cache_dir=CACHE)
    assert report.findings == ()
    assert report.scan.complete
    assert report.scan.suppressed["allow_comment"] == 1
    assert [finding.suppressed for finding in report.suppressed] == ["allow_comment"]


def test_a_configuration_counts_and_a_changed_one_is_read_again(tmp_path: Path, token: Token) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[[allow]]\nreason = "a test"\nrules = ["github-pat"]\n')
    data = token("config").encode()
    assert scan_bytes(data, config=file, cache_dir=CACHE) == []
    file.write_text("# nothing\n")
    assert len(scan_bytes(data, config=file, cache_dir=CACHE)) == 1


def test_bad_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretScanError):
        scan_bytes(b"", config=tmp_path / "missing.toml", cache_dir=CACHE)
    with pytest.raises(ValueError, match="very"):
        scan_bytes(b"", min_confidence="very", cache_dir=CACHE)


def test_the_package_offers_what_it_names() -> None:
    assert all(hasattr(secretscan, name) for name in secretscan.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        secretscan.nothing  # noqa: B018
