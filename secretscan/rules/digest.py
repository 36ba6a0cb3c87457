"""The digest that stands for a set of rule files, in reports and as the key of the compiled-rules cache."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path


def rules_digest(files: Iterable[Path]) -> str:
    """Return 32 hexadecimal digits that change with the name or the content of any of `files`.

    Called at every start, so it reads bytes and parses nothing. Folders do not count: a wheel and a checkout
    of the same rules agree. Raises `OSError` when a file cannot be read.
    """
    whole = blake2b(digest_size=16)
    for path in sorted(files, key=lambda path: path.name):
        # Hashed one by one, so that moving bytes between a name and a file cannot give the same digest.
        whole.update(blake2b(path.name.encode("utf-8", "surrogateescape"), digest_size=16).digest())
        whole.update(blake2b(path.read_bytes(), digest_size=16).digest())
    return whole.hexdigest()
