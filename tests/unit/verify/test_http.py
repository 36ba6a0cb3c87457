"""Verification over HTTP as rules declare it: against a TLS server on loopback, and its refusals."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from secretscan.model.finding import Confidence, Finding, Severity, Status, Verification
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.rules.load import load_rules
from secretscan.rules.model import Rule, VerifyHttp
from secretscan.verify import verify_findings
from secretscan.verify.credential import Credential
from secretscan.verify.http.address import AddressRefusedError, checked_addresses, is_public
from secretscan.verify.http.template import RequestRefusedError, build
from secretscan.verify.http.transport import Answer
from secretscan.verify.http.verdict import verdict
from secretscan.verify.options import VerifyOptions

TOKEN = "tok en/+%&\"'"
"""Awkward on purpose: every place it is filled into must escape it."""


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for `name`, made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{name}.crt", folder / f"{name}.key"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_file, key_file


@dataclass
class Provider:
    """A provider's API on loopback."""

    port: int
    ca_file: Path
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[], tuple[int, dict[str, str], bytes]] = lambda: (200, {}, b"{}")

    def url(self, path: str = "/me") -> str:
        return f"https://localhost:{self.port}{path}"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    cert, key = certificate(tmp_path, "localhost")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.seen.append((self.command, self.path, dict(self.headers), body))
            status, headers, data = made.answer()
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made = Provider(server.server_port, cert)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def rule(declared: VerifyHttp) -> Rule:
    return Rule("demo", "Demo", "", "demo", Severity.HIGH, Confidence.HIGH, "", verify=declared)


def ask(provider: Provider, declared: VerifyHttp, secret: str = TOKEN, **options: Any) -> Verification:
    one = Finding("demo", Secret(secret.encode()), Span(0, 1), Region(1, 1, 1, 2), 1.0)
    chosen = {
        "ca_file": provider.ca_file,
        "private_hosts": frozenset({"localhost"}),
        "timeout_s": 2.0,
        **options,
    }
    results = verify_findings([one], {"demo": rule(declared)}, VerifyOptions(**chosen))
    return results["demo", one.secret]


def get(provider: Provider, **changes: Any) -> VerifyHttp:
    return VerifyHttp("GET", provider.url(), {"Authorization": "Bearer {secret}"}, **changes)


def answering(provider: Provider, status: int, body: object = b"", **headers: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    provider.answer = lambda: (status, named, data)


def test_the_declared_proof_makes_it_active_and_names_the_identity(provider: Provider) -> None:
    answering(provider, 200, {"login": "octo", "plan": {"name": "pro"}})
    declared = get(provider, active_body='"login"', identity=("login", "plan.name"))
    assert ask(provider, declared) == Verification(Status.ACTIVE, "login=octo, plan.name=pro")
    assert provider.seen[0][2]["Authorization"] == f"Bearer {TOKEN}"
    assert provider.seen[0][2]["User-Agent"].startswith("secretscan/")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>welcome</html>", Status.UNKNOWN),
        (200, b"", Status.UNKNOWN),
        (200, b'"a string"', Status.UNKNOWN),
        (200, b'{"ok": false}', Status.INACTIVE),
        (200, b'{"ok": true}', Status.ACTIVE),
        (401, b"", Status.UNKNOWN),
        (403, b"<html>blocked by the firewall</html>", Status.UNKNOWN),
        (500, b"", Status.UNKNOWN),
    ],
)
def test_status_and_body_decide_together(
    provider: Provider, status: int, body: bytes, expected: Status
) -> None:
    declared = get(provider, active_body='"ok": ?true', inactive_status=(200,), inactive_body='"ok": ?false')
    answering(provider, status, body)
    assert ask(provider, declared, attempts=1).status is expected


def test_a_plain_401_is_inactive_where_the_rule_says_so(provider: Provider) -> None:
    answering(provider, 401, b"Unauthorized")
    assert ask(provider, get(provider)).status is Status.INACTIVE


def test_redirects_are_not_followed(provider: Provider) -> None:
    answering(provider, 302, b"", Location=provider.url("/elsewhere"))
    assert ask(provider, get(provider)) == Verification(Status.UNKNOWN, "redirected (302); not followed")
    assert len(provider.seen) == 1


def test_an_unknown_authority_is_refused(provider: Provider) -> None:
    assert ask(provider, get(provider), ca_file=None).detail == "the TLS certificate was not accepted"
    assert provider.seen == []


def test_a_certificate_of_another_name_is_refused(provider: Provider, tmp_path: Path) -> None:
    url = f"https://other.localhost:{provider.port}/"
    declared = VerifyHttp("GET", url)
    result = ask(provider, declared, private_hosts=frozenset({"other.localhost"}))
    assert result.detail in ("the TLS certificate was not accepted", "no answer")
    assert provider.seen == []


def test_private_addresses_are_refused_unless_named(provider: Provider) -> None:
    result = ask(provider, get(provider), private_hosts=frozenset())
    assert result.status is Status.UNKNOWN
    assert "private address" in result.detail
    assert provider.seen == []


def test_a_hanging_provider_costs_the_timeout(provider: Provider) -> None:
    def hang() -> tuple[int, dict[str, str], bytes]:
        time.sleep(3)
        return 200, {}, b"{}"

    provider.answer = hang
    started = time.monotonic()
    assert ask(provider, get(provider), timeout_s=0.3) == Verification(Status.UNKNOWN, "the time ran out")
    assert time.monotonic() - started < 2


