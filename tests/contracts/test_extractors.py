"""What every extractor promises, whoever wrote it."""

from datetime import date

import pytest

from briefs.brief import Article, Block, Brief, Kind, Origin, Sentence, Theme
from briefs.extract import extract
from briefs.registry import BUILTINS, load_backend

THEME = Theme(id="war", title="War", keywords={"ja": ("停戦", "和平"), "en": ("ceasefire",)})
STORIES = (
    ("停戦が三月に始まる。", "市長は歓迎した。", "和平の協議は来月も続き、停戦の監視が議題になる。", "雨が降った。"),
    ("The ceasefire begins in March.", "Nobody was at the harbour.", "A second ceasefire may follow in the north."),
    ("林檎の収穫が減った。",),
    (),
)


def article(number, texts):
    language = "ja" if number != 1 else "en"
    sentences, start = [], 0
    for index, text in enumerate(texts):
        sentence = Sentence(
            index=index,
            kind=Kind.SENTENCE,
            text=text,
            start=start,
            end=start + len(text),
            block=index,
            language=language,
        )
        sentences.append(sentence)
        start += len(text) + 1
    return Article(
        id=f"id{number}",
        origins=(Origin(source=f"{number}.txt", sha256=""),),
        blocks=tuple(Block(kind=Kind.SENTENCE, text=text) for text in texts),
        published=date(2026, 3, 1 + number),
        language=language,
        sentences=tuple(sentences),
    )


ARTICLES = tuple(article(number, texts) for number, texts in enumerate(STORIES))


@pytest.fixture(params=sorted(BUILTINS["extractor"]))
def extractor(request):
    return load_backend("extractor", request.param)()


def test_points_cite_sentences_that_exist(extractor):
    points = extractor.points(ARTICLES, THEME, 10)
    by_id = {article.id: article for article in ARTICLES}
    for point in points:
        assert point.theme == THEME.id
        cited = by_id[point.article].sentences
        assert 1 <= len(point.sentences) <= 2
        assert set(point.sentences) <= {sentence.index for sentence in cited}
        assert set(point.corroborated_by) <= set(by_id) - {point.article}
        assert all(isinstance(value, (int, float)) for value in point.scores.values())
    assert len({(point.article, point.sentences) for point in points}) == len(points)


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_there_are_never_more_points_than_asked_for(extractor, limit):
    assert len(extractor.points(ARTICLES, THEME, limit)) <= limit


@pytest.mark.parametrize("articles", [(), (article(3, ()),), (article(3, ()), article(2, STORIES[2]))])
def test_where_there_is_nothing_to_say_nothing_is_said(extractor, articles):
    assert extractor.points(articles, THEME, 5) == []


def test_the_same_question_gets_the_same_answer(extractor):
    assert extractor.points(ARTICLES, THEME, 5) == extractor.points(list(ARTICLES), THEME, 5)


def test_a_theme_without_keywords_is_no_error(extractor):
    assert extractor.points(ARTICLES, Theme(id="x", title="Zzyzx"), 5) == []


def test_the_stage_runs_with_it(extractor):
    brief = Brief(name="b", title="t", date=date(2026, 3, 9), themes=(THEME,), articles=ARTICLES)
    done = extract(brief, extractor, limit=2, highlights=1)
    assert len(done.themes[0].points) <= 2
    assert len(done.highlights) <= 1
    assert done.articles == brief.articles
