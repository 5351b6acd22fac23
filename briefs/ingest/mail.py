"""Reader of saved mail: newsletters and forwarded articles."""

import email
import email.errors
import email.header
import email.policy
import email.utils
import re
from datetime import date
from email.message import EmailMessage

from briefs.errors import DocumentError
from briefs.ingest.charset import decode
from briefs.ingest.japanese import has_escapes
from briefs.ingest.reading import Reading, sane_byline, sane_date, sane_title
from briefs.ingest.text import reading_of

_HINT = "save the message again from the mail program, or save its text as .txt"
# Python's header parser is recursive and quadratic: 100 kB of parameters take minutes.
_LONGEST_HEADER = 8_000
_FIELD = re.compile(rb"^(?:content-[a-z-]{1,40}|mime-version)[ \t]*:.*(?:\r?\n[ \t].*)*", re.IGNORECASE | re.MULTILINE)
_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg)\s*[:：]\s*)+", re.IGNORECASE)
_ERRORS = (
    email.errors.MessageError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)


def read_mail(data: bytes) -> Reading:
    """Read the plain text of a message, or its HTML where it has no plain text.

    Raises:
        DocumentError: if the file is no message, or one without text.
    """
    if any(len(field[0]) > _LONGEST_HEADER for field in _FIELD.finditer(data)):
        raise DocumentError("a header of the message is too long to be one", hint=_HINT)
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        body = _body(message)
        attachments = sum(1 for part in message.walk() if part.get_content_disposition() == "attachment")
    except _ERRORS as error:
        raise DocumentError("the message cannot be read", hint=_HINT) from error
    if not message.keys():
        raise DocumentError("the file is no mail message: it has no headers", hint="rename it to .txt if it is text")
    if body is None:
        raise DocumentError("the message has no text", hint="save the attachment and use that")
    lost = (f"attachments were not read ({attachments})",) if attachments else ()
    headers = _headers(message)
    return Reading(
        format="html" if body.format == "html" else "eml",
        text=body.text,
        title=sane_title(_REPLY.sub("", decode_header(headers.get("subject", "")).strip())),
        byline=_sender(headers.get("from", "")),
        published=_day(headers.get("date", "")),
        warnings=body.warnings + lost,
    )


def _headers(message: EmailMessage) -> dict[str, str]:
    """The raw headers, first of each name: the policy's own decoding gives up on encodings that Japanese mail uses."""
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), str(value)[:_LONGEST_HEADER])
    return headers


def _body(message: EmailMessage) -> Reading | None:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None:
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload.strip():
            continue
        markup = kind == "html"
        decoded = decode(payload, declared=part.get_content_charset(), markup=markup)
        reading = reading_of(decoded, markup=markup)
        flowed = str(part.get_param("format", "")).lower() == "flowed"
        delete_space = str(part.get_param("delsp", "")).lower() == "yes"
        return _unflow(reading, delete_space=delete_space) if flowed and not markup else reading
    return None


def _unflow(reading: Reading, *, delete_space: bool) -> Reading:
    """Join the lines that format=flowed (RFC 3676) broke: those that end in a space, but for the signature's "-- "."""
    lines: list[str] = []
    joins = False
    for line in reading.text.split("\n"):
        if joins:
            lines[-1] = (lines[-1][:-1] if delete_space else lines[-1]) + line
        else:
            lines.append(line)
        joins = line.endswith(" ") and line != "-- "
    return Reading(format=reading.format, text="\n".join(lines), warnings=reading.warnings)


def decode_header(raw: str) -> str:
    """A raw header value as text: RFC 2047 words, and the raw eight-bit or ISO-2022-JP of old mailers."""
    raw = re.sub(r"\r?\n(?=[ \t])", "", raw)
    octets = raw.encode("utf-8", "surrogateescape")
    if not raw.isascii() or has_escapes(octets):
        raw = _decode_word(octets, "")
    pieces: list[tuple[bytes, str | None]] = []
    try:
        words = email.header.decode_header(raw)
    except (email.errors.HeaderParseError, ValueError):
        return raw
    for word, charset in words:
        octets = word if isinstance(word, bytes) else word.encode("utf-8", "replace")
        if pieces and charset and pieces[-1][1] == charset:
            # Mailers cut a character between two words of one encoding; joined, it is whole again.
            octets = pieces.pop()[0] + octets
        pieces.append((octets, charset))
    return "".join(_decode_word(octets, charset) for octets, charset in pieces)


def _decode_word(octets: bytes, charset: str | None) -> str:
    try:
        return decode(octets, declared=charset).text
    except DocumentError:
        return octets.decode("ascii", "replace")


def _sender(raw: str) -> str | None:
    # An encoded name may hold commas and brackets once decoded; a raw ISO-2022-JP one holds them before.
    encoded = "=?" in raw
    try:
        name, address = email.utils.parseaddr(raw if encoded else decode_header(raw))
    except (IndexError, RecursionError):  # thousands of brackets
        return None
    return sane_byline((decode_header(name) if encoded else name) or address)


def _day(raw: str) -> date | None:
    """The date in the sender's own time zone."""
    try:
        return sane_date(email.utils.parsedate_to_datetime(raw).date())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
