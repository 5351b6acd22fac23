"""How faithful translations are, and how good the check is: `benchmarks/fidelity.py [FOLDER]` (default ../shared/mt).

FOLDER holds a public news test set (Japanese source, human reference) with the stored outputs of several engines. The
first table is the share of figures that the check finds right in each; the second, from hand-labelled amounts
(tests/quality/fidelity_labels.tsv: line numbers and verdicts, no text), how many wrong ones it flags and how many right
ones; the last how many sentences of human references it flags.
"""

import csv
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from briefs.fidelity import check_lines, compare, find_source, normalise_source
from briefs.fidelity.figures import Figure

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "tests" / "quality" / "fidelity_labels.tsv"
ENGINES = ("argos", "opusmt", "nllb", "firefox", "google")
SHARES = {
    "amounts": ("amount", "currency"),
    "percent": ("percent", "ratio"),
    "dates": ("date", "year", "time"),
    "counts": ("count", "ordinal", "times"),
}


class Verdicts(NamedTuple):
    """Hand-labelled amounts: how many wrong ones were flagged, how many right ones were."""

    wrong: int
    wrong_flagged: int
    right: int
    right_flagged: int


def read_lines(path: Path) -> list[str]:
    """The lines of a file; exits with advice when there is none."""
    if not path.is_file():
        sys.exit(f"{path} is missing: name the folder of the test set (see shared/mt/README.md)")
    return path.read_text(encoding="utf-8").splitlines()


def share_right(sources: Sequence[str], translations: Sequence[str]) -> dict[str, tuple[int, int]]:
    """For each kind of figure, how many have a partner in the translation, of how many."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for source, translation in zip(sources, translations, strict=True):
        flagged = {flag.source for flag in compare(source, translation) if flag.source}
        for figure in find_source(normalise_source(source)):
            for name, kinds in SHARES.items():
                if figure.kind in kinds and not figure.optional:
                    total[name] += 1
                    right[name] += figure.text not in flagged
    return {name: (right[name], total[name]) for name in SHARES}


def judge_labels(sources: Sequence[str], translations: Mapping[str, Sequence[str]], labels: Path = LABELS) -> Verdicts:
    """The check against the hand-labelled amounts (万 and larger)."""
    with labels.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    counts: Counter[tuple[str, bool]] = Counter()
    for row in rows:
        line = int(row["line"]) - 1
        figure = large_amounts(sources[line])[int(row["amount"]) - 1]
        flags = compare(sources[line], translations[row["engine"]][line])
        counts[row["verdict"], any(flag.source == figure.text for flag in flags)] += 1
    wrong, right = (counts[verdict, True] + counts[verdict, False] for verdict in ("wrong", "right"))
    return Verdicts(wrong, counts["wrong", True], right, counts["right", True])


def large_amounts(source: str) -> list[Figure]:
    """The amounts of a source written with 万, 億 or 兆."""
    return [
        figure
        for figure in find_source(normalise_source(source))
        if figure.kind in ("amount", "currency") and any(unit in figure.text for unit in "万億兆")
    ]


def flag_rate(sources: Sequence[str], translations: Sequence[str]) -> tuple[int, Counter[str]]:
    """How many sentences have any flag, and how many have each code."""
    flags = check_lines(sources, translations)
    codes = Counter(code for each in flags for code in {flag.code for flag in each})
    return sum(map(bool, flags)), codes


def main(arguments: Sequence[str]) -> None:
    """Print the tables."""
    folder = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "mt"
    sources = read_lines(folder / "wmt20.ja")
    outputs = {engine: read_lines(folder / f"wmt20.{engine}.en") for engine in ENGINES}
    reference = read_lines(folder / "wmt20.en")
    print(f"{'figures right':14}" + "".join(f"{name:>18}" for name in SHARES))
    for engine, lines in {**outputs, "reference": reference}.items():
        cells = share_right(sources, lines)
        print(f"{engine:14}" + "".join(_cell(*cells[name]) for name in SHARES))
    verdicts = judge_labels(sources, outputs)
    print(f"\nwrong amounts flagged {verdicts.wrong_flagged} of {verdicts.wrong}", end=", ")
    print(f"right amounts flagged {verdicts.right_flagged} of {verdicts.right}")
    for engine, lines in {**outputs, "reference": reference}.items():
        start = time.perf_counter()
        flagged, codes = flag_rate(sources, lines)
        pace = (time.perf_counter() - start) / len(sources) * 1000
        print(f"{engine:14}flagged {flagged / len(sources):6.2%} {pace:5.2f} ms a pair  {_listed(codes.most_common())}")


def _cell(right: int, total: int) -> str:
    return f"{f'{right / total:.1%} of {total}':>18}"


def _listed(codes: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{code} {count}" for code, count in codes)


if __name__ == "__main__":
    main(sys.argv[1:])
