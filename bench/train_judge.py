"""Trains the judge of generic secrets and writes its trees to secretscan/engine/judge/weights.json.

usage: train_judge.py LABELLED.jsonl.gz [--extra EXTRA.jsonl.gz:0.2 ...] [--out FILE] [--folds 10] [--repeats 3] [--errors N]

Prints precision, recall and F1 over whole rows, cross-validated over repositories (a repository is never in training
and test at once), then trains on everything. A row counts as found when one of its candidates reaches the threshold.
Rows of --extra (same format) are trained on in every fold and never scored.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import re

import judge_data
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from secretscan.engine.judge.generic import FEATURES, features
from secretscan.engine.judge.refusals import core, refusal

DEFAULT, HIGH = 0.5, 0.85
LEAST_PRECISION, EQUAL_F1, HIGH_PRECISION = 0.905, 0.004, 0.976
"""Of thresholds with about the same F1, the one that finds most is taken, down to this precision."""
PROVIDER = re.compile(
    r"-----BEGIN[A-Z ]* PRIVATE KEY|\beyJ[\w-]{8,}\.[\w-]{8,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bS[A-Z][A-Z2-7]{56}\b"
)
"""Formats that rules of their own find; rows with them count as found in the second line of figures."""


class Rows:
    """Candidates of labelled rows as matrices: one line a candidate, with the row it came from."""

    def __init__(self, rows, rules):
        self.rows = rows
        shared = collections.defaultdict(set)
        for row in rows:
            shared[_place(row)].add(row["label"])
        x, y, of, seen_all = [], [], [], []
        for n, row in enumerate(rows):
            if row["label"] == "ignore":
                continue
            for seen, touches in judge_data.row_candidates(row, rules):
                value = core(seen)
                if refusal(seen, value):
                    continue
                x.append(features(seen, value))
                of.append(n)
                seen_all.append(seen)
                if row["label"] == "T":
                    y.append(1 if touches else -1)
                else:
                    y.append(-1 if "T" in shared[_place(row)] else 0)
        self.x, self.y, self.of, self.seen = np.array(x), np.array(y), np.array(of), seen_all
        self.repo = np.array([rows[n]["repo"] for n in of])

    def weights(self):
        """Weight of each candidate: a repository counts by the root of its candidates of one label."""
        keys = list(zip(self.repo, self.y, strict=True))
        size = collections.Counter(keys)
        return np.array([size[k] ** -0.5 for k in keys])


def _place(row):
    return (row["repo"], tuple(row["before"]), tuple(row["lines"]), tuple(row["after"]))


def fit(x, y, weight, seed):
    """A boosted forest over rows labelled 0 and 1."""
    model = GradientBoostingClassifier(
        n_estimators=150, learning_rate=0.08, max_depth=3, subsample=0.6, max_features=0.2,
        min_samples_leaf=12, min_weight_fraction_leaf=0.0, random_state=seed,
    )  # fmt: skip
    return model.fit(x, y, sample_weight=weight)


def folds(repos, n, seed):
    """Split the repositories into n groups of about the same number of candidates."""
    size = collections.Counter(repos)
    names = sorted(size)
    random.Random(seed).shuffle(names)
    groups, load = [set() for _ in range(n)], [0] * n
    for name in sorted(names, key=lambda r: -size[r]):
        k = load.index(min(load))
        groups[k].add(name)
        load[k] += size[name]
    return groups


def cross_validated(data, extra, n, seed):
    """Log-odds of each candidate from a model that never saw its repository."""
    out = np.zeros(len(data.y))
    weight = data.weights()
    for group in folds(data.repo, n, seed):
        test = np.isin(data.repo, list(group))
        train = ~test & (data.y >= 0)
        x, y, w = data.x[train], data.y[train], weight[train]
        if extra:
            x, y, w = np.vstack([x, extra.x]), np.concatenate([y, extra.y]), np.concatenate([w, extra.weight])
        out[test] = fit(x, y, w, seed).decision_function(data.x[test])
    return out


def row_scores(data, scores):
    """Best score of each row, -inf without a candidate."""
    best = np.full(len(data.rows), -np.inf)
    np.maximum.at(best, data.of, scores)
    return best


def figures(rows, best, threshold, *, providers=False):
    """(precision, recall, F1) over rows at a threshold."""
    tp = fp = total = 0
    for row, score in zip(rows, best, strict=True):
        if row["label"] == "ignore":
            continue
        found = score >= threshold or (providers and any(PROVIDER.search(line) for line in row["lines"]))
        if row["label"] == "T":
            total += 1
            tp += found
        else:
            fp += found
    p, r = tp / max(1, tp + fp), tp / total
    return p, r, 2 * p * r / max(1e-9, p + r), tp, fp


def calibrate(rows, best):
    """(slope, offset) that put the best F1 at 0.5 and `HIGH_PRECISION` at 0.85."""
    grid = np.unique(best[np.isfinite(best)])[::7]
    told = [(t, *figures(rows, best, t)) for t in grid]
    most = max(f1 for _t, p, _r, f1, _tp, _fp in told if p >= LEAST_PRECISION)
    low = min(t for t, p, _r, f1, _tp, _fp in told if p >= LEAST_PRECISION and f1 >= most - EQUAL_F1)
    high = min(t for t, p, _r, _f1, _tp, _fp in told if p >= HIGH_PRECISION and t > low)
    slope = np.log(HIGH / (1 - HIGH)) / (high - low)
    return float(slope), float(-slope * low)


def export(model, slope, offset, path):
    """Write the forest as JSON, with the mean log-odds at every node."""
    trees = []
    for stage in model.estimators_[:, 0]:
        t = stage.tree_
        value = t.value[:, 0, 0].copy()
        for node in range(t.node_count - 1, -1, -1):
            if t.children_left[node] >= 0:
                a, b = t.children_left[node], t.children_right[node]
                na, nb = t.weighted_n_node_samples[a], t.weighted_n_node_samples[b]
                value[node] = (value[a] * na + value[b] * nb) / (na + nb)
        leaf = t.children_left < 0
        trees.append([
            [-1 if end else int(f) for f, end in zip(t.feature, leaf, strict=True)],
            [0.0 if end else _cut(v) for v, end in zip(t.threshold, leaf, strict=True)],
            [int(n) for n in t.children_left], [int(n) for n in t.children_right],
            [round(float(v) * model.learning_rate, 4) for v in value],
        ])  # fmt: skip
    prior = model.init_.class_prior_
    doc = {"features": list(FEATURES), "base": round(float(np.log(prior[1] / prior[0])), 5), "slope": round(slope, 5),
           "offset": round(offset, 5), "trees": trees}  # fmt: skip
    with open(path, "w") as out:
        json.dump(doc, out, separators=(",", ":"))
        out.write("\n")


def _cut(value):
    return float(f"{value:.5g}")


class Extra:
    """Rows trained on beside the labelled data, of a given total weight."""

    def __init__(self, named, rules, against):
        paths, shares = zip(*(text.rsplit(":", 1) for text in named), strict=True)
        loaded = [Rows(judge_data.read_rows(p), rules) for p in paths]
        keep = [d.y >= 0 for d in loaded]
        self.x = np.vstack([d.x[k] for d, k in zip(loaded, keep, strict=True)])
        self.y = np.concatenate([d.y[k] for d, k in zip(loaded, keep, strict=True)])
        self.weight = np.concatenate(
            [
                d.weights()[k] / d.weights()[k].sum() * float(share) * against
                for d, k, share in zip(loaded, keep, shares, strict=True)
            ]
        )


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    ap.add_argument("data")
    ap.add_argument("--extra", action="append", default=[])
    ap.add_argument(
        "--share", type=float, default=0.25, help="weight of the extra rows against the labelled ones"
    )
    ap.add_argument("--out", default=str(judge_data.ROOT / "secretscan/engine/judge/weights.json"))
    ap.add_argument("--rules", default=str(judge_data.ROOT / "patterns/generic.toml"))
    ap.add_argument("--folds", type=int, default=10)
    ap.add_argument(
        "--repeats", type=int, default=3, help="cross-validations averaged, each with its own folds"
    )
    ap.add_argument("--errors", type=int, default=0)
    ap.add_argument("--no-final", action="store_true")
    a = ap.parse_args()
    rules = judge_data.read_rules(a.rules)
    data = Rows(judge_data.read_rows(a.data), rules)
    extra = Extra(a.extra, rules, data.weights()[data.y >= 0].sum()) if a.extra else None
    print(
        len(data.y), "candidates", collections.Counter(data.y.tolist()), "extra", len(extra.y) if extra else 0
    )
    scores = np.mean(
        [cross_validated(data, extra, a.folds, seed) for seed in range(1, a.repeats + 1)], axis=0
    )
    best = row_scores(data, scores)
    slope, offset = calibrate(data.rows, best)
    best = 1 / (1 + np.exp(-(slope * best + offset)))
    for threshold in (DEFAULT, HIGH):
        for providers in (False, True):
            p, r, f1, tp, fp = figures(data.rows, best, threshold, providers=providers)
            print(
                f"at {threshold} providers={providers}: P {p:.3f} R {r:.3f} F1 {f1:.3f} (hits {tp}, alarms {fp})"
            )
    report(data, best, a.errors)
    if a.no_final:
        return
    keep = data.y >= 0
    x, y, w = data.x[keep], data.y[keep], data.weights()[keep]
    if extra:
        x, y, w = np.vstack([x, extra.x]), np.concatenate([y, extra.y]), np.concatenate([w, extra.weight])
    model = fit(x, y, w, 1)
    export(model, slope, offset, a.out)
    for n in np.argsort(-model.feature_importances_)[:30]:
        print(f"{model.feature_importances_[n]:.3f} {FEATURES[n]}", end="; ")


def report(data, best, errors):
    """Print some rows that went wrong."""
    for title, wrong in (
        ("missed", [n for n, r in enumerate(data.rows) if r["label"] == "T" and best[n] < DEFAULT]),
        ("alarm", [n for n, r in enumerate(data.rows) if r["label"] in "FX" and best[n] >= DEFAULT]),
    ):
        for n in random.Random(0).sample(wrong, min(errors, len(wrong))):
            row = data.rows[n]
            line, (a, b) = row["lines"][0], row["value"]
            value = line[a:b][:40] if a >= 0 else "?"
            print(
                title,
                f"{best[n]:.2f}",
                row["repo"][:4],
                row["ext"],
                f"[{row['category'][:20]}]",
                line.strip()[:130],
                "»",
                value,
            )


if __name__ == "__main__":
    main()
