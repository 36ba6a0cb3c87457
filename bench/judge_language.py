"""Learns what words look like, for the judge of generic secrets: `language.json`.

usage: judge_language.py OUT.json FOLDER...

Reads source code and documentation under the folders (any permissively licensed text will do: the Python
standard library, installed packages, npm's own modules) and writes

  words     the words that occur in the most files, longest list first by frequency
  trigrams  for each three letters of a word (with ^ and $ for its ends) a character that stands for the
            negative log2 of their conditional probability, in quarter bits, from '0' upwards

Nothing of it comes from labelled data, so that the judge cannot learn one data set's values by heart.
"""

import collections
import json
import math
import os
import pathlib
import re
import sys

SUFFIXES = {
    ".py",
    ".pyi",
    ".md",
    ".rst",
    ".txt",
    ".js",
    ".ts",
    ".c",
    ".h",
    ".json",
    ".html",
    ".toml",
    ".cfg",
    ".sh",
}
WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])")
ALPHABET = "^abcdefghijklmnopqrstuvwxyz$"
MOST_WORDS = 14000
MIN_FILES = 4
SKIP = {"tests", "test", "botocore", "data", "corpora", "locale", "locales"}


def files(folders):
    """Yield the text files below the folders, in a fixed order."""
    for folder in folders:
        for root, dirs, names in os.walk(folder):
            dirs[:] = sorted(d for d in dirs if d not in SKIP and not d.startswith("."))
            for name in sorted(names):
                path = pathlib.Path(root, name)
                if path.suffix in SUFFIXES and path.stat().st_size < 1_000_000:
                    yield path


def count(folders):
    """Number of files each word occurs in, weighted so that one package cannot dominate."""
    seen = collections.defaultdict(collections.Counter)
    for path in files(folders):
        package = str(path.parent)
        for word in {w.lower() for w in WORD.findall(path.read_text("utf-8", "ignore"))}:
            if 3 <= len(word) <= 16:
                seen[word][package] += 1
    return {w: sum(min(3, n) for n in by.values()) for w, by in seen.items()}


def trigrams(counts):
    """Table of quantised conditional surprise P(c | ab) over the words, a word counting by the root of its files."""
    pairs, triples = collections.Counter(), collections.Counter()
    for word, n in counts.items():
        if n < 2:
            continue
        weight, text = math.sqrt(n), "^" + word + "$"
        for a, b, c in zip(text, text[1:], text[2:], strict=False):
            pairs[a + b] += weight
            triples[a + b + c] += weight
    out = []
    for a in ALPHABET:
        for b in ALPHABET:
            for c in ALPHABET:
                p = (triples[a + b + c] + 0.5) / (pairs[a + b] + 0.5 * 28)
                out.append(chr(48 + min(60, round(-4 * math.log2(p)))))
    return "".join(out)


def main():
    target, *folders = sys.argv[1:]
    counts = count(folders)
    words = sorted((w for w, n in counts.items() if n >= MIN_FILES), key=lambda w: (-counts[w], w))[
        :MOST_WORDS
    ]
    short = [w for w in words if len(w) == 3][:700]
    four = [w for w in words if len(w) == 4][:1900]
    kept = [w for w in words if len(w) > 4 or w in set(short) | set(four)]
    table = {"words": " ".join(sorted(kept)), "trigrams": trigrams(counts)}
    pathlib.Path(target).write_text(json.dumps(table, indent=0) + "\n")
    print(len(kept), "words", pathlib.Path(target).stat().st_size, "bytes")


main()
