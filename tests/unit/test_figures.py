"""Figures: what they count, what they say, and when they are left out; and that they can be read."""

import dataclasses
import re
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import PLAIN, SAMPLES, article, point, rendered, sentences

from briefs.brief import Kind, Theme
from briefs.render import FolderTemplate
from briefs.render.figures import build_days, build_share
from briefs.render.figures_actors import build_actors, find_actors
from briefs.render.figures_timeline import build_timeline, read_dates
from briefs.render.html import plain_view, style_variables, templates_folder
from briefs.render.labels import load_labels
from briefs.render.text import shorten

LABELS = load_labels([templates_folder() / "policy"], "en")


def said(text, language="en", number=0, **fields):
    """An article of one sentence."""
    return article(f"{language}{number}", [(Kind.SENTENCE, text, None, ())], language, **fields)


def brief_of(articles, *themes):
    return dataclasses.replace(PLAIN, articles=tuple(articles), themes=themes)


def published(*days):
    return [said("Text.", number=n, published=day and date(2026, 11, day)) for n, day in enumerate(days)]


class TestDays:
    def test_counts_by_day_and_theme(self):
        theme = Theme(id="t", title="Ports", articles=("en0", "en1", "en2", "en5"))
        figure = build_days(brief_of(published(10, 12, 12, 12, 13, None), theme), LABELS)
        assert [(row.name, row.value, row.bars) for row in figure.rows] == [
            ("Ports", "3", (1, 0, 2, 0)),
            ("No theme", "2", (0, 0, 1, 1)),
        ]
        assert figure.finding == (
            "The day with the most articles is 12 November 2026: 3 of 5. The theme with the most is “Ports”."
        )
        assert figure.reading.endswith("Undated or earlier, not shown: 1.")
        # A day without articles has a place on the axis, and no column in the table.
        assert figure.columns == ("10 Nov", "11 Nov", "12 Nov", "13 Nov")
        assert figure.head == ("Theme", "10 Nov", "12 Nov", "13 Nov")
        assert figure.table[0] == ("Ports", "1", "2", "0")

    def test_shows_the_last_month(self):
        articles = [*published(16, 17, 18, 19, 20), said("Text.", number=9, published=date(2026, 1, 1))]
        figure = build_days(brief_of(articles), LABELS)
        assert len(figure.columns) == 31
        assert figure.columns[-1] == "20 Nov"
        assert sum(figure.rows[0].bars) == 5

    def test_a_day_after_the_brief_is_a_mistake(self):
        figure = build_days(brief_of(published(16, 17, 18, 19, 20, 28)), LABELS)
        assert figure.columns[-1] == "20 Nov"

    @pytest.mark.parametrize("days", [(), (None,) * 6, (10, 11, 12, 13), (10, 10, 10, 11, 11)])
    def test_left_out_when_there_is_little_to_show(self, days):
        assert build_days(brief_of(published(*days)), LABELS) is None


class TestShare:
    def theme(self, name, articles, change):
        return Theme(id=name, title=name, articles=tuple(f"{name}{n}" for n in range(articles)), change=change)

    def test_is_against_the_last_brief(self):
        figure = build_share(brief_of([], self.theme("A", 6, 2), self.theme("B", 2, -2), self.theme("C", 0, 0)), LABELS)
        assert [(row.name, row.value, row.bars) for row in figure.rows] == [
            ("A", "75% (50%)", (75, 50)),
            ("B", "25% (50%)", (25, 50)),
        ]
        assert figure.finding == "“A” has the largest share of the articles: 75%. “A” has moved most, from 50% to 75%."
        assert figure.most == 75

    def test_nothing_has_moved(self):
        figure = build_share(brief_of([], self.theme("A", 6, 0), self.theme("B", 2, 0)), LABELS)
        assert figure.finding == "“A” has the largest share of the articles: 75%."

    @pytest.mark.parametrize(
        "themes",
        [
            (("A", 6, None), ("B", 6, None)),
            (("A", 6, 1), ("B", 6, None)),
            (("A", 1, 0), ("B", 3, 0)),
            (("A", 9, 8), ("B", 9, 8)),
        ],
    )
    def test_left_out_when_there_is_little_to_show(self, themes):
        assert build_share(brief_of([], *(self.theme(*theme) for theme in themes)), LABELS) is None


