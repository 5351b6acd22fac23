"""The source that reads files, and the one that reads nothing."""

import hashlib
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from briefs.brief import Document, Problem, Severity
from briefs.config import Limits
from briefs.errors import DocumentError
from briefs.ingest.find import READABLE, find_files, ingest_problem, show
from briefs.ingest.parse import WORKER_BYTES, parse, too_long
from briefs.ingest.text import refuse_binary
from briefs.worker import Worker

_log = logging.getLogger(__name__)
# No encoding spends more bytes a character, escapes of ISO-2022-JP included.
_MOST_BYTES = 8


class FolderSource:
    """Reads files, folders and glob patterns; one bad file is a problem and the rest goes on."""

    def __init__(
        self,
        paths: Sequence[Path | str],
        limits: Limits,
        *,
        exclude: Sequence[Path] = (),
        skip: Callable[[str], bool] | None = None,
    ) -> None:
        """Files below the folders of `exclude` are passed over, unless a path names something in there.

        `skip` is asked with the SHA-256 of a file whether it need not be read: reading costs more than hashing.
        """
        self._paths = tuple(Path(path) for path in paths)
        self._limits = limits
        self._skip = skip
        self._exclude = tuple(os.path.realpath(path) for path in exclude)

    def __str__(self) -> str:
        return ", ".join(show(path) for path in self._paths) or "no folder (none was named)"

    def documents(self) -> Iterator[Document | Problem]:
        """Yield every document in order of path, each after the warnings about it, or its problem instead."""
        seen: set[str] = set()
        with Worker(memory_bytes=WORKER_BYTES) as worker:
            for given in self._paths:
                passed_over = [folder for folder in self._exclude if not _is_in(os.path.realpath(given), folder)]
                for found in find_files(given, self._limits.files):
                    if isinstance(found, Problem):
                        yield found
                    elif any(_is_in(os.path.realpath(found), folder) for folder in passed_over):
                        continue  # a brief made earlier is no article
                    elif (real := os.path.realpath(found)) not in seen:
                        # The same file by two paths is one document, not a copy to warn about.
                        seen.add(real)
                        yield from self._read(found, worker)

    def _read(self, path: Path, worker: Worker) -> Iterator[Document | Problem]:
        try:
            data = _load(path, self._limits)
            digest = hashlib.sha256(data).hexdigest()
            if self._skip is not None and self._skip(digest):
                return
            reading = parse(data, path.suffix.lower(), self._limits, worker)
        except DocumentError as error:
            _log.warning("%s: %s", show(path), error.message)
            yield ingest_problem(path, error.message, hint=error.hint)
            return
        for warning in reading.warnings:
            hint = "compare the text with the original"
            yield ingest_problem(path, warning, hint=hint, severity=Severity.WARNING)
        yield Document(
            source=show(path),
            sha256=digest,
            format=reading.format,
            text=reading.text,
            title=reading.title,
            byline=reading.byline,
            published=reading.published,
        )


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


class NullSource:
    """Reads nothing; takes whatever arguments another source takes."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __str__(self) -> str:
        return "nowhere (the null source)"

    def documents(self) -> Iterator[Document | Problem]:
        """Yield nothing."""
        return iter(())


def _load(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file; its size is looked at before anything is read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("this is no regular file", hint=READABLE)
        if status.st_size > limits.file_bytes:
            message = f"the file is too large ({status.st_size:,} bytes; at most {limits.file_bytes:,} are read)"
            raise DocumentError(message, hint="split it, or raise limits.file_bytes")
        with path.open("rb") as file:
            head = file.read(4096)
            if path.suffix.lower() in (".txt", ".text", ".md"):
                refuse_binary(head, path.suffix)
                if status.st_size > _MOST_BYTES * limits.characters:
                    raise too_long(limits)
            data = head + file.read(limits.file_bytes - len(head) + 1)
    except PermissionError as error:
        hint = "make it readable for the user who runs briefs"
        raise DocumentError("no permission to read the file", hint=hint) from error
    except OSError as error:
        raise DocumentError(
            f"the file cannot be read ({error.strerror})", hint="check the file and the disk"
        ) from error
    if not data:
        raise DocumentError("empty file", hint="fetch or save it again, or leave it out")
    if len(data) > limits.file_bytes:
        raise DocumentError("the file grew while it was read", hint="run again when it is complete")
    return data
