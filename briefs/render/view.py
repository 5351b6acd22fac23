"""Briefs as templates see them: sources numbered, citations resolved and the words in place.

Everything is decided here, so that templates only set type. Sources are numbered in the order of first citation, at a
glance first; those that were read and not cited follow.
"""

from briefs.brief import Article, Brief, Kind, Origin, Point, Sentence, Theme
from briefs.errors import RenderError
from briefs.render.figures import build_figures
from briefs.render.labels import Labels
from briefs.render.method import build_method
from briefs.render.page import (
    BackLink,
    EntryView,
    PlaceView,
    PointView,
    QuoteView,
    SourceView,
    TextView,
    ThemeView,
    View,
)
from briefs.render.text import breakable, clean_brief, direction, is_draft, readable_place, web_link

HEADER_CHARACTERS = 70
# A reader looks up what is cited; of a thousand articles that are not, the brief's JSON has the list.
UNCITED_ROWS = 60
ALSO_NAMED = 8  # sources named beside a point; the rest is a number


def build_view(brief: Brief, labels: Labels) -> View:
    """Prepare `brief` for templates; RenderError if a point rests on a sentence that is not there."""
    whole, brief = brief, clean_brief(brief)
    builder = _Builder(brief, labels)
    glance = f"{labels.text('glance_back')} "
    highlights = tuple(
        builder.point(point, f"h{n}", str(n), prefix=glance) for n, point in enumerate(brief.highlights, 1)
    )
    filled = [theme for theme in brief.themes if theme.points]
    themes = tuple(builder.theme(theme, number) for number, theme in enumerate(filled, 1))
    appendix = builder.appendix()
    cited, rest = tuple(builder.sources.values()), builder.rest()
    method = build_method(brief, labels, whole=whole)
    translated = any(not entry.native for _, entries in appendix for entry in entries)
    machine = translated or any(source.translation for source in (*cited, *rest))
    undated = sum(not article.published for article in brief.articles)
    return View(
        title=brief.title,
        header=_shortened(brief.title),
        lang=brief.target,
        date=labels.day(brief.date),
        date_iso=brief.date.isoformat(),
        period=_period(brief, labels),
        undated=labels.count("undated_articles", undated) if undated else "",
        tally=_tally(brief, labels, len(cited)),
        footer=labels.text("footer" if machine else "footer_native"),
        translated=translated,
        nothing=_nothing(brief, labels) if not (highlights or themes) else "",
        no_points_in=_without_points(brief, labels),
        highlights=highlights,
        themes=themes,
        figures=build_figures(brief, labels, whole=whole),
        cited=cited,
        not_cited=rest[:UNCITED_ROWS],
        not_listed=labels.count("not_listed", more) if (more := len(rest) - UNCITED_ROWS) > 0 else "",
        appendix=appendix,
        method=method,
        method_notes=list(method.notes),
        label=labels.words,
    )


class _Builder:
    """Numbers sources and cited sentences while points are built in reading order."""

    def __init__(self, brief: Brief, labels: Labels) -> None:
        self.brief = brief
        self.labels = labels
        self.articles = {article.id: article for article in brief.articles}
        self.sources: dict[str, SourceView] = {}
        self.entries: dict[tuple[str, int], EntryView] = {}
        # "New" says something only where something else is not.
        self.marks_new = any(not point.new for theme in brief.themes for point in theme.points)
        self.anchors = {theme.id: f"t{n}" for n, theme in enumerate((t for t in brief.themes if t.points), 1)}
        self.titles = {theme.id: theme.title for theme in brief.themes}

    def theme(self, theme: Theme, number: int) -> ThemeView:
        points = tuple(self.point(point, f"p{number}-{n}", f"{number}.{n}") for n, point in enumerate(theme.points, 1))
        tally = [self.labels.count("points", len(points))]
        if new := sum(point.new for point in points):
            tally[0] += self.labels.text("separator") + self.labels.count("new_points", new)
        if theme.articles:
            tally.append(self.labels.count("articles", len(theme.articles)))
        if theme.change:
            key = "more_than_last" if theme.change > 0 else "fewer_than_last"
            tally.append(self.labels.count(key, abs(theme.change)))
        return ThemeView(
            anchor=self.anchors[theme.id],
            title=theme.title,
            description=theme.description,
            tally=tuple(tally),
            points=points,
        )

    def point(self, point: Point, anchor: str, number: str, *, prefix: str = "") -> PointView:
        article = self._article(point.article)
        source = self._source(article)
        back = BackLink(anchor=anchor, label=prefix + number)
        quotes = tuple(self._quote(article, index, back) for index in point.sentences)
        return PointView(
            anchor=anchor,
            number=number,
            quotes=quotes,
            source=source,
            also=tuple(self._source(self._article(id_)) for id_ in point.corroborated_by[:ALSO_NAMED]),
            also_more=max(0, len(point.corroborated_by) - ALSO_NAMED),
            new=point.new and self.marks_new and not article.updated,
            updated=article.updated,
            theme=self.titles.get(point.theme, ""),
            theme_anchor=self.anchors.get(point.theme, ""),
        )

    def appendix(self) -> tuple[tuple[SourceView, tuple[EntryView, ...]], ...]:
        """The cited sentences by source, numbered through."""
        groups = []
        number = 0
        for id_, source in self.sources.items():
            entries = [entry for (article, _), entry in sorted(self.entries.items()) if article == id_]
            for entry in entries:
                number += 1
                entry.number = number
            if entries:
                groups.append((source, tuple(entries)))
        return tuple(groups)

    def rest(self) -> tuple[SourceView, ...]:
        """The articles that no point cites, numbered on."""
        articles = [article for article in self.brief.articles if article.id not in self.sources]
        return tuple(
            self._describe(article, len(self.sources) + n, cited=False) for n, article in enumerate(articles, 1)
        )

    def _article(self, id_: str) -> Article:
        if id_ not in self.articles:
            raise RenderError(
                f"a point cites article {id_!r}, which is not in the brief", hint="extract the points again"
            )
        return self.articles[id_]

    def _source(self, article: Article) -> SourceView:
        if article.id not in self.sources:
            self.sources[article.id] = self._describe(article, len(self.sources) + 1, cited=True)
        return self.sources[article.id]

    def _describe(self, article: Article, number: int, *, cited: bool) -> SourceView:
        headline, translation = _headline(article)
        return SourceView(
            number=number,
            anchor=f"s{number}",
            headline=_text(headline, article.language),
            translation=_text(translation, self.brief.target) if translation and translation != headline else None,
            name=article.publisher or readable_place(article.origins[0].url or article.source).partition("/")[0],
            publisher=article.publisher or self.labels.text("unknown_publisher"),
            date=self.labels.day(article.published) if article.published else self.labels.text("undated"),
            language=self.labels.language_name(article.language),
            places=tuple(dict.fromkeys(_place(origin, article.publisher) for origin in article.origins)),
            cited=cited,
            updated=article.updated,
        )

    def _quote(self, article: Article, index: int, back: BackLink) -> QuoteView:
        sentence = next((s for s in article.sentences if s.index == index), None)
        if sentence is None:
            message = f"a point cites sentence {index} of article {article.id!r}, which has no such sentence"
            raise RenderError(message, hint="extract the points again")
        key = (article.id, index)
        entry = self.entries.setdefault(key, self._entry(article, sentence, f"a{self._source(article).number}-{index}"))
        entry.back.append(back)
        language = self.labels.language_name(sentence.language)
        draft = is_draft(sentence)
        mark = "draft" if draft else "untranslated" if not (entry.translation or entry.native) else ""
        return QuoteView(
            shown=entry.original if draft else entry.translation or entry.original,
            draft=entry.translation if draft else None,
            mark=self.labels.text(mark, language=language) if mark else "",
            entry=entry,
        )

    def _entry(self, article: Article, sentence: Sentence, anchor: str) -> EntryView:
        native = sentence.language == self.brief.target
        translation = None if native or sentence.translation is None else _text(sentence.translation, self.brief.target)
        return EntryView(
            anchor=anchor,
            source=self._source(article),
            original=_text(sentence.text, sentence.language),
            translation=translation,
            native=native,
            section=_section(article, sentence, self.brief.target),
            offsets=self.labels.text("offsets", start=sentence.start, end=sentence.end),
            draft=is_draft(sentence),
            # That there is no pack, or only a draft, is said by the mark already.
            flags=tuple(flag for flag in sentence.flags if flag.code not in ("untranslated", "unsure")),
        )


