"""Packs: found in their order, described the same each time, and refused where they are broken."""

import hashlib
import json
import re
import zipfile

import pytest

from briefs.errors import PackError
from briefs.fidelity.inline import KINDS
from briefs.packs import BUILT_IN, archive, find_pack

(ARCHIVE,) = BUILT_IN.glob("*.argosmodel")
METADATA = {"package_version": "9.9", "from_code": "ja", "to_code": "en", "code": "mine"}


@pytest.fixture
def built_in(tmp_path):
    """The built-in pack, whatever Argos Translate keeps on this machine."""
    folder = tmp_path / "no packs"
    folder.mkdir()
    return find_pack("ja", "en", str(folder))


def write_pack(folder, name="mine", metadata=METADATA):
    path = folder / name
    (path / "model").mkdir(parents=True)
    (path / "metadata.json").write_text(json.dumps(metadata))
    (path / "model" / "model.bin").write_bytes(b"weights")
    return path


def write_archive(folder, name="mine.argosmodel", metadata=METADATA):
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("mine/metadata.json", json.dumps(metadata))
        archive.writestr("mine/model/model.bin", b"weights")
    return folder / name


def refusal(folder):
    with pytest.raises(PackError) as caught:
        find_pack("ja", "en", str(folder))
    assert caught.value.hint
    return caught.value.message


def test_the_built_in_pack_is_found_and_whole(built_in):
    assert (built_in.info.source, built_in.info.target, built_in.info.origin) == ("ja", "en", "built in")
    assert built_in.info.sha256 == hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()
    assert {"model/model.bin", "sentencepiece.model", "metadata.json"} <= set(built_in.read_files())
    assert set(built_in.inline) == set(KINDS)
    assert built_in.least_confidence == -0.5


def test_an_installed_pack_wins_over_the_built_in_one(built_in, tmp_path):
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path / "packs")
    pack = find_pack("ja", "en", str(tmp_path / "packs"))
    assert (pack.info.origin, pack.path.parent) == ("installed", tmp_path / "packs")
    assert pack.read_files() == built_in.read_files()
    assert (pack.inline, pack.info.name) == (built_in.inline, built_in.info.name)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({}, None),
        ({"least_confidence": -0.5}, -0.5),
        ({"least_confidence": "x"}, None),
        ({"least_confidence": True}, None),
        ({"least_confidence": float("nan")}, None),
    ],
)
def test_how_sure_a_pack_must_be_is_read_from_its_metadata(tmp_path, written, read):
    write_pack(tmp_path, metadata=METADATA | written)
    assert find_pack("ja", "en", str(tmp_path)).least_confidence == read


def test_an_archive_in_the_packs_folder_is_installed_too(tmp_path):
    path = write_archive(tmp_path / "packs")
    pack = find_pack("ja", "en", str(path.parent))
    assert (pack.info.name, pack.info.version, pack.path) == ("mine", "9.9", path)
    assert pack.read_files()["model/model.bin"] == b"weights"


def test_the_newer_of_two_installed_packs_is_taken(tmp_path):
    for version in ("1_0", "1_1"):
        write_pack(tmp_path, f"translate-ja_en-{version}", METADATA | {"package_version": version})
    assert find_pack("ja", "en", str(tmp_path)).info.version == "1_1"


def test_a_pack_of_another_pair_leaves_the_built_in_one(tmp_path):
    write_pack(tmp_path, metadata=METADATA | {"from_code": "zh"})
    assert find_pack("zh", "en", str(tmp_path)).info.name == "mine"
    assert find_pack("ja", "en", str(tmp_path)).info.origin == "built in"


def test_other_things_in_the_packs_folder_are_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert find_pack("ja", "en", str(tmp_path)).info.origin == "built in"


def test_a_missing_pair_says_what_to_do(tmp_path):
    with pytest.raises(PackError, match="no pack translates ko to en") as caught:
        find_pack("ko", "en", str(tmp_path))
    assert "Argos package for ko-en" in caught.value.hint


def test_a_packs_folder_that_is_not_there_is_an_error(tmp_path):
    assert str(tmp_path / "gone") in refusal(tmp_path / "gone")


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: b"no zip at all", lambda data: data[: len(data) // 2]],
    ids=["empty", "other", "half"],
)
def test_a_broken_archive_is_named(tmp_path, damage):
    path = write_archive(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert str(path) in refusal(tmp_path)


@pytest.mark.parametrize(
    "metadata",
    ["", "{", "{}", json.dumps({"from_code": "ja", "to_code": "en"}), "\ud800"],
)
def test_broken_metadata_is_named(tmp_path, metadata):
    path = write_pack(tmp_path)
    (path / "metadata.json").write_bytes(metadata.encode("utf-8", "surrogatepass"))
    assert str(path) in refusal(tmp_path)


def test_an_archive_without_metadata_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.argosmodel", "w") as archive:
        archive.writestr("a/model/model.bin", b"")
    assert "a.argosmodel" in refusal(tmp_path)


def test_damage_inside_an_archive_is_found_when_it_is_read(tmp_path):
    path = write_archive(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"weights", b"weighty", 1))
    pack = find_pack("ja", "en", str(tmp_path))
    with pytest.raises(PackError, match=re.escape(str(path))):
        pack.read_files()


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    assert "larger than 10 bytes" in refusal(write_archive(tmp_path).parent)


def test_the_hash_is_of_the_contents_only(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    write_pack(first)
    write_pack(second)
    hashes = [find_pack("ja", "en", str(folder)).info.sha256 for folder in (first, second)]
    assert hashes[0] == hashes[1]
    (second / "mine" / "model" / "model.bin").write_bytes(b"other")
    assert find_pack("ja", "en", str(second)).info.sha256 != hashes[0]
