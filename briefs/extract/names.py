"""The countries and organisations that a theme's title names, in the languages of the gazetteer."""

import csv
import functools
import re
from pathlib import Path

_PATH = Path(__file__).parents[1] / "data" / "names.tsv"
_KINDS = ("place", "organisation")


def title_actors(title: str) -> tuple[tuple[str, ...], ...]:
    """For each actor that `title` names, all its forms: "China and Russia" gives (China, 中国), (Russia, ロシア)."""
    forms = load_names()
    found = {name: title.find(name) for name in forms if name in title and _is_word(name, title)}
    whole = [name for name in found if not any(name != other and name in other for other in found)]
    return tuple((name, *forms[name]) for name in sorted(whole, key=lambda name: (found[name], name)))


@functools.cache
def load_names() -> dict[str, tuple[str, ...]]:
    """Read the gazetteer: English name -> Japanese forms, places and organisations only."""
    forms: dict[str, tuple[str, ...]] = {}
    with _PATH.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] in _KINDS:
                forms[row["en"]] = (*forms.get(row["en"], ()), row["ja"])
    return forms


def _is_word(name: str, title: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None
