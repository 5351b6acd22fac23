"""Sends a message by SMTP, and knows where a transmission ended: refused, broken off, unsure or arrived.

A message counts as handed over from the moment its end goes out. Broken off before that, the server has to forget it (RFC
5321, 4.1.1.4), and it can be sent again; broken off between that and the answer, nobody knows.
"""

import base64
import contextlib
import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from briefs.config import MailSettings
from briefs.deliver.header import Mailbox, parse_mailbox
from briefs.deliver.reply import Conversation, TlsConversation
from briefs.deliver.secret import find_password
from briefs.errors import ConfigError, DeliveryError, DependencyError
from briefs.render.text import clean_text

SENT, LATER, NEVER, UNSURE = "sent", "later", "never", "unsure"
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_CHUNK = 65_536
_WORDS = 500  # characters of a server's answer that are kept
# RFC 5321, 4.5.3.2.6: ten minutes, where any other answer has one or two.
_END_FACTOR = 10
_LOCAL = ("localhost", "127.0.0.1", "::1")
_MECHANISMS = ("plain", "login")  # for `auto`, in this order


class Answer(NamedTuple):
    """What became of one recipient's copy, and the server's words."""

    end: str
    words: str


class MailSetupError(DeliveryError):
    """The settings, not a message, are why nothing can be sent: no attempt counts, and nothing more is tried."""


class Unreachable(Exception):  # noqa: N818 - no error that a user sees
    """There is no conversation with the server, for now."""


