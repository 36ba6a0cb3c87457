"""Tokens that carry JSON, ids, macaroons or logins."""

from __future__ import annotations

import base64
import json

import pytest

from secretscan.engine.structure import STRUCTURES, Verdict
from secretscan.engine.structure.card import is_card_number
from secretscan.rules.samples import fill


def _checked(name: str, text: str, **groups: bytes) -> Verdict | None:
    return STRUCTURES[name](fill(text, seed=1).encode(), groups)


def _jwt(header: dict[str, object], claims: dict[str, object]) -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
    )
    return ".".join([*parts, fill("{{base64url:43}}", seed=1)])


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("pypi-macaroon", "{{pypi}}"),
        ("pypi-macaroon", "{{pypi:test.pypi.org}}"),
        ("sentry-org", "{{sentry-org}}"),
        ("grafana-cloud", "{{grafana-cloud}}"),
        ("grafana-legacy", "{{grafana-legacy}}"),
        ("jwt", "{{jwt}}"),
        ("discord-bot", "{{discord}}"),
        ("jfrog-reference", "{{jfrog-reference}}"),
        ("bitbucket-server", "{{bitbucket-server}}"),
        ("base64-64-bytes", "{{base64-of:64}}"),
        ("base64-32-bytes", "{{base64-of:32}}"),
        ("docker-config", "{{basic:ci}}"),
        ("basic-auth", "{{basic:ci}}"),
    ],
)
def test_right_structure_is_certain(name: str, sample: str) -> None:
    verdict = _checked(name, sample)
    assert verdict is not None
    assert verdict.certain


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pypi-macaroon", "pypi-AgEIcHlwaS5jb20{{base62:60}}"),
        ("sentry-org", "sntrys_eyJ{{base62:60}}_{{base62:43}}"),
        ("grafana-cloud", "glc_{{base62:60}}"),
        ("jwt", "{{base62:30}}.{{base62:40}}.{{base62:43}}"),
        ("discord-bot", "Module_name_that_is_long.method.another_long_function_name"),
        ("jfrog-reference", "{{base64url-of:48}}"),
        ("base64-64-bytes", "{{base64-of:32}}"),
        ("docker-config", "{{base64-of:24}}"),
        ("basic-auth", "{{base64-of:24}}"),
    ],
)
def test_wrong_structure_drops_the_match(name: str, text: str) -> None:
    assert _checked(name, text) is None


def test_pypi_token_names_its_host() -> None:
    verdict = _checked("pypi-macaroon", "{{pypi:test.pypi.org}}")
    assert verdict is not None
    assert verdict.attributes["host"] == "test.pypi.org"


def test_expired_jwt_says_so_and_ranks_lower() -> None:
    verdict = _checked("jwt", "{{jwt:expired}}")
    assert verdict is not None
    assert verdict.attributes["expired"] == "yes"
    assert verdict.score is not None and 0.5 <= verdict.score < 0.85


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"alg": "none"}, {"sub": "x"}),
        ({"alg": "HS256"}, {"role": "anon"}),
        ({"alg": "HS256"}, {"sub": "1234567890"}),
    ],
)
def test_jwt_that_opens_nothing_stays_below_the_threshold(
    header: dict[str, object], claims: dict[str, object]
) -> None:
    verdict = STRUCTURES["jwt"](_jwt(header, claims).encode(), {})
    assert verdict is not None
    assert verdict.score is not None and verdict.score < 0.5


def test_aws_key_id_gives_the_account_of_the_present_generation_only() -> None:
    # Both are published: the first is a canary of Thinkst, the second the documentation's placeholder.
    canary = STRUCTURES["aws-key-id"](b"AKIA" + b"SP2TPHJSQH3FJRUX", {})
    assert canary is not None
    assert canary.attributes["account_id"] == "171436882533"
    old = STRUCTURES["aws-key-id"](b"AKIA" + b"IOSFODNN7EXAMPLE", {})
    assert old is not None
    assert "account_id" not in old.attributes


@pytest.mark.parametrize("text", ["{{hex:40}}", "modules/network/subnets/private/outputsx", "{{lower:40}}"])
def test_aws_secret_is_no_hash_path_or_word(text: str) -> None:
    assert _checked("aws-secret", text) is None


def test_aws_secret_of_the_right_form_stays() -> None:
    assert _checked("aws-secret", "{{base64:40}}") is not None


@pytest.mark.parametrize(
    ("digits", "right"), [(b"4111111111111111", True), (b"4111111111111112", False), (b"411", False)]
)
def test_card_numbers_are_told_by_their_check_digit(digits: bytes, right: bool) -> None:
    assert is_card_number(digits) is right
    assert (STRUCTURES["not-card"](digits, {}) is None) is right


def test_password_of_a_url_is_weighed_by_itself_and_its_host() -> None:
    def score(text: str, host: bytes) -> float:
        verdict = _checked("connection-url", text, user=b"app", host=host)
        assert verdict is not None and verdict.score is not None
        return verdict.score

    strong, weak = "{{password:16}}", "password"
    assert score(strong, b"db.acme.io") >= 0.85
    assert score(strong, b"localhost:5432") < score(strong, b"db.acme.io")
    assert score(weak, b"localhost") < 0.5 > score(weak, b"db.acme.io")


@pytest.mark.parametrize("text", ["pa$word9Xk2", "q+wK3e_r__Zt8", "50%dWq7mLp"])
def test_password_with_odd_symbols_is_no_template(text: str) -> None:
    verdict = STRUCTURES["connection-url"](text.encode(), {"user": b"app", "host": b"db.acme.io"})
    assert verdict is not None and verdict.score is not None and verdict.score >= 0.5


@pytest.mark.parametrize(
    "text", ["$PASSWORD", "__DB_PASS__", "${DB_PASSWORD}", "<password>", "{{ password }}", "%s", "****"]
)
def test_template_in_a_url_is_no_password(text: str) -> None:
    assert STRUCTURES["connection-url"](text.encode(), {"user": b"app", "host": b"db"}) is None
