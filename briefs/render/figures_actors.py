"""Who is named: people, organisations and countries of the gazetteer, by the articles of each theme that name them."""

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from briefs.brief import Article, Brief, Theme
from briefs.fidelity import Gazetteer, load_gazetteer, normalise_source
from briefs.render.labels import Labels
from briefs.render.page import FigureView, RowView

ACTORS_SHOWN = 10
COLUMNS_SHOWN = 12
LEAST_ACTORS = 3
LEAST_ARTICLES = 2  # in which a name has to stand: once is chance
LONGEST_NAME = 5  # words
_KINDS = ("person", "organisation", "place")
# Where something is, and not who acts.
_GEOGRAPHY = re.compile(
    r"\b(?:Sea|Ocean|Straits?|Islands?|Peninsula|Channel|Bay|River|Gulf|Canal|Prefecture|[Rr]egion|Pacific|Atlantic|Asia"
    r"|Africa|America|Americas|Europe|East|West|North|South|Arctic|Antarctica|Balkans|Base|base|Shoal|Line|plant)$"
)
# English words that are also names; in Japanese they are not to be mistaken.
_WORDS = frozenset(
    "Apple Bach Costa Dar Diet Gates Greens Harper League Peters Quad Rice Shell Sharon Summers Turk".split()
)
_CAPITALISED = re.compile(r"[A-Z][\w'’-]*|(?:al|el)-[A-Z]\w+|of|the|and|for")


def build_actors(brief: Brief, labels: Labels) -> FigureView | None:
    """The names that most articles have, with the articles of each theme that have them."""
    themes = [theme for theme in brief.themes if theme.points][:COLUMNS_SHOWN]
    named = _with_full_names({article.id: find_actors(article) for article in brief.articles})
    in_articles = Counter(name for names in named.values() for name in names)
    chosen = sorted(
        (name for name, n in in_articles.items() if n >= LEAST_ARTICLES), key=lambda n: (-in_articles[n], n)
    )
    chosen = chosen[:ACTORS_SHOWN]
    if len(chosen) < LEAST_ACTORS or not themes:
        return None
    rows = tuple(_row(name, themes, named, in_articles[name]) for name in chosen)
    numbers = tuple(str(number) for number in range(1, len(themes) + 1))
    key = "; ".join(f"{number} {theme.title}" for number, theme in zip(numbers, themes, strict=True))
    return FigureView(
        id="actors",
        title=labels.figure("actors"),
        finding=labels.figure("actors_finding", name=chosen[0], n=in_articles[chosen[0]], total=len(named)),
        reading=labels.figure("actors_reading", themes=key),
        columns=numbers,
        rows=rows,
        head=(labels.figure("name"), *(theme.title for theme in themes), labels.figure("all")),
        table=tuple((row.name, *(f"{bar:g}" for bar in row.bars), row.value) for row in rows),
    )


def _row(name: str, themes: list[Theme], named: Mapping[str, Set[str]], total: int) -> RowView:
    bars = tuple(sum(name in named.get(id_, ()) for id_ in theme.articles) for theme in themes)
    return RowView(name=name, value=str(total), bars=bars)


def find_actors(article: Article) -> dict[str, str]:
    """The English names of the actors in an article, with their kinds."""
    return {name: kind for sentence in article.sentences for name, kind in _named(sentence.text, sentence.language)}


@functools.lru_cache(maxsize=20_000)  # a brief is prepared several times on its way to a page
def _named(text: str, language: str) -> tuple[tuple[str, str], ...]:
    """The actors of a sentence: in Japanese by the gazetteer, in English as they are spelt, in others none."""
    gazetteer = load_gazetteer()
    found: Iterable[tuple[str, str]] = ()
    if language == "ja":
        found = ((name.english, name.kind) for name in gazetteer.find(normalise_source(text)))
    elif language == "en":
        found = _find_english(text, _english_names(gazetteer)).items()
    return tuple((name, kind) for name, kind in found if kind in _KINDS and not _GEOGRAPHY.search(name))


def _with_full_names(named: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    """Names by article, where Trump is Donald Trump if some article says so and no other Trump is named."""
    full: dict[str, set[str]] = {}
    for names in named.values():
        for name, kind in names.items():
            if kind == "person" and " " in name:
                full.setdefault(name.rpartition(" ")[2], set()).add(name)
    whole = {last: next(iter(names)) for last, names in full.items() if len(names) == 1}
    return {
        id_: {whole.get(name, name) if kind == "person" else name for name, kind in names.items()}
        for id_, names in named.items()
    }


@functools.cache
def _english_names(gazetteer: Gazetteer) -> dict[str, str]:
    return {name: kind for name, kind in gazetteer.english() if kind in _KINDS and name not in _WORDS}


def _find_english(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """The longest names at each place of an English sentence, with their kinds."""
    words = list(_CAPITALISED.finditer(text))
    found, i = {}, 0
    while i < len(words):
        size = next(
            (n for n in range(min(LONGEST_NAME, len(words) - i), 0, -1) if _spelt(text, words[i : i + n]) in names), 0
        )
        if size:
            name = _spelt(text, words[i : i + size])
            found[name] = names[name]
        i += size or 1
    return found


def _spelt(text: str, words: list[re.Match[str]]) -> str:
    return text[words[0].start() : words[-1].end()].removesuffix("'s").removesuffix("’s")
