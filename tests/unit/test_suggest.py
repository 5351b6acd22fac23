"""Proposed themes: what they hold, that they come out the same, and that their TOML is valid whatever the articles say."""

import dataclasses
import tomllib
from pathlib import Path

import pytest

from briefs.brief import Article, Block, Kind, Origin, Theme
from briefs.config import parse_settings
from briefs.extract.suggest import Suggestion, suggest_themes, themes_toml

SHIPS = "政府は東南アジアに巡視船を供与する。巡視船は海底ケーブルの損傷を監視する。"
CHIPS = "半導体の輸出管理を強める。輸出管理の対象は半導体製造装置である。"
HOSTILE = 'a "quoted" \\ line\nnext\r\x00\x07\x7f\x85\u2028\u202e\ud800 [[theme]] \'\'\' """'


def article(id_, *texts, language="ja", title=None):
    return Article(
        id=id_,
        origins=(Origin(source=f"{id_}.txt", sha256=""),),
        blocks=tuple(Block(kind=Kind.SENTENCE, text=text) for text in texts),
        title=title,
        language=language,
    )


BATCH = [article(f"s{n}", *[SHIPS] * 4, title="巡視船を供与") for n in range(3)]
BATCH += [article(f"c{n}", *[CHIPS] * 4, title="輸出管理を強化") for n in range(2)]
ENGLISH = article(
    "e", *["Export controls on semiconductors slow trade. Export controls cost trade."] * 4, language="en"
)


def parse(text):
    return parse_settings(tomllib.loads(text), "briefs.toml", Path("/"))


def test_subjects_become_themes_with_the_widest_first():
    ships, chips = suggest_themes(BATCH, limit=2)
    assert {"巡視船", "海底ケーブル"} <= set(ships.keywords["ja"])
    assert {"半導体", "輸出管理"} <= set(chips.keywords["ja"])
    assert set(ships.articles) == {"s0", "s1", "s2"}
    assert set(chips.articles) == {"c0", "c1"}


def test_the_glossary_gives_title_and_keywords_in_english():
    chips = suggest_themes(BATCH, limit=2)[1]
    assert {"export controls", "semiconductors"} <= set(chips.keywords["en"])
    assert "xport controls" in chips.title
    assert chips.id.replace("-", "").isascii()


def test_languages_meet_in_one_theme():
    themes = suggest_themes([*BATCH, ENGLISH], limit=2)
    assert any({"c0", "e"} <= set(theme.articles) for theme in themes)


def test_generic_words_and_verbs_are_no_keywords():
    found = {word for theme in suggest_themes(BATCH) for word in theme.keywords["ja"]}
    assert not found & {"政府", "対象", "監視する", "強"}


def test_the_same_articles_give_the_same_themes():
    assert suggest_themes(BATCH) == suggest_themes(list(BATCH))


@pytest.mark.parametrize("limit", [-1, 0, 1, 2])
def test_there_are_no_more_themes_than_asked_for(limit):
    assert len(suggest_themes(BATCH, limit=limit)) <= max(limit, 0)


@pytest.mark.parametrize("articles", [[], [article("x")], [article("x", "、。")], [article("x", "1 2 3")]])
def test_nothing_to_say_gives_no_themes(articles):
    assert suggest_themes(articles) == []
    assert parse(themes_toml([])).theme == ()


def test_one_article_gives_themes():
    text = "半導体の輸出管理と供給網。巡視船と海底ケーブル、液化天然ガス、円借款、送電網がある。"
    assert suggest_themes([article("x", text)])


def test_the_toml_round_trips():
    themes = suggest_themes(BATCH)
    text = themes_toml(themes)
    assert [(t.id, t.title, t.description, t.keywords) for t in themes] == [
        (t.id, t.title, t.description, t.keywords) for t in parse(text).theme
    ]
    assert "# 3 articles, most typical: 巡視船を供与\n" in text


def test_a_hostile_headline_stays_in_its_comment():
    batch = [dataclasses.replace(a, title=HOSTILE) for a in BATCH]
    text = themes_toml(suggest_themes(batch))
    assert len(parse(text).theme) == len(suggest_themes(batch))
    text.encode()


def test_hostile_text_is_escaped():
    theme = Suggestion(
        id="x", title=HOSTILE, description=HOSTILE, keywords={"ja": (HOSTILE,), 'a"b\n': ("x",)}, headline=HOSTILE
    )
    text = themes_toml([theme])
    (found,) = parse(text).theme
    assert found.title == HOSTILE.replace("\ud800", "?")
    assert set(found.keywords) == {"ja", 'a"b\n'}
    assert "\u202e" not in text.splitlines()[0]


def test_hostile_articles_are_read():
    batch = [
        article(str(n), HOSTILE + SHIPS, "A" * 20000, "半" * 20000, language=code)
        for n, code in enumerate(["ja", "zh", "en", "und"])
    ]
    parse(themes_toml(suggest_themes(batch)))


def test_a_plain_theme_needs_no_headline():
    assert themes_toml([Theme(id="x", title="X", articles=("a",))]).startswith("# 1 article\n[[theme]]\n")
