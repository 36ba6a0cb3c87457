"""Allow comments: what a person wrote beside a secret to say that it may stay, in our words and the peers'.

    secretscan:allow [rule-id[,rule-id…]] [reason]      this line
    secretscan:allow-next-line [rule-id…] [reason]      the line below
    secretscan:allow-begin … secretscan:allow-end       the lines between, `MAX_BLOCK_LINES` at most

A first word that is a rule id, or a list of words joined by commas, silences those rules alone. So does one that
looks like a rule id that is spelled wrong (`RuleNames.meant`): it silences nothing, and the report says so
(`ignored`). Anything else is the reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection
from functools import lru_cache
from operator import itemgetter

from secretscan.baseline.rulenames import RuleNames

MAX_BLOCK_LINES = 1000
"""Lines an `allow-begin` reaches at most: a forgotten `allow-end` must not blind the rest of a large file."""
MAX_LINE_BYTES = 4096
"""Bytes of a line searched on either side of the secret, which keeps minified files cheap."""

_OURS = re.compile(rb"secretscan:allow(-next-line)?(?![-\w])[ \t:]{0,4}([^\r\n]{0,200})")
_PEERS_SAME = re.compile(
    rb"(?:gitleaks|betterleaks):allow\b|(?:kingfisher|trufflehog):ignore\b|\bggignore\b"
    rb"|(?i:pragma:\s?(?:allow|white)list[ -]secret)"
)
_PEERS_NEXT = re.compile(rb"(?i:pragma:\s?(?:allow|white)list[ -]nextline[ -]secret)")
_RULES = re.compile(rb"[a-z0-9]+(?:-[a-z0-9]+)*(?:,[a-z0-9]+(?:-[a-z0-9]+)*){0,20}(?![^\s:;*/<>#)\]}\"'-])")
_BEGIN = re.compile(rb"secretscan:allow-begin(?![-\w])[ \t:]{0,4}([^\r\n]{0,200})")
_END = re.compile(rb"secretscan:allow-end(?![-\w])")
_BLOCK_MARK = b"secretscan:allow-begin"
_MARKS = (b":allow", b":ignore", b"ggignore", b"ragma:", b"RAGMA:")


def has_comments(data: bytes) -> bool:
    """Whether `data` can hold an allow comment at all: a few substring tests."""
    return any(mark in data for mark in _MARKS)


def has_blocks(data: bytes) -> bool:
    """Whether an `allow-begin` stands in `data`: one substring test, for the whole blob at once."""
    return _BLOCK_MARK in data


def allowed(line: bytes, previous_line: bytes, rule_ids: Collection[str], names: RuleNames) -> str:
    """Return the comment that silences `rule_ids` on `line`, or an empty string. `names` are those of all rules.

    `rule_ids` are the ids one finding goes by: its own and, for a joined finding, those of its parts. One
    named is enough.
    """
    if not has_comments(line) and not has_comments(previous_line):
        return ""
    for match in _OURS.finditer(line):
        if not match[1] and _speaks_for(match[2], rule_ids, names):
            return "secretscan:allow"
    for match in _OURS.finditer(previous_line):
        if match[1] and _speaks_for(match[2], rule_ids, names):
            return "secretscan:allow-next-line"
    found = _PEERS_SAME.search(line) or _PEERS_NEXT.search(previous_line)
    return found[0].decode("ascii") if found else ""


def allowed_at(
    data: bytes,
    start: int,
    end: int,
    rule_ids: Collection[str],
    names: RuleNames,
    *,
    in_blocks: bool = True,
) -> str:
    """Return the comment that silences `rule_ids` at bytes [start, end) of `data`, or an empty string.

    Looks at the first line of the secret, its last line, the line before it, and with `in_blocks` for a block around it,
    which goes through all that is before.
    """
    first = data.rfind(b"\n", 0, start) + 1
    first_end = _line_end(data, start)
    before = (
        data[max(data.rfind(b"\n", 0, first - 1) + 1, first - 1 - MAX_LINE_BYTES) : first - 1]
        if first
        else b""
    )
    line = data[
        max(first, start - MAX_LINE_BYTES) : min(first_end, max(start, min(end, first_end)) + MAX_LINE_BYTES)
    ]
    why = allowed(line, before, rule_ids, names)
    if not why and end > first_end:
        last = data.rfind(b"\n", 0, max(end - 1, 0)) + 1
        why = allowed(data[last : min(_line_end(data, end - 1), end + MAX_LINE_BYTES)], b"", rule_ids, names)
    return why or (_block(data, start, end, rule_ids, names) if in_blocks else "")


def _line_end(data: bytes, at: int) -> int:
    """Return the offset of the newline at or after `at`, or the end of `data`."""
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found


def _block(data: bytes, start: int, end: int, rule_ids: Collection[str], names: RuleNames) -> str:
    """Return `secretscan:allow-begin` when a closed block of bounded length covers the range."""
    blocks = _blocks(data)
    last = bisect_right(blocks, start - len(_BLOCK_MARK), key=itemgetter(0)) - 1
    if last < 0:
        return ""
    _, closed, rest = blocks[last]
    return "secretscan:allow-begin" if closed >= end and _speaks_for(rest, rule_ids, names) else ""


@lru_cache(maxsize=1)
def _blocks(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return where each block begins and ends, -1 for one that counts for nothing, and what stands behind its mark.

    Of the text at hand alone: it may hold thousands of findings, each of which asks.
    """
    ends = [found.start() for found in _END.finditer(data)]
    blocks = []
    begin = data.find(_BLOCK_MARK)
    while begin >= 0:
        opened, n = _BEGIN.match(data, begin), bisect_left(ends, begin)
        closed = ends[n] if opened and n < len(ends) else -1
        if closed >= 0 and data.count(b"\n", begin, closed) > MAX_BLOCK_LINES:
            closed = -1
        blocks.append((begin, closed, opened[1] if opened else b""))
        begin = data.find(_BLOCK_MARK, begin + 1)
    return blocks


def _words(rest: bytes) -> list[str]:
    """Return the first word after the marker, split at commas; nothing when it cannot be rule ids."""
    match = _RULES.match(rest)
    return match[0].decode("ascii").split(",") if match else []


def _speaks_for(rest: bytes, rule_ids: Collection[str], names: RuleNames) -> bool:
    """Whether the text after the marker names one of `rule_ids`, or names no rule at all and means none."""
    words = _words(rest)
    return any(word in rule_ids for word in words) or not _are_rules(words, names)


def _are_rules(words: list[str], names: RuleNames) -> bool:
    """Whether the first word is meant as ids of rules: a list is, and a word that is one or nearly one."""
    return len(words) > 1 or any(word in names.ids or names.meant(word) for word in words)


def ignored(line: bytes, names: RuleNames) -> str:
    """Return what is wrong with a comment on `line` that speaks for a rule that there is not, or an empty string."""
    for match in _OURS.finditer(line) if has_comments(line) else ():
        words = [] if match[1] else _words(match[2])
        if not _are_rules(words, names):
            continue
        for word in words:
            near = names.meant(word)
            if near not in ("", "?"):
                return f"the comment names no rule (`{word}`); did you mean `{near}`?"
            if word not in names.ids:
                return "the comment names a rule that there is not; see `secretscan rules list`"
    return ""
