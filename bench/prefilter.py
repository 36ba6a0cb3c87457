"""Times the prefilter on source code, in turns: by needles, by Hyperscan, and Hyperscan with 244 keywords as a yardstick.

usage: prefilter.py FOLDER [--suffix .py] [--rounds 15] [--part-kib 1024] [--most-mib 16]

Reads the files under the folder into parts of one size, as a large scan hands them over, and prints megabytes a second
on one core, best and median of the rounds, with all rules. The yardstick tells machines apart.
"""

import argparse
import pathlib
import random
import statistics
import time

import hyperscan

from secretscan import kernels
from secretscan.cli.execute import cache_dir
from secretscan.engine.needlehits import NeedleHits
from secretscan.engine.parts import part_of
from secretscan.engine.prefilter.hyperscan import HyperscanPrefilter
from secretscan.engine.program import build
from secretscan.engine.searchtables import make_tables
from secretscan.rules.load import load_rules

KEYWORDS = 244


def read(folder, suffix, most, size):
    """Return the source code under a folder in parts of `size` bytes, `most` bytes in all."""
    text = bytearray()
    for path in sorted(pathlib.Path(folder).rglob(f"*{suffix}")):
        if path.is_file():
            text += path.read_bytes()
        if len(text) >= most:
            break
    return [bytes(text[at : at + size]) for at in range(0, min(len(text), most), size)]


def yardstick(rules):
    """Return a scan for keywords alone."""
    words = sorted(
        {word.lower() for rule in rules if not rule.judge for word in rule.keywords if len(word) > 4}
    )
    chosen = random.Random(1).sample(words, KEYWORDS)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=["".join(f"\\x{byte:02x}" for byte in word.encode()).encode() for word in chosen],
        ids=list(range(KEYWORDS)),
        elements=KEYWORDS,
        flags=[hyperscan.HS_FLAG_CASELESS] * KEYWORDS,
    )
    database.scratch = hyperscan.Scratch(database)
    return lambda part: database.scan(part, match_event_handler=lambda *_: None)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder")
    parser.add_argument("--suffix", default=".py")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--part-kib", type=int, default=1024)
    parser.add_argument("--most-mib", type=int, default=16)
    chosen = parser.parse_args()
    parts = read(chosen.folder, chosen.suffix, chosen.most_mib << 20, chosen.part_kib << 10)
    size = sum(map(len, parts))
    rules = load_rules()
    program = build(rules, "bench")
    if not kernels.load(cache_dir() / "kernels"):
        raise SystemExit("the kernels cannot be loaded: install the extra `fast`")
    tables = make_tables(program)
    found = HyperscanPrefilter(program)
    needles = NeedleHits(tables, found, len(program))
    whole = [part_of(0, b"a" + chosen.suffix.encode())]
    ways = {
        "needles": lambda part: needles.hits(part, whole),
        "hyperscan": found.hits,
        f"{KEYWORDS} keywords": yardstick(rules),
    }
    times = {way: [] for way in ways}
    for _ in range(chosen.rounds):
        for way, scan in ways.items():
            start = time.perf_counter()
            for part in parts:
                scan(part)
            times[way].append(time.perf_counter() - start)
    print(
        f"{size / 1e6:.1f} MB of {chosen.suffix} in {len(parts)} parts, {len(rules)} rules, {chosen.rounds} rounds"
    )
    for way, taken in times.items():
        best, middle = size / min(taken) / 1e6, size / statistics.median(taken) / 1e6
        print(f"{way:14s} {best:6.0f} MB/s best {middle:6.0f} MB/s median")


if __name__ == "__main__":
    main()
