"""Judges: say how likely a generic match is a credential, from the value, its name and the text around it.

A judge is a function from `Candidate` to `Judgement`; a rule names one with `judge = "…"`. Which value looks like
words is `language`, the shape of a value `shapes`, its surroundings `context`, the trained trees `forest`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from secretscan.engine.judge.candidate import Candidate, Judgement
from secretscan.engine.judge.generic import judge_generic
from secretscan.engine.judge.placeholder import placeholder_reason
from secretscan.engine.judge.refusals import refuse_generic

__all__ = ["JUDGES", "REFUSALS", "Candidate", "Judge", "Judgement", "placeholder_reason"]


class Judge(Protocol):
    """Gives the likelihood that a candidate is a credential."""

    def __call__(self, seen: Candidate, /, *, explain: bool = False) -> Judgement:
        """Return the judgement; `explain` asks for the contributions of the features."""
        ...


JUDGES: Final[Mapping[str, Judge]] = {"generic": judge_generic}
"""Judges by the name a rule refers to them with."""

REFUSALS: Final[Mapping[str, Callable[[Candidate], str]]] = {"generic": refuse_generic}
"""By judge, the reasons to drop a candidate that its line alone gives; asked first, without neighbouring lines."""
