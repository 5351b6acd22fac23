"""Which files a source reads: named files, folders and glob patterns, in an order no file system decides."""

import fnmatch
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from briefs.brief import Problem, Severity

SUFFIXES = (".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".eml")
READABLE = f"briefs reads {', '.join(SUFFIXES)}"
_SAVE_AS = {
    ".doc": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".jtd": ".docx",
    ".mht": ".html",
    ".mhtml": ".html",
    ".msg": ".eml",
}
_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder being searched; links may lead anywhere inside `root` (resolved) and nowhere else."""

    path: Path
    root: Path

    def holds(self, path: Path) -> bool:
        """Whether a link leads to somewhere inside the folder."""
        try:
            return path.resolve().is_relative_to(self.root)
        except (OSError, RuntimeError):
            return False


def show(path: Path) -> str:
    """A path as it is written in briefs: POSIX form, valid Unicode, and nothing in it that a terminal would obey."""
    text = os.fsencode(path.as_posix()).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def ingest_problem(path: Path, message: str, *, hint: str = "", severity: Severity = Severity.ERROR) -> Problem:
    """A problem of this stage with one path."""
    return Problem(source=show(path), stage="ingest", message=message, hint=hint, severity=severity)


def find_files(given: Path, most: int) -> Iterator[Path | Problem]:
    """Every readable file that a path stands for, sorted, at most `most`; and what was wrong on the way."""
    try:
        is_folder, exists = given.is_dir(), given.exists() or given.is_symlink()
    except OSError as error:
        yield ingest_problem(given, f"cannot be opened ({error.strerror})", hint="check the permissions of its folder")
        return
    if exists and not is_folder:
        yield given if given.suffix.lower() in SUFFIXES else _unsupported(given)
    elif is_folder:
        yield from _limit(given, _walk(_Place(given, given.resolve())), most)
    elif _MAGIC & set(str(given)):
        yield from _limit(given, _match(given), most)
    else:
        yield ingest_problem(
            given, "no such file or folder", hint="check the spelling; paths count from where briefs runs"
        )


def _unsupported(path: Path) -> Problem:
    suffix = path.suffix.lower()
    advice = f"save it as {_SAVE_AS[suffix]}; " if suffix in _SAVE_AS else ""
    named = f"files of type {suffix} are not read" if suffix else "a file without a suffix is not read"
    return ingest_problem(path, named, hint=advice + READABLE)


def _limit(given: Path, found: Iterator[Path | Problem], most: int) -> Iterator[Path | Problem]:
    files = 0
    for item in found:
        if isinstance(item, Problem):
            yield item
        elif files < most:
            files += 1
            yield item
        else:
            left = 1 + sum(isinstance(rest, Path) for rest in islice(found, 1_000_000))
            message = f"only the first {most} files were read, {left} were left out"
            yield ingest_problem(
                given, message, hint="raise limits.files, or name fewer files", severity=Severity.WARNING
            )
            return
    if not files:
        yield ingest_problem(given, "no file to read in it", hint=READABLE, severity=Severity.WARNING)


def _walk(place: _Place) -> Iterator[Path | Problem]:
    """The readable files below a folder, by name; hidden ones and Word's lock files (~$) are left out."""
    entries = _entries(place.path)
    if isinstance(entries, Problem):
        yield entries
        return
    for entry in entries:
        path = place.path / entry.name
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_symlink() and not place.holds(path):
            hint = "name the place it leads to as a source of its own"
            yield ingest_problem(path, "a link out of the folder is not followed", hint=hint, severity=Severity.WARNING)
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(_Place(path, place.root))
        elif path.suffix.lower() in SUFFIXES and path.is_file():
            yield path


def _entries(folder: Path) -> list[os.DirEntry[str]] | Problem:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return ingest_problem(folder, f"the folder cannot be read ({error.strerror})", hint="check its permissions")


def _match(pattern: Path) -> Iterator[Path | Problem]:
    """The readable files that a pattern matches; a folder that it matches is searched."""
    parts = pattern.parts
    fixed = next(number for number, part in enumerate(parts) if _MAGIC & set(part))
    base = Path(*parts[:fixed])
    for path in dict.fromkeys(_expand(_Place(base, base.resolve()), parts[fixed:])):
        if path.is_dir():
            yield from _walk(_Place(path, path.resolve()))
        elif path.suffix.lower() in SUFFIXES and path.is_file():
            yield path


def _expand(place: _Place, parts: tuple[str, ...]) -> Iterator[Path]:
    """Paths that the remaining parts of a pattern match; glob.glob follows links and has no fixed order."""
    if not parts:
        yield place.path
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _expand(place, rest)
    entries = _entries(place.path)
    for entry in [] if isinstance(entries, Problem) else entries:
        path = place.path / entry.name
        if (entry.name.startswith((".", "~$")) and not part.startswith(".")) or (
            entry.is_symlink() and not place.holds(path)
        ):
            continue
        inner = _Place(path, place.root)
        if part == "**":
            if entry.is_dir(follow_symlinks=False):
                yield from _expand(inner, parts)
        elif fnmatch.fnmatchcase(entry.name, part) and (not rest or entry.is_dir()):
            yield from _expand(inner, rest)
