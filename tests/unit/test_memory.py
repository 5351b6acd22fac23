"""The translation memory: never another's translation, nothing lost to a kill, old stores brought along, upkeep."""

import contextlib
import dataclasses
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_translate import Counting, Remembering, article, brief, translations

from briefs.brief import Flag, PackInfo, Translated
from briefs.config import Settings
from briefs.errors import ConfigError, LockError, MissingPackError, PackError, TranslationError
from briefs.translate import CHUNK, translate
from briefs.workspace import Entry, Maker, TranslationMemory, Workspace, open_memory, store
from briefs.workspace.memory import DAY, _key

FLAG = Flag(code="amount", message="missing", source="3万", rendering="30,000")
TEXT = st.text(st.characters(), max_size=4) | st.text(alphabet="あ\0/。c", max_size=4)
MADE = "<{}>"
WRITE = """
import sys
from pathlib import Path
from briefs.brief import Translated
from briefs.workspace import Maker, TranslationMemory
memory = TranslationMemory(Path(sys.argv[1]))
who = sys.argv[2]
for batch in range(10**6):
    memory.add(Maker("c", "ja", "en"), [(f"{who}/{batch}/{i}", Translated(text=f"<{who}/{batch}/{i}>")) for i in range(50)])
    memory.find(Maker("c", "ja", "en"), [f"{who}/{batch}/0"])
    print(batch, flush=True)
"""
OPEN = """
import sys, time
from pathlib import Path
from briefs.workspace import TranslationMemory
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
TranslationMemory(Path(sys.argv[1])).close()
"""


def pack(name, source="ja"):
    return PackInfo(name=name, version="1", source=source, target="en", sha256=name * 8, origin="installed")


def own(source, text, language="ja"):
    """An authoritative entry."""
    return Entry(maker=Maker(None, language, "en"), source=source, text=text, made=1, file="their.tmx")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite3"


@pytest.fixture
def memory(path):
    opened = TranslationMemory(path)
    yield opened
    opened.close()


