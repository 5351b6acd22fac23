"""Near-duplicates become one article with several origins; different stories stay apart."""

import random
from datetime import date

from briefs.brief import Article, Block, Kind, Origin, Severity
from briefs.clean import merge_duplicates

FERRY = (
    "青波市と離島の汐見島を結ぶ定期フェリーが、来年四月から一日六往復に増えることが二十日分かった。",
    "運航する青波汽船は新しい船を二隻造る計画で、費用の七十億円のうち三割を県と市が負担する。",
    "島の人口は約三千人で、高校生の多くが毎朝の便で市内に通っている。",
    "島の漁業組合は、朝一番の便が早まれば市場の競りに間に合うとして歓迎している。",
    "一方、荷主の団体は貨物の運賃が上がることを警戒し、説明会を開くよう求めた。",
    "青波汽船の森下社長は記者会見で「島の暮らしを支える船にしたい」と述べた。",
)
OTHER_FERRY = (
    "汐見島へ渡る船の増便をめぐり、島民の間で期待と不安が交錯している。",
    "民宿を営む女性は、日帰りの客ばかりになれば宿が立ち行かないと話す。",
    "診療所の医師は、急な患者を運べる夜間の便こそ必要だと訴えた。",
    "町内会は来月、独自の調査の結果をまとめて市長に手渡す予定だ。",
    "若い移住者からは、働き方の選択肢が広がるという声が上がっている。",
)
HARVEST = (
    "北嶺県の今年の林檎の収穫量は、春先の霜の影響で前年を二割下回る見通しとなった。",
    "県の果樹試験場によると、標高の高い園地ほど被害が大きかった。",
    "農協は価格の急な上昇を避けるため、貯蔵していた分を年内に出荷する。",
    "加工用の引き合いも強く、ジュース工場は原料の確保を急いでいる。",
)


def article(name, *texts, published=None):
    origin = Origin(source=name, sha256=name, published=published)
    blocks = tuple(Block(kind=Kind.SENTENCE, text=text) for text in texts)
    return Article(id=name, origins=(origin,), blocks=blocks, published=published)


def merged(*articles):
    kept, _ = merge_duplicates(articles)
    return [[origin.source for origin in article.origins] for article in kept]


def edited(texts):
    """A wire story as another site prints it: a new lead, one paragraph cut, small changes of wording."""
    return (
        "汐見島の航路で増便が決まった。",
        *(text.replace("二十日", "20日").replace("約", "およそ") for text in texts[:-1]),
    )


def test_the_same_text_is_one_article_with_both_origins():
    assert merged(article("a", *FERRY), article("b", *FERRY)) == [["a", "b"]]


def test_an_edited_copy_is_merged_and_noted():
    kept, notes = merge_duplicates([article("a", *FERRY), article("b", *edited(FERRY))])
    assert [[o.source for o in each.origins] for each in kept] == [["a", "b"]]
    (note,) = notes
    assert (note.source, note.stage, note.severity) == ("b", "clean", Severity.WARNING)
    assert "the same story as a" in note.message


def test_other_spacing_and_punctuation_make_no_difference():
    spaced = [text.replace("、", "， ").replace("。", " 。\u3000") for text in FERRY]
    assert merged(article("a", *FERRY), article("b", *spaced)) == [["a", "b"]]


def test_the_copy_published_first_is_kept_in_its_own_words():
    late = article("late", *FERRY, published=date(2026, 3, 2))
    early = article("early", *edited(FERRY), published=date(2026, 3, 1))
    undated = article("undated", *FERRY)
    kept, notes = merge_duplicates([undated, late, early])
    assert [[o.source for o in each.origins] for each in kept] == [["early", "undated", "late"]]
    assert kept[0].blocks == early.blocks
    assert kept[0].published == date(2026, 3, 1)
    assert [note.source for note in notes] == ["undated", "late"]


def test_of_two_of_the_same_day_the_first_read_is_kept():
    day = date(2026, 3, 1)
    assert merged(article("a", *FERRY, published=day), article("b", *FERRY, published=day)) == [["a", "b"]]


def test_different_stories_on_the_same_topic_stay_apart():
    assert merged(article("a", *FERRY), article("b", *OTHER_FERRY)) == [["a"], ["b"]]
    assert merged(article("a", *FERRY), article("b", FERRY[0], *OTHER_FERRY)) == [["a"], ["b"]]


def test_a_page_that_holds_the_story_among_others_stays_apart():
    assert merged(article("a", *FERRY[:3]), article("b", *FERRY[:3], *OTHER_FERRY, *HARVEST)) == [["a"], ["b"]]


def test_very_short_texts_are_not_merged():
    assert merged(article("a", "続報はありません。"), article("b", "続報はありません。")) == [["a"], ["b"]]


def test_the_rest_keeps_its_order():
    articles = [article("h", *HARVEST), article("b", *edited(FERRY)), article("o", *OTHER_FERRY), article("a", *FERRY)]
    assert merged(*articles) == [["h"], ["b", "a"], ["o"]]


def test_copies_of_a_dated_story_are_grouped_the_same_in_any_order():
    versions = [
        article("1", *FERRY, published=date(2026, 3, 1)),
        article("2", *edited(FERRY), published=date(2026, 3, 2)),
        article("3", *HARVEST, published=date(2026, 3, 3)),
        article("4", *FERRY, published=date(2026, 3, 4)),
        article("5", *OTHER_FERRY, published=date(2026, 3, 5)),
    ]
    for seed in range(10):
        groups = merged(*random.Random(seed).sample(versions, len(versions)))
        assert sorted((group[0], *sorted(group[1:])) for group in groups) == [("1", "2", "4"), ("3",), ("5",)]


def test_nothing_and_articles_without_text():
    assert merge_duplicates([]) == ([], [])
    assert merged(article("a"), article("b")) == [["a"], ["b"]]
