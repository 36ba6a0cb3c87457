"""A kernel is machine code that trusts what it is given: only arrays of its types get that far."""

from __future__ import annotations

import pytest


def test_a_kernel_takes_no_other_arrays_than_its_own() -> None:
    import numpy as np

    from secretscan.kernels.around import gather, make_finds

    finds = make_finds(2, 0, 64)
    finds.lows[:], finds.highs[:], finds.counts[0] = (0, 5), (4, 9), 2
    data = np.frombuffer(b"some text", dtype=np.uint8)
    assert gather(data, finds, 64) == 10
    assert bytes(finds.gathered[:10]) == b"some\ntext\n"
    assert gather(data, finds, 9) == -1
    room = finds.gathered
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
            gather(data, finds._replace(gathered=wrong), 64)  # type: ignore[arg-type]
        if wrong is not locked:  # it only reads the text
            with pytest.raises(TypeError, match="gather"):
                gather(wrong, finds, 64)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="argument"):
        gather(data, finds[:-1], 64)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="argument"):
        gather(data, finds)  # type: ignore[call-arg]


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
