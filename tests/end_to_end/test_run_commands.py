"""`briefs run` as an operator uses it: mailed, rehearsed, killed by nothing; history, show, deliver; figures and pings."""

import datetime as dt
import http.server
import json
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from mail_server import MailServer

from briefs.cli import run_cli
from briefs.workspace import Workspace

DAY = "2026-11-23"
CONFIG = """out = "out"
[translate]
backend = "identity"
[mail]
host = "localhost"
port = {port}
security = "none"
sender = "desk@example.org"
attach = ["html"]
backoff = 0
[[theme]]
id = "sea"
title = "Sea"
keywords = {{ en = ["patrol vessels", "coast guard"] }}
[[brief]]
name = "asia"
sources = ["in"]
formats = ["html"]
schedule = "daily 07:00"
time_zone = "Asia/Tokyo"
to = ["Ana Ruiz <ana@example.org>", "bo@example.org"]
"""
STORY = """Two patrol vessels for the coast guard

November 21, 2026

The government will hand over two patrol vessels to the coast guard of its neighbour next spring, the ministry said.
The patrol vessels cost 4.2 billion yen and replace ships that have been in service since 1994, it added on Friday.
"""


@pytest.fixture(scope="module")
def _server():
    with MailServer("none") as server:
        yield server


@pytest.fixture
def server(_server):
    _server.faults.clear()
    _server.refused.clear()
    _server.received.clear()
    return _server


@pytest.fixture
def desk(tmp_path, monkeypatch, server):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "briefs.toml").write_text(CONFIG.format(port=server.port), encoding="utf-8")
    return tmp_path


def recipients(server):
    return [recipient for received in server.received for recipient in received.recipients]


def test_a_brief_is_made_and_mailed_once_however_often_it_is_run(desk, server, capsys):
    for said in ("briefs: mailed to 2 readers\n", "", ""):
        assert run_cli(["run", "--date", DAY]) == 0
        assert capsys.readouterr() == (f"out/{DAY}-asia.html\n", said)
    assert recipients(server) == ["ana@example.org", "bo@example.org"]
    message = server.received[0].message
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == f"{DAY}-asia.html"
    assert "patrol vessels" in message.get_body(("plain",)).get_content()
    assert run_cli(["history", "--json"]) == 0
    runs = json.loads(capsys.readouterr().out)
    assert [(run["id"], run["outcome"], run["points"] > 0) for run in runs] == [(n, "done", True) for n in (3, 2, 1)]


