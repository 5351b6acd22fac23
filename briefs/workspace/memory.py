"""The translation memory: what was translated before, kept by what decides it, and what a translator has decided."""

import hashlib
import itertools
import json
import re
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from briefs.brief import Flag, PackInfo, Translated, decode, encode
from briefs.errors import ConfigError
from briefs.workspace.store import open_store, reading, snapshot, transaction

BATCH = 512  # keys of one query, rows of one statement
DAY = 86_400
_FRESH = 3_600  # seconds for which a use need not be written down again
_LONE = re.compile("[\ud800-\udfff]").search
_ADD = """INSERT INTO entry (key, maker, source, text, flags, made, used) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO """
_REPLACE = """UPDATE SET maker=excluded.maker, source=excluded.source, text=excluded.text, flags=excluded.flags,
made=excluded.made, used=excluded.used"""
_ADD_AUTHORITY = """INSERT INTO authority (key, source_language, target_language, source, text, file, made, used)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET source_language=excluded.source_language, target_language=excluded.target_language,
source=excluded.source, text=excluded.text, file=excluded.file, made=excluded.made, used=excluded.used"""


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes a translation: `context` names engine, packs, glossary and settings; None is a translator's own TMX."""

    context: str | None
    source: str = ""
    target: str = ""
    packs: tuple[PackInfo, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A translation as it is kept.

    `made` is in seconds since 1970, 0 for now; `file` is the TMX that an authoritative one came from.
    """

    maker: Maker
    source: str | None
    text: str | None
    made: int
    flags: tuple[Flag, ...] = ()
    file: str = ""


class MakerStats(NamedTuple):
    """What the memory holds of one maker; `used` is the last use, in seconds since 1970."""

    maker: Maker
    entries: int
    flagged: int
    refused: int
    without_source: int
    used: int


class Stats(NamedTuple):
    """What the memory holds."""

    makers: tuple[MakerStats, ...]
    authoritative: int
    bytes: int


class TranslationMemory:
    """Translations kept by what decides them: the text, the pack, the glossary and the settings."""

    def __init__(self, path: Path, *, read_only: bool = False, clock: Callable[[], float] = time.time) -> None:
        """Open or make the store; ConfigError if the file is no store of ours."""
        self._path = path
        self._read_only = read_only
        self._clock = clock
        self._connection = open_store(path, read_only=read_only)

    def find(self, context: str | Maker, texts: Sequence[str]) -> dict[str, Translated]:
        """What is known of `texts` in a context; an authoritative translation of the two languages wins, whatever it is."""
        maker = context if isinstance(context, Maker) else Maker(context)
        found: dict[str, Translated] = {}
        for part in _batches(dict.fromkeys(texts)):
            with reading():
                if maker.source:
                    found.update(self._find_authority(maker, part))
                if maker.context is not None:
                    found.update(self._find_entries(maker, [text for text in part if text not in found]))
        return found

    def _find_authority(self, maker: Maker, texts: Sequence[str]) -> Iterator[tuple[str, Translated]]:
        keys = {_authority_key(maker, text): text for text in texts}
        query = f"""SELECT id, key, source_language, target_language, source, text, used FROM authority
            WHERE key IN ({_marks(keys)})"""  # noqa: S608 - question marks
        stale = []
        for id_, key, source, target, written, text, used in self._connection.execute(query, list(keys)).fetchall():
            if (source, target, _read(written)) == (maker.source, maker.target, keys[bytes(key)]):
                stale += [id_] if self._is_stale(used) else []
                yield keys[bytes(key)], Translated(text=_read(text))
        self._touch("authority", stale)

    def _find_entries(self, maker: Maker, texts: Sequence[str]) -> Iterator[tuple[str, Translated]]:
        keys = {_key(str(maker.context), text): text for text in texts}
        query = f"""SELECT entry.id, key, entry.source, text, flags, used, context, maker.source, target
            FROM entry LEFT JOIN maker ON maker.id = entry.maker WHERE key IN ({_marks(keys)})"""  # noqa: S608
        stale, nameless = [], []
        for id_, key, written, text, flags, used, *made_by in self._connection.execute(query, list(keys)).fetchall():
            wanted = keys[bytes(key)]
            if written is None:
                nameless.append((id_, wanted))
            elif _read(written) != wanted or not _is_of(maker, made_by):
                continue  # another context, or another text, with the same key
            elif self._is_stale(used):
                stale.append(id_)
            yield wanted, Translated(text=_read(text), flags=_decode_flags(_read(flags)))
        self._touch("entry", stale)
        self._name(maker, nameless)

    def _is_stale(self, used: int) -> bool:
        return used < self._clock() - _FRESH

    def _touch(self, table: str, ids: Sequence[int]) -> None:
        """Write down that entries were used."""
        if ids and not self._read_only:
            query = f"UPDATE {table} SET used=? WHERE id IN ({_marks(ids)})"  # noqa: S608 - our own name
            # What was found is found, even if its use cannot be written down.
            with suppress(ConfigError), transaction(self._connection):
                self._connection.execute(query, [self._now(), *ids])

    def _name(self, maker: Maker, found: Sequence[tuple[int, str]]) -> None:
        """Complete entries of schema 1, which kept no source text, now that it is known."""
        if found and not self._read_only:
            with suppress(ConfigError), transaction(self._connection):
                number = self._number(maker)
                rows = [(number, _write(text), self._now(), id_) for id_, text in found]
                self._connection.executemany("UPDATE entry SET maker=?, source=?, used=? WHERE id=?", rows)

    def add(self, context: str | Maker, pairs: Iterable[tuple[str, Translated]]) -> None:
        """Keep translations, all in one transaction."""
        maker = context if isinstance(context, Maker) else Maker(context)
        if maker.context is None:
            return  # nothing says what decided them
        entries = [
            Entry(maker=maker, source=text, text=answer.text, flags=answer.flags, made=self._now())
            for text, answer in pairs
        ]
        with transaction(self._connection):
            self._add(entries, _REPLACE)

    def load(self, entries: Iterable[Entry]) -> tuple[int, int]:
        """Keep entries from elsewhere, all in one transaction; a translation that is here already is left as it is.

        Authoritative entries replace those with the same text. Returns how many were authoritative, and how many
        others were new.
        """
        authoritative = others = 0
        with transaction(self._connection):
            for part in _batches(entries):
                own = [self._authority_row(entry) for entry in part if entry.maker.context is None]
                self._connection.executemany(_ADD_AUTHORITY, own)
                authoritative += len(own)
                others += self._add([entry for entry in part if entry.maker.context is not None], "NOTHING")
        return authoritative, others

    def _authority_row(self, entry: Entry) -> tuple[Any, ...]:
        maker, source = entry.maker, entry.source or ""
        texts = (_write(source), _write(entry.text), entry.file)
        return (
            _authority_key(maker, source),
            maker.source,
            maker.target,
            *texts,
            entry.made or self._now(),
            self._now(),
        )

    def _add(self, entries: Sequence[Entry], otherwise: str) -> int:
        numbers: dict[tuple[Maker, tuple[PackInfo, ...]], int] = {}
        rows = []
        for entry in entries:
            which = (entry.maker, entry.maker.packs)
            number = numbers[which] = numbers.get(which) or self._number(entry.maker)
            texts = (_write(entry.source), _write(entry.text), _write(encode_flags(entry.flags)))
            key = _key(str(entry.maker.context), entry.source or "")
            rows.append((key, number, *texts, entry.made or self._now(), self._now()))
        return self._connection.executemany(_ADD + otherwise, rows).rowcount if rows else 0

    def _number(self, maker: Maker) -> int:
        packs = json.dumps([[pack.name, pack.version, pack.sha256] for pack in maker.packs])
        values = (maker.context, maker.source, maker.target, packs)
        self._connection.execute(
            "INSERT OR IGNORE INTO maker (context, source, target, packs) VALUES (?, ?, ?, ?)", values
        )
        query = "SELECT id FROM maker WHERE context=? AND source=? AND target=? AND packs=?"
        return int(self._connection.execute(query, values).fetchone()[0])

    def entries(self) -> Iterator[Entry]:
        """Everything that is kept, authoritative entries first, in the order in which it came; read as of one moment."""
        with snapshot(self._connection):
            makers = self._makers()
            query = "SELECT source_language, target_language, source, text, file, made FROM authority ORDER BY id"
            for source, target, written, text, file, made in self._connection.execute(query):
                maker = Maker(None, source, target)
                yield Entry(maker=maker, source=_read(written), text=_read(text), made=made, file=file)
            query = "SELECT maker, source, text, flags, made FROM entry ORDER BY id"
            for number, written, text, flags, made in self._connection.execute(query):
                maker, noted = makers.get(number, Maker("")), _decode_flags(_read(flags))
                yield Entry(maker=maker, source=_read(written), text=_read(text), made=made, flags=noted)

    def _makers(self) -> dict[int, Maker]:
        query = "SELECT id, context, source, target, packs FROM maker"
        return {
            id_: Maker(context, source, target, _packs(json.loads(packs), source, target))
            for id_, context, source, target, packs in self._connection.execute(query)
        }

    def source_languages(self) -> list[str]:
        """The languages that there are translations from."""
        query = "SELECT source FROM maker UNION SELECT source_language FROM authority ORDER BY 1"
        with reading():
            return [language for (language,) in self._connection.execute(query) if language]

    def stats(self) -> Stats:
        """Counts by maker; entries of schema 1 that were not asked for since are those of Maker("")."""
        query = """SELECT maker, COUNT(*), SUM(flags <> ''), SUM(text IS NULL), SUM(source IS NULL), MAX(used) FROM entry
            GROUP BY maker ORDER BY maker"""
        with snapshot(self._connection):
            known = self._makers()
            makers = [MakerStats(known.get(row[0], Maker("")), *row[1:]) for row in self._connection.execute(query)]
            (authoritative,) = self._connection.execute("SELECT COUNT(*) FROM authority").fetchone()
        return Stats(tuple(makers), authoritative, self._bytes())

    def _bytes(self) -> int:
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def prune(
        self,
        *,
        unused_days: int | None = None,
        present: Collection[str] | None = None,
        authoritative: bool = False,
        dry_run: bool = False,
    ) -> tuple[int, int]:
        """Drop translations not used for so many days, and those of packs whose sha256 is not among those `present`.

        Authoritative entries go only if asked for, and then all of them. Returns how many went of both sorts.
        """
        since = self._now() - unused_days * DAY if unused_days is not None else 0
        with transaction(self._connection):
            gone = [
                id_
                for id_, maker in self._makers().items()
                if present is not None and any(pack.sha256 not in present for pack in maker.packs)
            ]
            where = f"used <= ? OR maker IN ({_marks(gone)})"
            query = f"SELECT COUNT(*) FROM entry WHERE {where}"  # noqa: S608 - question marks
            (entries,) = self._connection.execute(query, [since, *gone]).fetchone()
            query = "SELECT COUNT(*) FROM authority"
            (own,) = self._connection.execute(query).fetchone() if authoritative else (0,)
            if not dry_run:
                self._connection.execute(f"DELETE FROM entry WHERE {where}", [since, *gone])  # noqa: S608
                if authoritative:
                    self._connection.execute("DELETE FROM authority")
                query = "DELETE FROM maker WHERE id NOT IN (SELECT maker FROM entry WHERE maker NOT NULL)"
                self._connection.execute(query)
        if (entries or own) and not dry_run:
            # What is dropped is dropped; where there is no room to shrink the file, its pages are used again.
            with suppress(sqlite3.OperationalError):
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return entries, own

    def _now(self) -> int:
        return int(self._clock())

    def close(self) -> None:
        """Close the store."""
        self._connection.close()


def encode_flags(flags: tuple[Flag, ...], *, ascii_only: bool = False) -> str:
    """Flags as JSON; nothing for none."""
    return json.dumps(encode(flags), ensure_ascii=ascii_only, sort_keys=True) if flags else ""


def _decode_flags(text: str | None) -> tuple[Flag, ...]:
    flags: tuple[Flag, ...] = decode(tuple[Flag, ...], json.loads(text)) if text else ()
    return flags


def _is_of(maker: Maker, row: Sequence[str | None]) -> bool:
    context, source, target = row
    return context == maker.context and (
        not source or not maker.source or (source, target) == (maker.source, maker.target)
    )


def _packs(rows: Sequence[Sequence[str]], source: str, target: str) -> tuple[PackInfo, ...]:
    return tuple(
        PackInfo(name=name, version=version, source=source, target=target, sha256=sha256, origin="")
        for name, version, sha256 in rows
    )


def _key(context: str, text: str) -> bytes:
    return hashlib.sha256(f"{context}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _authority_key(maker: Maker, text: str) -> bytes:
    return _key(f"{maker.source}\0{maker.target}", text)


def _write(text: str | None) -> str | bytes | None:
    """A text as SQLite takes it: half a surrogate pair is no UTF-8, and goes in as bytes."""
    if isinstance(text, str) and _LONE(text):
        return text.encode("utf-8", "surrogatepass")
    return text


def _read(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _marks(values: Collection[Any]) -> str:
    return ",".join("?" * len(values))


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while part := list(itertools.islice(iterator, BATCH)):
        yield part
