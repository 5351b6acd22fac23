"""The extractors: `Salience`, the baselines it must beat, and the null one."""

from collections.abc import Sequence

import numpy as np

from briefs.brief import Article, Point, Theme
from briefs.extract.batch import Batch
from briefs.extract.score import describe, relevant_rows, shortlist, total
from briefs.extract.select import AS_GOOD, SAME, choose, corroborating, first_said, with_context
from briefs.extract.terms import Floats

_LEXRANK_ROWS = 1000  # a square of 8 MB; the first ones in article order


class Batched:
    """An extractor that keeps the table of the articles it was last asked about."""

    def __init__(self) -> None:
        self._batch: Batch | None = None

    def batch(self, articles: Sequence[Article]) -> Batch:
        """The table of `articles`, made anew only for other objects than last time."""
        if self._batch is None or not self._batch.is_of(articles):
            self._batch = Batch.build(articles)
        return self._batch


class NullExtractor:
    """Finds nothing."""

    def points(self, articles: Sequence[Article], theme: Theme, limit: int) -> list[Point]:  # noqa: ARG002
        """Return no points."""
        return []


class Lead(Batched):
    """Takes the first sentences on the theme of each article, up to three: all firsts, then all seconds."""

    def points(self, articles: Sequence[Article], theme: Theme, limit: int) -> list[Point]:
        """Return up to `limit` points, best first."""
        batch = self.batch(articles)
        seen = [0] * len(batch.articles)
        ranked = []
        for row in relevant_rows(batch, theme).tolist():
            seen[batch.owner[row]] += 1
            if seen[batch.owner[row]] <= 3:
                ranked.append((seen[batch.owner[row]], row))
        return [_point(batch, theme, (row,), {"place": float(place)}) for place, row in sorted(ranked)[: max(limit, 0)]]


class LexRank(Batched):
    """Ranks the sentences on a theme by continuous LexRank (Erkan and Radev 2004)."""

    def points(self, articles: Sequence[Article], theme: Theme, limit: int) -> list[Point]:
        """Return up to `limit` points, best first; of sentences with a cosine over 0.5 only the best is taken."""
        batch = self.batch(articles)
        rows = relevant_rows(batch, theme)[:_LEXRANK_ROWS].tolist()
        similar = batch.rows.similarities(rows)[0]
        rank = _power(similar)
        chosen: list[int] = []
        for at in np.argsort(-rank, kind="stable").tolist():
            if len(chosen) < limit and all(similar[at, other] < 0.5 for other in chosen):
                chosen.append(at)
        return [_point(batch, theme, (rows[at],), {"rank": float(rank[at])}) for at in chosen]


class Salience(Batched):
    """Ranks by relevance, worth and fitness, then takes the best that say something new, from who said it first."""

    def points(self, articles: Sequence[Article], theme: Theme, limit: int) -> list[Point]:
        """Return up to `limit` points, best first; fewer where the material is thin."""
        batch = self.batch(articles)
        found, central = shortlist(batch, theme)
        rows = found.tolist()
        similar = batch.alike(rows)
        twins = (similar >= SAME) & (batch.owner[rows][:, None] != batch.owner[rows][None, :])
        table = [describe(batch, theme, row) for row in rows]
        for at, features in enumerate(table):
            features["centrality"] = float(central[at])
            features["support"] = 1 - 1 / (1 + len(np.unique(batch.owner[found[twins[at]]])))
            features["score"] = total(features)
        scores = np.round(np.array([features["score"] for features in table]), 6)
        points: list[Point] = []
        used: set[int] = set()
        for at in choose(scores, similar, 2 * limit):
            near = [j for j in np.flatnonzero(twins[at]).tolist() if scores[j] >= AS_GOOD * scores[at]]
            row = first_said(batch, rows[at], [rows[j] for j in near])
            context = with_context(batch, row)
            if not used & set(context) and len(points) < limit:
                points.append(_point(batch, theme, context, table[rows.index(row)]))
                used |= set(context)
        return points


def _point(batch: Batch, theme: Theme, rows: tuple[int, ...], scores: dict[str, float]) -> Point:
    return Point(
        theme=theme.id,
        article=batch.articles[batch.owner[rows[0]]].id,
        sentences=tuple(batch.sentences[row].index for row in rows),
        corroborated_by=corroborating(batch, rows[-1]),
        scores={"relevance": float(batch.relevance(theme)[rows[-1]])} | {k: round(v, 4) for k, v in scores.items()},
    )


def _power(similar: Floats, damping: float = 0.85, rounds: int = 50) -> Floats:
    """The stationary distribution over sentences, in parts of the mean, rounded."""
    step = similar / np.maximum(similar.sum(axis=1, keepdims=True), 1e-12)
    rank = np.full(len(similar), 1.0)
    for _ in range(rounds):
        rank = (1 - damping) + damping * (rank @ step)
    return np.round(rank, 6)