def test_throttling_is_retried_as_long_as_the_provider_says(provider: Provider) -> None:
    def once() -> tuple[int, dict[str, str], bytes]:
        if len(provider.seen) == 1:
            return 429, {"Retry-After": "1"}, b""
        return 200, {}, b'{"login": "x"}'

    provider.answer = once
    started = time.monotonic()
    assert ask(provider, get(provider)).status is Status.ACTIVE
    assert time.monotonic() - started >= 1


def test_a_provider_that_wants_a_long_wait_is_left_alone(provider: Provider) -> None:
    answering(provider, 429, b"", Retry_After="3600")
    assert ask(provider, get(provider)).status is Status.UNKNOWN
    assert len(provider.seen) == 1


def test_a_body_carries_the_secret_escaped(provider: Provider) -> None:
    answering(provider, 200, {})
    declared = VerifyHttp(
        "POST", provider.url(), {"Content-Type": "application/json"}, '{"token": "{secret}"}'
    )
    ask(provider, declared)
    assert json.loads(provider.seen[0][3]) == {"token": TOKEN}


def test_an_identity_that_echoes_the_secret_is_left_out(provider: Provider) -> None:
    answering(provider, 200, {"login": f"echo {TOKEN}"})
    result = ask(provider, get(provider, identity=("login",)))
    assert result.status is Status.ACTIVE
    assert TOKEN not in result.detail


def credential(secret: str = TOKEN, **attributes: str) -> Credential:
    return Credential("demo", Secret(secret.encode()), tuple(sorted(attributes.items())))


def test_a_placeholder_in_the_url_is_percent_encoded() -> None:
    request = build(
        VerifyHttp("GET", "https://api.example.com/bot{secret}/me?x={secret}"), credential("a/?#&")
    )
    assert request.target == "/bota%2F%3F%23%26/me?x=a%2F%3F%23%26"


@pytest.mark.parametrize("shop", ["evil.com/", "a.b", "x@y", "", "-a", "a" * 64, "a:1"])
def test_a_found_value_cannot_choose_the_host(shop: str) -> None:
    with pytest.raises(RequestRefusedError):
        build(VerifyHttp("GET", "https://{shop}.example.com/"), credential(shop=shop))


def test_a_found_label_may_stand_in_the_host() -> None:
    assert (
        build(VerifyHttp("GET", "https://{shop}.example.com/"), credential(shop="acme")).host
        == "acme.example.com"
    )


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com/", "https:///x", "//example.com"])
def test_only_https_with_a_host_is_sent(url: str) -> None:
    with pytest.raises(RequestRefusedError):
        build(VerifyHttp("GET", url), credential())


@pytest.mark.parametrize("secret", ["a\r\nX-Evil: 1", "a\nb", "naïve"])
def test_a_value_that_would_break_a_header_is_refused(secret: str) -> None:
    with pytest.raises(RequestRefusedError):
        build(VerifyHttp("GET", "https://example.com/", {"X-Key": "{secret}"}), credential(secret))


def test_a_missing_part_is_named() -> None:
    with pytest.raises(RequestRefusedError, match="account_sid was not found"):
        build(VerifyHttp("GET", "https://example.com/{account_sid}"), credential())


def test_a_request_does_not_show_what_it_carries() -> None:
    declared = VerifyHttp("GET", "https://example.com/{secret}", {"A": "{secret}"}, basic=("{secret}", "x"))
    assert "s3cr3t" not in repr(build(declared, credential("s3cr3t")))


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
    "fe80::1%eth0",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "140.82.121.6", "2606:4700::6810:84e5", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)
    assert ipaddress.ip_address(address)


def test_one_private_address_among_several_refuses_the_host() -> None:
    with pytest.raises(AddressRefusedError):
        checked_addresses("x", 443, lambda host, port: ("8.8.8.8", "10.0.0.1"), frozenset())


SHIPPED = [one for one in load_rules() if one.verify is not None]


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.id)
def test_each_shipped_declaration_builds_a_request_and_a_firewall_page_proves_nothing(shipped: Rule) -> None:
    declared = shipped.verify
    assert declared is not None
    parts = dict.fromkeys(
        ("key_id", "account_sid", "shop", "host", "user", "client_id", "org", "app_id"), "acme"
    )
    try:
        request = build(declared, credential("tokenvalue", **parts))
    except RequestRefusedError as error:
        pytest.skip(f"needs a part of its own: {error}")
    assert "{" not in request.host
    page = Answer(403, b"<html>Access denied by policy</html>")
    assert verdict(declared, page).status is Status.UNKNOWN
    assert verdict(declared, Answer(200, b"<html>captive portal</html>")).status is not Status.ACTIVE


def test_the_named_providers_are_shipped() -> None:
    wanted = [
        "github",
        "gitlab",
        "slack",
        "stripe",
        "npm",
        "pypi",
        "sendgrid",
        "openai",
        "anthropic",
        "huggingface",
        "datadog",
        "digitalocean",
        "twilio",
        "telegram",
        "discord",
    ]
    shipped = {one.provider for one in SHIPPED}
    assert [name for name in wanted if name not in shipped] == []
