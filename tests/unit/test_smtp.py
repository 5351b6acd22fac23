"""Mail to a real SMTP server: every way in, and every way that a conversation can end."""

import contextlib
import logging
import socket
import stat
import sys
import threading
import time
import types

import pytest
from mail_server import PASSWORD, MailServer

from briefs.config import MailSettings
from briefs.deliver.secret import find_password
from briefs.deliver.smtp import LATER, NEVER, SENT, UNSURE, MailSetupError, SmtpSender, check_server
from briefs.errors import ConfigError, DependencyError

DATA = b"Subject: dots\r\n\r\n.\r\n..two\r\n.one\r\nend\r\n"
LARGE = b"Subject: large\r\n\r\n" + b"0123456789\r\n" * 700_000  # more than the buffers between us and the server hold


@pytest.fixture(scope="module")
def _server():
    with MailServer() as server:
        yield server


@pytest.fixture
def server(_server):
    _server.faults.clear()
    _server.refused.clear()
    _server.received.clear()
    _server.commands.clear()
    _server.connections = 0
    return _server


def send(settings, recipients=("ana@example.org",), data=DATA):
    """One message over a connection of its own; and how often its end was about to go out."""
    ends = []
    with SmtpSender(settings) as sender:
        answers = sender.send(recipients, data, lambda: ends.append(1))
    return answers, len(ends)


@pytest.mark.parametrize("auth", ["auto", "plain", "login", "xoauth2"])
def test_a_message_arrives_as_it_is_over_starttls(server, auth):
    answers, ends = send(server.settings(auth=auth), ["ana@example.org", "bo@example.org"])
    assert answers == [(SENT, "250 taken")] * 2
    assert ends == 1
    (received,) = server.received
    assert received == ("desk@example.org", ["ana@example.org", "bo@example.org"], DATA)
    wanted = "PLAIN" if auth == "auto" else auth.upper()
    steps = [command.split()[0] for command in server.commands]
    assert steps == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "RCPT", "DATA", "QUIT"]
    assert server.commands[3].startswith(f"AUTH {wanted} ")


def test_auto_takes_what_is_offered_and_says_what_is_if_that_is_none():
    with MailServer(mechanisms=("LOGIN",)) as server:
        assert send(server.settings())[0][0].end == SENT
        assert [c for c in server.commands if c.startswith("AUTH LOGIN")]
        with pytest.raises(MailSetupError) as caught:
            send(server.settings(auth="xoauth2"))
        assert "login" in caught.value.hint


@pytest.mark.parametrize("security", ["tls", "none"])
def test_a_message_arrives_over_other_connections(security):
    with MailServer(security) as server:
        assert send(server.settings())[0] == [(SENT, "250 taken")]
        assert server.received[0].data == DATA
        server.faults["connect"] = "drop"
        assert send(server.settings())[0][0].end == LATER


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ca_file": ""}, "not trusted"),
        ({"host": "127.0.0.1"}, "not trusted"),  # the certificate is for another name
        ({"security": "tls"}, "not trusted"),  # no TLS from the first byte
        ({"password": "wrong"}, "refuses the login"),
        ({"password": "wrong", "auth": "login"}, "refuses the login"),
        ({"password": "wrong", "auth": "xoauth2"}, "refuses the login"),
        ({"password": ""}, "no password"),
        ({"host": ""}, "mail.host is empty"),
        ({"host": "mail.example.org", "security": "none"}, "for all to read"),
        ({"ca_file": "/nowhere.pem"}, "no certificates"),
        ({"sender": "", "user": "", "password": ""}, "mail.sender is empty"),
    ],
)
def test_what_the_operator_must_mend_is_said_and_nothing_is_sent(server, changes, words):
    with pytest.raises(MailSetupError, match=words) as caught:
        send(server.settings(**changes))
    assert caught.value.hint
    assert caught.value.exit_code == 8
    assert not [command for command in server.commands if command.startswith("MAIL")]


def test_a_server_without_starttls_gets_neither_password_nor_message():
    with MailServer("none") as server:
        with pytest.raises(MailSetupError, match="no STARTTLS"):
            send(server.settings(security="starttls", user="desk@example.org"))
        assert [command.split()[0] for command in server.commands] == ["EHLO"]


def test_a_server_that_wants_a_login_says_so(server):
    server.faults["MAIL"] = "530 5.7.0 Authentication required"
    with pytest.raises(MailSetupError, match="wants a login"):
        send(server.settings(user=""))


