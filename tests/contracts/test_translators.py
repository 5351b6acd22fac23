"""What every translator promises, whoever wrote it."""

import pytest

from briefs.brief import Translated
from briefs.config import TranslateSettings
from briefs.registry import BUILTINS, load_backend

TEXTS = ["停戦は3月11日に始まる。", "", "会談は終わった。", " \u3000", "停戦は3月11日に始まる。", "12", "😀"]


@pytest.fixture(scope="module", params=sorted(BUILTINS["translator"]))
def translator(request, tmp_path_factory):
    return load_backend("translator", request.param)(TranslateSettings(beam=1), str(tmp_path_factory.mktemp("packs")))


def test_one_answer_a_text_of_the_same_length_and_order(translator):
    answers = translator.translate(TEXTS, "ja", "en")
    assert all(isinstance(answer, Translated) for answer in answers)
    assert [translator.translate([text], "ja", "en")[0] for text in TEXTS] == answers
    assert translator.translate(TEXTS[::-1], "ja", "en") == answers[::-1]
    assert answers[0] == answers[4]


def test_no_texts_give_no_answers(translator):
    assert translator.translate([], "ja", "en") == []


@pytest.mark.parametrize("text", ["", " ", "\u3000\n"])
def test_a_blank_text_stays_blank(translator, text):
    (answer,) = translator.translate([text], "ja", "en")
    assert not (answer.text or "").strip()
    assert answer.flags == ()


def test_an_answer_or_a_reason_why_not(translator):
    for answer in translator.translate(TEXTS, "ja", "en"):
        assert answer.text is not None or answer.flags


def test_what_decides_its_answers_has_a_name(translator):
    context = translator.context("ja", "en")
    assert context == translator.context("ja", "en")
    assert context


def test_it_names_the_packs_that_it_used(translator):
    translator.translate(TEXTS[:1], "ja", "en")
    assert all(info.sha256 and info.name for info in translator.used())
