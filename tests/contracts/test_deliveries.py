"""What every delivery promises, whoever wrote it."""

from datetime import date

import pytest

from briefs.brief import Brief
from briefs.deliver import FolderDelivery
from briefs.errors import DeliveryError
from briefs.registry import BUILTINS, Receipt, load_backend

BRIEF = Brief(name="b", title="t", date=date(2026, 3, 1))
ARGUMENTS = {"folder": lambda folder: (folder / "deep" / "sent",), "null": lambda folder: ()}


@pytest.fixture(params=sorted(BUILTINS["delivery"]))
def delivery(request, tmp_path):
    return load_backend("delivery", request.param)(*ARGUMENTS[request.param](tmp_path))


@pytest.fixture
def files(tmp_path):
    for name in ("2026-03-01-b.pdf", "2026-03-01-b.json"):
        (tmp_path / name).write_bytes(name.encode())
    return sorted(tmp_path.glob("2026*"))


def test_a_delivery_gives_a_receipt_and_keeps_the_files(delivery, files):
    receipt = delivery.send(BRIEF, files)
    assert isinstance(receipt, Receipt)
    assert isinstance(receipt.delivered, bool)
    assert "2 files" in receipt.detail
    assert "2026-03-01" in receipt.detail
    assert [path.read_bytes() for path in files] == [path.name.encode() for path in files]


def test_no_files_and_a_second_time_are_no_error(delivery, files):
    assert isinstance(delivery.send(BRIEF, []), Receipt)
    assert delivery.send(BRIEF, files) == delivery.send(BRIEF, files)


def test_the_folder_holds_what_was_sent(tmp_path, files):
    assert FolderDelivery(tmp_path / "sent").send(BRIEF, files).delivered
    assert {p.name: p.read_bytes() for p in (tmp_path / "sent").iterdir()} == {p.name: p.read_bytes() for p in files}


def test_nothing_delivered_is_not_called_delivered(files):
    assert not load_backend("delivery", "null")().send(BRIEF, files).delivered


def test_a_file_that_is_gone_is_a_delivery_error(tmp_path, files):
    files[0].unlink()
    with pytest.raises(DeliveryError) as caught:
        FolderDelivery(tmp_path / "sent").send(BRIEF, files)
    assert caught.value.hint
