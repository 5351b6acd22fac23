"""A brief of the shipped template, translated by the built-in pack: its pages and translations come out again."""

import dataclasses
import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "end_to_end"))

from helpers import ENGLISH, JAPANESE, put

from briefs.brief import Flag, PackInfo
from briefs.config import BriefSettings, Settings
from briefs.pipeline import make_brief, make_context, start_brief
from briefs.verify import verify
from briefs.verify.translations import check_translations
from briefs.workspace import Entry, Maker, Workspace


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    put(folder, {"in/a.txt": ENGLISH, "in/b.txt": JAPANESE})
    return dataclasses.make_dataclass("Desk", ["folder", "settings", "inputs"])(
        folder, Settings(out=str(folder / "out")), folder / "in"
    )


@pytest.fixture(scope="module")
def report(desk):
    with Workspace(desk.settings) as workspace:
        context = make_context(desk.settings, BriefSettings(), [str(desk.inputs)], memory=workspace.memory)
        return make_brief(start_brief(desk.settings, BriefSettings(), date(2026, 1, 5)), context, workspace)


def with_translation(brief, change):
    """The brief with `change` made to every translated sentence."""
    articles = tuple(
        dataclasses.replace(a, sentences=tuple(change(s) if s.translation is not None else s for s in a.sentences))
        for a in brief.articles
    )
    return dataclasses.replace(brief, articles=articles)


def check_pack(brief, settings, *, configured=True):
    (check,) = check_translations(brief, settings, configured=configured)
    assert check.what == "pack ja-en"
    return check


def test_everything_holds(desk, report):
    checks = list(verify(report.files[0].read_bytes(), desk.settings, inputs=desk.inputs))
    assert {check.what for check in checks if check.holds is not True} == set()
    details = {check.what: check.detail for check in checks}
    assert "byte for byte" in details["pages"]
    assert "are what the pack gives" in details["pack ja-en"]


def test_a_changed_translation_is_found(desk, report):
    changed = with_translation(report.brief, lambda s: dataclasses.replace(s, translation=s.translation + " Not."))
    check = check_pack(changed, desk.settings)
    assert check.holds is False
    assert "Not.' is not what the pack gives" in check.detail
    # With settings that may be others than the brief's it proves nothing.
    assert check_pack(changed, desk.settings, configured=False).holds is None


def test_other_flags_than_the_checks_give_are_found(desk, report):
    flag = Flag(code="amount", message="30 million yen is missing")

    def change(sentence):
        return dataclasses.replace(sentence, flags=() if sentence.flags else (flag,))

    assert check_pack(with_translation(report.brief, change), desk.settings).holds is False


def test_a_translator_s_own_is_told_from_the_pack_s(desk, report, tmp_path):
    settings = dataclasses.replace(desk.settings, workspace=str(tmp_path / "store"))
    own = with_translation(report.brief, lambda s: dataclasses.replace(s, translation=f"Own {s.index}.", flags=()))
    with Workspace(settings) as workspace:
        entries = [
            Entry(maker=Maker(None, "ja", "en"), source=s.text, text=s.translation, made=0, file="desk.tmx")
            for a in own.articles
            for s in a.sentences
            if s.translation is not None
        ]
        workspace.memory.load(entries)
    check = check_pack(own, settings)
    assert check.holds is True
    assert "a translator's own" in check.detail
    assert check_pack(own, desk.settings).holds is False


@pytest.mark.parametrize(
    "packs", [(), (PackInfo(name="x", version="9", source="ja", target="en", sha256="f" * 64, origin=""),)]
)
def test_a_pack_that_is_not_here_is_said_to_be_missing(desk, report, packs):
    provenance = dataclasses.replace(report.brief.provenance, packs=packs)
    check = check_pack(dataclasses.replace(report.brief, provenance=provenance), desk.settings)
    assert check.holds is None
    assert ("pack missing: x 9" if packs else "names no pack") in check.detail
