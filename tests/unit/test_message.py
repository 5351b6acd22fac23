"""The message as a mail program reads it: names, dates, parts, attachments, and nothing that was slipped in."""

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP
from email.utils import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefs.brief import (
    Article,
    Brief,
    Flag,
    Kind,
    Origin,
    Point,
    Problem,
    Sentence,
    Theme,
)
from briefs.config import BriefSettings, MailSettings
from briefs.deliver.header import Mailbox, address_line, parse_mailbox, text_line, unsubscribe_lines
from briefs.deliver.message import Mailing, check_mailing, compose, compose_test, write_eml
from briefs.deliver.page import LARGEST, mail_page
from briefs.errors import ConfigError, DeliveryError
from briefs.workspace.outbox import Message

DATE = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
MAIL = MailSettings(host="mail.example.org", sender="Asia desk <desk@example.org>")


def sentence(index, text, translation=None, flags=(), language="ja"):
    return Sentence(
        index=index, kind=Kind.SENTENCE, text=text, start=0, end=len(text), block=0, language=language,
        translation=translation, flags=flags,
    )  # fmt: skip


def article(id_, *sentences, url=None, **fields):
    origin = Origin(source=url or f"in/{id_}.txt", sha256="0" * 64, url=url)
    return Article(id=id_, origins=(origin,), blocks=(), sentences=sentences, language="ja", **fields)


FLAG = Flag(code="date", message="A date was not found.", source="2027年4月", rendering="April 2027")
PORT = article(
    "port",
    sentence(1, "港に12億円を充てる。", "1.2 billion yen goes to the port."),
    sentence(2, "工事は2027年4月に始まる。", "Work begins in spring.", (FLAG,)),
    url="https://aoba.example/news/1?a=b&c=d", title="港", publisher="青葉 <Shimbun> & Co",
)  # fmt: skip
FERRY = article("ferry", sentence(1, "便が増える。"), sentence(2, "島は喜ぶ。", "The island is glad."))
BRIEF = Brief(
    name="daily",
    title="Harbour brief 港",
    date=dt.date(2026, 11, 23),
    articles=(PORT, FERRY),
    highlights=(Point(theme="port", article="port", sentences=(1,), corroborated_by=("ferry",)),),
    themes=(
        Theme(id="port", title="Ports", articles=("port", "ferry"), change=1, points=(
            Point(theme="port", article="port", sentences=(1,), corroborated_by=("ferry",)),
            Point(theme="port", article="ferry", sentences=(1,), new=False),
            Point(theme="port", article="port", sentences=(2,)),
        )),
        Theme(id="rail", title="Railways"),
    ),
    problems=(Problem(source="https://feed.example", stage="ingest", message="timed out"),),
)  # fmt: skip


def mailing(mail=MAIL, **recipients):
    return Mailing(mail, BriefSettings(name="daily", title=BRIEF.title, **recipients), "2026-11-23T07:00", DATE)


def copies(messages):
    """Every copy as it goes out: recipients, bytes, and the message as it is read."""
    for message in messages:
        for header in dict.fromkeys(address.header for address in message.addresses):
            data = header.encode() + message.body
            recipients = [address.recipient for address in message.addresses if address.header == header]
            yield recipients, data, message_from_bytes(data, policy=SMTP)


@pytest.fixture
def files(tmp_path):
    contents = {"pdf": b"%PDF-1.7\r\n.\r\n\x00\xff" * 999, "html": "<p>全文</p>".encode(), "json": b"{}\n"}
    for suffix, data in contents.items():
        (tmp_path / f"2026-11-23-daily.{suffix}").write_bytes(data)
    return sorted(tmp_path.glob("2026*"))


def test_a_message_reads_back_whole(files):
    mail = replace(
        MAIL, attach=("pdf", "html"), reply_to="編集部 <reply@example.org>", sender='"Desk, Asia" <d@例え.jp>'
    )
    ((recipients, _, message),) = copies(compose(BRIEF, files, mailing(mail, to=("山田 太郎 <taro@example.org>",))))
    assert recipients == ["taro@example.org"]
    (to,) = message["To"].addresses
    assert (to.display_name, to.addr_spec) == ("山田 太郎", "taro@example.org")
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Desk, Asia", "d@xn--r8jz45g.jp")
    assert message["Reply-To"].addresses[0].display_name == "編集部"
    assert message["Subject"] == "Harbour brief 港, 23 November 2026"
    assert message["Date"].datetime == DATE
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Cc"] is message["Bcc"] is message["List-Unsubscribe"] is None
    assert message.get_content_type() == "multipart/mixed"
    assert next(message.iter_parts()).get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.get_payload(0).iter_parts()] == ["text/plain", "text/html"]
    attached = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert attached == {path.name: path.read_bytes() for path in files if path.suffix != ".json"}
    types = [part.get_content_type() for part in message.iter_attachments()]
    assert types == ["text/html", "application/pdf"]
    page = mail_page(BRIEF, ["2026-11-23-daily.html", "2026-11-23-daily.pdf"])
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == page.html.strip()
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == page.text.strip()
    assert not message.defects


