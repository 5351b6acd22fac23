"""Brings a finished brief to its readers: to a folder, or by mail through an outbox that sends nothing twice."""

from briefs.deliver.folder import FolderDelivery, NullDelivery
from briefs.deliver.mail import MailDelivery, examine_mail
from briefs.deliver.message import Mailing, check_mailing, compose, compose_test, write_eml
from briefs.deliver.outbox import Flushed, flush
from briefs.deliver.smtp import MailSetupError, SmtpSender

__all__ = [
    "Flushed",
    "FolderDelivery",
    "MailDelivery",
    "MailSetupError",
    "Mailing",
    "NullDelivery",
    "SmtpSender",
    "check_mailing",
    "compose",
    "compose_test",
    "examine_mail",
    "flush",
    "write_eml",
]
