"""`briefs schedule` from the command line, with a systemctl and a crontab that only keep a record."""

import datetime as dt
import json
import os
import sys
from pathlib import Path

import pytest

from briefs.cli import run_cli
from briefs.cli.schedule import list_next
from briefs.config import load_settings
from briefs.schedule import job_name

CONFIG = """
[[brief]]
name = "asia"
sources = ["articles"]
schedule = "weekdays 07:00"
time_zone = "Asia/Tokyo"

[[brief]]
name = "europe"
sources = ["articles"]
schedule = "daily 02:30"
time_zone = "Europe/Berlin"

[[brief]]
name = "by-hand"
sources = ["articles"]
"""
# What is asked is written down; `up` in the folder says whether the service manager answers.
SYSTEMCTL = """#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>calls
[ -e up ] || { echo "Failed to connect to bus: No medium found" >&2; exit 1; }
case "$2" in
list-timers) echo "Mon 2026-11-23 07:00:00 JST 7h left - - $6" ;;
restart) [ ! -e broken ] || { echo "Failed to restart $3: Unit has a bad unit file setting." >&2; exit 1; } ;;
esac
"""
LOGINCTL = "#!/bin/sh\necho ${LINGER-no}\n"
CRONTAB = """#!/bin/sh
table="$(dirname "$0")/table"
case "$1" in
-l) [ -e "$table" ] || { echo "no crontab for desk" >&2; exit 1; }; cat "$table" ;;
-r) rm "$table" ;;
-) cat >"$table" ;;
esac
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A config, a home, and the two programs on the path."""
    (tmp_path / "bin").mkdir()
    for name, text in {"systemctl": SYSTEMCTL, "loginctl": LOGINCTL, "crontab": CRONTAB}.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "bin" / "up").touch()
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "briefs.toml").write_text(CONFIG)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path


def units(desk):
    folder = desk / "home" / ".config" / "systemd" / "user"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def calls(desk):
    return (desk / "bin" / "calls").read_text().splitlines()


def name(desk):
    return job_name(desk / "desk" / "briefs.toml")


def test_install_show_and_remove_a_systemd_timer(desk, capsys):
    assert run_cli(["schedule", "install"]) == 0
    out, err = capsys.readouterr()
    job = name(desk)
    assert units(desk) == [f"{job}.service", f"{job}.timer"]
    assert [Path(line).name for line in out.splitlines()] == units(desk)
    assert "loginctl enable-linger" in err
    assert calls(desk)[-3:] == ["--user daemon-reload", f"--user enable {job}.timer", f"--user restart {job}.timer"]
    # The service may write only to what is there when it starts.
    assert (desk / "desk" / "out" / ".briefs").is_dir()

    assert run_cli(["schedule", "show"]) == 0
    out, err = capsys.readouterr()
    assert "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 07:00:00 Asia/Tokyo" in out
    assert f'"--config" "{desk / "desk" / "briefs.toml"}"' in out
    assert "# next: Mon 2026-11-23 07:00:00 JST" in out
    assert err == ""

    assert run_cli(["schedule", "remove"]) == 0
    assert capsys.readouterr().out.count("removed ") == 2
    assert units(desk) == []
    assert f"--user disable --now {job}.timer" in calls(desk)
    assert run_cli(["schedule", "remove"]) == 0
    assert "no timer is installed" in capsys.readouterr().err
    assert run_cli(["schedule", "show"]) == 4


