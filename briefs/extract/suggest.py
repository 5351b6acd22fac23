"""Themes proposed from a batch of articles: keywords that belong together, named in English where the glossary can.

Passages of a few sentences are rows, candidate terms columns; non-negative matrix factorisation (Lee and Seung 1999)
gives each theme a weight for every term. A Japanese term and its English in the glossary are one column, and figures
are columns that are never shown: both tie articles of different languages together.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from briefs.brief import Article, Kind, Theme
from briefs.extract.candidates import find_candidates, identify
from briefs.extract.terms import Floats, Rows, normalise, words
from briefs.segment import split_sentences

_SENTENCES = 4  # of one passage: enough for terms to meet, few enough to stay on one subject
_PASSAGES = 3000  # of a large batch are read, evenly spread; with the terms below the table stays at 20 MB
_TERMS = 800
_MOST, _LEAST = 15, 6  # keywords of one language
_SHARE = 0.12  # of the strongest keyword's weight that a keyword beyond the sixth must have
_OWN = 0.4  # share of a term's weight over all themes from which it may be a theme's keyword
_ENOUGH = 40  # repeated terms of a language from which those that come once are left out
_NEAR = 0.3  # of its article's mean that a passage takes on; with the next, measured on the sample corpus
_ACROSS = 1.0  # of the mean of passages in other languages that share a figure or a name with it
_ROUNDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion(Theme):
    """A proposed theme; `articles` and `headline` the most typical first."""

    headline: str = ""


@dataclass(frozen=True, slots=True)
class _Passage:
    article: int
    language: str
    text: str


@dataclass(slots=True)
class _Term:
    """A column: the forms found of one meaning, by language, and what speaks for it as a keyword."""

    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    english: str = ""
    worth: float = 0.0
    person: bool = False


def suggest_themes(articles: Sequence[Article], *, limit: int = 6) -> list[Theme]:
    """Propose up to `limit` themes that run through `articles`, the widest first; the same for the same articles."""
    passages = _read_passages(articles)
    terms, found = _find_terms(passages)
    keys = _choose_columns(terms, found)
    count = min(limit, math.ceil(len(passages) / _SENTENCES), len(keys) // 3)
    if count < 1:
        return []
    table = _weigh(keys, terms, found)
    shown = np.array([key in terms for key in keys])
    loads, weights = _factorise(_smooth(table, passages), count)
    themes: list[Suggestion] = []
    for number in np.argsort(-np.round(loads.sum(axis=0) * weights.sum(axis=1), 6), kind="stable").tolist():
        ranked = _rank(weights, number, shown)
        chosen = [(terms[keys[column]], strength) for column, strength in ranked]
        typical = _typical(loads, number, passages, articles)
        if len(chosen) >= 3 and typical:
            themes.append(_name(chosen, [articles[at] for at in typical], {theme.id for theme in themes}))
    return sorted(themes, key=lambda theme: -len(theme.articles))


def themes_toml(themes: Sequence[Theme]) -> str:
    """The themes as tables for a briefs.toml, each under a comment with its articles and most typical headline."""
    parts = []
    for theme in themes:
        count = len(theme.articles)
        lines = [f"# {count} article{'' if count == 1 else 's'}"]
        if isinstance(theme, Suggestion) and theme.headline:
            lines[0] += f", most typical: {_one_line(theme.headline)}"
        lines.append("[[theme]]")
        lines += [f"{name} = {_quote(getattr(theme, name))}" for name in ("id", "title", "description")]
        lines.append("[theme.keywords]")
        for language, keywords in theme.keywords.items():
            name = language if re.fullmatch(r"[A-Za-z0-9_-]+", language) else _quote(language)
            lines.append(f"{name} = [{', '.join(_quote(keyword) for keyword in keywords)}]")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but TOML forbids DEL and halves of surrogate pairs too."""
    return json.dumps(_whole(text), ensure_ascii=False).replace("\x7f", "\\u007F")


def _one_line(text: str) -> str:
    """Text that cannot end a comment, nor reorder what is seen of it."""
    return " ".join(
        "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in _whole(text)).split()
    )


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_passages(articles: Sequence[Article]) -> list[_Passage]:
    """Every article in passages; of a large batch an even sample of them."""
    found = [passage for number, article in enumerate(articles) for passage in _split(number, article)]
    step = max(1, math.ceil(len(found) / _PASSAGES))
    return found[::step]


