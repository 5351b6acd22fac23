"""From the lines of printed pages back to paragraphs: furniture removed, lines joined, words mended."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

_Key = tuple[int, str]  # place counted from its edge, text
_EDGE = 3
_REPEATED = 0.4
_LEAST_COLUMN = 24
_FULL = 0.9
_DIGITS = re.compile(r"\d{1,9}")
_PAGE_NUMBER = re.compile(
    r"(?:[-–—‐・.\s]|page|p\.|頁|ページ|第|of|/|\d)*\d(?:[-–—‐・.\s]|頁|ページ|of|/|\d)*", re.IGNORECASE
)
_ENDS = re.compile(r"[。．！？!?.:：；;][」』）)\]\"”’'】]*$")
_STARTS = re.compile(
    r"[\u3000・•●○■□◆◇▼▲※►▪◦【]|[-–—*]\s|[(（]?[\d０-９]{1,2}[.)）．、]\s?|[①-⑳]|第[\d０-９一二三四五六七八九十]+[章節条]"
)
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_HYPHEN = re.compile(r"([A-Za-z]{2,})[-\u00ad\u2010]$")
_FIRST_WORD = re.compile(r"[\w\-]+|\S")


def remove_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the headers, footers and page numbers that most of them repeat at their edges."""
    pages = [[line.strip(" \t") for line in page if line.strip()] for page in pages]
    if len(pages) < 2:
        return pages
    keys = [_keys(page, number) for number, page in enumerate(pages)]
    seen = Counter(key for page in keys for line in page.values() for key in line)
    needed = max(2, math.ceil(_REPEATED * len(pages)))
    repeated = {key for key, count in seen.items() if count >= needed}
    return [_without(page, keys[number], repeated) for number, page in enumerate(pages)]


def join_lines(lines: list[str]) -> list[str]:
    """Paragraphs: a full line that ends no sentence goes on in the next one."""
    column = _column(lines)
    whole = "\n".join(lines)
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        if previous and _goes_on(previous, line, column):
            paragraphs[-1] = _join(paragraphs[-1], line, whole)
        else:
            paragraphs.append(line)
        previous = line
    return [mended for paragraph in paragraphs if (mended := paragraph.replace("\u00ad", "").strip())]


def _keys(page: list[str], number: int) -> dict[int, set[_Key]]:
    """By index, what the lines near an edge may have in common with other pages."""
    places = [*range(min(_EDGE, len(page))), *range(-1, -1 - min(_EDGE, len(page)), -1)]
    return {place % len(page): {(place, text) for text in _variants(page[place], number)} for place in places}


def _variants(line: str, number: int) -> Iterator[str]:
    """The line, and the line with its first or last figure counted from the page's number: "Report 7" on page 7.

    Any figure would be too many: sections that end with 図1 and 図2 at the foot of two pages are text.
    """
    line = unicodedata.normalize("NFKC", line).casefold()
    yield line
    figures = list(_DIGITS.finditer(line))
    for figure in (*figures[:1], *figures[1:][-1:]):
        yield f"{line[: figure.start()]}#{int(figure[0]) - number}{line[figure.end() :]}"


def _without(page: list[str], keys: dict[int, set[_Key]], repeated: set[_Key]) -> list[str]:
    """The page without furniture, which is peeled from the edges: a repeated line inside the text belongs to it."""
    furniture = {index for index in keys if keys[index] & repeated or _PAGE_NUMBER.fullmatch(page[index])}
    first, last = 0, len(page)
    while first in furniture and first < last:
        first += 1
    while last - 1 in furniture and first < last:
        last -= 1
    return page[first:last]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _column(lines: list[str]) -> int:
    """The width that full lines have: nine lines of ten are no wider."""
    widths = sorted(_width(line) for line in lines)
    return widths[int(0.9 * len(widths))] if widths else 0


def _goes_on(line: str, following: str, column: int) -> bool:
    if line.endswith("\u00ad") or _HYPHEN.search(line):
        return True
    if column < _LEAST_COLUMN or _ENDS.search(line) or _STARTS.match(following):
        return False
    word = _FIRST_WORD.match(following)
    # A line is full if the next word would not have fitted; Japanese breaks anywhere, but for a few characters.
    room = min(_width(word[0]), column // 4) + 1 if word and not _WIDE.match(following) else 4
    return _width(line) + room >= _FULL * column


def _join(paragraph: str, line: str, whole: str) -> str:
    if hyphen := _HYPHEN.search(paragraph):
        first = _FIRST_WORD.match(line)
        if first and first[0][:1].islower():
            # Elsewhere written with its hyphen, the word keeps it: "long-term" is not "longterm".
            keep = f"{hyphen[1]}-{first[0]}" in whole
            return paragraph[: hyphen.end(1)] + ("-" if keep else "") + line
        return paragraph.removesuffix("\u00ad") + line
    if _WIDE.match(paragraph[-1:]) or _WIDE.match(line):
        return paragraph + line
    return f"{paragraph} {line}"
