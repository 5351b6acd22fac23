"""What every detector promises, whoever wrote it."""

import pytest

from briefs.registry import BUILTINS, load_backend

TEXTS = [
    "政府は方針を固めた。",
    "",
    "The government has decided.",
    "2026",
    "\0\u202e",
    "정부는 결정했다.",
    "漢字",
    "😀",
    "a" * 500,
]


@pytest.fixture(params=sorted(BUILTINS["detector"]))
def detector(request):
    return load_backend("detector", request.param)()


def test_one_answer_a_text_each_a_code_and_a_share(detector):
    answers = detector.detect(TEXTS)
    assert len(answers) == len(TEXTS)
    for language, confidence in answers:
        assert language
        assert language.islower()
        assert 0.0 <= confidence <= 1.0


def test_the_order_is_that_of_the_texts(detector):
    assert detector.detect(TEXTS[::-1]) == detector.detect(TEXTS)[::-1]
    assert [detector.detect([text])[0] for text in TEXTS] == detector.detect(TEXTS)


def test_no_texts_give_no_answers(detector):
    assert detector.detect([]) == []