class TestActors:
    @pytest.mark.parametrize(
        ("text", "language", "names"),
        [
            ("トランプ大統領は国連でウクライナを支持した。", "ja", {"Trump", "United Nations", "Ukraine"}),
            ("Donald Trump's envoy met Volodymyr Zelenskyy in Ukraine.", "en", {"Donald Trump", "Volodymyr Zelenskyy", "Ukraine"}),
            ("Apple growers eat rice at the Diet.", "en", set()),
            ("Ships cross the Black Sea to Asia.", "en", set()),
            ("特朗普在联合国", "zh", set()),
        ],
    )  # fmt: skip
    def test_names(self, text, language, names):
        assert set(find_actors(said(text, language))) == names

    def test_counts_articles_by_theme_under_the_full_name(self):
        texts = (
            "トランプ氏と日本",
            "Donald Trump met Japan and Norway. Japan agreed.",
            "Trump, Norway and Japan",
            "Norway",
        )
        articles = [said(text, "ja" if n == 0 else "en", n) for n, text in enumerate(texts)]
        ids = [a.id for a in articles]
        themes = (
            Theme(id="a", title="Alpha", articles=tuple(ids[:2]), points=(point("a", ids[0], 1),)),
            Theme(id="b", title="Beta", articles=tuple(ids[1:]), points=(point("b", ids[1], 1),)),
            Theme(id="c", title="Gamma"),
        )
        figure = build_actors(brief_of(articles, *themes), LABELS)
        assert [(row.name, row.value, row.bars) for row in figure.rows] == [
            ("Donald Trump", "3", (2, 2)),
            ("Japan", "3", (2, 2)),
            ("Norway", "3", (1, 3)),
        ]
        assert figure.finding == "Donald Trump is named most often: in 3 of 4 articles."
        assert figure.reading.endswith("1 Alpha; 2 Beta.")

    @pytest.mark.parametrize("texts", [(), ("Japan, Norway and Canada",), ("Japan and Norway", "Japan and Norway")])
    def test_left_out_when_there_is_little_to_show(self, texts):
        articles = [said(text, "en", n) for n, text in enumerate(texts)]
        theme = Theme(id="a", title="A", points=(point("a", "en0", 1),)) if texts else Theme(id="a", title="A")
        assert build_actors(brief_of(articles, theme), LABELS) is None


class TestTimeline:
    @pytest.mark.parametrize(
        ("text", "language", "days"),
        [
            ("会談は12月3日に開かれる。", "ja", ["2026-12-03"]),
            ("会談は1月3日に開かれた。", "ja", ["2027-01-03"]),
            ("令和5年5月8日から", "ja", ["2023-05-08"]),
            ("2027年4月に始まり、18日に終わる。", "ja", []),
            ("It opens on 1 June 2027.", "en", ["2027-06-01"]),
            ("It closed on November 2nd, and again on Sept. 30.", "en", ["2026-11-02", "2026-09-30"]),
            ("The May 2027 plan, 3 Mays, March 31 percent and June 31.", "en", []),
            ("El 3 de mayo de 2027", "es", []),
        ],
    )
    def test_dates(self, text, language, days):
        found = read_dates(sentences([(Kind.SENTENCE, text, None, ())], language)[0], date(2026, 11, 20))
        assert [day.isoformat() for day in found] == days

    def brief(self, *texts):
        articles = [said(text, "en", n) for n, text in enumerate(texts)]
        points = tuple(point("t", f"en{n}", 1) for n in range(len(texts)))
        return brief_of(articles, Theme(id="t", title="T", points=points))

    def test_events_in_order_with_the_date_of_the_brief(self):
        figure = build_timeline(
            self.brief("It ends on 1 March 2027.", "It began on 1 November 2026.", "It met on 1 October 2026."), LABELS
        )
        assert [(event.number, event.date, event.ahead, event.label) for event in figure.events] == [
            (1, "1 October 2026", False, "1.3"),
            (2, "1 November 2026", False, "1.2"),
            (3, "1 March 2027", True, "1.1"),
        ]
        assert [event.at for event in figure.events] == [0, 31 / 151, 1]
        assert figure.today == 50 / 151
        assert [text for _, text in figure.ticks] == ["Oct", "Nov", "Dec", "2027", "Feb", "Mar"]
        assert figure.finding.endswith("from 1 October 2026 to 1 March 2027; still ahead: 1.")

    def test_close_events_stand_on_different_levels(self):
        figure = build_timeline(
            self.brief(*(f"It is on {n} May 2027." for n in range(1, 7)), "And 1 May 2028."), LABELS
        )
        near = figure.events[:4]
        assert [event.level for event in near] == [0, 1, 2, 3]
        assert figure.events[-1].level == 0

    def test_what_is_decades_away_is_left_out(self):
        figure = build_timeline(
            self.brief("15 August 1945", "1 May 2026", "2 May 2026", "3 May 2026", "1 May 2049"), LABELS
        )
        assert [event.date for event in figure.events] == ["1 May 2026", "2 May 2026", "3 May 2026"]

    @pytest.mark.parametrize("texts", [(), ("1 May 2026", "2 May 2026"), ("1 May 2026",) * 4])
    def test_left_out_when_there_is_little_to_show(self, texts):
        assert build_timeline(self.brief(*texts), LABELS) is None

    def test_an_axis_of_any_length_has_a_few_ticks(self):
        for end in ("30 November 2026", "10 January 2027", "1 May 2027", "1 October 2028"):
            figure = build_timeline(self.brief("18 November 2026", "19 November 2026", end), LABELS)
            assert 1 <= len(figure.ticks) <= 12

    def test_long_texts_are_shortened_at_a_word(self):
        assert shorten("one two three", 20) == "one two three"
        assert shorten("one two three, four", 15) == "one two three…"
        assert shorten("字" * 30, 10) == "字" * 9 + "…"


