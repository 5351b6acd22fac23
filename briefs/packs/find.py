"""Where packs are found, in which order they are chosen, and what each is."""

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from briefs.brief import PackInfo
from briefs.errors import MissingPackError, PackError
from briefs.packs.archive import METADATA, RECORD, open_archive

BUILT_IN = Path(__file__).parent.parent / "data" / "packs"
PIVOT = "en"  # the language that packs meet in
TEMPORARY = ".briefs-"  # how the name of what is no pack yet begins
REINSTALL = "install it again from its .argosmodel file, or remove it: briefs packs remove"
_SPLITTERS = ("stanza", "minisbd", "spacy")  # Argos Translate's sentence splitters, which are not used here
_CODE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*").fullmatch
_MAX_METADATA = 1_000_000


class Record(NamedTuple):
    """What an installation noted: SHA-256 of the pack's contents, and of the .argosmodel file that it came from."""

    sha256: str
    archive: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that can be loaded.

    `inline` names the kinds of entities it takes in English; below `least_confidence`, a mean log-probability a token,
    its maker trusts no translation of it.
    """

    info: PackInfo
    path: Path
    inline: tuple[str, ...] = ()
    target_prefix: str = ""
    recorded: Record | None = None
    least_confidence: float | None = None

    def read_files(self) -> dict[str, bytes]:
        """Its files by name (`model/model.bin`, `sentencepiece.model`), sentence splitters left out; PackError if corrupt."""
        try:
            if self.path.is_dir():
                names = (path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file())
                return {name: (self.path / name).read_bytes() for name in sorted(names) if _is_used(name)}
            with open_archive(self.path) as archive:
                return {name: archive.read(name) for name in archive.names if _is_used(name)}
        except OSError as error:
            raise PackError(f"pack {self.path} is corrupt: {error}", hint=REINSTALL) from error

    def has_pin(self, pin: str) -> bool:
        """Is `pin` the SHA-256 of the pack, or of the file from which it was installed and has not changed since?"""
        unchanged = self.recorded is not None and self.recorded.sha256 == self.info.sha256
        return pin.lower() == self.info.sha256 or bool(
            unchanged and self.recorded and pin.lower() == self.recorded.archive
        )


class Broken(NamedTuple):
    """Something in a packs folder that should be a pack and cannot be used."""

    path: Path
    error: PackError


def find_pack(source: str, target: str, folder: str = "", pins: Mapping[str, str] | None = None) -> Pack:
    """The pack for a pair of languages: installed (in `folder`, or Argos Translate's own) before built in.

    Raises:
        MissingPackError: if there is none.
        PackError: if a pack is broken, or is not the one that `pins` (SHA-256 by pair, `ja-en`) names.
    """
    for pack in list_packs(folder):
        if (pack.info.source, pack.info.target) == (source, target):
            check_pin(pack, pins)
            return pack
    raise MissingPackError(
        f"no pack translates {source} to {target}",
        hint=f"install the Argos package for {source}-{target}: briefs packs install {source}_{target}",
    )


def find_route(source: str, target: str, folder: str = "", pins: Mapping[str, str] | None = None) -> tuple[Pack, ...]:
    """The packs that lead from one language to the other, in order: one, or two that meet in English."""
    pairs = {(pack.info.source, pack.info.target) for pack in list_packs(folder)}
    steps = ((source, PIVOT), (PIVOT, target))
    if (source, target) not in pairs and pairs.issuperset(steps):
        return tuple(find_pack(*step, folder, pins) for step in steps)
    return (find_pack(source, target, folder, pins),)


def list_packs(folder: str = "") -> tuple[Pack, ...]:
    """All packs, in the order in which they are chosen; one that cannot be read raises PackError, naming it."""
    packs = []
    for each in survey_packs(folder):
        if isinstance(each, Broken):
            raise each.error
        packs.append(each)
    return tuple(packs)


def survey_packs(folder: str = "") -> tuple[Pack | Broken, ...]:
    """All packs in the order in which they are chosen, and before them what is broken."""
    found = (*_describe_all(_installed(folder), "installed"), *_describe_all(BUILT_IN.glob("*.argosmodel"), "built in"))
    return tuple(sorted(found, key=lambda each: not isinstance(each, Broken)))


def check_pin(pack: Pack, pins: Mapping[str, str] | None) -> None:
    """PackError if `pins` names another SHA-256 for the pack's pair of languages."""
    pair = f"{pack.info.source}-{pack.info.target}"
    pin = (pins or {}).get(pair)
    if pin and not pack.has_pin(pin):
        raise PackError(
            f"pack {pack.path} is not the one that translate.pins names for {pair}: "
            f"its sha256 is {pack.info.sha256}, not {pin.lower()}",
            hint="install the pinned package, or correct the pin if you trust this one",
        )


def argos_folders() -> list[Path]:
    """Where Argos Translate keeps its packages, its own folder first; none if it may not make its folders."""
    try:
        from argostranslate import settings
    except OSError:
        return []
    return [Path(each) for each in settings.package_dirs]


def describe_pack(path: Path, origin: str) -> Pack:
    """What the pack at `path` is; PackError if it is none. Computed again only when one of its files has changed."""
    try:
        return _describe(path, origin, _stamp(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else error
        raise PackError(f"pack {path} is corrupt: {what}", hint=REINSTALL) from error


def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def order_versions(text: str) -> list[tuple[int, str]]:
    """A sort key in which 1.9 comes before 1.10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)]


def _installed(folder: str) -> Iterator[Path]:
    if folder and not Path(folder).is_dir():
        raise PackError(
            f"packs folder {folder} does not exist",
            hint="correct `packs` in the config, or BRIEFS_PACKS; briefs packs install makes it",
        )
    for each in [Path(folder)] if folder else argos_folders():
        try:
            paths = list(each.iterdir()) if each.is_dir() else []
        except OSError as error:
            raise PackError(f"packs folder {each} cannot be read: {error.strerror}", hint="mend its rights") from error
        for path in paths:
            is_pack = path.suffix == ".argosmodel" or (path / METADATA).is_file()
            if is_pack and not path.name.startswith(TEMPORARY) and not _is_other(path):
                yield path


def _is_other(path: Path) -> bool:
    """Is it one of Argos's packages that translate nothing (`"type": "sbd"` splits sentences)?"""
    try:
        kind = json.loads((path / METADATA).read_bytes()).get("type", "translate") if path.is_dir() else "translate"
    except (OSError, ValueError, AttributeError, RecursionError):
        return False
    return bool(kind != "translate")


def _describe_all(paths: Iterable[Path], origin: str) -> list[Pack | Broken]:
    """The newest first; of the same version, the last by name."""
    packs: list[Pack] = []
    broken: list[Broken] = []
    for path in sorted(paths):
        try:
            packs.append(describe_pack(path, origin))
        except PackError as error:
            broken.append(Broken(path, error))
    packs.sort(key=lambda pack: (order_versions(pack.info.version), order_versions(pack.path.name)), reverse=True)
    return [*broken, *packs]


def _stamp(path: Path) -> tuple[tuple[object, ...], ...]:
    """Changes when a file of the pack does."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [(file, file.stat()) for file in files]
    return tuple((str(file), each.st_mtime_ns, each.st_ctime_ns, each.st_size, each.st_ino) for file, each in stats)


@functools.lru_cache(maxsize=256)
def _describe(path: Path, origin: str, stamp: tuple[tuple[object, ...], ...]) -> Pack:  # noqa: ARG001 - part of the key
    metadata: dict[str, Any] = json.loads(_read_metadata(path))
    source, target = metadata["from_code"], metadata["to_code"]
    for code in (source, target):
        if not isinstance(code, str) or not _CODE(code):
            raise ValueError(f"{code!r} is no language code")
    info = PackInfo(
        name=str(metadata.get("code") or f"translate-{source}_{target}"),
        version=str(metadata["package_version"]),
        source=source,
        target=target,
        sha256=_sha256(path),
        origin=origin,
    )
    inline = tuple(map(str, metadata.get("inline") or ()))
    least = metadata.get("least_confidence")
    least = float(least) if isinstance(least, int | float) and -1000 < least < 0 else None
    return Pack(info, path, inline, str(metadata.get("target_prefix") or ""), _read_record(path), least)


def _read_metadata(path: Path) -> bytes:
    if path.is_dir():
        if (path / METADATA).stat().st_size > _MAX_METADATA:
            raise ValueError(f"{METADATA} is too large")
        return (path / METADATA).read_bytes()
    with open_archive(path) as archive:
        if archive.size(METADATA) > _MAX_METADATA:
            raise ValueError(f"{METADATA} is too large")
        return archive.read(METADATA)


def _read_record(path: Path) -> Record | None:
    if not (path / RECORD).is_file():
        return None
    data = json.loads((path / RECORD).read_bytes())
    return Record(sha256=str(data["sha256"]), archive=str(data["archive"]))


def _is_used(name: str) -> bool:
    return name.split("/", maxsplit=1)[0] not in _SPLITTERS


def _sha256(path: Path) -> str:
    """Of the file; of an installed folder, of its files' names and contents, the record left out."""
    if path.is_file():
        return digest_file(path)
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_file() and name != RECORD:
            digest.update(f"{name}\0{file.stat().st_size}\0".encode("utf-8", "surrogateescape"))
            with file.open("rb") as handle:
                while data := handle.read(1 << 20):
                    digest.update(data)
    return digest.hexdigest()
