"""ROUGE-1, -2 and -L F1 of a candidate text against one reference (Lin 2004, "ROUGE: a package for automatic ...").

Words are lower-cased runs of letters and digits, or single characters of Han and kana, without stemming. ROUGE-L runs
over the whole texts as one sequence, not the union over sentences ("rougeL", not "rougeLsum", of Google's package).
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_぀-ヿ㐀-鿿]+")


class Rouge(NamedTuple):
    """The three F1 values, 0 to 1."""

    one: float
    two: float
    longest: float


def rouge(candidate: str, reference: str) -> Rouge:
    """Score `candidate` against `reference`; 0 where either is empty."""
    ours, theirs = _words(candidate), _words(reference)
    return Rouge(
        _f1(_overlap(ours, theirs, 1), len(ours), len(theirs)),
        _f1(_overlap(ours, theirs, 2), len(ours) - 1, len(theirs) - 1),
        _f1(_common(ours, theirs), len(ours), len(theirs)),
    )


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _overlap(ours: Sequence[str], theirs: Sequence[str], size: int) -> int:
    """How many n-grams the two share, each counted as often as both have it."""
    first, second = (Counter(zip(*(words[i:] for i in range(size)), strict=False)) for words in (ours, theirs))
    return sum((first & second).values())


def _common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(theirs) + 1)
    for word in ours:
        previous = 0
        for column, other in enumerate(theirs, start=1):
            previous, row[column] = row[column], previous + 1 if word == other else max(row[column], row[column - 1])
    return row[-1]


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared and ours > 0 and theirs > 0 else 0.0
