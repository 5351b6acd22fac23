"""Package files (.argosmodel, a ZIP archive with one folder): checked as a whole before a byte of them is used."""

import contextlib
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from briefs.errors import PackError

MAX_BYTES = 2_000_000_000  # unpacked size beyond which a package is refused
MAX_RATIO = 100  # unpacked to packed; weights reach 4, and deflate 1032 with nothing but zeros
MAX_ENTRIES = 10_000
METADATA = "metadata.json"
RECORD = "briefs.json"  # what an installation leaves beside METADATA; never taken from a package
_SMALL = 10_000_000  # bytes that may be unpacked whatever the ratio
_CHUNK = 1 << 20
_FOREIGN = ("__MACOSX",)  # folders that archivers add
_ODD = re.compile(r"[\0-\x1f\x7f\\:]")
_UNSAFE = "do not use this file; get the package again from where it is published"
_REINSTALL = "install it again from its .argosmodel file, or remove it"
CORRUPT = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)


class Archive:
    """An open package file: its regular files by their name inside the package's own folder."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        """PackError if the archive is unsafe or holds no package."""
        self.path = path
        self._zip = zipped
        self._entries = self._own(self._checked())

    @property
    def names(self) -> list[str]:
        """Names of the files, METADATA among them."""
        return sorted(self._entries)

    def size(self, name: str) -> int:
        """Unpacked size of a file."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """One file."""
        return self._zip.read(self._entries[name])

    def unpack(self, folder: Path) -> None:
        """Write every file below `folder`, which must not exist yet, and see that it is on the disk."""
        folder.mkdir()
        for name, entry in sorted(self._entries.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._zip.open(entry) as source, path.open("xb") as target:
                while data := source.read(_CHUNK):
                    target.write(data)
                target.flush()
                os.fsync(target.fileno())
        for each in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
            sync_folder(each)

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        """The files by their whole name."""
        entries = self._zip.infolist()
        total = sum(entry.file_size for entry in entries)
        if total > MAX_BYTES:
            raise PackError(f"pack {self.path} is larger than {MAX_BYTES} bytes unpacked", hint=_UNSAFE)
        if total > _SMALL and total > MAX_RATIO * self.path.stat().st_size:
            raise PackError(f"pack {self.path} unpacks to more than {MAX_RATIO} times its size", hint=_UNSAFE)
        if len(entries) > MAX_ENTRIES:
            raise PackError(f"pack {self.path} holds more than {MAX_ENTRIES} files", hint=_UNSAFE)
        files: dict[str, zipfile.ZipInfo] = {}
        seen: set[str] = set()
        for entry in entries:
            fault = _fault(entry)
            key = unicodedata.normalize("NFC", entry.filename.rstrip("/")).casefold()
            if not fault and key in seen:
                fault = "comes twice"
            if fault:
                raise PackError(f"pack {self.path} is unsafe: {entry.filename!r} {fault}", hint=_UNSAFE)
            seen.add(key)
            if not entry.is_dir():
                files[entry.filename] = entry
        for name in files:
            if not {parent.as_posix() for parent in PurePosixPath(name).parents}.isdisjoint(files):
                raise PackError(f"pack {self.path} is unsafe: {name!r} lies in a file", hint=_UNSAFE)
        return files

    def _own(self, files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """The files by their name in the package's folder, which is where the metadata is."""
        roots = sorted(
            (PurePosixPath(name).parent for name in files if PurePosixPath(name).name == METADATA),
            key=lambda root: (len(root.parts), root),
        )
        if not roots:
            raise PackError(f"pack {self.path} is corrupt: it holds no {METADATA}", hint=_REINSTALL)
        own = {}
        for name, entry in files.items():
            path = PurePosixPath(name)
            if path.is_relative_to(roots[0]):
                own[path.relative_to(roots[0]).as_posix()] = entry
            elif path.parts[0] not in _FOREIGN:
                raise PackError(f"pack {self.path} is no package: {name!r} lies outside its folder", hint=_UNSAFE)
        own.pop(RECORD, None)
        return own


@contextlib.contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a package file; PackError names it if it is unsafe or, here or while it is read, proves corrupt."""
    try:
        with zipfile.ZipFile(path) as zipped:
            yield Archive(path, zipped)
    except CORRUPT as error:
        raise PackError(f"pack {path} is corrupt: {error}", hint=_REINSTALL) from error


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fault(entry: zipfile.ZipInfo) -> str:
    """Why an entry must not be unpacked, or "" if it may."""
    name, mode = entry.filename.removesuffix("/"), stat.S_IFMT(entry.external_attr >> 16)
    parts = name.split("/")
    faults = {
        "has an absolute path": name.startswith("/"),
        "leads out of the folder": ".." in parts,
        "has a name that is none": _ODD.search(entry.orig_filename)
        or any(part in ("", ".") or len(part.encode("utf-8", "surrogatepass")) > 255 for part in parts),
        "is a link": mode == stat.S_IFLNK,
        "is no regular file": mode not in (0, stat.S_IFREG, stat.S_IFDIR)
        or (mode == stat.S_IFDIR and not entry.is_dir()),
        "is encrypted": entry.flag_bits & 0x1,
    }
    return next((fault for fault, holds in faults.items() if holds), "")
