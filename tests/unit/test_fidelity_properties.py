"""Rendering and parsing agree over the whole grammar, and a slip of one digit or magnitude never passes."""

import datetime as dt
import re
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from briefs.fidelity import compare, find_english, find_source
from briefs.fidelity.numerals import number_value
from briefs.fidelity.render import CURRENCIES, render_date, render_time

UNITS = ((16, "京"), (12, "兆"), (8, "億"), (4, "万"))
KANJI = "〇一二三四五六七八九"
values = st.integers(10_000, 10**17).map(lambda n: n // 10 ** max(0, len(str(n)) - 6) * 10 ** max(0, len(str(n)) - 6))
some = settings(max_examples=60, deadline=None)


def japanese(value):
    """1億2000万 for 120,000,000."""
    text = ""
    for power, unit in UNITS:
        if part := value // 10**power:
            text += f"{part}{unit}"
            value %= 10**power
    return text + (str(value) if value else "")


def kanji(value):
    """The same in kanji: 一億二千万."""
    text = ""
    for power, unit in (*UNITS, (0, "")):
        part, value = divmod(value, 10**power)
        for place, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, part = divmod(part, place)
            if digit:
                text += ("" if digit == 1 and word else KANJI[digit]) + word
        text += unit if text and text[-1] not in "万億兆京" else ""
    return text


@some
@given(values)
def test_both_ways_of_writing_have_the_value(value):
    assert number_value(japanese(value)) == number_value(kanji(value)) == value


@some
@given(values, st.sampled_from(sorted(CURRENCIES)))
def test_money_survives(value, currency):
    (figure,) = find_source(japanese(value) + currency)
    assert figure.values == (value,)
    assert [(n.value, n.unit) for n in find_english(figure.english)] == [(value, figure.unit)]
    assert compare(f"総額は{figure.text}だった。", f"The total was {figure.english}.") == []


@some
@given(values, st.data())
def test_a_changed_digit_is_flagged(value, data):
    (figure,) = find_source(japanese(value) + "人")
    places = [m.start() for m in re.finditer(r"\d", figure.english)]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != figure.english[place]]))
    assume(not (digit == "0" and place == 0))
    changed = figure.english[:place] + digit + figure.english[place + 1 :]
    assert compare(f"{figure.text}が来た。", f"{changed} came.") != []


@some
@given(values, st.sampled_from([10, 100, 1000, 10_000]), st.booleans())
def test_a_changed_magnitude_is_flagged(value, factor, larger):
    (figure,) = find_source(japanese(value) + "人")
    (wrong,) = find_source(japanese(value * factor if larger else max(value // factor, 3)) + "人")
    assert compare(f"{figure.text}が来た。", f"{wrong.english} came.") != []


@some
@given(st.decimals(min_value=0, max_value=400, places=1), st.sampled_from(["%", "パーセント", "ポイント", "%ポイント"]))
def test_shares_survive(value, unit):
    assume(value > 0)
    (figure,) = find_source(f"{value}{unit}")
    assert figure.values == (value,)
    assert find_english(figure.english)[0].value == value
    assert compare(f"{figure.text}増えた。", f"It rose {figure.english}.") == []
    assert compare(f"{figure.text}増えた。", f"It rose {value + 3}%.") != [] or value in (1, 2)


@some
@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_dates_survive(date):
    (figure,) = find_source(f"{date.year}年{date.month}月{date.day}日")
    assert figure.date == (date.year, date.month, date.day)
    english = render_date(*figure.date)
    assert compare(f"{figure.text}に決めた。", f"It was decided on {english}.") == []
    other = render_date(date.year, date.month % 12 + 1, date.day)
    assert [f.code for f in compare(f"{figure.text}に決めた。", f"It was decided on {other}.")] == ["date"]


@some
@given(st.integers(1, 23), st.integers(1, 59))
def test_times_survive(hour, minute):
    (figure,) = find_source(f"{hour}時{minute}分")
    assert figure.english == render_time(hour, minute)
    assert compare(f"{figure.text}に始まる。", f"It starts at {figure.english}.") == []


@some
@given(
    st.integers(3, 9999), st.sampled_from("人 カ国 隻 台 件 社 歳 回 カ月 週間 日間 時間 キロ トン メートル".split())
)
def test_counts_survive(value, counter):
    (figure,) = find_source(f"{value}{counter}")
    assert figure.values == (value,)
    assert compare(f"{figure.text}だった。", f"It was {figure.english}.") == []
    assert compare(f"{figure.text}だった。", f"It was {value + 1}.") != [] or value in (24, 48)


@some
@given(st.integers(1, 9), st.integers(2, 10))
def test_fractions_survive(above, below):
    assume(above < below)
    (figure,) = find_source(f"{below}分の{above}")
    assert abs(figure.values[0] - Decimal(above) / below) < Decimal("1e-9")
    assert compare(f"{figure.text}だ。", f"It is {figure.english}.") == []


@some
@given(st.text(alphabet="0123456789,.$%abcdmillion -'\"()年月日万億千百十三数約〜・割分の人円ドル", max_size=60))
def test_nothing_breaks_it(text):
    compare(text, text)
    compare("3万人が来た。", text)
