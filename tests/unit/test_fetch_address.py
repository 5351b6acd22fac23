"""Which machine an address may lead to: every private range, every way to write one, and names that change their mind."""

import contextlib
import ipaddress
import ssl
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fetch import HTML, PAGE, Site, failure, fetcher, serve, site  # noqa: F401 - a fixture

from briefs.brief import Severity
from briefs.config import FetchSettings, Limits
from briefs.errors import DocumentError
from briefs.ingest.web import Fetcher, UrlSource
from briefs.ingest.web.address import is_public, key_of, parse_address, show_address

CERTIFICATE = Path(__file__).with_name("test_fetch_tls.pem")
PRIVATE = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "::/96", "fc00::/7", "fe80::/10", "fec0::/10",
    "ff00::/8", "2001::/32", "2001:db8::/32", "2002::/16", "100::/64", "64:ff9b:1::/48", "5f00::/16", "3fff::/20",
]  # fmt: skip
# What a program may hold IPv6 to be and is an IPv4 address all the same.
CARRIERS = ["::ffff:{}", "64:ff9b::{}"]


def inside(network):
    """Any address of a network."""
    network = ipaddress.ip_network(network)
    first = int(network.network_address)
    kind = type(network.network_address)
    return st.integers(first, first + network.num_addresses - 1).map(kind)


@pytest.mark.parametrize("network", PRIVATE)
def test_no_address_of_a_private_network_is_public(network):
    @settings(max_examples=30)
    @given(inside(network))
    def check(address):
        assert not is_public(address)
        if address.version == 4:
            for carrier in CARRIERS:
                assert not is_public(ipaddress.ip_address(carrier.format(address)))
            assert not is_public(ipaddress.IPv6Address(0x2002 << 112 | int(address) << 80))

    check()


@given(st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address) | inside("2000::/3") | st.ip_addresses(v=6))
def test_public_is_never_more_than_what_python_calls_global(address):
    if is_public(address) and address not in ipaddress.ip_network("64:ff9b::/96"):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::8.8.8.8", "172.32.0.1"])
def test_public_addresses(text):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "0", "[::1]", "[::]",
     "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "169.254.169.254", "\uff11\uff12\uff17.0.0.1", "[fe80::1]"],
)  # fmt: skip
def test_digits_for_a_private_machine_are_refused_without_a_look_up(host):
    def none(host, port):
        raise AssertionError(f"{host} was looked up")

    error = failure(f"http://{host}/", private=(), look_up=none)
    # Some spellings are refused as no address at all.
    assert "not on the public internet" in error.message or "no valid web address" in error.message


def test_one_private_address_among_public_ones_is_enough():
    def both(host, port):
        return ["93.184.216.34", "10.0.0.7"]

    assert "10.0.0.7" in failure("http://news.example/", look_up=both).message


def test_an_address_with_a_zone_is_judged_without_it():
    def local(host, port):
        return ["fe80::1%eth0"]

    assert "fe80::1" in failure("http://news.example/", look_up=local).message


@pytest.mark.parametrize("answer", [[], OSError("no"), UnicodeError("label too long")])
def test_a_name_that_nobody_knows(answer):
    def look_up(host, port):
        if isinstance(answer, Exception):
            raise answer
        return answer

    error = failure("http://news.example/", look_up=look_up)
    assert "news.example was not found" in error.message


