"""The PDF is read again, by another library, before anyone is sent it."""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from briefs.errors import RenderError

TOLERANCE = 1.0
MOST_BYTES = 64 << 20  # of all attachments, and of the brief unpacked; more is an attack
MARGIN = 400  # characters of header, footer and side column that may come between the halves of a text
_IGNORED = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\ufffe\uffff\U000e0100-\U000e01ef\x00-\x1f]+")

# pdfium takes a hyphen at the end of a line for one that was put there to break a word.
_HYPHEN = re.compile("(?<=[^\\W\\d_])[-\u2010]")

# Hebrew to Arabic, South Asian and South-East Asian scripts, Arabic presentation forms.
SHAPED = re.compile("[\u0590-\u109f\u1780-\u1cff\ufb1d-\ufdff\ufe70-\ufeff]")

# Thai, Lao, Burmese and Khmer write no spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")

# On a page with right-to-left text pdfium turns brackets round, in every line.
_MIRRORED = str.maketrans(")]}>»›」』）】》〉", "([{<«‹「『（【《〈")


def check_pdf(pdf: bytes, *, title: str, texts: Iterable[str]) -> int:
    """Return the number of pages of `pdf`.

    Raises:
        RenderError: it does not open, has no pages or another title, lacks one of `texts`, or text runs off a page.
    """
    with _opened(pdf) as document:
        if not len(document):
            raise _failed("it has no pages")
        found = document.get_metadata_value("Title")
        if _squeezed(title) not in _squeezed(found):
            raise _failed(f"its title is {found!r}, not {title!r}")
        pages = [_read_page(page, number) for number, page in enumerate(document, 1)]
    squeezed = [_squeezed(_HYPHEN.sub("", page)) for page in pages]
    words = {_letters(word) for page in pages for word in page.split()}
    for text in texts:
        # Text beside right-to-left text may be read back in another order, even where it is plain English.
        by_words = SHAPED.search(text) or any(SHAPED.search(page) for page in pages)
        if not contains(squeezed, _squeezed(_HYPHEN.sub("", text))) and not (by_words and _words_found(text, words)):
            raise _failed(f"it lacks the point {text[:80]!r}")
    return len(pages)


def read_files(pdf: bytes) -> dict[str, bytes]:
    """The attachments of `pdf` by name.

    Raises:
        RenderError: it does not open, two of them have the same name, or they are too large.
    """
    files: dict[str, bytes] = {}
    with _opened(pdf) as document:
        for each in (document.get_attachment(n) for n in range(document.count_attachments())):
            name = each.get_name()
            if name in files:
                raise _failed(f"it carries two files named {name!r}")
            files[name] = bytes(each.get_data())
            if sum(map(len, files.values())) > MOST_BYTES:
                raise _failed(f"what it carries is larger than {MOST_BYTES >> 20} MB")
    return files


def read_facts(pdf: bytes) -> dict[str, str]:
    """What the document information of `pdf` says: title, author and so on; RenderError if it does not open."""
    with _opened(pdf) as document:
        return dict(document.get_metadata_dict())


def read_pages(pdf: bytes) -> list[str]:
    """The text of each page of `pdf`, as check_pdf compares it; RenderError if it does not open."""
    with _opened(pdf) as document:
        return [_squeezed(_read_page(page, number)) for number, page in enumerate(document, 1)]


def read_links(pdf: bytes) -> list[list[str]]:
    """The web addresses that each page of `pdf` links to; RenderError if it does not open."""
    with _opened(pdf) as document:
        return [list(_addresses(document, page)) for page in document]


class Piece(NamedTuple):
    """Text that is drawn at once: a line of one font or a part of it; `aside` says that it is no part of the document."""

    text: str
    aside: bool


def read_pieces(pdf: bytes) -> list[list[Piece]]:
    """What each page of `pdf` is drawn from, as check_pdf compares it; RenderError if it does not open."""
    with _opened(pdf) as document:
        return [list(_pieces(page)) for page in document]


