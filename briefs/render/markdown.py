"""A brief as Markdown: plain enough for a terminal or a mail, with the same numbers as the PDF."""

import re
from collections.abc import Iterator

from briefs.render.page import PlaceView, PointView, SourceView, View

_SPECIAL = re.compile(r"([\\`*_\[\]#|~!])")
_STARTS_BLOCK = re.compile(r"^(\d+)([.)])(\s)|^([-+=])")


def to_markdown(view: View) -> str:
    """Write `view` as CommonMark; article text cannot become markup."""
    return (
        "\n".join(
            [*_head(view), *_themes(view), *_figures(view), *_sources(view), *_appendix(view), *_method(view)]
        ).rstrip()
        + "\n"
    )


def _head(view: View) -> Iterator[str]:
    yield f"# {escape(view.title)}\n"
    yield " · ".join(map(escape, (view.date, *view.tally, *filter(None, [view.period, view.undated])))) + "\n"
    if view.nothing:
        yield f"{escape(view.nothing)}\n"
    if view.highlights:
        yield f"## {escape(view.label['at_a_glance'])}\n"
        yield from (f"{point.number}. {_claim(point, view)}" for point in view.highlights)
        yield ""


def _themes(view: View) -> Iterator[str]:
    for theme in view.themes:
        yield f"## {escape(theme.title)}\n"
        if theme.description:
            yield f"{escape(theme.description)}\n"
        for point in theme.points:
            yield from _point(point, view)
        yield ""
    if view.no_points_in:
        yield f"{escape(view.no_points_in)}\n"


def _point(point: PointView, view: View) -> Iterator[str]:
    entries = ", ".join(view.label["entry"].format(n=quote.entry.number) for quote in point.quotes)
    yield f"- **{point.number}** {_claim(point, view)}  "
    yield f"  {escape(point.source.name)}, {escape(point.source.date)}. {escape(entries)}."
    for quote in point.quotes:
        if quote.draft:
            yield f"  {escape(view.label['draft_line'])} {escape(quote.draft.text)}"
    if point.also:
        names = ", ".join(f"{escape(source.name)} {_cite(source)}" for source in point.also)
        more = f" +{point.also_more}" if point.also_more else ""
        yield f"  {escape(view.label['also_by'])} {names}{more}."
    for flag in point.flags:
        source = f" {view.label['in_source']}: {flag.source}" if flag.source else ""
        rendering = f", {view.label['in_english']}: {flag.rendering}" if flag.rendering else ""
        yield f"\n  **{escape(view.label['check'])}** {escape(flag.message + source + rendering)}\n"


def _figures(view: View) -> Iterator[str]:
    if view.figures:
        yield f"## {escape(view.label['figures']['heading'])}\n"
        yield from (f"- {escape(figure.title)}: {escape(figure.finding)}" for figure in view.figures)
        yield ""


def _claim(point: PointView, view: View) -> str:
    state = view.label["updated"] if point.updated else view.label["new"] if point.new else ""
    shown = [quote.mark for quote in point.quotes if quote.mark] + [state] * bool(state)
    marks = "".join(f" ({escape(mark)})" for mark in shown)
    return f"{escape(' '.join(quote.shown.text for quote in point.quotes))} {_cite(point.source)}{marks}"


def _sources(view: View) -> Iterator[str]:
    for label, sources in (("sources", view.cited), ("not_cited", view.not_cited)):
        if sources:
            yield f"## {escape(view.label[label])}\n"
            yield from map(_source, sources)
            yield ""


def _source(source: SourceView) -> str:
    headline = escape(source.headline.text)
    if source.translation:
        headline = f"{escape(source.translation.text)} ({headline})"
    places = "; ".join(map(_link, source.places))
    facts = ", ".join(map(escape, (source.publisher, source.date, source.language)))
    return f"{source.number}. {headline}. {facts}. {places}"


def _appendix(view: View) -> Iterator[str]:
    if view.appendix:
        yield f"## {escape(view.label['appendix'])}\n"
    for source, entries in view.appendix:
        for entry in entries:
            back = ", ".join(link.label for link in entry.back)
            name = view.label["entry"].format(n=entry.number)
            yield f"- **{escape(name)}** {_cite(source)} {escape(entry.offsets)} ({escape(back)})  "
            yield f"  {escape(entry.original.text)}" + ("  " if entry.translation else "")
            if entry.translation:
                yield f"  {escape(entry.translation.text)}"
    yield ""


def _method(view: View) -> Iterator[str]:
    label, method = view.label, view.method
    yield f"## {escape(label['method'])}\n"
    yield from (f"{escape(text)}\n" for text in (*view.method_notes, *method.how))
    yield f"### {escape(label['limits_heading'])}\n"
    yield from (f"- {escape(text)}" for text in method.limits)
    yield f"\n### {escape(label['problems_heading'])}\n"
    yield from (f"- {escape(f'{p.source} ({p.stage}): {p.message} {p.hint}'.strip())}" for p in method.problems)
    if not method.problems:
        yield escape(label["no_problems"])
    yield f"\n### {escape(label['counts_heading'])}\n"
    yield from (f"- {escape(name)}: {number}" for name, number in method.counts)
    yield f"\n### {escape(label['versions_heading'])}\n"
    yield from (f"- {escape(pack.text)}, sha256 {pack.sha256}" for pack in method.packs)
    yield from (f"- {escape(name)} {escape(version)}" for name, version in method.versions)
    if method.config:
        yield f"- {escape(label['config'])} sha256 {method.config}"


def _cite(source: SourceView) -> str:
    return f"\\[{source.number}\\]"


def _link(place: PlaceView) -> str:
    return f"<{place.link}>" if place.link else escape(place.text)


def escape(text: str) -> str:
    """`text` with everything disarmed that Markdown, or the HTML in it, would act on."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A full stop or mark at the start would make a list, a heading or a rule of a sentence.
    return _STARTS_BLOCK.sub(lambda m: f"{m[1]}\\{m[2]}{m[3]}" if m[1] else f"\\{m[4]}", _SPECIAL.sub(r"\\\1", text))
