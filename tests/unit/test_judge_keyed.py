"""A value near a provider's name is no key of its where it is words or a digest; a random one is kept."""

from __future__ import annotations

import pytest

from secretscan import scan_bytes
from secretscan.engine.judge.keyed import is_worded, refuse_keyed
from secretscan.rules.keyed import ALPHABETS
from secretscan.rules.samples import fill

DIGEST_PLACES = (
    ("components/ifttt/en.json,sha256=", ",815"),
    ("github.com/meilisearch/meilisearch-go v0.36.3 h1:", "="),
    ("image: returntocorp/semgrep@sha256:", ""),
    ("  checksum: ", ""),
    ('"gitea", "sha": "', '",'),
    ('gitea commitSha: "', '"'),
    ('Sha:          "', '",'),
)
REVISION_PLACES = (
    ("https://gitea.com/gitea/runner/src/commit/", "/act/parser.go"),
    ("https://github.com/buildkite/terminal/blob/", "/assets/x.css"),
    ("-Subproject commit ", ""),
    ("uses: go-gitea/giteabot@", " # v1.0.4"),
    ("resolved https://example.org/gitea-1.0.tgz#", ""),
    ("", " refs/heads/main"),
)
KEY_PLACES = (
    ("GITEA_TOKEN=", ""),
    ('gitea_key: "', '"'),
    ("https://gitea.example/api/v1/user?token=", ""),
    ("https://hooks.example/buildkite/", ""),
    ("GITEA_HMAC_SHA256=", ""),
    ("curl -u user@", ""),
    ("commit_token: ", ""),
    ("--sha-key ", ""),
)


def places(before: str, value: str, after: str) -> str:
    return refuse_keyed(value.encode(), before.encode(), after.encode())


@pytest.mark.parametrize(("before", "after"), DIGEST_PLACES)
def test_a_value_behind_the_name_of_a_digest_is_refused(before: str, after: str) -> None:
    for sample in ("{{base64:43}}", "{{hex:40}}", "{{hex:64}}"):
        assert places(before, fill(sample, seed=1), after) == "digest"


@pytest.mark.parametrize(("before", "after"), REVISION_PLACES)
def test_hexadecimal_digits_that_name_a_revision_are_refused(before: str, after: str) -> None:
    assert places(before, fill("{{hex:40}}", seed=1), after) == "revision"
    assert places(before, fill("{{base62:40}}", seed=1), after) == ""


@pytest.mark.parametrize("name", [*ALPHABETS, "uuid"])
def test_no_random_value_is_refused_where_keys_stand(name: str) -> None:
    for seed in range(1500):
        size = "" if name == "uuid" else f":{16 + seed % 33}"
        value = fill(f"{{{{{name}{size}}}}}", seed=seed)
        before, after = KEY_PLACES[seed % len(KEY_PLACES)]
        assert places(before, value, after) == ""


@pytest.mark.parametrize(
    "value",
    [
        b"1DestinationCreateParams",
        b"photos/a-woman-standing-in-a-dark-room-with-her-eyes",
        b"woman-standing-in-a-dark-room-with-her-eyes",
        b"GetManyParams_credentials",
        b"ptr_container/detail/reversible_ptr_container",
    ],
)
def test_names_slugs_and_paths_are_words(value: bytes) -> None:
    assert is_worded(value)


def test_a_scan_reports_no_digest_and_no_type_but_a_key() -> None:
    digest, key = fill("{{base64url:43}}", seed=3), fill("{{base62:40}}", seed=3)
    for text in (f"ifttt/a.json,sha256={digest},815", "export type OnfleetV1DestinationCreateParams = {"):
        assert not scan_bytes(text.encode())
    assert [found.rule for found in scan_bytes(f"IFTTT_TOKEN={digest}".encode())] == ["ifttt-maker-key"]
    # a digest by its name, of which the tail alone has the form
    assert not scan_bytes(f"accuweather/a.py,sha256={key[:7]}-{key[:35]},9".encode())


@pytest.mark.parametrize("sample", ["ptr_{{base64url:41}}", "pa-{{base64url:43}}"])
def test_no_random_token_behind_a_short_prefix_is_words(sample: str) -> None:
    assert not any(is_worded(fill(sample, seed=seed).encode()) for seed in range(3000))
