"""What a figure of the source is, and of the translation."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A quantity at `text[start:end]` of the normalised source.

    `kind` is amount, currency, percent, ratio, times, count, ordinal, year, date, time, approx, weekday or code. A range
    has two `values`, a date its (year, month, day) as far as stated. `also` are other values it may mean, `optional`
    says that good English may leave it out.
    """

    start: int
    end: int
    text: str
    kind: str
    values: tuple[Decimal, ...] = ()
    unit: str = ""
    english: str = ""
    date: tuple[int | None, int | None, int | None] = (None, None, None)
    also: tuple[Decimal, ...] = ()
    optional: bool = False


@dataclass(slots=True, kw_only=True)
class Number:
    """A number of the translation at `text[start:end]`: its value, and others that it may stand for.

    `kind` is number, ordinal, ratio, approx, month, weekday, half or multiple. `unit` is %, a currency code or empty.
    `factor` is the magnitude word's value. `strict` numbers must come from somewhere in the source; `hedged` ones stand
    behind "about" or the like; a `shared` unit is one that a neighbour states.
    """

    start: int
    end: int
    value: Decimal
    kind: str = "number"
    unit: str = ""
    factor: Decimal = Decimal(1)
    also: set[Decimal] = field(default_factory=set)
    strict: bool = False
    hedged: bool = False
    shared: bool = False
