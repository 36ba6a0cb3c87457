"""The lines that a version of a file has and the version before it has not."""

from __future__ import annotations

from secretscan.model.span import Span


def added_spans(old: bytes, new: bytes) -> tuple[Span, ...]:
    """Return the ranges of `new` whose lines stand nowhere in `old`, joined where they touch.

    A line that only moved is not new, nor is one whose line ending changed: what it holds was committed
    before. Lines end with the byte 0x0A, which holds for UTF-16 too, as both versions are cut alike.
    """
    known = {line.rstrip(b"\r") for line in old.split(b"\n")}
    spans: list[Span] = []
    start = end = at = 0
    for line in new.split(b"\n"):
        after = at + len(line) + 1
        if line.rstrip(b"\r") not in known:
            if at != end or end == 0:
                if end > start:
                    spans.append(Span(start, end))
                start = at
            end = after
        at = after
    end = min(end, len(new))  # the last line has no newline to count
    if end > start:
        spans.append(Span(start, end))
    return tuple(spans)
