"""A process that sends from an outbox, for tests that kill it: `kill FOLDER PORT` or `flush FOLDER PORT`.

`kill` does the same work again and again, each time for another edition and in a process of its own, and kills that with
SIGKILL one step later than the last, a step being an SQL statement, something sent or an answer read. Then it does the work
again, unharmed. It prints a line of JSON for each.
"""

import json
import smtplib
import sys
from functools import partial
from pathlib import Path

from killing import killed_at

from briefs.config import MailSettings
from briefs.deliver import SmtpSender, flush
from briefs.workspace.outbox import Address, Message, Outbox


def messages(number):
    """One message to one recipient, and one that two share."""
    own = (Address(f"a{number}@example.org", "To: a\r\n"),)
    shared = tuple(Address(f"{name}{number}@example.org", "To: all\r\n") for name in "bc")
    return [Message(b"Subject: own\r\n\r\n.dot\r\n", own), Message(b"Subject: shared\r\n\r\ntext\r\n", shared)]


def work(folder, number, settings, step=None):
    """What a run does at its end."""
    with Outbox(folder) as outbox:
        # A killed process loses nothing that was written; only a power cut does, and waiting for the disk takes seconds.
        outbox.connection.execute("PRAGMA synchronous=OFF")
        if step:
            outbox.connection.set_trace_callback(lambda sql: step(" ".join(sql.split()[:2])))
        outbox.add(("daily", str(number)), messages(number))
        with SmtpSender(settings) as sender:
            flush(outbox, sender, settings)


def work_in_steps(folder, number, settings, step):
    """Do the work, telling each step."""
    smtplib.SMTP.send = stepping("before send", smtplib.SMTP.send, step)
    smtplib.SMTP.getreply = stepping("before the answer", smtplib.SMTP.getreply, step, "after the answer")
    work(folder, number, settings, step)


def stepping(before, method, step, after=""):
    """The method, with a step before it and perhaps one after it."""

    def stepped(self, *arguments):
        step(before)
        answer = method(self, *arguments)
        if after:
            step(after)
        return answer

    return stepped


def states(folder, number):
    """State and unsureness of each recipient of an edition."""
    with Outbox(folder) as outbox:
        query = "SELECT recipient, state, unsure FROM delivery WHERE edition=? ORDER BY id"
        return [list(row) for row in outbox.connection.execute(query, (str(number),))]


def main():
    """Do what the command line says."""
    what, folder, port = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    settings = MailSettings(host="localhost", port=port, security="none", sender="desk@example.org", seconds=10)
    if what == "flush":
        with Outbox(folder) as outbox, SmtpSender(settings) as sender:
            print(len(flush(outbox, sender, settings).deliveries))
        return
    number, step = 1, ""
    while step is not None:
        step = killed_at(number, partial(work_in_steps, folder, number, settings))
        before = states(folder, number)
        work(folder, number, settings)
        print(json.dumps({"step": step, "before": before, "after": states(folder, number)}), flush=True)
        number += 1


if __name__ == "__main__":
    main()
