"""All sentences of a batch of articles as rows of one table, made once and asked about by every theme."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from briefs.brief import Article, Kind, Point, Sentence, Theme
from briefs.extract.names import title_actors
from briefs.extract.terms import Floats, Ints, Rows, normalise, tally, words

_KATAKANA = re.compile(r"[ァ-ヺー]")
_WORD = re.compile(r"[^\W_ぁ-ヿ㐀-鿿가-힣]")
_PLURAL = re.compile(r"(?:e?s|'s|’s)?(?![^\W_ぁ-ヿ㐀-鿿가-힣])")

_TITLE = 0.3  # what a match in the article's title lends to each of its sentences
_HEADING = 0.7  # the same for the nearest heading above: it is the closer context
_OWN = 0.6  # one keyword in the sentence; n of them give 1 - 0.4^n
_LEARNED = 0.5  # the strongest association: alone it never reaches what a keyword gives
_FOREIGN = 3.0  # a cosine across languages counts so much more: only figures, names and some kanji can match at all
_EVIDENCE = 10.83  # chi-square with one degree of freedom at p = .001


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Row i < size is a sentence; then follows a row for each article's title. Arrays are by row."""

    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    owner: Ints
    order: Ints
    heading: Ints
    votes: NDArray[np.bool_]
    language: Ints
    rows: Rows
    text: str
    offsets: Ints
    memo: dict[tuple[object, ...], Floats] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(cls, articles: Sequence[Article]) -> "Batch":
        """Split all texts into words and weigh them."""
        sentences = tuple(sentence for article in articles for sentence in article.sentences)
        counts = [len(article.sentences) for article in articles]
        owner = np.concatenate([np.repeat(np.arange(len(articles)), counts), np.arange(len(articles))])
        texts = [_searchable(sentence) for sentence in sentences] + [normalise(a.title or "") for a in articles]
        kinds = [sentence.kind for sentence in sentences] + [Kind.HEADING] * len(articles)
        return cls(
            articles=tuple(articles),
            sentences=sentences,
            owner=owner.astype(np.int64),
            order=_order(sentences, counts),
            heading=_headings(sentences, counts),
            votes=np.array([kind in (Kind.SENTENCE, Kind.BULLET) for kind in kinds], dtype=bool),
            language=_languages([*(s.language for s in sentences), *(a.language for a in articles)]),
            rows=Rows.build(words(text) for text in texts),
            text="\n".join(texts),
            offsets=np.cumsum([0, *(len(text) + 1 for text in texts)]).astype(np.int64),
        )

    @property
    def size(self) -> int:
        """How many rows are sentences."""
        return len(self.sentences)

    def is_of(self, articles: Sequence[Article]) -> bool:
        """Whether the batch was made from these very objects."""
        return len(articles) == len(self.articles) and all(a is b for a, b in zip(articles, self.articles, strict=True))

    def row(self, point: Point) -> int:
        """The row of the last sentence that `point` rests on, the one it was chosen for; ValueError if not there."""
        owner = [article.id for article in self.articles].index(point.article)
        rows = np.flatnonzero(self.owner[: self.size] == owner).tolist()
        return int(next(row for row in rows if self.sentences[row].index == point.sentences[-1]))

    def relevance(self, theme: Theme) -> Floats:
        """How much each sentence is about `theme`, 0 to 1: below a keyword's own 0.6 it rests on context alone.

        Evidence is combined as independent (noisy-or): keywords in the sentence, learned words, heading, title.
        """
        keywords = tuple(sorted({word for group in theme.keywords.values() for word in group if word.strip()}))
        key = (theme.id, theme.title, keywords)
        if key not in self.memo:
            self.memo[key] = self._relevance(keywords or (theme.title,), title_actors(theme.title))
        return self.memo[key]

    def alike(self, rows: Sequence[int]) -> Floats:
        """How alike the rows are, as a square: the cosine, made comparable where languages differ."""
        cosine, shared = self.rows.similarities(rows)
        languages = self.language[list(rows)]
        return _calibrate(cosine, shared, languages[:, None] != languages[None, :])

    def alike_to(self, row: int) -> Floats:
        """How alike every row is to `row`."""
        vector = self.rows.dense(row)
        figures = ((vector > 0) & self.rows.amounts).astype(float)
        shared = tally(self.rows.row, figures[self.rows.columns], len(self.rows))
        return _calibrate(np.round(self.rows.dot(vector), 6), shared, self.language != self.language[row])

    def _relevance(self, keywords: Sequence[str], actors: Sequence[Sequence[str]]) -> Floats:
        counts = self._matches(keywords)
        if len(actors) > 1:  # dealings between two are named by both: アメリカは、ロシアとの緊張緩和を進める
            counts += sum(self._matches(forms) > 0 for forms in actors) > 1
        own = 1 - (1 - _OWN) ** counts
        learned = _LEARNED * self._learned(counts > 0)
        headed = np.where(self.heading >= 0, own[self.heading], 0.0)[: self.size]
        titled = own[self.size :][self.owner[: self.size]]
        miss = (1 - own[: self.size]) * (1 - learned[: self.size]) * (1 - _HEADING * headed) * (1 - _TITLE * titled)
        return np.round(1 - miss, 6)

    def _matches(self, keywords: Sequence[str]) -> Floats:
        """How many different keywords stand in each row; a row counts a keyword once."""
        counts = np.zeros(len(self.rows))
        for keyword in sorted({normalise(word) for word in keywords}):
            found = np.array(_find(self.text, keyword), dtype=np.int64)
            counts[np.unique(np.searchsorted(self.offsets, found, side="right") - 1)] += 1
        return counts

    def _learned(self, matched: NDArray[np.bool_]) -> Floats:
        """Association with the theme by topic signatures (Lin and Hovy 2000), scaled to 0..1.

        A word counts if it is more frequent in matched rows by log-likelihood ratio (Dunning 1993) at p = .001.
        """
        inside = tally(self.rows.columns, matched[self.rows.row].astype(float), self.rows.width)
        total = tally(self.rows.columns, np.ones(len(self.rows.columns)), self.rows.width)
        ratio = _log_likelihood(inside, total, float(matched.sum()), float(len(self.rows)))
        signature = np.where(ratio > _EVIDENCE, np.sqrt(ratio), 0.0)
        score = tally(self.rows.row, signature[self.rows.columns], len(self.rows))
        top = np.quantile(score[matched], 0.9) if matched.any() else 0.0
        return np.minimum(score / top, 1.0) if top > 0 else np.zeros(len(self.rows))


