"""Reader of Word documents. Callers run `read_word` in a worker: the file is a zip of XML that anyone may have made."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from briefs.errors import DocumentError
from briefs.ingest.reading import TIDY_HINT, Reading, sane_byline, sane_date, sane_title, tidy

# python-docx's own template carries this date; whoever wrote with it never set one.
_TEMPLATE_DATE = datetime(2013, 12, 23, 23, 15)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPECIAL = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Deleted and moved text, the reading above a word (ruby), a second copy for old programs, boxes (read on their own).
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}rt", _FALLBACK, f"{_W}txbxContent", f"{_W}pPr", f"{_W}rPr"}
# What python-docx and lxml let through on broken XML and missing parts, tried with cut and altered files.
_CORRUPT: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


def read_word(data: bytes, most_bytes: int) -> Reading:
    """Read paragraphs and tables in document order, a line each; a table row is a line of cells with tabs between.

    Raises:
        DocumentError: if it is no .docx file, a damaged or encrypted one, or unpacks to more than `most_bytes`.
    """
    _check_zip(data, most_bytes)
    import docx
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from docx.oxml.exceptions import XmlchemyError

    corrupt: tuple[type[Exception], ...] = (*_CORRUPT, PythonDocxError, OpcError, XmlchemyError)
    try:
        document = docx.Document(io.BytesIO(data))
        text, warnings = tidy("\n\n".join(_blocks(document.element.body)))
        title, byline, published = _properties(document.core_properties)
    except corrupt as error:
        raise DocumentError("the Word document is damaged and cannot be read", hint=TIDY_HINT) from error
    if not text:
        raise DocumentError(
            "the Word document holds no text", hint="if it holds pictures of text, run OCR on them first"
        )
    return Reading(format="docx", text=text, title=title, byline=byline, published=published, warnings=warnings)


def _check_zip(data: bytes, most_bytes: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, EOFError, LookupError, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise DocumentError("the file is no Word document, or a damaged one", hint=TIDY_HINT) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise DocumentError("the Word document is protected by a password", hint="save a copy without the password")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise DocumentError(
            f"the Word document unpacks to more than {most_bytes:,} bytes", hint="raise limits.file_bytes"
        )


def _blocks(parent: Any) -> Iterator[str]:
    """The paragraphs and table rows below an element, through content controls."""
    for child in parent.iterchildren():
        if child.tag == f"{_W}p":
            yield from _paragraph(child)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                if next(row.iterancestors(f"{_W}tbl")) is child:
                    yield from _row(row)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child)


def _paragraph(paragraph: Any) -> Iterator[str]:
    text = "".join(_runs(paragraph))
    yield from (line.strip(" \t") for line in text.split("\n") if line.strip())
    for box in paragraph.iter(f"{_W}txbxContent"):
        if next(box.iterancestors(_FALLBACK), None) is None and next(box.iterancestors(f"{_W}p")) is paragraph:
            yield from _blocks(box)


def _runs(element: Any) -> Iterator[str]:
    """Text in document order. python-docx's own `text` leaves out tracked insertions and words under ruby."""
    for child in element.iterchildren():
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SPECIAL:
            yield _SPECIAL[child.tag]
        elif child.tag not in _SKIPPED:
            yield from _runs(child)


def _row(row: Any) -> Iterator[str]:
    cells = [list(_blocks(cell)) for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
    if any(len(cell) > 1 for cell in cells):
        # A page laid out as a table: its cells are columns of paragraphs, not figures.
        yield from (line for cell in cells for line in cell)
    elif line := "\t".join(cell[0].replace("\t", " ") for cell in cells if cell):
        yield line


def _properties(properties: Any) -> tuple[str | None, str | None, date | None]:
    created = properties.created
    if created is not None:
        created = None if created.replace(tzinfo=None) == _TEMPLATE_DATE else created.date()
    return sane_title(properties.title), sane_byline(properties.author), sane_date(created)
