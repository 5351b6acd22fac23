"""The parts of a page as templates see them: texts, sources, points, themes and the whole brief."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from briefs.brief import Flag
from briefs.render.method import MethodView

TAIL_CHARACTERS = 16
_UNSPACED = ("ja", "zh", "th", "lo", "km", "my")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text with its language and direction, for the `lang` and `dir` attributes."""

    text: str
    lang: str
    dir: str

    @property
    def tail(self) -> str:
        """The end of the text that a citation must not be parted from: its last word if that is short, or nothing."""
        word = self.text[self.text.rfind(" ") + 1 :]
        # WeasyPrint breaks lines of scripts without spaces badly before a part that must not be broken.
        return word if len(word) <= TAIL_CHARACTERS and not self.lang.startswith(_UNSPACED) else ""

    @property
    def head(self) -> str:
        """The text without its tail."""
        return self.text.removesuffix(self.tail)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """Where a copy of an article is: `link` is None unless it is a web address."""

    text: str
    link: str | None
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A row of the sources table; `name` is the publisher, or else the host or file that the article came from."""

    number: int
    anchor: str
    headline: TextView
    translation: TextView | None
    name: str
    publisher: str
    date: str
    language: str
    places: tuple[PlaceView, ...]
    cited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackLink:
    """A way back from a cited sentence to a point."""

    anchor: str
    label: str


@dataclass(slots=True, kw_only=True)
class EntryView:
    """A cited sentence in the appendix."""

    number: int = 0
    anchor: str
    source: SourceView
    original: TextView
    translation: TextView | None
    native: bool
    draft: bool
    section: TextView | None
    offsets: str
    flags: tuple[Flag, ...]
    back: list[BackLink] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteView:
    """A sentence of a point as the reader sees it; `mark` says in which language it was left."""

    shown: TextView
    draft: TextView | None
    mark: str
    entry: EntryView


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView:
    """A key point: its sentences, its source and the sources that say the same."""

    anchor: str
    number: str
    quotes: tuple[QuoteView, ...]
    source: SourceView
    also: tuple[SourceView, ...]
    also_more: int
    new: bool
    theme: str
    theme_anchor: str

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks of the sentences, each once."""
        return tuple(dict.fromkeys(quote.mark for quote in self.quotes if quote.mark))

    @property
    def left(self) -> tuple[str, ...]:
        """The marks of the sentences that have no draft below them to say that they are in another language."""
        return tuple(dict.fromkeys(quote.mark for quote in self.quotes if quote.mark and not quote.draft))

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What the checks found wrong with any of the sentences."""
        return tuple(flag for quote in self.quotes for flag in quote.entry.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeView:
    """A theme with its points."""

    anchor: str
    title: str
    description: str
    tally: tuple[str, ...]
    points: tuple[PointView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole brief as templates see it, with `label` for the program's own words.

    `translated` is false where every cited sentence is in the language of the brief: there is nothing beside them.
    """

    title: str
    header: str
    lang: str
    date: str
    date_iso: str
    period: str
    undated: str
    tally: tuple[str, ...]
    footer: str
    translated: bool
    nothing: str
    no_points_in: str
    highlights: tuple[PointView, ...]
    themes: tuple[ThemeView, ...]
    cited: tuple[SourceView, ...]
    not_cited: tuple[SourceView, ...]
    not_listed: str
    appendix: tuple[tuple[SourceView, tuple[EntryView, ...]], ...]
    method: MethodView
    method_notes: list[str]
    label: Mapping[str, Any]

    @property
    def texts(self) -> Iterator[str]:
        """What a rendered brief has to contain: the sentences of its points, as shown."""
        for point in (*self.highlights, *(point for theme in self.themes for point in theme.points)):
            for quote in point.quotes:
                yield quote.shown.text
