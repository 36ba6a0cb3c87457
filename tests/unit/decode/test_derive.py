from __future__ import annotations

import base64
import gzip
import json
import random
import time
import urllib.parse

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.decode import MAX_INFLATED_BYTES, MAX_OUTPUT_BYTES, Derived, derive

WORDS = b"user: deploy\npassword: Plum-orchard-77\n"


def b64(data: bytes) -> bytes:
    return base64.b64encode(data)


def texts(data: bytes, path: bytes = b"a.txt") -> dict[str, Derived]:
    return {derived.how: derived for derived in derive(data, path)}


def place(derived: Derived, needle: bytes) -> tuple[int, int]:
    start = derived.data.index(needle)
    assert derived.is_new(start, start + len(needle))
    return derived.origin(start, start + len(needle))


VALUE = b"Plum-orchard-77 and more words"
ENCODED = [
    ("base64", b64(VALUE)),
    ("base64", b64(VALUE).rstrip(b"=")),
    ("base64url", base64.urlsafe_b64encode(b"subjects??>>~~ " + VALUE)),
    ("hex", VALUE.hex().encode()),
    ("hex", VALUE.hex().upper().encode()),
    ("percent", b"%50%6C%75%6d-orchard-77%20and%20more%20words"),
    ("hex escapes", "".join(f"\\x{byte:02x}" for byte in VALUE).encode()),
    ("unicode escapes", "".join(f"\\u{byte:04X}" for byte in VALUE).encode()),
    ("entities", b"Plum&#45;orchard&#x2d;77&#32;and&#x20;more words"),
    ("base64, gzip", b64(gzip.compress(VALUE, mtime=0))),
    ("base64, utf-16", b64(VALUE.decode().encode("utf-16-le"))),
]


@pytest.mark.parametrize(
    ("how", "encoded"), ENCODED, ids=[f"{how}-{at}" for at, (how, _) in enumerate(ENCODED)]
)
@pytest.mark.parametrize(
    "around", [(b'key = "', b'"\n'), (b"\n\nkey: ", b"\nnext"), (b"", b"")], ids=["code", "yaml", "alone"]
)
def test_encoded_value_is_decoded_and_leads_back(
    how: str, encoded: bytes, around: tuple[bytes, bytes]
) -> None:
    before, after = around
    derived = texts(before + encoded + after)[how]
    start, end = place(derived, VALUE[:16])
    assert len(before) <= start < end <= len(before) + len(encoded)
    assert place(derived, VALUE)[1] == len(before) + len(encoded)


def test_what_stands_around_a_value_is_kept() -> None:
    (derived,) = derive(b"# head\nspec:\n  DB_PASSWORD: " + b64(VALUE) + b"  # note\nlast: 1\n", b"a.yaml")
    assert derived.data == b"  DB_PASSWORD: " + VALUE + b"  # note"
    assert not derived.is_new(0, 15)
    assert derived.is_new(14, 17)


