"""`briefs memory` as its users meet it: a desk that builds, a translator's TMX, upkeep, a run at work meanwhile."""

import fcntl
import json
import sqlite3

import pytest
from helpers import DAY, FAST, JAPANESE, brief_json, finish, put

from briefs.cli import run_cli
from briefs.workspace import Maker, TranslationMemory

STATEMENT = "外務省は21日、停戦合意を歓迎する声明を発表した。"
THEIRS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t" adminlang="en"
srclang="ja-JP" datatype="plaintext"/><body>
<tu><tuv xml:lang="ja-JP">
<seg>外務省は<bpt i="1">&lt;b&gt;</bpt>21日<ept i="1">&lt;/b&gt;</ept>、停戦合意を歓迎する声明を発表した。</seg></tuv>
<tuv xml:lang="en-GB"><seg>Tokyo welcomed it &amp; said so.</seg></tuv></tu>
{}
</body></tmx>"""
BUILD = ["build", "in", "-c", "b.toml", "--date", DAY, "--format", "json", "-q"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with an article and a config whose translator costs no time."""
    monkeypatch.chdir(tmp_path)
    return put(tmp_path, {"in/b.txt": JAPANESE, "b.toml": FAST, "their.tmx": THEIRS.format("")})


def memory(capsys, *arguments, code=0):
    """Run a command with --json and return what it printed."""
    assert run_cli(["memory", *arguments, "-c", "b.toml", "--json"]) == code, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def translation(folder, text):
    """Translation and flags of a sentence of the brief."""
    (found,) = [s for a in brief_json(folder)["articles"] for s in a["sentences"] if s["text"] == text]
    return found["translation"], found.get("flags", [])


def test_a_translators_words_stand_in_the_brief_and_go_out_again(desk, capsys):
    assert run_cli(BUILD) == 0
    assert translation(desk / "out", STATEMENT)[0] == STATEMENT  # the null translator
    capsys.readouterr()
    before = memory(capsys, "stats")
    assert before["entries"] > 2
    assert (before["authoritative"], before["makers"][0]["languages"]) == (0, "ja-en")
    done = memory(capsys, "import", "their.tmx")
    assert done == {"authoritative": 1, "restored": 0, "skipped": {}}
    assert run_cli(BUILD) == 0
    assert translation(desk / "out", STATEMENT) == ("Tokyo welcomed it & said so.", [])
    capsys.readouterr()
    exported = memory(capsys, "export", "ours.tmx")
    assert exported["units"] == before["entries"] + 1
    first = (desk / "ours.tmx").read_bytes()
    memory(capsys, "export", "ours.tmx")
    assert (desk / "ours.tmx").read_bytes() == first
    assert run_cli(["memory", "import", "ours.tmx", "--out", "elsewhere"]) == 0
    assert "1 authoritative" in capsys.readouterr().out
    assert run_cli([*BUILD, "--out", "elsewhere"]) == 0
    assert translation(desk / "elsewhere", STATEMENT) == ("Tokyo welcomed it & said so.", [])


def test_before_anything_was_built(desk, capsys):
    assert memory(capsys, "stats")["entries"] == 0
    assert memory(capsys, "prune", "--unused", "0") == {"dropped": 0, "authoritative": 0, "dry_run": False}
    assert run_cli(["memory", "export", "x.tmx", "-c", "b.toml"]) == 4
    assert "no translation memory" in capsys.readouterr().err
    assert sorted(path.name for path in desk.iterdir()) == ["b.toml", "in", "their.tmx"]


