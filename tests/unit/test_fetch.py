"""Fetching against a real server on loopback: limits, conditions, redirects, politeness, and what each failure says."""

import contextlib
import email.utils
import gzip
import threading
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from briefs import __version__
from briefs.config import FetchSettings
from briefs.errors import DocumentError
from briefs.ingest.web import Fetcher
from briefs.workspace import store
from briefs.workspace.pages import Pages

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = "<html><body><p>政府は方針を固めた。</p></body></html>".encode()


class Site(ThreadingHTTPServer):
    """A web server whose pages are a table: path to (status, headers, body) or to a function of the request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages = {}
        self.requests = []

    @property
    def port(self):
        return self.server_address[1]

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def asked(self, path):
        return [headers for asked, headers in self.requests if asked == path]

    def handle_error(self, request, client_address):
        """A client that hung up is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.requests.append((self.path, self.headers))
        page = self.server.pages.get(self.path, (404, {}, b""))
        if callable(page):
            page = page(self)
        if page is not None:
            status, headers, body = page
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in headers and "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serve():
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


@pytest.fixture
def site():
    with serve() as site:
        site.pages["/robots.txt"] = (404, {}, b"")
        site.pages["/a"] = (200, HTML, PAGE)
        yield site


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds


def at_home(host, port):
    """Every name is this machine."""
    return ["127.0.0.1"]


def fetcher(pages=None, *, clock=None, look_up=at_home, **settings):
    settings = FetchSettings(**{"private": ("127.0.0.1",), "delay": 0.0, "robots": False, **settings})
    return Fetcher(
        settings,
        pages,
        clock=clock or time.monotonic,
        sleep=clock.sleep if clock else time.sleep,
        look_up=look_up,
    )


def failure(url, **settings):
    """The error that fetching ends in."""
    with pytest.raises(DocumentError) as caught:
        fetcher(**settings).get(url)
    return caught.value


@pytest.fixture
def pages(tmp_path):
    with contextlib.closing(store.open_store(tmp_path / "store.sqlite3")) as connection:
        yield Pages(connection)


def test_a_page_comes_whole_with_its_type_and_charset(site):
    site.pages["/j"] = (200, {"Content-Type": 'Text/HTML; Charset="Shift_JIS"'}, PAGE)
    got = fetcher().get(site.url("/j#part"))
    assert (got.url, got.final, got.body) == (site.url("/j"), site.url("/j"), PAGE)
    assert (got.type, got.charset, got.unchanged) == ("text/html", "Shift_JIS", False)


def test_the_program_names_itself(site):
    fetcher().get(site.url("/a"))
    fetcher(user_agent="desk/2 (+mailto:desk@example.org)\r\nX-Bad: 1 é").get(site.url("/a"))
    first, second = site.asked("/a")
    assert first["User-Agent"] == f"briefs/{__version__}"
    assert second["User-Agent"] == "desk/2 (+mailto:desk@example.org)X-Bad: 1"
    assert "X-Bad" not in second
    assert first["Host"] == f"127.0.0.1:{site.port}"


