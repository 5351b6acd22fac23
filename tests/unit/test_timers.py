"""Units and crontab lines: what is in them, that systemd takes them, and that nothing else is touched."""

import datetime as dt
import os
import re
import shlex
import subprocess
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.config import BriefSettings, MailSettings, MonitorSettings, RenderSettings, Settings, TranslateSettings
from briefs.errors import ConfigError, UsageError
from briefs.schedule import Crontab, Systemd, job_name, parse_schedule, plan_job, slots
from briefs.schedule.process import ask
from briefs.schedule.timers import POLL, calendars_of

UTC = dt.UTC
HARD = "a b%c\"d'e$HOME{x}é　;&"


def plan(config, *texts, out="/srv/out", environment=None, program=("/bin/true",), **more):
    briefs = [
        BriefSettings(name=f"b{number}", schedule=text, time_zone="Asia/Tokyo") for number, text in enumerate(texts)
    ]
    return plan_job(Settings(out=str(out), brief=tuple(briefs), **more), config, program, environment or {})


def analyze(tmp_path, *arguments, zone="UTC"):
    """What systemd-analyze says; where it is missing, this fails."""
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "TZ": zone, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def write_units(folder, job):
    for path, text in Systemd(folder).files(job).items():
        path.write_text(text, encoding="utf-8")
    return folder / f"{job.name}.timer", folder / f"{job.name}.service"


@pytest.mark.parametrize("folder", ["plain", HARD])
def test_systemd_takes_the_units_whatever_the_paths_are(tmp_path, folder):
    place = tmp_path / folder
    place.mkdir()
    program = tmp_path / re.sub("['\"]", "", folder) / "briefs"
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    job = plan(
        place / "briefs.toml", "weekdays 07:00,19:30", "0 7 13 * 5", "0 7 L * *", "* * * * *",
        out=place / "out", environment={"BRIEFS_OUT": str(place)}, program=(str(program),),
    )  # fmt: skip
    units = write_units(tmp_path, job)
    done = analyze(tmp_path, "--user", "verify", *units)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_systemd_would_expand_is_written_twice():
    job = plan(Path('/a$HOME %h"/briefs.toml'), "daily 07:00", out="/o$x%", environment={"BRIEFS_OUT": "/o$x%"})
    lines = next(iter(Systemd(Path("/units")).files(job).values())).splitlines()
    # Only in arguments is a dollar sign a variable, and percent everywhere.
    assert 'ExecStart="/bin/true" "run" "--due" "--quiet" "--config" "/a$$HOME %%h\\"/briefs.toml"' in lines
    assert 'Environment="BRIEFS_OUT=/o$x%%"' in lines
    assert 'ReadWritePaths="-/o$x%%" "-/o$x%%/.briefs"' in lines


def test_systemd_runs_no_program_with_a_quote_in_its_path():
    job = plan(Path("/srv/briefs.toml"), "daily 07:00", program=("/srv/o'neill/bin/briefs",))
    with pytest.raises(ConfigError, match="quote"):
        Systemd(Path("/units")).files(job)


def test_systemd_says_what_is_wrong_with_units_that_are(tmp_path):
    """The test above can fail."""
    timer, service = write_units(tmp_path, plan(Path("/etc/briefs.toml"), "daily 07:00", program=("/no/such",)))
    text = timer.read_text(encoding="utf-8").replace("AccuracySec=1s", "Acuracy=1s")
    timer.write_text(text.replace("OnCalendar=*", "OnCalendar=x"), encoding="utf-8")
    done = analyze(tmp_path, "--user", "verify", timer, service)
    assert done.returncode != 0
    assert "Acuracy" in done.stderr
    assert "/no/such" in done.stderr
    assert "calendar" in done.stderr


def test_the_service_is_hardened_and_may_write_what_it_must():
    monitor = MonitorSettings(metrics="/var/lib/node/briefs.prom", log_file="/var/log/briefs/log")
    job = plan(Path("/home/ana/desk/briefs.toml"), "daily 07:00", workspace="/srv/store", monitor=monitor)
    service, timer = Systemd(Path("/units")).files(job).values()
    lines = service.splitlines()
    assert 'ExecStart="/bin/true" "run" "--due" "--quiet" "--config" "/home/ana/desk/briefs.toml"' in lines
    assert 'ReadWritePaths="-/srv/out" "-/srv/store" "-/var/lib/node" "-/var/log/briefs"' in lines
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "Type=oneshot"} <= set(lines)
    # By name it would be an error where a user may not make namespaces.
    assert not any(line.startswith("PrivateUsers") for line in lines)
    assert {"Persistent=true", "OnCalendar=*-*-* 07:00:00 Asia/Tokyo", "OnUnitInactiveSec=10min"} <= set(
        timer.splitlines()
    )


def test_a_desk_among_temporary_files_sees_them():
    job = plan(Path("/tmp/desk/briefs.toml"), "daily 07:00")
    service = next(iter(Systemd(Path("/units")).files(job).values()))
    assert "PrivateTmp=no" in service
    assert '"-/tmp" "-/var/tmp"' in service
    assert plan(Path("/srv/briefs.toml"), "daily 07:00").private_tmp


