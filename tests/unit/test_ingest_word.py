import io
import zipfile
from datetime import date, datetime

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from briefs.brief import Severity
from briefs.config import Limits
from briefs.errors import DocumentError
from briefs.ingest import FolderSource
from briefs.ingest.word import read_word


def read(path, **limits):
    return list(FolderSource([path], Limits(**limits)).documents())


def only_problem(path, **limits):
    (problem,) = read(path, **limits)
    assert problem.severity is Severity.ERROR
    assert problem.hint
    return problem


@pytest.fixture
def report(tmp_path):
    document = docx.Document()
    document.add_heading("輸出管理の強化", level=1)
    document.add_paragraph("政府は方針を固めた。")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("品目", "件数"), ("半導体", "23")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("産業界は懸念を示す。")
    document.core_properties.title = "輸出管理の行方"
    document.core_properties.author = "山田花子"
    document.core_properties.created = datetime(2026, 3, 5, 12, 0)
    document.save(tmp_path / "report.docx")
    return tmp_path / "report.docx"


def with_body(xml):
    document = docx.Document()
    for element in parse_xml(f"<w:body {nsdecls('w', 'wp')} xmlns:mc='{MC}'>{xml}</w:body>"):
        document.element.body.append(element)
    stream = io.BytesIO()
    document.save(stream)
    return read_word(stream.getvalue(), 10**8)


MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def test_paragraphs_and_tables_in_order(report):
    (document,) = read(report)
    lines = [line for line in document.text.split("\n") if line]
    assert lines == ["輸出管理の強化", "政府は方針を固めた。", "品目\t件数", "半導体\t23", "産業界は懸念を示す。"]


def test_properties(report):
    (document,) = read(report)
    assert (document.format, document.title, document.byline) == ("docx", "輸出管理の行方", "山田花子")
    assert document.published == date(2026, 3, 5)


def test_properties_that_nobody_set_are_none(tmp_path):
    document = docx.Document()
    document.add_paragraph("本文。")
    document.save(tmp_path / "a.docx")
    (found,) = read(tmp_path / "a.docx")
    assert (found.title, found.byline, found.published) == (None, None, None)


def test_changes_ruby_and_controls_are_read_as_shown():
    reading = with_body(
        "<w:p><w:ins><w:r><w:t>追加</w:t></w:r></w:ins><w:del><w:r><w:delText>削除</w:delText></w:r></w:del>"
        "<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>枠内</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert reading.text == "追加東京\n\n枠内"


def test_text_boxes_are_read_once():
    box = "<w:txbxContent><w:p><w:r><w:t>囲み</w:t></w:r></w:p></w:txbxContent>"
    reading = with_body(
        "<w:p><w:r><w:t>本文</w:t></w:r><w:r><mc:AlternateContent>"
        f"<mc:Choice Requires='wps'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert reading.text == "本文\n\n囲み"


def test_table_for_layout_is_paragraphs():
    reading = with_body(
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>一</w:t></w:r></w:p><w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>三</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert reading.text == "一\n\n二\n\n三"


def test_not_a_zip(tmp_path):
    (tmp_path / "a.docx").write_text("text", encoding="utf-8")
    assert "not a Word document" in only_problem(tmp_path / "a.docx").message


def test_old_word_document(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "old Office document" in only_problem(tmp_path / "a.docx").hint


def test_empty_document(tmp_path):
    docx.Document().save(tmp_path / "a.docx")
    assert "no text" in only_problem(tmp_path / "a.docx").message


def test_corrupt(tmp_path, report):
    (tmp_path / "cut.docx").write_bytes(report.read_bytes()[:2000])
    assert "damaged" in only_problem(tmp_path / "cut.docx").message


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 2_000_000)
    assert "unpacks to more than" in only_problem(path, file_bytes=100_000).message


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "docProps/core.xml"])
@pytest.mark.parametrize("content", [None, b"", b"<a/>", b"<w:document", b"\xff\xfe\0"])
def test_errors_of_the_library_are_mapped(report, part, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(report) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        if content is not None:
            target.writestr(part, content)
    with pytest.raises(DocumentError) as caught:
        read_word(stream.getvalue(), 10**8)
    assert caught.value.hint
    assert caught.value.__cause__ is not None