def test_no_proxy_and_no_cookie(site, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/c"] = (302, {"Set-Cookie": "id=1", "Location": "/a"}, b"")
    get = fetcher().get
    assert get(site.url("/c")).body == get(site.url("/a")).body == PAGE
    assert not any("Cookie" in headers for _, headers in site.requests)


def test_what_did_not_change_is_not_sent_again(site, pages):
    def page(request):
        known = request.headers["If-None-Match"] == '"1"'
        return (304, {}, b"") if known else (200, {**HTML, "ETag": '"1"'}, PAGE)

    site.pages["/e"] = page
    first = fetcher(pages).get(site.url("/e"))
    second = fetcher(pages).get(site.url("/e"))
    assert (first.unchanged, second.unchanged) == (False, True)
    assert (second.body, second.type, second.charset, second.final) == (PAGE, "text/html", "utf-8", first.final)


def test_a_date_serves_as_a_condition(site, pages):
    when = "Mon, 23 Nov 2026 07:00:00 GMT"
    site.pages["/d"] = (200, {**HTML, "Last-Modified": when}, PAGE)
    assert not fetcher(pages).get(site.url("/d")).unchanged
    # A server that sends the same page again all the same.
    assert fetcher(pages).get(site.url("/d")).unchanged
    assert [headers["If-Modified-Since"] for headers in site.asked("/d")] == [None, when]


def test_a_changed_page_takes_the_place_of_the_kept_one(site, pages):
    site.pages["/e"] = (200, {**HTML, "ETag": '"1"'}, PAGE)
    fetcher(pages).get(site.url("/e"))
    site.pages["/e"] = (200, HTML, b"<p>new</p>")
    got = fetcher(pages).get(site.url("/e"))
    assert (got.body, got.unchanged) == (b"<p>new</p>", False)
    # Without an ETag or a date there is nothing to ask with.
    assert pages.find(site.url("/e")) is None


def test_the_condition_goes_to_the_end_of_the_redirects(site, pages):
    site.pages["/r"] = (301, {"Location": "/e"}, b"")
    site.pages["/e"] = lambda request: (
        (304, {}, b"") if request.headers["If-None-Match"] else (200, {**HTML, "ETag": '"1"'}, PAGE)
    )
    fetcher(pages).get(site.url("/r"))
    assert fetcher(pages).get(site.url("/r")).unchanged
    assert [headers["If-None-Match"] for headers in site.asked("/r")] == [None, None]


def test_a_304_that_nobody_asked_for_is_an_error(site, pages):
    site.pages["/e"] = (304, {}, b"")
    with pytest.raises(DocumentError, match="304"):
        fetcher(pages).get(site.url("/e"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site, status):
    site.pages["/x/r"] = (status, {"Location": "../a#there"}, b"")
    got = fetcher().get(site.url("/x/r"))
    assert (got.url, got.final, got.body) == (site.url("/x/r"), site.url("/a"), PAGE)


def test_redirects_in_a_circle(site):
    site.pages["/1"] = (302, {"Location": "/2"}, b"")
    site.pages["/2"] = (302, {"Location": "/1"}, b"")
    assert "circle" in failure(site.url("/1")).message
    assert len(site.requests) == 2


def test_more_redirects_than_allowed(site):
    for n in range(9):
        site.pages[f"/{n}"] = (302, {"Location": f"/{n + 1}"}, b"")
    site.pages["/3"] = (200, HTML, PAGE)
    assert fetcher(redirects=3).get(site.url("/0")).final == site.url("/3")
    assert "more than 2 redirects" in failure(site.url("/0"), redirects=2).message


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1:25/_x", "data:,x"])
def test_redirects_to_anything_but_the_web(site, location):
    site.pages["/r"] = (302, {"Location": location}, b"")
    assert "only http and https" in failure(site.url("/r")).message


@pytest.mark.parametrize("location", ["http://[::1", "http://", "//", "http://exa mple/", "https://a:99999/"])
def test_redirects_to_nonsense(site, location):
    site.pages["/r"] = (302, {"Location": location}, b"")
    assert failure(site.url("/r")).message


def test_a_redirect_into_the_private_network_is_refused(site):
    site.pages["/r"] = (302, {"Location": site.url("/a", "intranet.example")}, b"")
    error = failure(site.url("/r"))
    assert "intranet.example" in error.message
    assert "127.0.0.1" in error.message
    assert "fetch.private" in error.hint
    assert not site.asked("/a")


def test_a_redirect_to_https_is_tried_with_tls(site):
    # The server speaks plain HTTP: a client that stayed with it would get the page.
    site.pages["/r"] = (302, {"Location": site.url("/a").replace("http:", "https:")}, b"")
    assert "cannot be reached" in failure(site.url("/r")).message
    assert not site.asked("/a")


def test_a_body_that_only_drips_is_given_up(site):
    def drip(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"x")
            time.sleep(0.02)

    site.pages["/slow"] = drip
    assert "did not finish its answer in 0.2 s" in failure(site.url("/slow"), seconds=0.2).message


def test_headers_that_only_drip_are_given_up(site):
    def drip(request):
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(100):
            request.wfile.write(b"X-%d: 1\r\n" % n)
            time.sleep(0.02)

    site.pages["/slow"] = drip
    assert "did not finish its answer in 0.2 s" in failure(site.url("/slow"), seconds=0.2).message


def test_redirects_share_one_time_limit(site):
    def slow(request):
        time.sleep(0.12)
        return 302, {"Location": request.path + "x"}, b""

    for n in range(5):
        site.pages["/s" + "x" * n] = slow
    # With a limit for each, the end would be that /sxxxxx is not there.
    assert "0.3 s" in failure(site.url("/s"), seconds=0.3).message


def test_a_name_server_that_is_silent_is_not_waited_for(site):
    release = threading.Event()

    def silent(host, port):
        release.wait(5)
        return ["127.0.0.1"]

    assert "was not found" in failure(site.url("/a", "slow.example"), look_up=silent, seconds=0.2).message
    release.set()


def test_a_declared_size_is_refused_before_it_is_read(site):
    site.pages["/big"] = (200, {**HTML, "Content-Length": "10000000000"}, b"x")
    assert "larger than 2,000 bytes" in failure(site.url("/big"), bytes=2000).message


def test_a_body_without_an_end_is_cut_off(site):
    def endless(request):
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while True:
            request.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    site.pages["/endless"] = endless
    error = failure(site.url("/endless"), bytes=100_000)
    assert "larger than 100,000 bytes" in error.message
    assert "fetch.bytes" in error.hint


def test_a_body_of_just_the_limit_is_read(site):
    site.pages["/b"] = (200, HTML, b"x" * 2000)
    assert len(fetcher(bytes=2000).get(site.url("/b")).body) == 2000
    site.pages["/b"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"x" * 2000, mtime=0))
    assert len(fetcher(bytes=2000).get(site.url("/b")).body) == 2000
    site.pages["/b"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"x" * 2001, mtime=0))
    assert "larger" in failure(site.url("/b"), bytes=2000).message


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "DEFLATE", "raw", "identity"])
def test_compressed_bodies(site, coding):
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(PAGE, mtime=0),
        "x-gzip": gzip.compress(PAGE, mtime=0),
        "raw": raw.compress(PAGE) + raw.flush(),
        "identity": PAGE,
    }.get(coding, zlib.compress(PAGE))
    site.pages["/z"] = (200, {**HTML, "Content-Encoding": "deflate" if coding == "raw" else coding}, packed)
    assert fetcher().get(site.url("/z")).body == PAGE


