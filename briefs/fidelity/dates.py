# ruff: noqa: E501 - patterns read better whole, and Japanese counts double
"""Dates, years, quarters, weekdays and clock times of a Japanese sentence."""

import re
from collections.abc import Iterator
from decimal import Decimal

from briefs.fidelity.figures import Figure
from briefs.fidelity.numerals import number_value
from briefs.fidelity.quantities import MONTHS
from briefs.fidelity.render import ordinal_form, render_date, render_time

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_K = "[一二三四五六七八九十]"
_ERA = rf"(?P<era>令和|平成|昭和|大正|明治)\s?(?P<era_year>元|\d{{1,2}}|{_K}{{1,3}})年"
_YEAR = r"(?<![\d.,万億兆千百])(?<!禁錮)(?<!懲役)(?<!禁固)(?:西暦)?(?P<year>\d{4}|[〇零一二三四五六七八九]{4}|\d{2}|[〇零一二三四五六七八九]{2})\s?年"
_MONTH = rf"(?<![\d.,])(?P<month>\d{{1,2}}|{_K}{{1,2}})\s?月(?!間|面|球|額|収|給|光|謝|齢|曜)"
_DAY = rf"(?P<day>\d{{1,2}}|{_K}{{1,3}})\s?日(?!間|本|系|米|韓|中|銀|ごと|ぶり|連続|目|以内|以上|後|程度|分|余|足らず|がかり|近く|超|弱|前|半(?!ば))"
_FULL = re.compile(rf"(?:(?:{_ERA}|{_YEAR})\s?)?{_MONTH}\s?(?:{_DAY})?")
_DURATION = r"(?!間|前(?!半)|後(?!半)|ぶり|連続|以上|以下|未満|以内|来|余|半(?!ば)|近く|ごと|おき|分|がかり|計画|契約|先|もの|超|弱|強|目|債|物|生|生まれ|足らず|越し|程度|ほど|あまり)"
_YEAR_ALONE = re.compile(
    rf"(?:{_ERA}|(?<![\d.,万億兆千百])(?:西暦)?(?P<year>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s?年){_DURATION}(?:度|代)?"
)
_SHORT_YEAR = re.compile(
    rf"(?<![\d.,約第数〇零一二三四五六七八九十百千万億兆])(?P<year>\d{{2}}|[〇零一二三四五六七八九]{{2}})\s?年{_DURATION}(?P<rest>度|代)?"
)
_DAY_ALONE = re.compile(rf"(?<![\d.,約第数〜~\-年月]){_DAY}")
_DAYS = re.compile(
    rf"(?<![\d.,約])(?P<from>\d{{1,2}}|{_K}{{1,3}})日?(?:〜|~|-|・|、|から|及び|および|と)(?=(?:\d{{1,2}}両?|{_K}{{1,3}})日(?!以内|間|ほど|くらい|ぐらい|おき))"
)
_PRISON = re.compile(r"(?:懲役|禁錮|禁固|拘禁刑)(?P<years>\d{1,3})年(?:(?P<months>\d{1,2})(?:カ|か|ヵ)?月)?")
_QUARTER = re.compile(r"(?:第(?P<n>[1-4一二三四])四半期)|(?<!\d)(?P<first>\d{1,2})[〜~\-–](?P<last>\d{1,2})月期")
_YEARS = re.compile(
    r"(?<![\d.,万億兆千百])(?P<year>\d{4}|\d{2})(?:年度?)?(?=(?:〜|~|-|–|、|・|から|と)(?:\d{4}|\d{2})年(?!間))"
)
_SLASHED = re.compile(r"(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?=\s?\([月火水木金土日])")
_DOTTED = re.compile(
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)(?P<by>[./-])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})(?![\d./-])"
)
_MONTHS = re.compile(r"(?<![\d.,])(?P<first>\d{1,2})(?:〜|~|-|–|、|・|から)(?=\d{1,2}月)")
_WEEKDAY = re.compile(r"(?<=\()[月火水木金土日](?=\))|[月火水木金土日](?=曜)")
_WEEKDAYS = dict(zip("月火水木金土日", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), strict=True))
_CLOCK = re.compile(
    rf"(?P<half_day>午前|午後|朝|夜|夕方|深夜)?の?(?<![\d.,])(?P<hour>\d{{1,2}}|{_K}{{1,3}})時(?!間|期|代|点|給|効|価|限|速|計|折|々)"
    rf"(?:(?P<half>半)|(?P<minute>\d{{1,2}}|{_K}{{1,3}})分)?"
)
_DIGITAL = re.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])")
_RANK = re.compile(rf"(?P<n>\d{{1,4}}|{_K}{{1,3}})世紀")


