"""Key points: what is chosen, what is not, and what is said about it."""

import time
from datetime import date

import pytest

from briefs.brief import Article, Block, Brief, Flag, Kind, Origin, Sentence, Theme
from briefs.extract import Lead, LexRank, NullExtractor, Salience, extract

WAR = Theme(
    id="war",
    title="War in Ukraine",
    keywords={"ja": ("ウクライナ", "停戦"), "en": ("Ukraine", "ceasefire"), "zh": ("乌克兰", "停火")},
)
GAS = Theme(
    id="gas", title="Energy", keywords={"ja": ("ガス", "エネルギー", "輸出"), "en": ("gas",), "zh": ("天然气",)}
)
TALKS = "3月11日、米国とウクライナは30日間の停戦案で合意した。"
EXPORT = "ロシアは2024年に天然ガスを1200億立方メートル輸出した。"
ALL = [Salience, Lead, LexRank, NullExtractor]
RANKING = [Salience, Lead, LexRank]


def article(id_, *texts, language="ja", title=None, published=None, kinds=None, flags=None):
    sentences, start = [], 0
    for index, text in enumerate(texts):
        kind = (kinds or {}).get(index, Kind.SENTENCE)
        found = tuple(Flag(code=code, message="") for code in (flags or {}).get(index, ()))
        sentences.append(
            Sentence(
                index=index,
                kind=kind,
                text=text,
                start=start,
                end=start + len(text),
                block=index,
                language=language,
                flags=found,
            )
        )
        start += len(text) + 1
    return Article(
        id=id_,
        origins=(Origin(source=f"{id_}.txt", sha256=""),),
        blocks=tuple(Block(kind=s.kind, text=s.text) for s in sentences),
        title=title,
        published=published,
        language=language,
        sentences=tuple(sentences),
    )


def cited(points):
    return [(point.article, *point.sentences) for point in points]


def brief(*articles, themes=(WAR, GAS)):
    return Brief(name="b", title="t", date=date(2026, 1, 1), themes=themes, articles=articles)


@pytest.mark.parametrize("backend", ALL)
def test_no_articles_give_no_points(backend):
    assert backend().points([], WAR, 5) == []


@pytest.mark.parametrize("backend", ALL)
def test_an_article_without_sentences_gives_no_points(backend):
    assert backend().points([article("a")], WAR, 5) == []


@pytest.mark.parametrize("backend", RANKING)
def test_one_article_of_one_sentence(backend):
    assert cited(backend().points([article("a", TALKS)], WAR, 5)) == [("a", 0)]


@pytest.mark.parametrize("backend", ALL)
def test_a_theme_that_nobody_writes_about_gets_nothing(backend):
    assert backend().points([article("a", "東京で桜が咲いた。", "花見客が集まった。")], WAR, 5) == []


@pytest.mark.parametrize("backend", RANKING)
@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_limit_is_respected(backend, limit):
    texts = [
        f"ウクライナの{city}で{n}人が避難した。"
        for n, city in enumerate(["キーウ", "オデーサ", "リビウ", "ハルキウ", "スムイ"])
    ]
    assert len(backend().points([article("a", *texts)], WAR, limit)) == limit


@pytest.mark.parametrize("backend", RANKING)
def test_headings_and_captions_are_never_points(backend):
    both = article("a", TALKS, "停戦を伝えるウクライナの新聞", kinds={0: Kind.HEADING, 1: Kind.CAPTION})
    assert backend().points([both], WAR, 5) == []


def test_a_bullet_is_a_point_only_when_nothing_better_says_it():
    bullet = "• ウクライナの停戦案で米国が合意"
    kinds = {0: Kind.BULLET}
    assert cited(Salience().points([article("a", bullet, kinds=kinds)], WAR, 5)) == [("a", 0)]
    assert cited(Salience().points([article("a", bullet, TALKS, kinds=kinds)], WAR, 5)) == [("a", 1)]


def test_facts_come_before_talk_about_the_article():
    meta = "ここでは、ウクライナの停戦について詳しく解説します。"
    question = "ウクライナの停戦は本当に実現するのでしょうか?"
    assert cited(Salience().points([article("a", meta, question, TALKS)], WAR, 5)) == [("a", 2)]


def test_a_cut_sentence_comes_last():
    cut = "ウクライナの停戦をめぐる米国との交渉で残るのは、そのような取り決めの輪郭..."
    assert cited(Salience().points([article("a", cut, TALKS)], WAR, 1)) == [("a", 1)]


def test_an_orphan_is_cited_with_the_sentence_that_it_leans_on():
    first, orphan = "米国とロシアの外相がジッダで会談した。", "これにより、ウクライナの停戦が3月に実現する。"
    assert cited(Salience().points([article("a", first, orphan)], WAR, 5)) == [("a", 0, 1)]