def test_it_is_seven_bit_in_short_lines_and_the_same_bytes_every_time(files):
    settings = mailing(to=("山田 <taro@example.org>", "bo@example.org"))
    first, second = (list(copies(compose(BRIEF, files, settings))) for _ in range(2))
    for (_, data, _), (_, again, _) in zip(first, second, strict=True):
        assert data == again
        assert data.isascii()
        assert b"\0" not in data
        assert max(map(len, data.split(b"\r\n"))) <= 998
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)


def test_each_recipient_gets_a_copy_of_their_own_unless_it_is_shared(files):
    people = {"to": ("A <a@x.org>", "b@x.org"), "cc": ("C <c@x.org>", "A@x.org"), "bcc": ("d@x.org",)}
    messages = compose(BRIEF, files, mailing(**people))
    assert len(messages) == 1, "the files are kept once"
    own = list(copies(messages))
    assert [recipients for recipients, _, _ in own] == [["a@x.org"], ["b@x.org"], ["c@x.org"], ["d@x.org"]]
    for (recipient,), _, message in own:
        assert [each.addr_spec for each in message["To"].addresses] == [recipient]
        assert message["Cc"] is None
    assert len({message["Message-ID"] for _, _, message in own}) == 4
    ((recipients, data, message),) = copies(compose(BRIEF, files, mailing(shared=True, **people)))
    assert recipients == ["a@x.org", "b@x.org", "c@x.org", "d@x.org"]
    assert [each.addr_spec for each in message["To"].addresses] == ["a@x.org", "b@x.org"]
    assert [each.addr_spec for each in message["Cc"].addresses] == ["c@x.org"]
    assert b"d@x.org" not in data
    ((_, data, message),) = copies(compose(BRIEF, files, mailing(shared=True, bcc=("d@x.org",))))
    assert message["To"] == "undisclosed-recipients:;"
    assert b"d@x.org" not in data
    assert compose(BRIEF, files, mailing()) == ()


def test_the_message_id_is_the_copys_own_and_does_not_change(files):
    def id_of(brief=BRIEF, edition="2026-11-23T07:00", to="a@x.org", mail=MAIL, **changes):
        settings = BriefSettings(name=brief.name, title=brief.title, to=(to,), **changes)
        ((_, _, message),) = copies(compose(brief, files, Mailing(mail, settings, edition, DATE)))
        return message["Message-ID"]

    assert re.fullmatch(r"<[0-9a-f]{40}\.briefs@example\.org>", id_of())
    assert id_of() == id_of(replace(BRIEF, problems=()))
    changed = [
        id_of(edition="2026-11-24T07:00"),
        id_of(to="b@x.org"),
        id_of(mail=replace(MAIL, sender="other@example.org")),
        id_of(replace(BRIEF, name="other")),
        id_of(replace(BRIEF, title="Other")),
    ]
    assert len({id_of(), *changed}) == 6


def test_files_that_are_too_large_are_linked_or_named_and_the_rest_stays(files, tmp_path):
    (tmp_path / "2026-11-23-daily.pdf").write_bytes(b"x" * 300_000)
    mail = replace(MAIL, attach=("pdf", "html"), max_bytes=200_000, link="https://desk.example/briefs/")
    ((_, data, message),) = copies(compose(BRIEF, files, mailing(mail, to=("a@x.org",))))
    assert len(data) <= 200_000
    assert [part.get_filename() for part in message.iter_attachments()] == ["2026-11-23-daily.html"]
    for kind in ("plain", "html"):
        text = message.get_body((kind,)).get_content()
        assert "Too large to attach: 2026-11-23-daily.pdf, 0.3 MB." in text
        assert "https://desk.example/briefs/2026-11-23-daily.pdf" in text
        assert "The full brief is attached: 2026-11-23-daily.html." in text
    unlinked = replace(mail, link="", attach=("pdf",))
    ((_, _, message),) = copies(compose(BRIEF, files, mailing(unlinked, to=("a@x.org",))))
    assert message.get_content_type() == "multipart/alternative"
    assert "2026-11-23-daily.pdf, 0.3 MB. It was made" in message.get_body(("plain",)).get_content()


