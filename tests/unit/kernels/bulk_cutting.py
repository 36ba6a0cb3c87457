"""Versions laid out as a batch of a pack, for `engine.bulkcut.BulkCut`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secretscan.engine.versions import HeldVersion
from secretscan.model.provenance import HistoryObject, Where

if TYPE_CHECKING:
    from secretscan.engine.bulkcut import BulkCut
    from secretscan.engine.bulkscan import BulkScanner, VersionColumns
    from secretscan.engine.scanner import Scanner
    from secretscan.kernels.compiled import Numbers

Row = tuple[bytes, int, list[tuple[int, int, int]], bytes]

_BETWEEN = b"Q" * 70 + b"\n" + b"Q" * 70 + b"\n"
"""Stands between the versions: whoever reads over the edge of one sees other lines, wrapped ones."""
_OTHER_ROW = (3, 7, 2)
"""The same between the copies."""


def held(history: Sequence[Row]) -> list[HeldVersion]:
    """The versions that `histories()` draws."""
    return [
        HeldVersion(n, data, HistoryObject(f"{n:040x}", Where.FILE, path), base, copies)
        for n, (data, base, copies, path) in enumerate(history)
    ]


def bulk_cut(versions: Sequence[HeldVersion]) -> BulkCut:
    """What cuts `versions`, with their bytes and copies among others."""
    import numpy as np

    from secretscan.engine.bulkcut import BulkCut

    made, rows = _BETWEEN, [_OTHER_ROW]
    columns = []
    for version in versions:
        columns.append((len(made), len(version.data), len(rows), len(rows) + len(version.copies)))
        made += version.data + _BETWEEN
        rows += [*version.copies, _OTHER_ROW]
    table = np.array(columns, dtype=np.int64).reshape(-1, 4)
    starts, sizes, first, last = (np.ascontiguousarray(table[:, n]) for n in range(4))
    copies = np.array(rows, dtype=np.int64)
    return BulkCut(np.frombuffer(bytearray(made), dtype=np.uint8), starts, sizes, copies, first, last)


def watched_paths(versions: Sequence[HeldVersion]) -> Numbers:
    """What makes each of `versions` worth decoding."""
    import numpy as np

    from secretscan.engine.bulkcut import watched

    return np.array([watched(version.path) for version in versions], dtype=np.int64)


def bulk_scanner(scanner: Scanner, versions: Sequence[HeldVersion]) -> BulkScanner:
    """What scans `versions` in batches; the screen of `scanner` has kernels."""
    import numpy as np

    from secretscan.engine.bulkscan import BulkScanner
    from secretscan.engine.deltascan import DeltaScanner
    from secretscan.engine.knowncolumns import KnownColumns
    from secretscan.engine.pathtraits import PathTraits

    paths = [version.path for version in versions]
    assert scanner.screen is not None
    known = KnownColumns(np.array([paths.index(path) for path in paths], dtype=np.uint32), paths)
    return BulkScanner(DeltaScanner(scanner), scanner.screen, PathTraits(paths), known)


def version_columns(batch: Sequence[HeldVersion], asked: set[int]) -> VersionColumns:
    """`batch` in columns; `asked` gets those that somebody takes out of them."""
    import numpy as np

    from secretscan.engine.bulkscan import VersionColumns

    def version(n: int) -> HeldVersion:
        asked.add(n)
        return batch[n]

    rows = [(version.number, version.base, version.size) for version in batch]
    numbers, bases, sizes = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return VersionColumns(numbers, bases, sizes, bulk_cut(batch), version)
