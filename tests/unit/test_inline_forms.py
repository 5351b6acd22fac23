"""Entities in English inside the source: what each form of pack is given, and that nothing else is touched."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.fidelity import Gazetteer, apply_inline, find_entities, load_gazetteer, normalise_source
from briefs.fidelity.inline import FORM_1, KINDS, Entity
from briefs.fidelity.quantities import find_quantities

ALL = (*KINDS, "ratio", "times", "approx", "ordinal", "organisation", "work", "other")
NAMES = load_gazetteer()
PARTS = (
    *"0123456789,.%万億兆千百十年月日時分約超〜・割のは、。「」()aB ",
    *"一二三〇数",
    *(
        "ドル",
        "円",
        "ユーロ",
        "人",
        "カ国",
        "ポイント",
        "倍",
        "パーセント",
        "未満",
        "令和",
        "平成",
        "元年",
        "年度",
        "期",
    ),
    *(
        "午後",
        "金曜日",
        "前年同期比",
        "ロシア",
        "トランプ",
        "プーチン大統領",
        "大阪",
        "国会",
        "億円",
        "六本木",
        "東京都",
    ),
)
sentences = st.lists(st.sampled_from(PARTS), max_size=25).map(lambda parts: normalise_source("".join(parts)))
some = settings(max_examples=120, deadline=None)


def inline(text, kinds=KINDS, names=NAMES):
    text = normalise_source(text)
    return apply_inline(text, find_entities(text, names, kinds))


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("約三十億ドルの支援", "約 $3 billion の支援"),
        ("1兆2000億円余り", "1.2 trillion 円余り"),
        ("1130億ユーロ", "113 billion ユーロ"),
        ("350億〜500億円", "35 billion to 50 billion 円"),
        ("百五十五万トン", "1.55 million トン"),
        ("5万5000人超", "55,000 人超"),
        ("2〜3万人", "20,000 to 30,000 人"),
        ("１２３４人", "1,234 人"),
        ("2.5億人", "250 million 人"),
        ("3割5分", "35%"),
        ("17.0パーセント", "17.0%"),
        ("十五パーセント未満", "15% 未満"),
        ("二〇二五年", "2025年"),
        ("令和8年", "2026年"),
        ("令和八年度", "fiscal 2026"),
        ("1990年代", "1990s"),
        ("2026年11月20日", "November 20, 2026"),
        ("25年7月", "July 2025"),
        ("平成元年1月8日", "January 8, 1989"),
        ("5月に", "May に"),
        ("1〜3月期は前年同期比3%増", "January-March は前年同期比 3% 増"),
        ("午後3時30分に", "3:30 p.m. に"),
        ("夜11時に", "11 p.m. に"),
        ("(金曜日)", "( Friday )"),
        ("トランプ氏", "Trump 氏"),
    ],
)
def test_the_grammar_in_english(text, english):
    assert inline(text) == english


@pytest.mark.parametrize(
    "text",
    [
        "3人と999人",
        "2025年",
        "1981年生まれ",
        "24年",
        "20日",
        "2026年4月1日から9日",
        "1ドル=150円",
        "251ドル44セント",
        "1〜2%",
        "0.25ポイント",
        "3倍",
        "3分の1",
        "数千人、数十カ国",
        "第3回",
        "正午の12時",
        "(金)",
        "米国と中国",
        "国会",
        "六本木",
        "二人三脚",
    ],
)
def test_what_good_english_writes_in_several_ways_is_left_to_the_pack(text):
    assert inline(text).replace("April 2026 ", "2026年4月") == text


@pytest.mark.parametrize(
    ("text", "kind", "english"),
    [
        ("3分の1が", "ratio", "one-third が"),
        ("3倍に", "times", "3 times に"),
        ("数万人", "approx", "tens of thousands 人"),
        ("第3位", "ordinal", "3rd"),
        ("国会で", "organisation", "Diet で"),
    ],
)
def test_a_pack_may_ask_for_more(text, kind, english):
    assert inline(text, (kind,)) == english
    assert inline(text, (*KINDS, kind)) == english


@some
@given(sentences)
def test_a_pack_of_form_1_is_given_what_it_was_trained_on(text):
    old = [Entity(*q) for q in find_quantities(text) if q.kind in ("amount", "date", "year")]
    assert find_entities(text, NAMES, FORM_1) == sorted([*old, *(Entity(*name) for name in NAMES.find(text))])


@some
@given(sentences, st.sampled_from([KINDS, ALL, FORM_1]))
def test_no_text_outside_the_entities_is_lost(text, kinds):
    entities = find_entities(text, NAMES, kinds)
    kept, last = [], 0
    for entity in entities:
        if entity.start >= last:
            kept.append(entity)
            last = entity.end
    outside = [text[a:b] for a, b in zip([0, *(e.end for e in kept)], [*(e.start for e in kept), None], strict=True)]
    pattern = re.escape(outside[0]) + "".join(
        re.escape(e.english) + re.escape(gap) for e, gap in zip(kept, outside[1:], strict=True)
    )
    squeezed = re.sub(r"\\? ", "", pattern)
    assert re.fullmatch(squeezed, apply_inline(text, entities).replace(" ", ""))


@some
@given(sentences)
def test_in_form_2_nothing_overlaps_and_no_longer_one_was_passed_over(text):
    entities = find_entities(text, NAMES, KINDS)
    assert all(a.end <= b.start for a, b in itertools.pairwise(entities))
    assert all(0 <= e.start < e.end <= len(text) and e.english and e.kind in KINDS for e in entities)
    alone = [e for kind in KINDS for e in find_entities(text, NAMES, (kind,))]
    for missed in set(alone) - set(entities):
        rivals = [e for e in entities if e.start < missed.end and missed.start < e.end]
        assert any(r.end - r.start >= missed.end - missed.start for r in rivals)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("国会で", "Parliament で"),
        ("米国は", "America は"),
        ("令和8年度予算の", "the FY2026 budget の"),
        ("ドナルド・トランプ氏", "Mr T. 氏"),
        ("プーチンの", "Putin の"),
        ("アカサタナ", "アカサタナ"),
        ("サタナ", "Satana"),
    ],
)
def test_the_users_glossary_wins(tmp_path, text, english):
    path = tmp_path / "mine.tsv"
    rows = [
        "国会\tParliament\torganisation",
        "米国\tAmerica\tplace",
        "令和8年度予算\tthe FY2026 budget",
        "ドナルド・トランプ\tMr T.\tperson",
        "サタナ\tSatana\tother",
    ]
    path.write_text("ja\ten\tkind\n" + "\n".join(rows), encoding="utf-8")
    assert inline(text, names=load_gazetteer(str(path))) == english


def test_names_keep_to_their_script():
    names = Gazetteer([("ロシア", "Rus", "place"), ("外務省", "the Ministry", "organisation")])
    text = "ベラロシア、ロシアン、ロシア、中国外務省報道官"
    assert inline(text, names=names) == "ベラロシア、ロシアン、 Rus 、中国外務省報道官"