def test_an_orphan_under_a_heading_stays_alone():
    orphan = "これにより、ウクライナの停戦が3月に実現する。"
    headed = article("a", "交渉の行方", orphan, kinds={0: Kind.HEADING})
    assert cited(Salience().points([headed], WAR, 5)) == [("a", 1)]


@pytest.mark.parametrize(
    ("language", "orphan", "plain"),
    [
        (
            "ja",
            "同氏は、ウクライナの停戦案に3月11日に合意した。",
            "ゼレンスキー氏は、ウクライナの停戦案に3月11日に合意した。",
        ),
        (
            "ja",
            "しかし、これはウクライナの停戦案に3月11日に合意した。",
            "米国は、ウクライナの停戦案に3月11日に合意した。",
        ),
        (
            "en",
            "This means Ukraine agreed to a ceasefire on March 11.",
            "Officials in Ukraine agreed to a ceasefire on March 11.",
        ),
        ("zh", "这意味着乌克兰于3月11日同意停火方案。", "美国表示乌克兰于3月11日同意停火方案。"),
    ],
)
def test_a_sentence_that_stands_alone_wins_over_one_that_does_not(language, orphan, plain):
    articles = [article("a", orphan, language=language), article("b", plain, language=language)]
    assert cited(Salience().points(articles, WAR, 1)) == [("b", 0)]


@pytest.mark.parametrize(
    "text",
    [
        "これまでウクライナは停戦に反対した。",
        "それぞれの国がウクライナの停戦に合意した。",
        "同盟国はウクライナの停戦に合意した。",
    ],
)
def test_words_that_only_look_like_pronouns_are_not_paired(text):
    assert cited(Salience().points([article("a", "外相が会談した。", text)], WAR, 1)) == [("a", 1)]


def test_a_flagged_translation_costs_a_sentence_its_place():
    texts = ("ウクライナは3月11日に停戦案で合意した。", "停戦案で米国は3月12日にウクライナと署名した。")
    plain = Salience().points([article("a", *texts)], WAR, 1)
    flagged = Salience().points([article("a", *texts, flags={plain[0].sentences[0]: ["repetition"]})], WAR, 1)
    assert flagged[0].sentences != plain[0].sentences


@pytest.mark.parametrize("code", ["untranslated", "repetition", "empty"])
def test_points_are_found_even_if_every_translation_is_flagged(code):
    all_bad = article("a", TALKS, EXPORT, flags={0: [code], 1: [code]})
    assert cited(Salience().points([all_bad], WAR, 5)) == [("a", 0)]


def test_other_flags_cost_nothing():
    texts = (TALKS, "ウクライナの首都に雪が降った。")
    assert Salience().points([article("a", *texts, flags={0: ["amount"]})], WAR, 1)[0].sentences == (0,)


def test_what_two_articles_say_is_one_point_from_the_first_of_them():
    again = "米国とウクライナは3月11日、30日間の停戦案に合意した。"
    late = article("late", TALKS, published=date(2025, 3, 13))
    early = article("early", again, published=date(2025, 3, 12))
    undated = article("undated", TALKS)
    (point,) = Salience().points([undated, late, early], WAR, 5)
    assert (point.article, point.corroborated_by) == ("early", ("undated", "late"))


def test_the_same_topic_is_no_corroboration():
    other = "ウクライナの農家は停戦を待たずに春の種まきを始めた。"
    points = Salience().points([article("a", TALKS), article("b", other)], WAR, 5)
    assert [point.corroborated_by for point in points] == [(), ()]


def test_the_same_article_does_not_corroborate_itself():
    (point,) = Salience().points([article("a", TALKS, TALKS)], WAR, 5)
    assert point.corroborated_by == ()


def test_figures_let_languages_corroborate_each_other():
    filler = [
        article(f"f{n}", f"{word}で桜が咲いた。")
        for n, word in enumerate(["東京", "京都", "大阪", "札幌", "福岡", "仙台"])
    ]
    ja = article("ja", "ウクライナ支援は17品目で約4200億円、全体の7.4%に上る。")
    en = article("en", "Aid to Ukraine covers 17 items worth 420 billion yen, or 7.4% of the total.", language="en")
    (point,) = Salience().points([ja, en, *filler], WAR, 5)
    assert (point.article, point.corroborated_by) == ("ja", ("en",))


@pytest.mark.parametrize(
    ("language", "on", "off"),
    [
        ("en", "Ukraine signed a ceasefire in Jeddah on March 11.", "Farmers in Kansas planted wheat on March 12."),
        ("zh", "乌克兰3月11日签署停火协议。", "北京3月12日举行音乐会。"),
        ("ja", TALKS, EXPORT),
    ],
)
@pytest.mark.parametrize("backend", RANKING)
def test_every_language_has_its_keywords(backend, language, on, off):
    assert cited(backend().points([article("a", off, on, language=language)], WAR, 5)) == [("a", 1)]


