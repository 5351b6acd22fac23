"""Entities written in English inside the source, in the form that the built-in pack was trained on."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from briefs.fidelity.gazetteer import Gazetteer, fold
from briefs.fidelity.quantities import find_quantities

_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "})


class Entity(NamedTuple):
    """A quantity or name at `text[start:end]` of the normalised source, and its English."""

    start: int
    end: int
    english: str
    kind: str


def normalise_source(text: str) -> str:
    """NFKC, ideographic space to space, runs of space to one: what a pack's source looks like."""
    return fold(text)


def normalise_english(text: str) -> str:
    """Straight quotes and plain dashes, NFKC, runs of space to one."""
    return fold(text.translate(_PLAIN))


def find_entities(text: str, gazetteer: Gazetteer, kinds: Collection[str]) -> list[Entity]:
    """Quantities and names of the wanted kinds ("numbers", "dates", "names") in a normalised source, in order."""
    wanted = {kind for kind in ("amount", "date", "year") if ("numbers" if kind == "amount" else "dates") in kinds}
    found = [Entity(*quantity) for quantity in find_quantities(text) if quantity.kind in wanted]
    if "names" in kinds:
        found += [Entity(*name) for name in gazetteer.find(text)]
    return sorted(found)


def apply_inline(text: str, entities: Iterable[Entity]) -> str:
    """The text with the entities replaced by their English, set off by spaces; of two that overlap the first stays."""
    pieces, last = [], 0
    for entity in sorted(entities):
        if entity.start < last:
            continue
        pieces += [text[last : entity.start], " ", entity.english, " "]
        last = entity.end
    return re.sub(r" +", " ", "".join(pieces) + text[last:]).strip()
