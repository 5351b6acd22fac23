"""The data that flows: to and from JSON, and the little that it knows about itself."""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefs.brief import Article, Block, Brief, Kind, Origin, Point, Problem, Provenance, Sentence, Theme, Translated
from briefs.brief import decode as decode_value

DAY = date(2026, 11, 20)
LEAVES = {
    str: st.text(max_size=8),
    int: st.integers(-(2**63), 2**63),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: st.dates(),
}


def values(annotation):
    """Any value of a field's type, so that a new field is covered the day it is added."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(st.none() if a is type(None) else values(a) for a in arguments))
    if origin is tuple:
        # An article is from somewhere.
        return st.lists(values(arguments[0]), min_size=arguments[0] is Origin, max_size=2).map(tuple)
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=4), values(arguments[1]), max_size=2)
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        return st.builds(annotation, **{name: values(hint) for name, hint in hints.items()})
    if issubclass(annotation, StrEnum):
        return st.sampled_from(annotation)
    return LEAVES[annotation]


def brief(**fields):
    return Brief(**{"name": "b", "title": "t", "date": DAY} | fields)


def article(**fields):
    return Article(**{"id": "a", "origins": (Origin(source="in/a.txt", sha256=""),), "blocks": ()} | fields)


def sentence(index, text, kind=Kind.SENTENCE):
    return Sentence(index=index, kind=kind, text=text, start=0, end=len(text), block=0, language="ja")


def reordered(value):
    """An equal value whose mappings were filled in another order."""
    if dataclasses.is_dataclass(value):
        return type(value)(**{f.name: reordered(getattr(value, f.name)) for f in dataclasses.fields(value)})
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    if isinstance(value, tuple):
        return tuple(map(reordered, value))
    return value


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values(Brief))
def test_any_brief_survives_json_and_equal_briefs_give_equal_bytes(brief):
    text = brief.to_json()
    again = Brief.from_json(text)
    assert again == brief
    assert again.to_json() == text
    assert reordered(brief).to_json() == text


def test_defaults_are_left_out():
    assert json.loads(brief().to_json()) == {"schema": 1, "name": "b", "title": "t", "date": "2026-11-20"}


def test_what_equals_no_default_is_kept_even_if_empty_or_false():
    theme = Theme(id="x", title="X", change=0, points=(Point(theme="x", article="a", sentences=(), new=False),))
    data = json.loads(brief(themes=(theme,)).to_json())["themes"][0]
    assert data["change"] == 0
    assert data["points"][0] == {"theme": "x", "article": "a", "sentences": [], "new": False}


def test_japanese_stands_in_the_json_as_it_is():
    assert "停戦" in brief(title="停戦").to_json()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "Brief has no field 'colour'"),
        ({"articles": [{"id": "a", "origins": [], "blocks": [], "colour": 1}]}, "Article has no field 'colour'"),
        ({"name": 7}, "expected .*str.*, got int"),
        ({"title": None}, "got NoneType"),
        ({"articles": {}}, "expected .*list.*, got dict"),
        ({"articles": ["a"]}, "expected .*dict.*, got str"),
        ({"provenance": {"counts": {"a": "1"}}}, "expected .*int.*, got str"),
        ({"provenance": []}, "expected .*dict.*, got list"),
        ({"date": "20 November"}, "Invalid isoformat"),
        ({"date": 20261120}, "got int"),
        ({"problems": [{"source": "a", "stage": "b", "message": "c", "severity": "grave"}]}, "'grave' is not a valid"),
        ({"problems": [{"source": "a", "stage": "b"}]}, "message"),
        ({"schema": 2}, "not a brief of schema 1"),
        ({"schema": None}, "not a brief of schema 1"),
    ],
)
def test_what_is_no_brief_is_refused(change, says):
    data = json.loads(brief().to_json()) | change
    with pytest.raises(ValueError, match=says):
        Brief.from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"brief"', "{}"])
def test_other_json_is_refused(text):
    with pytest.raises(ValueError, match=r"schema|Expecting"):
        Brief.from_json(text)


def test_a_whole_number_is_a_float_where_one_is_expected():
    assert isinstance(decode_value(float, 1), float)
    assert math.isclose(decode_value(float, 0.25), 0.25)


@pytest.mark.parametrize(
    ("fields", "headline"),
    [
        ({"title": "題", "sentences": (sentence(0, "本文。"),)}, "題"),
        ({"title": "", "sentences": (sentence(0, "本文。"), sentence(1, "見出し", Kind.HEADING))}, "見出し"),
        ({"sentences": (sentence(0, "最初。"), sentence(1, "次。"))}, "最初。"),
        ({}, "in/a.txt"),
    ],
)
def test_the_headline_is_the_title_or_the_next_best(fields, headline):
    assert article(**fields).headline == headline


def test_the_text_of_an_article_is_its_blocks_a_line_each():
    blocks = (Block(kind=Kind.HEADING, text="題"), Block(kind=Kind.SENTENCE, text="本文。続き。"))
    assert article(blocks=blocks).text == "題\n本文。続き。"


def test_the_source_is_the_copy_that_was_kept():
    origins = (Origin(source="first", sha256="1"), Origin(source="second", sha256="2"))
    assert article(origins=origins).source == "first"


def test_a_sentence_without_translation_shows_the_original():
    plain = sentence(0, "原文。")
    assert plain.english == "原文。"
    assert dataclasses.replace(plain, translation="Text.").english == "Text."
    assert dataclasses.replace(plain, translation="").english == ""


def test_an_article_is_found_by_its_id():
    a, b = article(), article(id="b")
    assert brief(articles=(a, b)).article("b") is b
    with pytest.raises(KeyError):
        brief(articles=(a,)).article("b")


@pytest.mark.parametrize(
    "value", [brief(), article(), Problem(source="s", stage="s", message="m"), Provenance(), Translated(text=None)]
)
def test_nothing_can_be_changed_in_place(value):
    name = dataclasses.fields(value)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, "other")
