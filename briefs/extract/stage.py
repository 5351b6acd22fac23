"""The stage: every theme's points with no sentence twice, its articles, and the highlights of the day."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from briefs.brief import Brief, Point, Theme
from briefs.extract.batch import Batch
from briefs.extract.rank import Batched
from briefs.extract.score import relevant_rows
from briefs.extract.select import REDUNDANT, SAME
from briefs.registry import Extractor

_SPARE = 2  # times the limit are asked for, so that a theme can yield a sentence to another and still be full
_SAME_THEME, _SAME_ARTICLE = 0.4, 0.8  # what a second highlight of the same theme or article is worth
_SUPPORT = 0.2  # what each corroborating article adds to a highlight's worth, up to three


def extract(brief: Brief, extractor: Extractor, *, limit: int, highlights: int) -> Brief:
    """Fill each theme's points (up to `limit`) and articles, and up to `highlights` points of the day."""
    batch = extractor.batch(brief.articles) if isinstance(extractor, Batched) else Batch.build(brief.articles)
    offers = [extractor.points(brief.articles, theme, _SPARE * limit) for theme in brief.themes]
    shared = _share(batch, brief.themes, offers, limit)
    themes = tuple(
        dataclasses.replace(theme, points=tuple(points), articles=_articles(batch, theme, points))
        for theme, points in zip(brief.themes, shared, strict=True)
    )
    return dataclasses.replace(brief, themes=themes, highlights=_highlights(batch, themes, highlights))


def _share(batch: Batch, themes: Sequence[Theme], offers: Sequence[Sequence[Point]], limit: int) -> list[list[Point]]:
    """Give each sentence to one theme: where it ranks best, then where it is most relevant, then the first."""
    queue = sorted(
        (rank, -float(batch.relevance(themes[number])[batch.row(point)]), number)
        for number, points in enumerate(offers)
        for rank, point in enumerate(points)
    )
    shared: list[list[tuple[int, Point]]] = [[] for _ in themes]
    taken: list[Point] = []
    for rank, _, number in queue:
        point = offers[number][rank]
        if len(shared[number]) < limit and not _is_said(batch, point, taken, SAME):
            shared[number].append((rank, point))
            taken.append(point)
    return [[point for _, point in points] for points in shared]


def _is_said(batch: Batch, point: Point, taken: Sequence[Point], threshold: float) -> bool:
    """Whether a point in `taken` cites one of its sentences, or one as alike as `threshold`."""
    cited = {(point.article, index) for index in point.sentences}
    if any(other.article == point.article and cited & {(other.article, i) for i in other.sentences} for other in taken):
        return True
    alike = batch.alike([batch.row(point), *(batch.row(other) for other in taken)])
    return bool((alike[0, 1:] >= threshold).any())


def _articles(batch: Batch, theme: Theme, points: Sequence[Point]) -> tuple[str, ...]:
    """Ids of the articles on `theme`: those behind a point, and those with two sentences and a tenth of all on it."""
    behind = {id_ for point in points for id_ in (point.article, *point.corroborated_by)}
    on = np.bincount(batch.owner[relevant_rows(batch, theme)], minlength=len(batch.articles))
    return tuple(
        article.id
        for article, count in zip(batch.articles, on.tolist(), strict=True)
        if article.id in behind or count >= max(2, 0.1 * len(article.sentences))
    )


def _highlights(batch: Batch, themes: Sequence[Theme], limit: int) -> tuple[Point, ...]:
    """The best points of all themes, greedily, each theme and article worth less once it has one."""
    worth = [
        (point.scores.get("score", 1 / (1 + rank)) * (1 + _SUPPORT * min(len(point.corroborated_by), 3)), point)
        for theme in themes
        for rank, point in enumerate(theme.points)
    ]
    chosen: list[Point] = []
    while worth and len(chosen) < limit:
        values = [round(value * _fresh(point, chosen), 6) for value, point in worth]
        _, point = worth.pop(values.index(max(values)))
        if not _is_said(batch, point, chosen, REDUNDANT):
            chosen.append(point)
    return tuple(chosen)


def _fresh(point: Point, chosen: Sequence[Point]) -> float:
    themes, articles = sum(c.theme == point.theme for c in chosen), sum(c.article == point.article for c in chosen)
    return float(_SAME_THEME**themes * _SAME_ARTICLE**articles)
