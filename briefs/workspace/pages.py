"""What the web gave, kept so that "not modified" is an answer: a page that did not change is not sent again."""

import sqlite3
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from briefs.workspace.store import reading, transaction

_KEEP = """INSERT INTO page (url, final, etag, modified, type, body, fetched, used) VALUES (?, ?, ?, ?, ?, ?, ?7, ?7)
    ON CONFLICT (url) DO UPDATE SET final=excluded.final, etag=excluded.etag, modified=excluded.modified,
    type=excluded.type, body=excluded.body, fetched=excluded.fetched, used=excluded.used"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: `final` is the address after redirects, `type` its Content-Type; `etag`, `modified` as the server wrote."""

    url: str
    final: str
    etag: str
    modified: str
    type: str
    body: bytes


class Pages:
    """Answers by address."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float] = time.time) -> None:
        """`connection` is of `open_store`; `clock` gives seconds since 1970."""
        self._connection = connection
        self._clock = clock

    def find(self, url: str) -> Page | None:
        """What was kept of an address; None if that is nothing, or damaged."""
        query = "SELECT final, etag, modified, type, body FROM page WHERE url=?"
        with reading():
            row = self._connection.execute(query, (url,)).fetchone()
        if row is None:
            return None
        final, etag, modified, type_, body = row
        try:
            return Page(url=url, final=final, etag=etag, modified=modified, type=type_, body=zlib.decompress(body))
        except zlib.error:
            return None

    def keep(self, page: Page) -> None:
        """Keep a page in place of what was kept of its address."""
        values = (page.url, page.final, page.etag, page.modified, page.type, zlib.compress(page.body), self._now())
        with transaction(self._connection):
            self._connection.execute(_KEEP, values)

    def touch(self, url: str) -> None:
        """Write down that a page was asked for and had not changed."""
        with transaction(self._connection):
            self._connection.execute("UPDATE page SET used=? WHERE url=?", (self._now(), url))

    def forget(self, url: str) -> None:
        """Drop what was kept of an address."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM page WHERE url=?", (url,))

    def prune(self, before: float) -> int:
        """Drop the pages last used before a time, in seconds since 1970, and return how many they were."""
        with transaction(self._connection):
            return self._connection.execute("DELETE FROM page WHERE used < ?", (int(before),)).rowcount

    def _now(self) -> int:
        return int(self._clock())
