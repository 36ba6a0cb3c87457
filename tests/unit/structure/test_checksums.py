"""Tokens with a checksum: a right one makes the match certain, a wrong one drops it."""

from __future__ import annotations

import pytest

from secretscan.engine.structure import STRUCTURES
from secretscan.rules.checksums import bech32_polymod, bech32_prefix, crc16, crc24
from secretscan.rules.samples import fill

CHECKED = [
    ("github-crc32", "{{github-crc32:ghp_}}"),
    ("github-token", "{{github-crc32:ghs_}}"),
    ("github-token", "{{github-app}}"),
    ("npm-crc32", "{{npm-crc32}}"),
    ("gitlab-token", "{{gitlab-routable:glpat-}}"),
    ("gitlab-token", "{{gitlab-routable:glrt-t1_}}"),
    ("grafana-account", "{{grafana-account}}"),
    ("atlassian-token", "{{atlassian}}"),
    ("age-key", "{{age}}"),
    ("nkey-seed", "{{nkey:U}}"),
]


def _with_last_changed(token: bytes) -> bytes:
    """The same token with its last character replaced by another one of the same kind."""
    options = b"23" if token[-1:].isdigit() else (b"AQ" if token[-1:].isupper() else b"aq")
    return token[:-1] + (options[:1] if token[-1:] != options[:1] else options[1:])


@pytest.mark.parametrize(("check", "sample"), CHECKED)
@pytest.mark.parametrize("seed", range(5))
def test_right_checksum_is_certain(check: str, sample: str, seed: int) -> None:
    verdict = STRUCTURES[check](fill(sample, seed=seed).encode(), {})
    assert verdict is not None
    assert verdict.certain


@pytest.mark.parametrize(("check", "sample"), [row for row in CHECKED if row[1] != "{{github-app}}"])
@pytest.mark.parametrize("seed", range(5))
def test_wrong_checksum_drops_the_match(check: str, sample: str, seed: int) -> None:
    token = fill(sample, seed=seed).encode()
    assert STRUCTURES[check](_with_last_changed(token), {}) is None


def test_published_check_values_hold() -> None:
    # RFC 4880 and the CRC catalogue give the checks of "123456789"; BIP 173 lists the bech32 string.
    assert crc24(b"123456789") == 0x21CF02
    assert crc16(b"123456789") == 0x31C3
    values = [b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(byte) for byte in b"2uel5l"]
    assert bech32_polymod(bech32_prefix(b"a") + values) == 1


def test_gitlab_routing_is_told() -> None:
    verdict = STRUCTURES["gitlab-token"](fill("{{gitlab-routable:glpat-}}", seed=2).encode(), {})
    assert verdict is not None
    assert {"organization", "project", "cell"} <= verdict.attributes.keys()


def test_random_gitlab_token_is_neither_proved_nor_dropped() -> None:
    verdict = STRUCTURES["gitlab-token"](fill("glpat-{{base62:20}}", seed=2).encode(), {})
    assert verdict is not None
    assert not verdict.certain


def test_every_check_resolves_and_tolerates_rubbish() -> None:
    for name, check in STRUCTURES.items():
        for rubbish in (b"A" * 64, b"a.b.c", b"0123456789abcdef" * 4):
            if name not in {"nkey-seed", "aws-key-id"}:  # their patterns admit base32 only
                verdict = check(rubbish, {})
                assert verdict is None or verdict.score is None or 0 <= verdict.score <= 1
