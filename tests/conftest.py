"""For every test: no network but loopback, a clean environment, no state shared between tests."""

import ipaddress
import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


class NetworkBlockedError(AssertionError):
    """A test tried to reach something beyond this machine."""


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto


def _check(address: object) -> None:
    if isinstance(address, tuple):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host.split("%", maxsplit=1)[0]).is_loopback:
            raise NetworkBlockedError(f"network access to {host}")


def _guarded_connect(self: socket.socket, address: object) -> None:
    _check(address)
    return _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: object) -> int:
    _check(address)
    return _connect_ex(self, address)


def _guarded_sendto(self: socket.socket, *args: object) -> int:
    _check(args[-1])
    return _sendto(self, *args)


def _no_lookup(host: object, *args: object, **kwargs: object) -> list[object]:
    if host not in (None, "localhost", "127.0.0.1", "::1", b"localhost"):
        raise NetworkBlockedError(f"name lookup of {host!r}")
    return _getaddrinfo(host, *args, **kwargs)


_getaddrinfo = socket.getaddrinfo
socket.socket.connect = _guarded_connect
socket.socket.connect_ex = _guarded_connect_ex
socket.socket.sendto = _guarded_sendto
socket.getaddrinfo = _no_lookup


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith(("BRIEFS_", "ARGOS_")):
            monkeypatch.delenv(name)
    # Argos Translate makes folders in the user's home when it is imported.
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Material that lies beside the repository, for the quality tests; missing material fails, it does not skip."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.fail(f"{folder} is missing: the quality tests need the reference material")
    return folder
