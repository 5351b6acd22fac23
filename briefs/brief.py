"""The data that flows through the pipeline: one frozen `Brief`, filled stage by stage, to and from JSON."""

import dataclasses
import datetime as dt
import functools
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

SCHEMA = 1


class Kind(StrEnum):
    """What a block or sentence is on the page."""

    HEADING = "heading"
    SENTENCE = "sentence"
    BULLET = "bullet"
    CAPTION = "caption"


class Severity(StrEnum):
    """`ERROR` makes the run end with exit code 10; `WARNING` is shown, no more."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that went wrong with one input and did not stop the rest."""

    source: str
    stage: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A raw document as read: `text` is decoded text, or markup when `format` is "html"."""

    source: str
    sha256: str
    format: str
    text: str
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, bullet or caption of a cleaned article; `language` once detected."""

    kind: Kind
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A line that cleaning took out, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """What a check found wrong with a translation; `source` is the original figure or name, `rendering` its English."""

    code: str
    message: str
    source: str = ""
    rendering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an article: `article.text[start:end] == text`, whatever happens to the translation."""

    index: int
    kind: Kind
    text: str
    start: int
    end: int
    block: int
    language: str
    translation: str | None = None
    flags: tuple[Flag, ...] = ()
    score: float = 0.0

    @property
    def english(self) -> str:
        """The translation, or the original where there is none."""
        return self.text if self.translation is None else self.translation


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an article was found; near-duplicates are merged into one article with several origins."""

    source: str
    sha256: str
    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    published: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned article. `id` is a hash of its cleaned text; `origins[0]` is the copy that was kept.

    `updated` says that an earlier brief had it, at the same address, with another text.
    """

    id: str
    origins: tuple[Origin, ...]
    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: dt.date | None = None
    language: str = "und"
    confidence: float = 0.0
    title_translation: str | None = None
    updated: bool = False
    sentences: tuple[Sentence, ...] = ()
    removed: tuple[Removed, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an article from nowhere once it is finished."""
        if self.id and not self.origins:
            raise ValueError(f"article {self.id} has no origin")

    @property
    def source(self) -> str:
        """The path or URL that the article was read from."""
        return self.origins[0].source

    @property
    def text(self) -> str:
        """The cleaned text that sentence offsets count in: the blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def headline(self) -> str:
        """The title, or the first heading or sentence of a page that states none."""
        if self.title:
            return self.title
        heading = next((s for s in self.sentences if s.kind is Kind.HEADING), None)
        first = heading or next(iter(self.sentences), None)
        return first.text if first else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A key point: one or two source sentences of one article, and the articles that say the same."""

    theme: str
    article: str
    sentences: tuple[int, ...]
    corroborated_by: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme of the brief; `keywords` by language code, `points` best first."""

    id: str
    title: str
    description: str = ""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    articles: tuple[str, ...] = ()
    change: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A translator's answer for one text: `text` is None when the translator declines (no pack, gate closed)."""

    text: str | None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInfo:
    """A translation pack as used: enough to find the very same one again."""

    name: str
    version: str
    source: str
    target: str
    sha256: str
    origin: str

    @property
    def draft(self) -> bool:
        """Its maker does not call it finished: a version below 1."""
        return self.version < "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the brief was made with. Wall times are in the run's report, not here: they would change the bytes."""

    versions: Mapping[str, str] = field(default_factory=dict)
    config_sha256: str = ""
    packs: tuple[PackInfo, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The whole brief. Every stage before rendering takes one and returns a fuller one."""

    name: str
    title: str
    date: dt.date
    since: dt.date | None = None
    target: str = "en"
    themes: tuple[Theme, ...] = ()
    documents: tuple[Document, ...] = ()
    articles: tuple[Article, ...] = ()
    highlights: tuple[Point, ...] = ()
    problems: tuple[Problem, ...] = ()
    done: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    def article(self, id_: str) -> Article:
        """The article with that id; KeyError if there is none."""
        for article in self.articles:
            if article.id == id_:
                return article
        raise KeyError(id_)

    def to_json(self) -> str:
        """The brief as JSON text: keys sorted, defaults left out, the same bytes for equal briefs."""
        return json.dumps({"schema": SCHEMA, **encode(self)}, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The brief that `to_json` wrote; ValueError if the text is not one."""
        try:
            data = json.loads(text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
            raise ValueError(f"not a brief of schema {SCHEMA}")
        brief: Self = decode(cls, data)
        return brief


def encode(value: Any) -> Any:
    """A dataclass value as JSON-ready data; fields that equal their default are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        return {name: encode(item) for name, item, default in pairs if item != default}
    if isinstance(value, Mapping):
        return {str(k): encode(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def decode(annotation: Any, data: Any) -> Any:
    """The inverse of `encode` for a type annotation; ValueError names what does not fit."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        if data is None:
            return None
        return decode(next(a for a in arguments if a is not type(None)), data)
    if origin is tuple:
        return tuple(decode(arguments[0], item) for item in _expect(list, data))
    if origin is Mapping:
        return {key: decode(arguments[1], item) for key, item in _expect(dict, data).items()}
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return _decode_dataclass(annotation, data)
    return _decode_plain(annotation, data)


def _decode_dataclass(cls: Any, data: Any) -> Any:
    hints = _hints(cls)
    if unknown := set(_expect(dict, data)) - set(hints):
        raise ValueError(f"{cls.__name__} has no field {min(unknown)!r}")
    try:
        return cls(**{key: decode(hints[key], item) for key, item in data.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error


def _decode_plain(annotation: Any, data: Any) -> Any:
    if annotation is dt.date:
        return dt.date.fromisoformat(_expect(str, data))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return annotation(data)
    if annotation is float:
        return _decode_float(data)
    return _expect(annotation, data)


def _decode_float(data: Any) -> float:
    try:
        value = float(_expect((int, float), data))
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    return value


def _expect(kind: Any, data: Any) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise ValueError(f"expected {kind}, got {type(data).__name__}")
    return data


@functools.cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


@functools.cache
def _defaults(cls: Any) -> tuple[tuple[str, Any], ...]:
    def default(item: dataclasses.Field[Any]) -> Any:
        if item.default_factory is not dataclasses.MISSING:
            return item.default_factory()
        return item.default

    return tuple((item.name, default(item)) for item in dataclasses.fields(cls))
