"""Settings: `briefs.toml` and the environment become frozen dataclasses. Every default of the program is here.

Relative paths in a file are taken from the file's own folder. An unknown key is an error that names the nearest known
one. docs/configuration.md is generated from the `doc` of each field and a test keeps it so.
"""

import dataclasses
import difflib
import glob
import hashlib
import json
import os
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefs.brief import Theme, encode
from briefs.errors import ConfigError

FORMATS = ("pdf", "html", "md", "json")
ENVIRONMENT = {
    "BRIEFS_OUT": ("out", "where briefs are written, in place of `out`"),
    "BRIEFS_WORKSPACE": ("workspace", "where the store is kept, in place of `workspace`"),
    "BRIEFS_PACKS": ("packs", "folder of installed translation packs, in place of `packs`"),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}").fullmatch
_PAIR = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]+)*-[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]+)*").fullmatch
_SHA256 = re.compile(r"[0-9a-fA-F]{64}").fullmatch
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-zA-Z]{2,4})?").fullmatch


def setting(default: Any, doc: str, *, least: float | None = None, most: float | None = None) -> Any:
    """A dataclass field with its default, the sentence that documents it, and the least and most that it may be."""
    metadata = {"doc": doc, "least": least, "most": most}
    if isinstance(default, (dict, list)) or dataclasses.is_dataclass(default):
        return dataclasses.field(default_factory=lambda: default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one input is read before it becomes a problem in the brief."""

    file_bytes: int = setting(20_000_000, "Largest input file, in bytes.", least=1, most=2000000000)
    characters: int = setting(400_000, "Longest document after decoding, in characters.", least=1, most=50000000)
    line_characters: int = setting(
        50_000, "Longest line kept in an article; a longer one is dropped as data.", least=1, most=50000000
    )
    pages: int = setting(300, "Most pages read of one PDF.", least=1, most=100000)
    seconds: float = setting(20.0, "Most seconds spent reading one document.", least=0.1, most=86400)
    files: int = setting(10_000, "Most files taken from one folder.", least=1, most=1000000)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectSettings:
    """Language detection."""

    backend: str = setting("script", "Detector: `script` (script rule, then langdetect) or `null`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateSettings:
    """Translation on the machine itself."""

    backend: str = setting("argos", "Translator: `argos` (CTranslate2 packs) or `identity`.")
    target: str = setting("en", "Language of the brief.")
    beam: int = setting(4, "Beam size; smaller is quicker, larger rarely better.", least=1, most=32)
    least_confidence: float = setting(
        -1.2, "Mean log-probability a token below which a translation is shown as a draft, under its original."
    )
    threads: int = setting(0, "CPU threads; 0 takes the cores there are.", least=0, most=256)
    batch_tokens: int = setting(2048, "Tokens that one batch may hold.", least=64, most=1000000)
    memory: bool = setting(True, "Keep translations in the workspace, so that no sentence is translated twice.")
    inline: bool = setting(
        True, "Write known amounts, dates and names in English into the source for packs that ask for it."
    )
    glossary: str = setting("", "TSV (ja, en, kind) whose entries win over the built-in gazetteer.")
    pins: Mapping[str, str] = setting(
        {}, 'SHA-256 by pair, e.g. `{ "ja-en" = "408d…" }`: a pack of that pair with another one is refused.'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractSettings:
    """Key points by theme."""

    backend: str = setting("salience", "Extractor: `salience`, `lead`, `lexrank` or `null`.")
    points: int = setting(6, "Most points of one theme.", least=1, most=100)
    highlights: int = setting(5, "Most points of the day at the top of the brief.", least=0, most=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """The document."""

    template: str = setting("policy", "Template: a shipped name or a folder.")
    formats: tuple[str, ...] = setting(("pdf",), "Any of `pdf`, `html`, `md`, `json`.")
    seconds: float = setting(300.0, "Most seconds that layout and writing may take.", least=0.1, most=86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """A theme: what it is about, and the words that point to it."""

    id: str = setting("", "Short name, lower case with hyphens.")
    title: str = setting("", "Heading in the brief.")
    description: str = setting("", "One sentence on what belongs to it.")
    keywords: Mapping[str, tuple[str, ...]] = setting(
        {}, 'Words by language code, e.g. `{ ja = ["停戦"], en = ["ceasefire"] }`.'
    )

    def theme(self) -> Theme:
        """The theme as it enters a brief."""
        return Theme(id=self.id, title=self.title or self.id, description=self.description, keywords=self.keywords)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSettings:
    """One brief: what goes in and what comes out."""

    name: str = setting("brief", "Name used on the command line and in file names, lower case with hyphens.")
    title: str = setting("Policy brief", "Title on the cover.")
    sources: tuple[str, ...] = setting((), "Files, folders or glob patterns.")
    themes: tuple[str, ...] = setting((), "Ids of themes, in the order of the brief; empty takes all.")
    template: str = setting("", "Template of this brief; empty takes `render.template`.")
    formats: tuple[str, ...] = setting((), "Formats of this brief; empty takes `render.formats`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set."""

    out: str = setting("out", "Folder for the finished briefs.")
    workspace: str = setting("", "Folder for the store (translation memory, runs); empty takes `.briefs` in `out`.")
    packs: str = setting("", "Folder of installed translation packs; empty takes Argos Translate's own.")
    limits: Limits = setting(Limits(), "Input limits.")
    detect: DetectSettings = setting(DetectSettings(), "Detection.")
    translate: TranslateSettings = setting(TranslateSettings(), "Translation.")
    extract: ExtractSettings = setting(ExtractSettings(), "Key points.")
    render: RenderSettings = setting(RenderSettings(), "Rendering.")
    theme: tuple[ThemeSettings, ...] = setting((), "Themes; none takes the built-in foreign-policy set.")
    brief: tuple[BriefSettings, ...] = setting((), "The configured briefs.")

    @property
    def out_folder(self) -> Path:
        """The output folder as a path."""
        return Path(self.out)

    @property
    def workspace_folder(self) -> Path:
        """The folder of the store as a path."""
        return Path(self.workspace) if self.workspace else self.out_folder / ".briefs"

    def digest(self, brief: BriefSettings) -> str:
        """SHA-256 of what decides the content of `brief`: not where it is written, nor with how many threads."""
        content = {k: v for k, v in encode(self).items() if k not in ("out", "workspace", "packs", "brief")}
        free = ("threads", "memory", "glossary", "pins")
        content["translate"] = {k: v for k, v in encode(self.translate).items() if k not in free}
        content["render"] = {"template": brief.template or self.render.template}
        content["brief"] = {k: v for k, v in encode(brief).items() if k not in ("sources", "formats", "template")}
        if self.translate.glossary and Path(self.translate.glossary).is_file():
            content["glossary"] = hashlib.sha256(Path(self.translate.glossary).read_bytes()).hexdigest()
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def themes_of(self, brief: BriefSettings) -> tuple[Theme, ...]:
        """The themes of `brief`, in its order."""
        known = {theme.id: theme for theme in self.theme or default_themes()}
        return tuple(known[id_].theme() for id_ in brief.themes or known)


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `path` (or only the defaults) and the environment; ConfigError says what is wrong and where."""
    if path is None:
        settings = Settings()
    else:
        settings = parse_settings(_read_toml(path), str(path), path.resolve().parent)
    environment = os.environ if environment is None else environment
    overrides: dict[str, Any] = {
        name: environment[variable] for variable, (name, _) in ENVIRONMENT.items() if environment.get(variable)
    }
    return dataclasses.replace(settings, **overrides)


def parse_settings(data: Mapping[str, Any], where: str, folder: Path) -> Settings:
    """Settings from parsed TOML; relative paths count from `folder`."""
    settings: Settings = _build(Settings, data, where)
    _check(settings, where)

    def resolve(text: str) -> str:
        # Not Path.resolve: a link keeps its name in the brief.
        return os.path.normpath(folder / text) if text else ""

    def resolve_source(text: str) -> str:
        # In a pattern the folder is no part of the pattern, whatever brackets its name has.
        magic = glob.has_magic(text) and not (folder / text).exists()
        return os.path.normpath(Path(glob.escape(str(folder))) / text) if magic else resolve(text)

    def resolve_template(name: str) -> str:
        # A shipped template has a plain name; a folder beside the file wins over it.
        return resolve(name) if name and (folder / name).is_dir() else name

    return dataclasses.replace(
        settings,
        render=dataclasses.replace(settings.render, template=resolve_template(settings.render.template)),
        out=resolve(settings.out),
        workspace=resolve(settings.workspace),
        packs=resolve(settings.packs),
        translate=dataclasses.replace(settings.translate, glossary=resolve(settings.translate.glossary)),
        brief=tuple(
            dataclasses.replace(
                brief, sources=tuple(map(resolve_source, brief.sources)), template=resolve_template(brief.template)
            )
            for brief in settings.brief
        ),
    )


def default_themes() -> tuple[ThemeSettings, ...]:
    """The theme set that is used where a config names none: foreign policy."""
    path = Path(__file__).with_name("themes.toml")
    return tuple(_build(ThemeSettings, entry, path.name) for entry in _read_toml(path)["theme"])


def nearest(word: str, known: typing.Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or lists them all."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file", hint="name a file that exists with -c, or leave -c out") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})", hint="the file must be readable UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {error}", hint="the file must be TOML: see docs/configuration.md") from error


def _check(settings: Settings, where: str) -> None:
    """What types cannot say: names, formats and references."""
    ids = {theme.id for theme in settings.theme or default_themes()}
    for theme in settings.theme:
        if not _NAME(theme.id):
            raise ConfigError(
                f"{where}: theme.id {theme.id!r} is not a name", hint="use lower case, digits and hyphens"
            )
    if settings.theme and len(ids) < len(settings.theme):
        raise ConfigError(f"{where}: two themes have the same id", hint="give each theme its own id")
    _check_briefs(settings, ids, where)
    check_formats(settings.render.formats, f"{where}: render.formats")
    if not settings.render.formats:
        raise ConfigError(f"{where}: render.formats is empty", hint=f"choose from {', '.join(FORMATS)}")
    if not _LANGUAGE(settings.translate.target):
        raise ConfigError(
            f"{where}: translate.target {settings.translate.target!r} is no language", hint="use a code such as en"
        )
    for pair, sha256 in settings.translate.pins.items():
        if not _PAIR(pair) or not _SHA256(sha256):
            raise ConfigError(
                f"{where}: translate.pins: {pair} = {sha256!r} is no pin",
                hint='write a pair of languages and 64 hex digits: "ja-en" = "408d…"; briefs packs info shows them',
            )
    for text in (settings.out, settings.workspace, settings.packs):
        if "\0" in text:
            raise ConfigError(f"{where}: a path has a NUL character", hint="correct out, workspace or packs")


def _check_briefs(settings: Settings, themes: set[str], where: str) -> None:
    names = [brief.name for brief in settings.brief]
    for number, brief in enumerate(settings.brief):
        at = f"{where}: brief[{number}]"
        if not _NAME(brief.name):
            raise ConfigError(f"{at}.name {brief.name!r} is not a name", hint="use lower case, digits and hyphens")
        if names.count(brief.name) > 1:
            raise ConfigError(f"{at}.name {brief.name!r} is used twice", hint="give each brief its own name")
        for id_ in brief.themes:
            if id_ not in themes:
                raise ConfigError(f"{at}.themes: unknown theme {id_!r}", hint=nearest(id_, themes))
        check_formats(brief.formats, f"{at}.formats")
        if "" in brief.sources:
            raise ConfigError(f"{at}.sources: a source is empty", hint="name a file, a folder or a pattern")


def check_formats(formats: typing.Iterable[str], where: str) -> None:
    """ConfigError if one of `formats` is not a format."""
    for name in formats:
        if name not in FORMATS:
            raise ConfigError(f"{where}: unknown format {name!r}", hint=nearest(name, FORMATS))


def _build(annotation: Any, data: Any, where: str) -> Any:
    """`data` as `annotation`, checked; `where` says in which file and table an error is."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        for key in _typed(data, dict, where):
            if key not in hints:
                raise ConfigError(f"{where}: unknown key {key!r}", hint=nearest(key, hints))
        built = {key: _build(hints[key], value, _join(where, key)) for key, value in data.items()}
        for field in dataclasses.fields(annotation):
            if field.name in built:
                _check_range(built[field.name], field.metadata, _join(where, field.name))
        return annotation(**built)  # type: ignore[operator]
    if origin is tuple:
        return tuple(_build(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(_typed(data, list, where)))
    if origin is Mapping:
        return {key: _build(arguments[1], item, _join(where, key)) for key, item in _typed(data, dict, where).items()}
    if annotation is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _typed(data, annotation, where)


def _check_range(value: Any, metadata: Mapping[str, Any], where: str) -> None:
    least, most = metadata.get("least"), metadata.get("most")
    if least is not None and not value >= least:  # also true of nan
        raise ConfigError(f"{where}: {value} is too small", hint=f"the least is {least:g}")
    if most is not None and not value <= most:
        raise ConfigError(f"{where}: {value} is too large", hint=f"the most is {most:g}")


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if ": " in where else f"{where}: {key}"


def _typed(data: Any, kind: type | types.UnionType, where: str) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        names = {
            dict: "a table",
            list: "a list",
            str: "text",
            int: "a whole number",
            float: "a number",
            bool: "true or false",
        }
        wanted = names.get(kind, str(kind)) if isinstance(kind, type) else str(kind)
        raise ConfigError(f"{where}: expected {wanted}, got {data!r}", hint="see docs/configuration.md")
    return data