def _pieces(page: Any) -> Iterator[Piece]:
    import ctypes

    import pypdfium2.raw as pdfium

    def place(found: Any) -> int:
        return ctypes.addressof(found[0].contents)

    text = page.get_textpage()
    try:
        drawn = ((pdfium.FPDFText_GetTextObject(text, n), n) for n in range(text.count_chars()))
        for _, group in itertools.groupby((each for each in drawn if each[0]), key=place):
            found = list(group)
            letters = _squeezed("".join(chr(pdfium.FPDFText_GetUnicode(text, n)) for _, n in found))
            if letters:
                yield Piece(letters, "Artifact" in _marks(found[0][0]))
    finally:
        text.close()
        page.close()


def _marks(drawn: Any) -> Iterator[str]:
    """The names of the marked content that something drawn lies in."""
    import ctypes

    import pypdfium2.raw as pdfium

    length, name = ctypes.c_ulong(), (ctypes.c_ushort * 32)()
    for n in range(pdfium.FPDFPageObj_CountMarks(drawn)):
        mark = pdfium.FPDFPageObj_GetMark(drawn, n)
        if pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length):
            yield bytes(name)[: max(0, length.value - 2)].decode("utf-16-le", "replace")


def _addresses(document: Any, page: Any) -> Iterator[str]:
    import ctypes

    import pypdfium2.raw as pdfium

    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if length:
            text = ctypes.create_string_buffer(length)
            pdfium.FPDFAction_GetURIPath(document, action, text, length)
            yield text.value.decode("utf-8", "replace")
    page.close()


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise _failed(f"it does not open ({error})") from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise _failed(f"it cannot be read ({error})") from error
    finally:
        document.close()


def contains(pages: Sequence[str], text: str) -> bool:
    """Whether `text` stands on one of `pages`, or begins at the end of one and goes on at the start of the next."""
    if any(text in page for page in pages):
        return True
    return any(_goes_on(pages[number:], text) for number in range(len(pages) - 1))


def _goes_on(pages: Sequence[str], text: str) -> bool:
    page, following = pages[0], pages[1:]
    length = next((n for n in range(len(text), 0, -1) if text[:n] in page[-n - MARGIN :]), 0)
    rest = text[length:]
    if not length or not rest or not following:
        return bool(length) and not rest
    return rest in following[0][: len(rest) + MARGIN] or _goes_on(following, rest)


def _words_found(text: str, words: Collection[str]) -> bool:
    """Whether at least half of the words of `text` are among `words`, each known by its letters in any order.

    A PDF holds glyphs: joined letters are read back turned round (lam-alef) and some Indic clusters not at all.
    """
    if _UNSPACED.search(text):
        return True  # no words to go by: that it has glyphs was seen when the page was laid out
    wanted = [_letters(word) for word in text.split()]
    return 2 * sum(word in words for word in wanted) >= len(wanted)


def _letters(word: str) -> str:
    return "".join(sorted(_squeezed(word)))


def _read_page(page: Any, number: int) -> str:
    """The text of a page; RenderError if a line of it runs off the page."""
    width, height = page.get_size()
    text = page.get_textpage()
    try:
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            if left < -TOLERANCE or bottom < -TOLERANCE or right > width + TOLERANCE or top > height + TOLERANCE:
                raise _failed(f"text runs off page {number}: {text.get_text_bounded(left, bottom, right, top)[:80]!r}")
        return str(text.get_text_range())
    finally:
        text.close()
        page.close()


def _squeezed(text: str) -> str:
    # NFKC: a ligature is one character in the text and read back as its letters.
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).translate(_MIRRORED)


def _failed(reason: str) -> RenderError:
    return RenderError(
        f"the PDF failed its self-check: {reason}", hint="nothing was written; ask for html or md, and report this"
    )
