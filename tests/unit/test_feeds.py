"""Feeds and lists of addresses as sources: every form of feed, every bad one, and pages read as from a folder."""

import json
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_fetch import HTML, PAGE, Clock, at_home, fetcher, pages, site  # noqa: F401 - fixtures

from briefs.brief import Document, Problem, Severity
from briefs.config import BriefSettings, FetchSettings, Limits, Settings
from briefs.errors import DocumentError
from briefs.ingest.web import FeedSource, Target, UrlSource, list_targets, make_source
from briefs.ingest.web.feed import read_feed
from briefs.ingest.web.source import WebSource

KEYS = ("message", "hint", "title", "byline", "publisher")
XML = {"Content-Type": "application/rss+xml"}
BASE = "https://news.example/rss/all.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Example &amp; Sons News</title><link>https://news.example/</link>{}</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom News</title>{}</feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>RDF News</title>
</channel>{}</rdf:RDF>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{}">{}]><rss version="2.0"><channel><title>&z9;</title>
<item><title>&z9;</title><link>/a</link></item></channel></rss>""".format(
    "a" * 1000, "".join(f'<!ENTITY z{n} "{"&a;" if n == 0 else f"&z{n - 1};" * 10}">' for n in range(10))
)


def item(link="", **parts):
    """An entry of an RSS feed."""
    more = "".join(f"<{name.replace('_', ':')}>{text}</{name.replace('_', ':')}>" for name, text in parts.items())
    return f"<item>{f'<link>{link}</link>' if link else ''}{more}</item>"


def read(text, charset=None):
    return read_feed(text if isinstance(text, bytes) else text.encode(), BASE, charset)


def test_rss():
    entry = item(
        "/a?id=1&amp;utm_source=rss", title="日中&lt;b&gt;会談&lt;/b&gt;", pubDate="Mon, 23 Nov 2026 00:30:00 +0900",
        author="desk@news.example (山田 太郎)", description="short",
    )  # fmt: skip
    feed = read(RSS.format(entry))
    (only,) = feed.entries
    assert (feed.title, feed.damage) == ("Example & Sons News", "")
    assert only.url == "https://news.example/a?id=1&utm_source=rss"
    assert (only.title, only.byline, only.publisher) == ("日中会談", "山田 太郎", "Example & Sons News")
    # By the publisher's clock: in UTC it is still the day before.
    assert only.published == date(2026, 11, 23)


def test_json_feed():
    items = [
        {"id": 1, "url": "/old", "title": "Old", "date_published": "2026-11-20T10:00:00Z"},
        {"id": "2", "url": "/a?x=1", "title": "A &amp; <b>B</b>", "authors": [{"name": "山田 太郎"}], "content_html": "<p>x</p>",
         "date_published": "2026-11-23T00:30:00+09:00"},
        {"id": "3", "content_text": "1 < 2", "author": {"name": "Ana Ruiz"}, "date_published": "2026-11-21T10:00:00"},
        "no item",
    ]  # fmt: skip
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "JSON News", "items": items})
    feed = read(text)
    assert (feed.title, feed.damage) == ("JSON News", "")
    assert [entry.id for entry in feed.entries] == ["2", "3", "1"]
    newest, second, _ = feed.entries
    assert (newest.url, newest.title, newest.byline) == ("https://news.example/a?x=1", "A & B", "山田 太郎")
    assert (newest.content, newest.published, newest.publisher) == ("<p>x</p>", date(2026, 11, 23), "JSON News")
    assert (second.url, second.content, second.byline) == ("", "<p>1 &lt; 2</p>", "Ana Ruiz")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"x"',
        '{"items": []}',
        '{"version": "1", "items": [{}]}',
        "[" * 100_000,
        '{"version": ' + "9" * 5000 + "}",
    ],
)
def test_json_that_is_no_feed(text):
    with pytest.raises(DocumentError, match="no RSS, Atom or JSON feed"):
        read(text)


def test_a_json_feed_with_odd_parts_is_read():
    items = [
        {},
        {"id": None, "url": ["x"], "authors": "me", "date_published": "soon"},
        {"url": "javascript:1", "id": True},
    ]
    items[0] = {"id": "\ud800", "title": "Harbour \ud83d opens", "content_html": "<p>\udfff</p>"}
    odd = {"version": "https://jsonfeed.org/version/1", "title": 7, "items": items}
    entries = read(json.dumps(odd)).entries
    assert [entry.url for entry in entries] == ["", "", ""]
    assert [entry.id for entry in entries] == ["?", "", "javascript:1"]
    assert (entries[0].title, entries[0].content) == ("Harbour ? opens", "<p>?</p>")
    assert read(json.dumps({**odd, "items": "none"})).entries == ()


def test_a_page_that_names_its_feeds():
    head = """<link rel="stylesheet" href="/x.css"><LINK href='/all.xml?a=1&amp;b=2' type=application/rss+xml rel="alternate">
        <link rel="alternate" type="application/feed+json" href="https://other.example/feed.json"/>
        <link rel="alternate" type="application/atom+xml" href="javascript:1"><link rel="alternate" hreflang="ja" href="/ja">"""
    with pytest.raises(DocumentError) as caught:
        read(f"<!doctype html><html><head>{head}</head></html>")
    assert caught.value.hint == "the page names https://news.example/all.xml?a=1&b=2 or https://other.example/feed.json"


def test_atom():
    entry = """<entry><title type="html">A &amp;amp; B</title><id>urn:1</id><link rel="enclosure" href="/sound.mp3"/>
        <link href="story"/><author><name>Ana Ruiz</name></author><updated>2026-11-23T01:00:00+09:00</updated>
        <source><title>The Wire</title></source></entry>"""
    (only,) = read(ATOM.format(entry)).entries
    assert (only.url, only.title, only.byline) == ("https://news.example/rss/story", "A & B", "Ana Ruiz")
    assert (only.publisher, only.published) == ("The Wire", date(2026, 11, 23))


def test_rdf():
    feed = read(RDF.format(item("/a", title="T", dc_creator="Ana", dc_date="2026-11-22T23:00:00+09:00")))
    (only,) = feed.entries
    assert (feed.title, only.byline, only.published) == ("RDF News", "Ana", date(2026, 11, 22))


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["Sun, 22 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 2026 08:00:00 +0900", "Mon, 23 Nov 2026 09:00:00 GMT"], "210"),
        (["Sun, 22 Nov 2026 09:00:00 GMT", "", "Mon, 23 Nov 2026 09:00:00 GMT"], "012"),
        (["someday", "2026-11-23", "2026-11-24"], "012"),
    ],
)
def test_the_newest_come_first_where_every_entry_has_a_date(dates, order):
    entries = (item(f"/{n}", pubDate=text) for n, text in enumerate(dates))
    assert "".join(entry.url[-1] for entry in read(RSS.format("".join(entries))).entries) == order


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        (item("", guid="https://news.example/g"), "https://news.example/g"),
        (item("", guid="17"), ""),
        (item("", guid="tag:news.example,2026:17"), ""),
        (item("//other.example/a"), "https://other.example/a"),
        (item("javascript:alert(1)"), ""),
        (item("http://[::1"), ""),
    ],
)
def test_where_the_page_of_an_entry_is(entry, url):
    (only,) = read(RSS.format(entry)).entries
    assert only.url == url


@pytest.mark.parametrize("encoding", ["Shift_JIS", "EUC-JP", "UTF-16"])
@pytest.mark.parametrize("said_by", ["feed", "server", "nobody"])
def test_feeds_in_japanese_encodings(encoding, said_by):
    text = RSS.format(item("/a", title="経済産業省は輸出管理の見直しを発表した"))
    text = text.replace("UTF-8", encoding) if said_by == "feed" else text.split("?>", 1)[1]
    (only,) = read(text.encode(encoding), encoding if said_by == "server" else None).entries
    assert only.title == "経済産業省は輸出管理の見直しを発表した"


@pytest.mark.parametrize(
    "text", ["", " ", "plain words", "<html><body>A page</body></html>", "<a>", "{}", "%PDF-1.7", "<rss>"]
)
def test_what_is_no_feed(text):
    with pytest.raises(DocumentError) as caught:
        read(text)
    assert caught.value.hint


def test_a_feed_cut_off_gives_what_came_before():
    feed = read(RSS.format(item("/a", title="One") + "<item><title>Tw")[:-20])
    assert feed.entries[0].url == "https://news.example/a"
    assert feed.damage


def test_a_bomb_of_entities_does_no_harm():
    began = time.perf_counter()
    feed = read(BOMB)
    assert time.perf_counter() - began < 20
    assert len(feed.title or "") < 1000


def test_feeds_cannot_read_files(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    text = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>
        <rss version="2.0"><channel><title>t</title><item><title>a&x;b</title><link>/a</link></item></channel></rss>"""
    assert "s3cret" not in str(read(text))
    # feedparser opens a text that is a path or an address.
    with pytest.raises(DocumentError):
        read(str(secret))