def find_dates(text: str) -> Iterator[Figure]:
    """Dates and times, not overlapping, in the order of their certainty."""
    for finder in (
        _sentences,
        _quarters,
        _days_before,
        _months_before,
        _years_before,
        _slashed,
        _dotted,
        _full_dates,
        _years,
        _short_years,
        _lone_days,
        _times,
        _centuries,
        _weekdays,
    ):
        for figure in finder(text):
            yield figure
            text = text[: figure.start] + "\0" * (figure.end - figure.start) + text[figure.end :]


def _sentences(text: str) -> Iterator[Figure]:
    """懲役3年6月 is three years and six months."""
    for m in _PRISON.finditer(text):
        for name, noun in (("years", "years"), ("months", "months")):
            if m[name]:
                value = Decimal(m[name])
                yield Figure(start=m.start(name), end=m.end(name) + 1, text=text[m.start(name) : m.end(name) + 1], kind="count",
                             values=(value,), unit=noun, english=f"{value} {noun}", optional=value < 3 or noun == "months")  # fmt: skip


def _quarters(text: str) -> Iterator[Figure]:
    for m in _QUARTER.finditer(text):
        if m["n"]:
            value = number_value(m["n"])
            yield Figure(start=m.start(), end=m.end(), text=m.group(), kind="ordinal", values=(value,), unit="quarter",
                         english=f"{_ORDINALS[int(value)]} quarter", optional=value < 3)  # fmt: skip
            continue
        first, last = int(m["first"]), int(m["last"])
        if 1 <= first <= 12 and 1 <= last <= 12:
            yield Figure(start=m.start(), end=m.end(), text=m.group(), kind="date", values=(Decimal(first), Decimal(last)),
                         unit="period", english=f"{MONTHS[first - 1]}-{MONTHS[last - 1]}")  # fmt: skip


_ORDINALS = ("", "first", "second", "third", "fourth")


def _days_before(text: str) -> Iterator[Figure]:
    """The 12 of 12〜15日 or 12、13日: a day like the one it stands with."""
    for m in _DAYS.finditer(text):
        day = int(number_value(m["from"]))
        if 1 <= day <= 31:
            yield _date(m.start("from"), m.end("from"), text, (None, None, day))


def _months_before(text: str) -> Iterator[Figure]:
    for m in _MONTHS.finditer(text):
        if 1 <= int(m["first"]) <= 12:
            yield _date(m.start("first"), m.end("first"), text, (None, int(m["first"]), None))


def _years_before(text: str) -> Iterator[Figure]:
    """The 22 of 22〜24年."""
    for m in _YEARS.finditer(text):
        yield _some_year(m.start(), m.end(), text, m["year"])


def _slashed(text: str) -> Iterator[Figure]:
    for m in _SLASHED.finditer(text):
        if 1 <= int(m["month"]) <= 12 and 1 <= int(m["day"]) <= 31:
            yield _date(m.start(), m.end(), text, (None, int(m["month"]), int(m["day"])))


def _dotted(text: str) -> Iterator[Figure]:
    """2026.11.23, 2026/11/23 or 2026-11-23."""
    for m in _DOTTED.finditer(text):
        year, month, day = (int(m[name]) for name in ("year", "month", "day"))
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield _date(m.start(), m.end(), text, (year, month, day))


def _full_dates(text: str) -> Iterator[Figure]:
    for m in _FULL.finditer(text):
        month, day = int(number_value(m["month"])), int(number_value(m["day"])) if m["day"] else None
        if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
            yield _date(m.start(), m.end(), text, (_year(m), month, day))


