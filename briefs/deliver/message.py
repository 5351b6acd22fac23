"""A brief as mail: one message for each recipient, or one that they share, in 7-bit lines, the same bytes every time."""

import datetime as dt
import email.policy
import email.utils
import hashlib
import itertools
import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from briefs.brief import Brief
from briefs.config import BriefSettings, MailSettings
from briefs.deliver.header import Mailbox, address_line, parse_mailbox, text_line, unsubscribe_lines
from briefs.deliver.page import Page, mail_page
from briefs.deliver.smtp import sender_of
from briefs.errors import ConfigError, DeliveryError
from briefs.workspace import write_file
from briefs.workspace.outbox import Address, Message

_POLICY = email.policy.SMTP.clone(cte_type="7bit")
_TYPES = {
    ".pdf": ("application", "pdf"),
    ".html": ("text", "html"),
    ".md": ("text", "markdown"),
    ".json": ("application", "json"),
}
_HEADERS = 2_000  # bytes; a message to very many shares little more
_UNLIKELY_IN_NAMES = re.compile(r"[^A-Za-z0-9@.+-]+")


class Mailing(NamedTuple):
    """What a brief's messages are made with; `edition` and the recipient decide the Message-ID, `date` the header."""

    mail: MailSettings
    brief: BriefSettings
    edition: str
    date: dt.datetime


class _File(NamedTuple):
    name: str
    data: bytes


def check_mailing(mail: MailSettings, brief: BriefSettings) -> None:
    """ConfigError for a sender or recipient that mail cannot be sent for: to be found before the work, not after it."""
    sender_of(mail)
    for text in (*brief.recipients, *filter(None, [mail.reply_to])):
        parse_mailbox(text)
    unsubscribe_lines(mail.list_unsubscribe)


def compose(brief: Brief, files: Sequence[Path], mailing: Mailing) -> tuple[Message, ...]:
    """The messages that bring `brief` to its recipients; none if it has none. DeliveryError if a file is gone."""
    mail, settings = mailing.mail, mailing.brief
    to, cc, bcc = (_distinct(map(parse_mailbox, texts)) for texts in (settings.to, settings.cc, settings.bcc))
    everyone = _distinct((*to, *cc, *bcc))
    if not everyone:
        return ()
    page, content = _fitting(brief, _read(files, mail.attach), mail)
    body = _common_lines(mailing, page.subject) + content
    if settings.shared:
        header = _own_lines(mailing, everyone, to, [each for each in cc if each in everyone])
        return (Message(body, tuple(Address(each.address, header) for each in everyone)),)
    return (Message(body, tuple(Address(each.address, _own_lines(mailing, [each], [each], [])) for each in everyone)),)


def compose_test(mail: MailSettings, address: str, date: dt.datetime) -> Message:
    """A message that says that mail arrives."""
    mailbox = parse_mailbox(address)
    mailing = Mailing(mail, BriefSettings(name="test", title="Test of briefs"), date.isoformat(), date)
    words = f"This is a test from {mail.host}: mail from briefs arrives.\nNothing was made and nothing is attached.\n"
    page = Page(f"Test of briefs, {date:%Y-%m-%d %H:%M}", f"<p>{words}</p>", words)
    body = _common_lines(mailing, page.subject) + _content(page, [])
    return Message(body, (Address(mailbox.address, _own_lines(mailing, [mailbox], [mailbox], [])),))


def write_eml(messages: Sequence[Message], folder: Path, stem: str) -> list[Path]:
    """Write each message as it would go out, into files that any mail program opens; return their paths."""
    paths: dict[Path, None] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}", hint="choose another folder with --out") from error
    for message in messages:
        copies: dict[str, list[str]] = {}
        for address in message.addresses:
            copies.setdefault(address.header, []).append(address.recipient)
        for header, recipients in copies.items():
            name = recipients[0] if len(recipients) == 1 else "shared"
            plain = f"{stem}-{_UNLIKELY_IN_NAMES.sub('_', name)}"
            numbered = (folder / f"{plain}{f'-{number}' if number > 1 else ''}.eml" for number in itertools.count(1))
            path = next(path for path in numbered if path not in paths)
            write_file(path, header.encode() + message.body)
            paths[path] = None
    return list(paths)


