"""Packs come whole or not at all: unsafe packages are refused, killed installations leave nothing that is found."""

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from briefs.config import parse_settings
from briefs.errors import ConfigError, LockError, MissingPackError, PackError, UsageError
from briefs.packs import Broken, Installer, archive, find_pack, find_route, list_packs, remove_pack, survey_packs

METADATA = {"package_version": "1.0", "from_code": "ko", "to_code": "en", "from_name": "Korean"}
FILES = {
    "metadata.json": json.dumps(METADATA),
    "model/model.bin": "weights",
    "model/shared_vocabulary.txt": "a\nb\n",
    "sentencepiece.model": "pieces",
    "README.md": "# Mine",
}


def package(path, files=FILES, root="ko_en", entries=()):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(f"{root}/{name}" if root else name, data)
        for entry, data in entries:
            zipped.writestr(entry, data)
    return path


def with_metadata(**changed):
    return FILES | {"metadata.json": json.dumps(METADATA | changed)}


def entry(name, mode=0):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def tree(folder):
    """Everything below a folder but the lock."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.name != ".briefs-lock")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "packs"


@pytest.fixture
def file(tmp_path):
    return package(tmp_path / "ko_en.argosmodel")


def install(folder, file, **options):
    return Installer(str(folder), **options).install(str(file))


def refusal(folder, file, **options):
    with pytest.raises(PackError) as caught:
        install(folder, file, **options)
    assert caught.value.hint
    assert tree(folder) == []
    return caught.value.message


def test_an_installed_pack_is_found_at_once(folder, file):
    folder.mkdir()
    assert not any(pack.info.source == "ko" for pack in list_packs(str(folder)))
    pack, fresh = install(folder, file)
    assert fresh
    assert find_pack("ko", "en", str(folder)) == pack
    assert pack.path == folder / "translate-ko_en-1_0"
    assert set(tree(pack.path)) == {*FILES, "model", "briefs.json"}


def test_the_record_says_what_was_installed(folder, file):
    pack, _ = install(folder, file)
    record = json.loads((pack.path / "briefs.json").read_text())
    assert record == {
        "sha256": pack.info.sha256,
        "archive": hashlib.sha256(file.read_bytes()).hexdigest(),
        "from": file.name,
    }


def test_the_same_pack_again_changes_nothing(folder, file):
    first, _ = install(folder, file)
    before = first.path.stat()
    second, fresh = install(folder, file)
    assert (second, fresh) == (first, False)
    assert first.path.stat().st_ino == before.st_ino


def test_another_pack_of_the_same_version_takes_its_place(folder, tmp_path, file):
    install(folder, file)
    for data in ("more", "most", "more"):
        other = package(tmp_path / "other.argosmodel", FILES | {"model/model.bin": data})
        pack, fresh = install(folder, other)
        assert fresh
        assert find_pack("ko", "en", str(folder)) == pack
        assert pack.read_files()["model/model.bin"] == data.encode()
        assert len([p for p in folder.iterdir() if p.is_dir()]) == 1


def test_a_newer_version_wins_whatever_the_folders_are_called(folder, tmp_path, file):
    install(folder, package(tmp_path / "n.argosmodel", with_metadata(package_version="1.10")))
    install(folder, package(tmp_path / "o.argosmodel", with_metadata(package_version="1.9")))
    (folder / "translate-ko_en-1_9").rename(folder / "zz")
    assert find_pack("ko", "en", str(folder)).info.version == "1.10"


@pytest.mark.parametrize("root", ["", "anything at all"])
def test_the_packages_folder_may_have_any_name_or_none(folder, tmp_path, root):
    pack, _ = install(folder, package(tmp_path / "a.argosmodel", root=root))
    assert pack.path.name == "translate-ko_en-1_0"
    assert pack.read_files()["README.md"] == b"# Mine"


def test_what_archivers_add_is_left_out_and_a_record_in_the_package_too(folder, tmp_path):
    extra = [("__MACOSX/ko_en/._metadata.json", "x"), ("ko_en/briefs.json", '{"sha256": "forged", "archive": "f"}')]
    pack, _ = install(folder, package(tmp_path / "a.argosmodel", entries=extra))
    assert pack.recorded.sha256 == pack.info.sha256
    assert tree(folder)[0] == pack.path.name


@pytest.mark.parametrize(
    ("name", "mode", "why"),
    [
        ("ko_en/../../evil", 0, "leads out"),
        ("../evil", 0, "leads out"),
        ("ko_en/..", 0, "leads out"),
        ("/tmp/evil", 0, "absolute"),
        ("ko_en\\..\\..\\evil", 0, "no"),
        ("C:/evil", 0, "none"),
        ("ko_en//evil", 0, "none"),
        ("ko_en/./evil", 0, "none"),
        ("ko_en/a\nb", 0, "none"),
        ("ko_en/" + "x" * 300, 0, "none"),
        ("ko_en/link", stat.S_IFLNK | 0o777, "link"),
        ("ko_en/pipe", stat.S_IFIFO | 0o644, "regular"),
        ("ko_en/device", stat.S_IFCHR | 0o644, "regular"),
        ("ko_en/folder", stat.S_IFDIR | 0o755, "regular"),
        ("ko_en/readme.MD", 0, "twice"),
        ("ko_en/README.md/inside", 0, "lies in a file"),
        ("elsewhere/evil", 0, "outside its folder"),
    ],
)
def test_an_unsafe_package_is_refused(folder, tmp_path, name, mode, why):
    file = package(tmp_path / "evil.argosmodel", entries=[(entry(name, mode), "x")])
    message = refusal(folder, file)
    assert why in message
    assert str(file) in message or file.name in message
    assert not list(tmp_path.rglob("evil"))


def test_a_file_that_comes_twice_is_refused(folder, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        file = package(tmp_path / "a.argosmodel", entries=[("ko_en/model/model.bin", "other")])
    assert "twice" in refusal(folder, file)


def test_an_encrypted_package_is_refused(folder, file):
    data = bytearray(file.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    file.write_bytes(data)
    assert "encrypted" in refusal(folder, file)


def test_a_bomb_is_refused_before_it_is_unpacked(folder, tmp_path):
    file = package(tmp_path / "bomb.argosmodel", FILES | {"model/model.bin": bytes(20_000_000)})
    assert "100 times its size" in refusal(folder, file)


def test_total_and_number_of_files_have_a_limit(folder, file, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 10)
    assert "larger than 10 bytes" in refusal(folder, file)
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MAX_ENTRIES", 3)
    assert "more than 3 files" in refusal(folder, file)


def test_an_entry_that_lies_about_its_size_is_refused(folder, tmp_path):
    file = package(tmp_path / "a.argosmodel", FILES | {"model/model.bin": "w" * 1000})
    data = bytearray(file.read_bytes())
    for at in (data.index((1000).to_bytes(4, "little")), data.rindex((1000).to_bytes(4, "little"))):
        data[at : at + 4] = (10).to_bytes(4, "little")
    file.write_bytes(data)
    assert "corrupt" in refusal(folder, file)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_half_a_file_is_refused(folder, file, part):
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * part)])
    assert file.name in refusal(folder, file)


def test_a_flipped_byte_is_found(folder, file):
    data = file.read_bytes()
    at = data.index(b"weights") if b"weights" in data else data.index(b"model.bin") + 12
    file.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :])
    assert "corrupt" in refusal(folder, file)


@pytest.mark.parametrize("name", ["model/model.bin", "model/shared_vocabulary.txt", "sentencepiece.model"])
def test_a_package_without_what_ctranslate2_needs_is_refused(folder, tmp_path, name):
    files = {key: value for key, value in FILES.items() if key != name}
    assert name.split(".")[0].split("_")[0] in refusal(folder, package(tmp_path / "a.argosmodel", files))


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "[]",
        "null",
        "[" * 100_000,
        "{}",
        '{"from_code": "../x", "to_code": "en", "package_version": "1"}',
        "\\ud800",
    ],
)
def test_a_package_with_odd_metadata_is_refused(folder, tmp_path, metadata):
    assert "a.argosmodel" in refusal(
        folder, package(tmp_path / "a.argosmodel", FILES | {"metadata.json": metadata}, root="")
    )


def test_a_version_is_no_path(folder, tmp_path):
    file = package(tmp_path / "a.argosmodel", with_metadata(package_version="../../1"))
    assert install(folder, file).pack.path.parent == folder


def test_a_pack_that_fails_its_trial_stays_out(folder, file):
    def fail(pack):
        raise PackError(f"{pack.info.name} makes no sense", hint="take another")

    assert "no sense" in refusal(folder, file, try_out=fail)


def test_no_such_file_and_no_file(folder, tmp_path):
    for what in ("nowhere/x", str(tmp_path / "a.argosmodel"), str(tmp_path)):
        with pytest.raises(UsageError):
            install(folder, what)


def test_a_packs_folder_that_cannot_be_written_is_named(tmp_path, file):
    (tmp_path / "in the way").write_text("")
    with pytest.raises(PackError, match="in the way") as caught:
        install(tmp_path / "in the way", file)
    assert caught.value.hint


# Pins


def test_a_pin_may_name_the_file_or_the_contents(folder, file):
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    pack, _ = install(folder, file, pins={"ko-en": sha256.upper()})
    for pin in (sha256, pack.info.sha256):
        assert find_pack("ko", "en", str(folder), {"ko-en": pin, "de-en": "0" * 64}) == pack


def test_another_package_than_the_pinned_one_is_not_installed(folder, file):
    assert "translate.pins" in refusal(folder, file, pins={"ko-en": "0" * 64})


def test_a_pack_that_is_not_the_pinned_one_is_refused_at_run_time(folder, file):
    pack, _ = install(folder, file)
    with pytest.raises(PackError, match=pack.info.sha256) as caught:
        find_pack("ko", "en", str(folder), {"ko-en": "0" * 64})
    assert not isinstance(caught.value, MissingPackError)
    pins = {"ko-en": hashlib.sha256(file.read_bytes()).hexdigest()}
    (pack.path / "model" / "model.bin").write_bytes(b"changed")
    with pytest.raises(PackError, match=r"translate\.pins"):
        find_pack("ko", "en", str(folder), pins)


@pytest.mark.parametrize("pins", [{"ja-en": "abc"}, {"ja": "0" * 64}, {"": "0" * 64}, {"ja-en": 1}])
def test_a_pin_that_is_none_is_an_error_of_the_config(pins, tmp_path):
    with pytest.raises(ConfigError, match="pins"):
        parse_settings({"translate": {"pins": pins}}, "b.toml", tmp_path)


def test_pins_do_not_change_the_digest_of_a_config(tmp_path):
    plain, pinned = (
        parse_settings({"translate": {"pins": pins}, "brief": [{}]}, "b.toml", tmp_path)
        for pins in ({}, {"ja-en": "0" * 64})
    )
    assert plain.digest(plain.brief[0]) == pinned.digest(pinned.brief[0])


# Killed, and two at once


KILLED = """
import os, signal, sys
from briefs.packs import Installer
Installer(sys.argv[1], try_out=lambda pack: os.kill(os.getpid(), signal.SIGKILL)).install(sys.argv[2])
"""


def killed(folder, file, **environment):
    result = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(file)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
    )
    assert result.returncode == -signal.SIGKILL


def test_a_killed_installation_leaves_nothing_that_is_found_and_the_next_one_clears_it(folder, file):
    folder.mkdir()
    killed(folder, file)
    assert tree(folder) != []
    assert not [each for each in survey_packs(str(folder)) if each.path.is_relative_to(folder)]
    pack, _ = install(folder, file)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [pack.path.name]


def test_in_argos_translates_own_folder_a_killed_one_leaves_no_folder_among_its_packages(tmp_path, file):
    home = tmp_path / "home"
    killed("", file, HOME=str(home))
    packages = home / ".local" / "share" / "argos-translate" / "packages"
    assert [path.name for path in packages.iterdir() if path.is_dir()] == []
    assert (packages.parent / ".briefs-unfinished").is_dir()


def test_only_one_process_changes_a_packs_folder(folder, file):
    def again(pack):
        with pytest.raises(LockError):
            install(folder, file)

    assert install(folder, file, try_out=again).fresh


# What is found


def test_a_broken_pack_is_listed_and_can_be_removed(folder, file):
    install(folder, file)
    put = folder / "half"
    put.mkdir()
    (put / "metadata.json").write_text("{")
    broken, *others = survey_packs(str(folder))
    assert isinstance(broken, Broken)
    assert (broken.path, len(others)) == (put, 2)
    with pytest.raises(PackError, match="half"):
        list_packs(str(folder))
    remove_pack(put, str(folder))
    assert len(list_packs(str(folder))) == 2


def test_removing_takes_only_what_lies_in_the_packs_folder(folder, file, tmp_path):
    pack, _ = install(folder, file)
    with pytest.raises(UsageError):
        remove_pack(pack.path, str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    pack.path.rename(elsewhere)
    (folder / "linked").symlink_to(elsewhere)
    assert find_pack("ko", "en", str(folder)).path == folder / "linked"
    remove_pack(folder / "linked", str(folder))
    assert (elsewhere / "metadata.json").is_file()
    assert tree(folder) == []


def test_argos_packages_that_translate_nothing_are_passed_over(folder):
    (folder / "sbd").mkdir(parents=True)
    (folder / "sbd" / "metadata.json").write_text('{"type": "sbd", "from_codes": ["en"]}')
    assert [pack.info.origin for pack in list_packs(str(folder))] == ["built in"]


def test_sentence_splitters_of_argos_are_not_read(folder, tmp_path):
    pack, _ = install(folder, package(tmp_path / "a.argosmodel", FILES | {"stanza/ko/x.pt": "x"}))
    assert "stanza/ko/x.pt" not in pack.read_files()
    assert (pack.path / "stanza" / "ko" / "x.pt").is_file()


def test_a_route_leads_through_english_where_there_is_no_direct_pack(folder, tmp_path):
    def add(source, target):
        name = f"{source}_{target}.argosmodel"
        return install(folder, package(tmp_path / name, with_metadata(from_code=source, to_code=target))).pack

    first, second = add("ko", "en"), add("en", "de")
    assert find_route("ko", "en", str(folder)) == (first,)
    assert find_route("ko", "de", str(folder)) == (first, second)
    with pytest.raises(PackError, match="pins"):
        find_route("ko", "de", str(folder), {"en-de": "0" * 64})
    direct = add("ko", "de")
    assert find_route("ko", "de", str(folder)) == (direct,)
    with pytest.raises(MissingPackError, match="no pack translates ko to fr"):
        find_route("ko", "fr", str(folder))