def test_the_size_is_counted_as_it_is_encoded(files, tmp_path):
    (tmp_path / "2026-11-23-daily.pdf").write_bytes(b"x" * 150_000)
    ((_, data, message),) = copies(compose(BRIEF, files, mailing(replace(MAIL, max_bytes=201_000), to=("a@x.org",))))
    assert list(message.iter_attachments()) == []
    ((_, data, message),) = copies(compose(BRIEF, files, mailing(replace(MAIL, max_bytes=240_000), to=("a@x.org",))))
    assert len(list(message.iter_attachments())) == 1
    assert 201_000 < len(data) <= 240_000


def test_a_file_that_is_gone_is_a_delivery_error(files):
    files[2].unlink()
    with pytest.raises(DeliveryError, match=r"daily\.pdf"):
        compose(BRIEF, files, mailing(to=("a@x.org",)))


def test_the_text_has_what_is_at_a_glance_what_is_new_and_what_is_flagged():
    page = mail_page(BRIEF)
    for whole in (page.html, page.text):
        text = whole.partition("At a glance")[2]
        assert text.count("1.2 billion yen goes to the port.") == 1, "what is at a glance is not said again"
        assert text.index("1.2 billion") < text.index("Ports") < text.index("Work begins")
        assert text.index("Work begins") < text.index("便が増える"), "new points come first"
        assert "Japanese, not translated" in text
        assert "A date was not found." in text
        assert "2027年4月" in text
        assert "April 2027" in text
        assert "Nothing to report on: Railways." in text
        assert "New" in text
    assert "1 input could not be read" in page.html
    assert "1 input could not be read" in page.text
    assert '<a href="https://aoba.example/news/1?a=b&amp;c=d"' in page.html
    assert "青葉 &lt;Shimbun&gt; &amp; Co" in page.html
    assert "https://aoba.example/news/1?a=b&c=d" in page.text
    assert "青葉 <Shimbun> & Co" in page.text


def test_an_empty_day_says_so_and_the_words_are_those_of_the_briefs_language():
    empty = replace(BRIEF, articles=(), themes=(), highlights=(), problems=())
    page = mail_page(empty)
    assert "There is nothing to report. No new articles were read." in page.text
    assert "There is nothing to report. No new articles were read." in page.html
    subjects = {mail_page(replace(empty, target=language)).subject for language in ("en", "de", "fr", "ja")}
    assert len(subjects) == 4


def test_mail_programs_find_nothing_to_run_or_fetch_and_do_not_cut_it_off():
    evil = '<script>alert(1)</script><img src="https://spy.example/x.png" onerror=x> {{ 7*7 }} '
    many = tuple(
        article(f"a{n}", *(sentence(i, "文" * 300, evil + "word " * 100, (FLAG,)) for i in (1, 2)), publisher=evil)
        for n in range(56)
    )
    points = [Point(theme="t", article=each.id, sentences=(1, 2), corroborated_by=("a1", "a2")) for each in many]
    heavy = replace(
        BRIEF, articles=many, highlights=tuple(points[:50]),
        themes=tuple(Theme(id=f"t{n}", title=f"Theme {n}", points=tuple(points[50:])) for n in range(9)),
    )  # fmt: skip
    page = mail_page(heavy)
    assert len(page.html.encode()) <= LARGEST
    assert "in the full brief" in page.html
    tags = "".join(re.findall("<[^>]*>", page.html))
    assert not re.search(r"<(script|img|iframe|link|style|object|form|svg)\b|\bsrc=|\bon[a-z]+=|@import|url\(", tags)
    assert set(re.findall(r'href="([a-z]+):', mail_page(BRIEF).html)) == {"https"}
    assert "&lt;script&gt;" in page.html
    assert "{{ 7*7 }}" in page.text


