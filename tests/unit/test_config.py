"""Settings: what is accepted, what is refused and how the refusal reads."""

import dataclasses
import re
from pathlib import Path

import pytest

from briefs.config import BriefSettings, Settings, ThemeSettings, default_themes, load_settings, parse_settings
from briefs.errors import ConfigError


@pytest.fixture
def load(tmp_path):
    def write_and_load(text, environment=None):
        path = tmp_path / "briefs.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_settings(path, environment or {})

    return write_and_load


@pytest.fixture
def refusal(load):
    def load_and_fail(text):
        with pytest.raises(ConfigError) as caught:
            load(text)
        assert caught.value.hint
        assert "briefs.toml" in caught.value.message
        return caught.value

    return load_and_fail


def plain(value):
    """Settings as parsed TOML would give them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def test_no_file_gives_the_defaults():
    assert load_settings(None, {}) == Settings()


def test_an_empty_file_gives_the_defaults_in_its_folder(load, tmp_path):
    assert load("") == dataclasses.replace(Settings(), out=str(tmp_path / "out"))


def test_every_default_may_be_written_out():
    data = plain(dataclasses.asdict(Settings()))
    del data["mail"]["password"]  # a secret may not
    data["brief"] = [plain(dataclasses.asdict(BriefSettings()))]
    data["theme"] = [plain(dataclasses.asdict(ThemeSettings(id="a")))]
    settings = parse_settings(data, "briefs.toml", Path())
    assert settings == Settings(brief=(BriefSettings(),), theme=(ThemeSettings(id="a"),))


def test_every_setting_is_documented():
    def undocumented(cls):
        for field in dataclasses.fields(cls):
            value = field.default_factory() if field.default is dataclasses.MISSING else field.default
            if not field.metadata.get("doc", "").endswith((".", "`")):
                yield f"{cls.__name__}.{field.name}"
            if dataclasses.is_dataclass(value):
                yield from undocumented(type(value))

    assert [name for cls in (Settings, BriefSettings, ThemeSettings) for name in undocumented(cls)] == []


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ('ouput = "x"', "unknown key 'ouput'", "did you mean 'out'?"),
        ("[translate]\nbeem = 2", "translate: unknown key 'beem'", "did you mean 'beam'?"),
        ('[[brief]]\nsource = ["x"]', "brief[0]: unknown key 'source'", "did you mean 'sources'?"),
        ("[detect]\nzzzz = 1", "detect: unknown key 'zzzz'", "known: backend"),
    ],
)
def test_an_unknown_key_names_the_nearest(refusal, text, says, hint):
    error = refusal(text)
    assert says in error.message
    assert error.hint == hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("out = 1", ": out: expected text, got 1"),
        ("limits = 1", ": limits: expected a table, got 1"),
        ('[translate]\nbeam = "4"', ": translate.beam: expected a whole number, got '4'"),
        ("[translate]\nbeam = 4.5", ": translate.beam: expected a whole number, got 4.5"),
        ("[translate]\nbeam = true", ": translate.beam: expected a whole number, got True"),
        ("[translate]\nmemory = 1", ": translate.memory: expected true or false, got 1"),
        ("[limits]\nseconds = true", ": limits.seconds: expected a number, got True"),
        ('[render]\nformats = "pdf"', ": render.formats: expected a list, got 'pdf'"),
        ("[render]\nformats = [1]", ": render.formats[0]: expected text, got 1"),
        ('brief = { name = "a" }', ": brief: expected a list"),
        ('[[brief]]\n[[brief]]\nname = "b"\nsources = [1]', ": brief[1].sources[0]: expected text, got 1"),
        ('[[theme]]\nid = "a"\nkeywords = ["a"]', ": theme[0].keywords: expected a table"),
        ('[[theme]]\nid = "a"\nkeywords = { ja = "停戦" }', ": theme[0].keywords.ja: expected a list"),
    ],
)
def test_a_wrong_type_names_its_place(refusal, text, says):
    assert says in refusal(text).message


def test_a_whole_number_will_do_for_a_number(load):
    assert load("[limits]\nseconds = 3").limits.seconds == 3.0


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ('[[brief]]\nthemes = ["ukrain"]', "brief[0].themes: unknown theme 'ukrain'", "did you mean 'ukraine'?"),
        (
            '[[brief]]\nthemes = ["ukraine"]\n[[theme]]\nid = "energy"',
            "brief[0].themes: unknown theme 'ukraine'",
            "known: energy",
        ),
        ('[[theme]]\nid = "a"\n[[theme]]\nid = "a"', "two themes have the same id", "its own id"),
        ('[[theme]]\ntitle = "A"', "theme.id '' is not a name", "lower case"),
        ('[[theme]]\nid = "A b"', "theme.id 'A b' is not a name", "lower case"),
        ('[[brief]]\nname = "a"\n[[brief]]\nname = "a"', "brief[0].name 'a' is used twice", "its own name"),
        ("[[brief]]\n[[brief]]", "brief[0].name 'brief' is used twice", "its own name"),
        ('[[brief]]\nname = "../a"', "brief[0].name '../a' is not a name", "lower case"),
        ('[[brief]]\nname = "朝"', "is not a name", "lower case"),
        ('[[brief]]\nname = "a\\n"', "is not a name", "lower case"),
        ('[[brief]]\nformats = ["pfd"]', "brief[0].formats: unknown format 'pfd'", "did you mean 'pdf'?"),
        ('[render]\nformats = ["docx"]', "render.formats: unknown format 'docx'", "known: html, json, md, pdf"),
    ],
)
def test_names_formats_and_references_are_checked(refusal, text, says, hint):
    error = refusal(text)
    assert says in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "data",
    [b"out = ", b"out = 'a'\nout = 'b'", b"\xff\xfe\x00", '題 = "あ"'.encode("shift_jis")],
    ids=["half", "twice", "binary", "shift-jis"],
)
def test_what_is_no_toml_is_refused(refusal, data):
    refusal(data)


def test_a_toml_error_says_where(refusal):
    assert "line 2" in refusal('out = "x"\n[translate\n').message


def test_a_byte_order_mark_is_no_error(load, tmp_path):
    assert load(b'\xef\xbb\xbfout = "x"\r\n').out == str(tmp_path / "x")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.toml: no such file"):
        load_settings(tmp_path / "gone.toml", {})


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_relative_paths_count_from_the_files_folder(load, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    settings = load(
        'out = "a"\nworkspace = "b"\npacks = "../c"\n[translate]\nglossary = "d.tsv"\n'
        '[[brief]]\nsources = ["e/*.txt", "/f"]'
    )
    assert settings.out_folder == tmp_path / "a"
    assert settings.workspace_folder == tmp_path / "b"
    assert Path(settings.packs).resolve() == tmp_path.parent / "c"
    assert settings.translate.glossary == str(tmp_path / "d.tsv")
    assert settings.brief[0].sources == (str(tmp_path / "e/*.txt"), "/f")


def test_a_relative_config_path_gives_absolute_folders(load, tmp_path, monkeypatch):
    load('out = "a"')
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("briefs.toml"), {}).out_folder == tmp_path / "a"


def test_the_store_is_in_the_output_folder_unless_said(load, tmp_path):
    assert load('out = "a"').workspace_folder == tmp_path / "a" / ".briefs"


def test_the_environment_wins_and_an_empty_variable_does_not(load):
    text = 'out = "a"\nworkspace = "b"\npacks = "c"'
    settings = load(text, {"BRIEFS_OUT": "/o", "BRIEFS_WORKSPACE": "/w", "BRIEFS_PACKS": "/p", "BRIEFS_ELSE": "x"})
    assert (settings.out, settings.workspace, settings.packs) == ("/o", "/w", "/p")
    assert load(text, {"BRIEFS_OUT": ""}) == load(text)


def test_the_environment_of_the_process_is_read_by_default(monkeypatch):
    monkeypatch.setenv("BRIEFS_OUT", "/o")
    assert load_settings().out == "/o"


@pytest.mark.parametrize(
    "text",
    [
        "[translate]\nbeam = 2",
        "[translate]\ninline = false",
        '[translate]\nbackend = "identity"',
        '[translate]\ntarget = "de"',
        '[detect]\nbackend = "null"',
        "[extract]\npoints = 3",
        '[extract]\nbackend = "lead"',
        '[render]\ntemplate = "other"',
        '[[theme]]\nid = "a"',
        '[[theme]]\nid = "a"\nkeywords = { ja = ["停戦"] }',
        '[[brief]]\ntitle = "T"',
        '[[brief]]\nthemes = ["ukraine"]',
    ],
)
def test_the_digest_changes_with_what_decides_the_content(load, text):
    def digest(settings):
        return settings.digest(settings.brief[0] if settings.brief else BriefSettings())

    assert re.fullmatch("[0-9a-f]{64}", digest(load(text)))
    assert digest(load(text)) == digest(load(text))
    assert digest(load(text)) != digest(load(""))


@pytest.mark.parametrize(
    "text",
    [
        'out = "elsewhere"',
        'workspace = "elsewhere"',
        'packs = "elsewhere"',
        "[translate]\nthreads = 3",
        "[translate]\nmemory = false",
        '[[brief]]\nsources = ["moved/*.txt"]',
        '[[brief]]\n[[brief]]\nname = "another"',
    ],
)
def test_the_digest_stays_where_only_the_place_or_the_speed_changes(load, text):
    settings = load(text)
    assert settings.digest(settings.brief[0] if settings.brief else BriefSettings()) == load("").digest(BriefSettings())


def test_a_brief_takes_its_themes_in_its_own_order(load):
    settings = load('[[brief]]\nthemes = ["ukraine", "us-russia"]\n[[brief]]\nname = "all"')
    assert [theme.id for theme in settings.themes_of(settings.brief[0])] == ["ukraine", "us-russia"]
    assert [theme.id for theme in settings.themes_of(settings.brief[1])] == [theme.id for theme in default_themes()]


def test_a_theme_without_title_is_shown_by_its_id(load):
    settings = load('[[theme]]\nid = "energy"\n[[brief]]')
    assert settings.themes_of(settings.brief[0])[0].title == "energy"


def test_the_built_in_themes_are_whole():
    themes = default_themes()
    assert len({theme.id for theme in themes}) == len(themes) > 5
    for theme in themes:
        assert theme.title
        assert theme.description
        assert theme.keywords["ja"]
        assert theme.keywords["en"]


def test_the_mail_password_comes_from_the_environment_only_and_is_never_printed():
    settings = load_settings(None, {"BRIEFS_MAIL_PASSWORD": "hunter2"})
    assert settings.mail.password == "hunter2"
    assert "hunter2" not in repr(settings)
    with pytest.raises(ConfigError, match="password: a secret does not belong in this file"):
        parse_settings({"mail": {"password": "hunter2"}}, "briefs.toml", Path())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"brief": [{"feeds": ["feeds.xml"]}]}, "feeds: 'feeds.xml' is no address"),
        ({"brief": [{"urls": ["https://x.example:port/"]}]}, "urls: 'https://x.example:port/' is no address"),
        ({"brief": [{"urls": [""]}]}, "urls: an entry is empty"),
        ({"brief": [{"period": "a week"}]}, "period 'a week' is none"),
        ({"brief": [{"catch_up": "all"}]}, "catch_up: unknown choice 'all'"),
        ({"brief": [{"to": ["ana"]}]}, "recipient 'ana' is no mail address"),
        ({"brief": [{"bcc": ["Ana <ana@example.org>\nBcc: eve@example.org"]}]}, "is no mail address"),
        ({"mail": {"sender": "desk"}}, "mail.sender 'desk' is no mail address"),
        ({"mail": {"security": "ssl"}}, "mail.security: unknown choice 'ssl'"),
        ({"mail": {"list_unsubscribe": "a\r\nb"}}, "mail.list_unsubscribe has a control character"),
        ({"render": {"pdf_variant": "pdf/x"}}, "render.pdf_variant: unknown choice 'pdf/x'"),
        ({"monitor": {"healthcheck": "ping"}}, "monitor.healthcheck is no address"),
        ({"monitor": {"healthcheck": "http://[::1/secret"}}, "monitor.healthcheck is no address"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(data, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        parse_settings(data, "briefs.toml", Path())


@pytest.mark.parametrize(
    "password", ["pa/hunter2", "12/hunter2", "pa?hunter2", "pa#hunter2", "p@x/hunter2", "[hunter2", "a hunter2"]
)
@pytest.mark.parametrize("key", ["feeds", "urls"])
def test_a_password_that_splits_its_address_is_refused_and_not_repeated(key, password):
    with pytest.raises(ConfigError) as caught:
        parse_settings({"brief": [{key: [f"https://ana:{password}@x.example/feed"]}]}, "briefs.toml", Path())
    assert "hunter2" not in caught.value.message + caught.value.hint
    plain = ["https://ana:pa%2Fss@x.example/feed", "https://x.example/@ana", "https://[::1]:80/", "https://例え.jp/a"]
    assert len(getattr(parse_settings({"brief": [{key: plain}]}, "briefs.toml", Path()).brief[0], key)) == 4


def test_paths_of_lists_and_secrets_count_from_the_file_and_addresses_stay():
    data = {
        "brief": [{"urls": ["list.txt", "https://example.org/a"], "period": "7 days"}],
        "mail": {"password_file": "secret"},
        "monitor": {"metrics": "briefs.prom"},
        "render": {"template_dir": "ours"},
    }
    settings = parse_settings(data, "briefs.toml", Path("/desk"))
    assert settings.brief[0].urls == ("/desk/list.txt", "https://example.org/a")
    assert settings.brief[0].days == 7
    assert settings.mail.password_file == "/desk/secret"
    assert settings.monitor.metrics == "/desk/briefs.prom"
    assert settings.render.template_dir == "/desk/ours"


def test_who_gets_a_brief_and_when_does_not_change_what_it_is():
    settings = Settings()
    one = BriefSettings(to=("ana@example.org",), schedule="daily 07:00", feeds=("https://example.org/feed",))
    assert settings.digest(one) == settings.digest(BriefSettings())
    assert settings.digest(BriefSettings(period="7 days")) != settings.digest(BriefSettings())
