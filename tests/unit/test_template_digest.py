"""The short template: two pages whatever the brief holds, and what it leaves out is said."""

import dataclasses
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import PLAIN, SAMPLES, article, point

from briefs.brief import Flag, Kind, Theme
from briefs.errors import TemplateError
from briefs.render import FolderTemplate, render
from briefs.render.html import plain_view
from briefs.render.limits import read_about
from briefs.render.pdf import write_pdf

FLAG = Flag(code="date", message="a date is not in the translation", source="2027年4月", rendering="April 2027")


def crowded(text, language="en", title="Theme", flags=()):
    """Twenty themes of five points, sixty sources, every text long."""
    articles = tuple(
        article(
            f"a{n}", [(Kind.SENTENCE, f"{n} {text}", None, flags)] * 2, language, title="A long headline " * 9,
            publisher="The Publisher of Long Names and Sons",
        )
        for n in range(60)
    )  # fmt: skip
    themes = tuple(
        Theme(
            id=f"t{t}",
            title=f"{title} {t}",
            points=tuple(point(f"t{t}", f"a{(t * 3 + k) % 60}", 1 + k % 2, new=k != 0) for k in range(5)),
        )
        for t in range(20)
    )
    highlights = tuple(theme.points[0] for theme in themes[:8])
    return dataclasses.replace(PLAIN, title="T W " * 40, articles=articles, themes=themes, highlights=highlights)


CROWDED = {
    "heavy sample": SAMPLES["heavy"](),
    "long words": crowded("w" * 400),
    "flags, wide letters": crowded("長い文がここにありますから" * 30, "ja", "長い題名" * 12, (FLAG, FLAG)),
}


def count_pages(pdf):
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


@pytest.mark.parametrize("name", CROWDED)
def test_two_pages_at_most(name):
    brief = CROWDED[name]
    template = FolderTemplate("digest")
    printed = write_pdf(template.html(brief))
    assert 1 <= count_pages(printed.pdf) <= 2
    assert "Left out here: " in template.html(brief)


def test_the_self_check_asks_for_what_is_shown_and_no_more():
    files = render(crowded("It is so."), template=FolderTemplate("digest"), formats=("pdf",), seconds=60).files
    assert count_pages(files["pdf"]) == 2


class TestLimits:
    def test_the_points_of_the_day_come_first_and_are_not_said_twice(self):
        brief = SAMPLES["normal"]()
        view = FolderTemplate("digest").view(brief)
        whole = plain_view(brief)
        assert [point.number for point in view.highlights] == ["1", "2"]
        assert [[point.number for point in theme.points] for theme in view.themes] == [["1.2"], ["2.1"]]
        # Numbers are those of the full brief, so that one can be read beside the other.
        assert [source.number for source in view.cited] == [source.number for source in whole.cited]
        assert view.left_out == ""

    def test_every_theme_has_its_first_point_before_another_has_its_second(self, tmp_path):
        view = self.view(tmp_path, "lines = 40\nhighlights = 0", crowded("It is so."))
        assert {len(theme.points) for theme in view.themes} == {1}
        assert 5 < len(view.themes) < 20

    def test_what_is_left_out_is_counted(self, tmp_path):
        brief = crowded("It is so, and it will be. " * 9)
        view = self.view(tmp_path, "highlights = 1\npoints_per_theme = 1\ncharacters = 40", brief)
        shown = 1 + sum(len(theme.points) for theme in view.themes)
        assert shown == 21
        assert view.left_out == (
            f"Left out here: {100 - shown} more points, {60 - len(view.cited)} more sources, the ends of 21 sentences. "
            "The full brief has them."
        )
        assert all(len(text) <= 40 and text.endswith("…") for text in view.texts)

    def test_a_template_that_says_nothing_shows_all(self, tmp_path):
        view = self.view(tmp_path, "", SAMPLES["heavy"]())
        assert list(view.texts) == list(plain_view(SAMPLES["heavy"]()).texts)
        assert FolderTemplate("policy").about.description

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[limits]\nlines = -1", r"template\.toml: lines cannot be -1"),
            ("[limits]\nlines = true", r"template\.toml: lines cannot be True"),
            ("[limits]\nline = 1", r"template\.toml: unknown key 'line'"),
            ("limit = 1", r"template\.toml: unknown key 'limit'"),
            ("[limits", r"template\.toml: "),
        ],
    )
    def test_wrong_limits_are_named(self, tmp_path, text, message):
        (tmp_path / "template.toml").write_text(text, encoding="utf-8")
        with pytest.raises(TemplateError, match=message):
            read_about(tmp_path)

    def view(self, folder, limits, brief):
        (folder / "brief.html").write_text("", encoding="utf-8")
        (folder / "template.toml").write_text(f"[limits]\n{limits}\n", encoding="utf-8")
        return FolderTemplate(str(folder)).view(brief)
