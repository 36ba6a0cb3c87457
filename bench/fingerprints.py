"""Times fingerprints of weak secrets, in turns: one after the other by OpenSSL, and side by side by a kernel.

usage: fingerprints.py [--secrets 64] [--rounds 7]

Prints milliseconds for each, on one core, best and median of the rounds, and whether both said the same.
"""

import argparse
import random
import statistics
import string
import time

from secretscan import kernels
from secretscan.baseline.fingerprint import fingerprint, fingerprints_together
from secretscan.cli.execute import cache_dir


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--secrets", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    if not kernels.load(cache_dir() / "kernels"):
        raise SystemExit("the kernels cannot be loaded: install the extra `fast`")
    draw = random.Random(1)
    weak = [
        (f"rule-{n % 5}", "".join(draw.choices(string.ascii_lowercase, k=10)).encode())
        for n in range(chosen.secrets)
    ]
    ways = {
        "one by one": lambda: [fingerprint(*pair) for pair in weak],
        "side by side": lambda: fingerprints_together(weak),
    }
    times = {way: [] for way in ways}
    said = {}
    for _ in range(chosen.rounds):
        for way, make in ways.items():
            start = time.perf_counter()
            said[way] = make()
            times[way].append((time.perf_counter() - start) / len(weak) * 1e3)
    for way, taken in times.items():
        print(f"{way:13s} {min(taken):6.1f} ms best {statistics.median(taken):6.1f} ms median")
    print("the same" if said["one by one"] == said["side by side"] else "DIFFERENT")


if __name__ == "__main__":
    main()