def test_origin_of_base64_is_as_fine_as_its_quanta() -> None:
    text = b"x = " + b64(b"0123456789" * 6)
    (derived,) = derive(text, b"")
    at = derived.data.index(b"345")
    start, end = derived.origin(at, at + 3)
    assert b"345" in base64.b64decode(text[4 + (start - 4) // 4 * 4 : 4 + -(-(end - 4) // 4) * 4])
    assert end - start <= 5


def test_lines_between_values_are_kept_as_empty_ones() -> None:
    text = (
        b"a: "
        + b64(VALUE)
        + b"\n"
        + b"between\n" * 5
        + b"b: "
        + b64(VALUE)
        + b"\n"
        + b"more\n" * 90
        + b"c: "
        + b64(VALUE)
    )
    (derived,) = derive(text, b"")
    lines = derived.data.split(b"\n")
    assert [number for number, line in enumerate(lines) if line] == [0, 6, 26]


def test_wrapped_base64_is_one_text() -> None:
    plain = b"first line of a file\n" * 8 + b"password = Plum-orchard-77\n"
    wrapped = base64.encodebytes(plain)
    (derived,) = derive(b"data: |\n" + wrapped.replace(b"\n", b"\n    ").rstrip(b" "), b"a.yaml")
    assert plain in derived.data
    start, end = place(derived, b"orchard")
    assert end - start < 80


def test_nested_encodings_come_out_one_by_one() -> None:
    text = b"data: " + b64(b"inner: " + b64(WORDS))
    (outer,) = derive(text, b"")
    (inner,) = derive(outer.data, b"")
    assert WORDS.rstrip() in inner.data


def test_helm_release_is_unpacked() -> None:
    release = b64(
        b64(gzip.compress(json.dumps({"config": {"password": "Plum-orchard-77"}}).encode(), mtime=0))
    )
    manifest = b"apiVersion: v1\nkind: Secret\ndata:\n  release: " + release + b"\n"
    (outer,) = derive(manifest, b"r.yaml")
    inner = texts(outer.data, b"r.yaml")["base64, gzip"]
    assert b'"password": "Plum-orchard-77"' in inner.data


def test_short_values_of_a_kubernetes_secret_are_decoded() -> None:
    manifest = (
        b"kind: Secret\ndata:\n  password: " + b64(b"hunter42!") + b"\n  username: " + b64(b"admin") + b"\n"
    )
    assert b"password: hunter42!\n  username: admin" in texts(manifest, b"s.yaml")["base64"].data
    listed = json.dumps({"kind": "Secret", "data": {"password": b64(b"hunter42!").decode()}}).encode()
    assert b'"password": "hunter42!"' in texts(listed, b"s.json")["base64"].data
    assert "base64" not in texts(manifest.replace(b"Secret", b"ConfigMap"), b"s.yaml")


def test_json_inside_a_string_is_read() -> None:
    text = b'body = "{\\"password\\": \\"Plum-orchard-77\\", \\"path\\": \\"a\\\\\\\\b\\"}"\n'
    derived = texts(text, b"a.py")["string in string"]
    assert b'{"password": "Plum-orchard-77"' in derived.data
    assert derived.is_new(derived.data.index(b"Plum"), derived.data.index(b"Plum") + 4)
    assert (
        text[slice(*derived.origin(derived.data.index(b"Plum"), derived.data.index(b"Plum") + 15))]
        == b"Plum-orchard-77"
    )


def test_env_file_inside_a_string_is_read() -> None:
    derived = texts(b'"env": "A=1\\nDB_PASSWORD=plum\\nB=2"\n', b"a.yaml")["string in string"]
    assert b"\nDB_PASSWORD=plum\nB=2" in derived.data


def test_notebook_cells_are_read_as_code() -> None:
    cell = json.dumps({"source": ['password = "Plum-orchard-77"\n']}).encode()
    assert b'password = "Plum-orchard-77"\n' in texts(cell, b"n.ipynb")["string in string"].data


@pytest.mark.parametrize(
    "text",
    [
        b"sha512-" + b64(b"printable by some chance, it may be so"),
        b'<img src="data:image/svg+xml;base64,' + b64(b"<svg>" + b"text " * 20) + b'">',
        b"//# sourceMappingURL=data:application/json;base64," + b64(b'{"version":3,"sources":["a.ts"]}'),
        b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        b"import org/apache/commons/configuration/PropertiesConfiguration",
        b"AbstractSingletonProxyFactoryBeanImplementation",
        b'print("100%d %s 50%") or "\\n" + "\\x00\\x01\\x02" + "\\u00e9"',
        b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(random.Random(3).randbytes(300)),
        b"a && b; c &nbsp; d &#0; &#200;",
        b64(random.Random(5).randbytes(2000)),
        b"token = "
        + b64(b'{"alg":"HS256"}').rstrip(b"=")
        + b"."
        + b64(b'{"sub":"deploy-bot"}').rstrip(b"=")
        + b".c2ln",
    ],
)
def test_what_stands_for_no_text_is_left_alone(text: bytes) -> None:
    assert list(derive(text, b"a.txt")) == []


@pytest.mark.parametrize("path", [b"web/app.min.js", b"app.js.map", b"logo.svg"])
def test_bundles_are_left_alone(path: bytes) -> None:
    assert list(derive(b"k = " + b64(VALUE), path)) == []


def test_digests_of_lock_files_are_left_alone() -> None:
    assert list(derive(b"k = " + b64(VALUE), b"x/package-lock.json")) == []


def test_gzip_bomb_is_cut() -> None:
    bomb = b"data: " + b64(gzip.compress(b"A1b " * (MAX_INFLATED_BYTES // 2), mtime=0))
    began = time.process_time()
    total = sum(len(derived.data) for derived in derive((bomb + b"\n") * 12, b""))
    assert total <= MAX_OUTPUT_BYTES + MAX_INFLATED_BYTES + 1000
    assert time.process_time() - began < 5


def test_damaged_gzip_is_left_alone() -> None:
    assert list(derive(b"data: " + b64(b"\x1f\x8b\x08" + random.Random(1).randbytes(60)), b"")) == []


@pytest.mark.parametrize(
    "text",
    [
        b"%41" * 200_000,
        b"\\x41" * 200_000,
        b"A" * 1_000_000,
        b"aB3_" * 250_000,
        b'\\":' * 300_000,
        b"&#65;" * 200_000,
    ],
    ids=["percent", "hex escapes", "one run", "url-safe", "quotes", "entities"],
)
def test_hostile_text_costs_little(text: bytes) -> None:
    began = time.process_time()
    assert sum(len(derived.data) for derived in derive(text, b"a.json")) <= len(text) + 1000
    assert time.process_time() - began < 10


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    before=st.binary(max_size=60),
    after=st.binary(max_size=60),
    value=st.text("abcdeFGH123 :=_\n", min_size=16, max_size=90),
)
def test_surrounding_bytes_never_hide_an_encoded_value(before: bytes, after: bytes, value: str) -> None:
    encoded = b64(value.encode() + b" Plum-orchard-77")
    text = before + b' "' + encoded + b'" ' + after
    found = [derived for derived in derive(text, b"") if b"Plum-orchard-77" in derived.data]
    assert found
    start, end = place(found[0], b"Plum-orchard-77")
    assert len(before) + 2 <= start < end <= len(before) + 2 + len(encoded)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from([b"", b"a.json", b"a.yaml"]))
def test_any_bytes_can_be_given(data: bytes, path: bytes) -> None:
    for derived in derive(data, path):
        for start in range(0, len(derived.data), 7):
            low, high = derived.origin(start, min(start + 5, len(derived.data)))
            assert 0 <= low < high <= len(data)


@pytest.mark.parametrize("length", range(18, 30))
@pytest.mark.parametrize("before", [b"\\n", b"-", b'"'])
def test_runs_of_every_length_are_taken(length: int, before: bytes) -> None:
    """A line break escape before a run once left a length that base64 cannot have."""
    text = before + b"nUbd4B5cE7fG9hI2jK3lM5nO7pQ9r"[:length]
    assert list(derive(text, b"")) == []


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text("nr\\aB1+/=-_.e \n", min_size=15, max_size=120))
def test_any_arrangement_of_run_characters_can_be_given(text: str) -> None:
    for derived in derive(text.encode(), b"a.json"):
        assert derived.data


def test_percent_of_a_url_password() -> None:
    derived = texts(
        urllib.parse.quote("postgres://app:p@ss/w:rd@db/x", safe=":/@").encode().replace(b"p@ss", b"p%40ss")
    )
    assert b"p@ss" in derived["percent"].data
