"""The output folder, the lock that keeps a second run out, and files written whole or not at all."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from briefs.config import Settings
from briefs.errors import ConfigError, LockError
from briefs.workspace.history import History
from briefs.workspace.memory import TranslationMemory
from briefs.workspace.pages import Pages
from briefs.workspace.store import is_outdated, open_store

TEMPORARY = ".briefs-"  # how the name of a file begins until it is whole
STORE = "store.sqlite3"


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
            self.memory = TranslationMemory(self.folder / STORE)
            self.desk = open_store(self.folder / STORE)
        except BaseException:
            self._lock.close()
            raise
        self.history = History(self.desk)
        self.pages = Pages(self.desk)

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

    def write_output(
        self, day: date, name: str, contents: Mapping[str, bytes], folder: Path | None = None
    ) -> list[Path]:
        """Write `<day>-<name>.<suffix>` for each suffix, each whole or not at all; return the paths."""
        paths = []
        for suffix, data in contents.items():
            path = (folder or self.out) / f"{day.isoformat()}-{name}.{suffix}"
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
        self.desk.close()
        self._lock.close()


def open_memory(settings: Settings) -> TranslationMemory | None:
    """The translation memory to look at, whoever holds the lock; None if there is none yet.

    A store of an older version is migrated first, and that needs the lock.
    """
    path = settings.workspace_folder / STORE
    if not path.exists():
        return None
    if is_outdated(path):
        Workspace(settings).close()
    return TranslationMemory(path, read_only=True)


def open_history(settings: Settings) -> History | None:
    """The runs to look at, whoever holds the lock; None if there is no store yet. Close its `connection`."""
    path = settings.workspace_folder / STORE
    if not path.exists():
        return None
    if is_outdated(path):
        Workspace(settings).close()
    return History(open_store(path, read_only=True))


def probe_folder(folder: Path) -> None:
    """Write and remove a file in `folder`, or in the nearest folder above it that exists; ConfigError if that fails."""
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with _explained(folder), tempfile.TemporaryFile(dir=folder):
        pass


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; ConfigError if that cannot be done."""
    write_chunks(path, [data])


def write_chunks(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is never held in memory, whole or not at all; ConfigError if that cannot be done."""
    with _explained(path):
        handle: IO[bytes]
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=TEMPORARY, delete=False) as handle:
            try:
                handle.writelines(chunks)
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
