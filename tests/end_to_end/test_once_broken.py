"""What a first attack broke, each held in place by a test."""

import json
import signal
import time

import pytest
from helpers import DAY, ENGLISH, FAST, JAPANESE, finish, put, start

from briefs.brief import Brief
from briefs.cli import run_cli

BUILD = ["build", "in", "-c", "b.toml", "--date", DAY]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    put(tmp_path, {"b.toml": FAST, "in/a.txt": ENGLISH})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(desk):
    return Brief.from_json((desk / "out" / f"{DAY}-brief.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("word", ["\ufb01nally", "\u2f47\u2f49 \u65e5\u6708", "การเจรจาหยุดยิงกลับมาเริ่มต้นอีกครั้ง"])
def test_the_self_check_knows_its_text_again(desk, word):
    put(desk, {"in/a.txt": ENGLISH.replace("Diplomats", f"Diplomats {word}")})
    assert run_cli([*BUILD, "--format", "pdf"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "政府は発表した。" + "「" * 24000 + "）" * 24000,
        "政府は発表した。" + "あ" * 49000,
        "政府は発表した。" + "1" * 40000,
        "a" * 49000,
        "「（" * 12000 + "）」" * 12000,
    ],
    ids=["brackets", "kana", "digits", "letters", "nested"],
)
def test_no_line_takes_more_than_its_share_of_time(desk, text):
    put(desk, {"in/long.txt": f"{JAPANESE}\n{text}\n"})
    began = time.monotonic()
    assert run_cli([*BUILD, "--format", "json"]) in (0, 10)
    assert time.monotonic() - began < 20  # it was minutes: no measure of speed


def test_a_brief_made_earlier_is_no_article(desk):
    for _ in range(2):
        assert run_cli(["build", ".", "-c", "b.toml", "--format", "json,html,md", "--date", DAY]) == 0
    assert [article.source for article in made(desk).articles] == ["in/a.txt"]


@pytest.mark.parametrize("packs", ["nowhere", "broken"])
def test_a_broken_pack_is_no_missing_one(desk, capsys, packs):
    put(desk, {"b.toml": f"packs = '{packs}'\n", "in/a.txt": JAPANESE, "broken/translate-ja_en-9/metadata.json": "{"})
    assert run_cli([*BUILD, "--format", "json"]) == 5
    assert packs in capsys.readouterr().err


def test_interrupted_at_any_moment_it_says_so(desk):
    put(desk, {"in/b.txt": "Das Finanzministerium teilte mit, dass es seine Prognose anheben werde.\n" * 20})
    for wait in (0.4, 0.8, 1.2):
        with start(desk, *BUILD, "--format", "json,html") as process:
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode in (0, 130, -signal.SIGINT), err
        assert b"this is a bug" not in err


def test_resume_needs_no_inputs_and_can_be_stopped_again(desk, capsys):
    assert run_cli([*BUILD, "--stop-after", "clean", "--json"]) == 0
    cleaned = json.loads(capsys.readouterr().out)["file"]
    assert run_cli(["build", "-c", "b.toml", "--resume", cleaned, "--stop-after", "segment"]) == 0
    segmented = capsys.readouterr().out.strip()
    assert run_cli(["build", "-c", "b.toml", "--resume", segmented, "--format", "json"]) == 0
    resumed = made(desk)
    assert run_cli([*BUILD, "--format", "json"]) == 0
    assert made(desk) == resumed


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"schema":1,"name":"b","title":"\\ud800","date":"2026-01-05"}',
        '{"schema":1,"name":"b","title":"t","date":"2026-01-05","articles":[{"id":"a","origins":[],"blocks":[]}]}',
        '{"schema":1,"name":"b","title":"t","date":"2026-01-05","articles":[{"id":"a","origins":[{"source":"s",'
        '"sha256":""}],"blocks":[],"confidence":' + "9" * 400 + "}]}",
    ],
    ids=["deep", "surrogate", "no origin", "huge number"],
)
def test_a_hostile_brief_is_refused(desk, text):
    put(desk, {"x.json": text})
    assert run_cli(["build", "-c", "b.toml", "--resume", "x.json", "--format", "json"]) == 2


def test_stopping_early_does_not_hide_problems(desk, capsys):
    put(desk, {"in/empty.txt": ""})
    assert run_cli([*BUILD, "--stop-after", "clean"]) == 10
    assert "empty.txt" in capsys.readouterr().err


def test_paths_of_a_config_count_from_its_folder(desk, tmp_path_factory, monkeypatch):
    home = put(
        tmp_path_factory.mktemp("desk [ja]"),
        {"in/a.txt": ENGLISH, "mine/brief.html": "<title>{{ view.title }}</title>mine"},
    )
    put(
        home,
        {"b.toml": FAST + "[render]\ntemplate='mine'\nformats=['html']\n[[brief]]\nname='x'\nsources=['in/*.txt']\n"},
    )
    assert run_cli(["run", "-c", str(home / "b.toml"), "--date", DAY]) == 0
    assert (home / "out" / f"{DAY}-x.html").read_text(encoding="utf-8").endswith("mine")


def test_a_file_name_gives_the_terminal_no_orders(desk, capsys):
    (desk / "in" / "b\x1b]0;pwn\x07\nerror: forged.txt").write_bytes(b"")
    assert run_cli([*BUILD, "--format", "json"]) == 10
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert not any(line.startswith("error: forged") for line in err.splitlines())


def test_japanese_is_printed_whatever_the_locale(desk):
    put(desk, {"in/j.txt": JAPANESE})
    code, out, err = finish(desk, "clean", "in/j.txt", PYTHONIOENCODING="ascii")
    assert (code, err) == (0, "")
    assert "停戦" in out


def test_what_a_killed_run_left_is_cleared_away(desk):
    put(desk, {"out/.briefs-abc123": "half"})
    assert run_cli([*BUILD, "--format", "json"]) == 0
    assert not (desk / "out" / ".briefs-abc123").exists()


def test_an_unknown_backend_leaves_no_folder(desk):
    put(desk, {"b.toml": "[translate]\nbackend='nope'\n"})
    assert run_cli([*BUILD, "--format", "json"]) == 3
    assert not (desk / "out").exists()


@pytest.mark.parametrize(
    "setting",
    [
        "[translate]\nthreads = 100000",
        "[translate]\nbeam = 0",
        "[limits]\nseconds = nan",
        "[render]\nseconds = inf",
        "[render]\nformats = []",
        "[extract]\npoints = -1",
        "[translate]\ntarget = '../../x'",
        'out = "a\\u0000b"',
        "[[brief]]\nname = 'x'\nsources = ['']",
    ],
)
def test_a_setting_out_of_range_is_named(desk, capsys, setting):
    put(desk, {"b.toml": setting + "\n"})
    assert run_cli([*BUILD, "--format", "json"]) == 3
    assert "b.toml" in capsys.readouterr().err
