"""`briefs packs` with real weights: the built-in pack in every layout, an index on this machine, a chain of two packs."""

import hashlib
import http.server
import json
import socket
import threading
import zipfile

import pytest
from helpers import finish, put

from briefs.brief import Flag
from briefs.cli import run_cli
from briefs.config import TranslateSettings
from briefs.errors import DependencyError, PackError
from briefs.packs import BUILT_IN, BpeTokenizer, Installer, find_pack
from briefs.translate import PackTranslator, engine, try_pack

PACK = max(BUILT_IN.glob("*.argosmodel"))
NAME = PACK.stem
TEXTS = ["会談は東京で行われた。", "政府は3億円を拠出する。", "", "外相は合意を歓迎した。"]
MERGES = "#version: 0.2\nt h\nth e</w>\nT o\nTo k\n"


@pytest.fixture(scope="session")
def files():
    with zipfile.ZipFile(PACK) as zipped:
        return {name.split("/", 1)[1]: zipped.read(name) for name in zipped.namelist() if not name.endswith("/")}


def old_layout(files):
    tokens = json.loads(files["model/shared_vocabulary.json"])
    text = "".join(f"{token}\n" for token in tokens).encode()
    return without(files, "model/shared_vocabulary.json") | {"model/shared_vocabulary.txt": text}


def separate_layout(files):
    data = files["model/shared_vocabulary.json"]
    names = ("model/source_vocabulary.json", "model/target_vocabulary.json")
    return without(files, "model/shared_vocabulary.json") | dict.fromkeys(names, data)


def separate_old_layout(files):
    data = old_layout(files)["model/shared_vocabulary.txt"]
    names = ("model/source_vocabulary.txt", "model/target_vocabulary.txt")
    return without(files, "model/shared_vocabulary.json") | dict.fromkeys(names, data)


def with_bpe(files):
    return without(files, "sentencepiece.model") | {"bpe.model": MERGES.encode()}


def without(files, name):
    return {key: data for key, data in files.items() if key != name}


def with_metadata(files, **changed):
    metadata = json.loads(files["metadata.json"]) | changed
    return files | {"metadata.json": json.dumps(metadata).encode()}


def between(files, source, target):
    return with_metadata(files, from_code=source, to_code=target, code=f"translate-{source}_{target}", inline=[])


