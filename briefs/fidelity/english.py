"""Finds every number of an English sentence, in digits or words, with what it may stand for."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from briefs.fidelity import words
from briefs.fidelity.figures import Number

_TOKEN = re.compile(
    r"https?://\S+|(?<![A-Za-z0-9])[a-z]{2,}\d[\dA-Za-z]*|(?<![A-Za-z0-9])(?!(?:US|USD|JPY|EUR|GBP|CNY|RMB|KRW|HK|AUD|Rs|Rp|No|TEL|INR)-?\d|[a-z])[A-Z][A-Za-z]*-?\d[\dA-Za-z]*(?:-\d+)?(?![\d.,]*\d)"
    r"|\d+(?:, ?000)+(?!\d)|\d+(?:,\d{3})*(?:\.\d+)?|[A-Za-z]+|\S"
)
_LINK = re.compile(
    r"\s*(?:-|~|,|;|/|to|and|or|,\s*and|versus|from|through|until)?\s*(?:to|and|or)?\s*(?:nearly|about|even)?\s*[$€£¥]?\s*"
)
_ONE, _TEN = Decimal(1), Decimal(10)


class _Token(NamedTuple):
    text: str
    word: str
    start: int
    end: int


def find_english(text: str) -> list[Number]:
    """The numbers of a normalised English text, in order."""
    tokens = [_Token(m.group(), m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    scanner = _Scanner(tokens)
    scanner.run()
    _share(scanner.found, text)
    return scanner.found


class _Scanner:
    """Walks the tokens once, left to right."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self.tokens = tokens
        self.found: list[Number] = []
        self._below = -1  # where the ten of "three in ten" stands: it is no number of its own

    def run(self) -> None:
        """Fill `found`."""
        i = 0
        while i < len(self.tokens):
            i = self._step(i)

    def _step(self, i: int) -> int:
        token = self.tokens[i]
        word = token.word
        if word not in _RELEVANT and token.text.isalpha() and not word.startswith(("multi", "halv")):
            return i + 1
        if word[0].isdigit() or word in words.ONES or word in words.TENS or word in words.MAGNITUDES:
            return self._number(i)
        if not token.text.isalpha() and any(map(str.isdigit, word)):
            return self._code(i)
        if word in words.ORDINALS:
            return self._ordinal(i, Decimal(0), i)
        if word in words.PLURALS:
            return self._plural(i)
        return self._single(i, word)

    def word(self, i: int) -> str:
        """The word at `i`, empty past the end."""
        return self.tokens[i].word if 0 <= i < len(self.tokens) else ""

    def _single(self, i: int, word: str) -> int:
        token = self.tokens[i]
        if word in words.MONTHS and token.text[0].isupper():
            self._add(i, i, Decimal(words.MONTHS[word]), kind="month")
        elif word in words.WEEKDAYS and token.text[0].isupper():
            self._add(i, i, Decimal(0), kind="weekday")
        elif word == "half" or (word == "halves" or word.startswith("halv")):
            number = self._add(i, i, Decimal("0.5"), kind="ratio")
            return self._half_million(i, number)
        elif word in ("quarter", "quarters") and self.word(i - 1) not in words.ORDINALS:
            return self._half_million(i, self._add(i, i, Decimal("0.25"), kind="ratio"))
        elif word in words.MULTIPLES:
            self._add(i, i, Decimal(words.MULTIPLES[word]), kind="multiple")
        elif word.startswith("multi") and (size := words.MAGNITUDES.get(word[5:] or self.word(i + 2))) is not None:
            self._add(i, i, size, kind="approx")
        elif word in ("decade", "century", "millennium"):
            self._add(i, i, {"decade": _TEN, "century": _TEN**2, "millennium": _TEN**3}[word], kind="multiple")
        elif word in ("decades", "centuries"):
            self._add(i, i, Decimal(10 if word == "decades" else 100), kind="approx")
        return i + 1

    def _half_million(self, i: int, number: Number) -> int:
        """Half a million, half a dozen, quarter-million."""
        j = i + 1
        while self.word(j) in ("a", "-"):
            j += 1
        if (size := words.MAGNITUDES.get(self.word(j))) is not None:
            number.value, number.kind, number.end, number.factor = (
                number.value * size,
                "number",
                self.tokens[j].end,
                size,
            )
            return j + 1
        return i + 1

    def _code(self, i: int) -> int:
        digits = re.findall(r"\d+", self.tokens[i].text)
        for each in digits:
            self._add(i, i, Decimal(each), kind="multiple")
        return i + 1

    def _number(self, i: int) -> int:
        first = i
        value, i, factor = self._value(i)
        if self.word(i) in words.ORDINALS and self.word(i - 1) in words.TENS:
            return self._ordinal(i, value, first)
        if self.word(i) == "-" and self.word(i + 1) in words.ORDINALS and self.word(i - 1) in words.TENS:
            return self._ordinal(i + 1, value, first)
        token = self.tokens[first]
        number = self._add(first, i - 1, value, factor=factor)
        number.strict = value >= 3 and not (first == i - 1 and token.word in words.MAGNITUDES)
        number.strict = number.strict and first != self._below and not self._is_named(first, i)
        if self.word(i - 1) == "half" and factor == 1:
            number.also.add(value - Decimal("0.5"))
        return self._suffix(first, i, number)

    def _value(self, i: int) -> tuple[Decimal, int, Decimal]:
        """The value of the number at `i`, where it ends, and the magnitude word that closes it."""
        total = section = Decimal(0)
        factor, start = _ONE, i
        while i < len(self.tokens):
            word, j = self.word(i), i
            if i > start and word == "-" and self.tokens[i].start == self.tokens[i - 1].end:
                j, word = i + 1, self.word(i + 1)
            elif i > start and word == "and" and self.word(i - 1) in words.MAGNITUDES and not self._digits(i + 1):
                j, word = i + 1, self.word(i + 1)
                if word in words.MAGNITUDES:
                    break
            if word and word[0].isdigit() and (i == start or self._goes_on(i)):
                section = _decimal(word)
            elif self._continues(word, j, start):
                section += words.ONES.get(word, Decimal(0)) + words.TENS.get(word, Decimal(0))
            elif (size := self._magnitude(j, start)) is not None:
                section = (section or _ONE) * size
                factor *= size
                if size >= 1000:
                    total, section = total + section, Decimal(0)
            else:
                break
            i = j + 1
        value, i, factor = self._and_a_half(total + section, i, factor)
        return value, i, factor

    def _goes_on(self, i: int) -> bool:
        """Is it the 116 of "3 billion 116 million"?"""
        before, after = (words.MAGNITUDES.get(self.word(k), _ONE) for k in (i - 1, i + 1))
        return before >= 1000 and _ONE < after < before

    def _is_named(self, first: int, i: int) -> bool:
        """Nikkei 225, 3-dimensional, (180 miles): is it part of a name or phrase, or a conversion in brackets?"""
        after = self.word(i if self.word(i) != "-" else i + 1)
        if self.word(first - 1) == "(" and after in _CONVERTED:
            return True
        hundred = self.word(first) == "100" and after in ("%", "percent", "per")
        return hundred or self.word(first - 1) in _NAMED or after in ("dimensional", "d")

    def _digits(self, i: int) -> bool:
        return self.word(i)[:1].isdigit()

    def _continues(self, word: str, j: int, start: int) -> bool:
        """Is `word` a number word that adds to what stands before it (twenty-five, hundred and six, not six five)?"""
        if word not in words.ONES and word not in words.TENS:
            return False
        if j == start:
            return True
        before = self.word(j - 1) if self.word(j - 1) not in ("-", "and") else self.word(j - 2)
        if before in words.TENS:
            return word in words.ONES and 0 < words.ONES[word] < 10
        return before in words.MAGNITUDES and not self._digits(start)

    def _magnitude(self, j: int, start: int) -> Decimal | None:
        word = self.word(j)
        if word in words.MAGNITUDES:
            return words.MAGNITUDES[word]
        if j > start and word.endswith("s") and word[:-1] in words.MAGNITUDES and self._digits(j - 1):
            return words.MAGNITUDES[word[:-1]]
        if j > start and word in words.ABBREVIATIONS and self._digits(j - 1):
            attached = self.tokens[j].start == self.tokens[j - 1].end
            money = self.word(start - 1) in ("$", "€", "£", "¥")
            if (money or (attached and word not in ("m", "t", "b")) or (len(word) > 1 and word != "mil")) and self.word(
                j + 1
            ) != "/":
                return words.ABBREVIATIONS[word]
        return None

    def _and_a_half(self, value: Decimal, i: int, factor: Decimal) -> tuple[Decimal, int, Decimal]:
        spoken = [k for k in range(i, min(i + 8, len(self.tokens))) if self.word(k) != "-"]  # four-and-a-half-day
        if [self.word(k) for k in spoken[:3]] != ["and", "a", "half"]:
            return value, i, factor
        size = words.MAGNITUDES.get(self.word(spoken[3])) if len(spoken) > 3 else None
        if size is not None:
            return (value + Decimal("0.5")) * size, spoken[3] + 1, size
        return value + factor / 2, spoken[2] + 1, factor

    def _ordinal(self, i: int, tens: Decimal, first: int) -> int:
        word = self.word(i)
        number = self._add(first, i, tens + words.ORDINALS[word], kind="ordinal")
        number.strict = number.value > 3 and not (word == "eleventh" and "hour" in (self.word(i + 1), self.word(i + 2)))
        if not tens and word in words.FRACTIONS and self.word(i - 1) in ("a", "an", "one", "-", "than", "by", "nearly"):
            number.also.add(1 / Decimal(words.FRACTIONS[word]))
        self._century(i + 1, number)
        return i + 1

    def _plural(self, i: int) -> int:
        """Hundreds, tens of thousands, hundreds of millions."""
        first, size = i, words.PLURALS[self.word(i)]
        while self.word(i + 1) == "of" and self.word(i + 2) in words.PLURALS:
            size *= words.PLURALS[self.word(i + 2)]
            i += 2
        self._add(first, i, size, kind="approx")
        return i + 1

    def _suffix(self, first: int, i: int, number: Number) -> int:
        """Take what follows a number into account: %, st, decades, fractions, times, money."""
        word, attached = self.word(i), i < len(self.tokens) and self.tokens[i].start == self.tokens[i - 1].end
        if attached and word in ("st", "nd", "rd", "th"):
            number.kind, number.end, i = "ordinal", self.tokens[i].end, i + 1
            self._century(i, number)
        elif attached and word == "s" and number.value % 10 == 0:
            number.also |= {number.value % 100, number.value}
            number.end, i = self.tokens[i].end, i + 1
        elif attached and word == "x":
            i += 1
        elif attached and word == ":" and self._digits(i + 1):
            self._hours(i + 2, number)
        elif word in ("a", "p", "am", "pm"):
            self._hours(i, number)
        elif word == "o" and self.word(i + 2) == "clock":
            number.also.add(number.value + 12)
        self._unit(first, i, number)
        return self._fraction(i, number)

    def _hours(self, i: int, number: Number) -> None:
        if number.value != int(number.value) and number.value < 25:
            minutes = number.value % 1 * 100
            number.also |= {minutes, Decimal(int(number.value)), Decimal(int(number.value) + 12)}
        if number.value <= 24 and self.word(i - 1 if self.word(i) != ":" else i)[:1] != "$":
            number.also.add(number.value % 12 if number.value >= 12 else number.value + 12)

    def _century(self, i: int, number: Number) -> None:
        if self.word(i if self.word(i) != "-" else i + 1) in ("century", "centuries"):
            number.also.add(number.value * 100)

    def _unit(self, first: int, i: int, number: Number) -> None:
        word = self.word(i) if self.word(i) != "-" else self.word(i + 1)
        before = self.word(first - 1)
        if word in ("%", "percent", "percentage", "pct") or (
            word == "per" and "cent" in (self.word(i + 1), self.word(i + 2))
        ):
            number.unit = "%"
        elif before in words.CURRENCIES and (
            not before.isalpha() or before in ("usd", "rmb", "jpy", "eur", "gbp", "cny", "krw")
        ):
            number.unit = words.CURRENCIES[before]
        else:
            near = [word, self.word(i + 1), self.word(i + 2)] if word in _ADJECTIVES else [word]
            number.unit = next((words.CURRENCIES[each] for each in near if each in words.CURRENCIES), "")
        if word in ("decade", "decades"):
            number.also.add(number.value * 10)
        elif word in ("century", "centuries"):
            number.also.add(number.value * 100)
        elif word == "score":
            number.also.add(number.value * 20)
        elif word == "fold":
            number.kind = "number"

    def _fraction(self, i: int, number: Number) -> int:
        """Two-thirds, three quarters, one in five, 3/4."""
        j = i + 1 if self.word(i) == "-" else i
        word = self.word(j)
        if number.value == 1 and words.ORDINALS.get(word, _ONE) >= 20:
            number.also.add(1 / words.ORDINALS[word])
            number.end, number.kind = self.tokens[j].end, "ratio"
            return j + 1
        part = words.ONES.get(word) or words.TENS.get(word)
        last = self.word(j + 2) if self.word(j + 1) == "-" else ""
        if number.value == 1 and part and last in ("hundredth", "thousandth"):  # one three-hundredth
            number.also.add(1 / (part * words.ORDINALS[last]))
            number.end, number.kind = self.tokens[j + 2].end, "ratio"
            return j + 3
        if (
            word in words.FRACTIONS
            and number.value < words.FRACTIONS[word]
            and (word.endswith("s") or number.value == 1)
        ):
            number.also.add(number.value / words.FRACTIONS[word])
            number.end = self.tokens[j].end
            number.kind, number.strict = "ratio", False
            return j + 1
        j = i
        while self.word(j) in ("in", "out", "of", "every", "/", "the"):
            j += 1
        word = self.word(j)
        if j > i and (self._digits(j) or word in words.ONES):
            below = _decimal(word) if self._digits(j) else words.ONES[word]
            if number.value < below <= 100 or (number.value == 1 and below <= 1000):
                self._below = j
                number.also.add(number.value / below)
        return i

    def _add(self, first: int, last: int, value: Decimal, *, kind: str = "number", factor: Decimal = _ONE) -> Number:
        number = Number(
            start=self.tokens[first].start, end=self.tokens[last].end, value=value, kind=kind, factor=factor
        )
        number.hedged = any(self.word(k) in words.HEDGES for k in range(first - 3, first)) or self.word(last + 1) in (
            "or",
            "plus",
            "+",
        )
        self.found.append(number)
        return number


