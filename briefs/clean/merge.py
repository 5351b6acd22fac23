"""Merges near-duplicate articles: the same wire story on two sites is one article with two origins.

Articles are compared by the windows of characters they share, sampled by hash (Schleimer, Wilkerson and Aiken, 2003:
"Winnowing"), so that a thousand articles need no thousand times thousand comparisons.
"""

import dataclasses
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from briefs.brief import Article, Problem, Severity

WINDOW = 8  # characters
SAMPLE = 4  # keep one window in so many
SHARED = 0.5  # share of the longer article's windows that makes a near-duplicate: paraphrases of a wire story keep 0.6
SMALLEST = 12  # windows; shorter texts are alike by chance
COMMON = 20  # a window in more stories than this is boilerplate; copies of one story count once


def merge_duplicates(articles: Sequence[Article]) -> tuple[list[Article], list[Problem]]:
    """The articles with near-duplicates merged into the one published first, and a warning for each that was merged."""
    prints = [_fingerprint(article) for article in articles]
    where: defaultdict[int, list[int]] = defaultdict(list)
    into: dict[int, int] = {}
    order = sorted(range(len(articles)), key=lambda i: (articles[i].published or date.max, i))
    for i in order:
        shared: Counter[int] = Counter()
        for window in prints[i]:
            holders = where[window]
            if len(holders) <= COMMON:
                shared.update(holders)
        best = max(shared, key=lambda j: (shared[j] / max(len(prints[i]), len(prints[j])), -j), default=None)
        if best is not None and shared[best] >= SHARED * max(len(prints[i]), len(prints[best]), SMALLEST):
            into[i] = best
            continue
        for window in prints[i]:
            where[window].append(i)
    notes = []
    kept = {i: articles[i] for i in range(len(articles)) if i not in into}
    for i, j in sorted(into.items()):
        kept[j] = dataclasses.replace(kept[j], origins=kept[j].origins + articles[i].origins)
        notes.append(
            Problem(source=articles[i].source, stage="clean", severity=Severity.WARNING,
                    message=f"the same story as {articles[j].source}; the two were merged")
        )  # fmt: skip
    return [kept[i] for i in sorted(kept)], notes


def _fingerprint(article: Article) -> set[int]:
    text = re.sub(r"\W+", "", article.text)
    data = text.encode("utf-32-le")
    hashes = (zlib.crc32(data[i : i + 4 * WINDOW]) for i in range(0, 4 * (len(text) - WINDOW + 1), 4))
    return {h for h in hashes if h % SAMPLE == 0}