def _years(text: str) -> Iterator[Figure]:
    for m in _YEAR_ALONE.finditer(text):
        year = _year(m)
        if year is not None and 500 <= year <= 2300:
            decade = m.group().endswith("代")
            english = f"{year}s" if decade else f"fiscal {year}" if m.group().endswith("度") else str(year)
            yield Figure(start=m.start(), end=m.end(), text=m.group(), kind="year", values=(Decimal(year),),
                         english=english, date=(year, None, None))  # fmt: skip


def _short_years(text: str) -> Iterator[Figure]:
    for m in _SHORT_YEAR.finditer(text):
        yield _some_year(m.start(), m.end(), text, m["year"])


def _some_year(start: int, end: int, text: str, written: str) -> Figure:
    """24年 is 2024, 1924 or 24 years: any of them will do. 80年代 is the 1980s."""
    year = int(number_value(written))
    also = tuple(Decimal(value) for value in (year, 1900 + year, 2000 + year)) if year < 100 else ()
    year += 0 if year >= 100 else 2000 if year < 50 else 1900
    english = f"{year}s" if text[start:end].endswith("代") else str(year)
    return Figure(
        start=start, end=end, text=text[start:end], kind="year", values=(Decimal(year),), english=english, also=also
    )


def _lone_days(text: str) -> Iterator[Figure]:
    for m in _DAY_ALONE.finditer(text):
        day = int(number_value(m["day"]))
        # 一日, 二日 and 三日 in kanji are as often a number of days, or a word (一日も早く).
        if 1 <= day <= 31 and (m["day"][0].isdigit() or day > 3):
            yield _date(m.start(), m.end(), text, (None, None, day))


def _times(text: str) -> Iterator[Figure]:
    for pattern in (_CLOCK, _DIGITAL):
        for m in pattern.finditer(text):
            groups = m.groupdict()
            hour = int(number_value(m["hour"]))
            minute = 30 if groups.get("half") else int(number_value(m["minute"])) if m["minute"] else None
            if hour > 29 or (m["hour"] in ("一", "十") and not groups.get("half_day")):
                continue
            later = groups.get("half_day") in ("午後", "夜", "夕方") and hour < 12
            values = (Decimal(hour), *((Decimal(minute),) if minute else ()))
            also = tuple(
                Decimal(value) for value in sorted({hour, hour % 12, hour % 24, *([hour + 12] if hour < 12 else [])})
            )
            optional = hour in (0, 12, 24) and not minute
            yield Figure(start=m.start(), end=m.end(), text=m.group(), kind="time", values=values, also=also,
                         english=render_time(hour + 12 if later else hour % 24, minute), optional=optional)  # fmt: skip


def _centuries(text: str) -> Iterator[Figure]:
    for m in _RANK.finditer(text):
        value = number_value(m["n"])
        english = f"{ordinal_form(int(value))} century"
        yield Figure(start=m.start(), end=m.end(), text=m.group(), kind="ordinal", values=(value,), unit="century",
                     english=english, also=(value * 100,), optional=value < 3)  # fmt: skip


def _weekdays(text: str) -> Iterator[Figure]:
    for m in _WEEKDAY.finditer(text):
        yield Figure(
            start=m.start(), end=m.end(), text=m.group(), kind="weekday", english=_WEEKDAYS[m.group()], optional=True
        )


def era_year(era: str, year: str) -> int:
    """The year of our count that an era's year is; its first is written 元."""
    return _ERAS[era] + (1 if year == "元" else int(number_value(year)))


def _year(m: re.Match[str]) -> int | None:
    groups = m.groupdict()
    if groups.get("era"):
        return era_year(m["era"], m["era_year"])
    if not groups.get("year"):
        return None
    year = int(number_value(m["year"]))
    return year + 2000 if len(m["year"]) == 2 and year < 50 else year + 1900 if len(m["year"]) == 2 else year


def _date(start: int, end: int, text: str, date: tuple[int | None, int | None, int | None]) -> Figure:
    return Figure(start=start, end=end, text=text[start:end], kind="date", english=render_date(*date), date=date)
