"""Mail as a delivery, and what the settings say of mail."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from briefs.brief import Brief
from briefs.config import BriefSettings, Settings
from briefs.deliver.message import Mailing, check_mailing, compose
from briefs.deliver.outbox import flush
from briefs.deliver.smtp import SmtpSender, check_server
from briefs.errors import DeliveryError
from briefs.registry import Receipt
from briefs.workspace.outbox import Outbox


class MailDelivery:
    """Mails a brief to the recipients of the configured brief of that name, through the outbox of the workspace."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        """`settings` name the mail server, the workspace and the recipients."""
        self._settings = settings
        self._clock = clock

    def send(self, brief: Brief, files: Sequence[Path]) -> Receipt:
        """Mail the files, or queue them where the server cannot be reached; DeliveryError if it refused a recipient."""
        mail = self._settings.mail
        chosen = next((each for each in self._settings.brief if each.name == brief.name), BriefSettings())
        edition = (brief.name, brief.date.isoformat())
        now = dt.datetime.fromtimestamp(self._clock()).astimezone()
        messages = compose(brief, files, Mailing(mail, chosen, edition[1], now))
        with Outbox(self._settings.workspace_folder, self._clock) as outbox:
            outbox.add(edition, messages)
            with SmtpSender(mail) as sender:
                flushed = flush(outbox, sender, mail)
            tally = outbox.tally(edition)
        if flushed.fault:
            raise flushed.fault
        if tally["failed"] or tally["held"]:
            raise DeliveryError(
                f"{tally['failed']} failed, {tally['held']} held of {tally.total()}", hint="see briefs outbox show"
            )
        detail = f"{len(files)} files of {brief.date} mailed to {tally['sent']} of {tally.total()} recipients"
        return Receipt(delivered=bool(tally) and tally["sent"] == tally.total(), detail=detail)


def examine_mail(settings: Settings) -> str:
    """What is set up for mail, in words, or "" if nothing is; the error that would keep it from going out."""
    mail = settings.mail
    if not mail.host:
        return ""
    recipients = sum(len(brief.recipients) for brief in settings.brief)
    for brief in settings.brief:
        check_mailing(mail, brief)
    login = f"login as {mail.user}" if mail.user else "no login"
    return f"{check_server(mail)}, {mail.security}, {login}, {recipients} recipients; briefs mail test ADDRESS tries it"
