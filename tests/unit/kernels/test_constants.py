"""What a kernel and its twin must both know, and neither can take from the other: a twin runs without numba."""

from __future__ import annotations

from secretscan.engine import familytables, traits, versions, windows, wordy
from secretscan.engine.decode import runs
from secretscan.engine.prefilter import hyperscan
from secretscan.rules import automaton
from secretscan.sources.git.pack import delta
from secretscan.sources.git.pack.forest import NO_NODE


def test_kernels_and_their_twins_have_the_same_constants() -> None:
    from secretscan.kernels import closing, deltas, encoded, forest, names, parts, words

    assert (closing.END_BITS, closing._WHAT) == (hyperscan.END_BITS, hyperscan.HIT_MASK)
    assert len(traits.ALL_KINDS) <= closing.KINDS
    assert words._LONGEST_WORDY == wordy._LONGEST
    assert words._SHORTEST_VALUE == wordy._SHORTEST_VALUE
    assert (encoded._SHORTEST, encoded._SHORTEST_HEX) == (runs.SHORTEST_RUN, runs._SHORTEST_HEX)
    assert encoded._HEAD == runs._HEAD
    assert (parts.NO_BASE, parts.NO_TEXT) == (versions.NO_BASE, versions.NO_TEXT)
    assert (deltas._MAX_VARINT_BYTES, deltas._WHOLE_COPY) == (delta._MAX_VARINT_BYTES, delta._WHOLE_COPY)
    assert (forest.ROOT, names._HEAD_BYTES) == (NO_NODE, familytables.HEAD_BYTES)
    assert names._PATTERNS == automaton.MAX_PATTERNS
    assert familytables._BUCKETS * familytables.HEAD_BYTES == 64  # kernels.names._candidates
    assert (automaton.DEAD, automaton.START) == (0, 1)  # kernels.names._follow
    assert windows._WRAPPED_FROM == 57  # kernels.parts.is_wrapped


def test_nothing_that_holds_text_shows_it() -> None:
    from secretscan.model.provenance import WorkTreeFile

    text = b"what nobody should see"
    version = versions.HeldVersion(1, text, WorkTreeFile(b"a.py"))
    assert "nobody" not in repr(version) + repr(versions.cut_parts([version], [versions.NO_BASE]))
