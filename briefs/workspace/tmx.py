"""Translation memory exchange, TMX 1.4: units read from files that nobody has checked, and written for any tool.

Reading refuses what an honest file has no need of: declarations of entities or attributes, anything outside the file,
tags and comments without end. A unit that is broken is left out and counted; a file that is no well-formed TMX is refused.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat  # nosec - see _Reader: entities are refused
from xml.sax.saxutils import escape, quoteattr

from briefs import __version__
from briefs.errors import InputError

MAX_BYTES = 2_000_000_000  # of one file
MAX_SEGMENT = 20_000  # characters of one text
_MAX_TOKEN = 1_000_000  # bytes of one tag or comment: the parser holds it whole
_MAX_DEPTH = 64
_MAX_VARIANTS = 100  # languages, or properties, of one unit
_CHUNK = 1 << 16
_CODE = frozenset({"bpt", "ept", "ph", "it", "ut"})  # inline tags whose content is the code of another format
_FOLDED = {"jpn": "ja", "jp": "ja", "eng": "en"}
_UNHOLDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").search
_DATE = "%Y%m%dT%H%M%SZ"
UNTRANSLATED = "no text in two languages"
_HINT = "save it again as TMX 1.4, in UTF-8 or UTF-16"


@dataclass(frozen=True, slots=True)
class Unit:
    """A translation unit: texts by language, without regions; `source` is the one translated from, where that is said."""

    texts: Mapping[str, str]
    source: str = ""
    created: int | None = None  # seconds since 1970
    props: Mapping[str, str] = field(default_factory=dict)


def read_units(path: Path, skipped: Counter[str]) -> Iterator[Unit]:
    """The whole units of a file, read as they are asked for; `skipped` counts the others by what is wrong with them.

    InputError if the file cannot be read, is too large, no well-formed TMX, or declares entities.
    """
    reader = _Reader(path, skipped)
    try:
        with path.open("rb") as file:
            while data := file.read(_CHUNK):
                yield from reader.feed(data)
        yield from reader.feed(b"", last=True)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", hint="name a TMX file that you may read") from error


def tmx_chunks(units: Iterable[Unit], source_languages: Iterable[str]) -> Iterator[bytes]:
    """A TMX 1.4 document, a part a unit; each unit must be `is_holdable`."""
    languages = sorted(set(source_languages))
    source = languages[0] if len(languages) == 1 else "*all*"
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
        f'<header creationtool="briefs" creationtoolversion={quoteattr(__version__)} segtype="sentence" o-tmf="briefs"'
        f' adminlang="en" srclang={quoteattr(source)} datatype="plaintext"/>\n<body>\n'
    ).encode()
    for unit in units:
        yield _written(unit).encode()
    yield b"</body>\n</tmx>\n"


def is_holdable(unit: Unit) -> bool:
    """Can XML hold it? Most control characters and lone surrogates it cannot, in any notation."""
    return not any(map(_UNHOLDABLE, (*unit.texts, *unit.texts.values(), *unit.props, *unit.props.values())))


def _written(unit: Unit) -> str:
    date = f' creationdate="{datetime.fromtimestamp(unit.created, UTC):{_DATE}}"' if unit.created is not None else ""
    source = f" srclang={quoteattr(unit.source)}" if unit.source else ""
    props = "".join(f"<prop type={quoteattr(name)}>{_escaped(value)}</prop>" for name, value in unit.props.items())
    variants = "".join(
        f"\n<tuv xml:lang={quoteattr(language)}><seg>{_escaped(text)}</seg></tuv>"
        for language, text in unit.texts.items()
    )
    return f"<tu{source}{date}>{props}{variants}\n</tu>\n"


def _escaped(text: str) -> str:
    return escape(text, {"\r": "&#13;"})  # a bare one would be read back as a line feed


class _Reader:
    """The state of one parse: fed with bytes, it gives the units that are complete."""

    def __init__(self, path: Path, skipped: Counter[str]) -> None:
        self._path = path
        self._skipped = skipped
        self._units: list[Unit] = []
        self._fed = 0
        self._open: list[str] = []
        self._header_source = ""
        self._unit: dict[str, Any] = {}  # of the tu that is open
        self._language = ""  # of the tuv that is open
        self._text: list[str] | None = None  # of the seg or prop that is open
        self._size = 0  # of it
        self._code = 0  # how many tags that hold another format's code are open
        self._fault = ""  # of the tu that is open
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._unknown_entity
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def feed(self, data: bytes, *, last: bool = False) -> list[Unit]:
        self._fed += len(data)
        try:
            self._parser.Parse(data, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise self._refusal(f"no well-formed XML ({error})") from error
        if self._fed > MAX_BYTES:
            raise self._refusal(f"larger than {MAX_BYTES:,} bytes")
        if self._fed - self._parser.CurrentByteIndex > _MAX_TOKEN:
            raise self._refusal(f"a tag or comment of more than {_MAX_TOKEN:,} bytes")
        units, self._units = self._units, []
        return units

    def _refusal(self, what: str) -> InputError:
        return InputError(f"{self._path}: {what}", hint=_HINT)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_declarations: int) -> None:
        if has_declarations:
            raise self._refusal("declares entities or attributes of its own, as no TMX needs to")

    def _entity(self, *_declaration: Any) -> None:
        raise self._refusal("declares entities, as no TMX needs to")

    def _unknown_entity(self, *_which: Any) -> None:
        self._fault = self._fault or "unknown entity"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "tmx":
            raise self._refusal(f"no TMX: it begins with <{name[:40]}>")
        self._open.append(name)
        if len(self._open) > _MAX_DEPTH:
            raise self._refusal(f"more than {_MAX_DEPTH} tags inside each other")
        if name == "header":
            self._header_source = attributes.get("srclang", "")
        elif name == "tu":
            self._fault = "unit inside a unit" if self._unit else ""
            self._unit = {"texts": {}, "props": {}, "language": attributes.get("srclang") or self._header_source,
                          "created": attributes.get("creationdate")}  # fmt: skip
        elif name == "tuv":
            self._language = _fold(attributes.get("xml:lang") or attributes.get("lang") or "")
            if not self._language:
                self._fault = self._fault or "text without a language"
        elif name == "seg" or (name == "prop" and self._open[-2] == "tu"):
            self._language = attributes.get("type", "") if name == "prop" else self._language
            self._text, self._size, self._code = [], 0, 0
        elif name in _CODE:
            self._code += 1

    def _characters(self, data: str) -> None:
        if self._text is not None and not self._code:
            self._size += len(data)
            if self._size > MAX_SEGMENT:
                self._fault = self._fault or f"text of more than {MAX_SEGMENT:,} characters"
            else:
                self._text.append(data)

    def _end(self, name: str) -> None:
        self._open.pop()
        if name in _CODE:
            self._code -= 1
        elif name in ("seg", "prop") and self._text is not None:
            self._keep("texts" if name == "seg" else "props", "".join(self._text))
            self._text = None
        elif name == "tu":
            self._finish()

    def _keep(self, sort: str, text: str) -> None:
        if not self._unit:
            return
        kept = self._unit[sort]
        kept.setdefault(self._language, text)  # of several variants in one language the first counts
        if len(kept) > _MAX_VARIANTS:
            kept.clear()
            self._fault = self._fault or f"more than {_MAX_VARIANTS} {sort}"

    def _finish(self) -> None:
        unit, self._unit = self._unit, {}
        texts = unit.get("texts", {})
        if not self._fault and (len(texts) < 2 or not all(map(str.strip, texts.values()))):
            self._fault = UNTRANSLATED
        if self._fault:
            self._skipped[self._fault] += 1
            return
        source = _fold(unit["language"])
        created = _seconds(unit["created"])
        self._units.append(Unit(texts, source if source in texts else "", created, unit["props"]))


def _fold(language: str) -> str:
    """The code of a language without its region: ja-JP and JA are ja."""
    code = re.split("[-_]", language.strip().lower(), maxsplit=1)[0]
    return _FOLDED.get(code, code)


def _seconds(date: str | None) -> int | None:
    try:
        return max(0, int(datetime.strptime(date or "", _DATE).replace(tzinfo=UTC).timestamp()))
    except ValueError:
        return None


def digest(values: Iterable[Any]) -> str:
    """What changes when a unit is edited."""
    return hashlib.sha256(json.dumps(list(values)).encode()).hexdigest()
