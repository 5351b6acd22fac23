"""Japanese numerals: arabic, kanji and mixed, with 万, 億, 兆 and 京."""

import re
from decimal import Decimal

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# 千葉, 百貨店, 千代田 and the like begin with a numeral that belongs to the word.
_NOT_A_WORD = r"(?![葉貨代歳島曲])"
# Not the year or day of a date, but the years of 1万2000年ぶり.
_ENDS = r"(?!\d|,\d|\.\d|\s?(?:[月日万億兆京百千]|年(?!前|間|ぶり|余|以上|もの|来)))"
_TAIL = rf"(?:\s?(?:{DIGITS})(?:\s?[百千]?[万億兆京]|(?:\s?[百千])?{_ENDS}))*"
ARABIC = (
    rf"\d千\d百(?:\d十)?\d?[万億兆京]{_TAIL}|"
    rf"(?:{DIGITS})(?:\s?(?:[十百千]?[万億兆京])(?:\s?(?:{DIGITS})(?:\s?[百千]?[万億兆京]|(?:\s?[百千])?{_ENDS}))*"
    rf"|\s?[百千]{_NOT_A_WORD}(?:\d+百?)?(?:\d+)?)?"
)
KANJI_DIGITS = "〇零一二三四五六七八九"
KANJI = rf"[{KANJI_DIGITS}十百千]+(?:[万億兆京][{KANJI_DIGITS}十百千]*)*"
_MEASURE = r"(?=\s?(?:[%割倍度億兆万秒]|パーセント|ポイント|メートル|キロ|トン|センチ|ミリ|ドル))"
KANJI_DECIMAL = rf"(?:[{KANJI_DIGITS}]+・[{KANJI_DIGITS}]+|\d+・\d+){_MEASURE}|(?<=率)\d+・\d+"
NUMBER = rf"(?:{KANJI_DECIMAL}|{ARABIC}|{KANJI})"
SMALL = {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000)}
LARGE = {"万": Decimal(10) ** 4, "億": Decimal(10) ** 8, "兆": Decimal(10) ** 12, "京": Decimal(10) ** 16}
_PIECE = re.compile(r"[\d,]*\d(?:\.\d+)?|.")


def number_value(text: str) -> Decimal:
    """The exact value of a numeral; ValueError if `text` holds anything else."""
    if "・" in text:
        text = "".join(c if c.isdigit() and c.isascii() else "." if c == "・" else str(_digit(c)) for c in text)
    text = text.replace(" ", "")
    total = section = Decimal(0)
    pending: Decimal | None = None
    for piece in _PIECE.findall(text):
        if piece in SMALL:
            section += (Decimal(1) if pending is None else pending) * SMALL[piece]
            pending = None
        elif piece in LARGE:
            section += pending or 0
            total += (section or Decimal(1)) * LARGE[piece]
            section, pending = Decimal(0), None
        elif piece[0].isascii():
            pending = Decimal(piece.replace(",", ""))
        else:
            pending = (pending or Decimal(0)) * 10 + _digit(piece)
    return total + section + (pending or 0)


def range_values(first: str, second: str) -> tuple[Decimal, Decimal]:
    """Both ends of a range, the first taking over the magnitude that only the second states (2〜3万)."""
    low, high = number_value(first), number_value(second)
    shared = re.search(r"[十百千]?[万億兆京]$|[百千]$", second)
    if shared and not re.search(r"[百千万億兆京]", first):
        factor = number_value("1" + shared.group())
        if low <= high / factor:
            low *= factor
    return low, high


def _digit(char: str) -> int:
    value = KANJI_DIGITS.find(char)
    if value < 0:
        raise ValueError(f"not a numeral: {char!r}")
    return max(0, value - 1)
