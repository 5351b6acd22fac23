"""What the fidelity check sees of right translations whose figures were changed on purpose.

    python -m benchmarks.fidelity_changed training/data/*.tsv [--amounts 800] [--seed 5]

Reads pairs (Japanese, tab, English), prints how many are flagged as they stand, then changes one figure of those that are
not, in the ways in which engines go wrong, until so many pairs with an amount were changed. Prints the share of each
change that is flagged.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from briefs.fidelity import compare

Pair = tuple[str, str]
_AMOUNT = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?) (million|billion|trillion)")
_PERCENT = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)(?:%| percent)")
_NUMBER = re.compile(r"(?<![\d.,A-Za-z-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d,]*\d)")
_OTHER_SIZE = {"million": "billion", "billion": "million", "trillion": "billion"}
_OTHER_MONEY = {"yen": "dollars", "$": "€", "euros": "dollars"}


def read_pairs(paths: Iterable[Path]) -> list[Pair]:
    """The pairs of some files."""
    lines = [
        line.split("\t") for path in paths for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line
    ]
    return [(japanese, english) for japanese, english, *_ in lines]


def other_digit(number: str, rng: random.Random) -> str:
    """A number with one of its digits changed; the first never to 0."""
    at = rng.choice([i for i, c in enumerate(number) if c.isdigit()])
    return (
        number[:at] + rng.choice([d for d in "0123456789" if d != number[at] and (at or d != "0")]) + number[at + 1 :]
    )


def change_amount(english: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """What may become of the first amount of a sentence, each with the name of the change."""
    m = _AMOUNT.search(english)
    if m is None:
        return
    before, after = english[: m.start()], english[m.end() :]
    yield "amount: another magnitude", f"{before}{m[1]} {_OTHER_SIZE[m[2]]}{after}"
    yield "amount: magnitude left out", f"{before}{m[1]}{after}"
    yield "amount: a digit", f"{before}{other_digit(m[1], rng)} {m[2]}{after}"
    if m[1].isdigit():
        yield "amount: ten times", f"{before}{m[1]}0 {m[2]}{after}"
    yield "amount: left out", f"{before}{after}"


def change_rest(japanese: str, english: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """The same for its first percentage, its first other number, and a currency that is named once."""
    percent, number = _PERCENT.search(english), _NUMBER.search(english)
    if percent:
        before, after = english[: percent.start(1)], english[percent.end(1) :]
        yield "percentage: a digit", f"{before}{other_digit(percent[1], rng)}{after}"
        yield "percentage: left out", english[: percent.start()] + english[percent.end() :]
    if number and not _AMOUNT.match(english, number.start()) and not _PERCENT.match(english, number.start()):
        before, after = english[: number.start()], english[number.end() :]
        yield "date or count: a digit", f"{before}{other_digit(number[1], rng)}{after}"
    for named, other in _OTHER_MONEY.items():
        if re.search(r"\$\d" if named == "$" else rf"\d.*\b{named}\b", english) and english.count(named) == 1:
            if re.search("[円ドルユ]", japanese):
                yield "currency: another", english.replace(named, other)
            return


def measure(pairs: Sequence[Pair], amounts: int, seed: int) -> tuple[int, Counter[str], Counter[str]]:
    """How many pairs are flagged as they are; how many changes of each name were made, and how many of them flagged."""
    flagged = {pair for pair in pairs if compare(*pair)}
    rng, made, seen = random.Random(seed), Counter[str](), Counter[str]()
    for japanese, english in rng.sample(pairs, len(pairs)):
        if (japanese, english) in flagged:
            continue
        for name, changed in (*change_amount(english, rng), *change_rest(japanese, english, rng)):
            made[name] += 1
            seen[name] += bool(compare(japanese, changed))
        if made["amount: left out"] >= amounts:
            break
    return len(flagged), made, seen


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--amounts", type=int, default=800)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    pairs = read_pairs(args.files)
    flagged, made, seen = measure(pairs, args.amounts, args.seed)
    print(f"flagged as they are: {flagged} of {len(pairs)} ({flagged / len(pairs):.2%})\n")
    print("| changed | cases | flagged |\n|---|---|---|")
    for name, count in sorted(made.items()):
        print(f"| {name} | {count:,} | {seen[name] / count:.1%} |")


if __name__ == "__main__":
    main()