BEFORE_END = ("connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "body")


@pytest.mark.parametrize("step", BEFORE_END)
def test_a_connection_that_drops_before_the_end_is_tried_again_later(server, step):
    server.faults[step] = "drop"
    answers, ends = send(server.settings(), data=LARGE)
    assert answers[0].end == LATER
    assert ends == 0
    assert server.received == []


@pytest.mark.parametrize(("reply", "end"), [("552 too large", NEVER), ("452 disk full", LATER)])
def test_a_server_that_refuses_in_the_middle_never_gets_the_end(server, reply, end):
    server.faults["body"] = reply
    answers, ends = send(server.settings(), data=LARGE)
    assert answers == [(end, reply)]
    assert ends == 0
    assert server.received == []


@pytest.mark.parametrize(("fault", "kept"), [("drop", 0), ("keep and drop", 1)])
def test_a_connection_that_drops_after_the_end_leaves_us_unsure(server, fault, kept):
    server.faults["end"] = fault
    answers, ends = send(server.settings())
    assert answers[0].end == UNSURE
    assert "no answer to the end" in answers[0].words
    assert ends == 1
    assert len(server.received) == kept


def test_a_connection_that_drops_at_the_goodbye_changes_nothing(server):
    server.faults["QUIT"] = "drop"
    assert send(server.settings())[0][0].end == SENT


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "end"])
@pytest.mark.parametrize(("code", "end"), [("451", LATER), ("554", NEVER), ("421", LATER)])
def test_a_refusal_is_for_now_or_for_good_and_keeps_the_server_words(server, step, code, end):
    server.faults[step] = f"{code} 5.7.1 not\u0007 today".encode().decode() if code != "554" else "554 never"
    answers, _ = send(server.settings())
    assert answers[0].end == end
    assert answers[0].words == ("554 never" if code == "554" else f"{code} 5.7.1 not today")
    assert server.received == []


@pytest.mark.parametrize("step", ["connect", "EHLO", "STARTTLS", "AUTH"])
def test_a_refused_conversation_is_for_now_or_the_operators_business(server, step):
    server.faults[step] = "454 not now"
    answers, _ = send(server.settings())
    assert answers == [(LATER, "454 not now")]
    server.faults[step] = "554 go away"
    with pytest.raises(MailSetupError, match="554 go away"):
        send(server.settings())
    assert server.received == []


def test_an_answer_that_is_none_is_for_later_and_at_the_end_unsure(server):
    server.faults["DATA"] = "250 what?"
    assert send(server.settings())[0][0].end == LATER
    server.faults["DATA"] = None
    server.faults["end"] = "333 perhaps"
    assert send(server.settings())[0][0].end == UNSURE


@pytest.mark.parametrize(("step", "end"), [("MAIL", LATER), ("end", UNSURE)])
def test_a_server_that_falls_silent_is_left(server, monkeypatch, step, end):
    monkeypatch.setattr("briefs.deliver.smtp._END_FACTOR", 1)
    server.faults[step] = "silence"
    began = time.monotonic()
    assert send(server.settings(seconds=0.8))[0][0].end == end
    assert time.monotonic() - began < 10


def test_a_server_that_cannot_be_reached_is_asked_once(server, monkeypatch):
    calls = []
    monkeypatch.setattr("smtplib.SMTP.connect", lambda *_: calls.append(1) or (_ for _ in ()).throw(OSError(111, "no")))
    with SmtpSender(server.settings()) as sender:
        for _ in range(3):
            assert sender.send(["ana@example.org"], DATA, calls.clear) == [(LATER, "localhost: no")]
    assert calls == [1]


def test_only_refused_recipients_fail(server):
    server.refused |= {"bo@example.org": "550 no such user", "cy@example.org": "452 too many"}
    answers, ends = send(server.settings(), ["ana@example.org", "bo@example.org", "cy@example.org"])
    assert answers == [(SENT, "250 taken"), (NEVER, "550 no such user"), (LATER, "452 too many")]
    assert server.received[0].recipients == ["ana@example.org"]
    answers, ends = send(server.settings(), ["bo@example.org", "cy@example.org"])
    assert [answer.end for answer in answers] == [NEVER, LATER]
    assert ends == 0
    assert len(server.received) == 1


