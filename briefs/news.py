"""What is new since the last brief: articles and points that an earlier edition had are no news again.

An edition that was mailed is published: made again it is made of the articles that it had, and what came since is left to
the next, or its readers would never get it.

A brief of the period "since-last" is made of the articles that no earlier edition had; one of so many days is made of all
articles of these days, and says which points are new. An article at a known address with another text is an update.
Of an article that tells in part what was told before, corrected or copied, only the sentences that no earlier edition's
articles had can become points.
"""

import dataclasses
import datetime as dt
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from briefs.brief import Article, Brief, Point
from briefs.workspace import Found, History

_KEY = 16  # bytes of a key: what one desk ever reads has no two the same by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the editions of a brief before this one had; `days` is None for a brief of what is new since the last."""

    history: History
    brief: str
    edition: str
    days: int | None = None
    skipped: Counter[str] = field(default_factory=Counter)  # documents, articles, and what came later

    @property
    def is_scheduled(self) -> bool:
        """Is the edition a slot of a schedule?"""
        return "T" in self.edition

    def skips(self, sha256: str) -> bool:
        """Need a document not be read, because an earlier edition had it?"""
        if self.days is not None or not self._before("d", [document_key(sha256)]):
            return False
        self.skipped["documents"] += 1
        return True

    def choose(self, brief: Brief) -> Brief:
        """Keep the articles of the period, and mark those that are updates of an article that was reported."""
        known = self._before("a", map(article_key, brief.articles))
        published = self.history.is_published(self.brief, self.edition)
        own = self.history.own(self.brief, self.edition, "a", map(article_key, brief.articles)) if published else None
        at = self.history.articles_at(self.brief, self.edition, _addresses(brief.articles))
        kept = []
        for article in brief.articles:
            key = article_key(article)
            if own is not None and key not in own and key not in known:
                self.skipped["later"] += 1
                continue
            if not self._is_in_period(article, known.get(key), brief.date):
                self.skipped["articles"] += 1
                continue
            earlier = {at[url] for url in _addresses([article]) if url in at}
            kept.append(dataclasses.replace(article, updated=bool(earlier) and key not in earlier and key not in known))
        return dataclasses.replace(brief, articles=tuple(kept), since=self._since())

    def _is_in_period(self, article: Article, first: str | None, day: dt.date) -> bool:
        if self.days is None:
            return first is None
        published = article.published or (dt.date.fromisoformat(first[:10]) if first else day)
        return published > day - dt.timedelta(days=self.days)

    def _since(self) -> dt.date | None:
        previous = self.history.previous(self.brief, self.edition)
        return dt.date.fromisoformat(previous.edition[:10]) if previous else None

    def known(self, articles: Iterable[Article]) -> set[bytes]:
        """Keys of the sentences of `articles` that an earlier edition's articles had."""
        return set(self._before("s", _sentence_keys(articles)))

    def reported(self, articles: Iterable[Article]) -> set[bytes]:
        """Keys of the sentences of `articles` that a point of an earlier edition rested on."""
        return set(self._before("p", _sentence_keys(articles)))

    def compare(self, brief: Brief, reported: Container[bytes]) -> Brief:
        """Mark the points that were reported before, and count each theme's articles against the last edition's."""
        previous = self.history.previous(self.brief, self.edition)
        texts = {article.id: {s.index: s.text for s in article.sentences} for article in brief.articles}

        def marked(point: Point) -> Point:
            cited = texts[point.article]
            return dataclasses.replace(point, new=any(sentence_key(cited[i]) not in reported for i in point.sentences))

        themes = tuple(
            dataclasses.replace(
                theme,
                points=tuple(map(marked, theme.points)),
                change=len(theme.articles) - previous.counts.get(theme.id, 0) if previous else None,
            )
            for theme in brief.themes
        )
        return dataclasses.replace(brief, themes=themes, highlights=tuple(map(marked, brief.highlights)))

    def _before(self, kind: str, keys: Iterable[bytes]) -> Mapping[bytes, str]:
        return self.history.seen_before(self.brief, self.edition, kind, keys)


def without_known(articles: Iterable[Article], known: Container[bytes]) -> tuple[Article, ...]:
    """The articles without the sentences that are known."""
    return tuple(
        dataclasses.replace(article, sentences=tuple(s for s in article.sentences if sentence_key(s.text) not in known))
        for article in articles
    )


def found_in(brief: Brief) -> Found:
    """What this edition had, for the editions after it."""
    texts = {article.id: {s.index: s.text for s in article.sentences} for article in brief.articles}
    points = [point for theme in brief.themes for point in theme.points]
    return Found(
        documents=[document_key(origin.sha256) for article in brief.articles for origin in article.origins],
        articles=[article_key(article) for article in brief.articles],
        sentences=list(_sentence_keys(brief.articles)),
        points=[sentence_key(texts[point.article][i]) for point in points for i in point.sentences],
        addresses={url: article_key(article) for article in brief.articles for url in _addresses([article])},
    )


def document_key(sha256: str) -> bytes:
    """The key of a document's bytes."""
    return bytes.fromhex(sha256)[:_KEY]


def article_key(article: Article) -> bytes:
    """The key of an article's cleaned text."""
    return hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).digest()[:_KEY]


def sentence_key(text: str) -> bytes:
    """The key of a sentence, however it is spaced and whatever the width of its letters."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:_KEY]


def _sentence_keys(articles: Iterable[Article]) -> Iterator[bytes]:
    return (sentence_key(sentence.text) for article in articles for sentence in article.sentences)


def _addresses(articles: Iterable[Article]) -> list[str]:
    return [origin.url for article in articles for origin in article.origins if origin.url]
