"""Plain text in columns, and the way an answer leaves the process."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

from secretscan.cli.aws.options import AwsArguments, AwsFormat
from secretscan.model.paths import printable


def answer(arguments: AwsArguments, command: str, content: Mapping[str, object], text: Iterable[str]) -> None:
    """Write the answer to standard output: `content` as JSON, or the lines of `text`."""
    from secretscan.verify.aws.document import document

    if arguments.format is AwsFormat.JSON:
        sys.stdout.write(document(command, content))
    else:
        sys.stdout.write("".join(f"{printable(line)}\n" for line in text))
    sys.stdout.flush()


def say(line: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{printable(line)}\n")
    sys.stderr.flush()


def fields(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return `label  value` lines with the values in one column. Pairs without a value are left out."""
    known = [(label, value) for label, value in pairs if value]
    width = max((len(label) for label, _ in known), default=0)
    return [f"  {label:<{width}}  {value}" for label, value in known]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows in columns as wide as their widest cell, the header first."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [header, *rows]
    ]


def block(title: str, lines: Sequence[str]) -> list[str]:
    """Return a heading with its lines indented, or nothing when there are none."""
    return [title, *(f"  {line}" for line in lines)] if lines else []