def _distinct(mailboxes: "Sequence[Mailbox] | map[Mailbox]") -> list[Mailbox]:
    """Each address once, as it came first."""
    found: dict[str, Mailbox] = {}
    for each in mailboxes:
        found.setdefault(each.address.lower(), each)
    return list(found.values())


def _read(files: Sequence[Path], wanted: Sequence[str]) -> list[_File]:
    try:
        return [_File(path.name, path.read_bytes()) for path in files if path.suffix.removeprefix(".") in wanted]
    except OSError as error:
        raise DeliveryError(f"{error.filename}: {error.strerror}", hint="make the brief again") from error


def _fitting(brief: Brief, files: Sequence[_File], mail: MailSettings) -> tuple[Page, bytes]:
    """The page and the MIME content; of files that make it too large, the largest stay out, and are linked or named."""
    attached = list(files)
    left_out: list[_File] = []
    while True:
        missing = [(file.name, len(file.data), _link(mail, file)) for file in left_out]
        page = mail_page(brief, [file.name for file in attached], missing, _unsubscribe_link(mail))
        content = _content(page, attached)
        if len(content) + _HEADERS <= mail.max_bytes or not attached:
            return page, content
        left_out.append(max(attached, key=lambda file: len(file.data)))
        attached.remove(left_out[-1])


def _link(mail: MailSettings, file: _File) -> str:
    return f"{mail.link.rstrip('/')}/{quote(file.name)}" if mail.link else ""


def _unsubscribe_link(mail: MailSettings) -> str:
    line = unsubscribe_lines(mail.list_unsubscribe)
    return line.partition("<")[2].partition(">")[0]


def _content(page: Page, files: Sequence[_File]) -> bytes:
    """The MIME part of a message: its text twice, then its files."""
    content = EmailMessage(_POLICY)
    content.set_content(page.text)
    content.add_alternative(page.html, subtype="html")
    for file in files:
        maintype, subtype = _TYPES.get(Path(file.name).suffix, ("application", "octet-stream"))
        params = {"charset": "utf-8"} if maintype == "text" else {}
        content.add_attachment(file.data, maintype, subtype, filename=file.name, params=params)
    digest = hashlib.sha256(b"\0".join([page.text.encode(), page.html.encode(), *(file.data for file in files)]))
    for number, part in enumerate(content.walk()):
        if part.is_multipart():
            # No encoding writes "=_", and nobody who writes an article knows the digest.
            part.set_boundary(f"=_{digest.hexdigest()[:32]}_{number}")
    return content.as_bytes()


def _common_lines(mailing: Mailing, subject: str) -> bytes:
    """The header lines that all copies have."""
    mail = mailing.mail
    lines = address_line("From", [sender_of(mail)])
    if mail.reply_to:
        lines += address_line("Reply-To", [parse_mailbox(mail.reply_to)])
    lines += text_line("Subject", subject)
    lines += f"Date: {email.utils.format_datetime(mailing.date)}\r\n"
    # Absence notes and robots do not answer what says this (RFC 3834).
    lines += "Auto-Submitted: auto-generated\r\n"
    return (lines + unsubscribe_lines(mail.list_unsubscribe)).encode("ascii")


def _own_lines(mailing: Mailing, recipients: Sequence[Mailbox], to: Sequence[Mailbox], cc: Sequence[Mailbox]) -> str:
    """The header lines that only one copy has: whom it is to, and its Message-ID."""
    sender = sender_of(mailing.mail)
    # The title and the sender, too: two desks may have a brief of the same name, and mail programs hide a second copy.
    parts = (sender.address, mailing.brief.name, mailing.brief.title, mailing.edition)
    told = "\n".join((*parts, *(each.address for each in recipients)))
    line = f"Message-ID: <{hashlib.sha256(told.encode()).hexdigest()[:40]}.briefs@{sender.domain}>\r\n"
    line += address_line("To", to) if to else "" if cc else "To: undisclosed-recipients:;\r\n"
    return line + (address_line("Cc", cc) if cc else "")
