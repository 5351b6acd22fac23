"""Reader of PDF files. Its native parser meets hostile bytes, so callers run `read_pdf` in a worker."""

import re
import unicodedata
from datetime import date
from typing import Any

from briefs.errors import DocumentError
from briefs.ingest.lines import join_lines, remove_furniture
from briefs.ingest.reading import TIDY_HINT, Reading, sane_byline, sane_date, sane_title, tidy

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
# Fonts of many PDF writers map 日 and 人 to the Kangxi radicals ⽇ and ⼈, and fi to a ligature.
_LOOKALIKES = {
    code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2F00, 0x2FD6), *range(0xFB00, 0xFB07))
}


def read_pdf(data: bytes, pages: int) -> Reading:
    """Read the text of the first `pages` pages, lines joined to paragraphs, page furniture removed.

    Raises:
        DocumentError: if it is no PDF, needs a password, is damaged or holds only pictures.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            count = len(document)
            texts = [_page_text(document[number]) for number in range(min(count, pages))]
            metadata = document.get_metadata_dict()
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise DocumentError(
                "the PDF is protected by a password", hint="save a copy without the password"
            ) from error
        raise DocumentError("the PDF is damaged and cannot be read", hint=TIDY_HINT) from error
    except (ArithmeticError, AssertionError, LookupError, MemoryError, OSError, TypeError, ValueError) as error:
        raise DocumentError("the PDF cannot be read", hint=TIDY_HINT) from error
    return _reading(texts, metadata, count)


def _reading(texts: list[str], metadata: dict[str, str], count: int) -> Reading:
    tidied = [tidy(text) for text in texts]
    pages = remove_furniture([text.split("\n") for text, _ in tidied])
    text = "\n\n".join(join_lines([line for page in pages for line in page]))
    if not text:
        hint = "it looks scanned: run OCR on it first, for example with ocrmypdf"
        raise DocumentError("the PDF holds no text, only pictures", hint=hint)
    skipped = (f"only the first {len(texts)} of {count} pages were read",) if count > len(texts) else ()
    return Reading(
        format="pdf",
        text=text,
        title=sane_title(metadata.get("Title")),
        byline=sane_byline(metadata.get("Author")),
        published=_day(metadata.get("CreationDate", "")),
        warnings=tuple(dict.fromkeys(warning for _, warnings in tidied for warning in warnings)) + skipped,
    )


def _page_text(page: Any) -> str:
    text_page = page.get_textpage()
    try:
        text: str = text_page.get_text_bounded()
    finally:
        text_page.close()
        page.close()
    # PDFium writes a hyphen that ends a line as U+0002 or U+FFFE.
    return text.replace("\x02", "\u00ad").replace("\ufffe", "\u00ad").translate(_LOOKALIKES)


def _day(text: str) -> date | None:
    match = _DATE.match(text)
    try:
        return sane_date(date(*map(int, match.groups()))) if match else None
    except ValueError:
        return None
