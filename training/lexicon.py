"""What each source piece most often becomes, counted without a network (IBM Model 1), to start the embeddings from.

A source piece whose embedding starts near those of its translations makes translating, at first, a kind of copying:
attention need only find the piece. On a small budget that is worth hours of gradient steps.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

ENTRIES = 40_000_000  # pairs of pieces that are counted: what fits into a minute or two of one core
ROUNDS = 4
KEPT = 6  # translations of a piece
LEAST_SEEN = 3
NULL = 0


def make_lexicon(paths: list[Path], size: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """For every source piece seen often enough: `piece`, and rows of `targets` (ids) and `shares`, from packed files."""
    keys, starts, seen = _entries(paths, size, rng)
    table = np.ones(size * size, np.float32)
    for _ in range(ROUNDS):
        chance = table[keys]
        total = np.add.reduceat(chance, starts)
        chance /= np.repeat(total, np.diff(np.append(starts, len(keys))))
        table = np.bincount(keys, chance, size * size).astype(np.float32)
        # Rows are source pieces, and shares of what a source piece becomes.
        rows = table.reshape(size, size)
        rows /= np.maximum(rows.sum(1, keepdims=True), 1e-9)
    rows = table.reshape(size, size)
    pieces = np.flatnonzero(seen >= LEAST_SEEN)
    pieces = pieces[pieces != NULL]
    targets = np.argpartition(rows[pieces], -KEPT, axis=1)[:, -KEPT:]
    shares = np.take_along_axis(rows[pieces], targets, 1)
    return {"piece": pieces, "targets": targets, "shares": shares}


def _entries(paths: list[Path], size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each target token the keys source * size + target of its sentence's source pieces, and where each begins."""
    keys, lengths, seen = [], [], np.zeros(size, np.int64)
    count = 0
    for source, target in _pairs(paths, rng):
        s = np.append(source, NULL).astype(np.int64) * size
        keys.append((s[None] + target.astype(np.int64)[:, None]).ravel())
        lengths.append(np.full(len(target), len(s), np.int64))
        np.add.at(seen, source, 1)
        count += len(s) * len(target)
        if count > ENTRIES:
            break
    sizes = np.concatenate(lengths)
    return np.concatenate(keys), np.cumsum(sizes) - sizes, seen


def _pairs(paths: list[Path], rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of the first file, then of the next; at random, as far as half of the entries goes."""
    for path in paths:
        with np.load(path) as packed:
            src, tgt, sl, tl = (packed[key] for key in ("src", "tgt", "sl", "tl"))
        ends = np.cumsum(sl, dtype=np.int64), np.cumsum(tl, dtype=np.int64)
        used = 0
        for i in rng.permutation(len(sl)):
            if used > ENTRIES // len(paths):
                break
            used += int(sl[i]) * int(tl[i])
            yield src[ends[0][i] - sl[i] : ends[0][i]], tgt[ends[1][i] - tl[i] : ends[1][i]]
