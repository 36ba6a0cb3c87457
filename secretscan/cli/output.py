"""Where a report goes: standard output as bytes, or a file written in one step."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from secretscan.errors import OutputError


def check_output(output: str) -> None:
    """Raise OutputError when a report could not be written to `output`: better before a long scan than after."""
    if not output:
        return
    target = Path(output)
    folder = target.parent
    if not folder.is_dir():
        raise OutputError(
            f"{output}: the folder {folder} does not exist", help=f"create it: mkdir -p {folder}"
        )
    if target.is_dir():
        raise OutputError(f"{output} is a folder", help="name a file with --output")
    where = target if target.exists() else folder
    if not os.access(where, os.W_OK):
        raise OutputError(f"{output} cannot be written: permission denied", help="choose another --output")


def write_output(text: str, output: str) -> None:
    """Write `text` as UTF-8 to the file `output` in one step, or to standard output when it is empty.

    A terminal gets its own encoding, with `?` for what it cannot show. Raises OutputError.
    """
    if not output:
        encoding = (sys.stdout.encoding or "utf-8") if sys.stdout.isatty() else "utf-8"
        _write_stdout(text.encode(encoding, "replace"))
        return
    try:
        _write_file(Path(output), text)
    except OSError as error:
        raise OutputError(
            f"{output} cannot be written: {error.strerror or type(error).__name__}",
            help="choose another --output",
        ) from error


def _write_stdout(content: bytes) -> None:
    """Write `content` to standard output. Raises OutputError when it is full, BrokenPipeError when nobody reads."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OutputError(
            f"standard output cannot be written: {error.strerror or type(error).__name__}",
            help="make room, or name a file with --output",
        ) from error


def _write_file(target: Path, text: str) -> None:
    """Replace a regular file atomically; write straight to a device or pipe, such as /dev/stderr."""
    if target.exists() and not target.is_file():
        target.write_bytes(text.encode())
        return
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".secretscan-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
