"""Labelled lines as candidates: what the generic rules match there, and what the judge's features say of it.

A row of the data is a file of a few lines; the rules run over it as the engine would run them, and every match that
touches the labelled lines becomes a candidate of that row.
"""

from __future__ import annotations

import gzip
import json
import pathlib
import sys
import tomllib

import regex

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from secretscan.engine.filekind import file_kind  # noqa: E402
from secretscan.engine.judge.candidate import Candidate  # noqa: E402


def read_rows(path):
    """The rows of a labelled-lines file, plain or gzipped."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_rules(path=ROOT / "patterns" / "generic.toml"):
    """(id, compiled pattern, file kinds) of each judged rule."""
    with open(path, "rb") as source:
        rules = tomllib.load(source)["rules"]
    return [
        (r["id"], regex.compile(r["pattern"].encode(), regex.V0), tuple(r.get("file_kinds", ("any",))))
        for r in rules
        if r.get("judge")
    ]


def candidates(text, path, rules):
    """Yield (candidate, start, end) of every match of the rules in `text`."""
    kind = file_kind(path)
    for rule_id, pattern, kinds in rules:
        if "any" not in kinds and kind not in kinds:
            continue
        for match in pattern.finditer(text):
            start, end = match.span("secret")
            low = text.rfind(b"\n", 0, start) + 1
            high = text.find(b"\n", end)
            high = len(text) if high < 0 else high
            groups = match.groupdict()
            yield (
                Candidate(
                    rule_id,
                    match["secret"],
                    groups.get("name") or b"",
                    groups.get("op") or b"",
                    groups.get("quote") or b"",
                    text[max(low, start - 512) : start],
                    text[end : min(high, end + 256)],
                    tuple(s[:512] for s in text[:low].split(b"\n")[-4:-1]),
                    tuple(s[:512] for s in text[high + 1 :].split(b"\n")[:3]),
                    path,
                ),
                start,
                end,
            )


def row_candidates(row, rules):
    """Yield (candidate, does it touch the labelled value) of every match on the labelled lines of `row`."""
    before = "".join(line + "\n" for line in row["before"]).encode()
    lines = "\n".join(row["lines"]).encode()
    text = before + lines + b"\n" + "\n".join(row["after"]).encode() + b"\n"
    low, high = len(before), len(before) + len(lines)
    first, last = row["value"]
    head = row["lines"][0]
    a = low + len(head[:first].encode()) if first >= 0 else low
    b = low + len(head[:last].encode()) if last >= 0 else high
    for seen, start, end in candidates(text, b"f" + row["ext"].encode(), rules):
        if start < high and end > low:
            yield seen, start < b and end > a
