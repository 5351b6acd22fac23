"""What was run, what it found, and what each brief has had: the desk's memory of itself, in the same store.

An edition of a brief is a slot of its schedule, "2026-11-23T07:00" in local time, or a day by hand, "2026-11-23". What is
written down belongs to an edition, and is read as of the editions before one: so an edition that is made again is the
same, and a rehearsal by hand takes nothing from the scheduled brief of that day.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from briefs.workspace.memory import BATCH
from briefs.workspace.store import reading, transaction

DONE = ("done", "partial", "empty")  # outcomes of runs that made their brief
_BY_HAND = 10  # characters of an edition that is a day
# Is the edition in `column` before the one in the parameters (day, is it a slot, edition)?
_BEFORE = """(substr({0}, 1, 10) < ?1 OR (substr({0}, 1, 10) = ?1 AND ?2 AND length({0}) > 10 AND {0} < ?3))"""
_RUN = """SELECT id, brief, edition, started, ended, outcome, exit_code, message, counts, files, articles, points, config
    FROM run """
# The first edition stays, but a slot takes the place of the same day by hand.
_SEE = """INSERT INTO seen (brief, kind, key, edition) VALUES (?, ?, ?, ?)
    ON CONFLICT (brief, kind, key) DO UPDATE SET edition=excluded.edition
    WHERE substr(excluded.edition, 1, 10) < substr(seen.edition, 1, 10)
    OR (substr(excluded.edition, 1, 10) = substr(seen.edition, 1, 10) AND length(excluded.edition) > 10
        AND (length(seen.edition) = 10 OR excluded.edition < seen.edition))"""


class Run(NamedTuple):
    """A run of a brief; times in seconds since 1970, `ended` None while it runs and when it was killed."""

    id: int
    brief: str
    edition: str
    started: int
    ended: int | None
    outcome: str
    exit_code: int | None
    message: str
    counts: Mapping[str, int]
    files: Sequence[str]
    articles: int
    points: int
    config: str


class Ending(NamedTuple):
    """How a run ended: `counts` are articles by theme."""

    outcome: str
    exit_code: int
    message: str = ""
    counts: Mapping[str, int] = {}
    files: Sequence[str] = ()
    articles: int = 0
    points: int = 0


class Found(NamedTuple):
    """What an edition had, as keys: documents, articles, sentences, points; and the article at each address."""

    documents: Sequence[bytes] = ()
    articles: Sequence[bytes] = ()
    sentences: Sequence[bytes] = ()
    points: Sequence[bytes] = ()
    addresses: Mapping[str, bytes] = {}


class History:
    """Runs, and what the briefs had."""

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float] = time.time) -> None:
        """`connection` is of `open_store`; `clock` gives seconds since 1970."""
        self.connection = connection
        self._clock = clock

    def begin(self, brief: str, edition: str, config: str) -> int:
        """Write down that a run begins; one of this brief that never ended was killed, as the lock is ours."""
        with transaction(self.connection):
            self.connection.execute("UPDATE run SET outcome='killed' WHERE brief=? AND outcome='running'", (brief,))
            return self._insert(brief, edition, "running", config)

    def _insert(self, brief: str, edition: str, outcome: str, config: str) -> int:
        values = (brief, edition, int(self._clock()), outcome, config)
        query = """INSERT INTO run (brief, edition, started, outcome, message, counts, files, articles, points, config)
            VALUES (?, ?, ?, ?, '', '{}', '[]', 0, 0, ?)"""
        return int(self.connection.execute(query, values).lastrowid or 0)

    def finish(
        self,
        run: int,
        ending: Ending,
        found: Found | None = None,
        queue: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        """Write down the end of a run, what it found, and with `queue` the messages it sends: all or nothing."""
        with transaction(self.connection):
            brief, edition = self.connection.execute("SELECT brief, edition FROM run WHERE id=?", (run,)).fetchone()
            values = (int(self._clock()), *ending[:3], json.dumps(ending.counts, sort_keys=True))
            query = """UPDATE run SET ended=?, outcome=?, exit_code=?, message=?, counts=?, files=?, articles=?, points=?
                WHERE id=?"""
            files = json.dumps(list(ending.files))
            self.connection.execute(query, (*values, files, ending.articles, ending.points, run))
            if found is not None:
                if not self.is_published(brief, edition):
                    # Made again before anyone got it, an edition had only what it has now.
                    self.connection.execute("DELETE FROM seen WHERE brief=? AND edition=?", (brief, edition))
                keys = {"d": found.documents, "a": found.articles, "s": found.sentences, "p": found.points}
                rows = ((brief, kind, key, edition) for kind, many in keys.items() for key in many)
                self.connection.executemany(_SEE, rows)
                self._keep_addresses(brief, edition, found.addresses)
            if queue is not None:
                queue(self.connection)

    def _keep_addresses(self, brief: str, edition: str, addresses: Mapping[str, bytes]) -> None:
        """An address keeps the article that it had before this edition, so that the edition can be made again."""
        query = """INSERT INTO address (brief, url, article, before, edition) VALUES (?, ?, ?, NULL, ?)
            ON CONFLICT (brief, url) DO UPDATE SET article=excluded.article,
            before=CASE WHEN address.edition=excluded.edition OR address.edition=substr(excluded.edition, 1, 10)
                THEN address.before ELSE address.article END,
            edition=excluded.edition
            WHERE address.article <> excluded.article AND address.edition <= excluded.edition"""
        self.connection.executemany(query, ((brief, url, article, edition) for url, article in addresses.items()))

    def seen_before(self, brief: str, edition: str, kind: str, keys: Iterable[bytes]) -> dict[bytes, str]:
        """Those of `keys` that an earlier edition had, with the first such edition; kind is "d", "a", "s" or "p"."""
        query = "SELECT key, edition FROM seen WHERE brief=?4 AND kind=?5 AND {} AND key IN ({})"
        found: dict[bytes, str] = {}
        for part in _parts(keys):
            marks = ",".join(f"?{6 + i}" for i in range(len(part)))
            rows = self._rows(query.format(_BEFORE.format("edition"), marks), (*_point(edition), brief, kind, *part))
            found.update((bytes(key), first) for key, first in rows)
        return found

    def articles_at(self, brief: str, edition: str, urls: Iterable[str]) -> dict[str, bytes]:
        """The article that editions before had at each of `urls`, where they had one."""
        query = f"""SELECT url, CASE WHEN {_BEFORE.format("edition")} THEN article ELSE before END FROM address
            WHERE brief=?4 AND url IN ({{}})"""  # noqa: S608 - our own words
        found: dict[str, bytes] = {}
        for part in _parts(urls):
            marks = ",".join(f"?{5 + i}" for i in range(len(part)))
            rows = self._rows(query.format(marks), (*_point(edition), brief, *part))
            found.update((url, bytes(article)) for url, article in rows if article is not None)
        return found

    def previous(self, brief: str, edition: str) -> Run | None:
        """The last run that made an earlier edition."""
        query = f"{_RUN} WHERE brief=?4 AND outcome IN {DONE} AND {_BEFORE.format('edition')}"
        return self._run(f"{query} ORDER BY edition DESC, id DESC LIMIT 1", (*_point(edition), brief))

    def own(self, brief: str, edition: str, kind: str, keys: Iterable[bytes]) -> set[bytes]:
        """Those of `keys` that an edition was the first to have."""
        query = "SELECT key FROM seen WHERE brief=?1 AND kind=?2 AND edition=?3 AND key IN ({})"
        found: set[bytes] = set()
        for part in _parts(keys):
            marks = ",".join(f"?{4 + i}" for i in range(len(part)))
            found.update(bytes(key) for (key,) in self._rows(query.format(marks), (brief, kind, edition, *part)))
        return found

    def is_published(self, brief: str, edition: str) -> bool:
        """Was the edition mailed, or queued to be? Then it is what it is."""
        return bool(self._rows("SELECT 1 FROM delivery WHERE brief=? AND edition=? LIMIT 1", (brief, edition)))

    def latest(self, brief: str) -> str:
        """The last edition that was made, empty if there is none."""
        query = f"SELECT MAX(edition) FROM run WHERE brief=? AND outcome IN {DONE}"  # noqa: S608
        ((found,),) = self._rows(query, (brief,))
        return str(found or "")

    def latest_of_day(self, brief: str, day: str) -> str:
        """The last edition of a day that was made, or the day itself: an edition by hand."""
        query = f"SELECT MAX(edition) FROM run WHERE brief=? AND substr(edition, 1, 10)=? AND outcome IN {DONE}"  # noqa: S608
        ((found,),) = self._rows(query, (brief, day))
        return str(found or day)

    def made_slots(self, brief: str, since: str) -> set[str]:
        """The slots from `since` on that are made, or were given up: after three failures, or after ten that were killed."""
        query = f"""SELECT edition FROM run WHERE brief=? AND edition>=? AND length(edition)>{_BY_HAND}
            GROUP BY edition HAVING SUM(outcome IN {DONE}) > 0 OR SUM(outcome='failed') >= 3 OR SUM(outcome='killed') >= 10"""  # noqa: S608
        return {edition for (edition,) in self._rows(query, (brief, since))}

    def waiting_since(self, brief: str, now: str, *, remember: bool = True) -> str:
        """When the schedule of a brief was first looked at, as a local time; now, if it never was."""
        query = "SELECT edition FROM run WHERE brief=? AND outcome='waiting'"
        for (edition,) in self._rows(query, (brief,)):
            if edition <= now:
                return str(edition)
            # The clock was wrong then: it would wait for that day.
            if remember:
                with transaction(self.connection):
                    query = "UPDATE run SET edition=? WHERE brief=? AND outcome='waiting'"
                    self.connection.execute(query, (now, brief))
            return now
        if not remember:
            return now
        with transaction(self.connection):
            self._insert(brief, now, "waiting", "")
        return now

    def runs(self, brief: str | None = None, limit: int = 20) -> list[Run]:
        """The last runs, the newest first."""
        query = f"{_RUN} WHERE outcome<>'waiting' AND (?1 IS NULL OR brief=?1) ORDER BY id DESC LIMIT ?2"
        return [_as_run(row) for row in self._rows(query, (brief, limit))]

    def run(self, number: int) -> Run | None:
        """The run of that number."""
        return self._run(f"{_RUN} WHERE id=? AND outcome<>'waiting'", (number,))

    def _run(self, query: str, values: Sequence[Any]) -> Run | None:
        rows = self._rows(query, values)
        return _as_run(rows[0]) if rows else None

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        with reading():
            return self.connection.execute(query, values).fetchall()


def _point(edition: str) -> tuple[str, bool, str]:
    """What _BEFORE asks of an edition."""
    return edition[:_BY_HAND], len(edition) > _BY_HAND, edition


def _as_run(row: Sequence[Any]) -> Run:
    return Run._make([*row[:8], json.loads(row[8]), json.loads(row[9]), *row[10:]])


def _parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), BATCH):
        yield unique[start : start + BATCH]
