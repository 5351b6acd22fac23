"""What every delivery promises, whoever wrote it."""

from datetime import date

import pytest
from mail_server import MailServer

from briefs.brief import Brief
from briefs.config import BriefSettings, MailSettings, Settings
from briefs.deliver import FolderDelivery, MailDelivery
from briefs.errors import BriefError, DeliveryError
from briefs.registry import BUILTINS, Receipt, load_backend

BRIEF = Brief(name="b", title="t", date=date(2026, 3, 1))
ARGUMENTS = {
    "folder": lambda folder, _: (folder / "deep" / "sent",),
    "mail": lambda folder, server: (mail_settings(folder, server),),
    "null": lambda *_: (),
}


def mail_settings(folder, server, *to):
    brief = BriefSettings(name="b", title="t", to=to or ("ana@example.org", "bo@example.org"))
    return Settings(out=str(folder / "out"), mail=server.settings(attach=("pdf", "json")), brief=(brief,))


@pytest.fixture
def server():
    with MailServer("none") as found:
        yield found


@pytest.fixture(params=sorted(BUILTINS["delivery"]))
def delivery(request, tmp_path, server):
    return load_backend("delivery", request.param)(*ARGUMENTS[request.param](tmp_path, server))


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


def test_mail_has_the_files_and_comes_once(tmp_path, files, server):
    delivery = MailDelivery(mail_settings(tmp_path, server))
    for _ in range(2):
        assert delivery.send(BRIEF, files) == (True, "2 files of 2026-03-01 mailed to 2 of 2 recipients")
    assert [received.recipients for received in server.received] == [["ana@example.org"], ["bo@example.org"]]
    attached = {
        part.get_filename(): part.get_payload(decode=True) for part in server.received[0].message.iter_attachments()
    }
    assert attached == {path.name: path.read_bytes() for path in files}


def test_mail_that_cannot_go_out_yet_is_queued_and_what_is_refused_is_an_error(tmp_path, files, server):
    server.faults["MAIL"] = ["451 later", "550 no", "550 no"]
    assert not MailDelivery(mail_settings(tmp_path, server, "ana@example.org")).send(BRIEF, files).delivered
    with pytest.raises(DeliveryError, match="2 failed") as caught:
        MailDelivery(mail_settings(tmp_path / "other", server)).send(BRIEF, files)
    assert caught.value.hint
    for unset, words in (({"sender": "d@x.org"}, r"mail\.host"), ({"host": "localhost"}, r"mail\.sender")):
        settings = Settings(
            out=str(tmp_path / words), mail=MailSettings(**unset), brief=mail_settings(tmp_path, server).brief
        )
        with pytest.raises(BriefError, match=words):
            MailDelivery(settings).send(BRIEF, files)
