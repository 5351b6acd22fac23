"""`briefs mail`, `briefs outbox` and `briefs deliver`, against a real server."""

import json

import pytest
from mail_server import PASSWORD, USER, MailServer, certificate

from briefs.cli import run_cli
from briefs.workspace.outbox import Address, Message, Outbox

EDITION = ("daily", "2026-11-23T07:00")


@pytest.fixture(scope="module")
def _server():
    with MailServer() as server:
        yield server


@pytest.fixture
def server(_server):
    _server.faults.clear()
    _server.refused.clear()
    _server.received.clear()
    return _server


@pytest.fixture
def folder(server, tmp_path, monkeypatch):
    """A folder with a briefs.toml, which is the working folder."""
    (tmp_path / "briefs.toml").write_text(
        f"""[mail]
host = "localhost"
port = {server.port}
ca_file = "{certificate()}.crt"
user = "{USER}"
sender = "Asia desk 編集部 <desk@example.org>"
backoff = 300
""",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFS_MAIL_PASSWORD", PASSWORD)
    return tmp_path


def queue(folder, *names):
    with Outbox(folder / "out" / ".briefs") as outbox:
        addresses = tuple(Address(f"{name}@example.org", f"To: {name}@example.org\r\n") for name in names)
        outbox.add(EDITION, [Message(b"Subject: brief\r\n\r\ntext\r\n", addresses)])


def test_a_test_message_is_sent_and_the_answer_printed(folder, server, capsys):
    assert run_cli(["mail", "test", "Ana <ana@example.org>"]) == 0
    assert capsys.readouterr().out == "sent to ana@example.org: 250 taken\n"
    (received,) = server.received
    assert received.recipients == ["ana@example.org"]
    assert received.message["From"].addresses[0].display_name == "Asia desk 編集部"


@pytest.mark.parametrize(
    ("step", "fault", "words"),
    [("RCPT", "550 no such user", "550 no such user"), ("AUTH", "535 bad", "535 bad"), ("connect", "drop", "closed")],
)
def test_a_test_message_that_is_not_taken_ends_with_the_servers_words(folder, server, capsys, step, fault, words):
    server.faults[step] = fault
    assert run_cli(["mail", "test", "ana@example.org"]) == 8
    error = capsys.readouterr().err
    assert words in error
    assert "hint:" in error
    assert PASSWORD not in error


def test_a_wrong_address_and_a_missing_config_are_errors_of_the_config(folder, capsys, tmp_path_factory, monkeypatch):
    assert run_cli(["mail", "test", "nobody"]) == 3
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    assert run_cli(["mail", "test", "ana@example.org"]) == 3
    assert "briefs.toml" in capsys.readouterr().err


def test_what_waits_is_delivered_and_what_is_left_is_listed(folder, server, capsys):
    assert run_cli(["deliver"]) == 0
    assert run_cli(["outbox", "show"]) == 0
    assert capsys.readouterr().out == "0 sent, 0 left\nnothing waits\n"
    queue(folder, "ana", "bo", "cy", "di")
    server.refused |= {"bo@example.org": "550 no such\x1b user", "cy@example.org": "451 later"}
    server.faults["end"] = [None, "keep and drop"]
    assert run_cli(["deliver", "--json"]) == 8
    report = json.loads(capsys.readouterr().out)
    assert report["sent"] == 1
    rows = {row["recipient"][0]: (row["state"], row["attempts"], row["reply"]) for row in report["left"]}
    assert rows["b"] == ("failed", 1, "550 no such user")
    assert rows["c"] == ("queued", 1, "451 later")
    assert rows["d"][:2] == ("held", 1)
    assert run_cli(["deliver"]) == 8, "what waits is not tried early"
    out = capsys.readouterr().out
    assert "0 sent, 3 left" in out
    assert "1 attempt, next 20" in out
    server.refused.clear()
    assert run_cli(["deliver", "--now"]) == 8
    assert capsys.readouterr().out.startswith("1 sent, 2 left")
    assert [received.recipients[0][0] for received in server.received] == ["a", "d", "c"]


def test_held_and_failed_mail_is_shown_retried_and_dropped(folder, server, capsys):
    queue(folder, "ana", "bo")
    server.refused["ana@example.org"] = "550 no"
    server.faults["end"] = "drop"
    assert run_cli(["deliver"]) == 8
    capsys.readouterr()
    assert run_cli(["outbox", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["1", "failed", *EDITION, "ana@example.org", "1", "attempt"]
    assert lines[1].strip() == "550 no"
    assert lines[2].split()[:2] == ["2", "held"]
    assert run_cli(["outbox", "retry", "1", "7"]) == 2
    assert capsys.readouterr().out == "1 queued again\n"
    assert run_cli(["outbox", "drop", "one"]) == 2
    assert run_cli(["outbox", "retry", "all"]) == 0
    server.faults.clear()
    server.refused.clear()
    assert run_cli(["outbox", "drop", "2"]) == 0
    assert run_cli(["deliver"]) == 0
    assert [received.recipients for received in server.received] == [["ana@example.org"]]
    capsys.readouterr()
    assert run_cli(["outbox", "show", "--all", "--json"]) == 0
    assert [(row["id"], row["state"]) for row in json.loads(capsys.readouterr().out)] == [(1, "sent"), (2, "dropped")]


def test_a_fault_of_the_settings_is_told_with_what_to_do_then(folder, server, capsys, monkeypatch):
    queue(folder, "ana")
    monkeypatch.setenv("BRIEFS_MAIL_PASSWORD", "wrong")
    assert run_cli(["deliver"]) == 8
    shown = capsys.readouterr()
    assert "refuses the login" in shown.err
    assert "briefs deliver --now" in shown.err
    assert "queued" in shown.out
    monkeypatch.setenv("BRIEFS_MAIL_PASSWORD", PASSWORD)
    assert run_cli(["deliver", "--now"]) == 0
    assert len(server.received) == 1


def test_there_is_no_outbox_before_the_first_run(folder):
    assert run_cli(["outbox", "retry", "all"]) == 2
    assert run_cli(["outbox", "show", "--json"]) == 0
    assert not (folder / "out").exists(), "looking makes nothing"