def test_the_program_in_the_unit_is_the_one_that_runs(desk, capsys):
    assert run_cli(["schedule", "install", "--print"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("ExecStart="))
    assert line.startswith(f'ExecStart="{Path(sys.executable).with_name("briefs")}" "run" "--due"')


def test_other_units_stay(desk):
    folder = desk / "home" / ".config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "briefs-other.timer").write_text("mine")
    (desk / "other.toml").write_text(CONFIG)
    assert run_cli(["schedule", "install"]) == 0
    assert run_cli(["schedule", "install", "-c", "../other.toml"]) == 0
    assert len(units(desk)) == 5
    assert run_cli(["schedule", "remove"]) == 0
    other = job_name(desk / "other.toml")
    assert units(desk) == sorted([f"{other}.service", f"{other}.timer", "briefs-other.timer"])


def test_show_says_that_the_timer_is_out_of_date(desk, capsys):
    assert run_cli(["schedule", "install"]) == 0
    (desk / "desk" / "briefs.toml").write_text(CONFIG.replace("07:00", "08:00"))
    capsys.readouterr()
    assert run_cli(["schedule", "show"]) == 0
    assert "asks for now" in capsys.readouterr().err
    assert run_cli(["schedule", "install"]) == 0
    capsys.readouterr()
    assert run_cli(["schedule", "show"]) == 0
    out, err = capsys.readouterr()
    assert "08:00:00 Asia/Tokyo" in out
    assert err == ""


def test_a_config_that_has_gone_can_still_be_removed(desk):
    assert run_cli(["schedule", "install"]) == 0
    (desk / "desk" / "briefs.toml").unlink()
    assert run_cli(["schedule", "remove"]) == 0
    assert units(desk) == []


def test_print_changes_nothing(desk, capsys):
    for kind in ([], ["--kind", "systemd"], ["--kind", "crontab"]):
        assert run_cli(["schedule", "install", "--print", *kind]) == 0
    out = capsys.readouterr().out
    assert out.count("[Timer]") == 2
    assert out.count("# >>> ") == 1
    assert not (desk / "home").exists() or units(desk) == []
    assert not (desk / "bin" / "table").exists()
    assert not (desk / "desk" / "out").exists()


def test_without_a_service_manager_the_crontab_is_used(desk, capsys):
    (desk / "bin" / "up").unlink()
    (desk / "bin" / "table").write_text("5 4 * * * mine\n")
    assert run_cli(["schedule", "install"]) == 0
    assert "run --due --quiet --config" in capsys.readouterr().out
    assert run_cli(["schedule", "show"]) == 0
    assert "*/5 * * * *" in capsys.readouterr().out
    assert units(desk) == []
    assert run_cli(["schedule", "remove"]) == 0
    assert "the crontab" in capsys.readouterr().out
    assert (desk / "bin" / "table").read_text() == "5 4 * * * mine\n"


def test_one_kind_takes_the_place_of_the_other(desk, capsys):
    assert run_cli(["schedule", "install", "--kind", "crontab"]) == 0
    assert run_cli(["schedule", "install", "--kind", "systemd"]) == 0
    assert not (desk / "bin" / "table").exists()
    assert len(units(desk)) == 2
    assert run_cli(["schedule", "install", "--kind", "crontab"]) == 0
    assert units(desk) == []
    assert (desk / "bin" / "table").exists()
    assert capsys.readouterr().err.count("replaced by") == 2


def test_with_neither_the_hint_says_what_to_call(desk, capsys):
    (desk / "bin" / "up").unlink()
    (desk / "bin" / "crontab").unlink()
    os.environ["PATH"] = str(desk / "bin")
    assert run_cli(["schedule", "install"]) == 5
    assert "briefs run --due" in capsys.readouterr().err
    assert run_cli(["schedule", "install", "--kind", "systemd"]) == 5
    assert run_cli(["schedule", "install", "--kind", "crontab"]) == 5
    assert "install cron, or --kind systemd" in capsys.readouterr().err
    assert run_cli(["schedule", "install", "--print"]) == 0
    assert run_cli(["schedule", "install", "--kind", "at"]) == 2


def test_a_service_manager_that_refuses_is_quoted(desk, capsys):
    (desk / "bin" / "broken").touch()
    assert run_cli(["schedule", "install"]) == 3
    assert "bad unit file setting" in capsys.readouterr().err


def test_folders_named_in_the_environment_are_kept_and_the_password_is_not(desk, monkeypatch, capsys):
    monkeypatch.setenv("BRIEFS_OUT", "elsewhere")
    monkeypatch.setenv("BRIEFS_MAIL_PASSWORD", "open sesame")
    for kind in ("systemd", "crontab"):
        assert run_cli(["schedule", "install", "--kind", kind]) == 0
        assert run_cli(["schedule", "show"]) == 0
        out = capsys.readouterr().out
        assert f"BRIEFS_OUT={desk / 'desk' / 'elsewhere'}" in out
        assert "sesame" not in out
    assert (desk / "desk" / "elsewhere").is_dir()


@pytest.mark.parametrize(("text", "code"), [("", 2), ('[[brief]]\nschedule = "sometimes"\n', 3), ("[[brief", 3)])
def test_a_config_that_has_no_times_installs_nothing(desk, text, code):
    (desk / "desk" / "briefs.toml").write_text(text)
    assert run_cli(["schedule", "install"]) == code
    assert units(desk) == []


def test_next_lists_the_slots_of_each_brief_across_a_change_of_the_clock(desk):
    now = dt.datetime(2026, 3, 27, 12, tzinfo=dt.UTC)
    rows = list_next(load_settings(Path("briefs.toml")), now, 3)
    assert [(row["brief"], row["edition"], row["time"], row["utc"]) for row in rows] == [
        ("asia", "2026-03-30T07:00", "2026-03-30T07:00+09:00", "2026-03-29T22:00Z"),
        ("asia", "2026-03-31T07:00", "2026-03-31T07:00+09:00", "2026-03-30T22:00Z"),
        ("asia", "2026-04-01T07:00", "2026-04-01T07:00+09:00", "2026-03-31T22:00Z"),
        ("europe", "2026-03-28T02:30", "2026-03-28T02:30+01:00", "2026-03-28T01:30Z"),
        ("europe", "2026-03-29T02:30", "2026-03-29T03:00+02:00", "2026-03-29T01:00Z"),
        ("europe", "2026-03-30T02:30", "2026-03-30T02:30+02:00", "2026-03-30T00:30Z"),
    ]


def test_next_as_lines_and_as_json(desk, capsys):
    assert run_cli(["schedule", "next", "-n", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("asia    ") and line.endswith("UTC+09:00  Asia/Tokyo") for line in lines[:2])
    assert run_cli(["schedule", "next", "-n", "40", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 80
    now = dt.datetime.now(dt.UTC)
    assert all(dt.datetime.fromisoformat(row["time"]) > now - dt.timedelta(minutes=1) for row in rows)
    (desk / "desk" / "briefs.toml").write_text("[[brief]]\nname = 'a'\n")
    assert run_cli(["schedule", "next"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "no brief has a schedule" in err
