"""Readers of plain text and of web pages, and the look at the first bytes that tells what a file really is."""

import re

from briefs.errors import DocumentError
from briefs.ingest.charset import Decoded, decode
from briefs.ingest.reading import Reading, damage_warning, tidy

_MAGIC = (
    (b"%PDF-", "a PDF", ".pdf"),
    (b"PK\x03\x04", "a zip archive or an Office document", ".docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls) or an encrypted one", ""),
    (b"{\\rtf", "an RTF document", ""),
    (b"\x89PNG\r\n", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"\x7fELF", "a program", ""),
    (b"\x1f\x8b", "a gzip archive", ""),
    (b"BZh", "a bzip2 archive", ""),
    (b"7z\xbc\xaf", "a 7-Zip archive", ""),
    (b"\xfd7zXZ", "an xz archive", ""),
    (b"SQLite format 3\0", "a database", ""),
)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_DATA_URI = re.compile(r"data:[^\"'\s>)]{200,}")
_DATA_TAGS = ("<script", "<style")
_SAVE_AS = "open it, save it as .docx, .pdf or .txt, and use that"


def looks_like(head: bytes) -> tuple[str, str]:
    """What the first bytes of a file say it is, and the suffix it should have; empty if they say nothing."""
    for magic, name, suffix in _MAGIC:
        if head.startswith(magic):
            return name, suffix
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return "a program", ""
    return "", ""


def refuse_binary(head: bytes, suffix: str) -> None:
    """Raise DocumentError if the first bytes belong to a format that is no text."""
    name, right_suffix = looks_like(head)
    if name:
        hint = f"it looks like {name}: " + (f"rename it to {right_suffix}" if right_suffix else _SAVE_AS)
        raise DocumentError(f"the file is not what its suffix {suffix} says", hint=hint)


def read_text(data: bytes, *, markup: bool, declared: str | None = None) -> Reading:
    """Read plain text, or a web page as decoded markup; text that is a web page is read as one.

    `declared` is the encoding that the carrier of the text names.

    Raises:
        DocumentError: if the bytes are no text.
    """
    decoded = decode(data, declared=declared, markup=markup)
    if not markup and _PAGE.match(decoded.text):
        markup, decoded = True, decode(data, declared=declared, markup=True)
    return reading_of(decoded, markup=markup)


def reading_of(decoded: Decoded, *, markup: bool) -> Reading:
    """The reading of decoded text, tidied."""
    text, warnings = tidy(decoded.text)
    return Reading(
        format="html" if markup else "txt",
        text=text,
        warnings=damage_warning(decoded.damaged, decoded.encoding) + warnings,
    )


def text_size(reading: Reading) -> int:
    """Characters that count against the limit: those of scripts, styles and inlined images of a page do not."""
    if reading.format != "html":
        return len(reading.text)
    text = reading.text.lower()
    size = len(text) - sum(len(uri) for uri in _DATA_URI.findall(text))
    for tag in _DATA_TAGS:
        start = text.find(tag)
        while start >= 0:
            # str.find, not a pattern: thousands of tags that never close would make a pattern quadratic.
            end = text.find("</" + tag[1:], start)
            if end < 0:
                break
            size -= end - start
            start = text.find(tag, end)
    return max(size, 0)
