"""The translation benchmark: its dealing, comparing and reporting, its peers, and both sides on a few sentences."""

import sys
import textwrap
import zipfile

import pytest

from benchmarks import translate as bench
from benchmarks.translate import WAYS, Measured, Peer, Reply, Sides
from benchmarks.translate_ours import Ours, make_sentences
from benchmarks.translate_upstream import peak_mb
from briefs.config import TranslateSettings
from briefs.packs import BUILT_IN, describe_pack
from briefs.translate.engine import LEAST_BATCH, _Engine
from briefs.workspace import TranslationMemory

PACK = max(BUILT_IN.glob("*.argosmodel"))
SENTENCES = ["会談は東京で行われた。", "首相は２０日に帰国した。", "予算は30億円だ。"]
ECHO = """
    import json, sys
    for line in sys.stdin:
        request = json.loads(line)
        if request["how"] == "die":
            sys.exit(7)
        texts = request["texts"]
        outputs = [request["how"] + ":" + text for text in texts]
        seconds = 4.0 if request["how"] == "translate" else 1.0
        reply = {"outputs": outputs, "seconds": seconds, "cpu": 2.0, "tokens": 8 * len(texts), "peak_mb": 5.0}
        print(json.dumps(reply), flush=True)
"""


@pytest.fixture
def echo(tmp_path):
    """Starts peers that answer with what they were asked."""
    script = tmp_path / "echo.py"
    script.write_text(textwrap.dedent(ECHO))
    return lambda: Peer("echo", [sys.executable, str(script)])


def test_blocks_hold_every_text_once_and_are_alike():
    texts = [f"{i:04}" for i in range(1000)]
    blocks = bench.deal(texts, 250)
    assert sorted(text for block in blocks for text in block) == texts
    assert [len(block) for block in blocks] == [250] * 4
    assert all(block[0] in texts[:4] and block[-1] in texts[-4:] for block in blocks)
    assert bench.deal(["a", "b"], 250) == [["a", "b"]]


def test_a_twentieth_of_the_texts_is_changed():
    texts = [f"old {i}" for i in range(1000)]
    changed = bench.change(texts, [f"new {i}" for i in range(60)])
    assert len(changed) == 1000
    assert sum(a != b for a, b in zip(texts, changed, strict=True)) == 50
    assert len(set(changed)) == 1000


def test_every_difference_is_found_and_reported():
    differences = bench.find_differences(["一", "二", "三"], ["one", "two", None], ["one", "too", "three"])
    assert [(each.line, each.ours, each.upstream) for each in differences] == [(2, "two", "too"), (3, None, "three")]
    head, *rest = bench.report_differences("as they are", 3, differences)
    assert "as they are: 1 of 3 (33.3%)" in head
    assert "line 2: 二" in rest[0]
    assert "'two'" in rest[0]
    assert "'too'" in rest[0]
    assert "None" in rest[1]
    assert list(bench.report_differences("x", 3, [])) == ["same output, x: 3 of 3 (100.0%)"]


def test_the_table_has_medians_of_the_ratios_block_by_block():
    base, fast = Measured(), Measured()
    for seconds, ours in ((10.0, 1.0), (20.0, 5.0), (30.0, 10.0)):
        base.add(Reply([], seconds, 2 * seconds, 600, 100.0), 60)
        fast.add(Reply([], ours, 4 * ours, 600, 50.0 + ours), 60)
    rows = list(bench.table({bench.BASE: base, bench.PRODUCT: fast}))
    assert rows[2] == f"| {bench.BASE} | 3.0 | 30 | 100 | 1.00 | 1.00 |"
    assert rows[3] == f"| {bench.PRODUCT} | 12.0 | 120 | 60 | 4.00 | 2.00 |"


def test_a_peer_answers_line_by_line_and_its_end_is_told(echo):
    with echo() as peer:
        assert peer.translate("x", ["政\n府", "b"]) == Reply(["x:政\n府", "x:b"], 1.0, 2.0, 16, 5.0)
        assert peer.translate("y", []).outputs == []
        with pytest.raises(SystemExit, match="echo ended with exit status 7"):
            peer.ask("die", [])


