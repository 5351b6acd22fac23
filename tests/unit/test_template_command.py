"""`briefs template`: what there is, and a copy of it to change."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES

from briefs.cli.template import template_app
from briefs.errors import UsageError
from briefs.render import FolderTemplate


def run(*arguments):
    result = CliRunner().invoke(template_app, [str(a) for a in arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output


@pytest.mark.parametrize("source", ["policy", "digest"])
def test_a_copy_gives_the_same_page_until_it_is_changed(tmp_path, source):
    output = run("new", "mine", "--from", source, "--template-dir", tmp_path)
    assert f"{tmp_path / 'mine' / 'brief.css'}: colour" in output
    assert 'template = "mine"' in output
    brief = SAMPLES["normal"]()
    copy = FolderTemplate("mine", folder=str(tmp_path))
    assert copy.html(brief) == FolderTemplate(source).html(brief)
    style = tmp_path / "mine" / "brief.css"
    style.write_text(style.read_text(encoding="utf-8").replace("#0a4a68", "#701a1a"), encoding="utf-8")
    changed = FolderTemplate("mine", folder=str(tmp_path))
    assert "#701a1a" in changed.html(brief)
    assert "#0a4a68" not in changed.html(brief)


def test_a_copy_lands_beside_you(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "beside it" in run("new", "mine")
    assert FolderTemplate("mine").folder == Path("mine")


def test_every_file_of_a_template_is_explained(tmp_path):
    output = run("new", "mine", "--template-dir", tmp_path)
    for path in (tmp_path / "mine").iterdir():
        assert f"{path}: " in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("new", "there"), "exists already"),
        (("new", "policy"), "comes with the program"),
        (("new", "../up"), "is not a name"),
        (("new", ".."), "is not a name"),
        (("new", 'my "one"'), "is not a name"),
        (("new", "a\nb"), "is not a name"),
        (("new", "mine", "--from", "polcy"), "no template 'polcy'"),
    ],
)
def test_nothing_is_overwritten(tmp_path, arguments, message):
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match=message):
        run(*arguments, "--template-dir", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert not list((tmp_path / "there").iterdir())


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        run("new", "mine", "--template-dir", tmp_path / "file")


def test_the_list_says_what_each_is_for(tmp_path):
    run("new", "mine", "--from", "digest", "--template-dir", tmp_path)
    lines = run("list", "--template-dir", tmp_path).splitlines()
    assert [line.split()[0] for line in lines[:1]] == ["mine"]
    assert {"policy", "digest"} <= {line.split()[0] for line in lines}
    assert any("Two pages at most" in line for line in lines if line.startswith("digest"))
