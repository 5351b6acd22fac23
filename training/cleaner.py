"""Train the line tagger of briefs.clean on labelled pages, and score it.

    python -m training.cleaner training/pages/* [--test FOLDER ...] [--folds 8] [--write]

A folder of pages holds NN.txt, NN.body.txt (the lines that belong to the article, in order), optionally NN.either.txt
(lines that count for nothing), and articles.json. --folds prints the cross-validated score by page; --test scores other
folders, which are never trained on; --write stores the weights in briefs/data/cleaner.json.

The tagger is a linear-chain conditional random field, trained by full-batch Adam on the exact
likelihood with L2 regularisation, all in numpy. A minute on two cores.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from briefs.clean.features import Line, page_features, read_lines
from briefs.clean.tagger import BODY, LABELS, TITLE, WEIGHTS, Weights, label_lines

L2 = 3.0
STEPS = 250
FORM_WEIGHTS = [1.0, 0.2, 0.2, 0.2]  # of the forms of a page: see variants
BODY_BIAS = 0.5  # lost body costs a reader more than a stray line; chosen by cross-validation
RARE = 3  # a feature seen on fewer pages than this is not learned


class Page(NamedTuple):
    """A labelled page: `skip` holds the lines that count for nothing."""

    name: str
    lines: list[Line]
    labels: list[int]
    skip: set[int]


def align(keys: Sequence[str], body: Sequence[str]) -> list[int]:
    """Indices of the body's lines among `keys`, in order, as close together as can be: copies elsewhere are passed over."""
    infinity = float("inf")
    best = [[(0.0 if key == body[0] else infinity, -1) for key in keys]]
    for want in body[1:]:
        row, reach, start = [], (infinity, -1), best[-1]
        for i, key in enumerate(keys):
            if i and start[i - 1][0] - (i - 1) < reach[0]:
                reach = (start[i - 1][0] - (i - 1), i - 1)
            row.append((reach[0] + i, reach[1]) if key == want else (infinity, -1))
        best.append(row)
    i = min(range(len(keys)), key=lambda i: best[-1][i][0])
    if best[-1][i][0] == infinity:
        missing = next((line for line in body if line not in keys), "order")
        raise ValueError(f"not in the page: {missing!r}")
    path = [i]
    for row in reversed(best[1:]):
        path.append(row[path[-1]][1])
    return path[::-1]


def load_pages(folder: Path) -> list[Page]:
    """The labelled pages of a folder."""
    about = {entry["file"]: entry for entry in json.loads((folder / "articles.json").read_text(encoding="utf-8"))}
    pages = []
    for body_path in sorted(folder.glob("*.body.txt")):
        stem = body_path.name.removesuffix(".body.txt")
        source = folder / f"{stem}.txt"
        lines = read_lines(source.read_text(encoding="utf-8"))
        body = [line.strip() for line in body_path.read_text(encoding="utf-8").splitlines() if line.strip()]
        inside = align([line.text for line in lines], body)
        either = folder / f"{stem}.either.txt"
        free = {line.strip() for line in either.read_text(encoding="utf-8").splitlines()} if either.exists() else set()
        headline = about.get(source.name, {}).get("headline")
        labels = []
        for i in range(len(lines)):
            if i in inside:
                label = "title" if headline and i == inside[0] and lines[i].text == headline.strip() else "body"
            else:
                label = "before" if i < inside[0] else "after" if i > inside[-1] else "aside"
            labels.append(LABELS.index(label))
        skip = {i for i, line in enumerate(lines) if line.text in free}
        pages.append(Page(f"{folder.name}/{stem}", lines, labels, skip))
    return pages


def variants(page: Page) -> list[Page]:
    """The page, and shorn forms of it: scrapers that already cut the furniture are common."""
    keep = [i for i, label in enumerate(page.labels) if label in (BODY, TITLE)]
    first, last = keep[0], keep[-1]
    forms = [range(len(page.lines)), keep, range(first, len(page.lines)), range(last + 1)]
    out = []
    for number, form in enumerate(forms):
        chosen = [
            Line("\u3000" * page.lines[i].indented + page.lines[i].text, k, page.lines[i].blank_before)
            for k, i in enumerate(form)
        ]
        out.append(
            Page(
                f"{page.name}~{number}",
                chosen,
                [page.labels[i] for i in form],
                {k for k, i in enumerate(form) if i in page.skip},
            )
        )
    return out


