from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.decode.backslash import WayBack, unescape


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=60), st.booleans())
def test_unescaping_gives_back_what_json_escaped(text: str, ascii_only: bool) -> None:
    escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode()
    assert unescape(escaped) == text.encode()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            ["\\\\", '\\"', "\\n", "\\u0041", "\\u00e9", "\\/", "a", "bc", '"', "\\q", "\0\x01\0"]
        ),
        max_size=20,
    )
)
def test_every_byte_leads_back_to_the_escape_it_came_from(pieces: list[str]) -> None:
    line = "".join(pieces).encode()
    plain = unescape(line)
    way = WayBack(line)
    starts = [way.offset(offset) for offset in range(len(plain))]
    assert starts == sorted(starts)
    assert all(0 <= start < len(line) for start in starts)
    assert way.offset(len(plain)) == len(line)


def test_a_value_between_escapes_is_placed_exactly() -> None:
    line = b'"{\\"a\\": \\"Plum\\u002dorchard\\"}"'
    plain = unescape(line)
    assert plain == b'"{"a": "Plum-orchard"}"'
    at = plain.index(b"orchard")
    assert line[WayBack(line).offset(at) :].startswith(b"orchard")
