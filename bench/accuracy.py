"""Measures how much a scanner finds and how often it is wrong, with the figures of other scanners beside.

usage: accuracy.py DATA.jsonl[.gz] [--secretscan PROGRAM] [--peers DIR] [--min-confidence LEVEL] [--rows N]

DATA holds one JSON object a line, of one of two kinds (docs/accuracy.md says where such data comes from):

  labelled lines  {"lines": [...], "before": [...], "after": [...], "ext": ".py", "label": "T" | "F" | "X" | "ignore"}
                  T is a credential, F and X are none; a finding that touches `lines` is a hit or a false alarm
  token cases     {"text": ..., "secrets": [...], "source": ..., "id": ..., "ext": "txt"}
                  with secrets: detected when a finding overlaps one; without: flagged by any finding at all;
                  rows marked "weak" or "dummy", or not "exact", are left out

Prints Markdown: all tools on the whole, then by source or file type, then secretscan's rules. Of the other scanners
those are run whose programs are in --peers. Secrets stay in memory: nothing of the data is written but the files that
are scanned, in a folder that is deleted.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

Found = collections.namedtuple("Found", "file first last secret rule")
Counts = collections.Counter


def read_secretscan(report):
    for finding in report["findings"]:
        for at in finding["locations"]:
            last = at.get("end_line") or at["line"]
            yield Found(at["path"], at["line"], last, finding["secret"], finding["rule"])


def read_gitleaks(report):
    for f in report:
        yield Found(f["File"], f["StartLine"], f["EndLine"], f["Secret"], f["RuleID"])


def read_kingfisher(report):
    for row in report["findings"]:
        f = row["finding"]
        last = f["line"] + f["snippet"].count("\n")
        yield Found(f["path"], f["line"], last, f["snippet"], row["rule"]["id"])


def read_detect_secrets(report):
    for path, rows in report["results"].items():
        for f in rows:  # shows a digest in place of the secret
            yield Found(path, f["line_number"], f["line_number"], None, f["type"])


PEERS = {
    "gitleaks": ("dir {dir} --no-banner -r {out} -f json --exit-code 0", read_gitleaks),
    "kingfisher": (
        "scan {dir} --no-validate --no-update-check --no-dedup --format json -o {out}",
        read_kingfisher,
    ),
    "detect-secrets": ("-C {dir} scan --all-files", read_detect_secrets),
}
OURS = "files {dir} --format json --output {out} --no-progress --exit-zero --show-secrets --min-confidence "


class Labelled:
    """Labelled lines: what counts is the line."""

    groups = "file type"
    alarms = "false alarms"

    def __init__(self, rows):
        self.rows = [r for r in rows if r["label"] != "ignore"]

    def file(self, row):
        return row["ext"], "\n".join([*row["before"], *row["lines"], *row["after"]]) + "\n"

    def is_positive(self, row):
        return row["label"] == "T"

    def group(self, row):
        return row["ext"] or "none"

    def touches(self, row, found):
        first = len(row["before"]) + 1
        return found.first < first + len(row["lines"]) and found.last >= first


class Cases:
    """Token examples and near misses: what counts is the secret."""

    groups = "source"
    alarms = "near misses flagged"

    def __init__(self, rows):
        self.rows = [r for r in rows if r.get("exact", True) and not r.get("weak") and not r.get("dummy")]

    def file(self, row):
        return "." + row.get("ext", "txt"), row["text"]

    def is_positive(self, row):
        return bool(row["secrets"])

    def group(self, row):
        return row["source"]

    def touches(self, row, found):
        if not row["secrets"]:
            return True
        text, secret = row["text"], found.secret
        wanted = [span for s in row["secrets"] for span in places(s, text)]
        if secret and secret in text:
            return any(a < d and c < b for a, b in places(secret, text) for c, d in wanted)
        if secret and any(secret in s or s in secret for s in row["secrets"]):
            return True  # told in its decoded form
        lines = [(text.count("\n", 0, a) + 1, text.count("\n", 0, b) + 1) for a, b in wanted]
        return any(found.first <= last and first <= found.last for first, last in lines)


def places(needle, text):
    """Where `needle` stands in `text`."""
    at = text.find(needle)
    while needle and at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + 1)


def scan(argv, reader, folder):
    """Run a scanner over `folder`; returns its findings by number of the row."""
    with tempfile.TemporaryDirectory() as temporary:
        out = pathlib.Path(temporary, "report.json")
        done = subprocess.run(
            [a.format(dir=folder, out=out) for a in argv],
            check=False,
            capture_output=True,
            text=True,
            cwd=temporary,
        )
        told = out.read_text() if out.exists() else done.stdout
    try:
        found = list(reader(json.loads(told)))
    except (ValueError, KeyError):
        sys.exit(f"{argv[0]}: exit status {done.returncode}, and no report that can be read")
    by_row = collections.defaultdict(list)
    for f in found:
        by_row[int(pathlib.PurePath(f.file).name.split(".")[0][1:])].append(f)
    return by_row


def tally(data, by_row):
    """Counts on the whole, by group, and by rule: (all, {group: counts}, {rule: counts})."""
    whole, groups, rules = Counts(), collections.defaultdict(Counts), collections.defaultdict(Counts)
    for n, row in enumerate(data.rows):
        hits = [f for f in by_row.get(n, ()) if data.touches(row, f)]
        kind = "hit" if data.is_positive(row) else "alarm"
        for counts in (whole, groups[data.group(row)]):
            counts["positive" if data.is_positive(row) else "negative"] += 1
            counts[kind] += bool(hits)
        for rule in {f.rule for f in hits}:
            rules[rule][kind] += 1
    return whole, groups, rules


def figures(counts):
    """Recall, precision and F1 as text."""
    recall = counts["hit"] / counts["positive"] if counts["positive"] else None
    told = counts["hit"] + counts["alarm"]
    precision = counts["hit"] / told if told else None
    f1 = 2 * recall * precision / (recall + precision) if recall and precision else None
    return [f"{x:.3f}" if x is not None else "–" for x in (recall, precision, f1)]


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print()


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("data", type=pathlib.Path)
    options.add_argument("--secretscan", default=shutil.which("secretscan") or "secretscan")
    options.add_argument("--peers", type=pathlib.Path, help="folder of other scanners' programs")
    options.add_argument("--min-confidence", default="medium", choices=["low", "medium", "high"])
    options.add_argument("--rows", type=int, default=30, help="most rows of the tables by group and by rule")
    asked = options.parse_args()
    opener = gzip.open if asked.data.suffix == ".gz" else open
    with opener(asked.data, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    data = (Labelled if "lines" in rows[0] else Cases)(rows)
    ours = [str(pathlib.Path(asked.secretscan).absolute()), *(OURS + asked.min_confidence).split()]
    tools = {"secretscan": (ours, read_secretscan)}
    for name, (arguments, reader) in PEERS.items():
        program = asked.peers and asked.peers / name
        if program and program.exists():
            tools[name] = ([str(program.absolute()), *arguments.split()], reader)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for n, row in enumerate(data.rows):
            suffix, text = data.file(row)
            at = pathlib.Path(folder, f"{n // 500:03d}", f"f{n}{suffix}")
            at.parent.mkdir(exist_ok=True)
            at.write_bytes(text.encode("utf-8", "surrogateescape"))
        for name, (argv, reader) in tools.items():
            results[name] = tally(data, scan(argv, reader, folder))
    show(data, results, asked.rows)


def show(data, results, most):
    """Print the tables: tools, groups, rules."""
    table(
        ["tool", "found", "of", data.alarms, "of", "recall", "precision", "F1"],
        [
            [name, c["hit"], c["positive"], c["alarm"], c["negative"], *figures(c)]
            for name, (c, _, _) in results.items()
        ],
    )
    whole_groups = results["secretscan"][1]
    order = sorted(whole_groups, key=lambda g: -whole_groups[g]["positive"])[:most]
    peers = [name for name in results if name != "secretscan"]
    table(
        [data.groups, "found", "of", data.alarms, "of", "recall", "precision", "F1"]
        + [f"{name}: recall, precision" for name in peers],
        [
            [g, c["hit"], c["positive"], c["alarm"], c["negative"], *figures(c)]
            + [", ".join(figures(results[name][1][g])[:2]) for name in peers]
            for g in order
            for c in [whole_groups[g]]
        ],
    )
    rules = results["secretscan"][2]
    order = sorted(rules, key=lambda r: (-rules[r].total(), r))[:most]
    table(
        ["rule", "found", data.alarms, "precision"],
        [[r, rules[r]["hit"], rules[r]["alarm"], figures(rules[r])[1]] for r in order],
    )


if __name__ == "__main__":
    main()
