"""Header lines of mail: addresses and text as 7-bit lines that every server takes, and that nothing can be slipped into."""

import email.header
import email.utils
import re
from collections.abc import Sequence
from typing import NamedTuple

from briefs.errors import ConfigError
from briefs.render.text import clean_text

_WIDTH = 76
_LONGEST_NAME = 200  # characters of a display name that are kept
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*").fullmatch
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~ -]{1,60}").fullmatch
_PLAIN_TEXT = re.compile(r"[ -~]*").fullmatch
_MAILTO = "mailto:"


class Mailbox(NamedTuple):
    """A person's name and their address in ASCII, its domain as the network knows it."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def parse_mailbox(text: str) -> Mailbox:
    """Read `Name <name@example.org>`; ConfigError if mail cannot be sent there."""
    name, bracket, address = text.rpartition("<") if text.rstrip().endswith(">") else ("", "", text)
    address = address.strip().removesuffix(">") if bracket else address.strip()
    local, _, domain = address.rpartition("@")
    if not _LOCAL(local) or len(local) > 64:
        hint = "before the @ only ASCII letters, digits and .!#$%&'*+/=?^_`{|}~- can be sent to"
        raise ConfigError(f"mail address {address!r} cannot be used", hint=hint)
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = email.utils.unquote(name)
    return Mailbox(clean_text(name)[:_LONGEST_NAME], f"{local}@{_ascii_domain(domain, address)}")


def _ascii_domain(domain: str, address: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError as error:
        raise ConfigError(
            f"mail address {address!r} cannot be used: {error}", hint="correct the domain, behind the @"
        ) from error


def text_line(name: str, text: str) -> str:
    """A header line of text, folded."""
    text = clean_text(text)
    plain = _PLAIN_TEXT(text) and "=?" not in text and max(map(len, text.split(" "))) <= _WIDTH - len(name) - 2
    charset = "us-ascii" if plain else "utf-8"
    return f"{name}: " + email.header.Header(text, charset, _WIDTH, name).encode(linesep="\r\n") + "\r\n"


def address_line(name: str, mailboxes: Sequence[Mailbox]) -> str:
    """A header line of addresses, one a line."""
    return f"{name}: " + ",\r\n ".join(map(_mailbox_text, mailboxes)) + "\r\n"


def _mailbox_text(mailbox: Mailbox) -> str:
    if not mailbox.name:
        return mailbox.address
    if _PLAIN_NAME(mailbox.name):
        return f"{mailbox.name} <{mailbox.address}>"
    if _PLAIN_TEXT(mailbox.name) and "=?" not in mailbox.name and len(mailbox.name) <= _WIDTH - 16:
        return f'"{email.utils.quote(mailbox.name)}" <{mailbox.address}>'
    # Folded after each encoded word: room for the name of the header, and the address on a line of its own.
    words = email.header.Header(mailbox.name, "utf-8", 60).encode(linesep="\r\n")
    return f"{words}\r\n <{mailbox.address}>"


def unsubscribe_lines(target: str) -> str:
    """`List-Unsubscribe` for an address or a URL, if any; one click (RFC 8058) is promised for `https` only."""
    if not target:
        return ""
    if "@" in target and "://" not in target:
        target = target.removeprefix(_MAILTO)
        address, question, query = target.partition("?")
        return f"List-Unsubscribe: <{_MAILTO}{parse_mailbox(address).address}{question}{_visible(query)}>\r\n"
    line = f"List-Unsubscribe: <{_visible(target)}>\r\n"
    if target.lower().startswith("https://"):
        line += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return line


def _visible(url: str) -> str:
    if not re.fullmatch(r"[!-;=?-~]{0,900}", url):
        raise ConfigError("mail.list_unsubscribe is no address and no URL", hint="write it in ASCII, without spaces")
    return url
