"""A sentence in, a sentence out: alignment, memory, faults, and hostile text through the real pack."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.brief import Article, Block, Brief, Flag, Kind, Origin, Sentence, Severity, Translated
from briefs.config import TranslateSettings
from briefs.errors import MissingPackError, PackError
from briefs.packs import find_pack
from briefs.translate import Identity, PackTranslator, find_fault, is_looping, translate
from briefs.translate.engine import _Engine
from briefs.workspace import TranslationMemory

TEXTS = st.lists(st.text(max_size=12), max_size=12)
SENTENCE = "政府は20日、半導体の輸出管理を強化する方針を固めた。"
NORMAL = [
    "Yes.",
    "No comment.",
    "The government decided on Friday to tighten its rules on exports of advanced chips.",
    "He said that that was the point that mattered most to the people that he met.",
    "The prime minister, the foreign minister and the finance minister met the president of the bank.",
    "Prices rose 2.1 percent in May, 2.3 percent in June, 2.4 percent in July and 2.6 percent in August.",
    "On the one hand, it is cheap; on the other hand, it is slow.",
    "Day by day, week by week, month by month, the queue at the border grew longer.",
    "It was the best of times, it was the worst of times, it was the age of wisdom.",
    "Very, very few of them had ever seen the sea.",
    "“No, no, no,” she said, and hung up.",
    "The 113 billion dollar package includes 40 billion dollars for energy and 20 billion dollars for farmers.",
    "Officials from Japan, South Korea, the Philippines, Vietnam, Australia and New Zealand took part.",
    "What they want is time, what they need is money, and what they get is advice.",
    "If the talks fail, the sanctions stay; if the talks succeed, the sanctions go.",
    "The ministry of trade, the ministry of finance and the ministry of defence disagreed.",
    "Government of the people, by the people, for the people.",
    "New York, New York: the city that never sleeps has its quiet streets too.",
    "The more they build, the more they sell.",
    "From 1 to 10, from 10 to 100, from 100 to 1,000: the numbers grew each year.",
    "Neither the left nor the right, neither the north nor the south, had a majority.",
    "On November 20, 2026, the city will open a library, a theatre and a swimming pool.",
    "The U.S. and the U.K. agreed that the U.N. should lead.",
    "She had had enough.",
    "To govern is to choose, to choose is to lose, and to lose is to learn.",
    "Some say yes, some say no, some say nothing at all.",
    "Russia's foreign minister met his Chinese counterpart in Beijing (see the photograph above).",
    "AI, IoT, 5G and EVs: four letters or fewer, and all of them need chips.",
    "The Japanese word 停戦 means a ceasefire, and the word 和平 means peace.",
    "Asked whether the law would pass this year, the chairman said that it might, that it should, and that it must.",
    "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
    "According to the report, the share of renewable energy rose from 20 percent to 25 percent, the share of gas fell "
    "from 40 percent to 35 percent, and the share of coal stayed at 30 percent.",
]


class Counting:
    """Translates by marking, and counts what it was asked; `broken` languages have no pack."""

    checks = True

    def __init__(self, context="one", broken=()):
        self.asked = []
        self._context = context
        self._broken = broken

    def translate(self, texts, source, target):
        if source in self._broken:
            raise MissingPackError(f"no pack translates {source} to {target}", hint="install one")
        self.asked += texts
        return [Translated(text=f"{target}<{text}>") for text in texts]

    def context(self, source, target):
        return f"{self._context}/{source}-{target}"


class Remembering(dict):
    """A memory without a disk."""

    def find(self, context, texts):
        return {text: self[context, text] for text in texts if (context, text) in self}

    def add(self, context, pairs):
        self.update({(context, text): answer for text, answer in pairs})


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The built-in pack, loaded once, whatever Argos Translate keeps on this machine."""
    return PackTranslator(TranslateSettings(beam=1), str(tmp_path_factory.mktemp("packs")))


@pytest.fixture
def memory(tmp_path):
    store = TranslationMemory(tmp_path / "store.sqlite3")
    yield store
    store.close()


