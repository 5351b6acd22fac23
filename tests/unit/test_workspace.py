"""What a run writes: files whole or not at all, one run at a time, a store that survives a kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date

import pytest

from briefs.brief import Flag, Translated
from briefs.config import Settings
from briefs.errors import ConfigError, LockError
from briefs.workspace import TranslationMemory, Workspace, probe_folder, write_file

FLAG = Flag(code="amount", message="missing", source="3万", rendering="30,000")
HOLD = """
import sys, time
from briefs.config import Settings
from briefs.workspace import Workspace
with Workspace(Settings(out=sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""
WRITE = """
import sys
from pathlib import Path
from briefs.workspace import write_file
print("ready", flush=True)
size = 1
while True:
    write_file(Path(sys.argv[1]), bytes([size % 256]) * (1 << 20))
    size += 1
"""
STORE = """
import sys
from pathlib import Path
from briefs.brief import Translated
from briefs.workspace import TranslationMemory
memory = TranslationMemory(Path(sys.argv[1]))
for batch in range(10**6):
    memory.add("c", [(f"{batch}/{i}", Translated(text=f"<{batch}/{i}>")) for i in range(50)])
    print(batch, flush=True)
"""


@pytest.fixture
def start():
    """Runs a script in a real child process, read up to its first line; killed at the end of the test."""
    children = []

    def run(code, *arguments):
        child = subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        children.append(child)
        assert child.stdout.readline()
        return child

    yield run
    for child in children:
        child.kill()
        child.wait()
        child.stdout.close()


def kill(child):
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL


def settings(tmp_path, **fields):
    return Settings(out=str(tmp_path / "out"), **fields)


def test_a_file_is_written_whole_and_replaced(tmp_path):
    path = tmp_path / "a.json"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path, start):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"\0" * (1 << 20))
    for delay in (0.0, 0.005, 0.01, 0.02):
        child = start(WRITE, path)
        time.sleep(delay)
        kill(child)
        data = path.read_bytes()
        assert len(data) == 1 << 20
        assert len(set(data)) == 1


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(ConfigError, match=r"a\.json: cannot be written"):
        write_file(tmp_path / "a.json", b"data")
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_outputs_are_named_by_day_and_brief(tmp_path):
    with Workspace(settings(tmp_path)) as workspace:
        paths = workspace.write_output(date(2026, 3, 1), "policy", {"pdf": b"P", "json": b"J"})
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "out/2026-03-01-policy.pdf",
        "out/2026-03-01-policy.json",
    ]
    assert [path.read_bytes() for path in paths] == [b"P", b"J"]


def test_the_store_lies_where_the_settings_say(tmp_path):
    with Workspace(settings(tmp_path, workspace=str(tmp_path / "deep" / "store"))):
        assert (tmp_path / "deep" / "store" / "store.sqlite3").is_file()
        assert not (tmp_path / "out" / ".briefs").exists()


def test_a_second_run_is_kept_out_and_told_by_whom(tmp_path, start):
    child = start(HOLD, tmp_path / "out")
    with pytest.raises(LockError, match=f"process {child.pid}") as caught:
        Workspace(settings(tmp_path))
    assert caught.value.hint
    with pytest.raises(LockError, match=f"process {child.pid}"):
        Workspace(settings(tmp_path))


def test_the_lock_is_free_when_its_holder_dies(tmp_path, start):
    kill(start(HOLD, tmp_path / "out"))
    with Workspace(settings(tmp_path)):
        assert (tmp_path / "out" / ".briefs" / "lock").read_text() == str(os.getpid())


def test_the_lock_is_free_after_closing(tmp_path):
    for _ in range(2):
        with Workspace(settings(tmp_path)), pytest.raises(LockError, match=f"process {os.getpid()}"):
            Workspace(settings(tmp_path))


def test_another_folder_has_its_own_lock(tmp_path, start):
    start(HOLD, tmp_path / "other")
    with Workspace(settings(tmp_path)) as workspace:
        assert workspace.memory.find("c", ["a"]) == {}


