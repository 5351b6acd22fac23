"""Translation packs: Argos packages, found where the config, Argos Translate or this package keeps them.

A pack is used from a folder (installed) or straight from its .argosmodel file (built in): CTranslate2 takes its files
from memory, so that nothing has to be unpacked.
"""

import functools
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from briefs.brief import PackInfo
from briefs.errors import MissingPackError, PackError

BUILT_IN = Path(__file__).parent / "data" / "packs"
MAX_BYTES = 2_000_000_000  # unpacked size beyond which a package is refused
_REINSTALL = "install it again from its .argosmodel file, or remove it"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that can be loaded: `inline` names the kinds of entities it takes in English."""

    info: PackInfo
    path: Path
    inline: tuple[str, ...] = ()
    target_prefix: str = ""

    def read_files(self) -> dict[str, bytes]:
        """Every file of the pack by its name inside it (`model/model.bin`, `sentencepiece.model`); PackError if corrupt."""
        try:
            return dict(_read_folder(self.path) if self.path.is_dir() else _read_archive(self.path))
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise PackError(f"pack {self.path} is corrupt: {error}", hint=_REINSTALL) from error


def find_pack(source: str, target: str, folder: str = "") -> Pack:
    """The pack for a pair of languages: installed (in `folder`, or Argos Translate's own) before built in."""
    for pack in list_packs(folder):
        if (pack.info.source, pack.info.target) == (source, target):
            return pack
    raise MissingPackError(
        f"no pack translates {source} to {target}",
        hint=f"put an Argos package for {source}-{target} into the packs folder",
    )


@functools.cache
def list_packs(folder: str = "") -> tuple[Pack, ...]:
    """All packs, in the order in which they are chosen; one that cannot be read raises PackError, naming it."""
    built_in = sorted(BUILT_IN.glob("*.argosmodel"), key=_newest_last, reverse=True)
    return (*_installed(folder), *(_describe(path, "built in") for path in built_in))


def _installed(folder: str) -> Iterator[Pack]:
    if folder:
        folders = [Path(folder)]
        if not folders[0].is_dir():
            raise PackError(
                f"packs folder {folder} does not exist", hint="correct `packs` in the config, or BRIEFS_PACKS"
            )
    else:
        folders = _argos_folders()
    for each in folders:
        for path in sorted(each.iterdir(), key=_newest_last, reverse=True) if each.is_dir() else []:
            if (path / "metadata.json").is_file() or path.suffix == ".argosmodel":
                yield _describe(path, "installed")


def _newest_last(path: Path) -> list[tuple[int, str]]:
    """A sort key in which 1_9 comes before 1_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _argos_folders() -> list[Path]:
    """Where Argos Translate keeps its packages; none if it may not make its own folders."""
    try:
        from argostranslate import settings
    except OSError:
        return []
    return [Path(each) for each in settings.package_dirs]


def _describe(path: Path, origin: str) -> Pack:
    try:
        metadata: dict[str, Any] = json.loads(_read_metadata(path))
        info = PackInfo(
            name=str(metadata.get("code") or f"translate-{metadata['from_code']}_{metadata['to_code']}"),
            version=str(metadata["package_version"]),
            source=str(metadata["from_code"]),
            target=str(metadata["to_code"]),
            sha256=_sha256(path),
            origin=origin,
        )
        inline = tuple(map(str, metadata.get("inline") or ()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise PackError(f"pack {path} is corrupt: {error}", hint=_REINSTALL) from error
    return Pack(info, path, inline, str(metadata.get("target_prefix") or ""))


def _read_metadata(path: Path) -> bytes:
    if path.is_dir():
        return (path / "metadata.json").read_bytes()
    with zipfile.ZipFile(path) as archive:
        name = next((n for n in archive.namelist() if PurePosixPath(n).name == "metadata.json"), "")
        return archive.read(name)


def _read_folder(path: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path.rglob("*")):
        if file.is_file():
            yield file.relative_to(path).as_posix(), file.read_bytes()


def _read_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > MAX_BYTES:
            raise PackError(
                f"pack {path} is larger than {MAX_BYTES} bytes unpacked", hint="this is no translation pack"
            )
        for entry in entries:
            # The first part is the package's own folder.
            yield "/".join(PurePosixPath(entry.filename).parts[1:]), archive.read(entry)


def _sha256(path: Path) -> str:
    """Of the file; of an installed folder, of its files' names and contents."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for name, data in _read_folder(path):
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