def test_messages_share_a_connection_and_a_new_one_is_made_when_it_dropped(server):
    with SmtpSender(server.settings()) as sender:
        server.faults["end"] = [None, "451 later", None, "drop", None]
        ends = [sender.send(["ana@example.org"], DATA, list)[0].end for _ in range(5)]
    assert ends == [SENT, LATER, SENT, UNSURE, SENT]
    assert server.connections == 2
    assert len(server.received) == 3


def test_a_message_whose_end_may_not_go_out_is_forgotten_by_the_server(server):
    def refuse():
        raise ConfigError("the store cannot be written")

    with SmtpSender(server.settings()) as sender:
        with pytest.raises(ConfigError, match="the store"):
            sender.send(["ana@example.org"], DATA, refuse)
        assert sender.send(["bo@example.org"], DATA, list)[0].end == SENT
    assert [received.recipients for received in server.received] == [["bo@example.org"]]


def test_the_password_is_nowhere_to_be_read(server, caplog):
    caplog.set_level(logging.DEBUG)
    settings = server.settings(auth="plain")
    told = []
    with SmtpSender(settings) as sender:
        sender.send(["ana@example.org"], DATA, list)
        told += [repr(sender), repr(settings), str(settings)]
    # A server that repeats what it was told.
    coded = server.commands[3].split()[2]
    server.faults["AUTH"] = f"535 bad command AUTH PLAIN {coded} of {PASSWORD.replace('ü', 'u')}"
    with pytest.raises(MailSetupError) as caught:
        send(settings)
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # that is the server's
    told += [str(caught.value), caught.value.hint, *ours]
    assert "***" in str(caught.value)
    for text in told:
        assert PASSWORD not in text
        assert coded not in text


def test_a_password_file_must_be_its_owners_alone(server, tmp_path):
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\r\nsecond line\n", encoding="utf-8")
    path.chmod(0o600)
    settings = server.settings(password="", password_file=str(path))
    assert find_password(settings) == PASSWORD
    assert send(settings)[0][0].end == SENT
    for bit in (stat.S_IRGRP, stat.S_IROTH, stat.S_IWOTH):
        path.chmod(0o600 | bit)
        with pytest.raises(ConfigError, match="by others") as caught:
            find_password(settings)
        assert str(path) in caught.value.hint
    path.chmod(0o600)
    for content in (b"", b"\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match="first line"):
            find_password(settings)
    path.unlink()
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        find_password(settings)
    assert "write the password into it, chmod 600" in caught.value.hint


def test_a_password_from_the_keyring(server, monkeypatch):
    class KeyringError(Exception):
        pass

    def get_password(service, user):
        if service == "locked":
            raise KeyringError
        return PASSWORD if (service, user) == ("briefs", "desk@example.org") else None

    errors = types.SimpleNamespace(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", types.SimpleNamespace(get_password=get_password, errors=errors))
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert find_password(server.settings(password="", keyring="briefs")) == PASSWORD
    for service, words in (("other", "no password of"), ("locked", "cannot be asked: KeyringError")):
        with pytest.raises(ConfigError, match=words):
            find_password(server.settings(password="", keyring=service))
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(DependencyError, match="not installed"):
        find_password(server.settings(password="", keyring="briefs"))


def test_the_environment_wins_over_file_and_keyring(server):
    assert find_password(server.settings(password_file="/nowhere", keyring="none")) == PASSWORD


def test_the_server_is_examined_without_being_asked(server):
    assert check_server(server.settings()) == f"localhost:{server.port}"
    assert check_server(server.settings(port=0)) == "localhost:587"
    assert check_server(server.settings(port=0, security="tls")) == "localhost:465"
    assert server.connections == 0


@pytest.mark.parametrize(("pause", "words"), [(0.05, "timed out"), (0.0, "more than 100 lines")])
def test_an_answer_without_an_end_is_given_up(pause, words):
    def serve(listening):
        with contextlib.suppress(OSError), listening, listening.accept()[0] as connection:
            connection.sendall(b"220 hello\r\n")
            connection.recv(100)
            for _ in range(500):
                connection.sendall(b"250-" + b"x" * 5000 + b"\r\n")
                time.sleep(pause)

    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    thread = threading.Thread(target=serve, args=(listening,), daemon=True)
    thread.start()
    began = time.monotonic()
    settings = MailSettings(host="127.0.0.1", port=port, security="none", sender="desk@example.org", seconds=0.5)
    ((answer,), ends) = send(settings)
    assert (answer.end, ends) == (LATER, 0)
    assert words in answer.words
    assert time.monotonic() - began < 5
    thread.join(10)