@given(st.text() | st.text().map(RSS.format) | st.text().map(ATOM.format) | st.binary())
def test_any_bytes_end_in_a_feed_or_a_reason(data):
    try:
        feed = read(data)
    except DocumentError:
        return
    assert isinstance(feed.entries, tuple)


def named(site, text, host="127.0.0.1"):  # noqa: F811
    """A feed on the site, with pages for every entry."""
    for n in range(9):
        site.pages[f"/{n}"] = (200, HTML, f"<html><body><p>記事{n}の本文である。</p></body></html>".encode())
    site.pages["/feed"] = (200, XML, text.encode())
    return site.url("/feed", host)


def documents(items):
    return [item for item in items if isinstance(item, Document)]


def problems(items):
    return [item for item in items if isinstance(item, Problem)]


def test_every_entry_becomes_a_document_with_what_the_feed_says_of_it(site):  # noqa: F811
    feed = named(site, RSS.format(item("/1", title="One", pubDate="Mon, 23 Nov 2026 07:00:00 +0900", dc_creator="Ana")))
    (document,) = FeedSource([feed], Limits(), fetcher=fetcher()).documents()
    assert document.source == document.url == site.url("/1")
    assert (document.title, document.byline, document.publisher) == ("One", "Ana", "Example & Sons News")
    assert (document.published, document.format) == (date(2026, 11, 23), "html")
    assert "記事1の本文" in document.text


