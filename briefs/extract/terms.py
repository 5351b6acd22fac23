"""Words of a sentence without a tokenizer, and sentences as sparse rows of weighted words."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FIGURE = r"\d[\d,.]*(?:[兆億亿万千百]+(?:\d[\d,.]*)?)*(?: (?:thousand|million|billion|trillion)\b)?%?"
_RUN = re.compile(
    rf"(?P<figure>{_FIGURE})"
    r"|(?P<han>[㐀-鿿々]+)"
    r"|(?P<kana>[ァ-ヺー]{2,})"
    r"|(?P<hangul>[가-힣]+)"
    r"|(?P<word>[^\W\d_ぁ-ヿ㐀-鿿가-힣]+)"
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\.?([兆億亿万千百]*(?: [a-z]+)?)")
_UNITS = {"百": 1e2, "千": 1e3, "万": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12} | {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
# English function words only: elsewhere the batch's own document frequencies do the same work.
_STOP = re.compile(
    r"(?:a|about|after|also|an|and|are|as|at|be|been|but|by|can|could|for|from|had|has|have|he|her|his|how|if|"
    r"in|into|is|it|its|may|more|most|no|not|of|on|or|our|said|she|should|so|some|such|than|that|the|their|"
    r"them|then|there|these|they|this|those|to|under|was|we|were|what|when|which|while|who|will|with|would|"
    r"you|your)"
).fullmatch


def tally(keys: Ints, weights: Floats, size: int) -> Floats:
    """The sum of the weights of each key below `size`."""
    return np.bincount(keys, weights, minlength=size).astype(np.float64)


def normalise(text: str) -> str:
    """`text` with full-width letters and digits made plain, in lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """The words of a normalised text: figures, kanji bigrams, katakana and alphabetic runs; hiragana is left out.

    Bigrams within one script run stand in for a Japanese tokenizer (Ogawa and Matsuda 1997 for retrieval).
    """
    found: list[str] = []
    for match in _RUN.finditer(text):
        run, kind = match.group(), match.lastgroup
        if kind in ("han", "hangul") and len(run) > 2:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        elif kind == "figure":
            found += [run.rstrip(",."), _amount(run)]
        elif kind != "word" or (len(run) > 1 and not _STOP(run)):
            found.append(_stem(run) if kind == "word" else run)
    return found


def _amount(run: str) -> str:
    """A figure as a word that is the same in every language: 4200億, 4,200亿 and 420 billion are all =4.2e+11."""
    total = 0.0
    for number, units in _PART.findall(run.replace(",", "")):
        total += float(number) * math.prod(_UNITS[unit] for unit in re.findall("[a-z]+|.", units.strip()))
    return f"={total:g}{'%' if run.endswith('%') else ''}"


def _stem(word: str) -> str:
    """An English word without its plural: enough for near-paraphrases, harmless in other languages."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse unit vectors, one a sentence: columns[starts[i]:starts[i+1]] are the words of row i.

    `amounts` tells by column which words are figures.
    """

    row: Ints
    columns: Ints
    values: Floats
    starts: Ints
    amounts: NDArray[np.bool_]

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]]) -> "Rows":
        """Weigh words by inverse document frequency (1 + log), each counted once a sentence, and scale to length 1."""
        numbers: dict[str, int] = {}
        columns: list[int] = []
        counts: list[int] = []
        for text in texts:
            unique = dict.fromkeys(text)  # a set's order would change sums from run to run
            columns += [numbers.setdefault(word, len(numbers)) for word in unique]
            counts.append(len(unique))
        flat, sizes = np.array(columns, dtype=np.int64), np.array(counts, dtype=np.int64)
        row = np.repeat(np.arange(len(counts)), sizes)
        frequency = np.bincount(flat, minlength=len(numbers))
        values = np.log(1 + len(counts) / frequency[flat]) if len(flat) else np.zeros(0)
        norms = np.sqrt(tally(row, values**2, len(counts)))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        amounts = np.array([word.startswith("=") for word in numbers], dtype=bool)
        return cls(row, flat, values / norms[row], starts, amounts)

    @property
    def width(self) -> int:
        """How many different words there are."""
        return len(self.amounts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def dense(self, index: int) -> Floats:
        """Row `index` over all words."""
        vector = np.zeros(self.width)
        part = slice(self.starts[index], self.starts[index + 1])
        vector[self.columns[part]] = self.values[part]
        return vector

    def dot(self, vector: Floats) -> Floats:
        """The product of every row with `vector`: cosines where that has length 1."""
        return tally(self.row, self.values * vector[self.columns], len(self))

    def mean(self, weights: Floats) -> Floats:
        """The weighted sum of all rows scaled to length 1: the centroid."""
        total = tally(self.columns, self.values * weights[self.row], self.width)
        norm = math.sqrt(float((total**2).sum()))
        return total / norm if norm else total

    def cosine(self, first: int, second: int) -> float:
        """The cosine between two rows; 0 where `second` is negative, for a row that is not there."""
        if second < 0:
            return 0.0
        one, two = (slice(self.starts[i], self.starts[i + 1]) for i in (first, second))
        _, at, by = np.intersect1d(self.columns[one], self.columns[two], assume_unique=True, return_indices=True)
        return round(float((self.values[one][at] * self.values[two][by]).sum()), 6)

    def similarities(self, indices: Sequence[int]) -> tuple[Floats, Floats]:
        """Cosines and counts of shared figures between the rows named, as squares.

        Rounded, so that the order in which a library adds never shows.
        """
        parts = [slice(self.starts[i], self.starts[i + 1]) for i in indices]
        if not parts:
            return np.zeros((0, 0)), np.zeros((0, 0))
        used, inverse = np.unique(np.concatenate([self.columns[p] for p in parts]), return_inverse=True)
        table = np.zeros((len(indices), len(used)))
        at = np.repeat(np.arange(len(indices)), [p.stop - p.start for p in parts])
        table[at, inverse] = np.concatenate([self.values[p] for p in parts])
        figures = (table[:, self.amounts[used]] > 0).astype(float)
        return np.round(table @ table.T, 6), np.round(figures @ figures.T)
