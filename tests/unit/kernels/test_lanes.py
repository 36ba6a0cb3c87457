"""The code of `emit` does what `lanes` says in Python, at every place of a text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_calls import callable_part

LENGTH = 64


@given(st.binary(min_size=LENGTH, max_size=LENGTH), st.integers(0, LENGTH))
@settings(max_examples=200, deadline=None)
def test_bytes_at_any_place(text: bytes, at: int) -> None:
    import numpy as np

    from secretscan.kernels import lanes

    data = np.frombuffer(text, dtype=np.uint8)
    if at <= LENGTH - 4:
        told = int.from_bytes(text[at : at + 4], "little")
        assert callable_part(lanes.four_at)(data, at) == lanes.four_at(data, at) == told
    if at <= LENGTH - lanes.LINE_BYTES:
        told = sum(1 << n for n in range(lanes.LINE_BYTES) if text[at + n] == 10)
        assert callable_part(lanes.newlines)(data, at) == lanes.newlines(data, at) == told


@given(
    st.lists(st.sampled_from(b"\n\r\0a%&\\$'[+,-/09:@AZ[`z{\x80\xb1\xe1"), min_size=LENGTH, max_size=LENGTH),
    st.integers(0, 32),
)
@settings(max_examples=300, deadline=None)
def test_bytes_of_a_kind_among_others(members: list[int], at: int) -> None:
    import numpy as np

    from secretscan.kernels import lanes
    from secretscan.kernels.encoded import VALUES

    data = np.array(members, dtype=np.uint8)
    for part, told in (
        (lanes.newlines, [byte == 10 for byte in members]),
        (lanes.specials, [byte in b"%&\\" for byte in members]),
        (lanes.characters, [VALUES[byte] != 255 for byte in members]),
    ):
        bits = sum(one << n for n, one in enumerate(told[at : at + lanes.LINE_BYTES]))
        assert callable_part(part)(data, at) == part(data, at) == bits


@given(
    st.lists(st.sampled_from(b"azAZ09+/=_.-" * 4 + b"@[`{:,*^ \xe1\xb5\x00"), min_size=16, max_size=16),
    st.integers(0, 255),
    st.integers(0, 15),
)
@settings(max_examples=400, deadline=None)
def test_token_bytes(members: list[int], any_byte: int, at: int) -> None:
    import numpy as np

    from secretscan.kernels import lanes
    from secretscan.kernels.words import TOKEN, byte_classes

    for data in (np.array(members, dtype=np.uint8), np.full(16, ord("a"), dtype=np.uint8)):
        data[at] = any_byte
        told = bool(callable_part(lanes.are_tokens)(data, 0))
        assert told == bool(lanes.are_tokens(data, 0)) == bool((byte_classes()[data] & TOKEN).all())


@given(st.integers(1, (1 << 64) - 1))
@settings(deadline=None)
def test_the_ends_of_a_word(number: int) -> None:
    import numpy as np

    from secretscan.kernels import lanes

    word = np.uint64(number)
    assert callable_part(lanes.lowest)(word) == lanes.lowest(word) == f"{number:b}"[::-1].index("1")
    assert callable_part(lanes.highest)(word) == lanes.highest(word) == len(f"{number:b}") - 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 1.0])
def test_probes_tell_which_bits_are_set(share: float) -> None:
    import numpy as np

    from secretscan.kernels import lanes

    rng = np.random.default_rng(7)
    set_bits = rng.random((1 << lanes.WORD_BITS, 32)) < share
    bits = (set_bits << np.arange(32)).sum(axis=1).astype(np.uint32)
    data = rng.integers(0, 256, 400, dtype=np.uint8)
    for at in range(len(data) - lanes.REACH + 1):
        told = callable_part(lanes.probe)(data, at, bits)
        assert told == lanes.probe(data, at, bits)
        for lane in range(lanes.LANES):
            gram = int(lanes.four_at(data, at + 2 * lane)) | lanes.FOLD
            hashed = gram * lanes.HASH % (1 << 32)
            own = set_bits[hashed >> 16]
            assert bool(told >> lane & 1) == bool(own[hashed >> 11 & 31] and own[hashed & 31])


@pytest.mark.parametrize("seed", range(5))
def test_squares_are_turned_over(seed: int) -> None:
    import numpy as np

    from secretscan.kernels import lanes

    rng = np.random.default_rng(seed)
    side, step, at, to = lanes.LANES, 20, 3, 5
    source = rng.integers(0, 1 << 32, 100, dtype=np.uint32)
    before = rng.integers(0, 1 << 32, 200, dtype=np.uint32)
    square = source[at:][: side * side].reshape(side, side)
    wanted = before.copy()
    for column in range(side):
        wanted[to + step * column :][:side] = square[:, column]
    for part in (lanes.turn_over, callable_part(lanes.turn_over)):
        target = before.copy()
        part(source, np.uint64(at), target, np.uint64(to), np.uint64(step))
        assert target.tolist() == wanted.tolist()

    places = rng.integers(0, 150, side)
    wanted = source.copy()
    for row in range(side):
        for column in range(side):
            wanted[at + row * side + column] ^= before[places[column] + to + row]
    for part in (lanes.turn_in, callable_part(lanes.turn_in)):
        target = source.copy()
        part(before, places, np.uint64(to), target, np.uint64(at))
        assert target.tolist() == wanted.tolist()


def test_salsa_is_that_of_the_standard() -> None:
    import numpy as np

    from secretscan.baseline.scrypt import _salsa20_8
    from secretscan.kernels import lanes

    rng = np.random.default_rng(11)
    size = lanes.LANES * lanes.SALSA_WORDS
    state = rng.integers(0, 1 << 32, size, dtype=np.uint32)
    block = rng.integers(0, 1 << 32, size + 40, dtype=np.uint32)
    wanted = np.empty(size, dtype=np.uint32)
    for lane in range(lanes.LANES):
        mixed = state[lane :: lanes.LANES] ^ block[7:][lane : size : lanes.LANES]
        wanted[lane :: lanes.LANES] = _salsa20_8(mixed.tolist())
    for part in (lanes.salsa, callable_part(lanes.salsa)):
        own, out = state.copy(), np.zeros(size + 9, dtype=np.uint32)
        part(own, block, np.uint64(7), out, np.uint64(9))
        assert own.tolist() == out[9:].tolist() == wanted.tolist()
        assert not out[:9].any()