def _split(number: int, article: Article) -> Iterator[_Passage]:
    """A few sentences of one block each; a title or heading goes with what follows it."""
    pending = [_whole(article.title)] if article.title and all(b.text != article.title for b in article.blocks) else []
    language = article.language
    for block in article.blocks:
        language = (block.language or article.language).split("-")[0]
        text = unicodedata.normalize("NFKC", _whole(block.text))
        pending += [text[start:end] for start, end in split_sentences(text, language)]
        if block.kind is not Kind.HEADING:
            while pending:
                yield _Passage(number, language, "\n".join(pending[:_SENTENCES]))
                del pending[:_SENTENCES]
    if pending:
        yield _Passage(number, language, "\n".join(pending))


def _find_terms(passages: Sequence[_Passage]) -> tuple[dict[str, _Term], list[list[str]]]:
    """The candidate terms by key, and for each passage the keys in it: terms, and figures that no list shows."""
    terms: dict[str, _Term] = {}
    found: list[list[str]] = [[word for word in words(normalise(p.text)) if _is_telling(word)] for p in passages]
    for language in dict.fromkeys(passage.language for passage in passages):
        rows = [row for row, passage in enumerate(passages) if passage.language == language]
        spotted = find_candidates([passages[row].text for row in rows], language)
        for row, forms in zip(rows, spotted, strict=True):
            for form in forms:
                key, english, kind = identify(language, form)
                term = terms.setdefault(key, _Term())
                term.forms[language, form] += 1
                term.english = term.english or english
                term.person = term.person or kind == "person"
                term.worth = max(term.worth, _worth(language, form) * (1.25 if kind else 1.0))
                found[row].append(key)
    return terms, found


def _is_telling(word: str) -> bool:
    """Whether a word is a figure precise or large enough to name the same fact in two articles."""
    if not word.startswith("="):
        return False
    number = word.strip("=%")
    return "." in number or float(number) >= 2500


def _choose_columns(terms: Mapping[str, _Term], found: Sequence[Sequence[str]]) -> list[str]:
    """The strongest keys: in two passages or more where a language has enough of those."""
    spread = Counter(key for row in found for key in dict.fromkeys(row))
    repeated = Counter(code for key, n in spread.items() if n > 1 and key in terms for code in _languages(terms[key]))
    poor = {code for key in terms for code in _languages(terms[key]) if repeated[code] < _ENOUGH}
    pool = [
        key
        for key, n in spread.items()
        if n > 1 or (key in terms and key.count(" ") < 2 and _languages(terms[key]) & poor)
    ]

    def strength(key: str) -> float:
        worth = terms[key].worth if key in terms else 1.0
        return round(worth * spread[key] * math.log(1 + len(found) / spread[key]), 6)

    return sorted(pool, key=lambda key: (-strength(key), key))[:_TERMS]


def _value(term: _Term) -> float:
    """Worth, halved for a person, who is seldom the subject, and for what is said once."""
    return term.worth * (0.5 if term.person else 1.0) * (0.5 if term.forms.total() == 1 else 1.0)


def _worth(language: str, form: str) -> float:
    """What a term's length says: two characters or one word are seldom a subject of their own."""
    if language in ("ja", "zh"):
        return min(0.4 + 0.2 * len(form), 1.4)
    return min(0.7 + 0.3 * len(form.split()), 1.3)


def _languages(term: _Term) -> set[str]:
    return {language for language, _ in term.forms}


def _weigh(keys: Sequence[str], terms: Mapping[str, _Term], found: Sequence[Sequence[str]]) -> Floats:
    """Passages by columns: rarity as in `Rows`, times worth."""
    number = {key: column for column, key in enumerate(keys)}
    rows = Rows.build([list(keys), *([key for key in row if key in number] for row in found)])
    worth = np.array([_value(terms[key]) if key in terms else 1.0 for key in keys])
    table = np.stack([rows.dense(row) for row in range(1, len(rows))])
    return np.asarray(table * worth)


def _smooth(table: Floats, passages: Sequence[_Passage]) -> Floats:
    """Each row with a share of its article: what is said nearby belongs to the same subject."""
    owner = np.array([passage.article for passage in passages])
    means = {number: table[owner == number].mean(axis=0) for number in np.unique(owner).tolist()}
    near = table + _NEAR * np.stack([means[number] for number in owner.tolist()])
    _, code = np.unique([passage.language for passage in passages], return_inverse=True)
    alike = np.where(code[:, None] != code[None, :], table @ table.T, 0.0)
    alike /= np.maximum(alike.sum(axis=1, keepdims=True), 0.1)
    return np.asarray(near + _ACROSS * alike @ table)


