"""Standard input as one blob."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from secretscan.model.blob import Blob, Skipped
from secretscan.model.paths import printable_path
from secretscan.model.provenance import WorkTreeFile


def stdin_blobs(stream: BinaryIO, name: bytes, *, max_bytes: int) -> Iterator[Blob | Skipped]:
    """Yield what `stream` holds as one blob called `name`.

    A stream over the limit is scanned up to it, and the rest is stated as not read: a pipe cannot be read
    again, and dropping all of it would waste what came.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        yield Blob(data[:max_bytes], WorkTreeFile(name))
        yield Skipped(printable_path(name), f"what follows the first {max_bytes} bytes")
        return
    yield Blob(data, WorkTreeFile(name))