def _text(text: str, language: str) -> TextView:
    return TextView(text=breakable(text), lang=language, dir=direction(language))


def _headline(article: Article) -> tuple[str, str | None]:
    if article.title:
        return article.title, article.title_translation
    sentence = next((s for s in article.sentences if s.text == article.headline), None)
    # A draft would stand as the headline, with nothing to say that it is one.
    return article.headline, article.title_translation or (
        sentence.translation if sentence and not is_draft(sentence) else None
    )


def _section(article: Article, sentence: Sentence, target: str) -> TextView | None:
    """The heading that the sentence stands under, in translation where there is one."""
    headings = [s for s in article.sentences if s.kind is Kind.HEADING and s.start < sentence.start]
    if not headings or headings[-1].text == article.headline:
        return None
    heading = headings[-1]
    if is_draft(heading) or heading.translation is None:
        return _text(heading.text, heading.language)
    return _text(heading.translation, target)


def _place(origin: Origin, publisher: str | None) -> PlaceView:
    address = origin.url or origin.source
    other = origin.publisher if origin.publisher and origin.publisher != publisher else ""
    return PlaceView(text=readable_place(address), link=web_link(address), publisher=other)


def _period(brief: Brief, labels: Labels) -> str:
    if brief.since:
        return labels.text("period_since", first=labels.day(brief.since))
    days = sorted(article.published for article in brief.articles if article.published)
    if not days:
        return ""
    if days[0] == days[-1]:
        return labels.text("period_day", first=labels.day(days[0]))
    return labels.text("period_range", first=labels.day(days[0]), last=labels.day(days[-1]))


def _tally(brief: Brief, labels: Labels, cited: int) -> tuple[str, ...]:
    if not brief.articles:
        return ()
    languages = sorted({labels.language_name(article.language) for article in brief.articles})
    publishers = {article.publisher for article in brief.articles if article.publisher}
    names = labels.text("separator").join(languages)
    counts = [labels.count("articles", len(brief.articles)), labels.count("cited", cited)]
    if publishers:
        counts.append(labels.count("publishers", len(publishers)))
    return (*counts, names if len(languages) <= 3 else labels.count("languages", len(languages)))


def _nothing(brief: Brief, labels: Labels) -> str:
    reason = "nothing_found" if brief.articles else "nothing_read"
    return f"{labels.text('nothing')} {labels.text(reason)}"


def _without_points(brief: Brief, labels: Labels) -> str:
    empty = [theme.title for theme in brief.themes if not theme.points]
    separator = labels.text("separator")
    # Titles that have the separator in them would run into one another.
    between = labels.text("wide_separator") if any(separator in title for title in empty) else separator
    return labels.text("no_points_in", themes=between.join(empty)) if empty else ""


def _shortened(title: str) -> str:
    return title if len(title) <= HEADER_CHARACTERS else title[: HEADER_CHARACTERS - 1].rstrip() + "…"
