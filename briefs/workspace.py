"""The folders a run writes to: the output, the lock that keeps a second run out, and the SQLite store.

Nothing else in the package writes files. A file is written beside its place, flushed and renamed, so that a reader never
sees half of one and a killed run leaves none.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from briefs.brief import Flag, Translated, decode, encode
from briefs.config import Settings
from briefs.errors import ConfigError, LockError

_SCHEMA = 1
TEMPORARY = ".briefs-"  # how the name of a file begins until it is whole
_TABLES = """
CREATE TABLE IF NOT EXISTS translation (
    key BLOB PRIMARY KEY, text TEXT, flags TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
"""


class Workspace:
    """The output folder and the store of one desk, locked while it is open."""

    def __init__(self, settings: Settings) -> None:
        """Make the folders and take the lock: ConfigError if they cannot be written, LockError if another run has it."""
        self.out = settings.out_folder
        self.folder = settings.workspace_folder
        with _explained(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
        with _explained(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self.folder / "lock").open("a+", encoding="utf-8")
        self._take_lock()
        for stale in self.out.glob(f"{TEMPORARY}*"):
            stale.unlink(missing_ok=True)  # of a run that was killed: this one holds the lock
        try:
            self.memory = TranslationMemory(self.folder / "store.sqlite3")
        except BaseException:
            self._lock.close()
            raise

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.seek(0)
            holder = self._lock.read().strip() or "unknown"
            self._lock.close()
            raise LockError(
                f"another run (process {holder}) is working in {self.folder}",
                hint="wait for it to end, or use another folder with --out",
            ) from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def write_output(self, day: date, name: str, contents: Mapping[str, bytes]) -> list[Path]:
        """Write `<day>-<name>.<suffix>` for each suffix, each whole or not at all; return the paths."""
        paths = []
        for suffix, data in contents.items():
            path = self.out / f"{day.isoformat()}-{name}.{suffix}"
            write_file(path, data)
            paths.append(path)
        return paths

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store and give the lock back."""
        self.memory.close()
        self._lock.close()


class TranslationMemory:
    """Translations kept by what decides them: the text, the pack, and the settings."""

    def __init__(self, path: Path) -> None:
        """Open or make the store; ConfigError if the file is no store of ours."""
        try:
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise ConfigError(f"{path} cannot be opened: {error}", hint="move it away; a new one is made") from error
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > _SCHEMA:
                raise ConfigError(
                    f"{path} was made by a newer version of briefs", hint="upgrade briefs, or use another workspace"
                )
            self._connection.executescript(_TABLES)
            self._connection.execute(f"PRAGMA user_version={_SCHEMA}")
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise ConfigError(
                f"{path} is not a store: {error}", hint="move the file away; a new one is made"
            ) from error

    def find(self, context: str, texts: Sequence[str]) -> dict[str, Translated]:
        """What is known of `texts` in a context (pack, glossary, settings)."""
        keys = {_key(context, text): text for text in texts}
        found: dict[str, Translated] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            query = f"SELECT key, text, flags FROM translation WHERE key IN ({','.join('?' * len(part))})"  # noqa: S608
            for key, text, flags in self._connection.execute(query, part):
                found[keys[bytes(key)]] = Translated(text=text, flags=_decode_flags(flags))
        return found

    def add(self, context: str, pairs: Iterable[tuple[str, Translated]]) -> None:
        """Keep translations, all in one transaction."""
        rows = [(_key(context, text), answer.text, _encode_flags(answer.flags)) for text, answer in pairs]
        with self._transaction():
            self._connection.executemany("INSERT OR REPLACE INTO translation VALUES (?, ?, ?)", rows)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            # On a full disk SQLite has rolled back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise ConfigError(
                    f"the store cannot be written: {error}", hint="see that the disk is not full"
                ) from error
            raise

    def close(self) -> None:
        """Close the store."""
        self._connection.close()


def probe_folder(folder: Path) -> None:
    """Write and remove a file in `folder`, or in the nearest folder above it that exists; ConfigError if that fails."""
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with _explained(folder), tempfile.TemporaryFile(dir=folder):
        pass


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; ConfigError if that cannot be done."""
    with _explained(path):
        handle: IO[bytes]
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=TEMPORARY, delete=False) as handle:
            try:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
                Path(handle.name).chmod(0o644)
                Path(handle.name).replace(path)
            except BaseException:
                Path(handle.name).unlink(missing_ok=True)
                raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say what to do about a folder that cannot be written."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror or error})",
            hint="choose a folder that you may write to with --out, and see that the disk is not full",
        ) from error


def _key(context: str, text: str) -> bytes:
    return hashlib.sha256(f"{context}\0{text}".encode("utf-8", "surrogatepass")).digest()


def _encode_flags(flags: tuple[Flag, ...]) -> str:
    return json.dumps(encode(flags), ensure_ascii=False, sort_keys=True) if flags else ""


def _decode_flags(text: str) -> tuple[Flag, ...]:
    flags: tuple[Flag, ...] = decode(tuple[Flag, ...], json.loads(text)) if text else ()
    return flags