def test_what_was_stored_survives_a_kill(tmp_path, start):
    path = tmp_path / "store.sqlite3"
    child = start(STORE, path)
    while int(child.stdout.readline()) < 5:
        pass
    kill(child)
    said = 5 + sum(1 for _ in child.stdout)
    memory = TranslationMemory(path)
    for batch in range(said + 1):
        texts = [f"{batch}/{i}" for i in range(50)]
        assert memory.find("c", texts) == {text: Translated(text=f"<{text}>") for text in texts}
    after = memory.find("c", [f"{said + 1}/{i}" for i in range(50)])
    assert len(after) in (0, 50)
    memory.add("c", [("new", Translated(text="New"))])
    assert memory.find("c", ["new"])
    memory.close()


def test_a_translation_is_kept_with_its_flags_across_runs(tmp_path):
    answers = {
        "一": Translated(text="One", flags=(FLAG, FLAG)),
        "二": Translated(text=None, flags=(FLAG,)),
        "": Translated(text=""),
    }
    with Workspace(settings(tmp_path)) as workspace:
        workspace.memory.add("c", answers.items())
    with Workspace(settings(tmp_path)) as workspace:
        assert workspace.memory.find("c", [*answers, "三"]) == answers


def test_more_texts_than_one_query_holds(tmp_path):
    memory = TranslationMemory(tmp_path / "store.sqlite3")
    texts = [f"文{i}" for i in range(2345)]
    memory.add("c", [(text, Translated(text=text[::-1])) for text in texts])
    assert memory.find("c", texts) == {text: Translated(text=text[::-1]) for text in texts}
    memory.close()


def test_a_failed_add_keeps_nothing_and_the_store_goes_on(tmp_path):
    memory = TranslationMemory(tmp_path / "store.sqlite3")
    with pytest.raises(ConfigError, match="cannot be written"):
        memory.add("c", [("a", Translated(text="A")), ("b", Translated(text=b"".join))])
    assert memory.find("c", ["a", "b"]) == {}
    memory.add("c", [("a", Translated(text="A"))])
    assert memory.find("c", ["a"]) == {"a": Translated(text="A")}
    memory.close()


@pytest.mark.parametrize("data", [b"this is no store at all, however long it is" * 50, os.urandom(8192)])
def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path, data):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"store\.sqlite3 is not a store") as caught:
        TranslationMemory(path)
    assert "move the file away" in caught.value.hint
    assert path.read_bytes() == data


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "store.sqlite3"
    TranslationMemory(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(ConfigError, match="newer version") as caught:
        TranslationMemory(path)
    assert "upgrade" in caught.value.hint


def test_a_folder_that_cannot_be_written_is_a_config_error(tmp_path):
    (tmp_path / "file").write_text("x")
    below = tmp_path / "file" / "out"
    for attempt in (
        lambda: Workspace(Settings(out=str(below))),
        lambda: write_file(below / "a.pdf", b""),
        lambda: probe_folder(tmp_path / "file"),
    ):
        with pytest.raises(ConfigError) as caught:
            attempt()
        assert str(tmp_path / "file") in caught.value.message
        assert caught.value.hint


def test_probing_a_folder_leaves_nothing_and_makes_nothing(tmp_path):
    probe_folder(tmp_path / "not" / "there")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named(tmp_path):
    memory = TranslationMemory(tmp_path / "store.sqlite3")
    memory._connection.execute("PRAGMA max_page_count=5")
    with pytest.raises(ConfigError, match="full"):
        memory.add("c", [(str(i), Translated(text="x" * 5000)) for i in range(50)])
    memory.close()


def test_a_folder_in_the_place_of_the_store_is_named(tmp_path):
    (tmp_path / "store.sqlite3").mkdir()
    with pytest.raises(ConfigError, match=r"store\.sqlite3"):
        TranslationMemory(tmp_path / "store.sqlite3")


def test_the_lock_is_free_again_after_a_store_was_refused(tmp_path):
    store = tmp_path / "out" / ".briefs" / "store.sqlite3"
    store.parent.mkdir(parents=True)
    store.write_bytes(b"no store " * 500)
    for _ in range(2):
        with pytest.raises(ConfigError, match="not a store"):
            Workspace(settings(tmp_path))


def test_the_folder_that_cannot_be_written_is_the_one_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file/w"):
        Workspace(Settings(out=str(tmp_path / "o"), workspace=str(tmp_path / "file" / "w")))


def test_a_full_disk_at_the_start_is_no_broken_store(tmp_path, monkeypatch):
    def full(_connection):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("briefs.workspace.store._migrate", full)
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        TranslationMemory(tmp_path / "store.sqlite3")
    assert "disk" in caught.value.hint
    assert "move" not in caught.value.hint
