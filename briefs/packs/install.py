"""Packs come and go: unpacked and tried beside their place, renamed into it whole, and taken out the same way.

One process at a time works on a packs folder. What a killed one left is in the room for unfinished things, where nobody
looks for packs; the next one clears it.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from briefs.errors import LockError, PackError, UsageError
from briefs.packs.archive import RECORD, open_archive, sync_folder
from briefs.packs.find import TEMPORARY, Pack, Record, argos_folders, check_pin, describe_pack, digest_file
from briefs.packs.index import Progress, fetch_package, find_package

_ROOM = f"{TEMPORARY}unfinished"
_LOCK = f"{TEMPORARY}lock"
_TOKENIZERS = ("sentencepiece.model", "bpe.model")


class Installed(NamedTuple):
    """A pack that is in its place; `fresh` is false if it had been there before, with the same contents."""

    pack: Pack
    fresh: bool


class Installer:
    """Installs into one packs folder: `folder`, or Argos Translate's own."""

    def __init__(
        self,
        folder: str = "",
        *,
        pins: Mapping[str, str] | None = None,
        try_out: Callable[[Pack], object] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`try_out` is given the pack before it takes its place, and keeps it out with an exception."""
        self._folder = folder
        self._pins = pins
        self._try_out = try_out
        self._progress = progress

    def install(self, what: str) -> Installed:
        """Install a .argosmodel file, or the package of the Argos index with that code (`ja_en`)."""
        if Path(what).exists():
            return self.install_file(Path(what))
        if what.endswith(".argosmodel") or "/" in what:
            raise UsageError(f"{what}: no such file", hint="name an .argosmodel file, or a code like ja_en")
        return self.install_code(what)

    def install_file(self, file: Path) -> Installed:
        """Install a package from its file; no network is used."""
        if not file.is_file():
            raise UsageError(f"{file} is no file", hint="name an .argosmodel file, or a code like ja_en")
        folder = _own_folder(self._folder)
        with _room(folder) as room:
            return self._install(file, file.name, room, folder)

    def install_code(self, code: str) -> Installed:
        """Install the newest package of the Argos index for a code."""
        package = find_package(code)
        folder = _own_folder(self._folder)
        with _room(folder) as room:
            file = room / "download.argosmodel"
            link = fetch_package(package, file, self._progress)
            return self._install(file, link, room, folder)

    def _install(self, file: Path, origin: str, room: Path, folder: Path) -> Installed:
        with _named(file, origin), open_archive(file) as archive:
            archive.unpack(room / "pack")
        pack = _checked(room / "pack", origin)
        record = Record(sha256=pack.info.sha256, archive=digest_file(file))
        _write_record(room / "pack" / RECORD, {**record._asdict(), "from": origin})
        pack = describe_pack(room / "pack", "installed")
        check_pin(pack, self._pins)
        if self._try_out:
            self._try_out(pack)
        return _put(pack, room, folder)


def remove_pack(pack: Path, folder: str = "") -> None:
    """Take a pack out of its packs folder, whole or broken; it is gone at once for everybody who looks for packs."""
    folders = [Path(folder)] if folder else argos_folders()
    if pack.parent not in folders:
        raise UsageError(f"{pack} is in no packs folder", hint="name one that is installed: briefs packs list")
    with _room(pack.parent) as room:
        pack.rename(room / "removed")
        sync_folder(pack.parent)


def _own_folder(folder: str) -> Path:
    """Where packs are installed."""
    if folder:
        return Path(folder)
    own = argos_folders()
    if not own:
        raise PackError("Argos Translate cannot make its folder", hint="set `packs` in the config, or BRIEFS_PACKS")
    return own[0]


@contextlib.contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """An empty folder for unfinished things, on the disk of the packs folder, which nobody else changes meanwhile."""
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("a", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LockError(
                    f"another process is changing the packs in {folder}", hint="wait for it to end"
                ) from error
            room = _room_of(folder)
            _clear(room)
            room.mkdir()
            try:
                yield room
            finally:
                _clear(room)


def _room_of(folder: Path) -> Path:
    """In Argos Translate's own data folder beside its packages: it takes every folder among them for a package."""
    if folder in argos_folders()[:1]:
        above = folder.parent
        if above.stat().st_dev == folder.stat().st_dev and os.access(above, os.W_OK):
            return above / _ROOM
    return folder / _ROOM


def _clear(room: Path) -> None:
    if room.is_symlink() or room.is_file():
        room.unlink()
    elif room.exists():
        for each in room.iterdir():
            # A pack may have been a link to a folder elsewhere.
            if each.is_symlink() or each.is_file():
                each.unlink()
            else:
                shutil.rmtree(each)
        room.rmdir()


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PackError(
            f"packs folder {folder} cannot be changed: {error.strerror or error}",
            hint="set `packs` to a folder that you may write to, and see that the disk is not full",
        ) from error


@contextlib.contextmanager
def _named(file: Path, origin: str) -> Iterator[None]:
    """Name a downloaded package by its link: the file is gone when the error is read."""
    try:
        yield
    except PackError as error:
        raise PackError(error.message.replace(str(file), origin), hint=_again(error)) from error


def _again(error: PackError) -> str:
    return error.hint if "unsafe" in error.message else "the file is damaged or no package: get it again"


def _checked(path: Path, origin: str) -> Pack:
    """The unpacked pack; PackError if something is missing without which it cannot be loaded."""
    try:
        pack = describe_pack(path, "installed")
    except PackError as error:
        raise PackError(error.message.replace(str(path), origin), hint=_again(error)) from error
    names = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}
    missing = [] if "model/model.bin" in names else ["model/model.bin"]
    if names.isdisjoint(_TOKENIZERS):
        missing.append(" or ".join(_TOKENIZERS))
    if not any(name.startswith("model/") and "vocabulary." in name for name in names):
        missing.append("model/shared_vocabulary.json")
    if missing:
        raise PackError(
            f"{origin} is no pack for CTranslate2: it has no {', no '.join(missing)}",
            hint="take an Argos package that translates",
        )
    return pack


def _write_record(path: Path, record: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(record, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _put(pack: Pack, room: Path, folder: Path) -> Installed:
    """Rename the pack into its place. Of others of its version nothing is touched before the new one is there."""
    version = "".join(c if c.isascii() and c.isalnum() else "_" for c in pack.info.version)[:40]
    name = f"translate-{pack.info.source}_{pack.info.target}-{version}"
    twin = f"{name}-{pack.info.sha256[:8]}"
    others = [path for path in (folder / name, *folder.glob(f"{name}-{'[0-9a-f]' * 8}")) if os.path.lexists(path)]
    for each in others:
        if _contents(each) == pack.info.sha256:
            return Installed(describe_pack(each, "installed"), fresh=False)
    if folder / twin in others:
        others.remove(folder / twin)
        (folder / twin).rename(room / "damaged")
    place = folder / (twin if others else name)
    pack.path.rename(place)
    sync_folder(folder)
    for number, each in enumerate(others):
        each.rename(room / f"older-{number}")
    sync_folder(folder)
    return Installed(describe_pack(place, "installed"), fresh=True)


def _contents(path: Path) -> str:
    try:
        return describe_pack(path, "installed").info.sha256
    except PackError:
        return ""
