"""The SQLite file of a desk: opened, brought up to date, written in transactions.

WAL lets readers go on while a run writes; a commit survives the death of the process. Opening reads a page or two, however
large the store is: there is no integrity scan, and what is damaged is named when it is met.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from briefs.errors import ConfigError

SCHEMA = 3
Connection = sqlite3.Connection
_DISK = "see that the disk is not full"
_MOVE = "move the file away; a new one is made"
_PATIENCE = 30.0  # seconds to wait for another process that writes
_MEMORY_TABLES = (
    # What makes translations: engine and settings (context), languages, packs as JSON [[name, version, sha256], ...].
    """CREATE TABLE maker (
        id INTEGER PRIMARY KEY, context TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, packs TEXT NOT NULL,
        UNIQUE (context, source, target, packs))""",
    # One translation. Those of schema 1 have neither maker nor source text until they are asked for again.
    """CREATE TABLE entry (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, maker INTEGER REFERENCES maker, source TEXT, text TEXT,
        flags TEXT NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL)""",
    # A translator's own, from a TMX file: it wins over every maker.
    """CREATE TABLE authority (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, source_language TEXT NOT NULL, target_language TEXT NOT NULL,
        source TEXT NOT NULL, text TEXT NOT NULL, file TEXT NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL)""",
)
_DESK_TABLES = (
    # A run of a brief. An edition is a slot of its schedule, "2026-11-23T07:00", or a day by hand, "2026-11-23".
    # `counts` is JSON {theme: articles}, `files` JSON [path]; `ended` is NULL while it runs, and when it was killed.
    """CREATE TABLE run (
        id INTEGER PRIMARY KEY, brief TEXT NOT NULL, edition TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
        outcome TEXT NOT NULL, exit_code INTEGER, message TEXT NOT NULL, counts TEXT NOT NULL, files TEXT NOT NULL,
        articles INTEGER NOT NULL, points INTEGER NOT NULL, config TEXT NOT NULL)""",
    "CREATE INDEX run_edition ON run (brief, edition)",
    # What a brief had, and in which edition first: kind is d (a document's bytes), a (an article's text), s (a sentence),
    # p (a sentence that was reported).
    """CREATE TABLE seen (
        brief TEXT NOT NULL, kind TEXT NOT NULL, key BLOB NOT NULL, edition TEXT NOT NULL,
        PRIMARY KEY (brief, kind, key)) WITHOUT ROWID""",
    # The article that a brief last had at an address.
    """CREATE TABLE address (
        brief TEXT NOT NULL, url TEXT NOT NULL, article BLOB NOT NULL, before BLOB, edition TEXT NOT NULL,
        PRIMARY KEY (brief, url)) WITHOUT ROWID""",
    # A finished message, whole but for the header To where each recipient gets one of their own.
    "CREATE TABLE message (id INTEGER PRIMARY KEY, run INTEGER REFERENCES run, body BLOB)",
    # Its way to one recipient. state: queued, sending, sent, failed, held, dropped; unsure: the server's answer to the
    # end of the data was awaited. `after` is the earliest next attempt. One edition goes to a recipient once.
    """CREATE TABLE delivery (
        id INTEGER PRIMARY KEY, message INTEGER NOT NULL REFERENCES message, brief TEXT NOT NULL, edition TEXT NOT NULL,
        recipient TEXT NOT NULL, header TEXT NOT NULL, state TEXT NOT NULL, unsure INTEGER NOT NULL DEFAULT 0,
        owner TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0, after INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL, reply TEXT NOT NULL DEFAULT '', UNIQUE (brief, edition, recipient))""",
    "CREATE INDEX delivery_state ON delivery (state) WHERE state IN ('queued', 'sending', 'held', 'failed')",
    # What the web gave, kept so that "not modified" is an answer; body is deflated.
    """CREATE TABLE page (
        url TEXT PRIMARY KEY, final TEXT NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL, type TEXT NOT NULL,
        body BLOB NOT NULL, fetched INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID""",
)


def open_store(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open or make the store, of the present schema; ConfigError if the file is no store of ours."""
    connection = _connect(path, read_only=read_only)
    try:
        if not read_only:
            _choose_wal(connection)
            connection.execute("PRAGMA synchronous=NORMAL")
        if _version(connection, path) < SCHEMA and not read_only:
            _migrate(connection)
    except sqlite3.OperationalError as error:
        # The disk is full, or the file read-only: nothing is wrong with the store, and moving it away would lose it.
        connection.close()
        raise ConfigError(f"the store {path} cannot be written: {error}", hint=_DISK) from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ConfigError(f"{path} is not a store: {error}", hint=_MOVE) from error
    except BaseException:
        connection.close()
        raise
    return connection


def is_outdated(path: Path) -> bool:
    """Was the store made by an older version, so that it must be migrated before it is read?"""
    with contextlib.closing(_connect(path, read_only=True)) as connection:
        try:
            return _version(connection, path) < SCHEMA
        except sqlite3.DatabaseError as error:
            raise ConfigError(f"{path} is not a store: {error}", hint=_MOVE) from error


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, alone among processes; ConfigError if it cannot be written."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        # On a full disk SQLite has rolled back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error):
            raise ConfigError(f"the store cannot be written: {error}", hint=_DISK) from error
        raise


@contextlib.contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Read the store as it is at one moment, whatever others write; ConfigError if it is damaged."""
    try:
        connection.execute("BEGIN")
        yield
    except sqlite3.Error as error:
        raise ConfigError(f"the store cannot be read: {error}", hint=_MOVE) from error
    finally:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """ConfigError in place of SQLite's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise ConfigError(f"the store cannot be read: {error}", hint=_MOVE) from error


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    try:
        if read_only:
            address = f"file:{quote(str(path.absolute()))}?mode=ro"
            return sqlite3.connect(address, uri=True, timeout=_PATIENCE, isolation_level=None)
        return sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise ConfigError(f"{path} cannot be opened: {error}", hint="move it away; a new one is made") from error


def _choose_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for another process that is choosing it at the same moment.
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA:
        raise ConfigError(
            f"{path} was made by a newer version of briefs", hint="upgrade briefs, or use another workspace"
        )
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    """From nothing, or from an older schema, in one transaction: a kill leaves the old store."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version < SCHEMA:  # no other process was quicker
            for table in (*(_MEMORY_TABLES if version < 2 else ()), *_DESK_TABLES):
                connection.execute(table)
            # Schema 1 wrote its table before its number.
            if connection.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name='translation'").fetchone():
                connection.execute(
                    "INSERT INTO entry (key, text, flags, made, used) SELECT key, text, flags, ?1, ?1 FROM translation",
                    (int(time.time()),),
                )
                connection.execute("DROP TABLE translation")
            connection.execute(f"PRAGMA user_version={SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
