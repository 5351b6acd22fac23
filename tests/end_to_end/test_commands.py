"""Every command as its users meet it: exit codes, what is printed where, and what is on the disk afterwards."""

import importlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib

import pytest
from helpers import DAY, ENGLISH, FAST, JAPANESE, brief_json, command, environment, finish, outputs, put, start

from briefs.cli import run_cli
from briefs.config import load_settings, parse_settings
from briefs.pipeline import STAGES
from briefs.workspace import Workspace

BUILD = ["build", "in", "-c", "b.toml", "--date", DAY]
STAGE_NAMES = [stage.name for stage in STAGES]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with two articles and a config whose translator costs no time."""
    monkeypatch.chdir(tmp_path)
    return put(tmp_path, {"in/a.txt": ENGLISH, "in/b.txt": JAPANESE, "b.toml": FAST})


@pytest.fixture
def say(monkeypatch):
    """Puts bytes on standard input."""

    def fill(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    return fill


# Configuration


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            "[[brief]]\nthemes = ['alliance']\n[[theme]]\nid = 'alliances'\n",
            ["unknown theme 'alliance'", "'alliances'"],
        ),
        ("ouput = 'x'\n", ["unknown key 'ouput'", "'out"]),
        ("[render]\nformats = ['pfd']\n", ["unknown format 'pfd'", "'pdf'"]),
        ("[translate]\nbeam = 'four'\n", ["beam", "a whole number"]),
        ("[translate]\nbeam = true\n", ["beam", "a whole number"]),
        ("out = 2020-01-01\n", ["out", "expected text"]),
        ("[brief]\nname = 'x'\n", ["brief", "expected a list"]),
        ("[[brief]]\nname = '../x'\n", ["'../x' is not a name"]),
        ("[[brief]]\n[[brief]]\n", ["used twice"]),
        ("out = \n", ["b.toml"]),
        (b"\xff\xfe", ["UTF-8"]),
    ],
)
def test_config_that_is_wrong(desk, capsys, toml, said):
    put(desk, {"b.toml": toml})
    assert run_cli(BUILD) == 3
    shown = capsys.readouterr()
    assert all(part in shown.err for part in said), shown.err
    assert shown.out == ""
    assert not (desk / "out").exists()


def test_config_that_is_not_there(desk, capsys):
    assert run_cli(["run", "-c", "nowhere.toml"]) == 3
    assert "nowhere.toml: no such file" in capsys.readouterr().err


# Command lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["biuld"], "biuld"),
        (["build"], "no input was named"),
        (["build", "in", "--date", "2999-01-01"], "in the future"),
        (["build", "in", "--date", "yesterday"], "not a date"),
        (["build", "in", "--format", "pdf,docx"], "unknown format 'docx'"),
        (["build", "in", "--stop-after", "transalte"], "'translate'"),
        (["build", "in", "--resume", "in/a.txt"], "not a brief"),
        (["build", "in", "--no-such-option"], "--no-such-option"),
    ],
)
def test_command_line_that_is_wrong(desk, capsys, arguments, said):
    assert run_cli(arguments) == 2
    assert said in capsys.readouterr().err
    assert not outputs(desk / "out") if (desk / "out").exists() else True


def test_version(capsys):
    assert run_cli(["--version"]) == 0
    assert re.fullmatch(r"briefs \d+\.\d+\.\d+\n", capsys.readouterr().out)


# build


@pytest.mark.parametrize("formats", ["json", "html,md", " md , json,md"])
def test_formats(desk, capsys, formats):
    assert run_cli([*BUILD, "--format", formats]) == 0
    wanted = list(dict.fromkeys(part.strip() for part in formats.split(",")))
    assert capsys.readouterr().out.split() == [f"out/{DAY}-brief.{suffix}" for suffix in wanted]
    assert list(outputs(desk / "out")) == [f"{DAY}-brief.{suffix}" for suffix in sorted(wanted)]


def test_same_bytes_twice_and_nothing_for_a_terminal(desk, capsys):
    arguments = [*BUILD, "--format", "json,html,md"]
    assert run_cli(arguments) == 0
    first = outputs(desk / "out")
    assert run_cli(arguments) == 0
    assert outputs(desk / "out") == first
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\r" not in shown.out + shown.err


def test_json_report(desk, capsys):
    put(desk, {"in/c.txt": b""})
    assert run_cli([*BUILD, "--format", "json,md", "--json"]) == 10
    shown = capsys.readouterr()
    (report,) = json.loads(shown.out)
    assert report["files"] == [str(desk / f"out/{DAY}-brief.{suffix}") for suffix in ("json", "md")]
    assert (report["exit_code"], report["date"], report["counts"]["articles"]) == (10, DAY, 2)
    assert [problem["source"] for problem in report["problems"]] == ["in/c.txt"]
    assert {*STAGE_NAMES, "render"} == set(report["seconds"])
    assert shown.err == ""


def test_log_file_names_stages_and_quotes_no_article(desk):
    put(desk, {"in/c.txt": b""})
    assert run_cli([*BUILD, "--format", "json", "--log-file", "run.log"]) == 10
    log = (desk / "run.log").read_text(encoding="utf-8")
    assert all(f"stage {name}: " in log for name in STAGE_NAMES)
    assert "in/c.txt: empty file" in log
    assert "exit 10" in log
    assert not any(word in log for word in ("停戦", "Diplomats", "Ceasefire"))


def test_log_file_that_cannot_be_written(desk, capsys):
    assert run_cli([*BUILD, "--log-file", "nowhere/run.log"]) == 3
    assert "nowhere/run.log" in capsys.readouterr().err


def test_two_runs_at_once(desk, capsys):
    put(desk, {"out/kept.txt": "kept"})
    with Workspace(load_settings(desk / "b.toml")):
        assert run_cli([*BUILD, "--format", "json"]) == 9
    err = capsys.readouterr().err
    assert f"process {os.getpid()}" in err
    assert "--out" in err
    assert outputs(desk / "out") == {"kept.txt": b"kept"}
    assert run_cli([*BUILD, "--format", "json"]) == 0


def test_output_folder_that_cannot_be_written(desk, capsys):
    put(desk, {"file": "not a folder"})
    assert run_cli([*BUILD, "--out", "file/out"]) == 3
    assert "cannot be written" in capsys.readouterr().err
    assert (desk / "file").read_text() == "not a folder"


def test_store_that_is_none(desk):
    put(desk, {"out/.briefs/store.sqlite3": b"precious" * 100})
    code, _, err = finish(desk, *BUILD, "--format", "json")
    assert code == 3
    assert "is not a store" in err
    assert (desk / "out/.briefs/store.sqlite3").read_bytes() == b"precious" * 100


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_stop_after_and_resume(desk, capsys, stage):
    assert run_cli([*BUILD, "--format", "json,html", "--out", "whole"]) == 0
    assert run_cli([*BUILD, "--stop-after", stage]) == 0
    stopped = capsys.readouterr().out.splitlines()[-1]
    assert (
        json.loads((desk / stopped).read_text(encoding="utf-8"))["done"] == STAGE_NAMES[: STAGE_NAMES.index(stage) + 1]
    )
    shutil.move(desk / stopped, desk / "stopped.json")
    assert run_cli([*BUILD, "--format", "json,html", "--resume", "stopped.json"]) == 0
    assert outputs(desk / "out") == outputs(desk / "whole")


# Killed, interrupted, cut off


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The bytes of a build that nobody disturbed, and the seconds it took."""
    folder = put(tmp_path_factory.mktemp("undisturbed"), {"in/a.txt": ENGLISH, "in/b.txt": JAPANESE})
    began = time.monotonic()
    code, _, err = finish(folder, "build", "in", "--date", DAY, "--format", "pdf,json")
    assert (code, err) == (0, "")
    return outputs(folder / "out"), time.monotonic() - began