def test_a_gzip_bomb_is_not_unpacked(site):
    bomb = gzip.compress(bytes(50_000_000), 1)
    site.pages["/bomb"] = (200, {**HTML, "Content-Encoding": "gzip"}, bomb)
    tracemalloc.start()
    try:
        assert "larger than 1,000,000 bytes" in failure(site.url("/bomb"), bytes=1_000_000).message
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("coding", "body", "words"),
    [
        ("br", b"xxxx", "unknown way"),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0), "unknown way"),
        ("gzip", b"no gzip at all", "damaged"),
        ("gzip", gzip.compress(PAGE, mtime=0)[:-12], "damaged"),
        ("deflate", b"\x08\x00\x00", "damaged"),
    ],
)
def test_bodies_packed_in_a_bad_way(site, coding, body, words):
    site.pages["/z"] = (200, {**HTML, "Content-Encoding": coding}, body)
    assert words in failure(site.url("/z")).message


def test_a_body_that_ends_too_early(site):
    site.pages["/cut"] = (200, {**HTML, "Content-Length": "5000", "Connection": "close"}, PAGE)

    def cut(request):
        request.close_connection = True
        return 200, {**HTML, "Content-Length": "5000"}, PAGE

    site.pages["/cut"] = cut
    assert "no proper answer" in failure(site.url("/cut")).message


def test_what_is_no_http(site):
    def nonsense(request):
        request.wfile.write(b"220 mail.example ESMTP\r\n")
        request.close_connection = True

    site.pages["/n"] = nonsense
    assert "no proper answer" in failure(site.url("/n")).message


def test_nobody_there():
    with Site() as site:
        url = site.url()
    error = failure(url)
    assert "cannot be reached" in error.message
    assert error.hint


@pytest.mark.parametrize("type_", ["image/png", "video/mp4", "application/ld+json", "text/css", "application/zip"])
def test_types_that_hold_no_article_are_refused(site, type_):
    site.pages["/t"] = (200, {"Content-Type": type_}, b"x")
    assert type_ in failure(site.url("/t")).message


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "refuses"), (403, "refuses"), (404, "not there"), (410, "not there"), (500, "busy or broken"), (204, "no page")],
)  # fmt: skip
def test_what_a_status_means(site, status, words):
    site.pages["/s"] = (status, HTML, b"")
    error = failure(site.url("/s"))
    assert words in error.message
    assert f"HTTP {status}" in error.message
    assert error.hint