@pytest.mark.parametrize(
    "text", ["アイドルが歌った。", "ラスベガスで会った。", "Vegas and Pegasus are far.", "The gasp was loud."]
)
def test_a_keyword_inside_another_word_does_not_count(text):
    theme = Theme(id="t", title="t", keywords={"ja": ("ドル", "ガス"), "en": ("gas",)})
    assert Salience().points([article("a", text)], theme, 5) == []


def test_a_theme_without_keywords_goes_by_its_title():
    assert cited(Salience().points([article("a", EXPORT, TALKS)], Theme(id="t", title="停戦"), 5)) == [("a", 1)]


def test_dealings_between_two_are_found_by_both_names():
    theme = Theme(id="t", title="China and Russia", keywords={"ja": ("中露",)})
    texts = ("中国はロシアから原油を2億トン輸入した。", "中国の人口は14億人だ。")
    assert cited(Salience().points([article("a", *texts)], theme, 5)) == [("a", 0)]


def test_a_heading_lends_its_theme():
    headed = article(
        "a", "ウクライナ停戦の見通し", "3月20日に署名する。", kinds={0: Kind.HEADING}, title="ウクライナ停戦"
    )
    other = article("b", "桜の見通し", "3月20日に開花する。", kinds={0: Kind.HEADING}, title="開花")
    batch = Salience().batch([headed, other])
    lent, plain = batch.relevance(WAR)[[1, 3]]
    assert lent > 0.3 > plain


def test_scores_say_why_to_four_digits():
    (point,) = Salience().points([article("a", TALKS)], WAR, 5)
    assert {
        "relevance",
        "centrality",
        "substance",
        "headline",
        "position",
        "length",
        "support",
        "fitness",
        "score",
    } == set(point.scores)
    assert all(value == round(value, 4) for value in point.scores.values())


@pytest.mark.parametrize("backend", RANKING)
def test_the_same_articles_give_the_same_points(backend):
    articles = [article(str(n), TALKS, EXPORT, f"ウクライナ軍は{n}日に撤退した。") for n in range(9)]
    assert backend().points(articles, WAR, 6) == backend().points(list(articles), WAR, 6)


def test_an_extractor_can_be_asked_about_other_articles():
    extractor = Salience()
    assert cited(extractor.points([article("a", TALKS)], WAR, 5)) == [("a", 0)]
    assert cited(extractor.points([article("b", EXPORT, TALKS)], WAR, 5)) == [("b", 1)]


def test_text_of_no_known_script_or_length_does_no_harm():
    odd = article("a", "", "…", "１２３", "9" * 400, "ウクライナ" * 2000, "🙂 停戦", "Україна ceasefire", language="uk")
    assert isinstance(Salience().points([odd], WAR, 5), list)


@pytest.mark.parametrize("backend", ALL)
def test_the_stage_takes_every_backend_and_an_empty_day(backend):
    assert extract(brief(), backend(), limit=6, highlights=5) == brief()
    filled = extract(brief(article("a", TALKS, EXPORT)), backend(), limit=6, highlights=5)
    assert [theme.id for theme in filled.themes] == ["war", "gas"]


def test_the_stage_gives_a_sentence_to_one_theme_only():
    both = "ウクライナ停戦後、ロシアはガスの輸出を再開すると表明した。"
    filled = extract(brief(article("a", both, TALKS), article("b", both)), Salience(), limit=6, highlights=5)
    texts = [
        filled.article(point.article).sentences[index].text
        for theme in filled.themes
        for point in theme.points
        for index in point.sentences
    ]
    assert sorted(texts) == sorted({both, TALKS})


def test_the_stage_lists_the_articles_of_a_theme():
    articles = (article("a", TALKS), article("b", EXPORT), article("c", "桜が咲いた。"))
    filled = extract(brief(*articles), Salience(), limit=6, highlights=5)
    assert [theme.articles for theme in filled.themes] == [("a",), ("b",)]


def test_highlights_are_few_and_spread_over_themes_and_articles():
    war = [
        f"ウクライナの{city}で3月{n + 1}日に{n}人が停戦を求めた。"
        for n, city in enumerate(["キーウ", "オデーサ", "リビウ", "スムイ"])
    ]
    filled = extract(brief(article("a", *war), article("b", EXPORT)), Salience(), limit=6, highlights=2)
    assert {point.theme for point in filled.highlights} == {"war", "gas"}
    shown = {(point.theme, point.article, point.sentences) for theme in filled.themes for point in theme.points}
    assert all((point.theme, point.article, point.sentences) in shown for point in filled.highlights)


def test_a_large_batch_is_quick():
    articles = [
        article(
            str(a),
            *(f"{TALKS[:-1]}第{a * 40 + s}回、{'ガスの輸出' if s % 2 else '兵力'}を{a}人で確認。" for s in range(40)),
        )
        for a in range(100)
    ]
    begin = time.process_time()
    filled = extract(brief(*articles), Salience(), limit=6, highlights=5)
    assert time.process_time() - begin < 5  # about 0.5 s on one core; 1,000 articles take 4 to 5 s
    assert all(theme.points for theme in filled.themes)
