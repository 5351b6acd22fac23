"""Sends what lies in the outbox: each message once, in as many attempts as it takes, over one connection if that holds."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from briefs.config import MailSettings
from briefs.deliver.smtp import LATER, NEVER, SENT, UNSURE, Answer, MailSetupError
from briefs.workspace.outbox import LONGEST_WAIT, Claim, Delivery, Outbox, Settled

logger = logging.getLogger(__name__)

_STATES = {SENT: "sent", NEVER: "failed", UNSURE: "held"}


class Sender(Protocol):
    """What carries messages away: an `SmtpSender`."""

    def send(self, recipients: Sequence[str], data: bytes, before_end: Callable[[], None]) -> list[Answer]:
        """Send a message; answer for each recipient."""


class Flushed(NamedTuple):
    """What one flush did, as deliveries with their new state; `fault` is why it stopped before the end, if it did."""

    deliveries: tuple[Delivery, ...]
    fault: MailSetupError | None = None

    def count(self, state: str) -> int:
        """How many deliveries are now in a state."""
        return sum(each.state == state for each in self.deliveries)


def flush(outbox: Outbox, sender: Sender, mail: MailSettings, *, early: bool = False) -> Flushed:
    """Send all that is due, each once; `early` also what waits for a later attempt. LockError if another flush goes on."""
    done: list[Delivery] = []
    fault = None
    with outbox.lock():
        last = 0
        while fault is None and (claim := outbox.claim(last, early=early)):
            last = claim.deliveries[-1].id
            ends, fault = _attempt(outbox, sender, mail, claim)
            outbox.settle([(each.id, end) for each, end in zip(claim.deliveries, ends, strict=True)])
            for each, end in zip(claim.deliveries, ends, strict=True):
                logger.info("mail %d to %s: %s (%s)", each.id, each.recipient, end.state, end.reply)
                done.append(each._replace(state=end.state, reply=end.reply, after=end.after))
        outbox.clear()
    return Flushed(tuple(done), fault)


def _attempt(
    outbox: Outbox, sender: Sender, mail: MailSettings, claim: Claim
) -> tuple[list[Settled], MailSetupError | None]:
    ids = [each.id for each in claim.deliveries]
    recipients = [each.recipient for each in claim.deliveries]
    try:
        answers = sender.send(recipients, claim.data, lambda: outbox.mark_unsure(ids))
    except MailSetupError as fault:
        after = int(outbox.clock() + mail.backoff)
        return [Settled("queued", fault.message, after, counts=False)] * len(ids), fault
    return [
        _settled(each, answer, mail, outbox.clock()) for each, answer in zip(claim.deliveries, answers, strict=True)
    ], None


def _settled(delivery: Delivery, answer: Answer, mail: MailSettings, now: float) -> Settled:
    if answer.end in _STATES:
        return Settled(_STATES[answer.end], answer.words)
    assert answer.end == LATER
    if delivery.attempts >= mail.attempts:
        return Settled("failed", f"given up after {delivery.attempts} attempts: {answer.words}")
    wait = min(mail.backoff * 2.0 ** (delivery.attempts - 1), LONGEST_WAIT)
    return Settled("queued", answer.words, int(now + wait))