def test_credentials_are_sent_to_their_host_only_and_never_shown(site):
    site.pages["/r"] = (302, {"Location": site.url("/a", "other.example")}, b"")
    both = {"private": ("127.0.0.1", "other.example")}
    got = fetcher(**both).get(site.url("/r", "ana:s3cret@127.0.0.1"))
    assert (got.url, got.final) == (site.url("/r"), site.url("/a", "other.example"))
    assert site.asked("/r")[0]["Authorization"] == "Basic YW5hOnMzY3JldA=="
    assert site.asked("/a")[0]["Authorization"] is None
    for url in ("http://ana:s3cret@[::1/", "ftp://ana:s3cret@x.example/", site.url("/404", "ana:s3cret@127.0.0.1")):
        error = failure(url)
        assert "s3cret" not in error.message + error.hint


def test_a_redirect_cannot_set_credentials(site):
    site.pages["/r"] = (302, {"Location": site.url("/a", "ana:s3cret@127.0.0.1")}, b"")
    fetcher().get(site.url("/r"))
    assert site.asked("/a")[0]["Authorization"] is None


def test_requests_to_one_host_keep_their_distance(site):
    clock = Clock()
    get = fetcher(clock=clock, delay=2.5)
    for _ in range(3):
        get.get(site.url("/a"))
    assert clock.slept == [2.5, 2.5]


def test_while_one_host_rests_the_next_is_asked_and_answers_come_in_order(site):
    clock = Clock()
    get = fetcher(clock=clock, delay=1.0, private=("a.example", "b.example"))
    for n in range(6):
        site.pages[f"/{n}"] = (200, HTML, str(n).encode())
    urls = [site.url(f"/{n}", "a.example" if n < 3 else "b.example") for n in range(6)]
    assert [got.body for got in get.get_all(urls)] == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert [path for path, _ in site.requests] == ["/0", "/3", "/1", "/4", "/2", "/5"]
    assert clock.slept == [1.0, 1.0]


def test_many_addresses_good_and_bad(site):
    urls = [site.url("/a"), "nonsense", site.url("/gone"), "http://127.0.0.1:1x/", site.url("/a")]
    got = list(fetcher().get_all(urls))
    assert [isinstance(item, DocumentError) for item in got] == [False, True, True, True, False]
    assert len(list(fetcher().get_all([site.url("/a")] * 130))) == 130
    assert list(fetcher().get_all([])) == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_a_moment_gets_it_once(site, status):
    answers = [(status, {"Retry-After": "7"}, b""), (200, HTML, PAGE)]
    site.pages["/busy"] = lambda _: answers.pop(0)
    clock = Clock()
    assert fetcher(clock=clock).get(site.url("/busy")).body == PAGE
    assert clock.slept == [7.0]
    site.pages["/busy"] = (status, {"Retry-After": "7"}, b"")
    site.requests.clear()
    assert f"HTTP {status}" in failure(site.url("/busy"), clock=clock).message
    assert len(site.requests) == 2


@pytest.mark.parametrize("header", ["3600", "soon", "-1", "", "Mon, 23 Nov 2099 07:00:00 GMT", "9" * 400])
def test_a_long_or_senseless_wait_is_not_waited(site, header):
    site.pages["/busy"] = (503, {"Retry-After": header}, b"")
    clock = Clock()
    assert "HTTP 503" in failure(site.url("/busy"), clock=clock).message
    assert clock.slept == []


def test_a_moment_can_be_named_by_date(site):
    answers = [(503, {"Retry-After": email.utils.formatdate(time.time() + 5, usegmt=True)}, b""), (200, HTML, PAGE)]
    site.pages["/busy"] = lambda _: answers.pop(0)
    clock = Clock()
    fetcher(clock=clock).get(site.url("/busy"))
    assert 3 < clock.slept[0] <= 5


def test_a_host_that_fails_again_and_again_is_left_alone(site):
    asked = []

    def gone(host, port):
        asked.append(host)
        raise OSError("no such host")

    got = list(fetcher(look_up=gone).get_all([f"http://gone.example/{n}" for n in range(6)]))
    assert asked == ["gone.example"] * 3
    assert "not asked again" in got[5].message
    assert "was not found" in got[0].message


def test_robots_txt_is_asked_once_and_kept_to(site):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    site.pages["/private/a"] = (200, HTML, PAGE)
    get = fetcher(robots=True)
    assert get.get(site.url("/a")).body == PAGE
    with pytest.raises(DocumentError, match="robots"):
        get.get(site.url("/private/a"))
    assert len(site.asked("/robots.txt")) == 1
    assert not site.asked("/private/a")
    assert fetcher(robots=False).get(site.url("/private/a")).body == PAGE


