"""The outbox: finished messages and how far each is on its way to each recipient.

One process at a time sends (a lock file of its own, as a run may be at work meanwhile), so a claim that is found under the
lock is one of a process that died. A claim is unsure from before the end of the data goes out until the server's answer is
written down: whether a message that was left there arrived, nobody can know, and it is held.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TextIO

from briefs.errors import ConfigError, LockError
from briefs.workspace.folder import STORE
from briefs.workspace.store import open_store, reading, transaction

WAITING = ("queued", "sending", "held", "failed")  # all that is neither sent nor dropped
_IS_WAITING = f"state IN {WAITING}"  # written as in the index, or SQLite does not use that
LONGEST_WAIT = 86_400  # seconds; a later attempt that lies further ahead was set by a clock that was wrong
_KEEP_BODIES = 7 * 86_400
_RESTED = "the program ended while the server's answer was awaited"
_OF_EDITION = "brief=? AND edition=?"
_COLUMNS = "id, message, brief, edition, recipient, state, owner, attempts, after, changed, reply"


class Address(NamedTuple):
    """A recipient, and the header lines that only their copy has; those of one shared message have the same."""

    recipient: str
    header: str


class Message(NamedTuple):
    """A finished message: what all copies have in common, and who gets one."""

    body: bytes
    addresses: tuple[Address, ...]


class Delivery(NamedTuple):
    """The way of a message to one recipient; times in seconds since 1970."""

    id: int
    message: int
    brief: str
    edition: str
    recipient: str
    state: str
    owner: str
    attempts: int
    after: int
    changed: int
    reply: str


class Claim(NamedTuple):
    """One transmission: the deliveries that it serves, and the message as it goes out."""

    deliveries: tuple[Delivery, ...]
    data: bytes


class Settled(NamedTuple):
    """What became of an attempt: the new state, the server's words, the earliest next attempt; may it count?"""

    state: str
    reply: str
    after: int = 0
    counts: bool = True


def queue(
    connection: sqlite3.Connection, run: int | None, edition: tuple[str, str], messages: Iterable[Message], now: float
) -> int:
    """Queue messages of an edition (brief, edition) inside the caller's transaction; return how many deliveries are new.

    What was queued for a recipient before, whatever became of it, is not queued again.
    """
    query = "SELECT lower(recipient) FROM delivery WHERE brief=? AND edition=?"
    known = {recipient for (recipient,) in connection.execute(query, edition)}
    new = 0
    for message in messages:
        fresh = [address for address in message.addresses if address.recipient.lower() not in known]
        if not fresh:
            continue
        known |= {address.recipient.lower() for address in fresh}
        number = connection.execute("INSERT INTO message (run, body) VALUES (?, ?)", (run, message.body)).lastrowid
        connection.executemany(
            """INSERT INTO delivery (message, brief, edition, recipient, header, state, changed)
            VALUES (?, ?, ?, ?, ?, 'queued', ?)""",
            [(number, *edition, address.recipient, address.header, int(now)) for address in fresh],
        )
        new += len(fresh)
    return new


