"""A PDF is made once, then changed in every way that matters; each has to be found, and by the check that is meant to."""

import dataclasses
import hashlib
import io
import json
import re
import sys
from datetime import date
from pathlib import Path

import pikepdf
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "end_to_end"))

from helpers import ENGLISH, JAPANESE, put

from briefs.brief import Brief
from briefs.cli.verify import verify_command
from briefs.config import BriefSettings, RenderSettings, Settings, TranslateSettings
from briefs.errors import ExitCode, UsageError, VerifyError
from briefs.pipeline import make_context, run_stages, start_brief
from briefs.render import FolderTemplate, NullTemplate
from briefs.render.check import read_pages
from briefs.render.manifest import Setting, attach, digest_pages
from briefs.render.pdf import print_pdf
from briefs.verify import verify
from briefs.worker import Worker

# A page that is quickly laid out; that the shipped template comes out the same is seen in test_verify_whole.py.
PAGE = """<html lang="{{ view.lang }}"><head><title>{{ view.title }}</title></head><body>
<h1>{{ view.title }}</h1><p>{{ view.date }}</p>
{% for theme in view.themes %}<h2>{{ theme.title }}</h2>{% for item in theme.points %}{% for quote in item.quotes %}
<p lang="{{ quote.shown.lang }}">{{ quote.shown.text }}</p>{% endfor %}{% endfor %}{% endfor %}
{% for source in view.cited %}<p style="break-before: page">{% if source.places[0].link %}
<a href="{{ source.places[0].link }}">{{ source.headline.text }}</a>{% endif %}</p>{% endfor %}</body></html>"""
BRIEF, MANIFEST = "brief.json", "manifest.json"
ADDRESS = "https://example.org/a"


class Desk:
    """Prints and verifies with one child process and one small template."""

    def __init__(self, worker, template):
        self.worker = worker
        self.template = FolderTemplate(str(template))
        render = RenderSettings(template=str(template))
        self.settings = Settings(translate=TranslateSettings(backend="identity"), render=render)

    def printed(self, brief, template=None):
        template = template or self.template
        attached = attach(brief, Setting(template, "pdf/ua-1"))
        return print_pdf(template.html(brief), worker=self.worker, seconds=60, attached=attached).pdf

    def checks(self, pdf, **options):
        return {check.what: check for check in verify(pdf, self.settings, worker=self.worker, **options)}

    def found(self, pdf, **options):
        return {what: check.holds for what, check in self.checks(pdf, **options).items()}

    def failed(self, pdf, **options):
        return {what for what, holds in self.found(pdf, **options).items() if holds is False}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with Worker() as worker:
        yield Desk(worker, put(tmp_path_factory.mktemp("template"), {"brief.html": PAGE}))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return put(tmp_path_factory.mktemp("inputs"), {"en/talks.txt": ENGLISH, "deal.txt": JAPANESE})


@pytest.fixture(scope="module")
def brief(desk, inputs):
    context = make_context(desk.settings, BriefSettings(), [str(inputs)])
    made = run_stages(start_brief(desk.settings, BriefSettings(), date(2026, 1, 5)), context)
    first = made.articles[0]
    linked = dataclasses.replace(first, origins=(dataclasses.replace(first.origins[0], url=ADDRESS),))
    return dataclasses.replace(made, articles=(linked, *made.articles[1:]))


@pytest.fixture(scope="module")
def pdf(desk, brief):
    return desk.printed(brief)


def saved(document):
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def rewrite(pdf, name, change):
    """The PDF with one of its attachments changed."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        text = document.attachments[name].get_file().read_bytes().decode()
        changed = change(text)
        assert changed != text
        document.attachments[name] = pikepdf.AttachedFileSpec(document, changed.encode(), filename=name)
        return saved(document)


def with_hash(pdf):
    """The PDF with the SHA-256 of its data, whatever that is by now, in its manifest."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        digest = hashlib.sha256(document.attachments[BRIEF].get_file().read_bytes()).hexdigest()

    def put_in(text):
        return json.dumps({**json.loads(text), "brief_sha256": digest})

    return rewrite(pdf, MANIFEST, put_in)