def test_a_source_can_be_read_twice_and_gives_the_same(site, pages):  # noqa: F811
    feed = named(site, RSS.format("".join(item(f"/{n}") for n in range(5))))
    for path, (status, headers, body) in list(site.pages.items()):
        site.pages[path] = (status, {**headers, "ETag": path}, body)
    source = FeedSource([feed], Limits(), fetcher=fetcher(pages))
    first = list(source.documents())
    for path, (_, headers, _) in list(site.pages.items()):
        site.pages[path] = (304, headers, b"")
    assert list(source.documents()) == first
    assert len(documents(first)) == 5


def test_only_so_many_entries_are_taken(site):  # noqa: F811
    feed = named(site, RSS.format("".join(item(f"/{n}", pubDate=f"2026-11-1{n}") for n in range(9))))
    found = FeedSource([feed], Limits(), fetcher=fetcher(items=3)).documents()
    assert [document.source[-2:] for document in found] == ["/8", "/7", "/6"]


def test_an_entry_without_a_page_is_read_from_the_feed(site):  # noqa: F811
    whole = "&lt;p&gt;政府は&lt;b&gt;方針&lt;/b&gt;を固めた。&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
    entries = (
        item(guid="17", title="A &lt; B", content_encoded=whole) + item(description="只の文。") + item(title="Void")
    )
    feed = named(site, RSS.format(entries))
    found = list(FeedSource([feed], Limits(), fetcher=fetcher()).documents())
    first, second = documents(found)
    assert first.source == first.url == f"{feed}#17"
    assert (first.title, first.format) == ("A < B", "html")
    assert "<h1>A &lt; B</h1><p>政府は<b>方針</b>を固めた。</p>" in first.text
    assert "script" not in first.text
    assert second.source != first.source
    (problem,) = problems(found)
    assert "'Void' has neither a link nor a text" in problem.message
    assert problem.severity is Severity.WARNING