@pytest.mark.parametrize(
    "more",
    [{"packs": "/tmp/packs"}, {"translate": TranslateSettings(glossary="/tmp/g.tsv")},
     {"mail": MailSettings(password_file="/tmp/p")}, {"mail": MailSettings(ca_file="/var/tmp/ca.pem")},
     {"render": RenderSettings(template_dir="/tmp/ours")}],
)  # fmt: skip
def test_what_a_desk_needs_among_temporary_files_is_not_hidden_from_it(more):
    assert not plan(Path("/srv/briefs.toml"), "daily 07:00", **more).private_tmp


def test_each_config_has_a_job_of_its_own():
    names = {job_name(Path(path)) for path in ("/a/briefs.toml", "/b/briefs.toml")}
    assert len(names) == 2
    assert all(re.fullmatch(r"briefs-[0-9a-f]{8}", name) for name in names)


def test_a_config_without_a_schedule_has_nothing_to_install():
    with pytest.raises(UsageError, match="schedule"):
        plan(Path("/srv/briefs.toml"), "", "")


@pytest.mark.parametrize("bad", ["a\nb", "a\x7fb", "a\udcffb"])
def test_a_path_that_would_break_a_line_is_refused(bad):
    with pytest.raises(ConfigError, match="characters"):
        plan(Path(f"/srv/{bad}/briefs.toml"), "daily 07:00")
    with pytest.raises(ConfigError, match="characters"):
        plan(Path("/srv/briefs.toml"), "daily 07:00", out=f"/srv/{bad}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily 07:00", ["*-*-* 07:00:00 Asia/Tokyo"]),
        ("weekdays 07:00", ["Mon,Tue,Wed,Thu,Fri *-*-* 07:00:00 Asia/Tokyo"]),
        ("*/20 * * * *", ["*-*-* *:00,20,40:00 Asia/Tokyo"]),
        ("0 8-18 1 */3 *", ["*-01,04,07,10-01 08..18:00:00 Asia/Tokyo"]),
        ("0 7 13 * 5", ["Fri *-*-* 07:00:00 Asia/Tokyo", "*-*-13 07:00:00 Asia/Tokyo"]),
        ("0 7 */2 * 5", [f"Fri *-*-{','.join(f'{day:02}' for day in range(1, 32, 2))} 07:00:00 Asia/Tokyo"]),
        ("0 7 1 * 0-7", ["*-*-* 07:00:00 Asia/Tokyo"]),
        ("0 7 L * *", [POLL]),
        ("0 7 * * 1#2", [POLL]),
    ],
)
def test_schedules_in_the_words_of_systemd(text, expected):
    assert list(plan(Path("/srv/briefs.toml"), text).calendars) == expected


def test_briefs_of_the_same_time_share_a_line_and_the_machines_zone_needs_no_name():
    briefs = tuple(BriefSettings(name=name, schedule="daily 07:00") for name in "ab")
    job = plan_job(Settings(out="/srv/out", brief=briefs), Path("/srv/briefs.toml"), ["briefs"], {})
    assert job.calendars == ("*-*-* 07:00:00",)


FIELDS = (
    st.sampled_from(["0", "30", "*/20", "5,6,7,50"]),
    st.sampled_from(["2", "7", "6-9", "*/6", "0,23"]),
    st.sampled_from(["*", "*", "13", "1-7", "*/5", "31"]),
    st.sampled_from(["*", "3,10", "*/2"]),
    st.sampled_from(["*", "*", "1-5", "0", "7,3", "FRI"]),
)


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(*FIELDS),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]),
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 1)),
)
def test_systemd_fires_at_our_slots(tmp_path_factory, fields, zone, start):
    cron = " ".join(fields)
    timing = parse_schedule(BriefSettings(schedule=cron, time_zone=zone))
    base = start.replace(microsecond=0, tzinfo=UTC)
    fired, ends = set(), []
    for calendar in calendars_of(timing):
        moment = f"{base:%Y-%m-%d %H:%M:%S} UTC"
        done = analyze(tmp_path_factory.getbasetemp(), "calendar", f"--base-time={moment}", "--iterations=15", calendar)
        assert done.returncode == 0, done.stderr
        times = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ ([\d-]+ [\d:]+) UTC", done.stdout)
        assert len(times) == 15
        elapses = [dt.datetime.fromisoformat(time).replace(tzinfo=UTC) for time in times]
        fired |= set(elapses)
        ends.append(elapses[-1])
    ours = {
        slot.instant
        for slot in slots(timing, base, min(ends))
        # One that the clock leaves out is not fired by systemd: the look after each ten minutes finds it.
        if slot.instant.astimezone(timing.zone).replace(tzinfo=None) == slot.local
    }
    assert ours == {moment for moment in fired if moment <= min(ends)}


