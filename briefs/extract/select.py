"""From scored candidates to points: greedy choice, redundancy removed, first sources preferred, context added."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from briefs.brief import Kind
from briefs.extract.batch import Batch
from briefs.extract.cues import read_cues
from briefs.extract.terms import Floats

SAME = 0.40  # cosine from which two sentences of different articles say the same: measured, docs/extraction.md
REDUNDANT = 0.30  # cosine from which a second point adds too little, in the same article or another
ENOUGH = 0.35  # share of the best score that a point must reach: below it the theme is thin
AS_GOOD = 0.7  # share of a sentence's score from which an earlier article's version of it is cited instead
_PAIR_CHARACTERS = 260  # a longer pair is a paragraph, not a point


def choose(scores: Floats, similar: Floats, limit: int) -> list[int]:
    """Pick candidates greedily by score less what the picked ones already say (MMR, Carbonell and Goldstein 1998).

    Args:
        scores: of each candidate; ties go to the earlier one.
        similar: cosine of each pair of candidates, square.
        limit: most candidates to pick; fewer where the rest is redundant or poor.
    """
    chosen: list[int] = []
    closest = np.zeros(len(scores))
    floor = ENOUGH * float(scores.max(initial=0.0))
    while len(chosen) < min(limit, len(scores)):
        open_ = (closest < REDUNDANT) & (scores >= floor) & (scores > 0)
        open_[chosen] = False
        if not open_.any():
            break
        best = int(np.where(open_, np.round(scores * (1 - closest), 6), -1.0).argmax())
        chosen.append(best)
        closest = np.maximum(closest, similar[best])
    return chosen


def first_said(batch: Batch, row: int, candidates: Sequence[int]) -> int:
    """The row among `row` and `candidates` of the article published first; undated articles come last."""

    def age(candidate: int) -> tuple[date, int, int]:
        owner = int(batch.owner[candidate])
        return (batch.articles[owner].published or date.max, owner, candidate)

    return min((row, *candidates), key=age)


def corroborating(batch: Batch, row: int) -> tuple[str, ...]:
    """Ids of the other articles in which a sentence says the same as `row`, in article order."""
    close = (batch.alike_to(row) >= SAME) & batch.votes
    owners = np.unique(batch.owner[close])
    return tuple(batch.articles[owner].id for owner in owners if owner != batch.owner[row])


def with_context(batch: Batch, row: int) -> tuple[int, ...]:
    """The row, after the sentence before it where it leans on that one and the two are short enough for a point."""
    sentence = batch.sentences[row]
    if row == 0 or batch.owner[row - 1] != batch.owner[row] or not read_cues(sentence).orphan:
        return (row,)
    before = batch.sentences[row - 1]
    fits = before.index + 1 == sentence.index and len(before.text) + len(sentence.text) <= _PAIR_CHARACTERS
    helps = before.kind is sentence.kind is Kind.SENTENCE and not read_cues(before).orphan
    return (row - 1, row) if fits and helps else (row,)