def test_an_address_in_several_places_is_fetched_once(site, tmp_path):  # noqa: F811
    feed = named(site, RSS.format(item("/1#top") + item("/1") + item("/2")))
    site.pages["/other"] = (200, XML, RSS.format(item("/2", title="Other") + item("/3")).encode())
    site.pages["/moved"] = (301, {"Location": "/3"}, b"")
    (tmp_path / "list.txt").write_text(f"{site.url('/1')}\n{site.url('/moved')}\n{site.url('/4')}\n")
    feeds = [feed, site.url("/other")]
    source = WebSource(Limits(), feeds=feeds, urls=[tmp_path / "list.txt"], fetcher=fetcher())
    assert [item.source[-2:] for item in source.documents()] == ["/1", "/2", "/3", "/4"]
    assert [len(site.asked(f"/{n}")) for n in (1, 2, 4)] == [1, 1, 1]


def test_what_fails_is_a_problem_and_the_rest_goes_on(site):  # noqa: F811
    good = named(site, RSS.format(item("/1") + item("/gone") + item("/2") + item("mailto:a@b.example")))
    site.pages["/page"] = (200, HTML, PAGE)
    feeds = [site.url("/missing"), good, site.url("/page", "u:s3cret@127.0.0.1"), "no address"]
    found = list(FeedSource(feeds, Limits(), fetcher=fetcher()).documents())
    assert [document.source[-2:] for document in documents(found)] == ["/1", "/2"]
    said = {problem.source: problem for problem in problems(found)}
    assert "the feed was not read: the page is not there (HTTP 404" in said[site.url("/missing")].message
    assert "this is a web page, not a feed" in said[site.url("/page")].message
    assert "HTTP 404" in said[site.url("/gone")].message
    assert "no address" in said
    errors = [problem for problem in said.values() if problem.severity is Severity.ERROR]
    assert len(errors) == 4
    assert all(problem.stage == "ingest" and problem.hint for problem in errors)


def test_a_feed_that_is_damaged_or_empty_is_warned_about(site):  # noqa: F811
    feed = named(site, RSS.format(item("/1"))[:-20])
    site.pages["/none"] = (200, XML, RSS.format("").encode())
    found = list(FeedSource([feed, site.url("/none")], Limits(), fetcher=fetcher()).documents())
    assert len(documents(found)) == 1
    assert {problem.severity for problem in problems(found)} == {Severity.WARNING}
    assert "not well formed" in problems(found)[0].message
    assert "no entries" in problems(found)[1].message


def test_a_feed_that_takes_too_long_is_given_up(site):  # noqa: F811
    feed = named(site, RSS.format("".join(item(f"/{n}") for n in range(20_000))))
    (problem,) = FeedSource([feed], Limits(seconds=0.1), fetcher=fetcher()).documents()
    assert "reading it was stopped" in problem.message


def test_pages_are_read_by_what_they_are(site):  # noqa: F811
    japanese = "政府は輸出管理の見直しを決めた。経済産業省が発表した。"
    made = {
        "/t": ({"Content-Type": "text/plain; charset=Shift_JIS"}, japanese.encode("cp932"), "txt"),
        "/h": ({"Content-Type": "text/html; charset=EUC-JP"}, f"<html>{japanese}</html>".encode("euc_jp"), "html"),
        "/x": ({"Content-Type": "application/xhtml+xml"}, f"<html>{japanese}</html>".encode(), "html"),
        "/m": ({}, f" <p>{japanese}</p>".encode(), "html"),
        "/p": ({}, japanese.encode(), "txt"),
    }
    for path, (headers, body, _) in made.items():
        site.pages[path] = (200, headers, body)
    found = list(UrlSource([site.url(path) for path in made], Limits(), fetcher=fetcher()).documents())
    assert [document.format for document in found] == [kind for _, _, kind in made.values()]
    assert all(japanese in document.text for document in found)


