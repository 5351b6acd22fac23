from datetime import date
from email.header import Header
from email.message import EmailMessage

import pytest

from briefs.brief import Severity
from briefs.config import Limits
from briefs.ingest import FolderSource

TEXT = "政府は12日、半導体の輸出管理を強化する方針を固めた。\n関係省庁は「対応を検討する」と説明している。\n"


def read(path, data, **limits):
    path = path / "a.eml"
    path.write_bytes(data)
    return list(FolderSource([path], Limits(**limits)).documents())


def message(**headers):
    made = EmailMessage()
    values = {
        "Subject": "輸出管理の行方",
        "From": "山田花子 <hanako@example.org>",
        "Date": "Thu, 05 Mar 2026 23:30:00 +0900",
    }
    for name, value in (values | headers).items():
        made[name] = value
    return made


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_plain_message(tmp_path, charset):
    made = message()
    made.set_content(TEXT, charset=charset)
    (document,) = read(tmp_path, bytes(made))
    assert (document.format, document.text) == ("eml", TEXT)
    assert (document.title, document.byline, document.published) == ("輸出管理の行方", "山田花子", date(2026, 3, 5))


def test_plain_text_is_preferred_and_attachments_are_counted(tmp_path):
    made = message()
    made.set_content(TEXT)
    made.add_alternative("<p>HTML</p>", subtype="html")
    made.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    problem, document = read(tmp_path, bytes(made))
    assert document.text == TEXT
    assert problem.severity is Severity.WARNING
    assert "(1)" in problem.message


def test_html_where_there_is_no_plain_text(tmp_path):
    made = message()
    made.set_content("<p>輸出管理を強化する方針を固めた</p>", subtype="html", charset="shift_jis")
    (document,) = read(tmp_path, bytes(made))
    assert (document.format, document.text.strip()) == ("html", "<p>輸出管理を強化する方針を固めた</p>")
    made = message()
    made.set_content(" \n")
    made.add_alternative("<p>本文</p>", subtype="html")
    assert read(tmp_path, bytes(made))[0].format == "html"


def test_charset_that_the_header_leaves_out_or_gets_wrong(tmp_path):
    for header in (b"", b"Content-Type: text/plain; charset=us-ascii\n", b"Content-Type: text/plain; charset=x-none\n"):
        (document,) = read(tmp_path, b"Subject: x\n" + header + b"\n" + TEXT.encode("cp932"))
        assert document.text == TEXT


@pytest.mark.parametrize(
    "subject",
    [
        Header("輸出管理の行方", "iso-2022-jp").encode().encode(),
        Header("輸出管理の行方", "utf-8").encode().encode(),
        "輸出管理の行方".encode("iso-2022-jp"),
        "輸出管理の行方".encode(),
        b"=?UTF-8?B?6Ly45Ye6566h?=\n =?UTF-8?B?55CG44Gu6KGM5pa5?=",
        b"=?UTF-8?B?6Ly45Ye6566h55A=?= =?UTF-8?B?huOBruihjOaWuQ==?=",
        b"Re: FW: =?UTF-8?B?6Ly45Ye6566h55CG44Gu6KGM5pa5?=",
    ],
)
def test_subjects(tmp_path, subject):
    (document,) = read(tmp_path, b"Subject: " + subject + b"\n\n" + TEXT.encode())
    assert document.title == "輸出管理の行方"


@pytest.mark.parametrize(
    ("sender", "byline"),
    [
        (b"hanako@example.org", "hanako@example.org"),
        (b'"Yamada, Hanako" <h@example.org>', "Yamada, Hanako"),
        (b"=?utf-8?q?Yamada=2C_Hanako_=28NHK=29?= <h@example.org>", "Yamada, Hanako (NHK)"),
        ("山田花子 <h@example.org>".encode("iso-2022-jp"), "山田花子"),
        (b"(" * 7000, None),
    ],
)
def test_senders(tmp_path, sender, byline):
    (document,) = read(tmp_path, b"From: " + sender + b"\n\n" + TEXT.encode())
    assert document.byline == byline


@pytest.mark.parametrize("day", [b"yesterday", b"", b"Thu, 99 Foo 2026 99:00:00", b"Thu, 01 Jan 1970 00:00:00 +0000"])
def test_dates_that_are_none(tmp_path, day):
    (document,) = read(tmp_path, b"Subject: x\nDate: " + day + b"\n\n" + TEXT.encode())
    assert document.published is None


def test_flowed_lines_are_joined(tmp_path):
    head = b"Subject: x\nContent-Type: text/plain; format=flowed; charset=utf-8\n\n"
    (document,) = read(tmp_path, head + b"The government decided \nto tighten controls.\nNext.\n-- \nNHK\n")
    assert document.text == "The government decided to tighten controls.\nNext.\n-- \nNHK\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"just some text without headers", "no headers"),
        (b"Subject: x\n\n", "no text"),
        (b"Content-Type: multipart/mixed; boundary=" + b"a;b=" * 5000 + b"\n\nx", "too long"),
        (b"Content-Type: image/png\n\nabc", "no text"),
    ],
)
def test_no_message(tmp_path, data, words):
    (problem,) = read(tmp_path, data)
    assert words in problem.message
    assert problem.hint


def test_parts_nested_without_end(tmp_path):
    data = b"Subject: x\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(1200)
    )
    (problem,) = read(tmp_path, data)
    assert problem.severity is Severity.ERROR