def test_the_connection_goes_to_the_address_that_was_judged(site):  # noqa: F811
    """A name that is public when it is judged, and this machine when it is asked again."""
    answers = [["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]
    # The test's own guard says where the connection went.
    with pytest.raises(AssertionError, match=r"93\.184\.216\.34"):
        fetcher(look_up=lambda *_: answers.pop(0)).get(site.url("/a", "news.example"))
    assert len(answers) == 2
    assert site.requests == []


def test_a_name_is_judged_anew_on_every_redirect(site):  # noqa: F811
    site.pages["/r"] = (302, {"Location": site.url("/a", "b.example")}, b"")
    answers = {"a.example": ["127.0.0.1"], "b.example": ["127.0.0.1"]}
    error = failure(site.url("/r", "a.example"), private=("a.example",), look_up=lambda host, _: answers[host])
    assert "b.example" in error.message
    assert [path for path, _ in site.requests] == ["/r"]


@pytest.mark.parametrize("form", ["{}", "{}:{port}", "A.Example"])
def test_a_host_can_be_allowed_with_its_port_or_all_ports(site, form):  # noqa: F811
    private = (form.format("a.example", port=site.port),)
    assert fetcher(private=private).get(site.url("/a", "a.example")).body == PAGE
    assert site.asked("/a")[0]["Host"] == f"a.example:{site.port}"


@pytest.mark.parametrize("private", [("127.0.0.1",), ("a.example:1",), ("example",), ("*.example",)])
def test_to_allow_one_is_not_to_allow_another(site, private):  # noqa: F811
    assert "a.example" in failure(site.url("/a", "a.example"), private=private).message
    assert site.requests == []


def test_digits_are_allowed_in_any_spelling(site):  # noqa: F811
    assert fetcher(private=("127.0.0.1",)).get(site.url("/a", "127.1")).body == PAGE
    assert fetcher(private=(f"127.0.0.1:{site.port}",)).get(site.url("/a", "2130706433")).body == PAGE


def test_the_next_machine_of_a_host_is_tried(site):  # noqa: F811
    # The server does not listen on the first.
    machines = ["::1", "127.0.0.1"]
    private = ("a.example",)
    assert fetcher(private=private, look_up=lambda *_: machines).get(site.url("/a", "a.example")).body == PAGE


def test_tls_asks_for_the_name_and_checks_it_though_it_connects_to_a_number():
    asked = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    trust = ssl.create_default_context(cafile=str(CERTIFICATE))
    with serve() as secure:
        secure.socket = server.wrap_socket(secure.socket, server_side=True)
        secure.pages["/a"] = (200, HTML, PAGE)
        limits = FetchSettings(private=("news.example", "other.example"), delay=0, robots=False)

        def get(host, tls):
            at_home = {"look_up": lambda *_: ["127.0.0.1"]}
            return Fetcher(limits, tls=tls, **at_home).get(f"https://{host}:{secure.port}/a")

        assert get("news.example", trust).body == PAGE
        with pytest.raises(DocumentError, match=r"certificate of other\.example is not accepted"):
            get("other.example", trust)
        with pytest.raises(DocumentError, match=r"certificate of news\.example is not accepted"):
            get("news.example", None)
    assert asked == ["news.example", "other.example", "news.example"]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://News.Example:80/a b?q=ä#x", "http://news.example/a%20b?q=%C3%A4"),
        ("https://例え.example/", "https://xn--r8jz45g.example/"),
        ("https://u:p@news.example/?utm_source=rss", "https://news.example/?utm_source=rss"),
        (" https://news.example ", "https://news.example"),
    ],
)
def test_addresses_are_brought_to_one_form(text, url):
    assert parse_address(text).url == url
    assert key_of(text) == url


@pytest.mark.parametrize(
    "text", ["", "news.example", "http://", "https://?", "http://[::1", "mailto:a@b.example", "\0"]
)
def test_what_is_no_address(text):
    with pytest.raises(DocumentError):
        parse_address(text)
    assert key_of(text) == text


def test_an_address_is_shown_without_its_secrets():
    assert show_address("https://ana:pa@ss@news.example/x\x1b[31m") == "https://news.example/x\\x1b[31m"
    assert show_address("https://blog.example/@ana") == "https://blog.example/@ana"
    assert len(show_address("https://news.example/" + "a" * 5000)) < 300
    assert "s3cret" not in repr(parse_address("https://ana:s3cret@news.example/"))


@pytest.mark.parametrize(
    "password", ["pa/s3cret", "12/s3cret", "pa?s3cret", "pa#s3cret", "p@x/s3cret", "[s3cret", "a s3cret"]
)
def test_no_part_of_a_password_is_shown_whatever_it_does_to_the_address(password):
    url = f"https://ana:{password}@news.example/feed"
    assert show_address(url) == "https://news.example/feed"
    found = list(UrlSource([url], Limits()).documents())
    assert "s3cret" not in str(found)
    assert [item.severity for item in found] == [Severity.ERROR]


def test_an_endless_address_is_refused():
    assert parse_address("https://news.example/" + "a" * 1900)
    with pytest.raises(DocumentError, match="2,021 characters"):
        parse_address("https://news.example/" + "a" * 2000)


@given(st.text())
def test_nothing_that_is_written_as_an_address_breaks_the_program(text):
    for address in (text, f"http://{text}", f"https://news.example/{text}"):
        with contextlib.suppress(DocumentError):
            assert parse_address(address).url.isascii()