def test_the_server_says_what_nobody_could_guess(site):  # noqa: F811
    site.pages["/pl"] = (
        200,
        {"Content-Type": "text/plain; charset=ISO-8859-2"},
        "Zażółć gęślą jaźń.".encode("iso-8859-2"),
    )
    (document,) = UrlSource([site.url("/pl")], Limits(), fetcher=fetcher()).documents()
    assert document.text == "Zażółć gęślą jaźń."


def test_what_is_no_page_is_a_problem(site):  # noqa: F811
    site.pages["/feed"] = (200, XML, RSS.format(item("/1")).encode())
    site.pages["/pdf"] = (200, HTML, b"%PDF-1.7 broken")
    site.pages["/png"] = (200, HTML, b"\x89PNG\r\n\x1a\n" + bytes(100))
    site.pages["/void"] = (200, HTML, b"")
    site.pages["/long"] = (200, HTML, b"<p>" + b"x" * 2000)
    urls = [site.url(path) for path in ("/feed", "/pdf", "/png", "/void", "/long")]
    found = list(UrlSource(urls, Limits(characters=1000), fetcher=fetcher()).documents())
    words = ["name it under feeds", "", "a PNG image", "no text", "too long"]
    assert [problem.source for problem in found] == urls
    for problem, expected in zip(found, words, strict=True):
        assert expected in problem.message + problem.hint


def test_what_an_earlier_brief_had_is_passed_over(site):  # noqa: F811
    feed = named(site, RSS.format(item("/1") + item("/2") + item(guid="3", description="text")))
    first, second, third = FeedSource([feed], Limits(), fetcher=fetcher()).documents()
    had = {first.sha256, third.sha256}
    left = WebSource(Limits(), feeds=[feed], fetcher=fetcher(), skip=had.__contains__).documents()
    assert list(left) == [second]


def test_lists_of_addresses(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(
        "\ufeff# ours\nhttps://a.example/x#part  # the first\n\n  https://b.example/ \r\nb.example\nftp://c.example/\n"
    )
    found = list(list_targets(["https://z.example/", str(path)], Limits()))
    assert [item.url for item in found if isinstance(item, Target)] == [
        "https://z.example/",
        "https://a.example/x#part",
        "https://b.example/",
    ]
    first, second = problems(found)
    assert first.source == second.source == str(path)
    assert "line 5 is no address" in first.message
    assert "b.example" in first.message
    assert "line 6 is no address" in second.message
    (problem,) = list_targets(["http://[::1"], Limits())
    assert problem.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("data", "words", "severity"),
    [
        (None, "cannot be read", Severity.ERROR),
        (b"\xff\xfe\x00", "no UTF-8", Severity.ERROR),
        (b"# nothing\n\n", "no address in the list", Severity.WARNING),
        (b"x" * 5_000_001, "longer than", Severity.ERROR),
    ],
)
def test_lists_that_are_none(tmp_path, data, words, severity):
    path = tmp_path / "list.txt"
    if data is not None:
        path.write_bytes(data)
    (problem,) = list_targets([str(path)], Limits())
    assert words in problem.message
    assert problem.severity is severity


