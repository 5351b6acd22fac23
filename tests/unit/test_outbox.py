"""The outbox: queued once, sent once, tried again, given up, held; killed at every step; two at once."""

import fcntl
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import outbox_child
import pytest
from mail_server import MailServer

from briefs.config import MailSettings
from briefs.deliver.outbox import flush
from briefs.deliver.smtp import LATER, NEVER, SENT, UNSURE, Answer, MailSetupError
from briefs.errors import ConfigError, LockError
from briefs.workspace.outbox import Address, Message, Outbox, Settled, queue
from briefs.workspace.store import transaction

MONDAY, TUESDAY = ("daily", "2026-11-23T07:00"), ("daily", "2026-11-24T07:00")
NOON = 1_790_000_000
MAIL = MailSettings(host="mail.example.org", attempts=4, backoff=300.0)
ANSWERS = {"sent": Answer(SENT, "250 ok"), "later": Answer(LATER, "451 later"), "never": Answer(NEVER, "550 unknown")}


class Clock:
    """A clock that a test moves."""

    now = NOON

    def __call__(self):
        return self.now


class Sender:
    """Answers as it is told, by recipient, and keeps what it was given."""

    def __init__(self, **answers):
        self.answers, self.sent, self.calls = answers, [], 0

    def send(self, recipients, data, before_end):
        self.calls += 1
        if fault := self.answers.get("fault"):
            raise fault
        found = [self.answers.get(each[0], ANSWERS["sent"]) for each in recipients]
        if any(answer.end in (SENT, UNSURE) for answer in found):
            before_end()
        self.sent += [(each, data) for each, answer in zip(recipients, found, strict=True) if answer.end == SENT]
        return found


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outbox(tmp_path, clock):
    with Outbox(tmp_path / "deep", clock) as found:
        yield found


def own(*names, body=b"body"):
    return Message(body, tuple(Address(f"{name}@x.org", f"To: {name}\r\n") for name in names))


def shared(*names):
    return Message(b"shared", tuple(Address(f"{name}@x.org", "To: all\r\n") for name in names))


def states(outbox):
    return {each.recipient[0]: each.state for each in outbox.deliveries(everything=True)}


def test_a_recipient_gets_an_edition_once_however_often_it_is_queued(outbox):
    sender = Sender()
    assert outbox.add(MONDAY, [own("a", "b"), shared("c", "d")]) == 4
    assert outbox.add(MONDAY, [own("a", "B"), own("e")]) == 1
    assert flush(outbox, sender, MAIL).count("sent") == 5
    assert outbox.add(MONDAY, [own("a", "b", "c", "d", "e", body=b"other")]) == 0
    assert flush(outbox, sender, MAIL).deliveries == ()
    assert sender.sent == [
        ("a@x.org", b"To: a\r\nbody"),
        ("b@x.org", b"To: b\r\nbody"),
        ("c@x.org", b"To: all\r\nshared"),
        ("d@x.org", b"To: all\r\nshared"),
        ("e@x.org", b"To: e\r\nbody"),
    ]
    assert sender.calls == 4, "a shared message is one transmission"
    assert outbox.add(TUESDAY, [own("a")]) == 1


def test_what_is_queued_in_a_transaction_that_fails_was_never_queued(outbox):
    def fail():
        with transaction(outbox.connection):
            assert queue(outbox.connection, 7, MONDAY, [own("a", "b")], NOON) == 2
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert outbox.deliveries() == []
    assert outbox.connection.execute("SELECT count(*) FROM message").fetchone() == (0,)


def test_deliveries_are_counted_by_edition(outbox):
    outbox.add(MONDAY, [own("a", "b")])
    outbox.add(TUESDAY, [own("a")])
    flush(outbox, Sender(a=ANSWERS["never"]), MAIL)
    assert outbox.tally(MONDAY) == {"failed": 1, "sent": 1}
    assert outbox.tally() == {"failed": 2, "sent": 1}
    assert outbox.tally(("daily", "2026-11-25")).total() == 0
    assert [each.edition for each in outbox.deliveries(edition=TUESDAY)] == [TUESDAY[1]]
    assert [each.state for each in outbox.deliveries(edition=MONDAY, everything=True)] == ["failed", "sent"]


def test_attempts_wait_twice_as_long_each_time_and_end(outbox, clock):
    outbox.add(MONDAY, [own("a")])
    sender = Sender(a=ANSWERS["later"])
    for number, wait in ((1, 300), (2, 600), (3, 1200)):
        assert flush(outbox, sender, MAIL).count("queued") == 1
        (delivery,) = outbox.deliveries()
        assert (delivery.attempts, delivery.after, delivery.reply) == (number, clock.now + wait, "451 later")
        clock.now += wait - 1
        assert flush(outbox, sender, MAIL).deliveries == ()
        clock.now += 1
    assert flush(outbox, sender, MAIL).count("failed") == 1
    assert outbox.deliveries()[0].reply == "given up after 4 attempts: 451 later"
    clock.now += 10**9
    assert flush(outbox, sender, MAIL).deliveries == ()
    assert sender.calls == 4