def _factorise(table: Floats, count: int) -> tuple[Floats, Floats]:
    """Loads of passages and weights of columns on `count` themes, whose product is near `table`.

    Begun from singular vectors (Boutsidis and Gallopoulos 2008): no chance is in it.
    """
    left, values, right = np.linalg.svd(table, full_matrices=False)
    count = min(count, int((values > 1e-6).sum()))
    loads, weights = np.zeros((len(table), count)), np.zeros((count, table.shape[1]))
    for number in range(count):
        signs = [(np.maximum(sign * left[:, number], 0), np.maximum(sign * right[number], 0)) for sign in (1, -1)]
        sizes = [float(np.linalg.norm(one) * np.linalg.norm(other)) for one, other in signs]
        best = 0 if sizes[0] >= sizes[1] else 1
        one, other = signs[best]
        scale = math.sqrt(values[number] * sizes[best])
        loads[:, number] = scale * one / np.linalg.norm(one)
        weights[number] = scale * other / np.linalg.norm(other)
    fill = float(table.mean()) / 10
    loads, weights = np.where(loads > 0, loads, fill), np.where(weights > 0, weights, fill)
    for _ in range(_ROUNDS):
        weights = weights * (loads.T @ table) / np.maximum(loads.T @ loads @ weights, 1e-12)
        loads = loads * (table @ weights.T) / np.maximum(loads @ (weights @ weights.T), 1e-12)
    return loads, weights


def _rank(weights: Floats, number: int, shown: Floats) -> list[tuple[int, float]]:
    """The columns of theme `number` with their strength, strongest first: weight times the share that is its own."""
    scaled = weights / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-12)
    share = scaled[number] / np.maximum(scaled.sum(axis=0), 1e-12)
    strength = np.round(np.where((share >= _OWN) & shown, scaled[number] * share, 0.0), 6)
    order = np.argsort(-strength, kind="stable")
    return [(column, float(strength[column])) for column in order.tolist() if strength[column] > 0]


def _typical(loads: Floats, number: int, passages: Sequence[_Passage], articles: Sequence[Article]) -> list[int]:
    """The articles of a theme, most typical first: those with a passage mainly on it."""
    mine = loads.argmax(axis=1) == number
    owner = np.array([passage.article for passage in passages])
    sums = np.round(np.bincount(owner, loads[:, number] * mine, minlength=len(articles)), 6)
    order = np.argsort(-sums, kind="stable").tolist()
    return [at for at in order if sums[at] > 0]


def _name(chosen: Sequence[tuple[_Term, float]], articles: Sequence[Article], taken: set[str]) -> Suggestion:
    """A theme from its terms, strongest first, and its articles, most typical first."""
    keywords = _keywords(chosen)
    english = _distinct([term.english for term, _ in chosen if term.english and not term.person][:8])
    english.sort(key=lambda name: " and " in name)
    names = english or [form for forms in keywords.values() for form in forms]
    title = _join(names[:2])
    slug = "-".join(re.findall(r"[a-z0-9]+", " ".join(names[:2]).lower())) or "theme"
    id_ = next(name for n in range(1, len(taken) + 2) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)
    return Suggestion(
        id=id_,
        title=title,
        description=f"{_join(names[:5])}.",
        keywords=keywords,
        articles=tuple(article.id for article in articles),
        headline=articles[0].headline,
    )


def _keywords(chosen: Sequence[tuple[_Term, float]]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = {}
    for term, strength in chosen:
        forms = [form for form, _ in sorted(term.forms.items(), key=lambda item: (-item[1], item[0]))]
        forms = [form for at, form in enumerate(forms) if form[0] == "ja" or form[0] not in {f[0] for f in forms[:at]}]
        if term.english and all(language != "en" for language, _ in forms):
            forms.append(("en", term.english))
        for language, form in forms:
            known = lists.setdefault(language, [])
            if normalise(form) not in map(normalise, known) and len(known) < (
                _MOST if strength >= _SHARE * chosen[0][1] else _LEAST
            ):
                known.append(form)
    return {language: tuple(lists[language]) for language in sorted(lists, key=lambda code: (code != "ja", code))}


def _distinct(names: Sequence[str]) -> list[str]:
    """The names that share no word with an earlier one."""
    kept: list[str] = []
    for name in names:
        if not any(set(words(normalise(name))) & set(words(normalise(other))) for other in kept):
            kept.append(name)
    return kept


def _join(names: Sequence[str]) -> str:
    """The names as an English list that begins with a capital."""
    text = " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    return text[:1].upper() + text[1:]
