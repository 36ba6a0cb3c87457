from __future__ import annotations

import base64
import gzip
import json
import urllib.parse

import pytest

from secretscan.engine.decode import derived
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob
from secretscan.model.finding import Finding
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill

RULES = (
    "github-pat",
    "generic-secret",
    "generic-config-secret",
    "jwt",
    "aws-access-key",
    "aws-access-key-id",
    "aws-session-token",
)
TOKEN = fill("{{github-crc32:ghp_}}", seed="decode")


@pytest.fixture(scope="module")
def program() -> Program:
    chosen = [rule for rule in load_rules() if rule.id in RULES or rule.id.startswith("aws-secret")]
    assert set(RULES) <= {rule.id for rule in chosen}
    return build(chosen, "test")


def scan(program: Program, data: bytes, path: bytes = b"a.yaml") -> list[Finding]:
    found = Scanner(program).scan(Blob(data, WorkTreeFile(path))).findings
    return [finding for finding in found if finding.score >= 0.5]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


TEXTS = {
    "base64": f"token: {b64(TOKEN)}\n",
    "base64, base64": f"token: {b64('x: ' + b64(TOKEN))}\n",
    "base64, base64, gzip": "release: "
    + b64(base64.b64encode(gzip.compress(json.dumps({"k": TOKEN}).encode(), mtime=0)).decode()),
    "hex": f"token: {TOKEN.encode().hex()}\n",
    "hex escapes": "token: " + "".join(f"\\x{byte:02x}" for byte in TOKEN.encode()),
}


