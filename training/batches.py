"""Packed token pairs, and batches of them: pairs of like length together, as many as a number of tokens allows."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.network import BOS, EOS

Batch = tuple[Tensor, Tensor, Tensor]
PREFETCHED = 8


class Corpus:
    """The pairs of packed files (see prepare.py)."""

    def __init__(self, paths: list[Path]) -> None:
        files = [np.load(path) for path in paths]
        joined = {key: np.concatenate([f[key] for f in files]) for key in ("src", "tgt", "sl", "tl")}
        self.source, self.target = joined["src"], joined["tgt"]
        self.source_length, self.target_length = joined["sl"].astype(np.int64) + 1, joined["tl"].astype(np.int64) + 1
        self.source_start = np.cumsum(self.source_length - 1) - (self.source_length - 1)
        self.target_start = np.cumsum(self.target_length - 1) - (self.target_length - 1)

    def __len__(self) -> int:
        return len(self.source_length)

    def epoch(self, tokens: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Every pair once, in batches of at most `tokens` padded positions on the longer side, in random order."""
        longest = np.maximum(self.source_length, self.target_length)
        order = np.argsort(longest + 0.01 * self.target_length + rng.random(len(self)) * 0.9, kind="stable")
        batches, first = [], 0
        while first < len(order):
            last = first + max(1, tokens // int(longest[order[first]]))
            while last > first + 1 and int(longest[order[first:last]].max()) * len(order[first:last]) > tokens:
                last -= 1
            batches.append(order[first:last])
            first = last
        for i in rng.permutation(len(batches)):
            yield self.batch(batches[i])

    def forever(self, tokens: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Epoch after epoch."""
        while True:
            yield from self.epoch(tokens, rng)

    def batch(self, rows: np.ndarray) -> Batch:
        """Source, decoder input and wanted output of some pairs, padded with zeros."""
        source = np.zeros((len(rows), int(self.source_length[rows].max())), np.int64)
        given = np.zeros((len(rows), int(self.target_length[rows].max())), np.int64)
        wanted = given.copy()
        given[:, 0] = BOS
        for i, row in enumerate(rows):
            n, start = self.source_length[row] - 1, self.source_start[row]
            source[i, :n], source[i, n] = self.source[start : start + n], EOS
            n, start = self.target_length[row] - 1, self.target_start[row]
            given[i, 1 : n + 1] = wanted[i, :n] = self.target[start : start + n]
            wanted[i, n] = EOS
        return torch.from_numpy(source), torch.from_numpy(given), torch.from_numpy(wanted)


class Mixture:
    """Batches of a general corpus, a share of them from the domain's; made ahead of time by a thread.

    The share may be changed on the way.
    """

    def __init__(self, general: Iterator[Batch], domain: Iterator[Batch] | None, rng: np.random.Generator) -> None:
        self.share = 0.0
        self._general, self._domain, self._rng = general, domain, rng
        self._ready: queue.Queue[Batch] = queue.Queue(PREFETCHED)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._fill, daemon=True)
        self._thread.start()

    def _fill(self) -> None:
        while not self._closed.is_set():
            from_domain = self._domain is not None and self._rng.random() < self.share
            batch = next(self._domain if from_domain and self._domain is not None else self._general)
            while not self._closed.is_set():
                with contextlib.suppress(queue.Full):
                    self._ready.put(batch, timeout=0.1)
                    break

    def __next__(self) -> Batch:
        return self._ready.get()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()