class TestPage:
    def test_samples_have_them_and_an_empty_day_has_none(self):
        assert [figure.id for figure in plain_view(SAMPLES["normal"]()).figures] == [
            "days",
            "share",
            "actors",
            "timeline",
        ]
        assert [figure.id for figure in plain_view(SAMPLES["heavy"]()).figures] == ["days", "share", "actors"]
        assert plain_view(SAMPLES["empty"]()).figures == ()
        assert 'id="figures"' not in FolderTemplate().html(SAMPLES["empty"]())

    @pytest.mark.parametrize("name", ["normal", "heavy"])
    def test_each_has_an_alternative_and_a_table(self, name):
        html, view = FolderTemplate().html(SAMPLES[name]()), plain_view(SAMPLES[name]())
        drawings = re.findall(
            r'<svg [^>]*role="img" aria-labelledby="([\w-]+)"[^>]*><title id="([\w-]+)">(.+?)</title>', html
        )
        assert len(drawings) == html.count("<svg") == len(view.figures)
        for (named, id_, alternative), figure in zip(drawings, view.figures, strict=True):
            assert named == id_
            assert alternative.startswith(figure.title)
            assert alternative.endswith(figure.finding[-20:])
        tables = re.findall(r'<details class="data">.*?</details>', html, re.DOTALL)
        for table, figure in zip(tables, view.figures, strict=True):
            assert len(re.findall('<th scope="row">', table)) == len(figure.table)
            assert len(re.findall('<th scope="col">', table)) == len(figure.head)

    def test_the_pdf_has_the_alternatives_and_not_the_tables(self):
        pdf = rendered("normal").files["pdf"]
        view = plain_view(SAMPLES["normal"]())
        assert sorted(read_alternatives(pdf)) == sorted(f"{figure.title}. {figure.finding}" for figure in view.figures)
        text = re.sub(r"\s+", " ", read_text(pdf))
        assert "Canada is named most often" in text
        assert "All articles" not in text

    def test_bars_are_drawn_to_scale(self):
        html = FolderTemplate().html(SAMPLES["normal"]())
        drawing = html.partition('id="figure-actors-alt"')[2].partition("</svg>")[0]
        heights = re.findall(r"v-([\d.]+)h6", drawing)
        figure = next(f for f in plain_view(SAMPLES["normal"]()).figures if f.id == "actors")
        bars = [bar for row in figure.rows for bar in row.bars if bar]
        assert [float(height) for height in heights] == [round(15 * bar / max(bars), 2) for bar in bars]


def read_text(pdf):
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        texts = []
        for page in document:
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
    return "\n".join(texts)


def read_alternatives(pdf):
    """The alternative texts of the figures in the structure of a PDF."""
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        structure = (item for item in document.objects if isinstance(item, pikepdf.Dictionary))
        return [str(item.Alt) for item in structure if item.get("/S") == "/Figure"]


def luminance(colour):
    digits = "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[1:]
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["policy", "digest"])
class TestColour:
    def css(self, name):
        return (templates_folder() / name / "brief.css").read_text(encoding="utf-8")

    def test_text_has_contrast_on_everything_that_it_stands_on(self, name):
        style = style_variables(self.css(name))
        grounds = [style[key] for key in ("paper", "tint") if key in style]
        for text in ("ink", "soft", "accent"):
            for ground in grounds:
                assert contrast(style[text], ground) >= 4.5
        assert contrast(style["paper"], style["accent"]) >= 4.5

    def test_every_colour_is_a_variable_at_the_top(self, name):
        rules = re.sub(r"/\*.*?\*/", "", self.css(name), flags=re.DOTALL).partition("}")[2]
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bopacity\b", rules)
        # --rule is for lines: no text has it.
        assert not re.findall(r"(?<!-)\bcolor: var\(--(?!ink|soft|accent|paper)", rules)
        backgrounds = set(re.findall(r"background: ([^;}]+)", rules))
        assert {value.strip() for value in backgrounds} <= {"var(--paper)", "var(--tint)", "var(--accent)"}

    def test_drawings_take_their_colours_from_the_style_sheet(self, name):
        html = FolderTemplate(name).html(SAMPLES["normal"]())
        style = style_variables(self.css(name))
        found = set(re.findall(r'(?:fill|stroke)="([^"]+)"', html))
        assert found <= {style[key] for key in ("ink", "soft", "accent", "rule", "paper")}