def test_no_wait_is_longer_than_a_day_and_early_waits_for_none(outbox, clock):
    patient = MailSettings(host="mail.example.org", attempts=100, backoff=80_000.0)
    outbox.add(MONDAY, [own("a")])
    for _ in range(3):
        flush(outbox, Sender(a=ANSWERS["later"]), patient, early=True)
    assert outbox.deliveries()[0].after == clock.now + 86_400
    assert outbox.deliveries()[0].attempts == 3
    assert flush(outbox, Sender(), patient, early=True).count("sent") == 1


def test_without_a_wait_a_message_is_still_tried_once_a_flush(outbox):
    outbox.add(MONDAY, [own("a", "b"), shared("c", "d")])
    hasty = MailSettings(host="mail.example.org", backoff=0.0)
    sender = Sender(a=ANSWERS["later"], c=ANSWERS["later"])
    assert flush(outbox, sender, hasty).count("queued") == 2
    assert sender.calls == 3


def test_a_clock_that_was_years_ahead_keeps_no_mail_back(outbox, clock):
    outbox.add(MONDAY, [own("a")])
    clock.now = NOON + 10 * 365 * 86_400
    flush(outbox, Sender(a=ANSWERS["later"]), MAIL)
    clock.now = NOON
    assert flush(outbox, Sender(), MAIL).count("sent") == 1


def test_the_refused_fail_with_the_servers_words_and_the_unsure_are_held(outbox, clock):
    outbox.add(MONDAY, [shared("a", "b", "c"), own("d")])
    sender = Sender(b=ANSWERS["never"], c=ANSWERS["later"], d=Answer(UNSURE, "connection lost"))
    done = flush(outbox, sender, MAIL)
    assert states(outbox) == {"a": "sent", "b": "failed", "c": "queued", "d": "held"}
    assert [done.count(state) for state in ("sent", "failed", "queued", "held")] == [1, 1, 1, 1]
    assert {each.recipient: each.reply for each in outbox.deliveries()} == {
        "b@x.org": "550 unknown",
        "c@x.org": "451 later",
        "d@x.org": "connection lost",
    }
    clock.now += 300
    sender.answers.clear()
    flush(outbox, sender, MAIL)
    assert [recipient for recipient, _ in sender.sent] == ["a@x.org", "c@x.org"]


def test_the_operators_fault_stops_the_flush_and_costs_no_attempt(outbox, clock):
    outbox.add(MONDAY, [own("a", "b")])
    sender = Sender(fault=MailSetupError("535 wrong password", hint="correct it"))
    done = flush(outbox, sender, MAIL)
    assert done.fault is sender.answers["fault"]
    assert sender.calls == 1
    first, second = outbox.deliveries()
    assert (first.state, first.attempts, first.after, first.reply) == ("queued", 0, NOON + 300, "535 wrong password")
    assert (second.state, second.attempts, second.after) == ("queued", 0, 0)
    assert flush(outbox, Sender(), MAIL, early=True).count("sent") == 2


def test_held_and_failed_mail_is_retried_or_dropped_by_hand(outbox):
    outbox.add(MONDAY, [own("a", "b", "c", "d")])
    sender = Sender(a=Answer(UNSURE, "lost"), b=ANSWERS["never"], c=ANSWERS["later"])
    flush(outbox, sender, MAIL)
    assert outbox.retry([1, 2, 4, 99]) == [1, 2]
    assert outbox.drop([3, 4]) == [3]
    assert states(outbox) == {"a": "queued", "b": "queued", "c": "dropped", "d": "sent"}
    assert [each.attempts for each in outbox.deliveries()] == [0, 0]
    sender.answers.clear()
    assert flush(outbox, sender, MAIL).count("sent") == 2
    assert outbox.add(MONDAY, [own("c")]) == 0, "what was dropped stays dropped"


def test_what_another_process_is_sending_is_neither_retried_nor_dropped(outbox, tmp_path):
    outbox.add(MONDAY, [own("a")])
    with Outbox(tmp_path / "deep") as other, other.lock():
        other.claim()
        assert outbox.retry([1]) == outbox.drop([1]) == []
    assert outbox.drop([1]) == [1], "the other is gone"


def test_one_process_sends_at_a_time(outbox, tmp_path):
    with Outbox(tmp_path / "deep") as other, other.lock():
        with pytest.raises(LockError) as caught, outbox.lock(patience=0.06):
            pass
        assert caught.value.exit_code == 9
    with outbox.lock(patience=0):
        pass


def test_a_lock_file_that_was_removed_locks_nobody_out_and_lets_nothing_go_twice(outbox, tmp_path):
    outbox.add(MONDAY, [own("a")])
    first, second = Sender(), Sender()
    plain_send = first.send

    def send(recipients, data, before_end):
        (outbox.folder / "outbox.lock").unlink()
        with Outbox(tmp_path / "deep") as other:
            flush(other, second, MAIL)
        return plain_send(recipients, data, before_end)

    first.send = send
    with pytest.raises(LockError, match="took over"):
        flush(outbox, first, MAIL)
    assert (len(first.sent), len(second.sent)) == (0, 1)
    assert states(outbox) == {"a": "sent"}


