"""Private keys: kind, size and encryption are read; what holds no key is dropped."""

from __future__ import annotations

import pytest

from secretscan.engine.structure import STRUCTURES, Verdict
from secretscan.rules.samples import fill


def _checked(text: str) -> Verdict | None:
    return STRUCTURES["private-key"](text.encode(), {})


@pytest.mark.parametrize(
    ("sample", "facts"),
    [
        ("{{pem:rsa}}", {"key_type": "RSA", "bits": "1024"}),
        ("{{pem:dsa}}", {"key_type": "DSA", "bits": "1024"}),
        ("{{pem:ec}}", {"key_type": "EC", "curve": "P-256"}),
        ("{{pem:pkcs8}}", {"key_type": "RSA", "bits": "1024"}),
        ("{{pem:openssh}}", {"key_type": "ssh-ed25519", "encrypted": "no"}),
        ("{{pgp}}", {"key_type": "PGP"}),
        ("{{putty}}", {"key_type": "ssh-rsa", "encrypted": "no"}),
    ],
)
def test_key_is_decoded(sample: str, facts: dict[str, str]) -> None:
    verdict = _checked(fill(sample, seed=3))
    assert verdict is not None
    assert verdict.certain
    assert verdict.score is None
    assert facts.items() <= verdict.attributes.items()


@pytest.mark.parametrize(
    "sample",
    [
        "{{pem:rsa-encrypted}}",
        "{{pem:pkcs8-encrypted}}",
        "{{pem:openssh-encrypted}}",
        "{{putty:aes256-cbc}}",
        "{{ssh2}}",
    ],
)
def test_encrypted_key_says_so_and_ranks_lower(sample: str) -> None:
    verdict = _checked(fill(sample, seed=3))
    assert verdict is not None
    assert verdict.attributes["encrypted"] == "yes"
    assert verdict.score is not None and 0.5 <= verdict.score < 0.85


def test_random_body_between_right_lines_is_still_likely() -> None:
    verdict = _checked(fill("{{pem:rsa-random}}", seed=3))
    assert verdict is not None
    assert not verdict.certain
    assert verdict.score is not None and verdict.score >= 0.75


@pytest.mark.parametrize(
    "wrap",
    [
        lambda key: key.replace("\n", "\\n"),
        lambda key: key.replace("\n", "\r\n"),
        lambda key: "\n".join(f"    {line}" for line in key.split("\n")),
        lambda key: "\n".join(f'"{line}\\n" +' for line in key.split("\n")),
        lambda key: "\n".join(f"# {line}" for line in key.split("\n")),
        lambda key: key.replace("\n", " "),
    ],
    ids=["escaped", "crlf", "indented", "string-pieces", "commented", "one-line"],
)
def test_key_is_decoded_through_the_syntax_around_it(wrap) -> None:
    verdict = _checked(wrap(fill("{{pem:ec}}", seed=3)))
    assert verdict is not None
    assert verdict.attributes["key_type"] == "EC"
    assert verdict.certain


@pytest.mark.parametrize("body", ["...", "YOUR KEY HERE", "A" * 80, ""])
def test_body_without_key_material_is_dropped(body: str) -> None:
    assert _checked(f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----") is None


def test_wrong_pgp_checksum_is_less_certain() -> None:
    block = fill("{{pgp}}", seed=3).split("\n")
    block[-2] = "=AAAA"
    verdict = _checked("\n".join(block))
    assert verdict is not None
    assert not verdict.certain


@pytest.mark.parametrize("sample", ["{{der:rsa}}", "{{der:pkcs8}}", "{{der:dsa}}", "{{der:ec}}"])
def test_a_key_without_armour_is_decoded_as_a_whole(sample: str) -> None:
    text = fill(sample, seed=3).encode()
    check = STRUCTURES["bare-private-key"]
    verdict = check(text, {})
    assert verdict is not None
    assert verdict.certain
    assert check(text[:-8], {}) is None
    assert check(text + b"AAAA", {}) is None
