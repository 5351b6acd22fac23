import dataclasses
import sys
from datetime import date
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))

from render_samples import HOSTILE, PLAIN, SAMPLES, article, point, rendered  # noqa: E402

from briefs.brief import Brief, Kind, Severity, Theme  # noqa: E402
from briefs.errors import ConfigError, ExitCode, RenderError, TemplateError  # noqa: E402
from briefs.render import FolderTemplate, NullTemplate, render  # noqa: E402
from briefs.render.check import check_pdf, contains  # noqa: E402
from briefs.render.html import plain_view, templates_folder  # noqa: E402
from briefs.render.labels import load_labels  # noqa: E402
from briefs.render.markdown import escape  # noqa: E402
from briefs.render.pdf import find_missing, print_pdf, spell_out, write_pdf  # noqa: E402
from briefs.render.text import breakable, clean_text, direction, readable_place, web_link  # noqa: E402
from briefs.worker import Worker  # noqa: E402


def with_sentence(text, language="ja", translation=None, **fields):
    """A brief with one point on one sentence."""
    articles = (article("one", [(Kind.SENTENCE, text, translation, ())], language, **fields),)
    return dataclasses.replace(
        PLAIN, articles=articles, themes=(Theme(id="t", title="T", points=(point("t", "one", 1),)),)
    )


def folder_with(tmp_path, **files):
    """A template folder holding brief.html and whatever else."""
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return FolderTemplate(str(tmp_path))


