"""What makes a sentence worth citing under a theme, as numbers that a reader can follow."""

from collections.abc import Mapping

import numpy as np

from briefs.brief import Kind, Sentence, Theme
from briefs.extract.batch import Batch
from briefs.extract.cues import Cues, read_cues
from briefs.extract.terms import Floats, Ints

RELEVANT = 0.5  # one keyword gives 0.6; without any, a heading with two or with one and learned words reach 0.5
SHORTLIST = 300  # candidates of a theme that are compared pair by pair

# What speaks for a sentence, relative to each other; docs/extraction.md shows each halved and doubled.
WEIGHTS: Mapping[str, float] = {
    "centrality": 1.0,
    "substance": 1.0,
    "headline": 0.5,
    "position": 0.5,
    "length": 0.5,
    "support": 0.5,
}
# What speaks against it, as factors on the whole.
FACTORS: Mapping[str, float] = {
    "orphan": 0.4,
    "connective": 0.9,
    "meta": 0.3,
    "hedged": 0.7,
    "truncated": 0.3,
    "flagged": 0.5,
    "bullet": 0.3,
}
_UNUSABLE = frozenset({"untranslated", "repetition", "empty"})
# Characters in which a sentence can say who did what; scripts without spaces need fewer.
_FULL_LENGTH: Mapping[str, int] = {"ja": 60, "zh": 45, "ko": 60}


def relevant_rows(batch: Batch, theme: Theme) -> Ints:
    """Rows on the theme that may be points: sentences and bullets, never headings or captions."""
    return np.flatnonzero((batch.relevance(theme) >= RELEVANT) & batch.votes[: batch.size])


def shortlist(batch: Batch, theme: Theme) -> tuple[Ints, Floats]:
    """The rows worth comparing, in order, and how central each is to all that is said on the theme, 0 to 1."""
    rows = relevant_rows(batch, theme)
    weights = np.zeros(len(batch.rows))
    weights[rows] = batch.relevance(theme)[rows]
    central = batch.rows.dot(batch.rows.mean(weights))[rows]
    central = np.round(central / max(central.max(initial=0.0), 1e-9), 6)
    best = np.argsort(-np.round(weights[rows] * (0.5 + central), 6), kind="stable")[:SHORTLIST]
    best.sort()
    return rows[best], central[best]


def describe(batch: Batch, theme: Theme, row: int) -> dict[str, float]:
    """The features of a row that do not depend on other candidates, and the product of the factors against it."""
    sentence, cues = batch.sentences[row], read_cues(batch.sentences[row])
    return {
        "relevance": float(batch.relevance(theme)[row]),
        "headline": _headline(batch, row),
        "position": 1 / (1 + float(batch.order[row])) ** 0.5,
        "substance": 1 - 0.75 ** (min(cues.acts, 3) + min(cues.figures, 3) + min(cues.names, 2)),
        "length": min(len(sentence.text) / _FULL_LENGTH.get(sentence.language, 120), 1.0),
        "fitness": _fitness(sentence, cues),
    }


def total(features: Mapping[str, float]) -> float:
    """The score: relevance times the weighted mean of what speaks for the sentence times its fitness."""
    mean = sum(weight * features[name] for name, weight in WEIGHTS.items()) / sum(WEIGHTS.values())
    return features["relevance"] * mean * features["fitness"]


def _headline(batch: Batch, row: int) -> float:
    """Cosine to the article's title or to the heading above, whichever is closer."""
    title = batch.size + int(batch.owner[row])
    return max(batch.rows.cosine(row, title), batch.rows.cosine(row, int(batch.heading[row])))


def _fitness(sentence: Sentence, cues: Cues) -> float:
    against = {
        "orphan": cues.orphan,
        "connective": cues.connective,
        "meta": cues.meta,
        "hedged": cues.hedged,
        "truncated": cues.truncated,
        "flagged": any(flag.code in _UNUSABLE for flag in sentence.flags),
        "bullet": sentence.kind is Kind.BULLET,
    }
    return float(np.prod([FACTORS[name] for name, found in against.items() if found]))