def test_history_and_show(desk, server, capsys):
    assert run_cli(["history"]) == 0
    assert "nothing was run yet" in capsys.readouterr().err
    assert run_cli(["show", "1"]) == 2
    assert run_cli(["run", "--date", DAY]) == 0
    capsys.readouterr()
    assert run_cli(["history", "asia", "-n", "5"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["run", "brief", "edition", "ended", "outcome", "exit", "articles", "points"]
    assert row.split()[:3] == ["1", "asia", DAY]
    assert run_cli(["show", "1"]) == 0
    shown = capsys.readouterr().out
    assert "file         " in shown
    assert "mail         ana@example.org: sent (250 taken)" in shown
    assert "  sea        1 article\n" in shown
    assert run_cli(["show", "1", "--json"]) == 0
    assert {each["state"] for each in json.loads(capsys.readouterr().out)["deliveries"]} == {"sent"}
    assert run_cli(["show", "7"]) == 2
    assert "there is no run 7" in capsys.readouterr().err


def test_a_mail_that_is_not_taken_is_exit_8_and_sent_later(desk, server, capsys):
    server.refused["bo@example.org"] = "451 later"
    assert run_cli(["run", "--date", DAY]) == 8
    shown = capsys.readouterr()
    assert f"out/{DAY}-asia.html" in shown.out
    assert "bo@example.org: queued: 451 later" in shown.err
    assert "briefs deliver tries again" in shown.err
    server.refused.clear()
    assert run_cli(["deliver"]) == 0
    assert "1 sent, 0 left" in capsys.readouterr().out
    assert recipients(server) == ["ana@example.org", "bo@example.org"]
    server.refused["ana@example.org"] = "550 nobody here"
    assert run_cli(["run", "--date", "2026-11-22"]) == 8
    assert "failed: 550 nobody here" in capsys.readouterr().err
    assert run_cli(["run", "--date", "2026-11-21"]) == 8
    assert run_cli(["outbox", "drop", "all"]) == 0
    server.refused.clear()
    assert run_cli(["run", "--date", "2026-11-20"]) == 0


def test_a_server_that_is_away_keeps_the_brief_and_the_mail(desk, capsys):
    with MailServer("none") as gone:
        port = gone.port
    (desk / "briefs.toml").write_text(CONFIG.format(port=port), encoding="utf-8")
    assert run_cli(["run", "--date", DAY]) == 8
    assert (desk / "out" / f"{DAY}-asia.html").exists()
    capsys.readouterr()
    assert run_cli(["outbox", "show"]) == 0
    assert capsys.readouterr().out.count("queued") == 2


def test_mails_are_rehearsed_and_nothing_is_sent_or_recorded(desk, server, capsys):
    assert run_cli(["run", "--date", DAY, "--dry-run", "--eml", "rehearsal"]) == 0
    names = sorted(Path(line).name for line in capsys.readouterr().out.split())
    assert names == [f"{DAY}-asia-ana@example.org.eml", f"{DAY}-asia-bo@example.org.eml", f"{DAY}-asia.html"]
    assert not server.received
    assert not list((desk / "out").glob("*.html"))
    assert run_cli(["history", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run_cli(["run", "--eml", "rehearsal"]) == 2
    assert run_cli(["run", "--dry-run", "--eml", "in/a.txt"]) == 2


def test_no_mail_queues_nothing(desk, server, capsys):
    assert run_cli(["run", "--date", "2026-11-22", "--no-mail"]) == 0
    assert run_cli(["deliver"]) == 0
    assert "0 sent, 0 left" in capsys.readouterr().out
    assert not server.received
    assert run_cli(["run", "--date", DAY]) == 0  # and its readers miss nothing
    assert "patrol vessels" in server.received[0].message.get_body(("plain",)).get_content()


def test_what_is_wrong_with_mail_or_schedule_is_said_before_the_work(desk, capsys):
    good = CONFIG.format(port=25)
    for wrong, said in (
        (good.replace('host = "localhost"', ""), "has recipients, and mail.host is empty"),
        (good.replace('sender = "desk@example.org"', ""), "sender"),
        (good.replace("daily 07:00", "every morning"), "schedule"),
    ):
        (desk / "briefs.toml").write_text(wrong, encoding="utf-8")
        assert run_cli(["run", "--date", DAY]) == 3
        assert said in capsys.readouterr().err
    assert not (desk / "out").exists()


class Now:
    """The clock of `briefs run`, in Tokyo."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr("briefs.cli.running._now", lambda: self.time)

    def set(self, text):
        self.time = dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(dt.UTC)


def test_what_is_due_is_made_once(desk, server, capsys, monkeypatch):
    now = Now(monkeypatch)
    now.set("2026-11-23T06:50")
    assert run_cli(["run", "--due", "--date", DAY]) == 2
    assert run_cli(["run", "--due", "--dry-run"]) == 0
    assert not (desk / "out").exists()
    assert run_cli(["run", "--due"]) == 0
    assert not server.received
    now.set("2026-11-23T07:01")
    capsys.readouterr()
    assert run_cli(["run", "--due", "--dry-run"]) == 0
    assert f"would write {desk}/out/2026-11-23-asia.html" in capsys.readouterr().out
    for _ in range(2):
        assert run_cli(["run", "--due"]) == 0
        assert recipients(server) == ["ana@example.org", "bo@example.org"]
    assert run_cli(["run", "--due", "--dry-run"]) == 0
    assert "nothing is due" in capsys.readouterr().err


def test_by_hand_a_brief_has_the_date_of_its_own_time_zone(desk, server, capsys, monkeypatch):
    now = Now(monkeypatch)
    now.set("2026-11-23T06:50")  # on the 22nd in UTC
    run_cli(["run", "--due"])
    now.set("2026-11-23T07:01")
    assert run_cli(["run", "--due"]) == 0
    assert run_cli(["run"]) == 0
    assert set(capsys.readouterr().out.split()) == {"out/2026-11-23-asia.html"}
    assert len(recipients(server)) == 2


def test_a_held_mail_is_told_once_and_not_by_every_idle_call(desk, server, capsys, monkeypatch):
    now = Now(monkeypatch)
    now.set("2026-11-23T06:50")
    run_cli(["run", "--due"])
    now.set("2026-11-23T07:01")
    server.faults["end"] = "keep and drop"
    assert run_cli(["run", "--due", "-q"]) == 8
    assert "held" in capsys.readouterr().err
    server.faults.clear()
    assert run_cli(["run", "--due", "-q"]) == 0
    assert capsys.readouterr().err == ""
    assert run_cli(["run", "-q"]) == 8


def test_a_second_run_is_locked_out_and_a_timer_says_nothing_of_it(desk, capsys):
    from briefs.config import Settings

    with Workspace(Settings(out=str(desk / "out"))):
        assert run_cli(["run", "--date", DAY]) == 9
        assert "another run" in capsys.readouterr().err
        assert run_cli(["run", "--due", "-q"]) == 9
        assert capsys.readouterr().err == ""


class Check(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.pinged.append((self.path, body.split(": ")[1]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def check():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Check) as server:
        server.pinged = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_health_check_and_prometheus_are_told(desk, server, check, capsys):
    address = f"http://127.0.0.1:{check.server_port}/ping/asia"
    arguments = ["--healthcheck", address, "--metrics", "briefs.prom", "--log-file", "log"]
    assert run_cli(["run", "--date", DAY, *arguments]) == 0
    server.refused["bo@example.org"] = "451 later"
    assert run_cli(["run", "--date", "2026-11-22", *arguments]) == 8
    assert check.pinged == [("/ping/asia", "exit 0"), ("/ping/asia/fail", "exit 8")]
    text = (desk / "briefs.prom").read_text(encoding="utf-8")
    assert 'briefs_points{brief="asia"} ' in text
    assert 'briefs_deliveries{state="queued"} 1' in text
    log = (desk / "log").read_text(encoding="utf-8")
    assert "brief asia, edition 2026-11-23, run 1, done, 1 articles" in log
    assert "mails" in log
    assert run_cli(["outbox", "drop", "all"]) == 0
    for address in ("http://[::1", "https://ex..ample/"):
        assert run_cli(["run", "--date", DAY, "-q", "--healthcheck", address]) == 0
    check.shutdown()
    check.server_close()
    server.refused.clear()
    assert run_cli(["run", "--date", DAY, "-q", *arguments]) == 0
    assert "health check was not told" in capsys.readouterr().err


def test_a_dry_run_says_what_would_be_fetched_and_mailed_and_fetches_nothing(desk, check, capsys):
    feed = f"http://user:secret@127.0.0.1:{check.server_port}/feed"
    (desk / "list.txt").write_text("https://example.org/a\nnonsense\n", encoding="utf-8")
    more = f'feeds = ["{feed}"]\nurls = ["list.txt"]\n'
    (desk / "briefs.toml").write_text(CONFIG.format(port=25) + more, encoding="utf-8")
    assert run_cli(["run", "--date", DAY, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "asia: 1 documents, 1 unreadable" in out
    assert f"would fetch http://127.0.0.1:{check.server_port}/feed\n" in out
    assert "would fetch https://example.org/a\n" in out
    assert "would mail Ana Ruiz <ana@example.org>, bo@example.org\n" in out
    assert "secret" not in out
    assert not (desk / "out").exists()


def test_doctor_and_memory_look_at_the_config_of_this_folder(desk, capsys):
    assert run_cli(["doctor", "--json"]) in (0, 5)
    found = {finding["what"]: finding["detail"] for finding in json.loads(capsys.readouterr().out)}
    assert found["config"] == "briefs.toml"
    assert "2 recipients" in found["mail"]
    assert found["schedule"].startswith("asia;")
