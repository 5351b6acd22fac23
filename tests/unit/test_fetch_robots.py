"""robots.txt, by the examples of RFC 9309 and by what is found in the wild."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefs.ingest.web.robots import read_robots

SITE = "https://news.example"


def allows(text, path, robot="briefs"):
    return read_robots(text, robot).allows(SITE + path)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /", "/", False),
        ("Disallow:", "/a", True),
        ("Disallow: /a", "/ab", False),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.gif$", "/x/y.gif", False),
        ("Disallow: /*.gif$", "/x/y.gif?z", True),
        ("Disallow: /*.gif", "/x/y.gif?z", False),
        ("Disallow: /a*b*c", "/axxbyyc/d", False),
        ("Disallow: /a*b*c", "/acb", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /ab*b$", "/ab", True),
        ("Disallow: /*?page=", "/list?page=2", False),
        ("Disallow: /記事", "/%E8%A8%98%E4%BA%8B/1", False),
        ("Disallow: /%e8%a8%98", "/%E8%A8%98%E4%BA%8B", False),
        ("Disallow: /a # a comment", "/a", False),
        ("DISALLOW : /a", "/a", False),
        ("Noindex: /a", "/a", True),
    ],
)
def test_the_longest_rule_wins(rules, path, allowed):
    assert allows(f"User-agent: *\n{rules}\n", path) is allowed


def test_groups():
    text = (
        "\ufeffUser-agent: other\nUser-agent: Briefs/1.0\nDisallow: /a\n\n"
        "User-agent: *\nDisallow: /\nuser-agent: briefs\nDisallow: /b\n"
    )
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]
    assert [allows(text, path, "someone") for path in ("/a", "/c")] == [False, False]
    assert allows("Disallow: /\n", "/a")
    assert allows("User-agent: *\nUser-agent: other\nDisallow: /\n", "/a") is False
    assert allows("", "/a")


@pytest.mark.parametrize(
    ("line", "seconds"), [("2.5", 2.5), ("0", 0), ("86400", 30), ("soon", 0), ("-1", 0), ("nan", 0), ("1e9", 0)]
)
def test_the_distance_that_is_asked_for(line, seconds):
    assert read_robots(f"User-agent: *\nCrawl-delay: {line}\nAllow: /\n", "briefs").delay == seconds


@given(st.text())
def test_any_text_is_read(text):
    assert allows(text, "/a") in (True, False)
    assert allows(f"User-agent: *\nDisallow: /{text}", f"/{text}") in (True, False)


def test_so_many_rules_are_kept_and_no_more():
    rules = "".join(f"Disallow: /{n}/\n" for n in range(1002))
    assert not allows(f"User-agent: *\n{rules}", "/999/")
    assert allows(f"User-agent: *\n{rules}", "/1001/")


def test_names_without_end_cost_nothing():
    began = time.perf_counter()
    assert allows("User-agent: *\n" * 15_000 + "Disallow: /a\n" * 15_000, "/b")
    assert time.perf_counter() - began < 10


def test_no_rule_takes_long():
    began = time.perf_counter()
    assert allows("User-agent: *\nDisallow: /" + "*a" * 5000 + "b$", "/" + "a" * 50_000)
    assert time.perf_counter() - began < 10