def article(id_, *texts, language="ja", title=None):
    sentences = tuple(
        Sentence(index=i, kind=Kind.SENTENCE, text=text, start=0, end=len(text), block=i, language=language)
        for i, text in enumerate(texts)
    )
    blocks = tuple(Block(kind=Kind.SENTENCE, text=text) for text in texts)
    origins = (Origin(source=f"{id_}.txt", sha256=""),)
    return Article(id=id_, origins=origins, blocks=blocks, title=title, language=language, sentences=sentences)


def brief(*articles):
    return Brief(name="b", title="t", date=date(2026, 1, 1), articles=articles)


def translations(brief):
    return [[sentence.translation for sentence in article.sentences] for article in brief.articles]


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=3), st.booleans())
def test_every_sentence_gets_its_own_translation(lists, remembered):
    memory = Remembering() if remembered else None
    before = brief(*(article(str(i), *texts) for i, texts in enumerate(lists)))
    wanted = [[f"en<{text}>" for text in texts] for texts in lists]
    assert translations(translate(before, Counting(), memory)) == wanted
    assert translations(translate(before, Counting(), memory)) == wanted
    assert translations(translate(before, Identity(), memory)) == lists


def test_more_sentences_than_a_chunk_stay_aligned():
    texts = [f"文{i}。" + "長" * (i * 7919 % 50) for i in range(1300)]
    assert translations(translate(brief(article("a", *texts)), Counting())) == [[f"en<{text}>" for text in texts]]


def test_a_sentence_is_asked_for_once_and_shortest_first():
    translator = Counting()
    done = translate(brief(article("a", "長い文。", "短。"), article("b", "短。", title="長い文。")), translator)
    assert translator.asked == ["短。", "長い文。"]
    assert translations(done) == [["en<長い文。>", "en<短。>"], ["en<短。>"]]
    assert done.articles[1].title_translation == "en<長い文。>"


def test_a_second_run_translates_nothing(memory):
    before = brief(article("a", "一。", "二。", title="題"))
    first = translate(before, Counting(), memory)
    again = Counting()
    assert translate(before, again, memory) == first
    assert again.asked == []


def test_only_what_is_new_is_translated(memory):
    translate(brief(article("a", "一。")), Counting(), memory)
    translator = Counting()
    done = translate(brief(article("a", "一。", "二。")), translator, memory)
    assert translator.asked == ["二。"]
    assert translations(done) == [["en<一。>", "en<二。>"]]


@pytest.mark.parametrize("other", [Counting(context="two"), Counting(context="one/")])
def test_another_context_translates_again(memory, other):
    before = brief(article("a", "一。"))
    translate(before, Counting(), memory)
    translate(before, other, memory)
    assert other.asked == ["一。"]


def test_a_refused_translation_is_remembered_with_its_flags(memory):
    flag = Flag(code="repetition", message="it loops")

    class Refusing(Counting):
        def translate(self, texts, source, target):
            self.asked += texts
            return [Translated(text=None, flags=(flag,)) for _ in texts]

    for translator in (Refusing(), Counting()):
        (sentence,) = translate(brief(article("a", "一。")), translator, memory).articles[0].sentences
        assert (sentence.translation, sentence.english, sentence.flags) == (None, "一。", (flag,))
    assert translator.asked == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="あい\0 。/", max_size=4), min_size=1, unique=True))
def test_memory_never_returns_another_texts_translation(texts):
    from pathlib import Path

    memory = TranslationMemory(Path(":memory:"))
    memory.add("context", [(text, Translated(text=f"<{text}>")) for text in texts[::2]])
    assert memory.find("context", texts) == {text: Translated(text=f"<{text}>") for text in texts[::2]}
    assert memory.find("contex", texts) == memory.find("", texts) == {}
    memory.close()


def test_what_is_in_the_target_language_or_in_none_passes_untouched():
    translator = Counting()
    before = brief(article("a", "A text.", language="en", title="A title"), article("b", "12", language="und"))
    assert translate(before, translator) == before
    assert translator.asked == []


