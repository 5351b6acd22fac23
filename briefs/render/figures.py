"""The figures of a brief as plain data, which templates draw; one that has too little to show is left out."""

import datetime as dt
from collections.abc import Iterator, Mapping

from briefs.brief import Brief
from briefs.render.figures_actors import build_actors
from briefs.render.figures_timeline import build_timeline
from briefs.render.labels import Labels
from briefs.render.page import FigureView, RowView

DAYS_SHOWN = 31
LEAST_ARTICLES = 5
LEAST_DAYS = 3
LEAST_THEMES = 2


def build_figures(brief: Brief, labels: Labels, *, whole: Brief) -> tuple[FigureView, ...]:
    """The figures that `brief` has enough for; `whole` still has the sentences that no point cites."""
    figures = (
        build_days(brief, labels),
        build_share(brief, labels),
        build_actors(whole, labels),
        build_timeline(brief, labels),
    )
    return tuple(figure for figure in figures if figure)


def build_days(brief: Brief, labels: Labels) -> FigureView | None:
    """Articles by day and theme: a row a theme, so that no colour has to tell themes apart."""
    published = {article.id: article.published for article in brief.articles}
    dated = [day for day in published.values() if day and day <= brief.date]
    if not dated:
        return None
    last = max(dated)
    days = _window(dated, last)
    counted = [day for day in dated if day >= days[0]]
    if len(counted) < LEAST_ARTICLES or len(set(counted)) < LEAST_DAYS:
        return None
    rows = tuple(_day_rows(brief, labels, published, days))
    # Of equal days the latest, of equal themes the first: that is how they are read.
    busiest = max(days, key=lambda day: (counted.count(day), day))
    theme = max((row for row in rows if row.name != labels.figure("other")), key=_size, default=None)
    reading = labels.figure("days_reading")
    if len(counted) < len(published):
        reading += " " + labels.figure("days_left", n=len(published) - len(counted))
    day, n, total = labels.day(busiest), counted.count(busiest), len(counted)
    columns = tuple(map(labels.short_day, days))
    filled = [n for n in range(len(days)) if any(row.bars[n] for row in rows)]
    return FigureView(
        id="days",
        title=labels.figure("days"),
        finding=labels.figure("days_finding", day=day, n=n, total=total)
        + (" " + labels.figure("days_theme", theme=theme.name) if theme else ""),
        reading=reading,
        columns=columns,
        rows=rows,
        head=(labels.figure("theme"), *(columns[n] for n in filled)),
        table=tuple((row.name, *(f"{row.bars[n]:g}" for n in filled)) for row in rows),
    )


def _window(dated: list[dt.date], last: dt.date) -> list[dt.date]:
    """The days from the first article to the last, or as many of them as there is room for."""
    first = max(min(dated), last - dt.timedelta(days=DAYS_SHOWN - 1))
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _day_rows(
    brief: Brief, labels: Labels, published: Mapping[str, dt.date | None], days: list[dt.date]
) -> Iterator[RowView]:
    themed = {id_ for theme in brief.themes for id_ in theme.articles}
    groups = [(theme.title, theme.articles) for theme in brief.themes]
    groups.append((labels.figure("other"), tuple(id_ for id_ in published if id_ not in themed)))
    for title, ids in groups:
        found = [published.get(id_) for id_ in ids]
        bars = tuple(found.count(day) for day in days)
        if any(bars):
            yield RowView(name=title, value=str(sum(bars)), bars=bars)


def _size(row: RowView) -> float:
    return sum(row.bars)


def build_share(brief: Brief, labels: Labels) -> FigureView | None:
    """The share of each theme in the articles, against the last brief."""
    titles = {theme.id: theme.title for theme in brief.themes}
    now = {theme.id: len(theme.articles) for theme in brief.themes}
    before = {
        theme.id: max(0, len(theme.articles) - theme.change) for theme in brief.themes if theme.change is not None
    }
    if len(before) < LEAST_THEMES or min(sum(now.values()), sum(before.values())) < LEAST_ARTICLES:
        return None
    shares = {id_: 100 * count / sum(now.values()) for id_, count in now.items()}
    last = {id_: 100 * before.get(id_, 0) / sum(before.values()) for id_ in now}
    shown = [id_ for id_ in now if shares[id_] or last[id_]]

    def percent(share: float) -> str:
        return labels.figure("percent", n=round(share))

    largest = max(shown, key=lambda id_: shares[id_])
    moved = max(shown, key=lambda id_: abs(shares[id_] - last[id_]))
    finding = labels.figure("share_finding", theme=titles[largest], now=percent(shares[largest]))
    if percent(shares[moved]) != percent(last[moved]):
        finding += " " + labels.figure(
            "share_moved", theme=titles[moved], now=percent(shares[moved]), before=percent(last[moved])
        )
    rows = tuple(
        RowView(
            name=titles[id_],
            value=f"{percent(shares[id_])} ({percent(last[id_])})",
            bars=(round(shares[id_], 2), round(last[id_], 2)),
        )
        for id_ in shown
    )
    return FigureView(
        id="share",
        title=labels.figure("share"),
        finding=finding,
        reading=labels.figure("share_reading"),
        rows=rows,
        head=(labels.figure("theme"), labels.figure("now"), labels.figure("before")),
        table=tuple((titles[id_], percent(shares[id_]), percent(last[id_])) for id_ in shown),
    )