class TestText:
    @pytest.mark.parametrize(
        ("text", "cleaned"),
        [
            ("a\u202eb\u202c\u2066c\u2069", "abc"),
            ("a\x00\x07b\x9f\ufeff", "ab"),
            (" two\n\n lines\u2028here ", "two lines here"),
            ("soft\u00adhyphen\u200b", "softhyphen"),
            ("\ud800", "\ufffd"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("葛\U000e0100城", "葛\U000e0100城"),
        ],
    )
    def test_clean(self, text, cleaned):
        assert clean_text(text) == cleaned

    @pytest.mark.parametrize(
        ("url", "link"),
        [
            ("https://a.example/b?c=d#e", "https://a.example/b?c=d#e"),
            ("HTTP://a.example/港", "HTTP://a.example/%E6%B8%AF"),
            ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
            ("https://", None),
            ("https://[", None),
            ("//a.example", None),
            ("notes.txt", None),
            (None, None),
        ],
    )
    def test_link(self, url, link):
        assert web_link(url) == link

    def test_place(self):
        assert readable_place("/home/someone/in/notes.txt") == "notes.txt"
        assert readable_place("https://a.example/%E6%B8%AF/") == "a.example/港"
        assert readable_place("javascript:alert(1)//x") == "javascript:alert(1)//x"

    def test_very_long_words_can_be_broken(self):
        assert breakable("w" * 199) == "w" * 199
        assert breakable("a " + "w" * 200) == "a " + "\u200b".join(["w" * 50] * 4)
        assert breakable("港" * 300) == "港" * 300

    def test_direction(self):
        assert [direction(code) for code in ("ar", "he-IL", "fa", "ja", "und")] == ["rtl", "rtl", "rtl", "ltr", "ltr"]

    def test_markdown_disarmed(self):
        assert escape("# *a* [b](c) <i>") == "\\# \\*a\\* \\[b\\](c) &lt;i&gt;"
        assert escape("1. one") == "1\\. one"
        assert escape("- one") == "\\- one"


class TestView:
    def test_sources_are_numbered_as_they_are_cited(self):
        view = plain_view(SAMPLES["normal"]())
        assert [source.publisher for source in view.cited] == ["Aoba Shimbun", "Bay Post"]
        assert [(source.number, source.cited) for source in view.not_cited] == [(n, False) for n in range(3, 8)]
        assert [source.number for source in view.themes[0].points[0].also] == [2]

    def test_every_cited_sentence_is_in_the_appendix_once_with_ways_back(self):
        view = plain_view(SAMPLES["normal"]())
        entries = [entry for _, entries in view.appendix for entry in entries]
        assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
        assert [[link.anchor for link in entry.back] for entry in entries] == [
            ["h1", "p1-1"],
            ["p1-2"],
            ["p2-1"],
            ["p2-1"],
            ["h2", "p1-3"],
        ]
        assert entries[0].offsets == "characters 7–30"
        assert entries[2].section.text == "What the fishing cooperative says"

    def test_untranslated_text_is_marked_in_its_language(self):
        view = plain_view(SAMPLES["normal"]())
        last = view.themes[1].points[0]
        assert last.quotes[1].shown.lang == "ja"
        assert last.marks == ("Japanese, not translated",)
        assert view.themes[0].points[2].marks == ()

    def test_themes_without_points_share_a_line(self):
        view = plain_view(SAMPLES["normal"]())
        assert [theme.title for theme in view.themes] == ["Ports", "Fishing"]
        assert view.no_points_in == "Nothing to report on: Railways, Roads."

    def test_new_is_said_only_where_something_is_not(self):
        brief = SAMPLES["normal"]()
        assert plain_view(brief).themes[0].points[0].new
        assert plain_view(brief).themes[0].tally == (
            "3 points, 2 new",
            "4 articles",
            "2 articles more than in the last brief",
        )
        assert plain_view(brief).themes[1].tally[2] == "1 article fewer than in the last brief"
        themes = (brief.themes[0],)
        assert not plain_view(dataclasses.replace(brief, themes=themes)).themes[0].points[0].new

    def test_a_changed_article_is_marked_in_place_of_new(self):
        view = plain_view(SAMPLES["normal"]())
        assert [(point.new, point.updated) for point in view.themes[0].points] == [
            (True, False),
            (True, False),
            (False, True),
        ]
        assert [source.updated for source in view.cited] == [False, True]

    def test_the_legend_explains_only_the_marks_that_are_there(self):
        brief = SAMPLES["normal"]()
        assert [mark for _, mark, _ in plain_view(brief).legend] == ["Check", "New", "Updated"]
        assert plain_view(SAMPLES["heavy"]()).legend == ()
        html = FolderTemplate().html(brief)
        assert html.count('<p class="legend') == 1
        assert 'class="legend' not in FolderTemplate().html(SAMPLES["heavy"]())

    def test_a_flag_stands_in_the_margin_with_its_figure(self):
        html = " ".join(FolderTemplate().html(SAMPLES["normal"]()).split())
        side = html.partition('id="p1-2"')[2].partition("</div>")[0]
        assert '<b lang="ja" dir="ltr">2027年4月</b>' in side
        assert "<b>April 2027</b>" in side

    def test_an_empty_day_says_so(self):
        assert plain_view(SAMPLES["empty"]()).nothing == "There is nothing to report. No new articles were read."
        unpicked = dataclasses.replace(PLAIN, articles=SAMPLES["normal"]().articles)
        assert plain_view(unpicked).nothing.startswith("There is nothing to report. No sentence")

    def test_method_counts_all_and_warns_of_the_built_in_pack(self):
        view = plain_view(SAMPLES["normal"]())
        counts = dict(view.method.counts)
        assert counts["Sentences"] == 13
        assert counts["Sentences translated"] == 6
        assert counts["Notes: a date"] == counts["Sentences with a note"] == 1
        assert any("early version" in note for note in view.method_notes)
        assert view.method.problems[0].source == "broken.pdf"

    def test_period(self):
        brief = SAMPLES["normal"]()
        assert plain_view(brief).period == "Articles of 16 November 2026 to 20 November 2026"
        assert plain_view(dataclasses.replace(brief, since=date(2026, 11, 1))).period == "Since 1 November 2026"

    @pytest.mark.parametrize(("article_id", "index"), [("nowhere", 1), ("harbour", 99)])
    def test_a_point_on_nothing_is_an_error(self, article_id, index):
        theme = Theme(id="t", title="T", points=(point("t", article_id, index),))
        with pytest.raises(RenderError, match=str(index if article_id == "harbour" else article_id)):
            plain_view(dataclasses.replace(SAMPLES["normal"](), themes=(theme,)))


class TestLabels:
    def test_all_languages_have_the_same_labels(self):
        english = load_labels([templates_folder() / "policy"], "en").words
        for language in ("ja", "fr", "de"):
            words = load_labels([templates_folder() / "policy"], language).words
            assert words.keys() == english.keys()
            for table in (key for key, value in english.items() if isinstance(value, dict)):
                assert words[table].keys() == english[table].keys()
            assert len(words["how"]) == len(english["how"])
            assert len(words["months"]) == 12

    @pytest.mark.parametrize(
        ("target", "day"),
        [
            ("en", "20 November 2026"),
            ("ja", "2026年11月20日"),
            ("fr", "20 novembre 2026"),
            ("de", "20. November 2026"),
            ("xx", "20 November 2026"),
        ],
    )
    def test_the_brief_chooses_the_language(self, target, day):
        brief = dataclasses.replace(SAMPLES["normal"](), target=target)
        assert plain_view(brief).date == day
        assert f'<html lang="{target}">' in FolderTemplate().html(brief)

    def test_a_template_changes_some_words(self, tmp_path):
        template = folder_with(
            tmp_path, brief_html="{{ label.sources }} {{ label.method }}", labels_toml='[en]\nsources = "Where from"'
        )
        assert template.html(PLAIN) == "Where from Method and limits"

    @pytest.mark.parametrize("text", ['[en]\ndate = "{wrong}"', "[en"])
    def test_wrong_labels_are_named(self, tmp_path, text):
        with pytest.raises(TemplateError, match=r"labels\.toml"):
            folder_with(tmp_path, brief_html="", labels_toml=text).html(PLAIN)


class TestTemplate:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("\n{{ view.nothing_such }}", r"brief\.html:2: .*nothing_such"),
            ("\n\n{% for %}", r"brief\.html:3: "),
            ("{{ view.__class__.__mro__ }}", r"brief\.html:1: "),
            ("\n{{ 1 / 0 }}", r"brief\.html:2: "),
            ("{% include 'absent.html' %}", r"absent\.html"),
            ("\n\n{{ style.nothing_such }}", r"brief\.html:3: .*nothing_such"),
            ("{% include 'part.html' %}", r"part\.html:2: .*nothing_here"),
            ("{% import 'macros.html' as macros with context %}\n\n{{ macros.wrong() }}", r"macros\.html:4: .*gone"),
            ("{% from 'broken.html' import x %}", r"broken\.html:2: "),
            (
                "{% extends 'policy/brief.html' %}\n{% block cover %}\n{{ view.cover }}{% endblock %}",
                r"brief\.html:3: ",
            ),
        ],
    )
    def test_an_error_names_file_and_line(self, tmp_path, text, message):
        others = {
            "part_html": "\n{{ view.nothing_here }}",
            "macros_html": "{% macro wrong() %}\n\n\n{{ view.gone }}{% endmacro %}",
            "broken_html": "\n{% macro %}",
        }
        with pytest.raises(TemplateError, match=message) as caught:
            folder_with(tmp_path, brief_html=text, **others).html(PLAIN)
        assert caught.value.exit_code is ExitCode.RENDERING

    def test_text_is_always_escaped(self, tmp_path):
        template = folder_with(tmp_path, brief_html="{{ view.title }}", brief_css="")
        assert template.html(dataclasses.replace(PLAIN, title="<b>{{ 7*7 }}")) == "&lt;b&gt;{{ 7*7 }}"

    def test_a_template_builds_on_policy(self, tmp_path):
        template = folder_with(tmp_path, brief_html="{% extends 'policy/brief.html' %}")
        assert template.html(PLAIN) == FolderTemplate("policy").html(PLAIN)

    def test_an_unknown_template_is_an_error_with_a_hint(self):
        with pytest.raises(ConfigError) as caught:
            FolderTemplate("polcy")
        assert "policy" in caught.value.hint

    def test_a_folder_of_templates_comes_first(self, tmp_path):
        for name in ("mine", "policy"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "brief.html").write_text(f"{name}: {{{{ view.title }}}}", encoding="utf-8")
        assert FolderTemplate("mine", folder=str(tmp_path)).html(PLAIN) == "mine: Harbour brief"
        assert FolderTemplate("policy", folder=str(tmp_path)).html(PLAIN) == "policy: Harbour brief"
        assert FolderTemplate("digest", folder=str(tmp_path)).folder == templates_folder() / "digest"
        with pytest.raises(ConfigError) as caught:
            FolderTemplate("mien", folder=str(tmp_path))
        assert "mine" in caught.value.hint

    def test_the_page_forbids_all_but_its_own_style(self):
        html = FolderTemplate().html(SAMPLES["heavy"]())
        assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
        assert "<script>" not in html
        assert "{{ 7*7 }}" in html
        assert "javascript:alert(1)" in html
        assert 'href="javascript' not in html