def test_a_claim_of_another_process_is_neither_marked_nor_settled(outbox):
    outbox.add(MONDAY, [own("a")])
    ids = [each.id for each in outbox.claim().deliveries]
    outbox.connection.execute("UPDATE delivery SET owner='1'")
    with pytest.raises(LockError, match="took over"):
        outbox.mark_unsure(ids)
    outbox.settle([(ids[0], Settled("failed", "no"))])
    assert states(outbox) == {"a": "sending"}


def test_the_lock_is_on_the_file_that_others_see(outbox, tmp_path, monkeypatch):
    path, flock, calls = outbox.folder / "outbox.lock", fcntl.flock, []

    def removed_first(file, how):
        calls.append(how)
        if len(calls) == 1:
            path.unlink()
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", removed_first)
    with outbox.lock(), Outbox(tmp_path / "deep") as other, pytest.raises(LockError), other.lock(patience=0):
        pass
    assert len(calls) == 3


@pytest.mark.parametrize(("unsure", "state"), [(False, "queued"), (True, "held")])
def test_the_claim_of_a_process_that_died_is_taken_over(outbox, unsure, state):
    outbox.add(MONDAY, [own("a")])
    claim = outbox.claim()
    if unsure:
        outbox.mark_unsure([claim.deliveries[0].id])
    assert outbox.deliveries()[0].owner == str(os.getpid())
    with outbox.lock():
        assert states(outbox) == {"a": state}
    sender = Sender()
    flush(outbox, sender, MAIL)
    assert len(sender.sent) == (0 if unsure else 1)
    if unsure:
        assert "awaited" in outbox.deliveries()[0].reply


def test_the_text_of_what_arrived_is_forgotten_after_a_week(outbox, clock):
    outbox.add(MONDAY, [own("a")])
    outbox.add(MONDAY, [own("b")])
    flush(outbox, Sender(b=ANSWERS["never"]), MAIL)

    def bodies():
        return [body for (body,) in outbox.connection.execute("SELECT body FROM message ORDER BY id")]

    clock.now += 6 * 86_400
    flush(outbox, Sender(), MAIL)
    assert bodies() == [b"body", b"body"]
    clock.now += 2 * 86_400
    flush(outbox, Sender(), MAIL)
    assert bodies() == [None, b"body"]
    assert outbox.add(MONDAY, [own("a")]) == 0


def test_a_claim_outlives_a_power_cut(outbox):
    full = 2
    assert outbox.connection.execute("PRAGMA synchronous").fetchone() == (full,)


def test_a_workspace_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        Outbox(tmp_path / "file" / "deep")
    assert caught.value.hint


def run_child(*arguments):
    root = Path(outbox_child.__file__).parents[1]
    command = [sys.executable, outbox_child.__file__, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)})


def test_killed_at_every_step_and_started_again_each_gets_it_once_or_it_is_held(tmp_path):
    with MailServer("none") as server:
        with run_child("kill", tmp_path, server.port) as process:
            lines, _ = process.communicate(timeout=150)
        received = Counter(recipient for message in server.received for recipient in message.recipients)
    results = [json.loads(line) for line in lines.splitlines()]
    assert results[-1]["step"] is None, "the last one came to its end"
    assert len(results) > 60
    held = Counter()
    for number, result in enumerate(results, 1):
        unsure = {recipient for recipient, state, is_unsure in result["before"] if state == "sending" and is_unsure}
        after = {recipient: state for recipient, state, _ in result["after"]}
        assert list(after) == [f"{name}{number}@example.org" for name in "abc"]
        for recipient, state in after.items():
            # Held is what had been handed over but for the answer, and nothing else.
            assert state == ("held" if recipient in unsure else "sent"), result
            assert received.pop(recipient, 0) in ({0, 1} if recipient in unsure else {1}), result
        held[result["step"]] += bool(unsure)
    assert not received
    # From when the end may go out until the answer is written down.
    window = {"before send", "before the answer", "after the answer", "BEGIN IMMEDIATE", "UPDATE delivery", "COMMIT"}
    assert set(+held) <= window
    assert held["before the answer"] == held["after the answer"] == 2, "once a transmission"


def test_two_processes_that_send_at_once_send_each_message_once(tmp_path):
    with Outbox(tmp_path) as outbox:
        outbox.add(MONDAY, [own(*(f"{n}r" for n in range(15)))])
    with MailServer("none") as server:
        server.faults["MAIL"] = []
        with run_child("flush", tmp_path, server.port) as one, run_child("flush", tmp_path, server.port) as other:
            counts = [int(process.communicate(timeout=60)[0]) for process in (one, other)]
        received = [recipient for message in server.received for recipient in message.recipients]
    assert sum(counts) == 15
    assert sorted(received) == sorted(f"{n}r@x.org" for n in range(15))
    assert all(re.fullmatch(r"\d+r@x\.org", each) for each in received)
