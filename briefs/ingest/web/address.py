"""Web addresses: taken apart, shown without their secrets, and looked up; which machine one may lead to.

Whoever writes a feed chooses what is fetched from inside the reader's network. So a host is looked up once, every address
that it has is judged, and the connection goes to one of these very addresses.
"""

import base64
import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from briefs.config.check import splits_password
from briefs.errors import DocumentError

LookUp = Callable[[str, int], Sequence[str]]
IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
# IANA's special-purpose registries; the tables of the ipaddress module differ between versions of Python.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_GLOBAL = ipaddress.ip_network("2000::/3")  # all that is routed; loopback, local, mapped and multicast lie outside
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NUMERIC = re.compile(r"[0-9a-fx.]+").fullmatch
_SECRETS = re.compile(r"(?<=//)[^/?#]*@")
_ANY_SECRETS = re.compile(r"(?<=//).*@", re.DOTALL)
_LONGEST = 2000  # characters of an address


class HostError(DocumentError):
    """A host that cannot be reached: another page of it will fail as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A web address: `url` is normal, without fragment and credentials; `authorization` is what these make of a header."""

    url: str
    scheme: str
    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what shares a robots.txt and may get the same credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def join(self, location: str) -> "Address":
        """Where a redirect leads; credentials go along to the same origin only, and a redirect cannot set any."""
        try:
            there = parse_address(urljoin(self.url, location))
        except ValueError as error:
            raise DocumentError(
                f"it leads to {show_address(location)}, which is no web address", hint="open the address in a browser"
            ) from error
        own = self.authorization if there.origin == self.origin else ""
        return Address(url=there.url, scheme=there.scheme, host=there.host, port=there.port, authorization=own)


def show_address(text: str) -> str:
    """An address as it is written in briefs and logs: no credentials, nothing that a terminal would obey."""
    bare = (_ANY_SECRETS if splits_password(text) else _SECRETS).sub("", text)
    return printable(bare if len(bare) <= _LONGEST else f"{bare[:200]}…")


def printable(text: str) -> str:
    """`text` with what a terminal would obey, or nobody would see, as its code."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def parse_address(text: str) -> Address:
    """Take an address apart; DocumentError if it is none of http or https."""
    import httpx

    if len(text) > _LONGEST:
        raise DocumentError(f"an address of {len(text):,} characters is not fetched", hint="find a shorter one")
    shown = show_address(text)
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise DocumentError(f"{shown} is no valid web address", hint="correct it; it begins with https://") from error
    if url.scheme not in _PORTS:
        raise DocumentError(
            f"{shown} is not fetched: only http and https are", hint="save it as a file and name that as a source"
        )
    host = url.raw_host.decode("ascii").rstrip(".").lower()
    if not host:
        raise DocumentError(f"{shown} names no host", hint="correct the address")
    bare = str(url.copy_with(fragment=None, userinfo=b""))
    credentials = f"{unquote(url.username)}:{unquote(url.password)}" if url.userinfo else ""
    basic = "Basic " + base64.b64encode(credentials.encode()).decode() if credentials else ""
    return Address(url=bare, scheme=url.scheme, host=host, port=url.port or _PORTS[url.scheme], authorization=basic)


def key_of(text: str) -> str:
    """What tells two addresses apart; the text itself if it is no address."""
    try:
        return parse_address(text).url
    except DocumentError:
        return text


def host_of(text: str) -> str:
    """The host of an address as text, empty if there is none."""
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def is_public(address: IP) -> bool:
    """Is it the address of a machine on the public internet?"""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL:
            return False
    return not any(address in network for network in _SPECIAL if network.version == address.version)


def look_up(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def find_machines(address: Address, private: Sequence[str], seconds: float, ask: LookUp = look_up) -> list[str]:
    """The IP addresses to connect to.

    Raises:
        DocumentError: if there is none, or one is not public and the host is not among `private`.
    """
    machines = [literal] if (literal := _literal(address.host)) else _ask(address, seconds, ask)
    names = {address.host, f"{address.host}:{address.port}", f"[{address.host}]", f"[{address.host}]:{address.port}"}
    if literal:
        names |= {str(literal), f"{literal}:{address.port}"}
    if not names.isdisjoint(name.lower() for name in private):
        return [str(machine) for machine in machines]
    for machine in machines:
        if not is_public(machine):
            raise DocumentError(
                f"{address.host} is not fetched: its address {machine} is not on the public internet",
                hint=f'if it is a server of your own, add "{address.host}" to fetch.private',
            )
    return [str(machine) for machine in machines]


def _literal(host: str) -> IP | None:
    """The address that a host written in digits stands for, in any way that a resolver takes: 127.1, 0x7f000001."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if _NUMERIC(host) else None
    except OSError:
        return None


def _ask(address: Address, seconds: float, ask: LookUp) -> list[IP]:
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask(address.host, address.port))
        except Exception as error:  # noqa: BLE001 - carried to the caller
            answers.put(error)

    # The resolver has no time limit of its own that we could set.
    threading.Thread(target=run, daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        found = TimeoutError("the name server did not answer")
    if isinstance(found, Exception) or not found:
        why = f" ({getattr(found, 'strerror', None) or found})" if isinstance(found, Exception) else ""
        hint = "check the spelling of the address, and the network"
        raise HostError(f"the host {address.host} was not found{why}", hint=hint)
    return [ipaddress.ip_address(machine.split("%", maxsplit=1)[0]) for machine in found]
