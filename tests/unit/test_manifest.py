import dataclasses
import hashlib
import io
import json
import lzma
import sys
from pathlib import Path

import pikepdf
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES, rendered

from briefs.brief import Block, Brief, Kind, Removed
from briefs.errors import VerifyError
from briefs.render import FolderTemplate, NullTemplate
from briefs.render.check import read_files, read_links, read_pages
from briefs.render.manifest import (
    BRIEF,
    MANIFEST,
    PACKED,
    PLAIN_BYTES,
    Setting,
    attach,
    describe_template,
    digest_pages,
    pack,
    read_attachments,
    spelled_out,
    thin,
)
from briefs.render.pdf import write_pdf

POLICY = Setting(FolderTemplate(), "pdf/ua-1")


@pytest.fixture(scope="module")
def large():
    """A brief whose JSON is too large to lie in a PDF as it is: uncited articles with much text around them."""
    brief = SAMPLES["normal"]()
    text = "".join(chr(0x4E00 + n % 5000) for n in range(PLAIN_BYTES // 3))
    rest = dataclasses.replace(
        brief.articles[0],
        blocks=(Block(kind=Kind.SENTENCE, text=text),),
        removed=(Removed(text="Menu", reason="navigation"),),
    )
    return dataclasses.replace(brief, articles=(rest, *brief.articles[1:]))


def files_of(brief, setting=POLICY):
    return {each.name: pack(each.data) if each.pack else each.data for each in attach(brief, setting)}


def test_the_pdf_carries_the_bytes_of_the_json_format():
    files = read_files(rendered("heavy").files["pdf"])
    assert list(files) == [BRIEF, MANIFEST]
    assert files[BRIEF] == rendered("heavy").files["json"]


def test_the_manifest_names_all_that_the_brief_was_made_from():
    result = rendered("heavy")
    pdf, brief = result.files["pdf"], result.brief
    manifest = json.loads(read_files(pdf)[MANIFEST])
    digest = hashlib.sha256(result.files["json"]).hexdigest()
    assert manifest["brief_sha256"] == manifest["whole_sha256"] == digest
    assert manifest["config_sha256"] == brief.provenance.config_sha256
    assert [pack["sha256"] for pack in manifest["packs"]] == ["cd" * 32]
    sources = {origin.source for article in brief.articles for origin in article.origins}
    assert {each["source"] for each in manifest["inputs"]} == sources
    assert manifest["template"]["name"] == "policy"
    assert manifest["spelled_out"] == ["U+1F9EA"]
    assert spelled_out(manifest) == ("🧪",)
    assert manifest["date"] == "2026-11-20"
    assert manifest["pages"] == digest_pages(read_pages(pdf))
    assert any("Noto-Sans" in name for name in manifest["layout"]["fonts"])


def test_links_are_read():
    links = read_links(rendered("normal").files["pdf"])
    assert [link for page in links for link in page] == ["https://aoba.example/news/1"]


def test_attachments_are_described_and_dated_by_the_brief():
    with pikepdf.open(io.BytesIO(rendered("normal").files["pdf"])) as document:
        for spec in document.attachments.values():
            file = spec.get_file()
            assert file.mime_type == "application/json"
            assert spec.description
            assert {file.creation_date.date(), file.mod_date.date()} == {SAMPLES["normal"]().date}
            assert file.size == len(file.read_bytes())
            assert file.md5 == hashlib.md5(file.read_bytes(), usedforsecurity=False).digest()


class TestLarge:
    def test_it_is_packed_without_what_no_page_shows(self, large):
        files = files_of(large)
        assert list(files) == [PACKED, MANIFEST]
        assert len(files[PACKED]) < PLAIN_BYTES / 20
        carried = read_attachments(files)
        assert carried.brief == thin(large)
        assert carried.manifest["brief_sha256"] == hashlib.sha256(carried.text).hexdigest()
        assert carried.manifest["whole_sha256"] == hashlib.sha256(large.to_json().encode()).hexdigest()
        assert "no point cites" in carried.manifest["left_out"]

    def test_its_pages_are_the_same(self, large):
        less = thin(large)
        assert less != large
        assert FolderTemplate().html(less) == FolderTemplate().html(large)

    def test_cited_articles_are_left_whole(self, large):
        assert thin(large).articles[1:] == large.articles[1:]

    def test_it_comes_out_of_a_pdf_as_it_went_in(self, large):
        pdf = write_pdf("<html lang='en'><title>t</title><p>x", "pdf/ua-1", attach(large, POLICY)).pdf
        assert read_attachments(read_files(pdf)).brief == thin(large)

    @pytest.mark.parametrize("cut", [slice(0, -40), slice(4, None)])
    def test_a_broken_one(self, large, cut):
        files = files_of(large)
        with pytest.raises(VerifyError, match="cannot be read"):
            read_attachments({**files, PACKED: files[PACKED][cut]})

    def test_one_that_unpacks_to_more_than_memory(self, large, monkeypatch):
        monkeypatch.setattr("briefs.render.manifest.MOST_BYTES", 1 << 20)
        bomb = lzma.compress(bytes(2 << 20))
        with pytest.raises(VerifyError, match="too large"):
            read_attachments({**files_of(large), PACKED: bomb})


class TestTemplates:
    def test_a_changed_file_is_another_template(self, tmp_path):
        (tmp_path / "brief.html").write_text("one", encoding="utf-8")
        one = describe_template(FolderTemplate(str(tmp_path)))
        assert one == describe_template(FolderTemplate(str(tmp_path)))
        (tmp_path / "brief.html").write_text("two", encoding="utf-8")
        two = describe_template(FolderTemplate(str(tmp_path)))
        assert one["name"] == two["name"] == tmp_path.name
        assert one["sha256"] != two["sha256"]

    def test_one_that_is_no_folder(self):
        assert describe_template(NullTemplate()) == {"name": "NullTemplate", "sha256": ""}


def test_equal_briefs_carry_equal_bytes():
    again = Brief.from_json(SAMPLES["normal"]().to_json())
    assert attach(again, POLICY) == attach(SAMPLES["normal"](), POLICY)
