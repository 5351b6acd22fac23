"""Numbers of English, in digits and words."""

from decimal import Decimal

import pytest

from briefs.fidelity import find_english


def read(text):
    return [(float(n.value), n.kind, n.unit) for n in find_english(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1 billion", [(1e9, "number", "USD")]),
        ("1,000 million dollars", [(1e9, "number", "USD")]),
        ("$3.5bn", [(3.5e9, "number", "USD")]),
        ("US$30 million", [(3e7, "number", "USD")]),
        ("JPY376 million", [(3.76e8, "number", "JPY")]),
        ("9.5 million US dollars", [(9.5e6, "number", "USD")]),
        ("3 billion 116 million yen", [(3.116e9, "number", "JPY")]),
        ("1.13 trillion yen", [(1.13e12, "number", "JPY")]),
        ("two and a half million", [(2.5e6, "number", "")]),
        ("half a million", [(5e5, "number", "")]),
        ("five hundred and twenty", [(520, "number", "")]),
        ("forty-five thousand", [(45_000, "number", "")]),
        ("two dozen", [(24, "number", "")]),
        ("30%", [(30, "number", "%")]),
        ("30 per cent", [(30, "number", "%")]),
        ("2.5 percentage points", [(2.5, "number", "%")]),
        ("twenty-first", [(21, "ordinal", "")]),
        ("17th", [(17, "ordinal", "")]),
        ("tens of thousands", [(10_000, "approx", "")]),
        ("half", [(0.5, "ratio", "")]),
        ("tripled", [(3, "multiple", "")]),
        ("June 2024", [(6, "month", ""), (2024, "number", "")]),
    ],
)
def test_numbers(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("two-thirds", Decimal(2) / 3),
        ("three quarters", Decimal("0.75")),
        ("one-fortieth", Decimal("0.025")),
        ("one in five", Decimal("0.2")),
        ("3 p.m.", Decimal(15)),
        ("the 1980s", Decimal(80)),
        ("two decades", Decimal(20)),
        ("2-3 million", Decimal(2_000_000)),
        ("the 20th century", Decimal(2000)),
    ],
)
def test_other_readings(text, meant):
    assert any(meant in (n.value, *n.also) for n in find_english(text))


def test_numbers_of_names_and_idioms_need_no_source():
    for text in ("the Nikkei 225", "the eleventh hour", "G7", "300 km (180 miles)", "a three-dimensional work"):
        assert not [n for n in find_english(text) if n.strict and n.value != 300], text
