"""Names and terms with their English, found by longest match."""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from briefs.errors import ConfigError

_NAMES = Path(__file__).parent.parent / "data" / "names.tsv"
_KATAKANA = re.compile(r"[ァ-ヴー]").match
_KANJI = re.compile(r"[一-鿿々]").match
# Surnames that are common words too (mask, rice, crow, salami, quince, gnome): names only before a title.
_WORDS = frozenset("マスク ライス カラス サラミ カリン ノーム".split())
_TITLED = re.compile(
    r"氏|さん|夫妻|会長|CEO|最高経営|・?[一-鿿A-Z]{0,8}(?:長官|大統領|首相|補佐官|司令官|代表(?![的例作格産選])|外相|知事)"
).match


class Name(NamedTuple):
    """A known name at `text[start:end]` and its English."""

    start: int
    end: int
    english: str
    kind: str


class Gazetteer:
    """Names with their English; finds the longest at each place, left to right.

    A name that begins or ends in katakana must not be part of a longer katakana word; one in kanji that is not a person
    or place must not touch other kanji (ロシア軍 in ロシア軍需産業). Surnames that are common words must have a title.
    One-character names are ignored.
    """

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """`entries` yields (Japanese, English, kind); a later entry wins over an earlier one of the same Japanese."""
        self._names = {fold(ja): (fold(en), kind) for ja, en, kind in entries if len(ja) > 1}
        lengths: dict[str, set[int]] = {}
        for ja in self._names:
            lengths.setdefault(ja[:2], set()).add(len(ja))
        self._lengths = {prefix: sorted(sizes, reverse=True) for prefix, sizes in lengths.items()}
        rows = "\n".join(f"{ja}\t{en}\t{kind}" for ja, (en, kind) in sorted(self._names.items()))
        self.sha256 = hashlib.sha256(rows.encode()).hexdigest()

    def find(self, text: str) -> list[Name]:
        """Names in `text`, which must be NFKC, in order, not overlapping."""
        found, i = [], 0
        while i < len(text) - 1:
            for size in self._lengths.get(text[i : i + 2], ()):
                word = text[i : i + size]
                if len(word) == size and word in self._names and self._stands_alone(text, i, i + size):
                    english, kind = self._names[word]
                    found.append(Name(i, i + size, english, kind))
                    i += size - 1
                    break
            i += 1
        return found

    def english(self) -> Iterable[tuple[str, str]]:
        """The English of every name, with its kind."""
        return self._names.values()

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        word, before, after = text[start:end], text[max(0, start - 1) : start], text[end : end + 1]
        if word in _WORDS and self._names[word][1] == "person" and not _TITLED(text, end):
            return False
        for touches in (_KATAKANA, _KANJI):
            if touches is _KANJI and self._names[word][1] in ("person", "place"):
                continue
            if (touches(word[0]) and touches(before)) or (touches(word[-1]) and touches(after)):
                return False
        return True


def fold(text: str) -> str:
    """NFKC with runs of white space as one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def read_glossary(path: Path) -> list[tuple[str, str, str]]:
    """Rows (ja, en, kind) of a TSV with that header; ConfigError names the file and line that does not fit."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read ({error})", hint="a glossary is a UTF-8 TSV: ja, en, kind"
        ) from error
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 2:
            raise ConfigError(
                f"{path}:{number}: expected ja, en and kind, separated by tabs", hint="see docs/configuration.md"
            )
        rows.append((cells[0], cells[1], cells[2] if len(cells) > 2 else "other"))
    return rows


@functools.cache
def load_gazetteer(glossary: str = "") -> Gazetteer:
    """The built-in names, with the entries of the user's glossary winning over them."""
    return Gazetteer([*read_glossary(_NAMES), *(read_glossary(Path(glossary)) if glossary else [])])