def on_page(pdf, old, new):
    """The PDF with glyphs of its pages changed, as an editor of PDFs would: `new` in place of the first `old`."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            content = page.Contents.read_bytes()
            for font in page.Resources.Font.values():
                cmap = re.findall(rb"<(\w{4})> <(\w{4})>", font.ToUnicode.read_bytes())
                glyphs = {chr(int(code, 16)): glyph for glyph, code in cmap}
                if not set(old + new) <= glyphs.keys():
                    continue
                pattern = rb"<%s>" % rb">([-\d.]*)<".join(glyphs[c] for c in old)
                parts = re.search(pattern, content)
                if parts:
                    gaps = [*parts.groups(), b""]
                    run = b"".join(b"<%s>%s" % (glyphs[c], gap) for c, gap in zip(new, gaps, strict=True))
                    page.Contents = document.make_stream(content.replace(parts[0], run, 1))
                    return saved(document)
    raise AssertionError(f"{old!r} is on no page")


def with_values(text, **values):
    """JSON text with some values changed."""
    return json.dumps({**json.loads(text), **values})


def test_what_was_not_touched_holds(desk, pdf, inputs):
    checks = desk.checks(pdf, inputs=inputs)
    named = ("data", "manifest", "points", "pages", "sentences", "settings", "inputs")
    assert {what: check.holds for what, check in checks.items()} == dict.fromkeys(named, True) | {"pack ja-en": None}
    assert "byte for byte" in checks["pages"].detail


def test_a_file_that_was_saved_anew_is_not_the_same(desk, pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        again = saved(document)
    check = desk.checks(again)["pages"]
    assert check.holds is False
    assert check.detail.endswith("changed, or saved again by another program")


class TestChangedPages:
    def test_one_figure_of_a_point(self, desk, pdf):
        assert desk.failed(on_page(pdf, "20 million", "60 million")) == {"pages", "points"}

    def test_one_word_elsewhere(self, desk, pdf):
        changed = on_page(pdf, "January", "Jaruary")
        checks = desk.checks(changed)
        assert [what for what, check in checks.items() if check.holds is False] == ["pages"]
        assert "page 1 was changed after the brief was made: page 1 says" in checks["pages"].detail
        assert "Jaruary" in checks["pages"].detail

    def test_the_manifest_changed_to_fit(self, desk, pdf):
        changed = on_page(pdf, "January", "Jaruary")
        pages = digest_pages(read_pages(changed))
        fitted = rewrite(changed, MANIFEST, lambda text: with_values(text, pages=pages))
        assert desk.failed(fitted) == {"pages"}
        assert desk.failed(rewrite(fitted, MANIFEST, lambda text: with_values(text, layout={}))) == {"pages"}

    def test_a_page_taken_out(self, desk, pdf):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            del document.pages[-1]
            assert desk.failed(saved(document)) == {"pages"}

    def test_a_link_that_leads_elsewhere(self, desk, pdf):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            links = [a for page in document.pages for a in page.get("/Annots", ()) if "/A" in a]
            assert [str(link.A.URI) for link in links] == [ADDRESS]
            links[0].A.URI = pikepdf.String("https://example.org/b")
            changed = saved(document)
        assert desk.checks(changed)["pages"].detail.endswith("a link leads elsewhere than the data says")
        assert desk.failed(changed) == {"pages"}


class TestChangedData:
    def test_one_figure(self, desk, pdf):
        changed = rewrite(pdf, BRIEF, lambda text: text.replace("20 million", "90 million"))
        assert desk.failed(changed) == {"data", "points", "pages", "sentences"}
        assert desk.failed(with_hash(changed)) == {"points", "pages", "sentences"}

    def test_one_figure_that_no_page_shows(self, desk, pdf):
        changed = with_hash(rewrite(pdf, BRIEF, lambda text: text.replace("ten days", "two days", 1)))
        assert desk.failed(changed) == {"sentences", "pages"}

    def test_the_place_of_a_sentence(self, desk, pdf):
        changed = with_hash(rewrite(pdf, BRIEF, lambda text: re.sub(r'"start": [1-9]', '"start": 1', text)))
        assert desk.failed(changed) == {"sentences", "pages"}

    @pytest.mark.parametrize("key", ["inputs", "packs", "config_sha256", "versions", "title", "date", "spelled_out"])
    def test_the_manifest(self, desk, pdf, key):
        assert "manifest" in desk.failed(rewrite(pdf, MANIFEST, lambda text: with_values(text, **{key: "else"})))

    def test_a_forgery_that_agrees_with_itself_fails_by_the_inputs(self, desk, brief, inputs):
        text = brief.to_json().replace("20 million", "90 million")
        for article in Brief.from_json(text).articles:
            text = text.replace(article.id, hashlib.sha256(article.text.encode()).hexdigest()[:16])
        forged = desk.printed(Brief.from_json(text))
        assert desk.failed(forged) == set()
        checks = desk.checks(forged, inputs=inputs)
        assert "90 million" in checks["inputs"].detail
        assert not checks["inputs"].holds

    def test_a_fact_of_an_article(self, desk, brief, inputs):
        article = brief.articles[0]
        origin = dataclasses.replace(article.origins[0], published=date(2025, 1, 1))
        changed = dataclasses.replace(article, origins=(origin,))
        pdf = desk.printed(dataclasses.replace(brief, articles=(changed, *brief.articles[1:])))
        assert desk.failed(pdf, inputs=inputs) == {"inputs"}


class TestInputs:
    def test_one_that_was_changed_is_not_there(self, desk, pdf, tmp_path):
        put(tmp_path, {"talks.txt": ENGLISH.replace("20 million", "90 million"), "deal.txt": JAPANESE})
        assert desk.failed(pdf, inputs=tmp_path) == {"inputs"}

    def test_they_may_lie_anywhere_under_any_name(self, desk, pdf, tmp_path):
        put(tmp_path, {"a/b/c.txt": ENGLISH, "d.txt": JAPANESE, "other.txt": "Nothing to do with it.\n"})
        assert desk.found(pdf, inputs=tmp_path)["inputs"] is True

    def test_a_page_of_the_web_is_not_fetched_again(self, desk, brief, tmp_path):
        articles = tuple(
            dataclasses.replace(a, origins=(dataclasses.replace(a.origins[0], source=f"https://example.org/{a.id}"),))
            for a in brief.articles
        )
        checks = desk.found(desk.printed(dataclasses.replace(brief, articles=articles)), inputs=tmp_path)
        assert checks["inputs"] is None
        assert checks["addresses"] is None


def test_a_template_that_shows_less_holds_by_what_it_shows(desk, brief):
    first = brief.themes[0]
    more = tuple(dataclasses.replace(theme, points=theme.points * 4) for theme in brief.themes)
    long = dataclasses.replace(brief, themes=more, highlights=first.points * 9)
    checks = desk.checks(desk.printed(long, FolderTemplate("digest")))
    assert checks["points"].holds
    assert "byte for byte" in checks["pages"].detail


def test_a_template_of_the_template_folder_is_found(desk, brief, tmp_path):
    put(tmp_path, {"own/brief.html": PAGE + "<!-- own -->"})
    pdf = desk.printed(brief, FolderTemplate("own", folder=str(tmp_path)))
    assert desk.found(pdf)["pages"] is None
    render = dataclasses.replace(desk.settings.render, template_dir=str(tmp_path))
    own = dataclasses.replace(desk.settings, render=render)
    assert {check.what: check.holds for check in verify(pdf, own, worker=desk.worker)}["pages"] is True


def test_pages_of_a_template_that_is_not_here_are_not_made_again(desk, brief):
    check = desk.checks(desk.printed(brief, NullTemplate()))["pages"]
    assert check.holds is None
    assert "NullTemplate" in check.detail


class TestWhatCannotBeRead:
    def test_no_pdf(self, desk):
        with pytest.raises(VerifyError, match="does not open"):
            desk.checks(b"%PDF-1.7 nothing")

    def test_nothing_carried(self, desk, pdf):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            del document.attachments[MANIFEST]
            with pytest.raises(VerifyError, match="does not carry") as caught:
                desk.checks(saved(document))
        assert caught.value.exit_code is ExitCode.RENDERING

    @pytest.mark.parametrize("text", ["{", "[]", '{"schema": 99}', "[" * 100_000])
    @pytest.mark.parametrize("name", [BRIEF, MANIFEST])
    def test_what_is_carried_is_broken(self, desk, pdf, name, text):
        with pytest.raises(VerifyError, match="cannot be read"):
            desk.checks(rewrite(pdf, name, lambda _: text))


class TestCommand:
    @pytest.fixture
    def config(self, desk, tmp_path):
        text = f"[translate]\nbackend = 'identity'\n[render]\ntemplate = '{desk.template.folder}'\n"
        return put(tmp_path, {"briefs.toml": text}) / "briefs.toml"

    def test_says_what_holds(self, pdf, inputs, config, capsys):
        put(config.parent, {"b.pdf": pdf})
        assert verify_command(config.parent / "b.pdf", inputs, config) == ExitCode.OK
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[:2] for line in lines[:3]] == [
            ["holds", "data"],
            ["holds", "manifest"],
            ["holds", "points"],
        ]
        assert lines[-1].startswith("not checked  pack ja-en")

    def test_exits_with_7_and_says_what_fails(self, pdf, tmp_path, capsys):
        put(tmp_path, {"b.pdf": on_page(pdf, "20 million", "60 million")})
        assert verify_command(tmp_path / "b.pdf", as_json=True) == ExitCode.RENDERING
        checks = {check["what"]: check for check in json.loads(capsys.readouterr().out)}
        assert checks["pages"]["holds"] is False
        # The template is not named: it may show fewer points.
        assert checks["points"]["holds"] is None
        assert "lacks the point" in checks["points"]["detail"]
        assert checks["inputs"]["holds"] is None

    def test_another_config_is_not_taken_for_the_brief_s(self, desk, pdf, config):
        other = dataclasses.replace(desk.settings, extract=dataclasses.replace(desk.settings.extract, points=2))
        for named, holds in ((True, False), (False, None)):
            checks = verify(pdf, other, named=named, worker=desk.worker)
            assert {check.what: check.holds for check in checks}["settings"] is holds

    def test_missing_files(self, tmp_path):
        with pytest.raises(UsageError, match="No such file"):
            verify_command(tmp_path / "none.pdf")
        with pytest.raises(UsageError, match="no such folder"):
            verify_command(tmp_path / "none.pdf", tmp_path / "none")
