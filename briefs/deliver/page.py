"""A brief as the text of a mail: at a glance, then by theme, in HTML and as plain text, from templates/mail."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from briefs.brief import Brief, Severity
from briefs.render.html import POLICY, load_environment, templates_folder
from briefs.render.labels import Labels, load_labels
from briefs.render.page import PointView, ThemeView, View
from briefs.render.view import build_view

# Gmail cuts off what is beyond 102 kB; as base64 this is 96 kB.
LARGEST = 72_000
# At a glance, points of a theme: the first that fit are taken.
_MOST = ((50, 50), (50, 3), (50, 1), (50, 0), (12, 0), (5, 0))


class LeftOut(NamedTuple):
    """A file that is too large for mail: its name and size in words, and where it is published."""

    text: str
    link: str


class Page(NamedTuple):
    """The subject of a mail, and its text twice."""

    subject: str
    html: str
    text: str


class ThemeRows(NamedTuple):
    """A theme as the mail shows it: its points that are not at a glance, as far as there is room."""

    title: str
    tally: Sequence[str]
    points: Sequence[PointView]
    more: str


def mail_page(
    brief: Brief, attached: Sequence[str] = (), left_out: Sequence[tuple[str, int, str]] = (), unsubscribe: str = ""
) -> Page:
    """The text of a mail; `left_out` are names, sizes and addresses of files that are too large to be attached."""
    folder = templates_folder() / "mail"
    labels = load_labels([folder, templates_folder() / POLICY], brief.target)
    view = build_view(brief, labels)
    environment = load_environment(folder)
    failed = sum(problem.severity is Severity.ERROR for problem in brief.problems)
    context: dict[str, Any] = {
        "view": view,
        "label": view.label,
        "facts": [*view.tally, *filter(None, (view.period, view.undated))],
        "failed": labels.count("failed", failed) if failed else "",
        "preview": view.nothing or (view.highlights[0].quotes[0].shown.text[:140] if view.highlights else ""),
        "attached": labels.text("attached", files=labels.text("separator").join(attached)) if attached else "",
        "left_out": [
            LeftOut(labels.text("too_large", file=name, size=_size(size)), link) for name, size, link in left_out
        ],
        "unsubscribe": unsubscribe,
    }
    html = ""
    for glance, each in _MOST:
        context |= {"highlights": view.highlights[:glance], "themes": list(_themes(view, labels, each))}
        html = environment.get_template("mail.html").render(context)
        if len(html.encode()) <= LARGEST:
            break
    text = environment.get_template("mail.txt").render(context)
    return Page(labels.text("subject", title=view.title, date=view.date), html, text.lstrip("\n"))


def _themes(view: View, labels: Labels, most: int) -> Iterator[ThemeRows]:
    above = {_key(point) for point in view.highlights}
    for theme in view.themes:
        rest = _new_first(theme, above)
        more = labels.count("more_points", len(rest) - most) if len(rest) > most else ""
        yield ThemeRows(theme.title, theme.tally, rest[:most], more)


def _new_first(theme: ThemeView, above: set[tuple[str, ...]]) -> list[PointView]:
    rest = [point for point in theme.points if _key(point) not in above]
    return sorted(rest, key=lambda point: not (point.new or point.updated))


def _key(point: PointView) -> tuple[str, ...]:
    return tuple(quote.entry.anchor for quote in point.quotes)


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size / 1000:.0f} kB"
