"""Reader of RSS, Atom and JSON feeds. Callers run `read_feed` in a worker: a feed is a text that anyone may have made."""

import html
import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from briefs.errors import DocumentError
from briefs.ingest.charset import decode
from briefs.ingest.reading import sane_byline, sane_date, sane_title
from briefs.ingest.web.jsonfeed import parse_json_feed

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_MAILBOX = re.compile(r"[^\s()<>@]{1,200}@[^\s()<>@]{1,200}")
# A terminal obeys the first, and the others turn round what follows them.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_WEB = re.compile(r"https?://", re.IGNORECASE).match
_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^<>]{1,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])([a-z]{2,8})\s{0,9}=\s{0,9}(?:"([^"]{0,1000})"|'([^']{0,1000})'|([^\s"'<>]{1,1000}))""",
    re.IGNORECASE,
)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_DATES = ("published", "created", "updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a feed: the address of its page, or what the feed itself has of it."""

    id: str
    url: str = ""
    content: str = ""
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as read: its entries, the newest first; `damage` says what is wrong with its form, if anything is."""

    title: str | None
    entries: tuple[Entry, ...]
    damage: str = ""


def read_feed(data: bytes, url: str, charset: str | None) -> Feed:
    """Read a feed that was found at `url`; `charset` is what the server said.

    Raises:
        DocumentError: if it is no feed.
    """
    text = decode(data, declared=charset, markup=True).text
    if found := parse_json_feed(text):
        name, entries, damage = *found, ""
    else:
        name, entries, damage = _parse_xml(text, url)
    title = sane_title(_plain(name))
    moments = [moment for entry in entries if (moment := _moment(entry))]
    if len(moments) == len(entries):
        # Where one has no date, the order of the feed says more.
        newest = sorted(range(len(entries)), key=lambda number: moments[number], reverse=True)
        entries = [entries[number] for number in newest]
    return Feed(title=title, entries=tuple(_read_entry(entry, url, title) for entry in entries), damage=damage)


def _parse_xml(text: str, url: str) -> tuple[str, list[dict[str, Any]], str]:
    """The title of an RSS or Atom feed, its entries, and what is wrong with its form."""
    import feedparser

    try:
        # Never the text itself: feedparser takes a text for an address or a path, and opens it.
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error) as error:
        raise DocumentError("the feed is damaged and cannot be read", hint="open it in a browser") from error
    # Plain ones: feedparser's own answer some keys with others.
    entries = [dict(entry) for entry in parsed.get("entries", [])]
    if not entries and (not parsed.get("version") or parsed.get("bozo")):
        raise _no_feed(text, url)
    damage = str(parsed.get("bozo_exception", "")) or "unknown" if parsed.get("bozo") else ""
    return str(parsed.get("feed", {}).get("title", "")), entries, damage[:200]


def _no_feed(text: str, url: str) -> DocumentError:
    if _PAGE.search(text[:2000]):
        named = " or ".join(list(dict.fromkeys(_feeds_named(text, url)))[:3])
        hint = f"the page names {named}" if named else "look for the address of its feed, or name the page under urls"
        return DocumentError("this is a web page, not a feed", hint=hint)
    return DocumentError("this is no RSS, Atom or JSON feed, or a damaged one", hint="open the address in a browser")


def _feeds_named(text: str, url: str) -> Iterator[str]:
    """The feeds that a page links to near its beginning."""
    for tag in _LINK.findall(text[:200_000]):
        parts = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}
        if "alternate" in parts.get("rel", "").lower().split() and parts.get("type", "").lower() in _FEED_TYPES:
            address = _join(url, parts.get("href", "").strip())
            if _WEB(address):
                yield address


def _read_entry(entry: Mapping[str, Any], base: str, feed_title: str | None) -> Entry:
    # feedparser makes a link of any id that does not deny being one; only one that is an address counts.
    id_ = str(entry.get("id", ""))
    link = str(entry.get("link", "")) if entry.get("links") else id_ if _WEB(id_) else ""
    url = _join(base, link.strip())
    return Entry(
        id=id_ or link,
        url=url if _WEB(url) else "",
        content=_content(entry),
        title=sane_title(_plain(str(entry.get("title", "")))),
        byline=_byline(entry),
        publisher=sane_title(_plain(str(_part(entry, "source").get("title", "")))) or feed_title,
        published=_published(entry),
    )


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link else ""
    except ValueError:  # brackets that never close
        return ""


def _content(entry: Mapping[str, Any]) -> str:
    """What the feed has of an entry, as markup."""
    details = [*entry.get("content", ()), _part(entry, "summary_detail")]
    nothing: Mapping[str, Any] = {}
    detail = next((detail for detail in details if str(detail.get("value", "")).strip()), nothing)
    value = str(detail.get("value", ""))
    return f"<p>{html.escape(value)}</p>" if value and detail.get("type") == "text/plain" else value


def _plain(text: str) -> str:
    return _CONTROLS.sub("", html.unescape(_TAG.sub("", text))).strip()


def _byline(entry: Mapping[str, Any]) -> str | None:
    """The name in 「desk@news.example (山田 太郎)」 and the like."""
    return sane_byline(_MAILBOX.sub("", _CONTROLS.sub("", str(entry.get("author", "")))).strip("()<>\"' "))


def _part(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    for key in _DATES:
        parsed = entry.get(f"{key}_parsed")
        if parsed:
            try:
                return datetime(*parsed[:6]).replace(tzinfo=UTC)
            except (TypeError, ValueError):
                continue
    return None


def _published(entry: Mapping[str, Any]) -> date | None:
    """The day in the publisher's own time zone: at 07:00 in Tokyo it is still yesterday in UTC."""
    raw = next((text for key in _DATES if (text := str(entry.get(key, "")).strip())), "")
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return sane_date(read(raw).date())
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    moment = _moment(entry)
    return sane_date(moment.date()) if moment else None