def test_broken_units_are_counted_and_end_in_10(desk, capsys):
    broken = "<tu><tuv><seg>x</seg></tuv><tuv xml:lang='en'><seg>y</seg></tuv></tu>"
    put(
        desk,
        {"b.tmx": THEIRS.format(broken), "one.tmx": THEIRS.format("<tu><tuv xml:lang='ja'><seg>x</seg></tuv></tu>")},
    )
    assert memory(capsys, "import", "b.tmx", code=10)["skipped"] == {"text without a language": 1}
    assert run_cli(["memory", "import", "b.tmx", "-c", "b.toml"]) == 10
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (
        "b.tmx: 1 authoritative, 0 restored\n",
        "briefs: skipped: 1 (text without a language)\n",
    )
    assert memory(capsys, "import", "one.tmx")["skipped"] == {"no text in two languages": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["import", "nowhere.tmx"], 4, "nowhere.tmx: no such file"),
        (["import", "bomb.tmx"], 4, "declares entities"),
        (["import", "b.toml"], 4, "no well-formed XML"),
        (["export", "no/folder.tmx"], 3, "cannot be written"),
        (["prune"], 2, "nothing was chosen"),
        (["prune", "--unused", "-1"], 2, "'--unused'"),
        (["prune", "--unused", "some"], 2, "'--unused'"),
    ],
)
def test_what_cannot_be_done_is_said(desk, capsys, arguments, code, said):
    put(desk, {"bomb.tmx": '<!DOCTYPE tmx [<!ENTITY a "b">]><tmx>&a;</tmx>'})
    assert run_cli(BUILD) == 0
    assert run_cli(["memory", *arguments, "-c", "b.toml"]) == code
    assert said in capsys.readouterr().err
    assert run_cli(["memory", "stats", "-c", "b.toml"]) == 0


def test_while_a_run_is_at_work_the_memory_can_be_read_and_not_changed(desk, capsys):
    assert run_cli(BUILD) == 0
    capsys.readouterr()
    with (desk / "out" / ".briefs" / "lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        store = TranslationMemory(desk / "out" / ".briefs" / "store.sqlite3")
        store._connection.execute("BEGIN IMMEDIATE")  # it writes just now
        entries = memory(capsys, "stats")["entries"]
        assert memory(capsys, "export", "x.tmx")["units"] == entries
        for arguments in (["import", "their.tmx"], ["prune", "--unused", "0"]):
            assert run_cli(["memory", *arguments, "-c", "b.toml"]) == 9
            assert "another run" in capsys.readouterr().err
        store.close()
    assert memory(capsys, "stats")["entries"] == entries
    assert memory(capsys, "prune", "--unused", "0", "--dry-run")["dropped"] == entries
    assert memory(capsys, "prune", "--unused", "0")["dropped"] == entries


def test_translations_of_packs_that_are_gone_are_dropped(desk, capsys):
    from briefs.brief import PackInfo, Translated
    from briefs.packs import list_packs

    assert run_cli(BUILD) == 0
    capsys.readouterr()
    store = TranslationMemory(desk / "out" / ".briefs" / "store.sqlite3")
    gone = PackInfo(name="old", version="1", source="ja", target="en", sha256="00" * 32, origin="")
    for context, info in (("here", list_packs()[0].info), ("gone", gone)):
        store.add(Maker(context, "ja", "en", (info,)), [("一", Translated(text="One"))])
    store.close()
    assert memory(capsys, "prune", "--missing-packs")["dropped"] == 1
    assert run_cli(["memory", "stats", "-c", "b.toml"]) == 0
    shown = capsys.readouterr().out
    assert "old" not in shown
    assert list_packs()[0].info.name in shown


def test_a_store_of_schema_1_is_used_and_looked_at(desk):
    folder = put(desk, {"out/.briefs/x": ""}) / "out" / ".briefs"
    connection = sqlite3.connect(folder / "store.sqlite3")
    connection.execute(
        "CREATE TABLE translation (key BLOB PRIMARY KEY, text TEXT, flags TEXT NOT NULL DEFAULT '') WITHOUT ROWID"
    )
    connection.execute("INSERT INTO translation VALUES (x'00', 'One', '')")
    connection.execute("PRAGMA user_version=1")
    connection.commit()
    connection.close()
    code, out, err = finish(desk, "memory", "stats", "-c", "b.toml")
    assert (code, err) == (0, "")
    assert out.startswith("1 translations")
