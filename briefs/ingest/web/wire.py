"""One request and its answer over HTTP. Imported when something is first fetched: httpx takes its time to load.

A request goes to the machines that were looked up and judged, and to no others, while `Host` and the certificate are those
of the name. There are no proxies, no cookies, no redirects here, and every wait ends at one deadline.
"""

import contextlib
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import certifi
import httpcore
import httpx

from briefs.errors import DocumentError
from briefs.ingest.web.address import Address, HostError

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_LATER = "run again later, or open the address in a browser"
_ERRORS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    UnicodeError,
)


class Deadline:
    """The time until which everything about one address must be done."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """The seconds that are left; TimeoutError if none are."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError
        return left

    def extend(self, seconds: float) -> None:
        """Leave out of account the time that we waited by our own will."""
        self._end += seconds


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, however often it is waited for."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline decides
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline decides
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the deadline decides
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the given machines, whatever the host is called."""

    def __init__(self, machines: Sequence[str], deadline: Deadline) -> None:
        self._machines = machines
        self._deadline = deadline

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: Any = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:  # fmt: skip
        del host, timeout, local_address
        for number, machine in enumerate(self._machines):
            # A machine that is silent leaves time for the next one.
            seconds = self._deadline.left() / (len(self._machines) - number)
            try:
                inner = httpcore.SyncBackend().connect_tcp(machine, port, seconds, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number + 1 == len(self._machines):
                    raise
            else:
                return _Stream(inner, self._deadline)
        raise httpcore.ConnectError("no machine")


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _Transport(httpx.BaseTransport):
    def __init__(self, backend: _Backend, tls: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        sent = httpcore.Request(request.method, target, headers=request.headers.raw, content=request.read())
        response = self._pool.handle_request(sent)
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self._pool.close()


class Answer:
    """An answer whose body has not been read yet; `headers` have names in lower case."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)

    def read(self, most: int, *, cut: bool = False) -> bytes:
        """The whole body, uncompressed; with `cut`, its first `most` bytes.

        Raises:
            DocumentError: if it is longer than `most`, damaged or compressed in an unknown way.
        """
        coding = self.headers.get("content-encoding", "").strip().lower()
        chunks = self._response.iter_raw()
        if coding not in ("", "identity"):
            chunks = _unpack(chunks, coding, most)
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > most:
                break
        if len(body) > most and not cut:
            raise DocumentError(f"it is larger than {most:,} bytes", hint="raise fetch.bytes if it should be read")
        return bytes(body[:most])


def trusted() -> ssl.SSLContext:
    """Certificates to trust: the system's, where an organisation adds its own, and those of Mozilla where it has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextlib.contextmanager
def ask(  # noqa: PLR0913 - all that a request is
    address: Address,
    headers: Mapping[str, str],
    *,
    machines: Sequence[str],
    deadline: Deadline,
    tls: ssl.SSLContext | None,
    post: bytes | None = None,
) -> Iterator[Answer]:
    """Send a request and give the answer; HostError if the machine does not answer, DocumentError if it talks nonsense.

    With `post` it is a POST of these bytes, else a GET. What goes wrong while the body is read, inside the `with`, ends in
    the same errors.
    """
    transport = _Transport(_Backend(machines, deadline), tls)
    try:
        # Not through httpx.Client, which keeps cookies and has opinions on redirects.
        method = "GET" if post is None else "POST"
        response = transport.handle_request(httpx.Request(method, address.url, headers=dict(headers), content=post))
        with contextlib.closing(response):
            yield Answer(response)
    except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise HostError(f"{address.host} did not finish its answer in {deadline.seconds:g} s", hint=_LATER) from error
    except zlib.error as error:
        raise DocumentError("the answer is damaged: it cannot be unpacked", hint=_LATER) from error
    except _ERRORS as error:
        raise _describe(address, error) from error
    finally:
        transport.close()


def _describe(address: Address, error: Exception) -> DocumentError:
    words = str(error)
    if "CERTIFICATE" in words.upper():
        hint = "open it in a browser; a certificate of your own organisation belongs among the system's"
        return HostError(f"the certificate of {address.host} is not accepted: {words}", hint=hint)
    if isinstance(error, (httpcore.ProtocolError, httpx.ProtocolError, UnicodeError)):
        return DocumentError(f"{address.host} sent no proper answer: {words}", hint=_LATER)
    return HostError(f"{address.host} cannot be reached: {words or type(error).__name__}", hint=_LATER)


def _unpack(chunks: Iterator[bytes], coding: str, most: int) -> Iterator[bytes]:
    """The body without its compression, and never more than a byte beyond `most` of it: a few kB can hold gigabytes."""
    if coding not in _WINDOW:
        raise DocumentError(f"it is compressed in an unknown way ({coding})", hint=_LATER)
    decoder = None
    room = most + 1
    for chunk in chunks:
        if decoder is None and chunk:
            # "deflate" is zlib's format by the standard, and a bare stream from some servers.
            bare = coding == "deflate" and chunk[0] & 15 != 8
            decoder = zlib.decompressobj(-15 if bare else _WINDOW[coding])
        data = chunk
        while data and decoder is not None and room and not decoder.eof:
            piece = decoder.decompress(data, room)
            room -= len(piece)
            data = decoder.unconsumed_tail
            yield piece
    if decoder is not None and room and not decoder.eof:
        raise zlib.error("cut off")