class Batch:
    """All pages at once: features as one flat list of indices, pages side by side and padded for the recursions."""

    def __init__(self, pages: Sequence[Page], weights: Sequence[float], index: dict[str, int]) -> None:
        rows = [[index[n] for n in names if n in index] for page in pages for names in page_features(page.lines)]
        self.flat = np.array([f for row in rows for f in row])
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.lengths = np.array([len(page.lines) for page in pages])
        self.labels = np.array([label for page in pages for label in page.labels])
        self.page = np.repeat(np.arange(len(pages)), self.lengths)
        self.time = np.concatenate([np.arange(n) for n in self.lengths])
        self.weight = np.array(weights)

    def gradient(self, emit: np.ndarray, move: np.ndarray, first: np.ndarray, last: np.ndarray) -> list[np.ndarray]:
        """Gradients of the weighted negative log-likelihood, by forward-backward."""
        n, longest, pages = len(LABELS), self.lengths.max(), np.arange(len(self.lengths))
        scores = np.zeros((longest, len(pages), n))
        scores[self.time, self.page] = _sum_rows(emit[self.flat], self.row, len(self.labels))
        ends = self.lengths - 1
        forward, backward = np.zeros_like(scores), np.zeros_like(scores)
        forward[0] = first + scores[0]
        for t in range(1, longest):
            forward[t] = scores[t] + np.logaddexp.reduce(forward[t - 1][:, :, None] + move, axis=1)
        backward[ends, pages] = last
        for t in range(longest - 2, -1, -1):
            step = np.logaddexp.reduce(move + (scores[t + 1] + backward[t + 1])[:, None, :], axis=2)
            backward[t] = np.where((t < ends)[:, None], step, backward[t])
        total = np.logaddexp.reduce(forward[ends, pages] + last, axis=1)
        marginal = np.exp(np.minimum(0, forward + backward - total[:, None]))
        live = (np.arange(1, longest)[:, None] < self.lengths[None]).astype(float) * self.weight
        pairs = np.exp(
            np.minimum(
                0, forward[:-1, :, :, None] + move + (scores[1:] + backward[1:])[:, :, None, :] - total[:, None, None]
            )
        )
        expected = np.einsum("tpij,tp->ij", pairs, live)
        seen = np.zeros((n, n))
        inner = self.time[1:] > 0
        np.add.at(seen, (self.labels[:-1][inner], self.labels[1:][inner]), self.weight[self.page[1:][inner]])
        error = (marginal[self.time, self.page] - np.eye(n)[self.labels]) * self.weight[self.page][:, None]
        emit_gradient = np.stack([np.bincount(self.flat, error[self.row, k], len(emit)) for k in range(n)], axis=1)
        at_end = self.time == ends[self.page]
        return [emit_gradient, expected - seen, error[self.time == 0].sum(0), error[at_end].sum(0)]


def _sum_rows(values: np.ndarray, row: np.ndarray, rows: int) -> np.ndarray:
    return np.stack([np.bincount(row, values[:, k], rows) for k in range(values.shape[1])], axis=1)


