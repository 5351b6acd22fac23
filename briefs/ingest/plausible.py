"""How much a decoded text looks like the language its encoding is for: the judge between encodings that all fit.

Legacy East Asian encodings accept each other's bytes, so "it decodes" proves little. What tells them apart is which
characters come out: each standard keeps its common characters together (level 1), and a wrong decoding lands outside.
"""

import functools
import re
from collections import Counter
from dataclasses import dataclass

_SAMPLE = 400_000
_MIXED_WORD = re.compile("[A-Za-z][\u0400-\u045f]|[\u0400-\u045f][A-Za-z]")
_WIDE_MARKS = ((0x2010, 0x2027, 0.6), (0x3000, 0x303F, 0.8), (0xFF01, 0xFF5E, 0.8))
_DAMAGE = ((0x80, 0x9F, -2.0), (0xE000, 0xF8FF, -2.0), (0xFFFD, 0xFFFD, -2.0))
_NO_KANA = ((0x3041, 0x30FE, -0.5), (0xFF61, 0xFF9F, -1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The characters one group of encodings is for; `levels` are codec, lead bytes and weight of common ideographs."""

    name: str
    ranges: tuple[tuple[int, int, float], ...]
    levels: tuple[tuple[str, int, int, float], ...] = ()
    other: float = -0.5


# Kana weigh more than any ideograph: EUC-JP kana are common ideographs when read as Big5 or GB2312, not the reverse.
JAPANESE = Family(
    name="japanese",
    ranges=(
        *_DAMAGE,
        (0x3041, 0x3096, 1.5),
        (0x30A1, 0x30FE, 1.3),
        (0xFF61, 0xFF9F, -0.4),
        *_WIDE_MARKS,
        (0x2160, 0x217F, 0.4),
        (0x2460, 0x2473, 0.6),
        (0x3231, 0x3239, 0.6),
        (0x0370, 0x04FF, -0.2),
    ),
    levels=(("euc_jp", 0xB0, 0xCF, 1.0), ("euc_jp", 0xD0, 0xF4, 0.2)),
    other=0.0,
)
CHINESE = Family(
    name="chinese",
    ranges=(*_DAMAGE, *_NO_KANA, *_WIDE_MARKS, (0xB7, 0xB7, 0.6), (0x3105, 0x312F, -0.5), (0x20000, 0x3FFFF, -1.0)),
    levels=(("gb2312", 0xB0, 0xD7, 1.0), ("gb2312", 0xD8, 0xF7, 0.4)),
    other=-0.2,
)
TAIWANESE = Family(
    name="taiwanese",
    ranges=(*_DAMAGE, *_NO_KANA, *_WIDE_MARKS, (0xFE30, 0xFE6F, 0.4), (0x20000, 0x3FFFF, -1.0)),
    levels=(("big5", 0xA4, 0xC6, 1.0), ("big5", 0xC9, 0xF9, 0.3)),
    other=-0.2,
)
KOREAN = Family(
    name="korean",
    ranges=(*_DAMAGE, *_NO_KANA, *_WIDE_MARKS, (0x4E00, 0x9FFF, -0.2)),
    levels=(("euc_kr", 0xB0, 0xC8, 1.2),),
    other=0.0,
)
CYRILLIC = Family(
    name="cyrillic",
    ranges=(
        *_DAMAGE,
        (0x0430, 0x044F, 1.0),
        (0x0410, 0x042F, 0.2),
        (0x0451, 0x045F, 0.5),
        (0x0401, 0x040F, 0.0),
        (0x2010, 0x2027, 0.5),
        (0xA0, 0xA0, 0.3),
        (0xAB, 0xAB, 0.5),
        (0xBB, 0xBB, 0.5),
        (0x2116, 0x2116, 0.5),
    ),
)
LATIN = Family(
    name="latin",
    ranges=(
        *_DAMAGE,
        (0xC0, 0xFF, 0.7),
        (0xA0, 0xBF, 0.5),
        (0x2010, 0x2030, 0.7),
        (0x20AC, 0x20AC, 0.7),
        (0x152, 0x178, 0.5),
    ),
)


def plausibility(text: str, family: Family) -> float:
    """The mean weight of the characters beyond ASCII: about 1 when right, below 0.3 when not; 0 if there are none."""
    counts = Counter(text[:_SAMPLE])
    foreign = {ord(character): number for character, number in counts.items() if character > "\x7f"}
    total = sum(foreign.values())
    if not total:
        return 0.0
    weights = _weights(family)
    score = sum(weights.get(code, _range_weight(code, family)) * number for code, number in foreign.items()) / total
    if family is JAPANESE and sum(foreign.get(code, 0) for code in range(0x3041, 0x30FF)) < 0.03 * total:
        score -= 0.3
    if family is LATIN and total > 0.7 * sum(number for character, number in counts.items() if "A" <= character <= "z"):
        # Accents are the exception in Latin script; a page of them is another script read as Latin.
        score -= 1.0
    if family is CYRILLIC and len(_MIXED_WORD.findall(text[:_SAMPLE])) > 0.2 * total:
        # No word mixes the two scripts: these are the accents of a Latin text, read as Cyrillic letters.
        score -= 1.0
    return score


def _range_weight(code: int, family: Family) -> float:
    return next((weight for first, last, weight in family.ranges if first <= code <= last), family.other)


@functools.cache
def _weights(family: Family) -> dict[int, float]:
    weights: dict[int, float] = {}
    for codec, first, last, weight in family.levels:
        trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)] if codec == "big5" else range(0xA1, 0xFF)
        block = b"".join(bytes((lead, trail)) for lead in range(first, last + 1) for trail in trails)
        # Cells that are not assigned are skipped; both bytes of a cell are, as no trail here is ASCII but Big5's.
        weights |= {ord(character): weight for character in block.decode(codec, "ignore") if character > "\x7f"}
    return weights
