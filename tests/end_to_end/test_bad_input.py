"""Whatever lies in the input folder: the good article still becomes a brief, and the bad one is named."""

import io
import os
import re
import zipfile

import pytest
from helpers import DAY, ENGLISH, FAST, JAPANESE, brief_json, outputs, put

from briefs.cli import run_cli


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The folder in which the tests run, with a config whose translator costs no time."""
    monkeypatch.chdir(tmp_path)
    return put(tmp_path, {"b.toml": FAST})


def build(*inputs, formats="json,html"):
    return run_cli(["build", *inputs, "-c", "b.toml", "--date", DAY, "--format", formats])


def locked_pdf():
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    # No password opens a file whose /U is arbitrary.
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    return data + b"xref\n0 4\n%strailer << /Size 4 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        lock,
        len(data),
    )


def zip_bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 201_000_000)
    return packed.getvalue()


@pytest.mark.parametrize("name", [None, "notes.csv", ".hidden.txt"])
def test_folder_without_a_readable_file(desk, capsys, name):
    (desk / "in").mkdir()
    if name:
        put(desk, {f"in/{name}": ENGLISH})
    assert build("in") == 4
    err = capsys.readouterr().err
    assert "looked for documents in in" in err
    assert ".docx" in err
    assert outputs(desk) == {"b.toml": FAST.encode()}


def test_input_that_does_not_exist(desk, capsys):
    assert build("nowhere") == 4
    assert "nowhere: no such file or folder" in capsys.readouterr().err


def test_quiet_leaves_out_warnings_and_not_errors(desk, capsys):
    put(desk, {"in/a.txt": ENGLISH, "in/b.txt": ENGLISH, "in/locked.pdf": locked_pdf()})
    made = ["build", "in", "-c", "b.toml", "--date", DAY, "--format", "json"]
    assert run_cli(made) == 10
    assert "warning: in/b.txt" in capsys.readouterr().err
    assert run_cli([*made, "-q"]) == 10
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 1
    assert err[0].startswith("error: in/locked.pdf")


FURNITURE = "ホーム\nランキング\n関連記事\nログイン\n会員登録\nシェア\nツイート\n利用規約\nお問い合わせ\n"
BAD = {
    "empty.txt": (b"", "empty file"),
    "blank.txt": (b" \n\n", "no text"),
    "program.txt": (b"\x7fELF\x02\x01" + bytes(range(256)) * 20, "not what its suffix .txt says"),
    "noise.txt": (bytes(range(256)) * 40, "no known encoding|binary data"),
    "locked.pdf": (locked_pdf(), "password"),
    "broken.pdf": (b"%PDF-1.7\n" + b"\xff" * 2000, "damaged"),
    "text.docx": (ENGLISH.encode(), "not a Word document"),
    "cut.docx": (b"PK\x03\x04" + b"x" * 500, "no Word document"),
    "bomb.docx": (zip_bomb(), "unpacks to more than"),
    "line.txt": (b"x" * 50_000_000, "too large"),
    "word.txt": (b"a" * 1_000_000, "too long"),
    "nested.html": (b"<div>" * 100_000 + b"x" + b"</div>" * 100_000, "too long"),
    "deep.html": (b"<div>" * 30_000 + b"x" + b"</div>" * 30_000, "only page furniture"),
    "script.html": (b"<html><body><script>" + b"x = 1;" * 100 + b"</script></body></html>", "only page furniture"),
    "furniture.txt": (FURNITURE.encode(), "only page furniture"),
    "words.txt": ("見出し\n".encode(), "only page furniture"),
    "none.eml": (b"From: a@b.example\nSubject: x\n\n", "no text"),
    "nested.eml": (b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 20_000, "cannot be read"),
}


def test_bad_files_among_good_ones(desk, capsys):
    put(desk / "in", {"good.txt": ENGLISH, **{name: content for name, (content, _) in BAD.items()}})
    assert build("in") == 10
    err = capsys.readouterr().err
    assert "Traceback" not in err
    brief = brief_json(desk / "out")
    problems = {problem["source"]: problem["message"] for problem in brief["problems"]}
    assert sorted(problems) == sorted(f"in/{name}" for name in BAD)
    for name, (_, message) in BAD.items():
        assert re.search(message, problems[f"in/{name}"]), (name, problems[f"in/{name}"])
    assert [article["title"] for article in brief["articles"]] == ["Ceasefire talks resume in Geneva"]
    # The page on method shows each of them.
    page = (desk / f"out/{DAY}-brief.html").read_text(encoding="utf-8")
    assert all(name in page for name in BAD)


def test_utf8_cut_off_in_a_character(desk, capsys):
    put(desk, {"in/cut.txt": JAPANESE.strip().encode()[:-1]})
    assert build("in") == 0
    assert "damaged place" in capsys.readouterr().err
    assert "停戦合意を歓迎する声明を発表した。" in str(brief_json(desk / "out")["articles"])


def test_japanese_and_english_in_one_article(desk):
    long = "The minister told reporters that monitors would be deployed within ten days, and that talks would resume soon. "
    put(desk, {"in/mixed.txt": JAPANESE + long * 2 + "\n"})
    assert build("in") == 0
    (article,) = brief_json(desk / "out")["articles"]
    assert article["language"] == "ja"
    assert {sentence["language"] for sentence in article["sentences"]} == {"ja", "en"}
    text = "\n".join(block["text"] for block in article["blocks"])
    assert all(text[s.get("start", 0) : s["end"]] == s["text"] for s in article["sentences"])


ATTACKS = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "<img src=x onerror=alert(1)>",
    "\u202egnp.exe\u200b",
    "]]>&amp;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_headline(desk, attack):
    put(desk, {"in/a.txt": ENGLISH.replace("resume in Geneva\n", f"resume in Geneva {attack}\n")})
    assert run_cli(["build", "in", "--title", attack, "-c", "b.toml", "--date", DAY, "--format", "html,md"]) == 0
    pages = [data.decode() for data in outputs(desk / "out").values()]
    assert len(pages) == 2
    for page in pages:
        assert "Ceasefire talks resume in Geneva" in page
        assert not any(raw in page for raw in ("<script>alert", "<img src=x", "\u202e", "\u200b"))
        assert "49" not in page.split("Ceasefire talks resume in Geneva", 1)[1][:40]


def test_script_address_is_never_a_link(desk):
    head = '<link rel="canonical" href="javascript:alert(1)"><meta property="og:url" content="javascript:alert(1)">'
    put(
        desk,
        {
            "in/a.html": f"<html><head>{head}</head><body><article><h1>Talks</h1><p>{ENGLISH}</p></article></body></html>"
        },
    )
    assert build("in") == 0
    assert 'href="javascript' not in (desk / f"out/{DAY}-brief.html").read_text(encoding="utf-8")


def test_paths_with_spaces_and_japanese(desk, capsys):
    put(desk, {"入力 フォルダ/記事 その一.txt": JAPANESE})
    arguments = ["build", "入力 フォルダ", "-c", "b.toml", "--date", DAY, "--format", "json", "--out", "出力 先"]
    assert run_cli(arguments) == 0
    assert capsys.readouterr().out == f"出力 先/{DAY}-brief.json\n"
    assert brief_json(desk / "出力 先")["articles"][0]["origins"][0]["source"] == "入力 フォルダ/記事 その一.txt"


def test_file_name_that_is_no_unicode(desk, capsys):
    (desk / "in").mkdir()
    with open(os.fsencode(desk / "in") + b"/\xff\xfe.txt", "wb") as file:
        file.write(ENGLISH.encode())
    assert build("in") == 0
    assert brief_json(desk / "out")["articles"][0]["origins"][0]["source"] == "in/\ufffd\ufffd.txt"


def test_links_in_a_circle_and_out_of_the_folder(desk, capsys):
    put(desk, {"in/good.txt": ENGLISH, "secret.txt": JAPANESE})
    for name, target in (("loop.txt", "loop.txt"), ("self", "."), ("out.txt", "../secret.txt")):
        (desk / "in" / name).symlink_to(target)
    os.mkfifo(desk / "in/pipe.txt")
    assert build("in") == 0
    assert "in/out.txt: a link out of the folder is not followed" in capsys.readouterr().err
    assert "停戦" not in str(brief_json(desk / "out")["articles"])


def test_date_in_the_future_inside_an_article(desk):
    put(desk, {"in/a.txt": "2031年3月5日 10:00 公開\n" + JAPANESE})
    assert build("in") == 0
    assert "published" not in brief_json(desk / "out")["articles"][0]


def test_same_article_twice_is_one(desk, capsys):
    put(desk, {"in/a.txt": ENGLISH, "in/b.txt": ENGLISH})
    assert build("in") == 0
    assert "the same file as in/a.txt" in capsys.readouterr().err
    assert len(brief_json(desk / "out")["articles"]) == 1


def test_word_document_that_names_a_local_file(desk):
    import docx

    packed, hostile = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("MARK the minister said that talks resume on Monday in Geneva after months of delay.")
    document.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(hostile, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                start = data.index(b"?>") + 2
                entity = f'<!DOCTYPE x [<!ENTITY f SYSTEM "{desk}/secret">]>'.encode()
                data = data[:start] + entity + data[start:].replace(b"MARK", b"&f;")
            target.writestr(name, data)
    put(desk, {"in/a.docx": hostile.getvalue(), "in/good.txt": ENGLISH, "secret": "TOP-SECRET"})
    assert build("in") == 10
    assert not any(b"TOP-SECRET" in data for data in outputs(desk / "out").values())


def test_markup_entities_that_would_multiply(desk):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    page = f'<!DOCTYPE html [<!ENTITY e0 "haha">{entities}]><html><body><article><p>{ENGLISH}&e8;</p></article></body></html>'
    put(desk, {"in/a.html": page, "in/good.txt": JAPANESE})
    assert build("in") in (0, 10)
    assert all(len(data) < 200_000 for data in outputs(desk / "out").values())
