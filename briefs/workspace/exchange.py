"""The translation memory to and from TMX.

A unit that this program wrote carries its engine's context and a digest. Read back unchanged, it is an engine's translation
as before; with another text, it is what a translator made of it, and authoritative as any other tool's unit is.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from briefs.brief import Flag, PackInfo, decode
from briefs.workspace.folder import write_chunks
from briefs.workspace.memory import Entry, Maker, TranslationMemory, encode_flags
from briefs.workspace.tmx import UNTRANSLATED, Unit, digest, is_holdable, read_units, tmx_chunks

_FILE, _CONTEXT, _PACK, _FLAGS, _DIGEST = (f"x-briefs-{n}" for n in ("file", "context", "packs", "flags", "digest"))


_OTHER = "no text in the language of the briefs"


class Exported(NamedTuple):
    """How many units were written, and why how many entries were left out."""

    units: int
    left_out: Mapping[str, int]


class Imported(NamedTuple):
    """How many units are authoritative now, how many of our own were added, and why how many were left out."""

    authoritative: int
    restored: int
    skipped: Mapping[str, int]

    @property
    def broken(self) -> int:
        """How many units could not be taken, though they should have been whole."""
        harmless = (UNTRANSLATED, _OTHER)
        return sum(count for reason, count in self.skipped.items() if reason not in harmless)


def export_memory(memory: TranslationMemory, path: Path) -> Exported:
    """Write everything that TMX can hold, whole or not at all: the same bytes for the same store."""
    counts: Counter[str] = Counter()
    left_out: Counter[str] = Counter()

    def units() -> Iterator[Unit]:
        for entry in memory.entries():
            if reason := _unfit(entry):
                left_out[reason] += 1
                continue
            unit = _unit(entry)
            if not is_holdable(unit):
                left_out["control characters that XML cannot hold"] += 1
                continue
            counts["units"] += 1
            yield unit

    write_chunks(path, tmx_chunks(units(), memory.source_languages()))
    return Exported(counts["units"], dict(sorted(left_out.items())))


def import_memory(memory: TranslationMemory, path: Path, target: str, *, trust: bool = False) -> Imported:
    """Take over the units of a TMX that have a text in `target`, all or none; InputError if it is no sound TMX.

    `trust` takes those that this program wrote as authoritative, too.
    """
    skipped: Counter[str] = Counter()
    name = "".join(each if each.isprintable() else "?" for each in path.name)

    def entries() -> Iterator[Entry]:
        for unit in read_units(path, skipped):
            own = None if trust else _own(unit)
            if own:
                yield own
            elif target not in unit.texts:
                skipped[_OTHER] += 1
            else:
                for language, text in unit.texts.items():
                    if language != target:
                        maker = Maker(None, language, target)
                        made = unit.created or 0
                        yield Entry(maker=maker, source=text, text=unit.texts[target], made=made, file=name)

    authoritative, restored = memory.load(entries())
    return Imported(authoritative, restored, dict(sorted(skipped.items())))


def _unfit(entry: Entry) -> str:
    """Why an entry is no pair of texts."""
    if entry.text is None:
        return "not translated: the original is shown"
    if entry.source is None:
        return "from an old store, without the source text"
    maker = entry.maker
    if not maker.source or not maker.target or maker.source == maker.target:
        return "languages unknown"
    if not entry.source.strip() or not entry.text.strip():
        return "empty"
    return ""


def _unit(entry: Entry) -> Unit:
    maker = entry.maker
    texts = {maker.source: entry.source or "", maker.target: entry.text or ""}
    props = {_FILE: entry.file}
    if maker.context is not None:
        packs = json.dumps([[pack.name, pack.version, pack.sha256] for pack in maker.packs])
        props = {_CONTEXT: maker.context, _PACK: packs, _FLAGS: encode_flags(entry.flags, ascii_only=True)}
        props[_DIGEST] = digest([maker.source, *texts.items(), *props.items()])
    return Unit(texts, maker.source, entry.made, {name: value for name, value in props.items() if value})


def _own(unit: Unit) -> Entry | None:
    """The entry that this program wrote, if nobody has changed it since."""
    props = {name: unit.props.get(name, "") for name in (_CONTEXT, _PACK, _FLAGS)}
    target = next((language for language in unit.texts if language != unit.source), "")
    texts = {unit.source: unit.texts.get(unit.source, ""), target: unit.texts.get(target, "")}
    if unit.props.get(_DIGEST) != digest([unit.source, *texts.items(), *props.items()]):
        return None
    try:
        packs = tuple(
            PackInfo(
                name=str(name), version=str(version), source=unit.source, target=target, sha256=str(sha), origin=""
            )
            for name, version, sha in json.loads(props[_PACK])
        )
        flags: tuple[Flag, ...] = decode(tuple[Flag, ...], json.loads(props[_FLAGS])) if props[_FLAGS] else ()
    except (ValueError, TypeError):
        return None
    maker = Maker(props[_CONTEXT], unit.source, target, packs)
    return Entry(maker=maker, source=texts[unit.source], text=texts[target], made=unit.created or 0, flags=flags)
