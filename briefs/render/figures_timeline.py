"""The dates that the points state, on one axis: from the source sentences, where month and day at least are said."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefs.brief import Brief, Sentence
from briefs.fidelity import find_source, normalise_source
from briefs.fidelity.words import MONTHS
from briefs.render.labels import Labels
from briefs.render.page import EventView, FigureView, TextView
from briefs.render.text import breakable, direction, is_draft, shorten

EVENTS_SHOWN = 8
LEAST_EVENTS = 3
NEAR = dt.timedelta(days=2 * 366)  # an anniversary of the last century would squeeze the rest into a corner
TEXT_CHARACTERS = 100
TICKS = 12
LEVELS = 4
CROWDED = 0.03  # of the axis: numbers nearer than this stand on another level
_MONTH = "|".join(name.capitalize() for name in sorted(MONTHS, key=len, reverse=True))
_ENGLISH = (
    re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?(?![,.]?\d|%| ?per)"),
    re.compile(rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})\b\.?(?:,? (?P<year>\d{{4}})\b)?"),
)  # fmt: skip


class Event(NamedTuple):
    """A date that a sentence of a point states."""

    day: dt.date
    sentence: Sentence
    anchor: str
    label: str


def build_timeline(brief: Brief, labels: Labels) -> FigureView | None:
    """The events of `brief` nearest to its date, in order."""
    events = [event for event in find_events(brief) if abs(event.day - brief.date) <= NEAR]
    events = sorted(events, key=lambda event: abs(event.day - brief.date))[:EVENTS_SHOWN]
    events.sort(key=lambda event: event.day)
    if len({event.day for event in events}) < LEAST_EVENTS:
        return None
    # The date of the brief is on the axis, so that what is past and what is ahead can be seen.
    days = [event.day for event in events] + [brief.date]
    first, span = min(days), (max(days) - min(days)).days
    shown = tuple(_place(brief, events, first, span, labels))
    ahead = sum(event.ahead for event in shown)
    return FigureView(
        id="timeline",
        title=labels.figure("timeline"),
        finding=labels.figure(
            "timeline_finding",
            n=len(events),
            first=labels.day(events[0].day),
            last=labels.day(events[-1].day),
            ahead=ahead,
        ),
        reading=labels.figure("timeline_reading", date=labels.day(brief.date)),
        events=shown,
        ticks=tuple(((day - first).days / span, text) for day, text in _ticks(first, max(days), labels)),
        today=(brief.date - first).days / span,
        head=(labels.text("date_column"), labels.figure("event")),
        table=tuple((event.date, event.text) for event in shown),
    )


def find_events(brief: Brief) -> Iterator[Event]:
    """Every full date in a cited sentence, once a sentence, in reading order."""
    seen = set()
    for number, theme in enumerate((theme for theme in brief.themes if theme.points), 1):
        for position, point in enumerate(theme.points, 1):
            article = brief.article(point.article)
            for sentence in (s for s in article.sentences if s.index in point.sentences):
                for day in read_dates(sentence, article.published):
                    if (day, sentence.text) not in seen:
                        seen.add((day, sentence.text))
                        yield Event(day, sentence, f"p{number}-{position}", f"{number}.{position}")


def read_dates(sentence: Sentence, near: dt.date | None) -> list[dt.date]:
    """The days that a Japanese or English sentence states.

    A missing year is the one that brings it nearest to `near`, the date of its article; without that, the day is left out.
    """
    days = []
    for year, month, day in _stated(sentence):
        if month and day and (year or near):
            years = (year,) if year or near is None else (near.year - 1, near.year, near.year + 1)
            found = [date for y in years if y and (date := _date(y, month, day))]
            days += [min(found, key=lambda date: abs(date - (near or date)))] if found else []
    return list(dict.fromkeys(days))


def _stated(sentence: Sentence) -> Iterator[tuple[int | None, int | None, int | None]]:
    if sentence.language == "ja":
        yield from (f.date for f in find_source(normalise_source(sentence.text)) if f.kind == "date")
    elif sentence.language == "en":
        for pattern in _ENGLISH:
            for m in pattern.finditer(sentence.text):
                yield int(m["year"]) if m["year"] else None, MONTHS[m["month"].lower()], int(m["day"])


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _place(brief: Brief, events: Sequence[Event], first: dt.date, span: int, labels: Labels) -> Iterator[EventView]:
    taken = [-1.0] * LEVELS  # where the last number on each level stands
    for number, event in enumerate(events, 1):
        at = (event.day - first).days / span
        level = next((n for n in range(LEVELS) if at - taken[n] >= CROWDED), LEVELS - 1)
        taken[level] = at
        yield EventView(
            number=number,
            at=at,
            level=level,
            ahead=event.day > brief.date,
            date=labels.day(event.day),
            text=_shown(event.sentence, brief.target),
            anchor=event.anchor,
            label=event.label,
        )


def _shown(sentence: Sentence, target: str) -> TextView:
    original = sentence.translation is None or is_draft(sentence)
    text, language = (sentence.text, sentence.language) if original else (sentence.english, target)
    return TextView(text=breakable(shorten(text, TEXT_CHARACTERS)), lang=language, dir=direction(language))


def _ticks(first: dt.date, last: dt.date, labels: Labels) -> Iterator[tuple[dt.date, str]]:
    """Where the axis says a date: weeks, months, quarters or years, whichever are few enough."""
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    if len(days) <= 7 * TICKS // 2:
        yield from ((day, labels.short_day(day)) for day in days if day.weekday() == 0)
        return
    months = [day for day in days if day.day == 1]
    step = next(size for size in (1, 3, 12) if len(months) / size <= TICKS)
    for day in (day for day in months if (day.month - 1) % step == 0):
        yield day, labels.short_day(day, "tick_year" if day.month == 1 else "tick_month")
