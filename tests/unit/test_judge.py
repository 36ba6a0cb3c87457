"""The judge: random values under telling names score high, words, references and placeholders do not."""

from __future__ import annotations

import random
import string

import pytest

from secretscan.engine.judge import JUDGES, REFUSALS, Candidate, placeholder_reason
from secretscan.engine.judge.cautions import cautions
from secretscan.engine.judge.forest import forest
from secretscan.engine.judge.generic import FEATURES, features
from secretscan.engine.judge.names import full_name
from secretscan.engine.judge.refusals import core, refusal

BASE62 = string.ascii_letters + string.digits
judge = JUDGES["generic"]


def random_text(members: str, length: int, seed: int = 1) -> bytes:
    return "".join(random.Random(seed).choices(members, k=length)).encode()


def quoted(
    name: bytes, value: bytes, *, before: bytes = b"", op: bytes = b"=", path: bytes = b"app.py"
) -> Candidate:
    return Candidate(
        "generic-secret",
        value,
        name,
        op,
        b'"',
        before + name + b" " + op + b' "',
        b'"',
        (b"host = 'db'",),
        (),
        path,
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("name", "members", "length"),
    [
        (b"password", string.ascii_letters + string.digits, 14),
        (b"client_secret", BASE62, 32),
        (b"api_key", string.ascii_lowercase + string.digits, 32),
        (b"auth_token", "0123456789abcdef", 40),
    ],
    ids=["password", "base62", "alnum", "hex"],
)
def test_random_value_under_a_telling_name_is_reported(name, members, length, seed):
    assert judge(quoted(name, random_text(members, length, seed))).score >= 0.5


@pytest.mark.parametrize(
    "value",
    [
        b"changeme",
        b"your-password-here",
        b"<password>",
        b"${DB_PASSWORD}",
        b"{{ vault.password }}",
        b"xxxxxxxxxxxx",
        b"********",
        b"access_token",
        b"my-client-secret",
        b"settings.database.password",
        b"ACCESS_TOKEN",
        b"/etc/ssl/private/server.pem",
        b"https://example.org/token",
        b"1234567890abcdef",
        b"%(password)s",
        b"",
        b"\xc2\xa8*\xc2\xbf?!",
    ],
)
def test_word_reference_or_placeholder_is_not_reported(value):
    assert judge(quoted(b"password", value)).score < 0.5


def test_same_value_is_a_secret_under_one_name_and_public_under_another():
    value = random_text(BASE62, 32)
    assert judge(quoted(b"client_secret", value)).score > judge(quoted(b"key_id", value)).score
    assert judge(quoted(b"Token", value, before=b"next")).dropped == "public name"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + random_text(BASE62, 60), "public key or digest"),
        (b"sha256:" + random_text("0123456789abcdef", 64), "public key or digest"),
        (b"build-%s.%s", "template"),
        (b"authentication", "words"),
        (b"ab", "too short"),
        (b"!?*-+.", "only symbols"),
        (b"ghp_" + random_text(BASE62, 36), "checked by the rule of its issuer"),
    ],
)
def test_refusal_names_its_reason(value, reason):
    assert judge(quoted(b"password", value)).dropped == reason


def test_name_of_a_type_is_no_secret():
    seen = quoted(b"Key", random_text("0123456789abcdef", 16), before=b'"AWS::KMS::', op=b":")
    assert judge(seen).dropped == "type name"


def test_second_argument_is_a_value_but_a_word_in_a_list_is_not():
    value = random_text(BASE62, 24)
    call = Candidate(
        "generic-call-secret", value, b"SECRET_KEY", b'", ', b'"', b'config.put("SECRET_KEY", "', b'");'
    )
    listed = Candidate(
        "generic-call-secret", value, b"token", b'", ', b'"', b'words = ["user", "token", "', b'", "x"]'
    )
    assert refusal(call, value) == ""
    assert refusal(listed, value) == "list item"


def test_basic_header_is_judged_by_its_password():
    header = Candidate(
        "generic-basic-auth", b"dXNlcjpwYXNzd29yZA==", b"Basic", b" ", b"", b"Authorization: Basic ", b""
    )
    assert core(header) == b"password"
    assert judge(header).score < 0.5


