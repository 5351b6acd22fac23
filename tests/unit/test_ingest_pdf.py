import zlib
from datetime import date

import pytest

from briefs.brief import Document, Severity
from briefs.config import Limits
from briefs.errors import DocumentError
from briefs.ingest import FolderSource
from briefs.ingest.lines import join_lines, remove_furniture
from briefs.ingest.pdf import read_pdf

JA = (
    "政府は{}日、先端半導体の製造装置をめぐる輸出管理を強化する方針を固めた。関係省庁の担当者によると、対象となる品目は"
    "二十三に増え、同盟国との協議を経て来月にも公布される見通しだという。産業界からは負担の増加を懸念する声が上がっている。"
)
EN = (
    "The government decided on day {} to tighten its controls on exports of advanced semiconductor equipment, while "
    "officials said that the long-term policy would be internationally coordinated and that the list would grow."
)
DAYS = ("三", "七", "十", "十二", "十五", "二十", "二十二", "三十")
# Of different lengths, so that no two pages break their lines alike.
SECTIONS = [
    (JA.format("、".join(DAYS[:count])), EN.format(" and ".join(["seven"] * count)), f"論点その{count}")
    for count in range(1, 9)
]
STYLE = """@page { size: A5; margin: 2cm; @top-center { content: '政策研究レポート' }
@bottom-center { content: counter(page) ' / ' counter(pages) } }
body { font-family: 'Noto Sans CJK JP'; font-size: 11pt } .en { hyphens: auto; text-align: justify }"""


def make_pdf(path, body, head=""):
    import weasyprint

    page = f"<html lang=en><head>{head}<style>{STYLE}</style></head><body>{body}</body></html>"
    weasyprint.HTML(string=page).write_pdf(path)
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    body = "<h1>輸出管理の強化</h1>" + "".join(
        f"<p>{japanese}</p><p class=en>{english}</p><h2>{heading}</h2>" for japanese, english, heading in SECTIONS
    )
    head = "<title>輸出管理の行方</title><meta name=author content='山田花子'>"
    head += "<meta name=dcterms.created content='2026-03-05'>"
    return make_pdf(tmp_path_factory.mktemp("pdf") / "report.pdf", body, head)


def read(path, **limits):
    return list(FolderSource([path], Limits(**limits)).documents())


def only_problem(path, **limits):
    (problem,) = read(path, **limits)
    assert problem.severity is Severity.ERROR
    assert problem.hint
    return problem


def test_pages_become_paragraphs(report):
    (document,) = read(report)
    lines = [line for line in document.text.split("\n") if line]
    expected = ["輸出管理の強化"]
    for section in SECTIONS:
        expected += section
    # A sentence that ends with its line may begin a new paragraph; nothing else is cut, lost or added.
    assert "".join(lines) == "".join(expected)
    assert all(line in expected or line.endswith("。") for line in lines)


def test_metadata(report):
    (document,) = read(report)
    assert (document.format, document.title, document.byline) == ("pdf", "輸出管理の行方", "山田花子")
    assert document.published == date(2026, 3, 5)


def test_only_the_first_pages_are_read(report):
    problem, document = read(report, pages=1)
    assert problem.severity is Severity.WARNING
    assert "first 1 of" in problem.message
    assert isinstance(document, Document)
    assert len(document.text) < 1500


def test_scanned(tmp_path):
    problem = only_problem(make_plain(tmp_path / "scan.pdf", b"0 0 m 100 100 l S"))
    assert "OCR" in problem.hint


def make_plain(path, content, trailer=b""):
    """A PDF of one page with a content stream, written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream"
        % (len(packed := zlib.compress(content)), packed),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 5 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (trailer, len(data))
    path.write_bytes(data + b"xref\n0 5\n0000000000 65535 f \n" + table + end)
    return path


def test_password(tmp_path):
    # No password opens a file whose /U is arbitrary; PDFium answers as for any file it lacks the password of.
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    problem = only_problem(make_plain(tmp_path / "locked.pdf", b"", lock))
    assert "password" in problem.message
    assert "without the password" in problem.hint


def test_damaged(tmp_path, report):
    path = tmp_path / "cut.pdf"
    path.write_bytes(report.read_bytes()[:300])
    assert "damaged" in only_problem(path).message


def test_web_page_named_pdf(tmp_path):
    path = tmp_path / "page.pdf"
    path.write_text("<!DOCTYPE html><p>Not found", encoding="utf-8")
    assert ".html" in only_problem(path).hint


def test_too_slow_is_a_problem_and_the_next_is_read(tmp_path, report):
    assert "stopped" in only_problem(report, seconds=0.001).message


def die(data, pages):
    import os

    os.abort()


def test_a_crash_of_the_parser_is_a_problem_and_the_next_is_read(tmp_path, report, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(report.read_bytes())
    (tmp_path / "b.txt").write_text("Text.", encoding="utf-8")
    monkeypatch.setattr("briefs.ingest.parse.read_pdf", die)
    problem, document = list(FolderSource([tmp_path], Limits()).documents())
    assert "SIGABRT" in problem.message
    assert document.text == "Text."


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.4", b"%PDF-1.4\n" + bytes(range(256)) * 20])
def test_errors_of_the_library_are_mapped(junk):
    with pytest.raises(DocumentError) as caught:
        read_pdf(junk, 10)
    assert caught.value.__cause__ is not None


def test_furniture_goes_and_text_at_the_edges_stays():
    pages = [
        ["政策レポート 1", f"本文{word}の最初の行です", "続く行", f"本文{word}の最後の行です", f"- {number} -"]
        for number, word in enumerate("甲乙丙", 1)
    ]
    kept = [line for page in remove_furniture(pages) for line in page]
    assert "政策レポート 1" not in kept
    assert "- 2 -" not in kept
    assert "本文乙の最初の行です" in kept
    assert "本文丙の最後の行です" in kept


def test_a_single_page_keeps_everything():
    assert remove_furniture([["題", "本文", "", "1"]]) == [["題", "本文", "1"]]


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        (["政府は輸出管理を強化する方針を固め", "た。"], ["政府は輸出管理を強化する方針を固めた。"]),
        (["政府は輸出管理を強化する方針だ。", "米国も同じ。"], ["政府は輸出管理を強化する方針だ。", "米国も同じ。"]),
        (
            ["見出し", "政府は輸出管理を強化する方針を固め", "た。"],
            ["見出し", "政府は輸出管理を強化する方針を固めた。"],
        ),
        (
            ["・輸出管理の強化と同盟国との協議", "・半導体の国内生産"],
            ["・輸出管理の強化と同盟国との協議", "・半導体の国内生産"],
        ),
        (["The policy of inter-", "national trade in chips"], ["The policy of international trade in chips"]),
        (
            ["It is a matter of long-", "term policy, and long-term", "policies last."],
            ["It is a matter of long-term policy, and long-term policies last."],
        ),
        (["Talks between Japan-", "US negotiators will go on"], ["Talks between Japan-US negotiators will go on"]),
    ],
)
def test_lines(lines, paragraphs):
    assert join_lines(lines) == paragraphs
