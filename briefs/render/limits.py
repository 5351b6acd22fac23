"""What a short template shows of a brief, said in its `template.toml`; what is left out is counted, never lost in silence."""

import dataclasses
import math
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefs.config import nearest
from briefs.errors import TemplateError
from briefs.render.labels import Labels
from briefs.render.page import PointView, QuoteView, View
from briefs.render.text import shorten

FILE = "template.toml"
_WIDE = frozenset("mwMW@%…—")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that a template shows; None is no limit.

    `lines` is the room for points and headings, where `line_width` Latin letters make a line and a Chinese character
    takes the place of two. `characters` is the length of one sentence.
    """

    highlights: int | None = None
    points_per_theme: int | None = None
    characters: int | None = None
    lines: int | None = None
    line_width: int = 80
    heading_lines: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What `template.toml` says of a template."""

    description: str = ""
    limits: Limits = Limits()


def read_about(folder: Path) -> About:
    """Read `template.toml` of `folder`; TemplateError names what does not fit."""
    path = folder / FILE
    if not path.exists():
        return About()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"{path}: {error}", hint="the file must be TOML: compare with templates/digest") from error
    about = _checked(data, {"description": str, "limits": dict}, path)
    limits = _checked(about.get("limits", {}), {field.name: int for field in dataclasses.fields(Limits)}, path)
    return About(description=about.get("description", ""), limits=Limits(**limits))


def _checked(data: dict[str, Any], known: dict[str, type], path: Path) -> dict[str, Any]:
    for key, value in data.items():
        if key not in known:
            raise TemplateError(f"{path}: unknown key {key!r}", hint=nearest(key, known))
        if type(value) is not known[key] or (isinstance(value, int) and value < 0):
            raise TemplateError(f"{path}: {key} cannot be {value!r}", hint="see docs/templates.md")
    return data


def limit_view(view: View, limits: Limits, labels: Labels) -> View:
    """`view` with no more than `limits` allow: the points of the day first, then each theme's first, second and so on."""
    if limits == Limits():
        return view
    room = _Room(limits, taken=_lines(view.no_points_in, limits))
    highlights = tuple(room.cut(point) for point in view.highlights[: limits.highlights] if room.takes(point))
    # What stands at a glance is not said again.
    said = set(map(_rests_on, highlights))
    open_points = {theme.anchor: [p for p in theme.points if _rests_on(p) not in said] for theme in view.themes}
    kept: dict[str, list[PointView]] = {theme.anchor: [] for theme in view.themes}
    most = max(map(len, open_points.values()), default=0)
    for position in range(most if limits.points_per_theme is None else min(most, limits.points_per_theme)):
        for theme in (theme for theme in view.themes if position < len(open_points[theme.anchor])):
            point = open_points[theme.anchor][position]
            if room.takes(point, heading="" if kept[theme.anchor] else theme.title):
                kept[theme.anchor].append(room.cut(point))
    themes = tuple(
        dataclasses.replace(theme, points=tuple(kept[theme.anchor])) for theme in view.themes if kept[theme.anchor]
    )
    short = dataclasses.replace(view, highlights=highlights, themes=themes, not_cited=(), not_listed="")
    numbers = {point.source.number for point in short.points}
    cited = tuple(source for source in view.cited if source.number in numbers)
    left = {
        "left_points": sum(map(len, open_points.values())) - sum(map(len, kept.values())),
        "left_sources": len(view.cited) - len(cited),
        "left_ends": room.shortened,
    }
    parts = [labels.count(key, number) for key, number in left.items() if number]
    left_out = labels.text("left_out", parts=labels.text("separator").join(parts)) if parts else ""
    return dataclasses.replace(short, cited=cited, left_out=left_out)


def _rests_on(point: PointView) -> tuple[str, ...]:
    return tuple(quote.entry.anchor for quote in point.quotes)


class _Room:
    """The lines that are left, and how many sentences were shortened to fit."""

    def __init__(self, limits: Limits, *, taken: int) -> None:
        self.limits = limits
        self.left = math.inf if limits.lines is None else limits.lines - taken
        self.shortened = 0

    def takes(self, point: PointView, *, heading: str = "") -> bool:
        """Is there room for `point`, below `heading` if it opens a theme? If so it is taken."""
        said = " ".join(_cut(quote, self.limits).shown.text for quote in point.quotes)
        needed = _lines(said, self.limits) + _lines(" ".join(_trace(point)), self.limits)
        if heading:
            needed += self.limits.heading_lines + _lines(heading, self.limits) - 1
        if needed > self.left:
            return False
        self.left -= needed
        return True

    def cut(self, point: PointView) -> PointView:
        """`point` with its sentences no longer than allowed."""
        quotes = tuple(_cut(quote, self.limits) for quote in point.quotes)
        self.shortened += sum(new is not old for new, old in zip(quotes, point.quotes, strict=True))
        return dataclasses.replace(point, quotes=quotes)


def _trace(point: PointView) -> Iterator[str]:
    """What is printed below a point, for its length."""
    yield from (point.source.name, point.source.date, point.theme, *point.marks)
    for flag in point.flags:
        yield f"{flag.source} {flag.rendering}" if flag.source else flag.message


def _cut(quote: QuoteView, limits: Limits) -> QuoteView:
    if limits.characters is None or len(quote.shown.text) <= limits.characters:
        return quote
    return dataclasses.replace(
        quote, shown=dataclasses.replace(quote.shown, text=shorten(quote.shown.text, limits.characters))
    )


def _lines(text: str, limits: Limits) -> int:
    double = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    capitals, wide = sum(map(str.isupper, text)), sum(character in _WIDE for character in text)
    # A capital is a third wider than a small letter, and some letters are wider still.
    return math.ceil((len(text) + double + capitals / 3 + 0.6 * wide) / limits.line_width)