def test_progress_counts_every_text_once_and_ends_at_the_total():
    told = []
    before = brief(
        article("a", *(f"{i}。" for i in range(600)), title="題"),
        article("b", "하나.", language="ko"),
        article("c", "Text.", language="en"),
    )
    translate(before, Counting(), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {602}
    assert told[-1] == (602, 602)


def test_a_language_without_a_pack_leaves_the_others_translated():
    mixed = article("c", "日本語。", "또한.")
    mixed = dataclasses.replace(
        mixed, sentences=(mixed.sentences[0], dataclasses.replace(mixed.sentences[1], language="ko"))
    )
    before = brief(article("a", "하나.", language="ko", title="제목"), article("b", "一。"), mixed)
    done = translate(before, Counting(broken=("ko",)))
    assert translations(done) == [[None], ["en<一。>"], ["en<日本語。>", None]]
    assert done.articles[0].title_translation is None
    assert [flag.code for flag in done.articles[0].sentences[0].flags] == ["untranslated"]
    assert done.articles[1].sentences[0].flags == ()
    (problem,) = done.problems
    assert (problem.source, problem.stage, problem.severity) == ("a.txt", "translate", Severity.WARNING)
    assert "no pack translates ko to en" in problem.message
    assert problem.hint == "install one"


def test_a_translator_that_loses_a_sentence_is_an_error():
    class Losing(Counting):
        def translate(self, texts, source, target):
            return super().translate(texts[1:], source, target)

    with pytest.raises(ValueError, match="shorter"):
        translate(brief(article("a", "一。", "二。")), Losing())


@pytest.mark.parametrize("output", NORMAL)
def test_normal_english_has_no_fault(output):
    source = "文" * max(1, len(output) // 4)
    assert find_fault(source, output, "en") == ""


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("", "empty"),
        (" ", "empty"),
        ("...", "empty"),
        ("政府は方針を固めた。", "untranslated"),
        ("The 政府は方針 decided to 強化する it", "untranslated"),
        ("the the the the the the", "repetition"),
        ("He said he said he said he said he said.", "repetition"),
        ("The United States of America, the United States of America, the United States of America, "
         "the United States of America.", "repetition"),
        ("(Laughter) (Applause) " * 5, "repetition"),
        ("It grew and " + "the city of Tokyo, near the city of Tokyo, " * 6, "repetition"),
        (" ".join(f"word{i}" for i in range(60)), "length"),
    ],
)  # fmt: skip
def test_unusable_output_is_named(output, fault):
    assert find_fault("政府は方針を固めた。", output, "en") == fault


@pytest.mark.parametrize(("source", "output"), [("。", ""), ("……", "..."), ("", "")])
def test_nothing_for_nothing_is_no_fault(source, output):
    assert find_fault(source, output, "en") == ""


def test_japanese_is_no_fault_where_it_is_the_target():
    assert find_fault("The government decided.", "政府は決めた。", "ja") == ""


@pytest.mark.parametrize("size", range(1, 7))
def test_a_phrase_of_any_size_loops_at_the_fifth_time_and_not_at_the_second(size):
    phrase = [f"w{i}" for i in range(size)]
    assert is_looping(["so", *phrase * 5])
    assert not is_looping(["so", *phrase * 2, "it", "ends"])


def test_no_words_do_not_loop():
    assert not is_looping([])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "。",
        "\0\x01\x1b[31m赤\x7f",
        "一\u202e二\u200b三\ufeff",
        "😀👨‍👩‍👧🇯🇵",
        "https://example.com/a?b=c&d=%E3%81%82#x",
        "<unk></s><s>▁▁",
        "ﾊﾝｶｸ㍿①Ⅳ㌔",
        "A plain English sentence.",
        "\udc80",
    ],
)
def test_odd_text_gets_an_answer(real, text):
    (answer,) = real.translate([text], "ja", "en")
    assert isinstance(answer, Translated)
    assert answer.text is not None or answer.flags
    assert "\0" not in (answer.text or "")