def test_only_so_many_addresses_of_a_list_are_read(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("".join(f"https://a.example/{n}\n" for n in range(5)))
    found = list(list_targets([str(path)], Limits(files=3)))
    assert len(found) == 4
    assert "2 were left out" in found[3].message


def test_all_sources_of_a_brief_as_one(site, tmp_path):  # noqa: F811
    feed = named(site, RSS.format(item("/1")))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_text("政府は方針を固めた。")
    brief = BriefSettings(sources=(str(tmp_path / "own"),), feeds=(feed,), urls=(site.url("/2"),))
    settings = Settings(fetch=FetchSettings(private=("127.0.0.1",), delay=0, robots=False))
    source = make_source(brief, settings, None)
    assert [item.source.rpartition("/")[2] for item in source.documents()] == ["a.txt", "1", "2"]
    assert list(make_source(brief, settings, None, skip=lambda sha256: len(sha256) == 64).documents()) == []
    assert str(tmp_path / "own") in str(source)
    assert feed in str(source)
    assert "no folder" in str(make_source(BriefSettings(), settings, None))
    assert str(make_source(BriefSettings(feeds=(feed,)), settings, None)) == feed


def test_nothing_is_fetched_before_a_document_is_asked_for(site):  # noqa: F811
    source = make_source(BriefSettings(feeds=(site.url("/feed"),), urls=(site.url("/a"),)), Settings(), None)
    assert site.url("/a") in str(source)
    assert list(list_targets([site.url("/a")], Limits())) == [Target(url=site.url("/a"))]
    assert site.requests == []


def test_secrets_are_in_no_document_and_no_problem(site):  # noqa: F811
    feed = named(
        site, RSS.format(item("/1") + item("/gone") + item(guid="x", description="text")), "u:s3cret@127.0.0.1"
    )
    source = FeedSource([feed], Limits(), fetcher=fetcher())
    assert "s3cret" not in str(list(source.documents())) + str(source)


def test_no_control_character_of_a_server_or_a_feed_comes_through(site, pages, caplog):  # noqa: F811
    title = "&lt;b&gt;&amp;amp;#155;31m 題&amp;amp;#127;名 \u202eevil"
    text = RSS.format(item("/1", title=title, author="Ana\u009b2J") + item("/type") + item("/packed")) + "\x01"
    feed = named(site, text)
    odd = "\x1b]0;x\x07"
    site.pages["/1"] = (200, {"Content-Type": f"text/html; {odd}", "ETag": '"1"'}, PAGE)
    site.pages["/type"] = (200, {"Content-Type": f"a/{odd}b"}, PAGE)
    site.pages["/packed"] = (200, {**HTML, "Content-Encoding": f"{odd}zip"}, PAGE)
    found = list(FeedSource([feed], Limits(), fetcher=fetcher(pages)).documents())
    assert len(documents(found)) == 1
    words = [word for each in found for word in (each.source, *(getattr(each, key, None) or "" for key in KEYS))]
    words += [record.getMessage() for record in caplog.records] + [pages.find(site.url("/1")).type]
    assert all(word.isprintable() for word in words)
    assert sum("\\x1b" in word for word in words) >= 2, "it is quoted, and harmless"


def test_two_hundred_entries(site):  # noqa: F811
    feed = named(site, RSS.format("".join(item(f"/{n % 9}?{n}") for n in range(200))))
    for n in range(200):
        site.pages[f"/{n % 9}?{n}"] = (200, HTML, f"<p>記事{n}の本文。</p>".encode())
    clock = Clock()
    began = time.perf_counter()
    found = list(FeedSource([feed], Limits(), fetcher=fetcher(clock=clock, delay=1.0, items=200)).documents())
    assert [document.source.partition("?")[2] for document in found] == [str(n) for n in range(200)]
    assert sum(clock.slept) == 200
    assert time.perf_counter() - began < 60


def test_feeds_and_other_json_are_no_pages(site):  # noqa: F811
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"url": "/1"}]}).encode()
    named(site, "")
    site.pages["/feed"] = (200, {"Content-Type": "application/feed+json"}, feed)
    site.pages["/data"] = (200, {"Content-Type": "application/json; charset=utf-8"}, feed)
    pages_ = list(UrlSource([site.url("/feed"), site.url("/data")], Limits(), fetcher=fetcher()).documents())
    assert not documents(pages_)
    assert "feed, not a page" in problems(pages_)[0].message
    assert "JSON" in problems(pages_)[1].message
    for name in ("/feed", "/data"):
        found = list(FeedSource([site.url(name)], Limits(), fetcher=fetcher()).documents())
        assert [document.source[-2:] for document in documents(found)] == ["/1"]
