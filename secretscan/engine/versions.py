"""Versions of files, many at once, and what of them to look at."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from secretscan.engine.decode.places import is_json
from secretscan.engine.textform import text_form
from secretscan.engine.windows import WORTH_PERCENT, Range, is_wrapped, margins, seams
from secretscan.model.provenance import Provenance

NO_BASE: Final = -1
"""In place of a base's number or size: there is none."""
NO_TEXT: Final = -1
"""In place of where a part starts: there is none."""

Copies = Sequence[tuple[int, int, int]]
"""Ranges (offset in the base, offset here, length) that a version shares with its base."""


class Version(Protocol):
    """One object to scan."""

    @property
    def number(self) -> int:
        """Its number among all objects of the scan."""
        ...

    @property
    def path(self) -> bytes:
        """The path it is scanned under."""
        ...

    @property
    def size(self) -> int:
        """Bytes of its text."""
        ...

    @property
    def base(self) -> int:
        """Number of the version it is a delta of: of this batch, before it, or of an earlier one."""
        ...

    @property
    def data(self) -> bytes:
        """Its text."""
        ...

    @property
    def copies(self) -> Copies:
        """The ranges (offset in the base, offset here, length) that it shares with its base."""
        ...

    @property
    def provenance(self) -> Provenance:
        """Where it comes from."""
        ...


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version held in memory for itself."""

    number: int
    data: bytes = field(repr=False)
    provenance: Provenance
    base: int = NO_BASE
    copies: Copies = ()

    @property
    def path(self) -> bytes:
        """The path it is scanned under."""
        return self.provenance.path

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return len(self.data)


class Cut(NamedTuple):
    """What of many versions to look at, in one buffer."""

    text: bytes
    starts: Sequence[int]
    """Where the part of each version starts, ascending; `NO_TEXT` for one in UTF-16, which is not looked at."""
    is_delta: Sequence[int]
    """Whether only what differs from its base is in the part of a version."""
    may_decode: Sequence[int]
    """Whether encoded text may go on over the edges of a part, or depends on more than the part."""
    binary: Container[int] = ()
    """Numbers of the versions that are binary data."""

    def __repr__(self) -> str:
        """Show no text: it may hold secrets."""
        return f"Cut({len(self.text)} bytes of {len(self.starts)} versions)"


def cut_parts(versions: Sequence[Version], base_sizes: Sequence[int]) -> Cut:
    """Return what of `versions` to look at: of a delta, whole lines around what differs from its base.

    Given for each the size of the base that it may be looked at as a delta of, `NO_BASE` without one.
    """
    pieces: list[bytes] = []
    starts: list[int] = []
    is_delta, may_decode = bytearray(len(versions)), bytearray(len(versions))
    binary = set()
    size = 0
    for n, version in enumerate(versions):
        data, path = version.data, version.path
        form = text_form(data)
        if form.derived is not None:
            starts.append(NO_TEXT)
            continue
        starts.append(size)
        if form.is_binary:
            binary.add(n)
            pieces += (b"\n", data)
            size += 1 + len(data)
            continue
        ranges, is_delta[n] = _ranges(data, version.copies, base_sizes[n])
        for low, high in ranges:
            piece = data[low:high]
            pieces += (b"\n", piece)
            size += 1 + high - low
            escapes = b"\\" in piece and is_json(path, data)
            may_decode[n] |= escapes or is_wrapped(data, low) or is_wrapped(data, high)
    return Cut(b"".join(pieces), starts, is_delta, may_decode, binary)


def _ranges(data: bytes, copies: Copies, base_size: int) -> tuple[list[Range], bool]:
    """Return what of a version to look at, and whether that is only what differs from a base of `base_size`."""
    whole: Range = (0, len(data))
    if base_size == NO_BASE:
        return [whole], False
    ranges = margins(data, seams(copies, base_size, len(data)))
    if 100 * sum(high - low for low, high in ranges) > WORTH_PERCENT * len(data):
        return [whole], False
    return ranges, True
