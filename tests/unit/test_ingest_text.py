from hashlib import sha256

import pytest

from briefs.brief import Document, Problem, Severity
from briefs.config import Limits
from briefs.ingest import FolderSource
from briefs.ingest.reading import sane_byline, sane_title

JAPANESE = "政府は12日、半導体の輸出管理を強化する方針を固めた。関係省庁は「対応を検討する」と説明している。"


def read(path, **limits):
    return list(FolderSource([path], Limits(**limits)).documents())


def write(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def only_problem(path, **limits):
    (problem,) = read(path, **limits)
    assert isinstance(problem, Problem)
    assert (problem.stage, problem.source, problem.severity) == ("ingest", path.as_posix(), Severity.ERROR)
    assert problem.hint
    return problem


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.txt", "txt"), ("a.TEXT", "txt"), ("a.md", "txt"), ("a.html", "html"), ("a.htm", "html"), ("a.xhtml", "html")],
)
def test_text_and_pages(tmp_path, name, format_):
    path = write(tmp_path / name, JAPANESE)
    (document,) = read(path)
    assert document == Document(
        source=path.as_posix(), sha256=sha256(JAPANESE.encode()).hexdigest(), format=format_, text=JAPANESE
    )


def test_page_is_decoded_markup(tmp_path):
    page = f"<html><head><meta charset='Shift_JIS'></head><body>{JAPANESE}</body></html>"
    (document,) = read(write(tmp_path / "a.html", page.encode("cp932")))
    assert document.text == page


def test_page_saved_as_text_is_a_page(tmp_path):
    (document,) = read(write(tmp_path / "a.txt", f"<!DOCTYPE html>\n<p>{JAPANESE}</p>"))
    assert document.format == "html"


def test_newlines_are_normalised(tmp_path):
    (document,) = read(write(tmp_path / "a.txt", "一\r\n二\r三\n四\u2028五"))
    assert document.text == "一\n二\n三\n四\n五"


def test_control_characters_are_removed_with_a_warning(tmp_path):
    problem, document = read(write(tmp_path / "a.txt", f"{JAPANESE}\0\x07\t終\n"))
    assert document.text == f"{JAPANESE}\t終\n"
    assert problem.severity is Severity.WARNING
    assert "control characters" in problem.message


def test_damage_is_a_warning(tmp_path):
    problem, document = read(write(tmp_path / "a.txt", JAPANESE.encode()[:-1]))
    assert document.text.endswith("\ufffd")
    assert problem.severity is Severity.WARNING
    assert "1 damaged place" in problem.message


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"PK\x03\x04\x14\0", "zip"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x7fELF\x02", "program"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1 hello}", "RTF"),
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".html", ".eml"])
def test_binary_with_the_suffix_of_text(tmp_path, head, named, suffix):
    problem = only_problem(write(tmp_path / f"a{suffix}", head + bytes(range(256))))
    assert named in problem.hint


def test_bytes_of_no_known_kind_are_refused(tmp_path):
    data = b"".join(sha256(bytes([number])).digest() for number in range(250))
    assert only_problem(write(tmp_path / "a.txt", data)).message


def test_empty_file(tmp_path):
    assert only_problem(write(tmp_path / "a.txt", b"")).message == "empty file"


def test_blank_file(tmp_path):
    assert "no text" in only_problem(write(tmp_path / "a.txt", " \n\u3000\n")).message


def test_file_over_the_limit_is_not_read(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert "too large" in only_problem(path).message


def test_one_endless_line_within_the_file_limit(tmp_path):
    path = write(tmp_path / "a.txt", "あ" * 5_000_000)
    assert "too long" in only_problem(path).message


def test_text_over_the_limit_is_not_cut(tmp_path):
    path = write(tmp_path / "a.txt", JAPANESE)
    assert "too long" in only_problem(path, characters=20).message
    assert isinstance(read(path, characters=len(JAPANESE))[0], Document)


def test_scripts_of_a_page_do_not_count(tmp_path):
    data = "<SCRIPT>" + "x" * 500 + "</SCRIPT><style>" + "y" * 500 + "</style>"
    page = f"<html>{data}<img src='data:image/png;base64,{'A' * 500}'>本文</html>"
    (document,) = read(write(tmp_path / "a.html", page), characters=200)
    assert document.text == page


def test_scripts_that_never_close_are_not_quadratic(tmp_path):
    assert only_problem(write(tmp_path / "a.html", "<script " * 100_000 + "本文"))


@pytest.mark.parametrize(
    ("title", "sane"),
    [
        ("  輸出管理の\n行方 ", "輸出管理の 行方"),
        ("Microsoft signs a deal", "Microsoft signs a deal"),
        ("untitled", None),
        ("無題", None),
        ("Microsoft Word - x.doc", None),
        ("PowerPoint プレゼンテーション", None),
        ("report_final.indd", None),
        ("文書 1", None),
        ("--- 12 ---", None),
        ("\ufffd\ufffd報告", None),
        ("", None),
        (None, None),
        ("長" * 400, None),
    ],
)
def test_titles(title, sane):
    assert sane_title(title) == sane


@pytest.mark.parametrize(
    ("byline", "sane"), [("山田 花子", "山田 花子"), ("python-docx", None), ("Administrator", None), ("user1", None)]
)
def test_bylines(byline, sane):
    assert sane_byline(byline) == sane
