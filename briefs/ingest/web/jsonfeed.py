"""JSON Feed (version 1 and 1.1, jsonfeed.org), as the mapping of entries that feedparser makes of the other kinds."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_VERSION = "https://jsonfeed.org/version/"


def parse_json_feed(text: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The title and the entries of a JSON Feed; None if the text is none."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith(_VERSION):
        return None
    items = feed.get("items")
    entries = [_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return _text(feed, "title"), entries


def _entry(item: Mapping[str, Any]) -> dict[str, Any]:
    link = _text(item, "url") or _text(item, "external_url")
    html, plain = _text(item, "content_html"), _text(item, "content_text") or _text(item, "summary")
    published = _text(item, "date_published") or _text(item, "date_modified")
    entry: dict[str, Any] = {
        "id": _text(item, "id") or link,
        "link": link,
        "links": [{"href": link}] if link else [],
        "title": _text(item, "title"),
        "author": _author(item),
        "content": [{"type": "text/html", "value": html} if html else {"type": "text/plain", "value": plain}],
        "published": published,
    }
    try:
        moment = datetime.fromisoformat(published)
        entry["published_parsed"] = (
            (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timetuple()
        )
    except (ValueError, OverflowError):
        pass
    return entry


def _author(item: Mapping[str, Any]) -> str:
    """The first author: `authors` of version 1.1, or `author` of version 1."""
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return _text(first, "name") if isinstance(first, dict) else ""


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    # JSON can spell half a character, which nothing can write down.
    return value.strip().encode("utf-8", "replace").decode() if isinstance(value, str) else ""