@pytest.mark.parametrize(
    ("inline", "given", "read"),
    [
        (("amount",), "Ｇ７は３０億円を\u3000拠出\tする\ufeff。", "G7は30億円を 拠出 する 。"),
        ((), "Ｇ７は３０億円を\u3000拠出\tする\ufeff。", "Ｇ７は３０億円を\u3000拠出 する\ufeff。"),
        ((), "赤\x1b[31m\0\udc80", "赤 [31m  "),
    ],
)
def test_a_source_is_folded_for_the_packs_that_were_trained_so(tmp_path, inline, given, read):
    pack = dataclasses.replace(find_pack("ja", "en", str(tmp_path)), inline=inline)
    assert _Engine(pack, TranslateSettings(inline=False))._source(given, inline=True) == read


def test_a_very_long_line_without_a_stop_gets_an_answer_and_stays_in_its_place(real):
    first, long, last = real.translate([SENTENCE, "あ" * 5000, SENTENCE], "ja", "en")
    assert first == last == real.translate([SENTENCE], "ja", "en")[0]
    assert long.text is not None or long.flags


def test_the_real_pack_gives_one_answer_a_text_whatever_the_batch(real):
    texts = [SENTENCE, "会談は終わった。", "", "停戦は3月11日に始まる。"]
    together = real.translate(texts, "ja", "en")
    assert [real.translate([text], "ja", "en")[0] for text in texts] == together
    assert together[0].text


def test_the_real_pack_is_named_after_use(real):
    real.translate([SENTENCE], "ja", "en")
    (info,) = real.used()
    assert (info.source, info.target, info.origin) == ("ja", "en", "built in")


def test_the_real_pack_refuses_a_pair_that_it_does_not_know(real):
    with pytest.raises(PackError, match="no pack translates tlh to en"):
        real.translate(["Qapla'"], "tlh", "en")
    with pytest.raises(PackError):
        real.context("tlh", "en")


def test_what_decides_an_answer_is_in_the_context(tmp_path):
    glossary = tmp_path / "mine.tsv"
    glossary.write_text("ja\ten\tkind\n政府\tThe State\tother\n", encoding="utf-8")
    folder = str(tmp_path)
    variants = [
        {},
        {"beam": 2},
        {"inline": False},
        {"glossary": str(glossary)},
    ]
    contexts = [PackTranslator(TranslateSettings(**each), folder).context("ja", "en") for each in variants]
    assert len(set(contexts)) == len(contexts)
    faster = PackTranslator(TranslateSettings(threads=1, batch_tokens=64, memory=False), folder)
    assert faster.context("ja", "en") == contexts[0]


def test_a_pack_whose_weights_are_not_weights_is_named(tmp_path):
    pack = tmp_path / "packs" / "broken"
    (pack / "model").mkdir(parents=True)
    (pack / "metadata.json").write_text('{"package_version": "1", "from_code": "ja", "to_code": "en"}')
    (pack / "model" / "model.bin").write_bytes(b"not weights")
    (pack / "sentencepiece.model").write_bytes(b"no tokenizer")
    with pytest.raises(PackError, match="broken"):
        PackTranslator(TranslateSettings(), str(pack.parent)).translate(["一。"], "ja", "en")


def test_a_pack_without_its_tokenizer_is_named(tmp_path):
    pack = tmp_path / "packs" / "partial"
    for name, data in find_pack("ja", "en").read_files().items():
        if name != "sentencepiece.model":
            (pack / name).parent.mkdir(parents=True, exist_ok=True)
            (pack / name).write_bytes(data)
    with pytest.raises(PackError, match="partial"):
        PackTranslator(TranslateSettings(), str(pack.parent)).translate(["一。"], "ja", "en")


def test_what_another_backend_says_is_checked_too():
    class Careless:
        def translate(self, texts, source, target):
            return [Translated(text="The budget is 300 million yen.") for _ in texts]

    def flags(translator):
        (sentence,) = translate(brief(article("a", "予算は30億円だ。")), translator).articles[0].sentences
        return [flag.code for flag in sentence.flags]

    assert "amount" in flags(Careless())
    Careless.checks = True
    assert flags(Careless()) == []