def _searchable(sentence: Sentence) -> str:
    return normalise(sentence.text).replace("\n", " ")


def _order(sentences: Sequence[Sentence], counts: Sequence[int]) -> Ints:
    """The place of each sentence among those of its article, headings not counted."""
    order, start = np.zeros(len(sentences), dtype=np.int64), 0
    for count in counts:
        plain = [sentence.kind is not Kind.HEADING for sentence in sentences[start : start + count]]
        order[start : start + count] = np.cumsum(plain) - plain
        start += count
    return order


def _headings(sentences: Sequence[Sentence], counts: Sequence[int]) -> Ints:
    """The row of the nearest heading above each sentence in its article, -1 if none."""
    rows, row = np.full(len(sentences) + len(counts), -1, dtype=np.int64), 0
    for count in counts:
        last = -1
        for row_ in range(row, row + count):
            if sentences[row_].kind is Kind.HEADING:
                last = row_
            else:
                rows[row_] = last
        row += count
    return rows


def _languages(codes: Sequence[str]) -> Ints:
    """A number for each language, in order of appearance."""
    numbers = {code: number for number, code in enumerate(dict.fromkeys(codes))}
    return np.array([numbers[code] for code in codes], dtype=np.int64)


def _calibrate(cosine: Floats, shared: Floats, foreign: NDArray[np.bool_]) -> Floats:
    """Across languages two shared figures are asked for; measured on the sample corpus, docs/extraction.md."""
    across = np.where(shared >= 2, np.minimum(cosine * _FOREIGN, 1.0), 0.0)
    return np.where(foreign, across, cosine)


def _find(text: str, keyword: str) -> list[int]:
    """Offsets where `keyword` starts a word: ドル is not in アイドル, nor gas in Vegas."""
    found, at = [], text.find(keyword)
    script = next((script for script in (_KATAKANA, _WORD) if script.match(keyword)), None)
    while at >= 0:
        end = at + len(keyword)
        joined = script is not None and at > 0 and script.match(text[at - 1])
        if not joined and (not keyword.isascii() or _PLURAL.match(text, end)):
            found.append(at)
        at = text.find(keyword, end)
    return found


def _log_likelihood(inside: Floats, total: Floats, rows_inside: float, rows: float) -> Floats:
    """Dunning's ratio for words over-represented inside; 0 for the others."""
    outside, rows_outside = total - inside, rows - rows_inside
    if not rows_inside or not rows_outside:
        return np.zeros(len(total))
    expected_in, expected_out = total * rows_inside / rows, total * rows_outside / rows
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 2 * (
            np.where(inside > 0, inside * np.log(inside / expected_in), 0.0)
            + np.where(outside > 0, outside * np.log(outside / expected_out), 0.0)
        )
    return np.where(inside > expected_in, ratio, 0.0)
