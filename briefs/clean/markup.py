"""HTML to lines of text and metadata, through trafilatura."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from briefs.brief import Kind

_KINDS = {"head": Kind.HEADING, "item": Kind.BULLET}
_SITE_SUFFIX = re.compile(r"\s*[|｜\-–—:：/]\s*([^|｜]{1,30})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What a page's markup says: its text, a block a line, the kind of some lines, and metadata."""

    text: str
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None
    url: str | None = None


def read_markup(html: str, today: date) -> Markup:
    """Extract the main text of a page; empty text if it has none. Dates after `today` are refused."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(
        html,
        include_comments=False,
        include_tables=False,
        favor_recall=True,
        with_metadata=True,
        deduplicate=False,
        date_extraction_params={"max_date": today.isoformat(), "extensive_search": False, "original_date": True},
    )
    if found is None or found.body is None:
        return Markup(text="")
    rows = list(_rows(found.body))
    kinds = {text: kind for kind, text in rows if kind is not None}
    title = _bare_title(found.title, found.sitename, [text for _, text in rows])
    return Markup(
        text="\n".join(text for _, text in rows),
        kinds=kinds,
        title=title,
        byline=_person(found.author),
        publisher=found.sitename or None,
        published=_date(found.date),
        url=found.url or None,
    )


def _rows(body: Any) -> Iterator[tuple[Kind | None, str]]:
    """Blocks of trafilatura's tree, in order; tables and what lies in them left out."""
    for element in body.iter("head", "p", "item", "quote", "code"):
        if any(parent.tag in ("item", "quote", "table", "p") for parent in element.iterancestors()):
            continue
        for line in "".join(_text(element)).split("\n"):
            text = " ".join(line.split())
            if text:
                yield _KINDS.get(element.tag), text


def _text(element: Any) -> Iterator[str]:
    if element.tag == "lb":
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _text(child)
        yield child.tail or ""


def _bare_title(title: str | None, site: str | None, rows: list[str]) -> str | None:
    """The title without the site's name behind it."""
    if not title:
        return None
    match = _SITE_SUFFIX.search(title)
    if match and (title[: match.start()] in rows or (site and (match[1] in site or site in match[1]))):
        return title[: match.start()]
    return title


def _person(author: str | None) -> str | None:
    """The author as one name or several joined by commas, without a web address."""
    if not author or "http" in author or "@" in author:
        return None
    return ", ".join(part.strip() for part in author.split(";") if part.strip()) or None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
