"""The judge of generic secrets: cheap reasons to refuse first, then the forest over all features, then cautions."""

from __future__ import annotations

from math import exp
from typing import Final

from secretscan.engine.judge.candidate import Candidate, Judgement
from secretscan.engine.judge.cautions import cautions
from secretscan.engine.judge.context import CONTEXT_FEATURES, context_features
from secretscan.engine.judge.forest import forest
from secretscan.engine.judge.refusals import core, refusal
from secretscan.engine.judge.shapes import VALUE_FEATURES, value_features

FEATURES: Final = (*VALUE_FEATURES, *CONTEXT_FEATURES)
"""Names of the numbers in a row, in order; weights.json must list the same."""


def judge_generic(seen: Candidate, *, explain: bool = False) -> Judgement:
    """Return how likely the value of `seen` is a credential; with `explain`, also what each feature added."""
    value = core(seen)
    if reason := refusal(seen, value):
        return Judgement(0.0, dropped=reason)
    row = features(seen, value)
    trained = forest()
    score = trained.score(row)
    doubts = cautions(seen, value)
    if doubts:
        against = exp(sum(weight for _, weight in doubts))
        score = 1 / (1 + against * (1 - score) / max(score, 1e-9))
    if not explain:
        return Judgement(score)
    told = tuple((reason, 1.0, -weight) for reason, weight in doubts)
    return Judgement(score, told + trained.contributions(row))


def features(seen: Candidate, value: bytes) -> list[float]:
    """Return the numbers that describe the candidate, in the order of `FEATURES`."""
    return [*value_features(value), *context_features(seen, value)]
