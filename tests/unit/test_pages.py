"""Pages that are kept so that they need not be sent again."""

import contextlib
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefs.errors import ConfigError
from briefs.workspace import store
from briefs.workspace.pages import Page, Pages

URL = "https://news.example/a"


def page(url=URL, body=b"<p>x</p>", **more):
    return Page(url=url, final=url, **{"etag": '"1"', "modified": "", "type": "text/html", **more}, body=body)


@pytest.fixture
def connection(tmp_path):
    with contextlib.closing(store.open_store(tmp_path / "store.sqlite3")) as connection:
        yield connection


def test_nothing_is_known_at_first(connection):
    assert Pages(connection).find(URL) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(), st.text(st.characters(codec="utf-8")))
def test_what_is_kept_is_found(connection, body, text):
    pages = Pages(connection)
    kept = page(body=body, etag=text, modified=text, type=text)
    pages.keep(kept)
    assert pages.find(URL) == kept
    assert pages.find(URL + "x") is None


def test_the_newer_takes_the_place_of_the_older(connection):
    pages = Pages(connection)
    pages.keep(page())
    pages.keep(page(body=b"new", etag='"2"'))
    assert pages.find(URL) == page(body=b"new", etag='"2"')
    pages.forget(URL)
    assert pages.find(URL) is None


def test_bodies_are_kept_small(connection):
    Pages(connection).keep(page(body=b"<p>again and again</p>" * 1000))
    (size,) = connection.execute("SELECT length(body) FROM page").fetchone()
    assert size < 500


def test_pages_outlive_the_connection(tmp_path):
    for expected in (None, page()):
        with contextlib.closing(store.open_store(tmp_path / "store.sqlite3")) as connection:
            assert Pages(connection).find(URL) == expected
            Pages(connection).keep(page())


def test_what_was_not_used_for_long_is_dropped(connection):
    now = [100.0]
    pages = Pages(connection, clock=lambda: now[0])
    for name in "abc":
        pages.keep(page(name))
    now[0] = 200.0
    pages.touch("b")
    pages.keep(page("c"))
    assert pages.prune(150) == 1
    assert [pages.find(name) is not None for name in "abc"] == [False, True, True]


def test_a_damaged_body_is_as_good_as_none(connection):
    pages = Pages(connection)
    pages.keep(page())
    connection.execute("UPDATE page SET body=x'00'")
    assert pages.find(URL) is None


def test_errors_of_the_store_are_for_users(tmp_path):
    path = tmp_path / "store.sqlite3"
    store.open_store(path).close()
    with contextlib.closing(store.open_store(path, read_only=True)) as connection, pytest.raises(ConfigError):
        Pages(connection).keep(page())
    with (
        contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection,
        pytest.raises(ConfigError),
    ):
        Pages(connection).find(URL)
