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
    total = list(weights.emit.get("", (0.0,) * len(LABELS)))
    for name in names:
        row = weights.emit.get(name)
        if row:
            for label, value in enumerate(row):
                total[label] += value
    return total


def viterbi(emissions: Sequence[Sequence[float]], weights: Weights) -> list[int]:
    """The best path through per-line label scores."""
    labels = range(len(weights.first))
    score = [weights.first[k] + emissions[0][k] for k in labels]
    back: list[list[int]] = []
    for row in emissions[1:]:
        steps = [max(labels, key=lambda j: score[j] + weights.move[j][k]) for k in labels]
        score = [score[steps[k]] + weights.move[steps[k]][k] + row[k] for k in labels]
        back.append(steps)
    best = max(labels, key=lambda k: score[k] + weights.last[k])
    path = [best]
    for steps in reversed(back):
        path.append(steps[path[-1]])
    return path[::-1]
