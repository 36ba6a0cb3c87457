"""A kernel is machine code that trusts what it is given: only arrays of its types get that far."""

from __future__ import annotations

import pytest


def test_a_kernel_takes_no_other_arrays_than_its_own() -> None:
    import numpy as np

    from secretscan.kernels.around import gather

    data, room = np.frombuffer(b"some text", dtype=np.uint8), np.zeros(64, dtype=np.uint8)
    lows, highs, places = np.array([0, 5]), np.array([4, 9]), np.zeros(2, dtype=np.int64)
    assert gather(data, lows, highs, 2, room, places) == 10
    assert bytes(room[:10]) == b"some\ntext\n"
    locked = room.copy()
    locked.flags.writeable = False
    for wrong in (
        room.astype(np.int64),
        room[::2],
        room.reshape(8, 8),
        locked,
        bytearray(64),
        None,
    ):
        with pytest.raises(TypeError, match="gather"):
            gather(data, lows, highs, 2, wrong, places)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="argument"):
        gather(data, lows, highs, 2, room)  # type: ignore[call-arg]


def test_a_kernel_that_is_not_loaded_says_so() -> None:
    from secretscan.kernels.compiled import KERNELS, NUMBER, Kernel

    assert len({kernel.name for kernel in KERNELS}) == len(KERNELS)
    alone = Kernel(len, NUMBER, (NUMBER,))
    with pytest.raises(RuntimeError, match="len is not loaded"):
        alone(1)


def test_a_kernel_that_needs_more_than_it_may_is_not_built() -> None:
    import numpy as np

    from secretscan.kernels.build import build
    from secretscan.kernels.compiled import NUMBER, Kernel

    def ask_for_memory(size: int) -> int:
        return len(np.zeros(size))

    def fail(size: int) -> int:
        return 1 // size

    with pytest.raises(ValueError, match="ask_for_memory needs NRT_"):
        build([Kernel(ask_for_memory, NUMBER, (NUMBER,))], ())
    assert len(build([Kernel(fail, NUMBER, (NUMBER,))], ())) == 1
