"""Amounts, dates and names: found in the source, in English, and where they stand."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.errors import ConfigError
from briefs.fidelity import (
    Entity,
    Gazetteer,
    amount_value,
    apply_inline,
    english_amount,
    find_entities,
    load_gazetteer,
    normalise_english,
    normalise_source,
)
from briefs.fidelity.quantities import find_quantities

ALL = ("numbers", "dates", "names")
NAMES = Gazetteer(
    [
        ("ロシア", "Russia", "place"),
        ("ロシア軍", "Russian forces", "group"),
        ("北ロシア", "North Russia", "place"),
        ("トランプ", "Trump", "person"),
        ("ドナルド・トランプ", "Donald Trump", "person"),
        ("日本", "Japan", "place"),
        ("日本銀行", "Bank of Japan", "organisation"),
        ("外務省", "Foreign Ministry", "organisation"),
        ("岸田", "Kishida", "person"),
        ("米", "US", "place"),
        ("ＮＡＴＯ", "NATO", "organisation"),
    ]
)


def quantities(text):
    return [(text[q.start : q.end], q.english) for q in find_quantities(text)]


def names(text):
    return [(text[n.start : n.end], n.english) for n in NAMES.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3万人", [("3万", "30,000")]),
        ("1130億ドル", [("1130億", "113 billion")]),
        ("1億2000万円", [("1億2000万", "120 million")]),
        ("1兆2000億円", [("1兆2000億", "1.2 trillion")]),
        ("3兆円", [("3兆", "3 trillion")]),
        ("2.5億人", [("2.5億", "250 million")]),
        ("1,200万", [("1,200万", "12 million")]),
        ("12万3456人", [("12万3456", "123,456")]),
        ("1億2345万6789人", [("1億2345万6789", "123,456,789")]),
        ("5千人", [("5千", "5,000")]),
        ("3百人", [("3百", "300")]),
        ("5千万円", [("5千万", "50 million")]),
        ("2百億円", [("2百億", "20 billion")]),
        ("5万人と3億円", [("5万", "50,000"), ("3億", "300 million")]),
        ("120人", []),
        ("数万人", []),
        ("0万", []),
        ("2千年", []),
        ("第3回", []),
    ],
)
def test_amounts(text, found):
    assert quantities(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026年11月20日", [("2026年11月20日", "November 20, 2026")]),
        ("2026年1月", [("2026年1月", "January 2026")]),
        ("11月20日", [("11月20日", "November 20")]),
        ("26年3月1日", [("26年3月1日", "March 1, 2026")]),
        ("24年5月に", [("24年5月", "May 2024")]),
        ("1月1日から12月31日", [("1月1日", "January 1"), ("12月31日", "December 31")]),
        ("3月に", []),
        ("13月1日", []),
        ("0月1日", []),
        ("1月32日", []),
        ("3月間", []),
        ("2026年", []),
        ("令和8年度", [("令和8年", "2026年")]),
        ("令和元年", [("令和元年", "2019年")]),
        ("平成31年", [("平成31年", "2019年")]),
        ("昭和64年", [("昭和64年", "1989年")]),
        ("平成30年間", []),
        ("令和年", []),
    ],
)
def test_dates_and_eras(text, found):
    assert quantities(text) == found


def test_a_date_is_no_amount_and_all_stand_in_order():
    assert quantities("2026年11月20日に3万人、12月1日に2億円") == [
        ("2026年11月20日", "November 20, 2026"),
        ("3万", "30,000"),
        ("12月1日", "December 1"),
        ("2億", "200 million"),
    ]


@pytest.mark.parametrize(
    ("value", "english"),
    [
        ("1", "1"),
        ("30000", "30,000"),
        ("999999", "999,999"),
        ("1000000", "1 million"),
        ("1500000", "1.5 million"),
        ("1234567", "1,234,567"),
        ("123400000", "123.4 million"),
        ("113000000000", "113 billion"),
        ("1130000000", "1.13 billion"),
        ("2000000000000", "2 trillion"),
        ("1000000000000000", "1,000 trillion"),
        ("2.5", "2.5"),
    ],
)
def test_english_amounts_are_news_style_and_exact(value, english):
    assert english_amount(Decimal(value)) == english


@pytest.mark.parametrize(("span", "value"), [("1億2000万", 120_000_000), ("0万", None), ("", None), ("万", None)])
def test_the_value_of_an_amount(span, value):
    assert amount_value(span) == (None if value is None else Decimal(value))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 9999), st.sampled_from(["万", "億", "兆"]), st.integers(0, 9999))
def test_no_amount_is_changed_on_its_way_into_english(high, unit, low):
    size = {"万": 10**4, "億": 10**8, "兆": 10**12}
    below = {"万": 1, "億": 10**4, "兆": 10**8}[unit]
    rest = f"{low}{ {1: '', 10**4: '万', 10**8: '億'}[below] }" if low else ""
    ((span, english),) = quantities(f"{high}{unit}{rest}円")
    assert span == f"{high}{unit}{rest}"
    number, _, word = english.partition(" ")
    scale = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}[word]
    assert Decimal(number.replace(",", "")) * scale == high * size[unit] + low * below


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ロシアは", [("ロシア", "Russia")]),
        ("ロシア軍は", [("ロシア軍", "Russian forces")]),
        ("ロシア軍需産業", [("ロシア", "Russia")]),
        ("ロシアンルーレット", []),
        ("ベラロシア", []),
        ("ロシアー", []),
        ("親ロシア派", [("ロシア", "Russia")]),
        ("北ロシア", [("北ロシア", "North Russia")]),
        ("ドナルド・トランプ大統領", [("ドナルド・トランプ", "Donald Trump")]),
        ("トランプ・プーチン", [("トランプ", "Trump")]),
        ("トランプタワー", []),
        ("日本銀行は", [("日本銀行", "Bank of Japan")]),
        ("日本銀行券", [("日本", "Japan")]),
        ("日本人", [("日本", "Japan")]),
        ("中国外務省報道官", []),
        ("外務省は", [("外務省", "Foreign Ministry")]),
        ("岸田首相", [("岸田", "Kishida")]),
        ("米国", []),
        ("NATOとロシア", [("NATO", "NATO"), ("ロシア", "Russia")]),
        ("日本日本", [("日本", "Japan"), ("日本", "Japan")]),
        ("", []),
        ("米", []),
    ],
)
def test_names_by_longest_match_within_their_script(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("マスクを外した。", []),
        ("布マスクとライスとサラミ", []),
        ("公園のカラスが首相官邸に来た。", []),
        ("マスク着用で知事と対立し、マスクなしの首相とマスクと首相を見た。", []),
        ("カラスの代表的な行動とカリン代表産地", []),
        ("マスク氏は、マスクを外した。", ["Musk"]),
        ("ライス元国務長官とカラス上級代表", ["Rice", "Kallas"]),
        ("イーロン・マスクが語った。", ["Elon Musk"]),
    ],
)
def test_a_surname_that_is_a_word_needs_a_title(text, found):
    assert [name.english for name in load_gazetteer().find(text) if name.kind == "person"] == found


def test_a_later_entry_wins_and_changes_the_hash():
    rows = [("岸田", "Kishida", "person")]
    other = Gazetteer([*rows, ("岸田", "KISHIDA", "person")])
    assert [n.english for n in other.find("岸田氏")] == ["KISHIDA"]
    assert other.sha256 != Gazetteer(rows).sha256 == Gazetteer(rows * 2).sha256


def test_the_users_glossary_wins_over_the_built_in_names(tmp_path):
    path = tmp_path / "mine.tsv"
    path.write_text("\ufeffja\ten\tkind\nトランプ\tPresident T.\tperson\n\nみなと葉\tMinato Ha\n", encoding="utf-8")
    mine = load_gazetteer(str(path))
    assert [n.english for n in mine.find("トランプ氏とみなと葉とプーチン氏")] == ["President T.", "Minato Ha", "Putin"]
    assert [n.english for n in load_gazetteer().find("トランプ氏")] == ["Trump"]
    assert mine.sha256 != load_gazetteer().sha256


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("ja\ten\nトランプ".encode(), "mine.tsv:2: expected ja, en"),
        ("ja\ten\n題".encode("shift_jis"), "cannot be read"),
    ],
)
def test_a_glossary_that_does_not_fit_names_its_file(tmp_path, data, says):
    path = tmp_path / "mine.tsv"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=says) as caught:
        load_gazetteer(str(path))
    assert "mine.tsv" in caught.value.message
    assert caught.value.hint


def test_a_glossary_that_is_not_there_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_gazetteer(str(tmp_path / "gone.tsv"))


def test_the_built_in_names_are_of_one_form():
    assert [n.english for n in load_gazetteer().find("バイデン氏とドナルド・トランプ氏")] == ["Biden", "Donald Trump"]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("１１３０億　ドル", "1130億 ドル"),
        ("ﾛｼｱ", "ロシア"),
        ("  a\t\nb ", "a b"),
        ("㈱", "(株)"),
        ("", ""),
    ],
)
def test_sources_are_normalised(text, normal):
    assert normalise_source(text) == normal


def test_english_is_normalised():
    assert normalise_english("“It’s” – a\u00a0test…  —") == '"It\'s" - a test... -'


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (ALL, [("11月20日", "date"), ("ロシア", "place"), ("3万", "amount")]),
        (("numbers",), [("3万", "amount")]),
        (("dates",), [("11月20日", "date")]),
        (("names",), [("ロシア", "place")]),
        ((), []),
    ],
)
def test_only_the_kinds_that_a_pack_wants_are_found(kinds, found):
    text = "11月20日、ロシアで3万人が"
    assert [(text[e.start : e.end], e.kind) for e in find_entities(text, NAMES, kinds)] == found


@pytest.mark.parametrize(
    ("text", "inline"),
    [
        ("ロシアは1130億ドルを", "Russia は 113 billion ドルを"),
        ("3万", "30,000"),
        ("11月20日、3万人", "November 20 、 30,000 人"),
        ("何もない。", "何もない。"),
        ("", ""),
    ],
)
def test_entities_stand_in_english_in_the_source(text, inline):
    assert apply_inline(text, find_entities(text, NAMES, ALL)) == inline


def test_of_two_that_overlap_the_first_stays():
    entities = [Entity(2, 5, "second", "x"), Entity(0, 3, "first", "x"), Entity(5, 6, "third", "x")]
    assert apply_inline("012345", entities) == "first 34 third"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"0123456789,.万億兆千百年月日令和元間度 ", "ロシア", "トランプ", "日本", "令和", "は"]),
        max_size=25,
    )
)
def test_places_are_right_for_any_text(parts):
    text = normalise_source("".join(parts))
    last = 0
    for quantity in find_quantities(text):
        assert last <= quantity.start < quantity.end <= len(text)
        last = quantity.end
    entities = find_entities(text, NAMES, ALL)
    assert entities == sorted(entities)
    assert all(0 <= e.start < e.end and e.english for e in entities)
    assert unicodedata.is_normalized("NFKC", apply_inline(text, entities))