def package(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as zipped:
        for name, data in files.items():
            zipped.writestr(f"pack/{name}", data)
    return path


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder whose config has a packs folder that is not there yet."""
    monkeypatch.chdir(tmp_path)
    return put(tmp_path, {"b.toml": "packs = 'packs'\n"})


def briefs(capsys, *arguments):
    code = run_cli(["packs", *map(str, arguments)])
    return code, *capsys.readouterr()


@pytest.fixture(scope="session")
def plain(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("none"))
    return PackTranslator(TranslateSettings(beam=1), folder).translate(TEXTS, "ja", "en")


@pytest.mark.parametrize("layout", [old_layout, separate_layout, separate_old_layout])
def test_every_layout_of_ctranslate2_translates_the_same(tmp_path, files, layout, plain):
    folder = tmp_path / "packs"
    Installer(str(folder)).install_file(package(tmp_path / "a.argosmodel", layout(files)))
    translator = PackTranslator(TranslateSettings(beam=1), str(folder))
    assert translator.translate(TEXTS, "ja", "en") == plain
    assert [info.origin for info in translator.used()] == ["installed"]


def test_a_bpe_pack_translates(tmp_path, files):
    folder = tmp_path / "packs"
    file = package(tmp_path / "a.argosmodel", with_bpe(between(files, "fr", "en")))
    Installer(str(folder), try_out=try_pack).install_file(file)
    answers = PackTranslator(TranslateSettings(beam=1), str(folder)).translate(
        ["Le Tokyo & the", "", " ", "x" * 130], "fr", "en"
    )
    assert len(answers) == 4


def test_the_bpe_tokeniser_goes_there_and_back(tmp_path):
    pack = find_pack("ja", "en", str(tmp_path))
    tokenizer = BpeTokenizer(pack, MERGES.encode())
    tokens = tokenizer.encode("the Tokyo talks: “A & B”", out_type=str)
    assert tokens[:2] == ["the", "Tok@@"]
    assert tokenizer.decode(tokens) == 'the Tokyo talks: "A & B"'
    assert tokenizer.encode("") == []


@pytest.mark.parametrize("data", [b"", b"#version: 0.2\n", b"one\n", b"a b c\n", b"\xff\xfe", b"a b\n\n"])
def test_a_broken_bpe_model_does_not_end_the_process(tmp_path, data):
    with pytest.raises(PackError, match=r"bpe\.model"):
        BpeTokenizer(find_pack("ja", "en", str(tmp_path)), data)


def test_a_missing_moses_tokeniser_is_a_missing_dependency(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sacremoses.tokenize", None)
    with pytest.raises(DependencyError, match="sacremoses") as caught:
        BpeTokenizer(find_pack("ja", "en", str(tmp_path)), MERGES.encode())
    assert not isinstance(caught.value, PackError)


def test_a_target_prefix_is_given_and_taken_off_again(tmp_path, files):
    token = json.loads(files["model/shared_vocabulary.json"])[500]
    file = package(tmp_path / "a.argosmodel", with_metadata(files, target_prefix=token))
    pack = Installer(str(tmp_path / "packs")).install_file(file).pack
    assert pack.target_prefix == token
    seen = []
    loaded = engine._Engine(pack, TranslateSettings())
    translator, tokenizer = loaded._load()
    real = translator.translate_batch

    class Spy:
        def translate_batch(self, *args, **options):
            results = real(*args, **options)
            seen.append((options["target_prefix"], [r.hypotheses[0][0] for r in results]))
            return results

    loaded._loaded = (Spy(), tokenizer)
    candidates = loaded.candidates(TEXTS[:1])
    assert seen == [([[token]], [token])]
    assert not candidates[0][0].text.startswith(tokenizer.decode([token]))


def test_two_packs_that_meet_in_english_are_one_way(tmp_path, files, monkeypatch):
    folder = tmp_path / "packs"
    for pair in (("ja", "en"), ("en", "de")):
        Installer(str(folder)).install_file(package(tmp_path / "a.argosmodel", between(files, *pair)))
    translator = PackTranslator(TranslateSettings(beam=1), str(folder))
    answers = translator.translate(TEXTS, "ja", "de")
    assert len(answers) == len(TEXTS)
    assert [(info.source, info.target) for info in translator.used()] == [("en", "de"), ("ja", "en")]
    legs = (translator.context("ja", "en"), translator.context("en", "de"))
    assert translator.context("ja", "de") == "+".join(legs)

    first, _ = translator._route("ja", "de")
    flag, other = Flag(code="a", message="a"), Flag(code="b", message="b")
    told = [engine.Translated(text=None, flags=(flag,)), engine.Translated(text="English", flags=(flag,))]
    monkeypatch.setattr(type(first), "translate", lambda self, texts: told if self is first else hear(texts))
    heard = []

    def hear(texts):
        heard.extend(texts)
        return [engine.Translated(text="Deutsch", flags=(other,)) for _ in texts]

    answers = translator.translate(["一", "二"], "ja", "de")
    assert heard == ["English"]
    assert [(each.text, each.flags) for each in answers] == [(None, (flag,)), ("Deutsch", (flag, other))]


# The commands


def test_a_pack_is_installed_listed_verified_shown_and_removed(desk, capsys, files):
    file = package(desk / "mine.argosmodel", with_metadata(files, package_version="2.0"))
    code, out, err = briefs(capsys, "install", file, "-c", "b.toml")
    assert (code, out.strip()) == (0, str(desk / "packs" / "translate-ja_en-2_0"))
    assert "is installed" in err
    assert "installed already" in briefs(capsys, "install", file, "-c", "b.toml")[2]

    code, out, err = briefs(capsys, "list", "--json", "-c", "b.toml")
    mine, built_in = json.loads(out)
    assert (code, mine["version"], mine["used"], built_in["origin"], built_in["used"]) == (
        0,
        "2.0",
        True,
        "built in",
        False,
    )
    assert "* ja-en" in briefs(capsys, "list", "-c", "b.toml")[1]

    code, out, err = briefs(capsys, "verify", "-c", "b.toml")
    assert (code, out.count("ok  "), err) == (0, 2, "")

    code, out, err = briefs(capsys, "info", "ja_en", "-c", "b.toml")
    assert code == 0
    assert all(word in out for word in ("2.0", "sentencepiece.model", "CC BY-SA", "model/model.bin: 10,158,655"))
    archive = hashlib.sha256(file.read_bytes()).hexdigest()
    shown = json.loads(briefs(capsys, "info", "translate-ja_en-2_0", "--json", "-c", "b.toml")[1])
    assert (shown["file sha256"], shown["sha256"]) == (archive, mine["sha256"])
    assert json.loads(briefs(capsys, "info", file, "--json")[1])["sha256"] == archive

    assert briefs(capsys, "remove", "ja_en", "-c", "b.toml")[0] == 2, "nobody is there to be asked"
    code, out, err = briefs(capsys, "remove", "ja_en", "--yes", "-c", "b.toml")
    assert (code, out) == (0, "")
    code, out, err = briefs(capsys, "remove", "ja_en", "--yes", "-c", "b.toml")
    assert (code, "part of the program" in err) == (2, True)
    assert [path.name for path in (desk / "packs").iterdir()] == [".briefs-lock"]


def test_remove_asks(desk, capsys, files, monkeypatch):
    Installer("packs").install_file(package(desk / "a.argosmodel", files))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer, left in ((False, True), (True, False)):
        monkeypatch.setattr("typer.confirm", lambda *_, answer=answer, **__: answer)
        assert briefs(capsys, "remove", NAME, "-c", "b.toml")[0] == 0
        assert (desk / "packs" / NAME).exists() is left


def test_verify_names_what_is_wrong(desk, capsys, files):
    Installer("packs").install_file(package(desk / "a.argosmodel", files))
    put(desk, {"packs/half/metadata.json": "{"})
    (desk / "packs" / NAME / "README.md").write_text("changed")
    code, out, _ = briefs(capsys, "verify", "-c", "b.toml", "--json")
    faults = {row["path"].rsplit("/", 1)[1]: row["faults"] for row in json.loads(out)}
    assert code == 5
    assert "corrupt" in faults["half"][0]["message"]
    assert "have changed" in faults[NAME][0]["message"]
    assert faults[PACK.name] == []
    assert all(fault["mend"] for each in faults.values() for fault in each)
    weights = desk / "packs" / NAME / "model" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:1000])
    code, out, _ = briefs(capsys, "verify", NAME, "-c", "b.toml")
    assert code == 5
    assert "cannot be loaded" in out
    assert briefs(capsys, "remove", "half", "--yes", "-c", "b.toml")[0] == 0


def test_a_pack_that_does_not_load_is_not_installed(desk, capsys, files):
    file = package(desk / "bad.argosmodel", files | {"model/model.bin": b"no weights"})
    code, out, err = briefs(capsys, "install", file, "-c", "b.toml")
    assert (code, out) == (5, "")
    assert "cannot be loaded" in err
    assert [path.name for path in (desk / "packs").iterdir()] == [".briefs-lock"]


def test_a_pinned_pack_that_is_another_stops_a_translation(desk, capsys):
    put(desk, {"b.toml": f"[translate.pins]\nja-en = '{'0' * 64}'\n", "a.txt": "会談は東京で行われた。\n"})
    assert run_cli(["translate", "a.txt", "-c", "b.toml"]) == 5
    assert "translate.pins" in capsys.readouterr().err
    code, out, _ = briefs(capsys, "verify", "-c", "b.toml")
    assert (code, "translate.pins" in out) == (5, True)


def test_a_name_that_nothing_has(desk, capsys):
    (desk / "packs").mkdir()
    for command in ("info", "verify"):
        code, _, err = briefs(capsys, command, "ko_en", "-c", "b.toml")
        assert (code, "ko_en" in err) == (5, True)


# The index


class Index:
    """A package index on this machine; `answers` are (status, body, announced length) by path."""

    def __init__(self):
        self.answers, self.asked = {}, []
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                index.asked.append(self.path)
                status, body, length = index.answers.get(self.path, (404, b"", 0))
                self.send_response(status)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, path, body, status=200, length=None):
        self.answers[f"/{path}"] = (status, body, len(body) if length is None else length)

    def offer(self, *links, version="1.0", **changed):
        entries = json.loads(self.answers.get("/index.json", (0, b"[]", 0))[1])
        entry = {"from_code": "ja", "to_code": "en", "package_version": version, "type": "translate"}
        entries.append(entry | {"links": [self.url + link for link in links]} | changed)
        self.serve("index.json", json.dumps(entries).encode())


@pytest.fixture
def index(monkeypatch):
    from argostranslate import settings

    index = Index()
    monkeypatch.setattr(settings, "remote_package_index", f"{index.url}index.json")
    yield index
    index.server.shutdown()
    index.server.server_close()


def test_a_pack_comes_from_the_index_by_its_code(desk, index, files):
    data = package(desk / "a.argosmodel", with_metadata(files, package_version="1.10")).read_bytes()
    index.offer("old", version="1.9")
    index.offer("gone", "half", "good", version="1.10")
    index.offer("good", from_code="ko")
    index.serve("half", data[: len(data) // 2], length=len(data))
    index.serve("good", data)
    code, out, err = finish(desk, "packs", "install", "translate-ja_en", "-c", "b.toml", ARGOS_PACKAGE_INDEX=index.url)
    assert (code, out) == (0, f"{desk / 'packs' / 'translate-ja_en-1_10'}\n"), err
    assert index.asked == ["/index.json", "/gone", "/half", "/good"]
    assert len([path for path in (desk / "packs").iterdir() if path.is_dir()]) == 1
    record = json.loads((desk / "packs" / "translate-ja_en-1_10" / "briefs.json").read_text())
    assert (record["archive"], record["from"]) == (hashlib.sha256(data).hexdigest(), f"{index.url}good")


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        ({"links": ["half"]}, "ended after 5 of 99 bytes"),
        ({"links": ["gone"]}, "404"),
        ({"links": []}, "no link"),
        ({"links": ["rubbish"]}, "rubbish is corrupt"),
        ({"links": [], "extra": {"links": ["file:///etc/passwd"]}}, "file is not fetched"),
        ({"links": ["x"], "extra": {"to_code": "de"}}, "no package ja_en"),
    ],
)
def test_nothing_is_left_of_a_download_that_failed(desk, index, capsys, offer, why):
    index.offer(*offer["links"], **offer.get("extra", {}))
    index.serve("half", b"half.", length=99)
    index.serve("rubbish", b"no package")
    code, out, err = briefs(capsys, "install", "ja_en", "-c", "b.toml")
    assert (code, out) == (5, "")
    assert why in err
    assert "hint" in err
    assert {path.name for path in desk.glob("packs/*")} <= {".briefs-lock"}


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 100_000, b"\xff"])
def test_an_index_that_is_none(desk, index, capsys, body):
    index.serve("index.json", body)
    code, _, err = briefs(capsys, "install", "ja_en", "-c", "b.toml")
    assert (code, "the Argos index cannot be read" in err) == (5, True)


def test_a_download_that_is_not_the_pinned_one_is_refused(desk, index, capsys, files):
    put(desk, {"b.toml": f"packs = 'packs'\n[translate.pins]\nja-en = '{'1' * 64}'\n"})
    index.offer("good")
    index.serve("good", package(desk / "a.argosmodel", files).read_bytes())
    code, _, err = briefs(capsys, "install", "ja_en", "-c", "b.toml")
    assert (code, "translate.pins" in err) == (5, True)
    assert [path.name for path in (desk / "packs").iterdir()] == [".briefs-lock"]


def test_without_a_network_the_hint_names_the_way_by_file(desk, capsys, monkeypatch):
    from argostranslate import settings

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(settings, "remote_package_index", f"http://127.0.0.1:{free.getsockname()[1]}/index.json")
        code, _, err = briefs(capsys, "install", "ja_en", "-c", "b.toml")
    assert code == 5
    assert "cannot be reached" in err
    assert "briefs packs install FILE" in err
    assert not (desk / "packs").exists()


def test_progress_is_told(desk, index, files):
    data = package(desk / "a.argosmodel", files).read_bytes()
    index.offer("good")
    index.serve("good", data)
    told = []
    Installer("packs", progress=lambda *step: told.append(step)).install("ja-en")
    assert told[-1] == ("download", len(data), len(data))
    assert len(told) > 10