def test_robots_txt_counts_for_the_end_of_a_redirect(site):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: briefs\nDisallow: /a\n")
    site.pages["/r"] = (302, {"Location": "/a"}, b"")
    assert "robots.txt does not allow" in failure(site.url("/r"), robots=True).message
    assert not site.asked("/a")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_missing_robots_txt_allows_everything(site, status):
    site.pages["/robots.txt"] = (status, {}, b"")
    assert fetcher(robots=True).get(site.url("/a")).body == PAGE


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_broken_robots_txt_allows_nothing(site, status):
    site.pages["/robots.txt"] = (status, {}, b"")
    error = failure(site.url("/a"), robots=True)
    assert "robots.txt could not be read" in error.message
    assert f"HTTP {status}" in error.message
    assert not site.asked("/a")


def test_robots_txt_is_fetched_as_warily_as_any_page(site):
    site.pages["/robots.txt"] = (302, {"Location": site.url("/a", "intranet.example")}, b"")
    assert "intranet.example" in failure(site.url("/a"), robots=True).message
    assert not site.asked("/a")
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\n#" + b"x" * 1_000_000 + b"\nDisallow: /\n")
    assert fetcher(robots=True).get(site.url("/a")).body == PAGE


def test_robots_txt_can_ask_for_more_distance(site):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 4\n")
    clock = Clock()
    get = fetcher(clock=clock, robots=True, delay=1.0)
    get.get(site.url("/a"))
    get.get(site.url("/a"))
    assert clock.slept == [4.0, 4.0]


def test_robots_of_many_hosts_are_asked_before_any_rest(site):
    clock = Clock()
    hosts = [f"h{n}.example" for n in range(4)]
    get = fetcher(clock=clock, robots=True, delay=1.0, private=tuple(hosts))
    got = list(get.get_all([site.url("/a", host) for host in hosts]))
    assert [item.body for item in got] == [PAGE] * 4
    assert sum(clock.slept) == 1.0


def test_waiting_out_of_politeness_does_not_count_against_the_time_limit(site):
    site.pages["/robots.txt"] = (302, {"Location": "/rules"}, b"")
    site.pages["/rules"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
    clock = Clock()
    get = fetcher(clock=clock, robots=True, delay=30.0, seconds=20.0)
    assert get.get(site.url("/a")).body == PAGE
    assert clock.slept == [30.0, 30.0]


def test_all_of_a_run_has_one_time_limit(site):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 30\n")
    for n in range(50):
        site.pages[f"/{n}"] = (302, {"Location": f"/{n}x"}, b"")
        site.pages[f"/{n}x"] = (503, {"Retry-After": "30"}, b"")
    clock = Clock()
    get = fetcher(clock=clock, robots=True, total_seconds=100.0)
    got = list(get.get_all([site.url(f"/{n}") for n in range(50)]))
    assert sum(clock.slept) == 90.0
    assert "busy" in got[0].message
    assert all("no time left" in item.message and item.hint for item in got[1:])


def test_slow_answers_use_up_the_time_of_a_run(site):
    clock = Clock()

    def slow(request):
        clock.now += 15.0
        return 200, HTML, PAGE

    site.pages["/slow"] = slow
    get = fetcher(clock=clock, total_seconds=40.0)
    got = list(get.get_all([site.url("/slow")] * 5))
    assert [isinstance(item, DocumentError) for item in got] == [False, False, False, True, True]
    clock.now += 3600.0
    assert not isinstance(next(fetcher(clock=clock).get_all([site.url("/a")])), DocumentError)


def test_a_server_that_stays_busy_is_left_alone(site):
    got = fetcher(clock=Clock()).get_all([site.url(f"/{n}") for n in range(6)])
    for n in range(6):
        site.pages[f"/{n}"] = (503, {}, b"")
    assert all(isinstance(item, DocumentError) for item in got)
    assert [path for path, _ in site.requests] == ["/0", "/1", "/2"]


def test_a_page_that_did_not_change_is_still_in_use(site, tmp_path):
    site.pages["/e"] = lambda request: (
        (304, {}, b"") if request.headers["If-None-Match"] else (200, {**HTML, "ETag": '"1"'}, PAGE)
    )
    now = [100.0]
    with contextlib.closing(store.open_store(tmp_path / "store.sqlite3")) as connection:
        kept = Pages(connection, clock=lambda: now[0])
        fetcher(kept).get(site.url("/e"))
        now[0] = 200.0
        fetcher(kept).get(site.url("/e"))
        assert kept.prune(150) == 0
