"""How far into a match of a pattern its last newline can stand: what a change of one line may touch."""

from __future__ import annotations

from secretscan.rules.tree import NEWLINE, Bytes, Choice, Repeat, Seq, parse, widths


def newline_reach(pattern: str) -> int:
    """Return the most bytes from the start of a match of `pattern` to just after the last newline in it.

    0 when no match can hold a newline.
    """
    return _last_newline(parse(pattern))


def _last_newline(seq: Seq) -> int:
    found = width = 0
    for item in seq.items:
        inside = 0
        match item:
            case Bytes(members):
                inside = int(NEWLINE in members)
            case Repeat(body, _, most):
                if reach := _last_newline(body):
                    inside = (most - 1) * widths(body)[1] + reach
            case Choice(options):
                inside = max(map(_last_newline, options), default=0)
            case _:
                pass
        if inside:
            found = max(found, width + inside)
        width += widths(item)[1]
    return found