class SmtpSender:
    """A connection to the mail server, made at the first message and kept for the next ones."""

    def __init__(self, mail: MailSettings) -> None:
        """`mail` says which server; its password is looked up when it is needed."""
        self._mail = mail
        self._smtp: smtplib.SMTP | None = None
        self._secrets: list[str] = []
        self._down = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None and kind is None:
            with contextlib.suppress(OSError, smtplib.SMTPException):  # it has all it was to get
                self._smtp.quit()
        self._hang_up()

    def send(self, recipients: Sequence[str], data: bytes, before_end: Callable[[], None]) -> list[Answer]:
        """Send a message and answer for each recipient; `before_end` is called when the server has all but its end.

        MailSetupError if the settings are to blame.
        """
        try:
            smtp = self._ready()
        except Unreachable as error:
            self._down = str(error)  # it is not asked again for each of the others
            return [Answer(LATER, self._down)] * len(recipients)
        try:
            return self._transmit(smtp, recipients, data, before_end)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return [Answer(LATER, f"the connection broke: {self._clean(_reason(error))}")] * len(recipients)
        except BaseException:
            self._hang_up()  # without the end of the data, the server forgets the message
            raise

    def _transmit(
        self, smtp: smtplib.SMTP, recipients: Sequence[str], data: bytes, before_end: Callable[[], None]
    ) -> list[Answer]:
        size = [f"SIZE={len(data)}"] if smtp.has_extn("size") else []
        reply = smtp.mail(sender_of(self._mail).address, size)
        if reply[0] == 530:
            raise MailSetupError(f"{self._mail.host} wants a login: {self._words(reply)}", hint="set mail.user")
        if reply[0] // 100 != 2:
            return [self._refusal(reply)] * len(recipients)
        replies = [smtp.rcpt(recipient) for recipient in recipients]
        answers = [self._refusal(reply) if reply[0] // 100 != 2 else None for reply in replies]
        if None in answers:
            last = self._hand_over(smtp, data, before_end)
            return [answer or last for answer in answers]
        return [answer for answer in answers if answer]

    def _hand_over(self, smtp: smtplib.SMTP, data: bytes, before_end: Callable[[], None]) -> Answer:
        """The message itself, for the recipients that were accepted."""
        reply = smtp.docmd("DATA")
        if reply[0] != 354:
            return self._refusal(reply)
        stuffed = re.sub(rb"(?m)^\.", b"..", data if data.endswith(b"\r\n") else data + b"\r\n")
        for start in range(0, len(stuffed), _CHUNK):
            smtp.send(stuffed[start : start + _CHUNK])
        assert smtp.sock
        if select.select([smtp.sock], [], [], 0)[0]:
            # The server speaks, or is gone, before it has the end: it did not take the message.
            reply = smtp.getreply()
            self._hang_up()
            return self._refusal(reply)
        before_end()
        try:
            smtp.sock.settimeout(self._mail.seconds * _END_FACTOR)
            smtp.send(b".\r\n")
            reply = smtp.getreply()
            if smtp.sock:
                smtp.sock.settimeout(self._mail.seconds)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Answer(UNSURE, f"no answer to the end of the message: {self._clean(_reason(error))}")
        if reply[0] // 100 == 2:
            return Answer(SENT, self._words(reply))
        if reply[0] // 100 in (4, 5):
            return self._refusal(reply)
        self._hang_up()
        return Answer(UNSURE, f"an answer that says nothing: {self._words(reply)}")

    def _refusal(self, reply: tuple[int, bytes]) -> Answer:
        if reply[0] == 421 or reply[0] // 100 not in (4, 5):
            self._hang_up()  # the server is about to, or talks nonsense
        return Answer(NEVER if reply[0] // 100 == 5 else LATER, self._words(reply))

    def _ready(self) -> smtplib.SMTP:
        """A connection on which a message can begin."""
        if self._down:
            raise Unreachable(self._down)
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._smtp.rset()[0] == 250:
                    return self._smtp
            self._hang_up()
        try:
            return self._connect()
        except smtplib.SMTPResponseException as error:
            self._hang_up()
            words = self._words((error.smtp_code, error.smtp_error))
            if error.smtp_code // 100 == 5:
                raise MailSetupError(f"{self._mail.host} refuses us: {words}", hint="correct [mail]") from None
            raise Unreachable(words) from None
        except (ssl.SSLCertVerificationError, ssl.SSLError) as error:
            self._hang_up()
            if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)):
                raise Unreachable(self._clean(_reason(error))) from None
            hint = "correct mail.host, mail.port and mail.security, or name the server's authority in mail.ca_file"
            raise MailSetupError(
                f"{self._mail.host} is not trusted: {self._clean(_reason(error))}", hint=hint
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise Unreachable(f"{self._mail.host}: {self._clean(_reason(error))}") from None
        except BaseException as error:
            self._hang_up()
            if isinstance(error, (ConfigError, DependencyError)):
                raise MailSetupError(error.message, hint=error.hint) from error
            raise

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        if not mail.host:
            raise MailSetupError("mail.host is empty", hint="name the mail server in [mail]")
        port = _port(mail)
        # Not the machine's own name: that takes a look-up, and is nobody's business.
        name, seconds = sender_of(mail).domain, mail.seconds
        context = _tls(mail) if mail.security != "none" else None
        password = find_password(mail) if mail.user else ""
        if mail.security == "tls":
            self._smtp = TlsConversation(mail.host, port, name, timeout=seconds, context=context)
        else:
            self._smtp = Conversation(mail.host, port, name, timeout=seconds)
        assert self._smtp.sock
        # The end goes out on its own, and must not wait for the server to acknowledge what went before.
        self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._greet(self._smtp)
        if mail.security == "starttls":
            if not self._smtp.has_extn("starttls"):
                hint = 'ask its operator; mail.security = "none" would send for all to read'
                raise MailSetupError(f"{mail.host} offers no STARTTLS", hint=hint)
            self._smtp.starttls(context=context)
            self._greet(self._smtp)
        if mail.user:
            self._log_in(self._smtp, password)
        return self._smtp

    @staticmethod
    def _greet(smtp: smtplib.SMTP) -> None:
        code, words = smtp.ehlo()
        if code != 250:
            raise smtplib.SMTPResponseException(code, words)

    def _log_in(self, smtp: smtplib.SMTP, password: str) -> None:
        mail = self._mail
        offered = smtp.esmtp_features.get("auth", "").lower().split()
        mechanism = next((name for name in _MECHANISMS if name in offered), "") if mail.auth == "auto" else mail.auth
        if mechanism not in offered:
            hint = f"it offers: {', '.join(offered) or 'none'}; see mail.auth"
            raise MailSetupError(f"{mail.host} does not offer the login that is wanted", hint=hint)
        first, *rest = {
            "plain": [f"\0{mail.user}\0{password}"],
            "login": [mail.user, password],
            # An error comes as a challenge, and takes an empty answer.
            "xoauth2": [f"user={mail.user}\1auth=Bearer {password}\1\1", ""],
        }[mechanism]
        coded = [base64.b64encode(text.encode()).decode() for text in (first, *rest)]
        self._secrets = [text for text in (password, *coded) if text]
        reply = smtp.docmd("AUTH", f"{mechanism.upper()} {coded[0]}")
        for answer in coded[1:]:
            if reply[0] == 334:
                reply = smtp.docmd(answer)
        if reply[0] // 100 == 5:
            hint = f"correct the {'token' if mechanism == 'xoauth2' else 'password'} of {mail.user}"
            raise MailSetupError(f"{mail.host} refuses the login: {self._words(reply)}", hint=hint)
        if reply[0] != 235:
            raise smtplib.SMTPResponseException(*reply)

    def _words(self, reply: tuple[int, bytes | str]) -> str:
        code, words = reply
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        return self._clean(f"{code} {text}" if code > 0 else f"not SMTP: {text}")

    def _clean(self, text: str) -> str:
        """A server may repeat what it was told."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return clean_text(text)[:_WORDS]

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def sender_of(mail: MailSettings) -> Mailbox:
    """Who the mail is from; ConfigError if the settings name nobody."""
    if not (mail.sender or "@" in mail.user):
        raise ConfigError("mail.sender is empty", hint='name the sender: sender = "Asia desk <desk@example.org>"')
    return parse_mailbox(mail.sender or mail.user)


def check_server(mail: MailSettings) -> str:
    """The server and port that mail goes to; the error that would keep it from being tried."""
    sender_of(mail)
    if mail.security != "none":
        _tls(mail)
    if mail.user:
        find_password(mail)
    return f"{mail.host}:{_port(mail)}"


def _port(mail: MailSettings) -> int:
    if mail.user and mail.security == "none" and mail.host not in _LOCAL:
        hint = 'choose mail.security = "starttls" or "tls"'
        raise ConfigError("the password would cross the network for all to read", hint=hint)
    return mail.port or _PORTS[mail.security]


def _tls(mail: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=mail.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{mail.ca_file}: no certificates can be read ({error.strerror or error})", hint="correct mail.ca_file"
        ) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
