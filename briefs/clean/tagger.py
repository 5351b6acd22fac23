"""Labels the lines of a page: before the article, its title, its body, asides within it, after it.

A linear-chain conditional random field (Lafferty et al., 2001) over the features of `features`, decoded by Viterbi.
Its weights are in briefs/data/cleaner.json, made by `python -m training.cleaner` from labelled pages.
"""

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from briefs.clean.features import Line, page_features

LABELS = ("before", "title", "body", "aside", "after")
BODY, TITLE = LABELS.index("body"), LABELS.index("title")
WEIGHTS = Path(__file__).parent.parent / "data" / "cleaner.json"


class Weights(NamedTuple):
    """Scores: `emit[feature][label]`, `move[label][label]`, `first[label]`, `last[label]`."""

    emit: dict[str, list[float]]
    move: list[list[float]]
    first: list[float]
    last: list[float]


@functools.cache
def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read the weights once a process."""
    return Weights(**json.loads(path.read_text(encoding="utf-8")))


def label_lines(lines: Sequence[Line], weights: Weights | None = None) -> list[str]:
    """The most likely label of each line."""
    if not lines:
        return []
    weights = weights or load_weights()
    emissions = [_emission(names, weights) for names in page_features(lines)]
    return [LABELS[label] for label in viterbi(emissions, weights)]


def _emission(names: Sequence[str], weights: Weights) -> list[float]:
    # The bias is the row of no name. Written out: this is the innermost loop of cleaning.
    a, b, c, d, e = weights.emit.get("", (0.0,) * len(LABELS))
    emit = weights.emit
    for name in names:
        if name in emit:
            u, v, w, x, y = emit[name]
            a, b, c, d, e = a + u, b + v, c + w, d + x, e + y
    return [a, b, c, d, e]


def viterbi(emissions: Sequence[Sequence[float]], weights: Weights) -> list[int]:
    """The best path through per-line label scores."""
    labels = range(len(weights.first))
    into = [[weights.move[j][k] for j in labels] for k in labels]
    score = [weights.first[k] + emissions[0][k] for k in labels]
    back: list[list[int]] = []
    for row in emissions[1:]:
        reached, steps = [], []
        for k in labels:
            values = [s + m for s, m in zip(score, into[k], strict=True)]
            best = max(values)
            steps.append(values.index(best))
            reached.append(best + row[k])
        score = reached
        back.append(steps)
    last = max(labels, key=lambda k: score[k] + weights.last[k])
    path = [last]
    for steps in reversed(back):
        path.append(steps[path[-1]])
    return path[::-1]
