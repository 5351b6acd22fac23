"""Sentences and their places: the Japanese rules case by case, and what holds for any text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.brief import Article, Block, Brief, Kind, Origin
from briefs.segment import article_sentences, segment, split_sentences

PIECES = st.sampled_from(
    [
        *"。！？!?.「」『』（）()【】“”‘’ 　\n\t、，と",
        "政府は",
        "です",
        "って",
        "Mr.",
        "U.S. ",
        "the end",
        "3.5",
        "...",
        "😀",
        "\u200b",
        "\r",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=60))
LANGUAGES = st.sampled_from(["ja", "zh", "en", "de", "ko", "ru", "ar", "und", "tlh"])


def split(text, language="ja"):
    return [text[start:end] for start, end in split_sentences(text, language)]


def article(*blocks, language="ja"):
    return Article(id="a", origins=(Origin(source="a", sha256=""),), blocks=blocks, language=language)


@pytest.mark.parametrize(
    "sentences",
    [
        ["政府は方針を固めた。", "週内に発表する。"],
        ["政府は方針を固めた。", "週内に発表する"],
        ["なぜか！", "理由は単純だ。"],
        ["なぜか？！", "理由は単純だ。"],
        ["なぜか!?", "理由は単純だ。"],
        ["そうか。。。", "次へ。"],
        ["「対応する」と述べた。", "野党は反発した。"],
        ["「対応する。検討も急ぐ。」と述べた。", "野党は反発した。"],
        ["首相は『「急ぐ。」と言った。』と語る。", "野党は反発した。"],
        ["法案（来月施行。改正含む）が成立した。", "野党は反発した。"],
        ["法案(来月施行。改正含む)が成立した。", "野党は反発した。"],
        ["【速報。続報あり】地震が起きた。", "津波はない。"],
        ["“急ぐ。必ず。”と述べた。", "野党は反発した。"],
        ["《一。二》〈三。四〉〔五。六〕を読む。", "次へ。"],
        ["本当に可能か？と専門家は問う。", "答えはまだない。"],
        ["本当に可能か?という声がある。", "答えはまだない。"],
        ["やるぞ！って言った。", "終わり。"],
        ["『行くか？』『行かない！』の声。", "終わり。"],
        ["本当か？", "ところが、違った。"],
        ["本当か？", "はい、そうです。"],
        ["どうなる？", "とはいえ、先は長い。"],
        ["映画「君は？」を観た。", "良かった。"],
        ["成長率は3.5％だった。", "前年は2.1％。"],
        ["A.B.C.の三社だ。", "以上。"],
        ["中国が発表した。", "“一帯一路”を進める。"],
    ],
)
def test_japanese_sentences(sentences):
    assert split("".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("首相は「対応する。野党は反発した。", ["首相は「対応する。", "野党は反発した。"]),
        ("対応する」と述べた。野党は反発した。", ["対応する」と述べた。", "野党は反発した。"]),
        ("（「一。）二。三。", ["（「一。）", "二。", "三。"]),
    ],
)
def test_a_bracket_without_its_partner_protects_nothing(text, sentences):
    assert split(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("\u3000政府は固めた。\u3000週内に発表する。\u3000", ["政府は固めた。", "週内に発表する。"]),
        ("  一。 \t二。", ["一。", "二。"]),
        ("一\n二。三", ["一", "二。", "三"]),
        ("一。\r\n\r\n二。", ["一。", "二。"]),
        ("「一\n二。三」四。", ["「一", "二。", "三」四。"]),
        ("", []),
        (" \u3000\n\t", []),
        ("。", ["。"]),
        ("句点がない", ["句点がない"]),
    ],
)
def test_white_space_is_left_out_and_a_line_end_ends_a_sentence(text, sentences):
    assert split(text) == sentences


def test_chinese_goes_by_the_same_rules():
    sentences = ["外交部表示“坚决反对。将采取措施。”之后离开。", "双方会谈了吗？", "没有。"]
    assert split("".join(sentences), "zh") == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Mr. Smith met Dr. Jones.", "They talked."],
        ["The U.S. economy grew 3.5 percent.", "Exports fell."],
        ["Sen. Brown and Gov. White disagreed.", "The vote was close."],
        ["Prof. Lee spoke at 5 p.m. on Monday.", "Nobody asked anything."],
        ["It cost $1.5 million.", "Was it worth it?", "Yes!"],
        ['"We will act," he said.', "She agreed."],
        ["See No. 5 on the list.", "It is new."],
    ],
)
def test_english_abbreviations_do_not_end_a_sentence(sentences):
    assert split(" ".join(sentences), "en") == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Das kostet z. B. 3,5 Mio. Euro.", "Das ist viel."]),
        ("ru", ["Президент прибыл в Москву.", "Переговоры начались."]),
        ("ko", ["정부는 방침을 정했다.", "내일 발표한다."]),
        ("ar", ["أعلنت الحكومة قرارها.", "هل يكفي ذلك؟", "لا أحد يعلم."]),
        ("und", ["One thing happened.", "Then another."]),
    ],
)
def test_other_languages_are_split_too(language, sentences):
    assert split(" ".join(sentences), language) == sentences


@settings(max_examples=200, deadline=None)
@given(TEXTS, LANGUAGES)
def test_nothing_is_lost_between_sentences(text, language):
    spans = split_sentences(text, language)
    last = 0
    for start, end in spans:
        assert last <= start < end
        assert text[last:start].strip() == ""
        assert text[start:end] == text[start:end].strip() != ""
        last = end
    assert text[last:].strip() == ""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Kind), TEXTS, st.none() | LANGUAGES), max_size=4), LANGUAGES)
def test_offsets_count_in_the_articles_text(blocks, language):
    whole = article(*(Block(kind=k, text=t, language=code) for k, t, code in blocks), language=language)
    sentences = list(article_sentences(whole))
    assert [s.index for s in sentences] == list(range(len(sentences)))
    for sentence in sentences:
        assert whole.text[sentence.start : sentence.end] == sentence.text
        assert sentence.kind is whole.blocks[sentence.block].kind
        assert sentence.language == (whole.blocks[sentence.block].language or language)


def test_a_heading_is_one_sentence_whatever_it_holds():
    heading = Block(kind=Kind.HEADING, text="停戦は？ 米国の答え。次は")
    body = Block(kind=Kind.SENTENCE, text="停戦は？ 米国は答えた。")
    assert [s.text for s in article_sentences(article(heading, body))] == [
        "停戦は？ 米国の答え。次は",
        "停戦は？",
        "米国は答えた。",
    ]


def test_a_paragraph_is_split_by_the_rules_of_its_own_language():
    japanese = Block(kind=Kind.SENTENCE, text="「行く。必ず。」と述べた。")
    english = Block(kind=Kind.SENTENCE, text="Mr. Smith left. He is back.", language="en")
    sentences = list(article_sentences(article(japanese, english)))
    assert [s.text for s in sentences] == ["「行く。必ず。」と述べた。", "Mr. Smith left.", "He is back."]
    assert [s.language for s in sentences] == ["ja", "en", "en"]


def test_the_stage_fills_every_article_and_changes_nothing_else():
    brief = Brief(
        name="b",
        title="t",
        date=date(2026, 1, 1),
        articles=(article(), article(Block(kind=Kind.BULLET, text="一。二。"))),
    )
    done = segment(brief)
    assert [len(a.sentences) for a in done.articles] == [0, 2]
    assert [a.blocks for a in done.articles] == [a.blocks for a in brief.articles]
    assert brief.articles[1].sentences == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("首相は「対応する。」野党は反発した。", ["首相は「対応する。」", "野党は反発した。"]),
        ("首相は「対応する。」と述べた。", ["首相は「対応する。」と述べた。"]),
        ("（首相は「行く。必ず。」と述べた。", ["（首相は「行く。必ず。」と述べた。"]),
    ],
)
def test_a_sentence_may_end_inside_its_quotation(text, sentences):
    assert split(text) == sentences
