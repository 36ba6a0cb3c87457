"""What a kernel and its twin must both know, and neither can take from the other: a twin runs without numba."""

from __future__ import annotations

from secretscan.engine import needles, needletables, rarity, searchtables, traits, versions, windows, wordy
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
    assert forest.ROOT == NO_NODE
    assert names._PATTERNS == automaton.MAX_PATTERNS
    assert (automaton.DEAD, automaton.START) == (0, names.START)  # kernels.names.follow
    assert windows._WRAPPED_FROM == 57  # kernels.parts.is_wrapped


def test_the_tables_of_needles_are_made_as_kernels_read_them() -> None:
    from secretscan.kernels import around, grams, lanes, runs
    from secretscan.kernels import needlerows as kernel

    for module, names in ((lanes, ("HASH", "WORD_BITS", "BIT_BITS")), (grams, ("SLOT_BITS", "PLACE_BITS"))):
        for name in names:
            assert getattr(needletables, name) == getattr(module, name)
    assert rarity.GRAM_BYTES == grams.GRAM_BYTES
    assert rarity.folded(0) * 0x01010101 == lanes.FOLD
    assert (needletables.ROW_BITS, needletables.COLUMNS) == (grams.ROW_BITS, kernel.KINDS + 1)
    assert needletables.ANY_SPAN == around.ANY_SPAN
    assert (needles.RULE, needles.KIND_RULE, needles.FAMILY) == (kernel.RULE, kernel.KIND_RULE, kernel.FAMILY)
    assert searchtables.LONG_RUN >= runs.LONG_RUN
    assert needles.MOST_NEEDED <= 8  # bits of kernels.needlerows.Needles.members


def test_nothing_that_holds_text_shows_it() -> None:
    from secretscan.model.provenance import WorkTreeFile

    text = b"what nobody should see"
    version = versions.HeldVersion(1, text, WorkTreeFile(b"a.py"))
    assert "nobody" not in repr(version) + repr(versions.cut_parts([version], [versions.NO_BASE]))