def test_killed_at_any_moment(tmp_path, undisturbed):
    wanted, seconds = undisturbed
    put(tmp_path, {"in/a.txt": ENGLISH, "in/b.txt": JAPANESE})
    arguments = ("build", "in", "--date", DAY, "--format", "pdf,json")
    for share in (0.3, 0.6, 0.85):
        with start(tmp_path, *arguments) as process:
            time.sleep(share * seconds)
            process.kill()
        seen = outputs(tmp_path / "out") if (tmp_path / "out").exists() else {}
        assert seen.items() <= wanted.items()
    assert finish(tmp_path, *arguments)[0] == 0
    assert outputs(tmp_path / "out") == wanted


def test_interrupted(tmp_path):
    put(tmp_path, {"in/a.txt": ENGLISH, "in/b.txt": JAPANESE})
    with start(tmp_path, "build", "in", "--format", "pdf") as process:
        while process.poll() is None and not (tmp_path / "out/.briefs/store.sqlite3").exists():
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert outputs(tmp_path / "out") == {}


def test_reader_that_hangs_up(tmp_path):
    put(tmp_path, {"in.txt": "Hello there, this is English text.\n" * 5000})
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        command("translate", "in.txt", "--from", "en"),
        cwd=tmp_path,
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(write)
        err = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 0
    assert err == ""