def old_store(path, rows, version=1):
    """A store as schema 1 had it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE translation (key BLOB PRIMARY KEY, text TEXT, flags TEXT NOT NULL DEFAULT '') WITHOUT ROWID"
    )
    connection.executemany("INSERT INTO translation VALUES (?, ?, ?)", rows)
    connection.execute(f"PRAGMA user_version={version}")
    connection.close()


# Never another's


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "c", "c\0", "c/", "\0"]), st.sampled_from(["", "ja", "zh"]), TEXT), max_size=12),
    st.lists(st.tuples(st.sampled_from(["ja", "zh"]), TEXT), max_size=4),
    st.lists(TEXT, max_size=4),
)  # fmt: skip
def test_memory_never_returns_another_texts_or_contexts_translation(kept, authoritative, others):
    memory = TranslationMemory(Path(":memory:"))
    for context, language, text in kept:
        memory.add(Maker(context, language, "en"), [(text, Translated(text=repr((context, text))))])
    memory.load([own(text, repr(("own", language, text)), language) for language, text in authoritative])
    texts = [*(text for *_, text in kept), *(text for _, text in authoritative), *others]
    for context in ("", "c", "c\0", "c/", "\0", "x", None):
        for language in ("", "ja", "zh", "ko"):
            for text, answer in memory.find(Maker(context, language, "en"), texts).items():
                if (language, text) in authoritative:
                    assert answer == Translated(text=repr(("own", language, text)))
                else:
                    assert answer == Translated(text=repr((context, text)))
                    assert context is not None
    memory.close()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(st.characters()), st.none() | st.text(st.characters()), max_size=8))
def test_any_text_is_kept_as_it_is(answers):
    memory = TranslationMemory(Path(":memory:"))
    flag = Flag(code="x", message="".join(answers))
    pairs = {source: Translated(text=text, flags=(flag,)) for source, text in answers.items()}
    memory.add(Maker("c", "ja", "en"), pairs.items())
    assert memory.find(Maker("c", "ja", "en"), list(pairs)) == pairs
    assert {entry.source: entry.text for entry in memory.entries()} == answers
    memory.close()


def test_one_context_in_two_pairs_of_languages_is_kept_apart(memory):
    memory.add(Maker("c", "ja", "en"), [("大家", Translated(text="landlord"))])
    assert memory.find(Maker("c", "zh", "en"), ["大家"]) == {}
    assert memory.find(Maker("c", "ja", "de"), ["大家"]) == {}


def test_a_collision_of_keys_is_no_answer(memory):
    memory.add("c\0a", [("b", Translated(text="B"))])
    assert memory.find("c", ["a\0b"]) == {}


# Authoritative entries


def test_an_authoritative_translation_wins_word_for_word_and_without_flags(memory):
    translator = Counting()
    before = brief(article("a", "3万円。", "他。", title="3万円。"))
    translate(before, translator, memory)
    memory.load([own("3万円。", "  Thirty grand.\n")])
    done = translate(before, Counting(context="another"), memory)
    assert translations(done) == [["  Thirty grand.\n", "en<他。>"]]
    assert done.articles[0].sentences[0].flags == ()
    assert done.articles[0].title_translation == "  Thirty grand.\n"
    assert memory.stats().authoritative == 1


def test_an_authoritative_translation_serves_a_translator_without_a_context_and_a_language_without_a_pack(memory):
    memory.load([own("하나.", "One.", "ko")])

    class Nameless:
        def translate(self, texts, source, target):
            raise MissingPackError(f"no pack translates {source}", hint="install one")

    done = translate(brief(article("a", "하나.", language="ko")), Nameless(), memory)
    assert (translations(done), done.problems) == ([["One."]], ())

    class Packless(Nameless):
        def context(self, source, target):
            raise MissingPackError(f"no pack translates {source}", hint="install one")

    done = translate(brief(article("a", "하나.", "둘.", language="ko")), Packless(), memory)
    assert translations(done) == [["One.", None]]
    assert [flag.code for flag in done.articles[0].sentences[1].flags] == ["untranslated"]
    assert "no pack translates ko" in done.problems[0].message


# Several processes, kills


def start(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


def test_what_two_processes_stored_survives_their_kill(path):
    children = {who: start(WRITE, path, who) for who in "ab"}
    said = {}
    for child in children.values():
        while int(child.stdout.readline()) < 8:
            pass
    for who, child in children.items():
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        said[who] = 8 + sum(1 for _ in child.stdout)
        child.stdout.close()
    memory = TranslationMemory(path)
    maker = Maker("c", "ja", "en")
    for who, last in said.items():
        for batch in range(last + 1):
            texts = [f"{who}/{batch}/{i}" for i in range(50)]
            assert memory.find(maker, texts) == {text: Translated(text=MADE.format(text)) for text in texts}
        assert len(memory.find(maker, [f"{who}/{last + 1}/{i}" for i in range(50)])) in (0, 50)
    assert memory._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    memory.close()


def test_processes_that_open_a_new_store_at_once_all_get_it(path, tmp_path):
    old_store(path, [(_key("c", str(i)), "x", "") for i in range(2000)])
    children = [start(OPEN, target, tmp_path / "go") for target in (path, path, tmp_path / "new", tmp_path / "new")]
    time.sleep(0.3)
    (tmp_path / "go").touch()
    for child in children:
        assert child.wait() == 0
        child.stdout.close()
    memory = TranslationMemory(path)
    assert len(memory.find("c", [str(i) for i in range(2000)])) == 2000
    memory.close()


# The schema


@pytest.mark.parametrize("version", [0, 1])
def test_a_store_of_schema_1_is_brought_along(path, version):
    flags = '[{"code": "amount", "message": "missing", "source": "3万", "rendering": "30,000"}]'
    old_store(
        path, [(_key("c", "一"), "One", ""), (_key("c", "二"), None, flags), (_key("c", "三"), "Three", "")], version
    )
    memory = TranslationMemory(path)
    assert [entry.source for entry in memory.entries()] == [None, None, None]
    maker = Maker("c", "ja", "en", (pack("p"),))
    wanted = {"一": Translated(text="One"), "二": Translated(text=None, flags=(FLAG,))}
    assert memory.find(Maker("d", "ja", "en"), ["一", "二"]) == {}
    assert memory.find(maker, ["一", "二", "四"]) == wanted
    memory.close()
    memory = TranslationMemory(path)
    assert memory.find(maker, ["一", "二"]) == wanted
    assert {entry.source for entry in memory.entries()} == {"一", "二", None}
    (unmet, met) = memory.stats().makers
    assert (unmet.entries, unmet.without_source, met.entries, met.without_source) == (1, 1, 2, 0)
    assert met.maker.packs[0].sha256 == pack("p").sha256
    memory.close()


def test_a_migration_that_is_killed_leaves_the_old_store(path, monkeypatch):
    old_store(path, [(_key("c", "一"), "One", "")])
    monkeypatch.setattr(store, "_DESK_TABLES", (*store._DESK_TABLES, "CREATE TABLE nonsense ("))
    with pytest.raises(ConfigError):
        TranslationMemory(path)
    monkeypatch.undo()
    memory = TranslationMemory(path)
    assert memory.find("c", ["一"]) == {"一": Translated(text="One")}
    memory.close()


def test_looking_at_an_old_store_migrates_it_unless_a_run_is_at_work(tmp_path):
    settings = Settings(out=str(tmp_path / "out"))
    assert open_memory(settings) is None
    assert not (tmp_path / "out").exists()
    with Workspace(settings) as workspace:
        workspace.memory._connection.execute("PRAGMA user_version=1")
        with pytest.raises(LockError):
            open_memory(settings)
        workspace.memory._connection.execute(f"PRAGMA user_version={store.SCHEMA}")
        looking = open_memory(settings)
        workspace.memory.add(Maker("c", "ja", "en"), [("一", Translated(text="One"))])
        assert looking.find("c", ["一"]) == {"一": Translated(text="One")}
        assert looking.stats().makers[0].entries == 1
        with pytest.raises(ConfigError, match="readonly"):
            looking.add("c", [("二", Translated(text="Two"))])
        looking.close()


def test_a_damaged_store_is_named_when_it_is_met(path):
    memory = TranslationMemory(path)
    memory.add("c", [(f"{i}" * 50, Translated(text="x" * 300)) for i in range(500)])
    memory.close()
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xa5" * (len(data) - 8192))
    with pytest.raises(ConfigError) as caught, contextlib.ExitStack() as stack:  # noqa: PT012 - either may meet it
        memory = TranslationMemory(path)
        stack.callback(memory.close)
        memory.find("c", [f"{i}" * 50 for i in range(500)])
        list(memory.entries())
    assert "move the file away" in caught.value.hint


def test_a_sentence_takes_little(path):
    text = "政府は20日、半導体の輸出管理を強化する方針を固めた。関係者によると、来月にも閣議決定する見通しだという。"
    english = "The government decided on the 20th to tighten export controls on semiconductors, officials said." * 2
    memory = TranslationMemory(path)
    for start in range(0, 5_000, 2_500):
        pairs = [(f"{i}{text}", Translated(text=f"{i}{english}", flags=(FLAG,))) for i in range(start, start + 2_500)]
        memory.add(Maker("c" * 64, "ja", "en", (pack("p"),)), pairs)
    memory.close()
    assert path.stat().st_size < 5_000 * 1_000


# Upkeep


def test_pruning_drops_what_was_not_used_and_what_no_pack_makes_any_more(path):
    now = [100 * DAY]
    memory = TranslationMemory(path, clock=lambda: now[0])
    here, gone = Maker("h", "ja", "en", (pack("here"),)), Maker("g", "ko", "en", (pack("here"), pack("gone", "ko")))
    for maker in (here, gone):
        memory.add(maker, [("一", Translated(text="One")), ("二", Translated(text="Two"))])
    memory.load([own("三", "III")])
    now[0] += 10 * DAY
    memory.find(here, ["一"])
    memory.find(gone, ["一"])
    assert [each.used for each in memory.stats().makers] == [now[0], now[0]]
    assert memory.prune(unused_days=11) == (0, 0)
    assert memory.prune(unused_days=5, dry_run=True) == (2, 0)
    assert memory.prune(unused_days=5) == (2, 0)
    assert memory.find(here, ["一", "二"]) == {"一": Translated(text="One")}
    present = {pack("here").sha256}
    assert memory.prune(present=present, dry_run=True) == (1, 0)
    assert memory.prune(present=present) == (1, 0)
    assert [each.maker for each in memory.stats().makers] == [here]
    assert memory.prune(unused_days=0) == (1, 0)
    assert memory.stats().authoritative == 1
    assert memory.prune(authoritative=True) == (0, 1)
    assert memory.find(here, ["一", "三"]) == {}
    memory.close()


def test_pruning_gives_the_disk_back(path):
    memory = TranslationMemory(path)
    memory.add("c", [(str(i), Translated(text="x" * 500)) for i in range(5000)])
    memory.prune(unused_days=-1)
    memory.close()
    assert path.stat().st_size < 100_000


# A translator that fails


class Poisoned(Counting):
    """Raises for every batch that holds a poisonous text, and counts its calls."""

    def __init__(self, poison, error=None):
        super().__init__()
        self.poison, self.error, self.calls = poison, error or RuntimeError("poison"), []

    def translate(self, texts, source, target):
        self.calls.append(len(texts))
        if any(self.poison(text) for text in texts):
            raise self.error
        return super().translate(texts, source, target)


@pytest.mark.parametrize("error", [RuntimeError("x"), TranslationError("y"), KeyError(1), MemoryError()])
def test_only_the_poisonous_sentence_is_flagged_and_the_batch_costs_one_retry_by_halves(memory, error):
    texts = [f"{i:04}。" for i in range(CHUNK)]
    translator = Poisoned("0200。".__eq__, error)
    (done,) = translate(brief(article("a", *texts)), translator, memory).articles
    for sentence in done.sentences:
        if sentence.text == "0200。":
            assert (sentence.translation, [flag.code for flag in sentence.flags]) == (None, ["failed"])
        else:
            assert (sentence.translation, sentence.flags) == (f"en<{sentence.text}>", ())
    assert len(translator.calls) == 1 + 2 * 8  # 256 = 2 ** 8
    again = Poisoned("0200。".__eq__, error)
    assert translate(brief(article("a", *texts)), again, memory).articles == (done,)
    assert again.calls == [1]  # it may have been bad luck: it is tried again, alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=3), min_size=1, unique=True), st.sets(st.integers(0, 20)))
def test_whatever_is_poisonous_the_others_are_translated(texts, bad):
    poison = {text for i, text in enumerate(texts) if i in bad}
    translator = Poisoned(poison.__contains__)
    before = brief(article("a", *texts))
    if poison == set(texts):
        with pytest.raises(TranslationError, match=r"every sentence: RuntimeError: poison"):
            translate(before, translator)
        return
    assert translations(translate(before, translator)) == [[None if t in poison else f"en<{t}>" for t in texts]]


def test_a_translator_that_fails_on_everything_is_an_error_and_soon(memory):
    before = brief(article("a", *(f"{i}。" for i in range(5 * CHUNK))))
    translator = Poisoned(lambda _: True, TranslationError("broken", hint="mend it"))
    with pytest.raises(TranslationError, match="broken") as caught:
        translate(before, translator, memory)
    assert caught.value.hint == "mend it"
    assert len(translator.calls) < 2 * CHUNK
    assert memory.stats().makers == ()


def test_an_error_about_the_pack_is_not_tried_again():
    translator = Poisoned(lambda _: True, PackError("corrupt"))
    with pytest.raises(PackError, match="corrupt"):
        translate(brief(article("a", "一。", "二。")), translator)
    assert translator.calls == [2]


# A long run


def test_a_long_run_is_looked_up_translated_and_kept_in_chunks():
    asked = []

    class Chunked(Remembering):
        def find(self, context, texts):
            asked.append(len(texts))
            return super().find(context, texts)

        def add(self, context, pairs):
            pairs = list(pairs)
            asked.append(len(pairs))
            super().add(context, pairs)

    texts = [f"{i}。" for i in range(10_000)]
    memory, before = Chunked(), brief(article("a", *texts))
    began = time.perf_counter()
    assert translations(translate(before, Counting(), memory)) == [[f"en<{text}>" for text in texts]]
    assert time.perf_counter() - began < 10
    assert max(asked) <= CHUNK
    again = Counting()
    changed = [f"{i}。" for i in range(1_000, 11_000)]
    assert translations(translate(brief(article("b", *changed)), again, memory)) == [[f"en<{t}>" for t in changed]]
    assert len(again.asked) == 1_000


def test_the_pack_and_languages_are_kept_with_a_translation(memory):
    class WithPacks(Counting):
        def used(self):
            return (pack("zh", "zh"), pack("direct"), dataclasses.replace(pack("first"), target="ko"))

    translate(brief(article("a", "一。"), article("b", "한.", language="ko")), WithPacks(), memory)
    found = {each.maker.source: [each.name for each in each.maker.packs] for each in memory.stats().makers}
    assert found == {"ja": ["direct"], "ko": ["zh", "direct"]}