class TestPdf:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_small_tagged_and_checked(self, name):
        pdf = rendered(name).files["pdf"]
        assert len(pdf) < 1_500_000
        assert pdf.startswith(b"%PDF-1.7")

    def test_characters_without_a_font_are_spelled_out_and_recorded(self):
        result = rendered("heavy")
        problem = result.brief.problems[-1]
        assert "U+1F9EA TEST TUBE" in problem.message
        assert problem.severity is Severity.WARNING
        assert Brief.from_json(result.files["json"].decode()) == result.brief
        assert rendered("normal").brief == SAMPLES["normal"]()

    def test_weasyprint_has_nothing_to_complain_of(self):
        printed = write_pdf(spell_out(FolderTemplate().html(SAMPLES["heavy"]()), ("🧪",)))
        assert printed.complaints == ()
        assert printed.missing == ()

    def test_rare_characters_are_looked_up(self):
        with Worker() as worker:
            assert find_missing("<p>plain 日本語 …", worker=worker, seconds=0.001) == ()
            assert find_missing("<p>\U0001f9ea ∑ й \ue123", worker=worker, seconds=60) == ("\ue123", "\U0001f9ea")

    def test_too_slow(self):
        with Worker() as worker, pytest.raises(RenderError, match=r"no result after 0\.01 s") as caught:
            print_pdf("<p>x", worker=worker, seconds=0.01)
        assert "render.seconds" in caught.value.hint

    @pytest.mark.parametrize("url", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:image/png;base64,AAAA"])
    def test_nothing_is_fetched(self, url):
        with pytest.raises(RenderError, match="fetching"):
            write_pdf(f'<img src="{url}">')

    def test_null_template(self):
        result = render(SAMPLES["normal"](), template=NullTemplate(), formats=("pdf", "html"), seconds=60)
        assert list(result.files) == ["pdf", "html"]


class TestCheck:
    def test_not_a_pdf(self):
        with pytest.raises(RenderError, match="does not open"):
            check_pdf(b"%PDF-1.7 nothing", title="", texts=())

    def test_title_and_texts(self):
        pdf = rendered("normal").files["pdf"]
        assert check_pdf(pdf, title="Harbour brief", texts=["Aoba City announced  that"]) > 1
        with pytest.raises(RenderError, match="title"):
            check_pdf(pdf, title="Another", texts=())
        with pytest.raises(RenderError, match="lacks the point 'Nothing of the kind") as caught:
            check_pdf(pdf, title="Harbour brief", texts=["Nothing of the kind was said"])
        assert caught.value.exit_code is ExitCode.RENDERING

    def test_right_to_left_text_is_found_by_its_words(self):
        pdf = rendered("heavy").files["pdf"]
        texts = list(plain_view(SAMPLES["heavy"]()).texts)
        assert check_pdf(pdf, title="Heavy brief", texts=[text for text in texts if "🧪" not in text])
        with pytest.raises(RenderError, match="lacks"):
            check_pdf(pdf, title="", texts=["كلام آخر لا يوجد هنا"])

    def test_text_off_the_page(self):
        pdf = write_pdf('<title>t</title><p style="white-space: nowrap">' + "far " * 99).pdf
        with pytest.raises(RenderError, match="runs off page 1"):
            check_pdf(pdf, title="t", texts=())

    def test_a_text_may_go_on_on_the_next_page(self):
        assert contains(["xxab", "cdyy"], "abcd")
        assert contains(["xxab", "cd", "efzz"], "abcd")
        assert not contains(["xxab", "yy"], "abcd")
        assert not contains(["ab", "yy", "cd"], "abcd")


def test_markdown_marks_what_is_new_and_says_what_figures_show():
    text = rendered("normal").files["md"].decode()
    assert "crossings a day from 1 June 2027. \\[2\\] (Updated)" in text
    assert "enlarging the harbour. \\[1\\] (New)" in text
    assert "- Who is named: Canada is named most often: in 3 of 7 articles." in text


def test_markdown_says_the_same_and_nothing_more():
    text = rendered("heavy").files["md"].decode()
    assert "<script>" not in text
    assert "\u202e" not in text
    assert "\\[x\\](javascript" in text
    for entry in ("# Heavy brief", "\\[18\\]", "**Text 1**"):
        assert entry in text


def test_a_very_long_word_is_broken_and_not_cut():
    brief = with_sentence("w" * 500, "en", title=HOSTILE + "z" * 500)
    assert render(brief, template=FolderTemplate(), formats=("pdf",), seconds=60).files["pdf"]
