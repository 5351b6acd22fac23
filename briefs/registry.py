"""The seams: what can be replaced, each a Protocol with one method, and the table from name to backend.

A backend comes from BUILTINS or from an entry point in the group `briefs.<seam>`; nothing is imported until it is asked
for. docs/extending.md has a page on each seam, and tests/contracts one test that every backend passes.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from briefs.brief import Article, Brief, Document, Point, Problem, Theme, Translated
from briefs.config import nearest
from briefs.errors import ConfigError, DependencyError


class Detection(NamedTuple):
    """A language code ("und" if unknown) and how sure the detector is, 0 to 1."""

    language: str
    confidence: float


class Receipt(NamedTuple):
    """What became of a delivery."""

    delivered: bool
    detail: str


class Source(Protocol):
    """Where documents come from."""

    def documents(self) -> Iterator[Document | Problem]:
        """Yield every document, or the problem that kept one from being read."""


class Detector(Protocol):
    """Tells languages apart."""

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """Return one detection a text, in order."""


class Translator(Protocol):
    """Turns texts of one language into another."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """Return one answer a text, in order; MissingPackError if it does not know the pair of languages."""


class Extractor(Protocol):
    """Finds key points."""

    def points(self, articles: Sequence[Article], theme: Theme, limit: int) -> list[Point]:
        """Return up to `limit` points on the theme, best first, each resting on sentences of one article."""


class Template(Protocol):
    """Turns a brief into HTML; the built-in one is a folder of Jinja2 files."""

    def html(self, brief: Brief) -> str:
        """Return the whole document, with nothing outside it to fetch."""


class Delivery(Protocol):
    """Brings a finished brief to its readers."""

    def send(self, brief: Brief, files: Sequence[Path]) -> Receipt:
        """Deliver the files; DeliveryError if that failed for certain."""


BUILTINS: Mapping[str, Mapping[str, str]] = {
    "source": {
        "folder": "briefs.ingest:FolderSource",
        "feed": "briefs.ingest.web:FeedSource",
        "url": "briefs.ingest.web:UrlSource",
        "null": "briefs.ingest:NullSource",
    },
    "detector": {"script": "briefs.detect:ScriptDetector", "null": "briefs.detect:NullDetector"},
    "translator": {"argos": "briefs.translate:PackTranslator", "identity": "briefs.translate:Identity"},
    "extractor": {
        "salience": "briefs.extract:Salience",
        "lead": "briefs.extract:Lead",
        "lexrank": "briefs.extract:LexRank",
        "null": "briefs.extract:NullExtractor",
    },
    "template": {"folder": "briefs.render:FolderTemplate", "null": "briefs.render:NullTemplate"},
    "delivery": {
        "folder": "briefs.deliver:FolderDelivery",
        "mail": "briefs.deliver:MailDelivery",
        "null": "briefs.deliver:NullDelivery",
    },
}


def backend_names(seam: str) -> list[str]:
    """Names of all backends of a seam, built-in and installed."""
    return sorted({*BUILTINS[seam], *(entry.name for entry in entry_points(group=f"briefs.{seam}"))})


def load_backend(seam: str, name: str) -> Any:
    """Import the class or factory behind `name`; ConfigError if there is none, DependencyError if it does not import."""
    if name in BUILTINS[seam]:
        module, _, attribute = BUILTINS[seam][name].partition(":")
        return getattr(importlib.import_module(module), attribute)
    for entry in entry_points(group=f"briefs.{seam}"):
        if entry.name == name:
            try:
                return entry.load()
            except Exception as error:  # foreign code may fail in any way
                raise DependencyError(
                    f"{seam} {name!r} cannot be loaded: {error}",
                    hint=f"reinstall the package that provides {entry.value}",
                ) from error
    raise ConfigError(f"unknown {seam} {name!r}", hint=nearest(name, backend_names(seam)))
