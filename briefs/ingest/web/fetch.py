"""Pages and feeds from the web: politely, within limits, and from no machine that an address should not lead to."""

import logging
import re
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from briefs import __version__
from briefs.config import FetchSettings
from briefs.errors import DocumentError
from briefs.ingest.web.address import Address, HostError, LookUp, find_machines, look_up, parse_address, printable
from briefs.ingest.web.robots import MOST_BYTES, Robots, read_robots
from briefs.workspace.pages import Page, Pages

if TYPE_CHECKING:
    from briefs.ingest.web.wire import Answer, Deadline

_log = logging.getLogger(__name__)

_TYPES = frozenset(
    (
        "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "application/rss+xml",
        "application/atom+xml", "application/rdf+xml", "text/rdf",
        "application/feed+json", "application/json", "text/markdown", "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        # These say nothing: what the bytes are is looked at when they are read.
        "", "application/octet-stream", "binary/octet-stream", "application/force-download",
    )
)  # fmt: skip
_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_LONGEST_WAIT = 30.0  # seconds for which a server may ask
_BATCH = 64  # answers that may wait in memory for one before them
_PATIENCE = 3  # failures after which a host is left alone
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave: `final` is where redirects led, `unchanged` says that it is what was kept."""

    url: str
    final: str
    body: bytes
    type: str
    charset: str | None = None
    unchanged: bool = False


@dataclass(slots=True)
class _Host:
    """What a run knows of a host: when it may be asked again, how long it asks to be spared, how often it failed."""

    ready: float = 0.0
    delay: float = 0.0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Result:
    """The answer at the end of all redirects."""

    address: Address
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches addresses; one for a run, as it remembers what each host asked for."""

    def __init__(  # noqa: PLR0913 - what tests replace is named
        self,
        settings: FetchSettings,
        pages: Pages | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        look_up: LookUp = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Nothing is fetched yet; `pages` keeps what can be asked for again with "if it changed"."""
        self._settings = settings
        self._pages = pages
        self._clock = clock
        self._sleep = sleep
        self._look_up = look_up
        self._tls = tls
        agent = settings.user_agent or f"briefs/{__version__}"
        self._agent = "".join(c for c in agent if " " <= c <= "~").strip()
        self._left = settings.total_seconds
        self._hosts: dict[str, _Host] = {}
        self._robots: dict[str, Robots | DocumentError] = {}

    @property
    def items(self) -> int:
        """The most entries to take from one feed."""
        return self._settings.items

    def get(self, url: str) -> Fetched:
        """Fetch one address; DocumentError with the reason if it cannot be had."""
        address = parse_address(url)
        kept = self._pages.find(address.url) if self._pages else None
        result = self._follow(address, kept)
        if result.status == HTTPStatus.NOT_MODIFIED and kept is not None and self._pages is not None:
            self._pages.touch(kept.url)
            _log.info("%s: not modified", address.url)
            return _fetched(kept, unchanged=True)
        if result.status != HTTPStatus.OK:
            raise _refusal(result.status)
        page = Page(
            url=address.url,
            final=result.address.url,
            etag=result.headers.get("etag", ""),
            modified=result.headers.get("last-modified", ""),
            type=printable(result.headers.get("content-type", "")),
            body=result.body,
        )
        self._keep(page, kept)
        _log.info("%s: %d bytes", address.url, len(page.body))
        return _fetched(page, unchanged=kept is not None and kept.body == page.body)

    def get_all(self, urls: Sequence[str]) -> Iterator[Fetched | DocumentError]:
        """Fetch many addresses and yield what each gave, in their order; while one host rests, the next is asked."""
        for start in range(0, len(urls), _BATCH):
            yield from self._get_batch(urls[start : start + _BATCH])

    def _get_batch(self, urls: Sequence[str]) -> Iterator[Fetched | DocumentError]:
        lanes: dict[str, deque[tuple[int, Address]]] = {}
        results: dict[int, Fetched | DocumentError] = {}
        for number, url in enumerate(urls):
            try:
                address = parse_address(url)
            except DocumentError as error:
                results[number] = error
            else:
                lanes.setdefault(address.host, deque()).append((number, address))
        for wanted in range(len(urls)):
            while wanted not in results:
                lane = min((lane for lane in lanes.values() if lane), key=lambda lane: self._rest(lane[0][1]))
                number, address = lane[0]
                if self._learns_robots(address):
                    continue  # which takes a rest after it, in which another host is asked
                lane.popleft()
                try:
                    results[number] = self.get(urls[number])
                except DocumentError as error:
                    results[number] = error
            yield results.pop(wanted)

    def _rest(self, address: Address) -> float:
        """The seconds for which the host of an address is still to be spared."""
        return max(0.0, self._host(address).ready - self._clock())

    def _host(self, address: Address) -> _Host:
        return self._hosts.setdefault(address.host, _Host(ready=self._clock()))

    def _keep(self, page: Page, kept: Page | None) -> None:
        """Keep what can be asked for with a condition, and nothing else."""
        if self._pages is None:
            return
        if page.etag or page.modified:
            self._pages.keep(page)
        elif kept is not None:
            self._pages.forget(page.url)

    def _learns_robots(self, address: Address) -> bool:
        """Fetch the robots.txt of an address unless it is known, and return whether that was so."""
        if not self._settings.robots or address.origin in self._robots:
            return False
        self._robots[address.origin] = self._fetch_robots(address)
        return True

    def _fetch_robots(self, address: Address) -> Robots | DocumentError:
        try:
            result = self._follow(address.join("/robots.txt"), None, robots=True)
        except DocumentError as error:
            return type(error)(f"its robots.txt could not be read: {error.message}", hint=error.hint)
        if result.status == HTTPStatus.TOO_MANY_REQUESTS or result.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            # By RFC 9309 this forbids everything, as a missing file allows it.
            message = f"its robots.txt could not be read: {_refusal(result.status).message}"
            return HostError(message, hint="run again later")
        if result.status != HTTPStatus.OK:
            return Robots()
        robots = read_robots(result.body.decode("utf-8", "replace"), self._agent.split("/")[0].split(" ")[0])
        host = self._host(address)
        host.delay = robots.delay
        host.ready = max(host.ready, self._clock() + host.delay)
        return robots

    def _check_robots(self, address: Address) -> None:
        self._learns_robots(address)
        known = self._robots.get(address.origin)
        if isinstance(known, DocumentError):
            raise type(known)(known.message, hint=known.hint)
        if known is not None and not known.allows(address.url):
            hint = "leave the address out, or ask its publisher; fetch.robots = false does not ask"
            raise DocumentError("its robots.txt does not allow it to be fetched", hint=hint)

    def _follow(self, address: Address, kept: Page | None, *, robots: bool = False) -> _Result:
        """Ask, and follow redirects by hand: each is checked like an address of its own."""
        from briefs.ingest.web.wire import Deadline

        deadline = Deadline(self._settings.seconds, self._clock)
        been: set[str] = set()
        while address.url not in been:
            if len(been) > self._settings.redirects:
                raise DocumentError(f"more than {self._settings.redirects} redirects", hint="raise fetch.redirects")
            been.add(address.url)
            if not robots:
                began = self._clock()
                self._check_robots(address)
                deadline.extend(self._clock() - began)  # robots.txt had a limit of its own
            result = self._ask(address, self._headers(address, kept), deadline, robots)
            location = result.headers.get("location", "")
            if result.status not in _REDIRECTS or not location:
                return result
            address = address.join(location)
        raise DocumentError("its redirects lead in a circle", hint="open the address in a browser")

    def _headers(self, address: Address, kept: Page | None) -> dict[str, str]:
        headers = {
            "user-agent": self._agent,
            "accept": "text/html, application/xhtml+xml, application/xml;q=0.9, application/pdf;q=0.8, */*;q=0.5",
            "accept-encoding": "gzip, deflate",
            "connection": "close",
        }
        if address.authorization:
            headers["authorization"] = address.authorization
        # The condition is about the address that gave the answer, which may be at the end of redirects.
        if kept is not None and kept.final == address.url:
            headers |= {"if-none-match": kept.etag} if kept.etag else {}
            headers |= {"if-modified-since": kept.modified} if kept.modified else {}
        return headers

    def _ask(self, address: Address, headers: Mapping[str, str], deadline: "Deadline", robots: bool) -> _Result:
        """One request, and a second one if the server asks for a moment."""
        result = self._ask_once(address, headers, deadline, robots)
        if result.status in _BUSY:
            pause = _retry_after(result.headers.get("retry-after", ""))
            if pause is not None and pause <= _LONGEST_WAIT:
                self._host(address).ready = self._clock() + max(pause, self._settings.delay)
                return self._ask_once(address, headers, deadline, robots)
        return result

    def _ask_once(self, address: Address, headers: Mapping[str, str], deadline: "Deadline", robots: bool) -> _Result:
        """One request, after the rest that its host is to have; both are taken from the time of the run."""
        if self._left <= self._rest(address):
            message = f"no time left: what was fetched before it took most of {self._settings.total_seconds:g} s"
            raise DocumentError(message, hint="run again later, or raise fetch.total_seconds")
        began = self._clock()
        try:
            return self._send(address, headers, deadline, robots)
        finally:
            self._left -= self._clock() - began

    def _send(self, address: Address, headers: Mapping[str, str], deadline: "Deadline", robots: bool) -> _Result:
        from briefs.ingest.web import wire

        host = self._host(address)
        if host.failures >= _PATIENCE:
            hint = "run again later; what it has is fetched then"
            raise DocumentError(f"{address.host} failed {_PATIENCE} times in a row and is not asked again", hint=hint)
        if pause := self._rest(address):
            self._sleep(pause)
            deadline.extend(pause)
        if self._tls is None and address.scheme == "https":  # reading certificates takes its time
            self._tls = wire.trusted()
        try:
            machines = find_machines(address, self._settings.private, deadline.left(), self._look_up)
            with wire.ask(address, headers, machines=machines, deadline=deadline, tls=self._tls) as answer:
                result = _Result(address, answer.status, answer.headers, self._read(answer, robots))
        except (HostError, TimeoutError) as error:
            host.failures += 1
            if isinstance(error, HostError):
                raise
            raise HostError(f"{address.host} took more than {deadline.seconds:g} s", hint="run again later") from error
        finally:
            host.ready = self._clock() + max(self._settings.delay, host.delay)
        host.failures = host.failures + 1 if result.status in _BUSY else 0
        return result

    def _read(self, answer: "Answer", robots: bool) -> bytes:
        """The body of an answer that is wanted; what is too large or no text is refused before it is read."""
        if answer.status != HTTPStatus.OK:
            return b""
        if robots:
            return answer.read(MOST_BYTES, cut=True)
        type_ = _media_type(answer.headers.get("content-type", ""))
        if type_ not in _TYPES:
            raise DocumentError(
                f"it is of type {type_}, which is not read", hint="pages, feeds, plain text, PDF and .docx are"
            )
        length = answer.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._settings.bytes:
            message = f"it is larger than {self._settings.bytes:,} bytes"
            raise DocumentError(message, hint="raise fetch.bytes if it should be read")
        return answer.read(self._settings.bytes)


def _fetched(page: Page, *, unchanged: bool) -> Fetched:
    charset = _CHARSET.search(page.type)
    return Fetched(
        url=page.url,
        final=page.final,
        body=page.body,
        type=_media_type(page.type),
        charset=charset[1] if charset else None,
        unchanged=unchanged,
    )


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _retry_after(text: str) -> float | None:
    """The seconds that a Retry-After header asks for, by number or by date; None if it asks for none."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _refusal(status: int) -> DocumentError:
    """The error that an HTTP status stands for."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "unknown status"
    name = f"HTTP {status}, {phrase}"
    if status in (401, 402, 403, 407, 451):
        return DocumentError(f"the server refuses it ({name})", hint="what needs a login or a browser cannot be read")
    if status in (404, 410):
        return DocumentError(f"the page is not there ({name})", hint="correct the address, or leave it out")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return DocumentError(f"the server is busy or broken ({name})", hint="run again later")
    return DocumentError(f"the server gave no page ({name})", hint="open the address in a browser")
