"""Bytes to a reading, by the kind of document they are; parsers of hostile formats run in a worker."""

from briefs.config import Limits
from briefs.errors import DocumentError
from briefs.ingest.mail import read_mail
from briefs.ingest.pdf import read_pdf
from briefs.ingest.reading import TIDY_HINT, Reading
from briefs.ingest.text import looks_like, read_text, refuse_binary, text_size
from briefs.ingest.word import read_word
from briefs.worker import Worker, WorkerFailure

# Enough for 300 pages with pictures; a document that wants more is an attack or broken.
WORKER_BYTES = 2 << 30
_MARKUP = (".html", ".htm", ".xhtml")
_UNPACKED = 10


def parse(data: bytes, suffix: str, limits: Limits, worker: Worker, *, charset: str | None = None) -> Reading:
    """Read a document of the format that a suffix names; `charset` is what its carrier says.

    Raises:
        DocumentError: if it is something else, damaged, empty or too long.
    """
    reading = _parse(data, suffix, limits, worker, charset=charset)
    if not reading.text.strip():
        raise DocumentError("the file holds no text", hint="leave it out")
    if text_size(reading) > limits.characters:
        raise too_long(limits)
    return reading


def too_long(limits: Limits) -> DocumentError:
    """The error for a text of more characters than are read."""
    message = f"the text is too long (more than {limits.characters:,} characters)"
    return DocumentError(message, hint="split it, or raise limits.characters")


def _parse(data: bytes, suffix: str, limits: Limits, worker: Worker, *, charset: str | None) -> Reading:
    try:
        if suffix == ".pdf":
            _expect(data, "a PDF", b"%PDF-" in data[:1024])
            return worker.call(limits.seconds, read_pdf, data, limits.pages)
        if suffix == ".docx":
            _expect(data, "a Word document", data.startswith(b"PK"))
            return worker.call(limits.seconds, read_word, data, _UNPACKED * limits.file_bytes)
        refuse_binary(data, suffix)
        if suffix == ".eml":
            return worker.call(limits.seconds, read_mail, data)
    except WorkerFailure as error:
        raise DocumentError(f"reading it was stopped: {error}", hint=TIDY_HINT + ", or leave it out") from error
    return read_text(data, markup=suffix in _MARKUP, declared=charset)


def _expect(data: bytes, what: str, is_it: bool) -> None:
    if is_it:
        return
    name, suffix = looks_like(data[:4096])
    if not name and data[:1024].lstrip()[:1] == b"<":
        name, suffix = "a web page", ".html"
    rename = f": rename it to {suffix}" if suffix else ""
    raise DocumentError(f"the file is not {what}", hint=f"it looks like {name}{rename}" if name else TIDY_HINT)
