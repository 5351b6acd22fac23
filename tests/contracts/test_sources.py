"""What every source promises, whoever wrote it."""

import contextlib
import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from briefs.brief import Document, Problem
from briefs.config import FetchSettings, Limits
from briefs.ingest.web import Fetcher
from briefs.registry import BUILTINS, load_backend

ENTRIES = "".join(f"<item><link>/{name}</link></item>" for name in ("a.txt", "b.txt"))
FEED = f"<rss version='2.0'><channel><title>News</title>{ENTRIES}</channel></rss>"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def served(folder):
    """The address under which a folder is on the web."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=sorted(BUILTINS["source"]))
def source(request, tmp_path):
    (tmp_path / "a.txt").write_text("政府は方針を固めた。", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    (tmp_path / "feed.xml").write_text(FEED)
    with served(tmp_path) as site:
        named = {
            "feed": [f"{site}/feed.xml", f"{site}/gone"],
            "url": [f"{site}/a.txt", f"{site}/b.txt", f"{site}/gone"],
        }
        web = {"fetcher": Fetcher(FetchSettings(private=("127.0.0.1",), delay=0))} if request.param in named else {}
        paths = named.get(request.param, [tmp_path, tmp_path / "gone"])
        yield load_backend("source", request.param)(paths, Limits(), **web)


def test_yields_documents_or_problems(source):
    for item in source.documents():
        assert isinstance(item, (Document, Problem))
        assert item.source
        if isinstance(item, Document):
            assert item.text.strip()
            assert len(item.sha256) == 64
            assert item.format in {"txt", "html", "pdf", "docx", "eml"}
        else:
            assert item.stage == "ingest"
            assert item.message


def test_can_be_read_twice(source):
    assert list(source.documents()) == list(source.documents())


def test_can_be_left_half_read(source):
    iterator = source.documents()
    next(iterator, None)
    del iterator


def test_says_what_it_reads(source):
    assert str(source)
    assert "object at 0x" not in str(source)


def test_reads_what_can_be_read_and_reports_the_rest(source, request):
    found = [type(item) for item in source.documents()]
    if "null" in request.node.name:
        assert found == []
    else:
        assert found == [Document, Problem, Problem]