def test_a_crontab_line_is_what_the_shell_must_run():
    job = plan(Path(f"/srv/{HARD}/briefs.toml"), "daily 07:00", environment={"BRIEFS_OUT": "/a b"})
    begin, line, end, rest = Crontab().block(job).split("\n")
    assert (begin.split()[2], end.split()[2], rest) == (job.name, job.name, "")
    assert begin.startswith("# ")
    assert re.search(r"(?<!\\)%", line) is None
    every, words = line.replace("\\%", "%").split(" BRIEFS_OUT", 1)
    assert every == "*/5 * * * *"
    assert shlex.split("BRIEFS_OUT" + words) == ["BRIEFS_OUT=/a b", *job.command, ">/dev/null"]
    with pytest.raises(ConfigError, match="backslash"):
        Crontab().block(plan(Path("/srv/a\\b/briefs.toml"), "daily 07:00"))


FAKE_CRONTAB = """#!/bin/sh
# A crontab kept in a file, with Debian's answers.
table="$(dirname "$0")/table"
case "$1" in
-l) if [ -e "$table" ]; then cat "$table"; else echo "no crontab for desk" >&2; exit 1; fi ;;
-r) rm "$table" ;;
-) cat >"$table" ;;
esac
"""
BROKEN_CRONTAB = "#!/bin/sh\necho 'You (desk) are not allowed to use this program (crontab)' >&2\nexit 1\n"


@pytest.fixture
def table(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "crontab").write_text(FAKE_CRONTAB)
    (folder / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder / "table"


JOB = plan(Path("/srv/briefs.toml"), "daily 07:00")
OTHER = plan(Path("/srv/other.toml"), "daily 07:00")
LINES = b"# m\xe4rz\nMAILTO=desk@example.org\n\n  5 4 * * * echo 100\\% \t\n# >>> briefs-0000000\n"


@pytest.mark.parametrize("before", [b"", LINES, b"\n\n", b"# no line break at the end"])
def test_the_block_comes_and_goes_and_all_else_stays(table, before):
    if before:
        table.write_bytes(before)
    cron = Crontab()
    cron.install(JOB)
    kept = before if not before or before.endswith(b"\n") else before + b"\n"
    assert table.read_bytes() == kept + cron.block(JOB).encode()
    assert cron.installed(JOB.name) == cron.block(JOB)
    cron.install(JOB)
    cron.install(OTHER)
    assert table.read_bytes() == kept + cron.block(JOB).encode() + cron.block(OTHER).encode()
    changed = plan(JOB.config, "daily 09:00", environment={"BRIEFS_OUT": "/other"})
    cron.install(changed)
    assert table.read_bytes() == kept + cron.block(changed).encode() + cron.block(OTHER).encode()
    assert cron.remove(JOB.name)
    assert not cron.remove(JOB.name)
    assert cron.installed(JOB.name) == ""
    assert cron.remove(OTHER.name)
    assert (table.read_bytes() if table.exists() else b"") == kept
    assert table.exists() == bool(before)


def test_a_crontab_that_cannot_be_read_is_not_written(table):
    (table.parent / "crontab").write_text(BROKEN_CRONTAB)
    with pytest.raises(ConfigError, match="not allowed"):
        Crontab().install(JOB)
    assert not table.exists()


def test_a_block_that_was_changed_by_hand_is_left_to_the_user(table):
    begin, line, end = Crontab().block(JOB).encode().splitlines(keepends=True)
    for broken in (begin + line, line + end, begin + line + line + end):
        table.write_bytes(broken)
        with pytest.raises(ConfigError, match="were changed"):
            Crontab().install(JOB)
        with pytest.raises(ConfigError, match="were changed"):
            Crontab().remove(JOB.name)
        assert table.read_bytes() == broken


def test_a_program_that_fails_is_quoted(table):
    (table.parent / "crontab").write_text(FAKE_CRONTAB.replace('-) cat >"$table"', "-) echo 'bad minute' >&2; exit 1"))
    with pytest.raises(ConfigError, match="bad minute"):
        Crontab().install(JOB)


def test_zones_are_on_every_machine():
    assert zoneinfo.ZoneInfo("Asia/Tokyo").key in zoneinfo.available_timezones()


def test_a_program_that_never_answers_is_given_up(table, monkeypatch):
    (table.parent / "crontab").write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr("briefs.schedule.process._SECONDS", 0.1)
    with pytest.raises(ConfigError, match="no answer"):
        Crontab().install(JOB)


@pytest.mark.parametrize(
    ("program", "hint"), [("crontab", "install cron, or --kind systemd"), ("other", "install other")]
)
def test_a_program_that_is_not_there_is_to_be_installed(tmp_path, monkeypatch, program, hint):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="no such program") as caught:
        ask([program])
    assert caught.value.hint == hint


def test_units_go_without_a_service_manager_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    write_units(tmp_path, JOB)
    wanted = tmp_path / "timers.target.wants" / f"{JOB.name}.timer"
    wanted.parent.mkdir()
    wanted.symlink_to(tmp_path / f"{JOB.name}.timer")
    assert len(Systemd(tmp_path).remove(JOB.name)) == 2
    assert list(tmp_path.rglob("*.*")) == [wanted.parent]
    assert Systemd(tmp_path).remove(JOB.name) == []