def train(pages: Sequence[Page]) -> Weights:
    """Maximum-likelihood weights with L2 regularisation; furniture labels share a part of every feature's weight."""
    forms = [variants(page) for page in pages]
    seen = Counter(name for page in pages for name in {name for names in page_features(page.lines) for name in names})
    index = {name: i for i, name in enumerate(sorted(name for name, n in seen.items() if n >= RARE))}
    batch = Batch([form for group in forms for form in group], FORM_WEIGHTS * len(forms), index)
    n = len(LABELS)
    furniture = np.array([label not in (BODY, TITLE) for label in range(n)])
    values = [np.zeros((len(index), n)), np.zeros(len(index)), np.zeros((n, n)), np.zeros(n), np.zeros(n)]
    mean, square = [np.zeros_like(v) for v in values], [np.zeros_like(v) for v in values]
    for step in range(1, STEPS + 1):
        emit, *rest = batch.gradient(values[0] + values[1][:, None] * furniture, *values[2:])
        gradients = [emit, emit[:, furniture].sum(1), *rest]
        for k, gradient in enumerate(gradients):
            slope = gradient + L2 * (0.3 if k == 1 else 1.0) * values[k]
            mean[k] = 0.9 * mean[k] + 0.1 * slope
            square[k] = 0.99 * square[k] + 0.01 * slope**2
            rate = 0.08 * (1 - step / (STEPS + 1))
            values[k] = values[k] - rate * (mean[k] / (1 - 0.9**step)) / (np.sqrt(square[k] / (1 - 0.99**step)) + 1e-8)
    emit = values[0] + values[1][:, None] * furniture
    table = {name: [round(float(v), 3) for v in emit[i]] for name, i in index.items()}
    table = {name: row for name, row in table.items() if max(map(abs, row)) >= 0.02}
    table[""] = [0.0, BODY_BIAS, BODY_BIAS, 0.0, 0.0]
    return Weights(table, *(np.round(x, 3).tolist() for x in values[2:]))


def score(page: Page, weights: Weights) -> tuple[int, int, int, list[str]]:
    """True positives, lines kept, lines wanted, and the mistakes in words."""
    labels = label_lines(page.lines, weights)
    hit = kept = wanted = 0
    mistakes = []
    for i, (label, truth) in enumerate(zip(labels, page.labels, strict=True)):
        if i in page.skip:
            continue
        want, have = truth in (BODY, TITLE), label in ("body", "title")
        hit, kept, wanted = hit + (want and have), kept + have, wanted + want
        if want != have:
            mistakes.append(f"{'-' if want else '+'} [{label}] {page.lines[i].text[:60]}")
        elif (truth == TITLE) != (label == "title"):
            mistakes.append(f"T [{label}] {page.lines[i].text[:60]}")
    return hit, kept, wanted, mistakes


def report(title: str, results: Sequence[tuple[str, tuple[int, int, int, list[str]]]], *, verbose: bool) -> None:
    """Print F1 by page (micro and macro)."""
    f1s = []
    for name, (hit, kept, wanted, mistakes) in results:
        f1s.append(2 * hit / max(1, kept + wanted))
        if verbose and mistakes:
            print(f"  {name}: F1 {f1s[-1]:.3f}")
            for line in mistakes:
                print(f"      {line}")
    hit, kept, wanted = (sum(r[k] for _, r in results) for k in range(3))
    titles = sum(any(m.startswith("T") or "[title]" in m for m in r[3]) for _, r in results)
    print(
        f"{title}: {len(results)} pages, precision {hit / max(1, kept):.3f} recall {hit / wanted:.3f} "
        f"F1 {2 * hit / (kept + wanted):.3f}, macro F1 {np.mean(f1s):.3f}, worst {min(f1s):.3f}, "
        f"pages with a wrong title {titles}",
        flush=True,
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    pages = [page for folder in args.train for page in load_pages(folder)]
    if args.folds:
        results, held = [], []
        for fold in range(args.folds):
            weights = train([page for i, page in enumerate(pages) if i % args.folds != fold])
            held += [(page, weights) for i, page in enumerate(pages) if i % args.folds == fold]
            results += [(page.name, score(page, weights)) for i, page in enumerate(pages) if i % args.folds == fold]
        report("cross-validation", results, verbose=args.verbose)
        for bias in (0.0, 0.5, 1.0, 1.5):
            emit = [0.0, bias, bias, 0.0, 0.0]
            biased = [(p.name, score(p, w._replace(emit={**w.emit, "": emit}))) for p, w in held]
            report(f"  body bias {bias}", biased, verbose=False)
    weights = train(pages)
    report("training pages", [(page.name, score(page, weights)) for page in pages], verbose=False)
    for folder in args.test:
        report(str(folder), [(page.name, score(page, weights)) for page in load_pages(folder)], verbose=args.verbose)
    if args.write:
        text = json.dumps(weights._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace(
            '],"', '],\n"'
        )
        WEIGHTS.write_text(text + "\n", encoding="utf-8")
        print(f"{WEIGHTS}: {len(weights.emit)} features, {WEIGHTS.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
