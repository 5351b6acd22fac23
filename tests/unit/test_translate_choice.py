"""Which candidate of the engine is taken, what is mended, what is flagged, what is not shown."""

from dataclasses import replace

import pytest

from briefs.config import TranslateSettings
from briefs.packs import find_pack
from briefs.translate import UNSURE
from briefs.translate.engine import _Engine, _Try

BUDGET = "来年度の予算は30億円だ。"
RIGHT = "Next year's budget is 3 billion yen."


class Scripted(_Engine):
    """An engine whose decodes are written down: the first, then the strict second one."""

    def __init__(self, first, second=(), *, confidence=-0.3, version="0.9", least_confidence=None, settings=None):
        pack = find_pack("ja", "en")
        pack = replace(pack, info=replace(pack.info, version=version), least_confidence=least_confidence)
        super().__init__(pack, settings or TranslateSettings())
        self.script, self.confidence, self.calls = [list(first), list(second)], confidence, 0

    def _decode(self, texts, options, *, inline):
        outputs = self.script[self.calls]
        assert inline == (self.calls == 0)
        self.calls += 1
        return [[_Try(text, self.confidence) for text in outputs] for _ in texts]


def answer(engine, text=BUDGET):
    return engine.translate([text])[0]


def test_the_candidate_with_the_right_figure_is_taken():
    engine = Scripted(["Next year's budget is 300 million yen.", RIGHT])
    assert answer(engine).text == RIGHT
    assert engine.calls == 1


def test_a_second_decode_is_asked_when_all_candidates_are_wrong():
    engine = Scripted(["Next year's budget is 4 billion yen."], [RIGHT])
    assert (answer(engine).text, answer(Scripted([RIGHT])).flags) == (RIGHT, ())
    assert engine.calls == 2


def test_a_slipped_magnitude_is_put_right():
    got = answer(Scripted(["Next year's budget is 300 million yen."], ["Next year's budget is 300 million yen."]))
    assert got.text == RIGHT
    assert got.flags == ()


def test_what_is_still_wrong_is_flagged_with_the_figure_of_the_source():
    got = answer(Scripted(["Next year's budget is 47 yen."], ["Next year's budget is large."], version="1.0"))
    assert got.text is not None
    assert all(flag.code != UNSURE for flag in got.flags)
    flag = next(flag for flag in got.flags if flag.code in ("amount", "currency"))
    assert flag.source.startswith("30億")
    assert "3 billion" in flag.rendering


@pytest.mark.parametrize("output", ["", "the the the the the the the", "予算は30億円だ", "no " * 400])
def test_what_cannot_be_shown_is_not(output):
    got = answer(Scripted([output], [output]))
    assert got.text is None
    assert got.flags


def test_what_the_pack_is_unsure_of_is_a_draft():
    got = answer(Scripted([RIGHT], confidence=-2.5))
    assert got.text == RIGHT
    assert [flag.code for flag in got.flags] == [UNSURE]


@pytest.mark.parametrize(
    ("own", "configured", "draft"), [(None, 0.0, False), (-0.5, 0.0, True), (-0.5, -0.9, False), (None, -0.6, True)]
)
def test_how_sure_a_pack_must_be_is_the_configs_or_the_packs_to_say(own, configured, draft):
    engine = Scripted(
        [RIGHT], confidence=-0.7, least_confidence=own, settings=TranslateSettings(least_confidence=configured)
    )
    assert bool(answer(engine).flags) is draft


def test_what_a_draft_pack_gets_wrong_is_a_draft_with_the_figure_of_the_source():
    wrong = ["Next year's budget is 47 yen."]
    got = answer(Scripted(wrong, wrong))
    assert got.text == wrong[0]
    assert got.flags[0].code == UNSURE
    assert any("3 billion" in flag.rendering for flag in got.flags[1:])


@pytest.mark.parametrize("version", ["0.9", "1.0"])
def test_what_lost_too_much_is_a_draft_whoever_made_it(version):
    text = "2025年3月4日、30億円と50%と700人と8兆ドルが失われた。"
    got = answer(Scripted(["It was lost."], ["It was lost."], version=version), text)
    assert [flag.code for flag in got.flags] == [UNSURE]


def test_the_first_candidate_stays_where_nothing_is_wrong():
    assert answer(Scripted([RIGHT, "Another."])).text == RIGHT
