"""The ping to a health check: what it says, and what no answer of one may do to a run."""

import contextlib
import socket
import threading
import time

import pytest

from briefs import monitor
from briefs.monitor import ping


@contextlib.contextmanager
def answering(answer):
    """A server on loopback that answers each request by a function of its connection; its address and the requests."""
    listening, asked, threads = socket.create_server(("127.0.0.1", 0)), [], []

    def serve():
        with contextlib.suppress(OSError), listening.accept()[0] as connection:
            asked.append(connection.recv(4096))
            while b"exit" not in asked[-1]:
                asked[-1] += connection.recv(4096)
            answer(connection)

    threads.append(threading.Thread(target=serve, daemon=True))
    threads[0].start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/uuid-s3cret", asked
        threads[0].join(10)


def status(line):
    return lambda connection: connection.sendall(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize(("code", "path"), [(0, "/uuid-s3cret"), (10, "/uuid-s3cret"), (3, "/uuid-s3cret/fail")])
def test_a_run_is_told(code, path):
    with answering(status("200 OK")) as (address, asked):
        assert ping(address, code)
    assert asked[0].startswith(f"POST {path} HTTP/1.1\r\n".encode())
    assert asked[0].endswith(f": exit {code}".encode())


@pytest.mark.parametrize("line", ["404 Not Found", "500 Oh", "302 Found\r\nLocation: http://127.0.0.1/"])
def test_what_is_no_success_is_logged_without_the_address(line, caplog):
    with answering(status(line)) as (address, asked):
        assert not ping(address, 0)
    assert len(asked) == 1
    assert f"answered {line[:3]}" in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_answer_that_drips_holds_no_run(head, monkeypatch):
    monkeypatch.setattr(monitor, "_SECONDS", 0.4)

    def drip(connection):
        connection.sendall(head)
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with answering(drip) as (address, _):
        assert ping(address, 0) is head.endswith(b"\r\n\r\n"), "the status is enough"
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("address", ["http://[::1/s3cret", "http://x:99999/s3cret", "s3cret", "http://\x1b/s3cret"])
def test_an_address_that_is_none_is_logged_and_not_repeated(address, caplog):
    assert not ping(address, 0)
    assert "not told" in caplog.text
    assert "s3cret" not in caplog.text