# run


RUN = FAST + "".join(
    f"[[brief]]\nname = '{name}'\nsources = ['in']\nformats = ['json']\n" for name in ("morning", "evening")
)


def test_run_one_and_all(desk, capsys):
    put(desk, {"b.toml": RUN})
    assert run_cli(["run", "evening", "-c", "b.toml", "--date", DAY]) == 0
    assert list(outputs(desk / "out")) == [f"{DAY}-evening.json"]
    assert run_cli(["run", "-c", "b.toml", "--date", DAY, "--json"]) == 0
    text = capsys.readouterr().out
    reports = json.loads(text[text.index("[") :])
    assert [report["name"] for report in reports] == ["morning", "evening"]
    assert list(outputs(desk / "out")) == [f"{DAY}-evening.json", f"{DAY}-morning.json"]


def test_run_goes_on_after_a_brief_that_fails(desk, capsys):
    put(desk, {"b.toml": RUN.replace("['in']", "['nowhere']", 1)})
    assert run_cli(["run", "-c", "b.toml", "--date", DAY]) == 4
    assert "morning: there is nothing to read" in capsys.readouterr().err
    assert list(outputs(desk / "out")) == [f"{DAY}-evening.json"]


def test_run_of_an_unknown_name(desk, capsys):
    put(desk, {"b.toml": RUN})
    assert run_cli(["run", "mornin", "-c", "b.toml"]) == 2
    assert "'morning'" in capsys.readouterr().err
    put(desk, {"b.toml": FAST})
    assert run_cli(["run", "-c", "b.toml"]) == 2
    assert "no [[brief]]" in capsys.readouterr().err


def test_dry_run_writes_nothing(desk, capsys):
    put(desk, {"b.toml": RUN, "in/c.txt": b""})
    before = sorted(path for path in desk.rglob("*"))
    assert run_cli(["run", "-c", "b.toml", "--date", DAY, "--dry-run", "--json"]) == 0
    plans = json.loads(capsys.readouterr().out)
    assert [(plan["name"], plan["documents"], plan["unreadable"]) for plan in plans] == [
        ("morning", 2, 1),
        ("evening", 2, 1),
    ]
    assert plans[0]["files"] == [str(desk / f"out/{DAY}-morning.json")]
    assert run_cli(["run", "morning", "-c", "b.toml", "--date", DAY, "--dry-run"]) == 0
    assert f"would write {desk}/out/{DAY}-morning.json" in capsys.readouterr().out
    assert sorted(path for path in desk.rglob("*")) == before


# clean, translate, themes, doctor


def test_clean(desk, capsys):
    put(desk, {"page.txt": f"ホーム\nランキング\n{JAPANESE}シェア\nツイート\n利用規約\n"})
    assert run_cli(["clean", "page.txt", "--date", DAY]) == 0
    page = json.loads(capsys.readouterr().out)
    assert list(page) == ["headline", "byline", "publisher", "published", "language", "body", "removed"]
    assert page["language"] == "ja"
    assert {"kind", "text"} == set(page["body"][0])
    assert {"ホーム", "シェア", "利用規約"} <= {removed["text"] for removed in page["removed"]}
    assert all(removed["reason"] for removed in page["removed"])


@pytest.mark.parametrize("name", ["nowhere.txt", "b.toml"])
def test_clean_of_what_cannot_be_read(desk, capsys, name):
    assert run_cli(["clean", name]) == 4
    shown = capsys.readouterr()
    assert name in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("会談は東京で行われた。\n\n外相は会見で述べた。\n", [True, False, True]),
        ("会談は東京で行われた。\r\n\r\n外相は会見で述べた。", [True, False, True]),
        ("\n\n会談は東京で行われた。", [False, False, True]),
        ("", []),
    ],
)
def test_translate_gives_a_line_for_a_line(capsys, say, data, lines):
    say(data.encode())
    assert run_cli(["translate", "-", "--from", "ja"]) == 0
    out = capsys.readouterr().out
    assert [bool(line.strip()) for line in out.split("\n")[:-1]] == lines
    assert not re.search("[ぁ-ヿ]", out)


