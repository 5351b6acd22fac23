"""A build needs no network, and gives the same bytes wherever and however often it runs."""

import subprocess
import sys

from helpers import DAY, ENGLISH, JAPANESE, ROOT, finish, outputs, put

NO_SOCKETS = """
import _socket, socket, sys

def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
        raise OSError("no network in this test")
    if event == "socket.__new__" and arguments[1] not in (-1, socket.AF_UNIX):
        raise OSError("no network in this test")

sys.addaudithook(forbid)
"""
CONFIG = "[[brief]]\nname = 'desk'\nsources = ['in']\nformats = ['pdf', 'html', 'md', 'json']\n"


def test_same_bytes_in_two_processes_without_network(tmp_path):
    seen = []
    for number, zone, locale in ((1, "Asia/Tokyo", "C.UTF-8"), (2, "America/New_York", "C")):
        folder = put(
            tmp_path / f"place{number}",
            {"in/a.txt": JAPANESE, "in/b.txt": ENGLISH, "b.toml": CONFIG, "site/sitecustomize.py": NO_SOCKETS},
        )
        where = folder if number == 1 else tmp_path
        extra = {"TZ": zone, "LANG": locale, "LC_ALL": locale, "PYTHONHASHSEED": str(number)}
        extra["PYTHONPATH"] = f"{folder / 'site'}:{ROOT}"
        code, out, err = finish(where, "run", "-c", folder / "b.toml", "--date", DAY, **extra)
        assert (code, err) == (0, "")
        assert len(out.splitlines()) == 4
        seen.append(outputs(folder / "out"))
    assert sorted(seen[0]) == [f"{DAY}-desk.{suffix}" for suffix in ("html", "json", "md", "pdf")]
    assert seen[0] == seen[1]


def test_the_network_really_is_gone(tmp_path):
    put(tmp_path, {"sitecustomize.py": NO_SOCKETS})
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert "no network in this test" in done.stderr