class Outbox:
    """The outbox of a workspace, open for sending, looking and mending."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Open or make the store in `folder`; ConfigError if that cannot be done."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{folder}: {error.strerror}", hint="choose another workspace") from error
        self.clock = clock
        self.connection = open_store(folder / STORE)
        # A claim must outlive a power cut too, or what was sent would be sent again.
        self.connection.execute("PRAGMA synchronous=FULL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def add(self, edition: tuple[str, str], messages: Iterable[Message]) -> int:
        """Queue messages of an edition that no run made; return how many deliveries are new."""
        with transaction(self.connection):
            return queue(self.connection, None, edition, messages, self.clock())

    @contextlib.contextmanager
    def lock(self, patience: float = 60.0) -> Iterator[None]:
        """Be the only process that sends, and clear up after one that died; LockError if another goes on sending."""
        until = time.monotonic() + patience
        while (file := self._try_lock()) is None:
            if time.monotonic() >= until:
                raise LockError(f"another process is sending mail from {self.folder}", hint="wait for it to end")
            time.sleep(0.05)
        with file:
            self._recover()
            yield

    def _try_lock(self) -> TextIO | None:
        """The lock file, locked; None if another process has the lock, or the file was removed meanwhile."""
        path = self.folder / "outbox.lock"
        try:
            file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror})", hint="see who owns the file") from error
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The lock on a file that was removed keeps nobody away who makes a new one.
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        file.close()
        return None

    def _recover(self) -> None:
        with transaction(self.connection):
            self.connection.execute(
                f"""UPDATE delivery SET state=iif(unsure, 'held', 'queued'), reply=iif(unsure, ?, reply), changed=?,
                owner='' WHERE state='sending' AND {_IS_WAITING}""",  # noqa: S608 - our own words
                (_RESTED, self._now()),
            )

    def claim(self, above: int = 0, *, early: bool = False) -> Claim | None:
        """Take the next message that is due and whose deliveries lie above a number; `early` takes what waits, too."""
        query = f"""SELECT {_COLUMNS}, header FROM delivery WHERE state='queued' AND {_IS_WAITING} AND id>:above
            AND (:early OR after<=:now OR after>:now+{LONGEST_WAIT})"""  # noqa: S608 - our own words
        values = {"above": above, "now": self._now(), "early": early}
        with transaction(self.connection):
            first = self.connection.execute(f"{query} ORDER BY id LIMIT 1", values).fetchone()
            if first is None:
                return None
            group = f"{query} AND message=:message AND header=:header ORDER BY id"
            values |= {"message": first[1], "header": first[-1]}
            deliveries = [Delivery(*row[:-1]) for row in self.connection.execute(group, values)]
            ((body,),) = self.connection.execute("SELECT body FROM message WHERE id=?", (first[1],)).fetchall()
            self.connection.executemany(
                "UPDATE delivery SET state='sending', unsure=0, owner=?, attempts=attempts+1, changed=? WHERE id=?",
                [(str(os.getpid()), self._now(), each.id) for each in deliveries],
            )
        return Claim(tuple(each._replace(attempts=each.attempts + 1) for each in deliveries), first[-1].encode() + body)

    def mark_unsure(self, ids: Iterable[int]) -> None:
        """Write down that the end of the data is about to go out; LockError if another process took the deliveries over."""
        query = "UPDATE delivery SET unsure=1 WHERE id=? AND state='sending' AND owner=?"
        with transaction(self.connection):
            for id_ in ids:
                if self.connection.execute(query, (id_, str(os.getpid()))).rowcount != 1:
                    hint = "never remove outbox.lock while mail is sent"
                    raise LockError(f"another process took over the mail of {self.folder}", hint=hint)

    def settle(self, ends: Iterable[tuple[int, Settled]]) -> None:
        """Write down what became of deliveries that were claimed."""
        query = """UPDATE delivery SET state=?, reply=?, after=?, attempts=attempts-?, unsure=0, owner='', changed=?
            WHERE id=? AND state='sending' AND owner=?"""
        with transaction(self.connection):
            self.connection.executemany(
                query,
                [(*end[:3], not end.counts, self._now(), id_, str(os.getpid())) for id_, end in ends],
            )

    def deliveries(self, *, everything: bool = False, edition: tuple[str, str] | None = None) -> list[Delivery]:
        """The deliveries that are neither sent nor dropped, or all; of one edition (brief, edition), or of all."""
        which = [_OF_EDITION] if edition else []
        which += [] if everything else [_IS_WAITING]
        query = f"SELECT {_COLUMNS} FROM delivery WHERE {' AND '.join(which) or 'true'} ORDER BY id"  # noqa: S608
        with reading():
            return [Delivery(*row) for row in self.connection.execute(query, edition or ())]

    def tally(self, edition: tuple[str, str] | None = None) -> Counter[str]:
        """How many deliveries are in each state: of an edition (brief, edition), or of all."""
        which = _OF_EDITION if edition else "true"
        query = f"SELECT state, count(*) FROM delivery WHERE {which} GROUP BY state"  # noqa: S608 - our own words
        with reading():
            return Counter(dict(self.connection.execute(query, edition or ()).fetchall()))

    def retry(self, ids: Sequence[int]) -> list[int]:
        """Queue held, failed and waiting deliveries anew, due now; return those that could be."""
        return self._change(ids, "state='queued', unsure=0, attempts=0, after=0", " AND body IS NOT NULL")

    def drop(self, ids: Sequence[int]) -> list[int]:
        """Give up held, failed and waiting deliveries; return those that could be."""
        return self._change(ids, "state='dropped', unsure=0, after=0", "")

    def _change(self, ids: Sequence[int], change: str, condition: str) -> list[int]:
        # What is being sent is another process's, unless that died: then the lock is free, and taking it clears up.
        with contextlib.suppress(LockError), self.lock(patience=0):
            pass
        query = f"""UPDATE delivery SET {change}, changed=? WHERE id=? AND state IN ('queued', 'held', 'failed')
            AND message IN (SELECT id FROM message WHERE id=delivery.message{condition})"""  # noqa: S608 - our own words
        with transaction(self.connection):
            return [id_ for id_ in ids if self.connection.execute(query, (self._now(), id_)).rowcount]

    def clear(self) -> None:
        """Forget the text of messages that all have arrived, or were dropped, a week ago."""
        with transaction(self.connection):
            self.connection.execute(
                f"""UPDATE message SET body=NULL WHERE body IS NOT NULL AND id NOT IN (SELECT message FROM delivery
                WHERE {_IS_WAITING} OR changed>?)""",  # noqa: S608 - our own words
                (self._now() - _KEEP_BODIES,),
            )

    def _now(self) -> int:
        return int(self.clock())