def test_json_inside_a_string_is_judged_by_its_longest_string():
    value = b'{\\"user\\":\\"bob\\",\\"key\\":\\"' + random_text(BASE62, 24) + b'\\"}'
    assert core(quoted(b"token", value)) == random_text(BASE62, 24)


def test_refusals_agree_with_the_judge():
    for value in (b"changeme", b"authentication", random_text(BASE62, 30)):
        seen = quoted(b"password", value)
        assert REFUSALS["generic"](seen) == judge(seen).dropped


@pytest.mark.parametrize(
    ("name", "value", "prefix", "reason"),
    [
        (b"API_KEY", random_text(BASE62, 30), b"[DEBUG] Using ", "log_line"),
        (b"FAKE_KEY", random_text(BASE62, 30), b"", "name_says_unreal"),
        (b"api_key", random_text(BASE62, 14) + b"?" + random_text(BASE62, 14), b"", "odd_symbol_in_key"),
        (b"datadog_api_key", random_text(BASE62, 30), b"", "other_form_than_issuer"),
        (b"api_key", random_text("0123456789abcdef", 31), b"", "edited_hex"),
        (b"password", b"a1!b2@c3#d4$e5%f6^g7&h8*", b"", "generated_symbols"),
    ],
)
def test_caution_moves_the_score_the_way_it_says(name, value, prefix, reason):
    seen = quoted(name, value, before=prefix)
    weights = dict(cautions(seen, value))
    assert reason in weights
    explained = judge(seen, explain=True)
    assert (reason, 1.0, -weights[reason]) in explained.contributions
    plain = forest().score(features(seen, core(seen)))
    assert (explained.score < plain) == (sum(weights.values()) > 0)


def test_weights_know_the_features_in_their_order():
    assert forest().features == FEATURES


def test_contributions_add_up_to_the_score():
    row = features(quoted(b"password", random_text(BASE62, 16)), random_text(BASE62, 16))
    trained = forest()
    total = trained.base + sum(tree[4][0] for tree in trained.trees)
    from math import log

    score = trained.score(row)
    logit = log(score / (1 - score))
    told = sum(added for _, _, added in trained.contributions(row))
    assert logit == pytest.approx(trained.slope * total + trained.offset + told, abs=0.5)


def test_explanation_is_made_only_when_asked_for():
    seen = quoted(b"password", random_text(BASE62, 16))
    assert judge(seen).contributions == ()
    assert judge(seen, explain=True).contributions
    assert judge(seen, explain=True).score == judge(seen).score


def test_judgement_is_the_same_each_time():
    seen = quoted(b"secret", random_text(BASE62, 20))
    assert judge(seen) == judge(seen)


def test_full_name_is_read_from_the_line():
    seen = quoted(b"Password", b"x", before=b"config.smtp")
    assert full_name(seen) == b"config.smtpPassword"
    assert (
        full_name(Candidate("generic-url-password", b"x", b"", b"", b"", b"postgres://u:", b"@h"))
        == b"password"
    )


@pytest.mark.parametrize("length", [20, 32, 40, 64])
@pytest.mark.parametrize("seed", range(50))
def test_random_token_is_no_placeholder(length, seed):
    assert placeholder_reason(random_text(BASE62, length, seed)) == ""


@pytest.mark.parametrize(
    "value",
    [
        b"AKIAIOSFODNN7EXAMPLE",
        b"your_token_here",
        b"<your-key>",
        b"0123456789abcdef",
        b"aaaaaaaaaaaaaaaa",
        b"REPLACE_ME",
        b"null",
    ],
)
def test_whole_shape_placeholder_is_named(value):
    assert placeholder_reason(value)


@pytest.mark.parametrize(
    "value", [b"\x00\xff" * 20, b"\\" * 40, b"a" * 5000, b"{" * 300, "пароль123".encode(), b"'\"`"]
)
def test_any_bytes_are_judged_without_error(value):
    verdict = judge(
        Candidate(
            "generic-secret",
            value,
            b"password",
            b"=",
            b"",
            b"\xff" * 512,
            b"\x00",
            (b"\xfe",),
            (b"",),
            b"\xff",
        )
    )
    assert 0.0 <= verdict.score <= 1.0
