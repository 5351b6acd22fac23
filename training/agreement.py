"""How often good English states an entity in the form in which it would be written into the source.

    python -m training.agreement training/held_out/domain.tsv training/data/*.tsv

Every kind is tried alone, those that are left to the pack too; briefs.fidelity.inline.KINDS are those above 85 %.
"""

import argparse
import collections
from collections.abc import Iterable
from pathlib import Path

from briefs.fidelity import find_entities, load_gazetteer
from briefs.fidelity.inline import KINDS
from training.pairs import Pair, read_pairs
from training.prepare import states

OTHERS = ("ratio", "times", "approx", "ordinal", "code", "organisation", "work", "other")


def agreement(pairs: Iterable[Pair]) -> dict[str, tuple[int, int]]:
    """For each kind how many entities the references state in the inline form, and how many there are."""
    names = load_gazetteer()
    stated: collections.Counter[str] = collections.Counter()
    there: collections.Counter[str] = collections.Counter()
    for ja, en in pairs:
        for entity in find_entities(ja, names, (*KINDS, *OTHERS)):
            there[entity.kind] += 1
            stated[entity.kind] += states(en, entity.english)
    return {kind: (stated[kind], count) for kind, count in there.most_common()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    found = agreement(pair for path in args.files for pair in read_pairs(path))
    print("| kind | entities | stated so | inlined |", "|---|---|---|---|", sep="\n")
    for kind, (stated, count) in found.items():
        print(f"| {kind} | {count} | {100 * stated / count:.0f} % | {'yes' if kind in KINDS else 'no'} |")
    stated, count = (sum(found[kind][i] for kind in KINDS if kind in found) for i in (0, 1))
    print(f"| all that are inlined | {count} | {100 * stated / count:.1f} % | |")


if __name__ == "__main__":
    main()