# Numbers that belong to a name: Nikkei 225, S&P 500, September 11.
_NAMED = frozenset("nikkei p ftse fortune september cac dax channel route boeing airbus".split())
_CONVERTED = frozenset(
    "feet foot ft mi inches inch miles mile pounds lbs ounces acres yards gallons degrees f km kilometers kilometres meters metres "
    "cm kg kilograms kilos hectares".split()
)
_RELEVANT = frozenset(
    {
        *words.ONES,
        *words.TENS,
        *words.MAGNITUDES,
        *words.ORDINALS,
        *words.PLURALS,
        *words.MULTIPLES,
        *words.MONTHS,
        *words.WEEKDAYS,
    }
    | {"half", "quarter", "quarters", "decade", "decades", "century", "centuries", "millennium"}
)
_ADJECTIVES = frozenset(
    "u us s . american hong kong canadian australian japanese chinese korean new taiwan singapore swiss in worth of".split()
)


def _decimal(word: str) -> Decimal:
    return Decimal(word.replace(",", "").replace(" ", ""))


def _share(found: list[Number], text: str) -> None:
    """Give the first of 2-3 million, 10 and 20 percent or $5 to 6 billion what only the last states."""
    for a, b in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        if a.kind not in ("number", "approx") or b.kind != "number" or not _LINK.fullmatch(text, a.end, b.start):
            continue
        if 1000 <= a.value <= 2100 and 10 <= b.value < 100 and text[a.end : b.start] in ("-", "/"):
            b.also.add(a.value - a.value % 100 + b.value)  # 1995-96
        if b.factor > 1 and a.factor == 1 and a.value < 10000:
            a.also.add(a.value * b.factor)
        if a.unit and not b.unit and a.unit != "%" and b.factor > 1:
            b.unit = a.unit
        elif b.unit and not a.unit:
            a.unit, a.shared = b.unit, True