@pytest.mark.parametrize(("how", "text"), TEXTS.items(), ids=TEXTS)
def test_encoded_token_is_found_where_it_stands(program: Program, how: str, text: str) -> None:
    data = b"# first line\n" + text.encode()
    (finding,) = (one for one in scan(program, data) if one.rule_id == "github-pat")
    assert finding.secret.reveal() == TOKEN.encode()
    assert finding.attributes["decoded"] == how
    assert (finding.region.line, finding.region.end_line) == (2, 2)
    start = 13 + text.index(": ") + 2
    assert start <= finding.span.start < finding.span.end <= len(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_token_in_wide_text_is_found_on_its_line(program: Program, encoding: str) -> None:
    text = f"# note\r\n$env:GITHUB_TOKEN = '{TOKEN}'\r\n"
    (finding,) = scan(program, text.encode(encoding), b"a.ps1")
    assert finding.secret.reveal() == TOKEN.encode()
    assert (finding.region.line, finding.region.column) == (2, 22)


def test_kubernetes_secret_with_both_halves_of_a_key_is_one_finding(program: Program) -> None:
    key_id, secret = fill("{{aws-key-id}}", seed=1), fill("{{base64:40}}", seed=2)
    text = (
        f"kind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: {b64(key_id)}\n  AWS_SECRET_ACCESS_KEY: {b64(secret)}\n"
    )
    (finding,) = scan(program, text.encode())
    assert finding.rule_id == "aws-access-key"
    assert finding.secret.reveal() == secret.encode()
    assert finding.attributes["key_id"] == key_id
    assert finding.region.line == 4


def test_short_password_of_a_kubernetes_secret_is_judged_by_its_name(program: Program) -> None:
    password = fill("{{password:14}}", seed=3)
    (finding,) = scan(program, f"kind: Secret\ndata:\n  password: {b64(password)}\n".encode())
    assert finding.secret.reveal() == password.encode()


def test_secret_beside_an_encoded_value_is_reported_once_and_as_it_stands(program: Program) -> None:
    text = f"token: {TOKEN}  # {b64('nothing but words in here')}\nnote: {b64('more words, and no token at all')}\n"
    (finding,) = scan(program, text.encode())
    assert "decoded" not in finding.attributes


def test_claims_of_a_jwt_are_not_read_apart(program: Program) -> None:
    token = fill("{{jwt}}", seed=4)
    (finding,) = scan(program, f"session: {token}\n".encode())
    assert finding.rule_id == "jwt"
    assert finding.secret.reveal() == token.encode()


@pytest.mark.parametrize("last", [True, False], ids=["last", "not last"])
def test_value_in_escaped_quotes_is_found_at_its_place(program: Program, last: bool) -> None:
    password = fill("{{password:16}}", seed=5)
    body = {"name": "x", "password": password} if last else {"password": password, "name": "x"}
    data = json.dumps({"body": json.dumps(body)}).encode()
    (finding,) = scan(program, data, b"a.json")
    assert finding.secret.reveal() == password.encode()
    assert data[finding.span.start : finding.span.end] == password.encode()


@pytest.mark.parametrize("tail", [10, 90, 200])
def test_long_token_of_a_presigned_url_is_reported_whole(program: Program, tail: int) -> None:
    token = f"IQoJb3JpZ2lu{fill('{{base62:40}}', seed=3)}/{fill('{{base62:300}}', seed=4)}+"
    token += fill(f"{{{{base62:{tail}}}}}", seed=5)
    quoted = urllib.parse.quote(token, safe="")
    text = f"url=https://x.s3.amazonaws.com/k?X-Amz-Security-Token={quoted}&X=1\n"
    (finding,) = (one for one in scan(program, text.encode()) if one.rule_id == "aws-session-token")
    assert finding.secret.reveal() == token.encode()
    assert text[finding.span.start : finding.span.end] == quoted


OTHER = fill("{{github-crc32:ghp_}}", seed="decode 2")
BOTH = f'old: "{TOKEN}"\n\nlive: "{OTHER}"\n'
TOGETHER = {
    "base64, gzip": base64.b64encode(gzip.compress(BOTH.encode(), mtime=0)).decode(),
    "base64, utf-16": base64.b64encode(BOTH.encode("utf-16-le")).decode(),
    "percent": "".join(f"%{byte:02x}" for byte in BOTH.encode()),
    "hex escapes": "".join(f"\\x{byte:02x}" for byte in BOTH.encode()),
    "base64, base64, gzip": b64("x: " + base64.b64encode(gzip.compress(BOTH.encode(), mtime=0)).decode()),
}


@pytest.mark.parametrize(("how", "value"), TOGETHER.items(), ids=TOGETHER)
def test_all_secrets_of_one_encoded_value_are_found(program: Program, how: str, value: str) -> None:
    found = [one for one in scan(program, f"value: {value}\n".encode()) if one.rule_id == "github-pat"]
    assert {one.secret.reveal() for one in found} == {TOKEN.encode(), OTHER.encode()}
    assert [one.attributes["decoded"] for one in found] == [how, how]


def test_a_secret_that_an_encoded_value_repeats_is_reported_once(program: Program) -> None:
    value = base64.b64encode(gzip.compress((BOTH + BOTH).encode(), mtime=0)).decode()
    found = [one for one in scan(program, f"value: {value}\n".encode()) if one.rule_id == "github-pat"]
    assert len(found) == 2


def test_escapes_of_a_line_are_walked_once_for_all_its_findings(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = []

    class Counting(derived.WayBack):
        def __init__(self, line: bytes) -> None:
            walked.append(line)
            super().__init__(line)

    monkeypatch.setattr(derived, "WayBack", Counting)
    tokens = [fill("{{github-crc32:ghp_}}", seed=f"line {n}") for n in range(20)]
    data = json.dumps({"a": "".join(f'k = "{token}"\n' for token in tokens)}).encode()
    found = [one for one in scan(program, data, b"x.json") if one.rule_id == "github-pat"]
    assert [data[one.span.start : one.span.end].decode() for one in found] == tokens
    assert len(walked) == 1


def test_every_member_of_a_gzip_stream_is_read(program: Program) -> None:
    members = [gzip.compress(text.encode(), mtime=0) for text in ("", "first: words\n", f"k: {TOKEN}\n")]
    data = f"value: {base64.b64encode(b''.join(members)).decode()}\n".encode()
    (finding,) = (one for one in scan(program, data) if one.rule_id == "github-pat")
    assert finding.secret.reveal() == TOKEN.encode()
