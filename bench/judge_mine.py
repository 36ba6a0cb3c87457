"""Collects what the generic rules match in source code without credentials: rows the judge must refuse.

usage: judge_mine.py OUT.jsonl.gz FOLDER... [--share 0.3] [--seed 7]

Meant for the Python standard library, installed packages and npm's modules. Every match that no hard reason refuses
becomes an F row of the labelled-lines format, under the name of its package. Sample credentials in documentation are
among them; that is why the extra rows weigh little in training.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import pathlib
import random

import judge_data

from secretscan.engine.judge.refusals import core, refusal

MOST_BYTES, MOST_LINE = 2_000_000, 4000


def files(folders, share, seed):
    """Yield (package, path) of a random share of the regular files below the folders."""
    rng = random.Random(seed)
    for folder in folders:
        for root, dirs, names in os.walk(folder):
            dirs.sort()
            for name in sorted(names):
                path = pathlib.Path(root, name)
                if rng.random() < share and path.is_file() and not path.is_symlink():
                    yield path.relative_to(folder).parts[0], path


def rows(package, path, rules):
    """Yield a row for each line of the file that holds a candidate worth judging."""
    text = path.read_bytes()
    if b"\0" in text[:4000] or len(text) > MOST_BYTES:
        return
    lines = text.split(b"\n")
    done = set()
    for seen, start, _end in judge_data.candidates(text, bytes(path.name.encode()), rules):
        number = text.count(b"\n", 0, start)
        if number in done or len(lines[number]) > MOST_LINE or refusal(seen, core(seen)):
            continue
        done.add(number)
        told = [line.decode("utf-8", "replace") for line in lines[max(0, number - 3) : number + 4]]
        at = min(3, number)
        yield {"repo": f"installed-{package}", "ext": path.suffix, "label": "F", "category": "installed", "value": [-1, -1],
               "before": told[:at], "lines": [told[at]], "after": told[at + 1 :]}  # fmt: skip


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    ap.add_argument("out")
    ap.add_argument("folders", nargs="+")
    ap.add_argument("--share", type=float, default=0.3)
    ap.add_argument("--seed", type=int, default=7)
    a = ap.parse_args()
    rules = judge_data.read_rules()
    with gzip.open(a.out, "wt", encoding="utf-8") as out:
        for package, path in files(a.folders, a.share, a.seed):
            for row in rows(package, path, rules):
                out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
