"""Parallel texts: read from TSV files, and the part of a large one chosen that is most like another."""

import collections
import lzma
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from briefs.fidelity import normalise_english, normalise_source

Pair = tuple[str, str]
LONGEST_JA, LONGEST_EN = 220, 560  # characters; longer pairs are seldom one sentence
_SAMPLE = 40_000


def read_pairs(path: Path) -> Iterator[Pair]:
    """The normalised pairs (Japanese, English) of a TSV, plain or .xz, of usable length."""
    packed = lzma.open if path.suffix == ".xz" else open
    with packed(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            cells = line.rstrip("\n").split("\t")
            if len(cells) != 2:
                continue
            ja, en = normalise_source(cells[0]), normalise_english(cells[1])
            if 0 < len(ja) <= LONGEST_JA and 0 < len(en) <= LONGEST_EN:
                yield ja, en


def select_like(pairs: Sequence[Pair], like: Sequence[Pair], keep: int, rng: random.Random) -> list[Pair]:
    """The `keep` pairs whose Japanese is most like `like` and least like the rest (Moore and Lewis, on trigrams)."""
    if keep >= len(pairs):
        return list(pairs)
    wanted = _trigrams(ja for ja, _ in like)
    usual = _trigrams(ja for ja, _ in rng.sample(pairs, min(len(pairs), _SAMPLE)))
    kinds = 0.1 * len(wanted.keys() | usual.keys())
    more, less = wanted.total() + kinds, usual.total() + kinds

    def likeness(pair: Pair) -> float:
        grams = _split(pair[0])
        gain = sum(math.log((wanted[g] + 0.1) / more) - math.log((usual[g] + 0.1) / less) for g in grams)
        return gain / len(grams)

    return sorted((pair for pair in pairs if 8 <= len(pair[0]) <= 160), key=likeness, reverse=True)[:keep]


def _trigrams(texts: Iterable[str]) -> collections.Counter[str]:
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(_split(text))
    return counts


def _split(text: str) -> list[str]:
    text = f"^^{text}$"
    return [text[i : i + 3] for i in range(len(text) - 2)]