def test_unsubscribing_is_offered_as_it_is_configured():
    assert unsubscribe_lines("") == ""
    assert unsubscribe_lines("stop@例え.jp") == "List-Unsubscribe: <mailto:stop@xn--r8jz45g.jp>\r\n"
    assert unsubscribe_lines("mailto:a@x.org?subject=stop") == "List-Unsubscribe: <mailto:a@x.org?subject=stop>\r\n"
    assert "One-Click" not in unsubscribe_lines("http://x.org/stop")
    assert unsubscribe_lines("https://x.org/stop?a=b@c").splitlines() == [
        "List-Unsubscribe: <https://x.org/stop?a=b@c>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]
    for wrong in ("https://x.org/\r\nBcc: x@y.z", "https://x.org/a b", "https://x.org/>", "https://x.org/" + "a" * 999):
        with pytest.raises(ConfigError):
            unsubscribe_lines(wrong)
    mail = replace(MAIL, list_unsubscribe="stop@x.org")
    ((_, _, message),) = copies(compose(BRIEF, [], mailing(mail, to=("a@x.org",))))
    assert message["List-Unsubscribe"] == "<mailto:stop@x.org>"
    assert 'href="mailto:stop@x.org"' in message.get_body(("html",)).get_content()


@pytest.mark.parametrize(
    "text",
    ["名前@example.org", "a b@example.org", "a@", "@example.org", "a@-x.org", "a@exa mple.org", "a..b@x.org", "a@x.org>",
     "a\r\nb@x.org", "a@x.org\r\nBcc: b@x.org", '"a b"@x.org', f"{'a' * 65}@x.org", f"a@{'b' * 64}.org", "nobody"],
)  # fmt: skip
def test_an_address_that_cannot_be_sent_to_is_named_before_the_work(text):
    with pytest.raises(ConfigError, match="cannot be used") as caught:
        check_mailing(MAIL, BriefSettings(bcc=(text,)))
    assert caught.value.hint


def test_settings_without_a_sender_are_named_before_the_work():
    with pytest.raises(ConfigError, match=r"mail\.sender"):
        check_mailing(MailSettings(user="desk"), BriefSettings())
    check_mailing(MailSettings(user="desk@example.org"), BriefSettings(to=("A <a@x.org>",)))


def read(line):
    return message_from_bytes(line.encode("ascii") + b"\r\n", policy=SMTP)


@given(st.text(max_size=120))
def test_any_subject_comes_back_on_one_line_and_adds_no_header(text):
    message = read(text_line("Subject", text))
    assert list(message) == ["Subject"]
    shown = text_line("Subject", text)
    assert all(len(line) <= 78 for line in shown.split("\r\n"))
    from briefs.render.text import clean_text

    assert str(message["Subject"]) == clean_text(text)


@given(st.lists(st.text(max_size=150), min_size=1, max_size=3))
def test_any_name_comes_back_and_adds_neither_header_nor_recipient(names):
    mailboxes = [parse_mailbox(f"{name} <a{n}@x.org>") for n, name in enumerate(names) if "\r" not in name]
    mailboxes += [Mailbox(parse_mailbox("x <b@x.org>").name, "b@x.org")]
    line = address_line("To", mailboxes)
    assert all(len(each) <= 300 for each in line.split("\r\n"))
    message = read(line)
    assert list(message) == ["To"]
    assert [each.addr_spec for each in message["To"].addresses] == [each.address for each in mailboxes]
    # Not display_name: Python 3.11 puts a space between encoded words there, and RFC 2047 has none.
    shown = [_read_mailbox(each) for each in line.removeprefix("To: ").removesuffix("\r\n").split(",\r\n ")]
    assert shown == mailboxes


def _read_mailbox(text):
    name, _, address = text.replace("\r\n", "").rpartition("<")
    name = name.strip()
    decoded = unquote(name) if name.startswith('"') else str(make_header(decode_header(name)))
    return decoded, address.rstrip(">")


def test_a_test_message_and_files_for_a_dry_run(tmp_path, files):
    message = compose_test(MAIL, "Ana <ana@x.org>", DATE)
    ((recipients, data, read_back),) = copies([message])
    assert recipients == ["ana@x.org"]
    assert "mail from briefs arrives" in read_back.get_body(("plain",)).get_content()
    assert data.isascii()
    people = {"to": ("A <a@x.org>", "b/c@x.org")}
    own = write_eml(compose(BRIEF, files, mailing(**people)), tmp_path / "deep" / "mail", "2026-11-23-daily")
    assert [path.name for path in own] == ["2026-11-23-daily-a@x.org.eml", "2026-11-23-daily-b_c@x.org.eml"]
    alike = write_eml(compose(BRIEF, files, mailing(to=("b/c@x.org", "b#c@x.org"))), tmp_path / "alike", "daily")
    assert [path.name for path in alike] == ["daily-b_c@x.org.eml", "daily-b_c@x.org-2.eml"]
    assert b"b#c@x.org" in alike[1].read_bytes()
    (shared,) = write_eml(compose(BRIEF, files, mailing(shared=True, **people)), tmp_path, "2026-11-23-daily")
    assert shared.name == "2026-11-23-daily-shared.eml"
    for path, address in zip(own, ("a@x.org", "b/c@x.org"), strict=True):
        message = message_from_bytes(path.read_bytes(), policy=SMTP)
        assert message["To"].addresses[0].addr_spec == address
    with pytest.raises(ConfigError):
        write_eml([Message(b"", ())], own[0] / "below a file", "x")
