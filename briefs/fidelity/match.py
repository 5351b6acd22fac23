# ruff: noqa: E501 - tables read better whole, and Japanese counts double
"""Which figures of the source have a partner in the translation, and which of the translation have none."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from briefs.fidelity.dates import era_year
from briefs.fidelity.english import find_english
from briefs.fidelity.figures import Figure, Number
from briefs.fidelity.numerals import KANJI, number_value
from briefs.fidelity.quantities import MONTHS
from briefs.fidelity.source import find_source
from briefs.fidelity.words import CURRENCIES, ONES

_NUMERALS = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?|{KANJI}")
_DURATIONS = {
    ("hours", 24): r"day|round.the.clock|24/7|daily", ("hours", 48): r"two days", ("hours", 72): "three days",
    ("years", 10): "decade", ("years", 20): "decades", ("years", 25): "quarter.century", ("years", 50): "half.century", ("years", 100): r"centur|centen",
    ("months", 6): r"half|semiannual", ("months", 12): r"year", ("months", 18): "year and a half|one and a half",
    ("months", 24): "two years", ("months", 3): r"quarter", ("months", 9): "three quarters", ("days", 7): r"week",
    ("days", 14): r"fortnight|two weeks", ("days", 30): r"month", ("days", 10): r"week", ("days", 365): "year",
    ("weeks", 4): "month", ("weeks", 52): "year", ("minutes", 60): "hour", ("minutes", 30): r"half", ("minutes", 90): "hour and a half",
    ("minutes", 15): "quarter", ("minutes", 45): "quarter", ("seconds", 60): "minute", ("years", 1000): "millenni",
    ("countries", 20): "G20", ("countries", 7): "G7", ("countries", 10): "ASEAN", ("countries", 27): "EU",
}  # fmt: skip
_RELATIVE_YEAR = re.compile(
    r"昨年|去年|一昨年|今年|来年|再来年|同年|前年|翌年|本年|先年|年前|年後|年ぶり|当時|元日|月|昨季|今季|年度|シーズン"
)
_INDEX = re.compile(
    r"point|nikkei|dow|index|average|stock|share|peak|\bclosed? at|\bclosing (?:price|high|low)|all-time", re.IGNORECASE
)  # indices go without a unit
_DAY_WORDS = re.compile(
    r"\b(yesterday|today|tomorrow|tonight|this (?:morning|evening|afternoon)|same day|the day|next day)\b",
    re.IGNORECASE,
)
_RELATIVE_DAY = re.compile(
    r"[本昨明同翌前今後先]日|きょう|きのう|今朝|今夜|今晩|昨夜|昨晩|あす|先月|今月|来月|曜|月末|月初|週末|上旬|中旬|下旬"
)
_WORD_VALUES = {"四半世紀": 25, "半世紀": 50, "半年": 6, "還暦": 60, "古希": 70, "喜寿": 77, "傘寿": 80, "米寿": 88, "卒寿": 90,
                "白寿": 99, "正午": 12, "同時多発テロ": 11, "トリオ": 3, "半日": 12, "スリー": 3, "フォー": 4, "ファイブ": 5, "シックス": 6, "セブン": 7, "エイト": 8, "ナイン": 9,
                "テン": 10, "イレブン": 11, "トリプル": 3, "立体": 3, "月半ば": 15, "後期高齢者": 75, "単位:億": 10**8, "単位:百万": 10**6}  # fmt: skip
_PERCENT_WORDS = (
    (0, r"\b(zero|no|none|nil)\b"),
    (10, r"(double|two).digit"),
    (100, r"\b(all|entire|every|full|whole|complete|total|wholly|fully|entirely|completely)"),
)
_PARTS = {"years": (12, 52), "days": (24,), "weeks": (7,), "hours": (60,), "centimeters": (10,), "kilometers": (1000,)}
_ERA_NAMES = {"令和": "Reiwa", "平成": "Heisei", "昭和": "Showa", "大正": "Taisho", "明治": "Meiji"}
_HALF = Decimal("0.5")
_PARTS_OF = {Decimal(3): "third", Decimal(4): "quarter|fourth", Decimal(5): "fifth"}
_WORDS_OF = {value: word for word, value in ONES.items() if value}
_SPAN = re.compile(r"(\d{1,2})年(\d{1,2})[カか]?月")
_ERA_YEAR = re.compile(r"(令和|平成|昭和|大正|明治)(元|\d{1,2})年")
_NAMED_BEFORE = re.compile(r"((?:[A-Z][\w'-]{0,30} ?){1,4}(?:, (?:[A-Z][\w'-]{0,30} ?){1,4}){0,5}),? and $")
_THIS_MONTH = ("今月", "先月", "来月")
_MIDDLE = re.compile(r"([1-9一二三四五六七八九])割台?半ば")
_WEEKEND = re.compile(r"週休([2-4二三四])日")


@dataclass(slots=True)
class Matched:
    """The figures of both sides, and what of each is left over."""

    figures: list[Figure]
    numbers: list[Number]
    missing: list[Figure] = field(default_factory=list)
    wrong_currency: list[Figure] = field(default_factory=list)
    extra: list[Number] = field(default_factory=list)


def match_figures(source: str, translation: str) -> Matched:
    """Pair the figures of a normalised source with those of a normalised translation."""
    matched = Matched(find_source(source), find_english(translation))
    partners: set[int] = set()
    for figure in matched.figures:
        found = _partners(figure, matched.numbers, translation)
        if found is None:
            if not figure.optional:
                matched.missing.append(figure)
            continue
        partners |= {id(number) for number in found}
        if (
            figure.kind == "currency"
            and found
            and not figure.optional
            and _other_currency(figure, found, matched, translation)
        ):
            matched.wrong_currency.append(figure)
    matched.missing += [figure for figure in matched.figures if _joined(figure, matched.figures, source, translation)]
    loose = _loose_values(source, matched.figures)
    matched.extra = [
        number for number in matched.numbers
        if number.strict and id(number) not in partners and not _explained(number, loose, matched.figures, source)
        and not _rest_of_a_list(number, loose, translation)
    ]  # fmt: skip
    return matched


def _partners(figure: Figure, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    """The numbers that render a figure: None if it has none, empty if words without a number render it."""
    special = _MATCHERS.get(figure.kind)
    if special is not None:
        return special(figure, numbers, translation)
    found = []
    for value in figure.values:
        best = next((number for number in numbers if _renders(number, value, figure)), None)
        if best is None:
            return [] if _by_words(figure, translation) else None
        found.append(best)
    return found


def _renders(number: Number, value: Decimal, figure: Figure) -> bool:
    if number.kind in ("month", "weekday"):
        return False
    special = _RENDERERS.get(figure.kind)
    if special is not None:
        return special(number, value, figure)
    percent = number.unit == "%" and figure.kind != "ordinal" and not number.shared
    large = figure.kind in ("amount", "currency") and value >= 1000
    if percent or (large and number.kind not in ("number", "multiple", "approx")):
        return False
    if number.unit == "USC" and figure.unit in ("USD", "EUR"):
        return number.value == value * 100
    wanted = {value, *figure.also}
    return not wanted.isdisjoint((number.value, *number.also)) or _is_rounded(number, value)


def _renders_ratio(number: Number, value: Decimal, _figure: Figure) -> bool:
    if value and 1 / value == number.value >= 4:  # 50分の1 as "50 times lower"
        return True
    wanted = (value, value * 100) if number.unit == "%" else (value,)
    return any(abs(got - want) <= want / 50 for got in (number.value, *number.also) for want in wanted)


def _renders_percent(number: Number, value: Decimal, figure: Figure) -> bool:
    if number.kind in ("ratio", "ordinal") or (number.also and number.kind == "number"):
        tolerance = Decimal(4) if figure.unit == "割" else Decimal(1)
        if any(abs(got * 100 - value) <= tolerance for got in (number.value, *number.also) if got < 1):
            return True
    if number.value == value or value in number.also:
        return number.unit in ("%", "") and number.factor == 1
    if figure.unit == "割" and value / 100 in number.also:  # seven in ten
        return number.unit == ""
    return number.unit == "%" and _is_rounded(number, value)


def _renders_multiple(number: Number, value: Decimal, _figure: Figure) -> bool:
    if number.unit == "%":
        return number.value in (value * 100, (value - 1) * 100)
    return value in (number.value, *number.also) or (value == _HALF and number.kind == "ratio")


def _is_rounded(number: Number, value: Decimal) -> bool:
    """Is it "about 12.7 billion" for 12.74 billion? Only with such a word before it, and within one percent."""
    if not number.hedged or number.value == value or value < 100:
        return False
    kept = len(number.value.normalize().as_tuple().digits)
    return kept < len(value.normalize().as_tuple().digits) and abs(number.value - value) <= value / 100


def _by_words(figure: Figure, translation: str) -> bool:
    """24時間 as "a day", 0% as "no", 100% as "all", 令和元年 as "the first year of Reiwa"."""
    return any(re.search(pattern, translation, re.IGNORECASE) for pattern in _word_patterns(figure))


def _word_patterns(figure: Figure) -> Iterator[str]:
    value = figure.values[0]
    if len(figure.values) > 1:
        if max(figure.values) <= 6:
            yield r"\b(couple|few|several|handful)\b"
        return
    if value == int(value) and (pattern := _DURATIONS.get((figure.unit, int(value)))):
        yield pattern
    if figure.kind == "year" and (era := _ERA_NAMES.get(figure.text[:2])):
        yield era
    if figure.kind == "ratio" and value and 1 / value in _PARTS_OF:
        yield rf"\b(?:a|one|other|remaining|nearly|about) (?:{_PARTS_OF[1 / value]})\b(?! (?:quarter|time|period|year|term))"
    if figure.kind == "count" and value - 1 in _WORDS_OF:  # ら3人 as "and two others"
        yield rf"\band (?:{value - 1}|{_WORDS_OF[value - 1]}) (?:\w+ ){{0,2}}others?\b"
    if figure.unit == "century":
        yield r"\b(this|the|last|same) century\b"
    if figure.unit == "generation" and (roman := _to_roman(int(value))):
        yield rf"\b{roman}\b"
    if figure.kind == "percent":
        yield from (pattern for percent, pattern in _PERCENT_WORDS if value == percent)


def _to_roman(value: int) -> str:
    tens, ones = divmod(value, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones] if 0 < value < 40 else ""


def _match_approximate(figure: Figure, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    if not figure.values:
        return []
    size = figure.values[0]
    found = [
        number for number in numbers
        if (number.kind == "approx" and _same_size(number.value, size))
        or (number.kind != "month" and any(size <= got < size * 10 for got in (number.value, *number.also)))
    ]  # fmt: skip
    if found or figure.optional:
        return found
    quantified = re.search(r"several|a few|many|dozens?|a number of|multiple|tens|scores|decades", translation)
    if quantified and any(number.value * 10 in (size, size * 10) or number.value == size for number in numbers):
        return []
    return None


def _same_size(got: Decimal, size: Decimal) -> bool:
    return got == size or (got == 10 and size == 10)


def _match_code(figure: Figure, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    def squeeze(text: str) -> str:
        return re.sub(r"[\s\-.]", "", text).casefold()

    if squeeze(figure.text) in squeeze(translation):
        return []
    digits = {Decimal(each) for each in re.findall(r"\d+", figure.text)}
    found = [number for number in numbers if number.value in digits]
    return found or None


def _match_time(figure: Figure, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    hours = {figure.values[0], *figure.also}
    found = [number for number in numbers if hours & {number.value, *number.also} and number.kind != "month"]
    if not found and not (figure.optional or re.search(r"noon|midnight", translation)):
        return None
    if len(figure.values) > 1:
        minute = figure.values[1]
        exact = [
            number
            for number in numbers
            if number.value == minute or minute in number.also or (minute == 30 and number.value == _HALF)
        ]
        if not exact and not re.search(r"quarter|half", translation):
            return None
        found += exact
    return found


def _match_date(figure: Figure, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    if figure.unit == "period":
        return _match_period(figure, numbers)
    found: list[Number] = []
    for value, match in zip(figure.date, (_match_year, _match_month, _match_day), strict=True):
        if value is None:
            continue
        part = match(figure, value, numbers, translation)
        if part is None:
            return None
        found += part
    return found


def _match_year(figure: Figure, year: int, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    found = [n for n in numbers if n.value == year or year in n.also or (n.value == year % 100 and n.value > 9)]
    if not figure.text[:4].isdigit():  # 27年4月 may be 1927
        found += [n for n in numbers if n.value == year - 100]
    said = re.search(r"last year|this year|next year|a year ago|year earlier", translation)
    other = any(1900 <= number.value <= 2100 and not number.unit for number in numbers)
    return found if found or (said and not other) else None


def _match_month(figure: Figure, month: int, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    months = [number for number in numbers if number.kind == "month"]
    found = [number for number in months if number.value == month]
    if not found and not months and (figure.date[2] is not None or "/" in translation):
        found = [number for number in numbers if number.value == month]
    said = not months and "month" in translation
    return found if found or said else None


def _match_day(_figure: Figure, day: int, numbers: Sequence[Number], translation: str) -> list[Number] | None:
    kinds = ("number", "ordinal", "multiple")
    found = [n for n in numbers if n.kind in kinds and n.value == day and (n.unit != "%" or n.shared)]
    return found if found or _relative_day(day, numbers, translation) else None


def _relative_day(day: int, numbers: Sequence[Number], translation: str) -> bool:
    """A day named by a word (on Tuesday, yesterday), or 10日 as a span of time, or a dropped 1日."""
    if any(number.kind == "weekday" for number in numbers) and not _names_a_day(numbers):
        return True
    if _DAY_WORDS.search(translation):
        return True
    pattern = _DURATIONS.get(("days", day))
    return day == 1 or bool(pattern and re.search(pattern, translation))


def _joined(figure: Figure, figures: Sequence[Figure], source: str, translation: str) -> bool:
    """Was the day of 今月17日 joined to the month of another date, 24年6月, as "June 17, 2024"?"""
    if figure.unit != "days" or not source[: figure.start].endswith(_THIS_MONTH):
        return False
    others = [other.date for other in figures if other.kind == "date" and other.date[2] is None]
    written = [f"{MONTHS[month - 1]} {figure.values[0]}, {year}" for year, month, _ in others if year and month]
    return any(date in translation for date in written)


def _names_a_day(numbers: Sequence[Number]) -> bool:
    """Does a number stand beside a month or weekday, as in "Saturday, September 25"?"""
    named = [number for number in numbers if number.kind in ("month", "weekday")]
    days = [number for number in numbers if number.kind in ("number", "ordinal") and number.value <= 39]
    return any(0 <= b.start - a.end <= 6 or 0 <= a.start - b.end <= 4 for a in named for b in days)


def _match_period(figure: Figure, numbers: Sequence[Number]) -> list[Number] | None:
    """1〜3月期: both months, or the quarter it is (calendar or fiscal)."""
    found = []
    for month in figure.values:
        named = [number for number in numbers if number.kind == "month" and number.value == month]
        if not named:
            quarters = [n for n in numbers if n.kind == "ordinal" and n.value <= 4]
            return quarters or None
        found += named
    return found


def _other_currency(figure: Figure, found: Sequence[Number], matched: Matched, translation: str) -> bool:
    """Does the translation give the amount another currency, or none at all while it names it nowhere?"""
    rivals = [number for number in matched.numbers if number.value in figure.values or number in found]
    units = {number.unit for number in rivals} - {"%"}
    if figure.unit in units or units == {"USC"}:
        return False
    if units - {""}:
        return True
    named = {code for word, code in CURRENCIES.items() if word in translation.lower()}
    return figure.unit not in named and not _INDEX.search(translation) and figure.values[-1] >= 1000


def _loose_values(source: str, figures: Iterable[Figure]) -> set[Decimal]:
    """Every value that any reading of the source gives: what a number of the translation may come from."""
    values: set[Decimal] = set()
    for m in _NUMERALS.finditer(source.replace("憶", "億")):
        text = m.group()
        values.add(number_value(text))
        values |= {number_value(char) for char in text if not char.isascii()}
        values |= {number_value(part) for part in re.findall(r"\d+", text)}
    for figure in figures:
        values |= {*figure.values, *figure.also, *(Decimal(part) for part in figure.date if part is not None)}
        for value in (*figure.values, *figure.also):
            values |= _derived(figure, value)
    values |= {ONES[word] for word in re.findall(r"[a-z]+", source.lower()) if word in ONES}
    values |= {Decimal(value) for word, value in _WORD_VALUES.items() if word in source}
    values |= {Decimal(m[1]) * 12 + Decimal(m[2]) for m in _SPAN.finditer(source)}
    values |= {Decimal(era_year(m[1], m[2])) for m in _ERA_YEAR.finditer(source)}
    values |= {number_value(m[1]) * 10 + 5 for m in _MIDDLE.finditer(source)}
    values |= {7 - number_value(m[1]) for m in _WEEKEND.finditer(source)}
    return values


def _derived(figure: Figure, value: Decimal) -> set[Decimal]:
    """What a figure may turn into: 3割 "three in ten", 2年 "24 months", 21歳未満 "20 or under", ほか3人 "four"."""
    values = {value + 1, value - 1} if figure.kind in ("count", "ordinal") and value <= 100 else set()
    if figure.kind == "percent":
        values |= {value / 10, 100 - value}
    return values | {value * times for times in _PARTS.get(figure.unit, ())}


def _explained(number: Number, loose: set[Decimal], figures: Sequence[Figure], source: str) -> bool:
    if loose & {number.value, *number.also} or (number.value / number.factor in loose and number.factor == 1):
        return True
    if number.kind == "ordinal" and number.value <= 31 and _RELATIVE_DAY.search(source):
        return True
    if 1900 <= number.value <= 2100 and number.factor == 1 and number.value == int(number.value):
        return bool(_RELATIVE_YEAR.search(source)) or any(figure.kind in ("date", "year") for figure in figures)
    return number.factor == 1 and number.value <= 31 and bool(_RELATIVE_DAY.search(source))


def _rest_of_a_list(number: Number, loose: set[Decimal], translation: str) -> bool:
    """Is it the four of "Seto, Tokoname and four other kilns", where the source has six?"""
    named = _NAMED_BEFORE.search(translation[: number.start])
    if named is None or not re.match(r" (?:\w+ )?others?\b", translation[number.end :]):
        return False
    return number.value + named[1].count(",") + 1 in loose


_MATCHERS: Mapping[str, Callable[[Figure, Sequence[Number], str], list[Number] | None]] = {
    "date": _match_date,
    "code": _match_code,
    "weekday": lambda _figure, _numbers, _translation: [],
    "approx": _match_approximate,
    "time": _match_time,
}
_RENDERERS: Mapping[str, Callable[[Number, Decimal, Figure], bool]] = {
    "percent": _renders_percent,
    "ratio": _renders_ratio,
    "times": _renders_multiple,
}
