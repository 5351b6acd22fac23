"""What every source promises, whoever wrote it."""

import pytest

from briefs.brief import Document, Problem
from briefs.config import Limits
from briefs.registry import BUILTINS, load_backend


@pytest.fixture(params=sorted(BUILTINS["source"]))
def source(request, tmp_path):
    (tmp_path / "a.txt").write_text("政府は方針を固めた。", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    return load_backend("source", request.param)([tmp_path, tmp_path / "gone"], Limits())


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
