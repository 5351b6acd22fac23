"""Japanese amounts and dates, and their English in news style."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

MONTHS = tuple("January February March April May June July August September October November December".split())
_UNITS = {"兆": Decimal(10) ** 12, "億": Decimal(10) ** 8, "万": Decimal(10) ** 4}
_SMALL = {"千": Decimal(1000), "百": Decimal(100), "十": Decimal(10)}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
_AMOUNT = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?:[十百千]?[万億兆]|[百千](?![年日月]))(?:\d[\d,]*(?:\.\d+)?[十百千]?[万億]?)*"
)
_DATE = re.compile(r"(?:(?<!\d)(\d{4}|\d{2}(?=年\d{1,2}月))年)?(?<!\d)(\d{1,2})月(?:(\d{1,2})日)?(?!間|期)")
_ERA_YEAR = re.compile(r"(令和|平成|昭和)(元|\d{1,2})年(?!度?間)")
_TERM = re.compile(r"([\d,]+(?:\.\d+)?)([十百千]?)([万億兆]?)")


class Quantity(NamedTuple):
    """A quantity at `text[start:end]` and its English."""

    start: int
    end: int
    english: str
    kind: str


def amount_value(span: str) -> Decimal | None:
    """Value of an amount with 万, 億, 兆 or a trailing 百, 千; None if it is zero or does not parse."""
    total = section = Decimal(0)
    for number, small, unit in _TERM.findall(span):
        digits = number.replace(",", "")
        if not digits:
            continue
        section += Decimal(digits) * _SMALL.get(small, Decimal(1))
        if unit:
            total += section * _UNITS[unit]
            section = Decimal(0)
    return (total + section) or None


def english_amount(value: Decimal) -> str:
    """News style: 30,000; 1.13 billion; 1.2 trillion. Always exact: the whole number with commas where words are not."""
    for size, word in ((12, "trillion"), (9, "billion"), (6, "million")):
        if value >= Decimal(10) ** size:
            scaled = (value / Decimal(10) ** size).normalize()
            exponent = scaled.as_tuple().exponent
            if isinstance(exponent, int) and -exponent <= 4:
                return f"{scaled:,f} {word}"
            break
    return f"{value.normalize():,f}"


def find_quantities(text: str) -> list[Quantity]:
    """Amounts with magnitude units, dates that name a month, and era years, in order; `text` must be NFKC."""
    found = [*_dates(text), *_era_years(text)]
    taken = [(q.start, q.end) for q in found]
    for m in _AMOUNT.finditer(text):
        value = amount_value(m.group())
        if value is not None and not any(start < m.end() and m.start() < end for start, end in taken):
            found.append(Quantity(m.start(), m.end(), english_amount(value), "amount"))
    return sorted(found)


def _dates(text: str) -> Iterator[Quantity]:
    for m in _DATE.finditer(text):
        year, month, day = m.group(1), int(m.group(2)), m.group(3)
        if not 1 <= month <= 12 or (day and not 1 <= int(day) <= 31) or not (year or day):
            continue
        english = MONTHS[month - 1] + (f" {int(day)}" if day else "")
        if year:
            english += (", " if day else " ") + (year if len(year) == 4 else "20" + year)
        yield Quantity(m.start(), m.end(), english, "date")


def _era_years(text: str) -> Iterator[Quantity]:
    for m in _ERA_YEAR.finditer(text):
        year = _ERAS[m.group(1)] + (1 if m.group(2) == "元" else int(m.group(2)))
        yield Quantity(m.start(), m.end(), f"{year}年", "year")
