"""Whether two PDFs say the same, though their lines and pages break at other places."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from briefs.render.check import SHAPED, Piece, contains

# Read back or not, by where a line ends.
_HYPHENS = str.maketrans("", "", "-\u2010")


class Text(NamedTuple):
    """What pages say, whole, and the pieces that they are drawn from."""

    pages: list[str]
    pieces: list[list[Piece]]


def find_foreign(expected: Text, found: Text) -> str:
    """In words, the first thing that is on the pages of only one of the two; "" if there is none."""
    added = next(_without_place(found, expected), "")
    if added:
        return f"they say {added!r}, which the data does not give"
    lost = next(_without_place(expected, found), "")
    return f"they lack {lost!r}" if lost else ""


def _without_place(own: Text, other: Text) -> Iterator[str]:
    """The pieces of `own` that are nowhere in `other`, not even over the end of a page."""
    # Heads and feet differ in the numbers of pages.
    pages = [page.translate(_HYPHENS) for page in other.pages]
    asides = [
        _without_numbers(piece.text.translate(_HYPHENS)) for page in other.pieces for piece in page if piece.aside
    ]
    for page, pieces in zip(own.pages, own.pieces, strict=True):
        if SHAPED.search(page):
            continue  # read back in an order that depends on the lines
        for piece in pieces:
            # A name that is too wide for its place ends in an ellipsis.
            text = piece.text.translate(_HYPHENS).rstrip("…")
            if contains(pages, text) or (piece.aside and _stands_in(asides, text)):
                continue
            yield piece.text


def _stands_in(asides: Sequence[str], text: str) -> bool:
    wanted = _without_numbers(text)
    return any(wanted in each for each in asides)


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "0", text)