def test_translate_says_what_it_could_not(desk, capsys, say):
    put(desk, {"in.txt": "Hello there.\n"})
    assert run_cli(["translate", "in.txt", "--from", "en", "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line == {"source": "Hello there.", "translation": "Hello there.", "flags": []}
    assert run_cli(["translate", "in.txt", "--from", "xx"]) == 5
    assert "xx" in capsys.readouterr().err
    assert run_cli(["translate", "nowhere.txt"]) == 4


def test_suggested_themes_load_as_a_config(desk, capsys):
    more = "\n".join(
        f"The {word} export controls on semiconductors were tightened, and chipmakers expect semiconductor exports to fall."
        for word in ("new", "American", "Dutch", "Japanese")
    )
    put(desk, {"in/c.txt": f"Semiconductor export controls tightened\n\n{more}\n"})
    assert run_cli(["themes", "suggest", "in", "--limit", "3"]) == 0
    text = capsys.readouterr().out
    settings = parse_settings(tomllib.loads(text), "suggested.toml", desk)
    assert 1 <= len(settings.theme) <= 3
    assert all(theme.title and theme.keywords for theme in settings.theme)
    put(desk, {"b.toml": FAST + text})
    assert run_cli([*BUILD, "--format", "json"]) == 0
    assert {theme["id"] for theme in brief_json(desk / "out")["themes"]} == {theme.id for theme in settings.theme}


def test_suggest_without_articles(desk, capsys):
    assert run_cli(["themes", "suggest", "nowhere"]) == 4
    assert "nowhere" in capsys.readouterr().err


@pytest.fixture
def quick_fonts(monkeypatch):
    """Laying out four pages takes long, and the real run of the doctor does it."""
    monkeypatch.setattr(importlib.import_module("briefs.cli.doctor"), "_SAMPLES", {})


def test_doctor_finds_nothing(desk):
    code, out, err = finish(desk, "doctor", "--json")
    findings = json.loads(out)
    assert (code, err) == (0, "")
    assert not any(finding["works"] is False for finding in findings)
    assert {"python", "config", "pango", "pack ja-en", "output", "workspace", "mail"} <= {f["what"] for f in findings}
    assert not (desk / "out").exists()


METADATA = '{"package_version": "1.0", "argos_version": "1.5", "from_code": "ja", "to_code": "en"}'
PACK = "p/translate-ja_en"


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"b.toml": "nope = 1\n"}, ["config"]),
        (
            {
                "b.toml": "packs = 'p'\n",
                f"{PACK}/metadata.json": METADATA,
                f"{PACK}/model/model.bin": "x",
            },
            ["pack ja-en"],
        ),
        ({"b.toml": "packs = 'p'\n", f"{PACK}/metadata.json": "{"}, ["pack ja-en"]),
        ({"b.toml": "packs = 'nowhere'\n"}, ["pack ja-en"]),
        ({"b.toml": "out = 'b.toml/x'\nworkspace = 'w'\n"}, ["output"]),
        ({"b.toml": "workspace = 'b.toml/x'\n"}, ["workspace"]),
    ],
)
def test_doctor_finds_what_is_wrong(desk, capsys, quick_fonts, files, what):
    put(desk, files)
    code = 3 if what == ["config"] else 5
    assert run_cli(["doctor", "-c", "b.toml", "--json"]) == code
    failed = [finding for finding in json.loads(capsys.readouterr().out) if finding["works"] is False]
    assert [finding["what"] for finding in failed] == what
    assert all(finding["detail"] and finding["mend"] for finding in failed)
    assert run_cli(["doctor", "-c", "b.toml"]) == code
    assert f"FAIL {what[0]}" in capsys.readouterr().out


# check


def test_check_finds_a_wrong_figure(tmp_path, capsys):
    put(
        tmp_path,
        {
            "a.ja": "予算は30億円だ。\n会談は東京で行われた。\n",
            "a.en": "The budget is 300 million yen.\nThe talks were held in Tokyo.\n",
        },
    )
    arguments = ["check", "--source", str(tmp_path / "a.ja"), "--translation", str(tmp_path / "a.en")]
    assert run_cli(arguments) == 10
    assert capsys.readouterr().out.startswith("1: ")
    assert run_cli([*arguments, "--json"]) == 10
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["line"] == 1
    assert any(flag.get("source", "").startswith("30億") for flag in entry["flags"])


def test_check_wants_as_many_lines_of_each(tmp_path, capsys):
    put(tmp_path, {"a.ja": "一\n二\n", "a.en": "One\n"})
    assert run_cli(["check", "--source", str(tmp_path / "a.ja"), "--translation", str(tmp_path / "a.en")]) == 2
    assert "2 lines" in capsys.readouterr().err
