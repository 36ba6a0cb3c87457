"""Learns which four bytes are common in source code, for the choice of needles: `secretscan/engine/grams.json`.

usage: grams.py OUT.json FOLDER...

Reads the source code under the folders, each with the same weight whatever its size, and writes the commonest four
bytes, folded as the search folds them, by the negative log2 of the share of places where they stand. Only the speed of
a search depends on it.
"""

import collections
import json
import math
import pathlib
import sys

import numpy as np

SUFFIXES = {
    ".py",
    ".go",
    ".js",
    ".ts",
    ".c",
    ".h",
    ".rb",
    ".java",
    ".sh",
    ".yml",
    ".yaml",
    ".toml",
    ".json",
    ".md",
}
MOST = 24000
MOST_BYTES = 1_000_000


def shares(folder):
    """Return the share of the places where each four bytes stand in the source code under a folder."""
    counts = collections.Counter()
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.suffix not in SUFFIXES or not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8).astype(np.uint32) | 0x20
        if len(data) < 4:
            continue
        grams, times = np.unique(
            data[:-3] | data[1:-2] << 8 | data[2:-1] << 16 | data[3:] << 24, return_counts=True
        )
        counts.update(dict(zip(grams.tolist(), times.tolist(), strict=True)))
    total = sum(counts.values())
    return {gram: count / total for gram, count in counts.items()}


def main(out, *folders):
    """Write the commonest."""
    mean = collections.Counter()
    for folder in folders:
        for gram, share in shares(folder).items():
            mean[gram] += share / len(folders)
    by_bits = collections.defaultdict(list)
    for gram, share in mean.most_common(MOST):
        if gram < 1 << 31:
            by_bits[round(-math.log2(share))].append(gram.to_bytes(4, "little").decode("latin-1"))
    table = {str(bits): "".join(sorted(grams)) for bits, grams in sorted(by_bits.items())}
    pathlib.Path(out).write_text(json.dumps(table, indent=0) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
