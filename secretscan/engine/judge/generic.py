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

_REMEMBERED: Final = 20_000
_judged: dict[bytes, Judgement] = {}
"""What was said of candidates. A cache of pure values: of the same candidate always the same is said."""


def judge_generic(seen: Candidate, *, explain: bool = False) -> Judgement:
    """Return how likely the value of `seen` is a credential; with `explain`, also what each feature added.

    What it says of one version of a file is remembered for the next, under a digest: nothing keeps the value.
    """
    if explain:
        return _judge(seen, explain=True)
    key = seen.digest()
    judgement = _judged.get(key)
    if judgement is None:
        if len(_judged) >= _REMEMBERED:
            _judged.clear()
        judgement = _judged[key] = _judge(seen)
    return judgement


def _judge(seen: Candidate, *, explain: bool = False) -> Judgement:
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
