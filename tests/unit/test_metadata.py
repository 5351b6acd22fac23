"""Dates, bylines and publishers out of page furniture; every name here is invented."""

from datetime import date

import pytest

from briefs.clean.features import read_lines
from briefs.clean.metadata import find_byline, find_dates, find_published, find_publisher, load_publishers

TODAY = date(2026, 11, 22)
BODY = "青波市は二十日、港の拡張工事に着手したと発表した。完成は三年後の見込みで、費用は国と県が折半するという。"


def page(*lines):
    """A page as tagged: each line is (label, text)."""
    labels, texts = zip(*lines, strict=True)
    return read_lines("\n".join(texts)), labels


def around(*furniture, after=()):
    """A page with furniture between its title and body, and more below."""
    return page(
        ("before", "ホーム"),
        ("title", "青波市、港の拡張に着手"),
        *(("before", text) for text in furniture),
        ("body", BODY),
        ("body", BODY),
        *(("after", text) for text in after),
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年11月20日", date(2026, 11, 20)),
        ("2026年 1月 2日 10時30分", date(2026, 1, 2)),
        ("２０２６年１１月２０日", date(2026, 11, 20)),
        ("2026/11/20 10:30", date(2026, 11, 20)),
        ("2026.11.20", date(2026, 11, 20)),
        ("2026-11-20T10:30:00+09:00", date(2026, 11, 20)),
        ("令和8年11月20日", date(2026, 11, 20)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("Nov 20, 2026", date(2026, 11, 20)),
        ("November 20, 2026", date(2026, 11, 20)),
        ("Sept. 5, 2026", date(2026, 9, 5)),
        ("20 November 2026", date(2026, 11, 20)),
        ("May 1 2026", date(2026, 5, 1)),
        ("2026年2月30日", None),
        ("2026年13月1日", None),
        ("11月20日", None),
        ("2026年11月", None),
        ("Foo 20, 2026", None),
        ("", None),
    ],
)
def test_dates_in_all_formats(text, day):
    assert list(find_dates(text))[:1] == ([day] if day else [])


@pytest.mark.parametrize(
    ("furniture", "day"),
    [
        (["2026年11月20日 10:30"], date(2026, 11, 20)),
        (["公開：2026.11.20"], date(2026, 11, 20)),
        (["更新：2026年11月21日", "公開：2026年11月20日"], date(2026, 11, 20)),
        (["Published Nov 20, 2026"], date(2026, 11, 20)),
        (["2026年11月22日"], TODAY),
        (["2026年11月23日"], None),
        (["イベントは2027年1月5日", "2026年11月20日 配信"], date(2026, 11, 20)),
        (["11月20日 10:30"], None),
        ([], None),
    ],
)
def test_the_publication_date_is_found_and_never_in_the_future(furniture, day):
    assert find_published(*around(*furniture), TODAY) == day


def test_a_date_in_the_body_is_no_publication_date():
    lines, labels = page(("title", "港の拡張"), ("body", f"2026年11月1日、{BODY}"))
    assert find_published(lines, labels, TODAY) is None


def test_dates_of_related_articles_lose_against_the_one_at_the_title():
    assert find_published(*around("2026年11月20日", after=["2026年11月21日 漁港の祭り"]), TODAY) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("文：汐見 太一", "汐見 太一"),
        ("取材・文＝森下葉子", "森下葉子"),
        ("書いた人:港 葉子", "港 葉子"),
        ("By Hana Morishita", "Hana Morishita"),
        ("written by Taichi Shiomi", "Taichi Shiomi"),
        ("汐見太一記者", "汐見太一"),
        ("【汐見太一】", None),
        ("森下葉子（青波大学教授）", "森下葉子"),
        ("アンナ・ベルグ（研究員）", "アンナ・ベルグ"),
        ("汐見 太一", "汐見 太一"),
        ("関連ニュース一覧", None),
        ("青波新聞編集部", None),
        ("2026年11月20日", None),
    ],
)
def test_bylines(line, name):
    assert find_byline(*around(line)) == name


def test_a_byline_below_the_article():
    assert find_byline(*around(after=["この記事を書いた人", "森下葉子"])) == "森下葉子"


def test_a_name_in_the_body_is_no_byline():
    lines, labels = page(("title", "港の拡張"), ("body", "文：汐見 太一"), ("body", BODY))
    assert find_byline(lines, labels) is None


@pytest.mark.parametrize(
    ("top", "after", "publisher"),
    [
        ("ホーム", ["Copyright © 2026 青波通信 All rights reserved."], "青波通信"),
        ("ホーム", ["(c) 2024-2026 Aonami Journal. All Rights Reserved."], "Aonami Journal"),
        ("青波新聞オンライン", ["© 青波新聞オンライン"], "青波新聞オンライン"),
        ("ホーム", ["青波日報の記事の無断転載を禁じます。"], "青波日報"),
        ("ホーム", [], None),
        ("ホーム", ["関連記事"], None),
    ],
)
def test_publishers(top, after, publisher):
    lines, labels = page(
        ("before", top), ("title", "青波市、港の拡張に着手"), ("body", BODY), *(("after", t) for t in after)
    )
    assert find_publisher(lines, labels) == publisher


def test_a_known_outlet_is_named_in_english():
    japanese, english = next((ja, en) for ja, en in load_publishers().items() if ja.endswith("新聞"))
    assert find_publisher(*around(after=[f"© {japanese}"])) == english
    assert find_publisher(*around(japanese)) == english


def test_nothing_is_found_on_an_empty_page():
    assert find_published([], [], TODAY) is None
    assert find_byline([], []) is None
    assert find_publisher([], []) is None
