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
    updated: bool


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
    """A key point: its sentences, its source and the sources that say the same.

    `new` and `updated` are never both true: a changed article says more than a new point of it.
    """

    anchor: str
    number: str
    quotes: tuple[QuoteView, ...]
    source: SourceView
    also: tuple[SourceView, ...]
    also_more: int
    new: bool
    updated: bool
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
class RowView:
    """A row of bars, one a column of its figure; `value` says them in short."""

    name: str
    value: str
    bars: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """A date that a point states: `at` is its place on the axis, 0 to 1, `level` how far above it its number stands."""

    number: int
    at: float
    level: int
    ahead: bool
    date: str
    text: TextView
    anchor: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """A figure as plain data: rows of bars or events on an axis, one sentence that says the main finding, and a table.

    `ticks` and `today` are places on the axis, 0 to 1.
    """

    id: str
    title: str
    finding: str
    reading: str
    head: tuple[str, ...]
    table: tuple[tuple[str | TextView, ...], ...]
    columns: tuple[str, ...] = ()
    rows: tuple[RowView, ...] = ()
    events: tuple[EventView, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    today: float | None = None

    @property
    def most(self) -> float:
        """The longest bar."""
        return max((bar for row in self.rows for bar in row.bars), default=1) or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole brief as templates see it, with `label` for the program's own words.

    `translated` is false where every cited sentence is in the language of the brief: there is nothing beside them.
    `left_out` says what a short template leaves to the full brief.
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
    figures: tuple[FigureView, ...]
    cited: tuple[SourceView, ...]
    not_cited: tuple[SourceView, ...]
    not_listed: str
    appendix: tuple[tuple[SourceView, tuple[EntryView, ...]], ...]
    method: MethodView
    method_notes: list[str]
    label: Mapping[str, Any]
    left_out: str = ""

    @property
    def points(self) -> tuple[PointView, ...]:
        """Every point that is shown, in reading order; those at a glance come again in their themes."""
        return (*self.highlights, *(point for theme in self.themes for point in theme.points))

    @property
    def texts(self) -> Iterator[str]:
        """What a rendered brief has to contain: the sentences of its points, as shown."""
        for point in self.points:
            for quote in point.quotes:
                yield quote.shown.text

    @property
    def legend(self) -> tuple[tuple[str, str, str], ...]:
        """The marks that points carry, each once: its class, the mark and what it means."""
        shown = {
            "check": ("mark alert", any(point.flags for point in self.points)),
            "new": ("mark new", any(point.new for point in self.points)),
            "updated": ("mark", any(point.updated for point in self.points)),
        }
        return tuple(
            (name, self.label[key], self.label[f"legend_{key}"]) for key, (name, is_shown) in shown.items() if is_shown
        )