def test_the_sides_take_turns(echo, capsys):
    peers = {way: echo() for way in WAYS}
    measured = bench.alternate([["a", "b"], ["c", "d"]], peers)
    for peer in peers.values():
        peer.__exit__()
    assert {way: each.seconds for way, each in measured.items()} == {
        way: [4.0, 4.0] if how == "translate" else [1.0, 1.0] for way, (_, how) in WAYS.items()
    }
    assert measured[bench.PRODUCT].token_rates == [16.0, 16.0]
    assert "block 2 of 2: 4.0 times" in capsys.readouterr().err


def test_the_environment_is_made_once_and_not_by_halves(tmp_path, monkeypatch):
    made, commands = [], []
    monkeypatch.setattr(bench.venv, "create", lambda folder, **_: (made.append(folder), folder.mkdir(exist_ok=True)))

    def fail(command):
        raise OSError("no network")

    with pytest.raises(OSError, match="no network"):
        bench.make_environment(tmp_path / "e", fail)
    for _ in range(2):
        assert bench.make_environment(tmp_path / "e", commands.append) == tmp_path / "e" / "bin" / "python"
    assert len(made) == 2
    assert [command[-1] for command in commands] == list(bench.REQUIREMENTS)


def test_upstream_is_kept_to_its_own_folders_and_our_settings(tmp_path):
    sides = Sides(PACK, tmp_path, tmp_path / "python", 2, 5)
    first, second = sides._upstream(), sides._upstream()
    assert (first["ARGOS_INTRA_THREADS"], first["ARGOS_BEAM_SIZE"]) == ("2", "5")
    assert first["ARGOS_PACKAGES_DIR"].startswith(str(tmp_path))
    assert first["ARGOS_PACKAGES_DIR"] != second["ARGOS_PACKAGES_DIR"]


def test_our_side_answers_in_order_whatever_the_settings(tmp_path):
    settings = TranslateSettings(beam=1, threads=1)
    (tmp_path / "packs").mkdir()
    ours = Ours(PACK, tmp_path / "packs", settings)
    equal = ours.answer("equal", SENTENCES)
    assert all(equal)
    assert equal == [ours.answer("equal", [sentence])[0] for sentence in SENTENCES]
    assert len(ours.answer("product", SENTENCES)) == 3
    assert ours.count_tokens(SENTENCES) == sum(ours.count_tokens([each]) for each in SENTENCES) > 9


def test_our_process_remembers_between_runs(tmp_path):
    store = tmp_path / "store.sqlite3"
    sides = Sides(PACK, tmp_path, tmp_path / "python", 1, 1)
    with sides.start("ours", store) as peer:
        first = peer.translate("memory", SENTENCES)
    with sides.start("ours", store) as peer:
        assert peer.translate("memory", SENTENCES).outputs == first.outputs
        assert peer.ask("made", ["会談、東京、首相、予算。"], count=5)["peak_mb"] > 1
    memory = TranslationMemory(store)
    assert sum(maker.entries for maker in memory.stats().makers) == len(SENTENCES) + 5
    memory.close()


def test_made_sentences_are_short_and_different():
    lines = ["政府は昨日、新しい計画を、発表した。", "首相は今朝、東京に、戻った。", "株価は、値を下げた。"]
    made = make_sentences(lines, 30)
    assert len(set(made)) == 30
    assert max(map(len, made)) <= 18
    assert made == make_sentences(lines, 30)
    with pytest.raises(SystemExit, match="too few"):
        make_sentences(lines, 33)


def test_peak_memory_is_that_of_this_process():
    assert 5 < peak_mb() < 50_000


def test_many_sentences_are_shared_out_among_the_cores_and_few_are_not_torn_apart():
    engine = _Engine(describe_pack(PACK, "built in"), TranslateSettings(threads=2, batch_tokens=1000))
    assert engine._batch_tokens(16 * 600) == 600
    assert engine._batch_tokens(100) == LEAST_BATCH
    assert engine._batch_tokens(10**6) == 1000


def test_a_pack_is_copied_without_its_inline_entities(tmp_path):
    copy = bench.without_inline(PACK, tmp_path / "plain")
    (tmp_path / "packs").mkdir()
    with zipfile.ZipFile(PACK) as given, zipfile.ZipFile(copy) as made:
        assert made.namelist() == given.namelist()
        changed = [name for name in given.namelist() if given.read(name) != made.read(name)]
        assert [name.split("/")[1] for name in changed] == ["metadata.json"]
    assert describe_pack(PACK, "installed").inline
    assert not describe_pack(copy, "installed").inline
