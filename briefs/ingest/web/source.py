"""The sources that read the web: feeds, lists of addresses, and all sources of a brief as one."""

import hashlib
import html
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from briefs.brief import Document, Problem, Severity
from briefs.config import BriefSettings, FetchSettings, Limits, Settings
from briefs.config.check import splits_password
from briefs.errors import DocumentError
from briefs.ingest.find import show
from briefs.ingest.folder import FolderSource
from briefs.ingest.parse import WORKER_BYTES, parse
from briefs.ingest.text import looks_like
from briefs.ingest.web.address import key_of, parse_address, printable, show_address
from briefs.ingest.web.feed import Entry, Feed, read_feed
from briefs.ingest.web.fetch import Fetched, Fetcher
from briefs.registry import Source
from briefs.worker import Worker, WorkerFailure
from briefs.workspace.pages import Pages

_log = logging.getLogger(__name__)
_LIST_BYTES = 5_000_000
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE).match
_COMMENT = re.compile(r"(?:^|\s)#.*")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": ".txt",
    "text/markdown": ".txt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A page to fetch, and what is known of it beforehand."""

    url: str
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: date | None = None


class WebSource:
    """Reads the entries of feeds and the pages of lists, each address once; what fails is a problem and the rest goes on."""

    def __init__(
        self,
        limits: Limits,
        *,
        feeds: Sequence[Path | str] = (),
        urls: Sequence[Path | str] = (),
        fetcher: Fetcher | None = None,
        skip: Callable[[str], bool] | None = None,
    ) -> None:
        """`urls` are addresses, or files with one a line. `skip` is asked with the SHA-256 of a page whether to pass it."""
        self._limits = limits
        self._feeds = tuple(map(str, feeds))
        self._urls = tuple(map(str, urls))
        self._fetcher = fetcher or Fetcher(FetchSettings())
        self._skip = skip

    def __str__(self) -> str:
        return ", ".join(map(show_address, (*self._feeds, *self._urls))) or "no address (none was named)"

    def documents(self) -> Iterator[Document | Problem]:
        """Yield every page in the order of feeds, entries and lists, each after the warnings about it."""
        with Worker(memory_bytes=WORKER_BYTES) as worker:
            items = self._unique([*self._entries(worker), *list_targets(self._urls, self._limits)])
            pages = self._fetcher.get_all([item.url for item in items if isinstance(item, Target)])
            seen: set[str] = set()
            for item in items:
                if not isinstance(item, Target):
                    yield item
                    continue
                page = next(pages)
                if isinstance(page, DocumentError):
                    yield _problem(item.url, page.message, hint=page.hint)
                elif page.final in seen:
                    _log.info("%s: leads to a page that was read already", page.url)
                else:
                    seen.add(page.final)
                    yield from self._read(item, page, worker)

    def _unique(self, items: Sequence[Target | Document | Problem]) -> list[Target | Document | Problem]:
        kept: dict[str, Target | Document | Problem] = {}
        for number, item in enumerate(items):
            kept.setdefault(key_of(item.url) if isinstance(item, Target) else f"#{number}", item)
        return list(kept.values())

    def _entries(self, worker: Worker) -> Iterator[Target | Document | Problem]:
        for address, fetched in zip(self._feeds, self._fetcher.get_all(self._feeds), strict=True):
            if isinstance(fetched, DocumentError):
                yield _problem(address, f"the feed was not read: {fetched.message}", hint=fetched.hint)
                continue
            try:
                feed = _parse_feed(fetched, self._limits, worker)
            except DocumentError as error:
                yield _problem(address, f"the feed was not read: {error.message}", hint=error.hint)
                continue
            yield from self._targets(address, feed)

    def _targets(self, address: str, feed: Feed) -> Iterator[Target | Document | Problem]:
        if feed.damage:
            message = f"the feed is not well formed ({feed.damage}); what could be read of it was"
            yield _problem(address, message, hint="tell its publisher", severity=Severity.WARNING)
        if not feed.entries:
            yield _problem(address, "the feed has no entries", severity=Severity.WARNING)
        for entry in feed.entries[: self._fetcher.items]:
            if entry.url:
                yield Target(
                    url=entry.url,
                    title=entry.title,
                    byline=entry.byline,
                    publisher=entry.publisher,
                    published=entry.published,
                )
            elif entry.content:
                yield from self._whole_entry(address, entry)
            else:
                what = f"the entry {entry.title or entry.id!r} has neither a link nor a text"
                yield _problem(address, what, hint="tell its publisher", severity=Severity.WARNING)

    def _whole_entry(self, address: str, entry: Entry) -> Iterator[Document]:
        """The document that a feed itself holds."""
        heading = f"<h1>{html.escape(entry.title)}</h1>" if entry.title else ""
        digest = hashlib.sha256(entry.content.encode("utf-8", "replace")).hexdigest()
        name = f"{show_address(address)}#{quote(entry.id or digest[:16], safe='')}"
        if self._skip is None or not self._skip(digest):
            yield Document(
                source=name,
                sha256=digest,
                format="html",
                text=f"<html><body><article>{heading}{entry.content}</article></body></html>",
                url=name,
                title=entry.title,
                byline=entry.byline,
                publisher=entry.publisher,
                published=entry.published,
            )

    def _read(self, target: Target, page: Fetched, worker: Worker) -> Iterator[Document | Problem]:
        digest = hashlib.sha256(page.body).hexdigest()
        if self._skip is not None and self._skip(digest):
            return
        try:
            if page.type in _FEEDS:
                raise DocumentError("this is a feed, not a page", hint="name it under feeds")
            if page.type == "application/json":
                raise DocumentError(
                    "it is JSON, which is read as a feed only", hint="name it under feeds, if it is one"
                )
            reading = parse(page.body, _suffix(page), self._limits, worker, charset=page.charset)
        except DocumentError as error:
            yield _problem(target.url, error.message, hint=error.hint)
            return
        for warning in reading.warnings:
            hint = "compare the text with the original"
            yield _problem(target.url, warning, hint=hint, severity=Severity.WARNING)
        yield Document(
            source=page.url,
            sha256=digest,
            format=reading.format,
            text=reading.text,
            url=page.final,
            title=target.title or reading.title,
            byline=target.byline or reading.byline,
            publisher=target.publisher,
            published=target.published or reading.published,
        )


