"""Every kind of quantity in Japanese, and what only looks like one."""

import itertools
from decimal import Decimal

import pytest

from briefs.fidelity import find_source, normalise_source


def read(text):
    return [
        (f.kind, [int(v) if v == int(v) else float(v) for v in f.values], f.unit, f.english)
        for f in find_source(normalise_source(text))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1億2000万円", ("currency", [120_000_000], "JPY", "120 million yen")),
        ("1.5兆円", ("currency", [1_500_000_000_000], "JPY", "1.5 trillion yen")),
        ("三十億ドル", ("currency", [3_000_000_000], "USD", "$3 billion")),
        ("１５０億ユーロ", ("currency", [15_000_000_000], "EUR", "€15 billion")),
        ("500億元", ("currency", [50_000_000_000], "CNY", "50 billion yuan")),
        ("3億ウォン", ("currency", [300_000_000], "KRW", "300 million won")),
        ("1 万 5 千ドル", ("currency", [15_000], "USD", "$15,000")),
        ("81ドル40セント", ("currency", [81.4], "USD", "$81.4")),
        ("10〜20億ドル", ("currency", [1_000_000_000, 2_000_000_000], "USD", "$1 billion to $2 billion")),
        ("2〜3万人", ("amount", [20_000, 30_000], "people", "20,000 to 30,000 people")),
        ("12万3456人", ("amount", [123_456], "people", "123,456 people")),
        ("1億2065万3227人", ("amount", [120_653_227], "people", "120,653,227 people")),
        ("25万人以上", ("amount", [250_000], "people", "at least 250,000 people")),
        ("約3分の1", ("ratio", [0.3333333333333333], "", "about one-third")),
        ("4分の3", ("ratio", [0.75], "", "three-quarters")),
        ("3割2分", ("percent", [32], "割", "32%")),
        ("7〜8割", ("percent", [70, 80], "割", "70 to 80%")),
        ("3.4％", ("percent", [3.4], "%", "3.4%")),
        ("29・1%", ("percent", [29.1], "%", "29.1%")),
        ("5パーセント", ("percent", [5], "%", "5%")),
        ("0.5ポイント", ("percent", [0.5], "points", "0.5 points")),
        ("3〜4%", ("percent", [3, 4], "%", "3 to 4%")),
        ("3倍", ("times", [3], "times", "3 times")),
        ("令和7年", ("year", [2025], "", "2025")),
        ("2025年度", ("year", [2025], "", "fiscal 2025")),
        ("80年代", ("year", [1980], "", "1980s")),
        ("24年6月", ("date", [], "", "June 2024")),
        ("2025年6月30日", ("date", [], "", "June 30, 2025")),
        ("二〇二五年三月", ("date", [], "", "March 2025")),
        ("17日", ("date", [], "", "the 17th")),
        ("1〜3月期", ("date", [1, 3], "period", "January-March")),
        ("第3四半期", ("ordinal", [3], "quarter", "third quarter")),
        ("午後3時半", ("time", [3, 30], "", "3:30 p.m.")),
        ("4カ国", ("count", [4], "countries", "four countries")),
        ("三人", ("count", [3], "people", "three people")),
        ("1500メートル", ("count", [1500], "meters", "1,500 meters")),
        ("158日間", ("count", [158], "days", "158 days")),
        ("5番目", ("ordinal", [5], "", "5th")),
        ("第2次", ("ordinal", [2], "", "2nd")),
        ("19世紀", ("ordinal", [19], "century", "19th century")),
        ("数万人", ("approx", [10_000], "", "tens of thousands")),
        ("数千億円", ("approx", [100_000_000_000], "", "hundreds of billions")),
        ("F-16", ("code", [], "", "F-16")),
        ("5G", ("code", [], "", "5G")),
        ("憲法49条3項", ("ordinal", [49, 3], "", "Article 49, paragraph 3")),
        ("第二十一条第一項", ("ordinal", [21, 1], "", "Article 21, paragraph 1")),
        ("1メートル5センチの津波", ("count", [1.05], "meters", "1.05 meters")),
        ("23年後半", ("year", [2023], "", "2023")),
        ("10億分の1", ("ratio", [1e-9], "", "1/1000000000")),
        ("8メートル72", ("count", [8.72], "meters", "8.72 meters")),
        ("1万2000年ぶり", ("amount", [12_000], "years", "12,000 years")),
        ("約77万4000年前", ("amount", [774_000], "years", "about 774,000 years")),
        ("契約数1000万件", ("amount", [10_000_000], "cases", "10 million cases")),
        ("月曜日", ("weekday", [], "", "Monday")),
    ],
)
def test_one_quantity(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    "一部 一方 一致 一層 統一 第一人者 十分 万が一 百貨店 千葉県 三重県 四国 八百屋 一時 東京五輪 九州 六本木 四半期 "
    "安倍晋三元首相 人一倍 三菱 四日市市 億万長者 十中八九 人数 多数 数字 半数 第一三共 燕三条 四万十川 三本柱 "
    "下千本 千本桜 110番 週休3日制 ダライ・ラマ14世 白米千枚田".split(),
)
def test_no_quantity(text):
    assert [f for f in find_source(text) if not f.optional] == []


def test_spans_are_exact_and_do_not_overlap():
    text = normalise_source("２０２５年３月、約１万２千人が４カ国から３億５０００万ドルを午後３時半に受け取った。")
    figures = find_source(text)
    assert [text[f.start : f.end] for f in figures] == [f.text for f in figures]
    assert all(a.end <= b.start for a, b in itertools.pairwise(figures))
    assert [f.kind for f in figures] == ["date", "amount", "count", "currency", "time"]


def test_listed_items_need_no_count_and_typhoons_no_number():
    assert find_source("日米韓3カ国")[0].optional
    assert find_source("台風15号")[0].optional
    assert not find_source("加盟3カ国")[0].optional


def test_a_large_unit():
    assert find_source("1京円")[0].values == (Decimal(10) ** 16,)


@pytest.mark.parametrize("text", ["1" * 6000, "1万1" * 2000, "3,1" * 2000])
def test_digits_without_end_are_no_figure(text):
    assert find_source(text) == []
    assert [f.text for f in find_source(f"{text}、3億円")] == ["3億円"]
