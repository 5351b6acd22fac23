"""HTML to tagged PDF (PDF/UA) by WeasyPrint, in a child process that has a time limit and no way to fetch anything."""

import hashlib
import logging
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from briefs.errors import DependencyError, RenderError
from briefs.worker import Worker, WorkerFailure

_NOTDEF = ".notdef glyph"
# Latin, punctuation, kana, Chinese characters and hangul: in every font that a template names.
_COMMON = re.compile("[\x00-\u024f\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffee]+")


class Printed(NamedTuple):
    """A PDF, the characters that no font has, and what else WeasyPrint complained of."""

    pdf: bytes
    missing: tuple[str, ...]
    complaints: tuple[str, ...]


def print_pdf(html: str, *, worker: Worker, seconds: float) -> Printed:
    """Lay out `html` in a child process.

    Raises:
        RenderError: after `seconds`, or if the layout crashed or tried to fetch something.
    """
    try:
        return worker.call(seconds, write_pdf, html)
    except WorkerFailure as failure:
        hint = "raise render.seconds, or make the brief smaller: fewer themes, fewer points"
        raise RenderError(f"the PDF could not be laid out: {failure}", hint=hint) from failure


def find_missing(html: str, *, worker: Worker, seconds: float) -> tuple[str, ...]:
    """The rare characters of `html` that no font has, found without laying out the whole of it."""
    rare = "".join(sorted(set(_COMMON.sub("", html))))
    if not rare:
        return ()
    # A paragraph each: side by side, some would join into one glyph.
    return print_pdf("".join(f"<p>{character}" for character in rare), worker=worker, seconds=seconds).missing


def spell_out(text: str, characters: Iterable[str]) -> str:
    """`text` with each of `characters` as its code in brackets, as `[U+1F9EA]`."""
    return text.translate({ord(character): f"[U+{ord(character):04X}]" for character in characters})


def write_pdf(html: str) -> Printed:
    """Lay out `html` in this process; the same bytes for the same text, fonts and libraries."""
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError
    except (ImportError, OSError) as error:
        hint = "install the system libraries: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise DependencyError(f"WeasyPrint cannot be loaded: {error}", hint=hint) from error
    listener = _Listener()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        document = weasyprint.HTML(string=html, url_fetcher=_deny(), media_type="print")
        identifier = hashlib.sha256(html.encode()).digest()[:16]
        pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, presentational_hints=False)
    except FatalURLFetchingError as error:
        # A BaseException: it would end the child process without a word.
        raise RenderError(str(error), hint="a template must hold all it needs: nothing is fetched") from None
    finally:
        logger.removeHandler(listener)
    return Printed(pdf, tuple(sorted(listener.missing)), tuple(listener.complaints))


def _deny() -> Any:
    from weasyprint.urls import URLFetcher

    # No protocol at all is allowed, not even data:, and the attempt stops the rendering.
    return URLFetcher(allowed_protocols=(), fail_on_errors=True)


class _Listener(logging.Handler):
    """Collects what WeasyPrint logs; a missing glyph is only told of there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[str] = set()
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and record.msg.startswith(_NOTDEF) and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))
        else:
            self.complaints.append(record.getMessage())