class FeedSource(WebSource):
    """Reads RSS, Atom and JSON feeds."""

    def __init__(self, feeds: Sequence[Path | str], limits: Limits, *, fetcher: Fetcher | None = None) -> None:
        """Each entry is one document."""
        super().__init__(limits, feeds=feeds, fetcher=fetcher)


class UrlSource(WebSource):
    """Reads pages by address."""

    def __init__(self, urls: Sequence[Path | str], limits: Limits, *, fetcher: Fetcher | None = None) -> None:
        """`urls` are addresses, or files with one a line."""
        super().__init__(limits, urls=urls, fetcher=fetcher)


class ChainSource:
    """Several sources as one, in their order."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = tuple(sources)

    def __str__(self) -> str:
        return ", ".join(map(str, self._sources)) or "nowhere (no source was named)"

    def documents(self) -> Iterator[Document | Problem]:
        """Yield what each source yields."""
        for source in self._sources:
            yield from source.documents()


def make_source(
    brief: BriefSettings,
    settings: Settings,
    pages: Pages | None,
    *,
    exclude: Sequence[Path] = (),
    skip: Callable[[str], bool] | None = None,
) -> Source:
    """The folders, feeds and lists of a brief as one source; nothing is read or fetched yet."""
    folder = FolderSource(brief.sources, settings.limits, exclude=exclude, skip=skip)
    if not (brief.feeds or brief.urls):
        return folder
    fetcher = Fetcher(settings.fetch, pages)
    web = WebSource(settings.limits, feeds=brief.feeds, urls=brief.urls, fetcher=fetcher, skip=skip)
    return ChainSource((folder, web) if brief.sources else (web,))


def list_targets(urls: Sequence[str], limits: Limits) -> Iterator[Target | Problem]:
    """The addresses of a list and what is wrong with its lines; files are read, nothing is fetched."""
    for entry in urls:
        if _ADDRESS(entry):
            yield _target(entry, show_address(entry), "this")
        else:
            yield from _read_list(Path(entry), limits)


def _read_list(path: Path, limits: Limits) -> Iterator[Target | Problem]:
    try:
        with path.open("rb") as file:
            text = file.read(_LIST_BYTES + 1).decode("utf-8-sig")
    except OSError as error:
        hint = "correct the path; an address begins with https://"
        yield _problem(show(path), f"the list of addresses cannot be read ({error.strerror})", hint=hint)
        return
    except UnicodeDecodeError:
        yield _problem(show(path), "the list of addresses is no UTF-8 text", hint="save it as UTF-8, an address a line")
        return
    if len(text) > _LIST_BYTES:
        yield _problem(show(path), f"the list is longer than {_LIST_BYTES:,} bytes", hint="split it")
        return
    lines = [(n, line) for n, raw in enumerate(text.splitlines(), 1) if (line := _COMMENT.sub("", raw).strip())]
    for number, line in lines[: limits.files]:
        yield _target(line, show(path), f"line {number}")
    if len(lines) > limits.files:
        message = f"only the first {limits.files} addresses were read, {len(lines) - limits.files} were left out"
        yield _problem(show(path), message, hint="raise limits.files", severity=Severity.WARNING)
    if not lines:
        yield _problem(show(path), "no address in the list", severity=Severity.WARNING)


def _target(text: str, source: str, place: str) -> Target | Problem:
    if splits_password(text):
        hint = "percent-encode the name and the password in it, and any other @: %40"
        return _problem(source, f"{place}: an @ may end a password with /, ? or #", hint=hint)
    try:
        parse_address(text)
    except DocumentError as error:
        return _problem(source, f"{place} is no address to fetch: {error.message}", hint=error.hint)
    return Target(url=text)


def _parse_feed(fetched: Fetched, limits: Limits, worker: Worker) -> Feed:
    try:
        return worker.call(limits.seconds, read_feed, fetched.body, fetched.final, fetched.charset)
    except WorkerFailure as error:
        raise DocumentError(f"reading it was stopped: {error}", hint="open the address in a browser") from error


def _suffix(page: Fetched) -> str:
    """What to read a page as: what its bytes say, or else its type."""
    _, suffix = looks_like(page.body[:4096])
    if suffix or page.type in _SUFFIXES:
        return suffix or _SUFFIXES[page.type]
    # Without a type, text that begins like markup is some.
    return ".html" if page.type.endswith(("html", "xml")) or page.body[:1024].lstrip()[:1] == b"<" else ".txt"


def _problem(address: str, message: str, *, hint: str = "", severity: Severity = Severity.ERROR) -> Problem:
    # What servers and feeds say is quoted in messages: no control character of it goes to a terminal, a log or the store.
    shown, words = show_address(address), printable(" ".join(message.split()))
    _log.warning("%s: %s", shown, words)
    return Problem(source=shown, stage="ingest", message=words, hint=printable(hint), severity=severity)
