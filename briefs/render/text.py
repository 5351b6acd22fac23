"""Hostile text made safe to lay out: control characters and direction overrides removed, links only to the web."""

import dataclasses
import re
from collections.abc import Set
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from briefs.brief import Article, Brief, Kind, Sentence, decode, encode

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "ps", "sd", "ug", "ur", "yi"})
# Soft hyphens would draw a hyphen that the source does not have; the rest is invisible and can hide or turn text round.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef"
    "\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029 ]+")
_LONG_WORD = re.compile("[!-~\u00a1-\u024f]{200,}")
_FIFTY = re.compile(".{1,50}")
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\\]")


def clean_text(text: str) -> str:
    """`text` on one line, without control characters, direction overrides and other invisible ones."""
    return _SPACE.sub(" ", _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))).strip()


def breakable(text: str) -> str:
    """`text` with places to break in words of 200 letters and more, which would take the layout quadratic time."""
    return _LONG_WORD.sub(lambda match: "\u200b".join(_FIFTY.findall(match[0])), text)


def shorten(text: str, characters: int) -> str:
    """`text`, or its first words with an ellipsis where it is longer than that."""
    if len(text) <= characters:
        return text
    cut = text[: characters - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > characters // 2 else cut).rstrip(" ,;:、，") + "…"


def clean_brief(brief: Brief) -> Brief:
    """`brief` with every text cleaned, and without what no template shows, such as sentences that no point cites."""
    points = (*brief.highlights, *(point for theme in brief.themes for point in theme.points))
    cited = {(point.article, index) for point in points for index in point.sentences}
    articles = tuple(_without_unseen(article, cited) for article in brief.articles)
    cleaned: Brief = decode(Brief, _clean_data(encode(dataclasses.replace(brief, documents=(), articles=articles))))
    return cleaned


def _without_unseen(article: Article, cited: Set[tuple[str, int]]) -> Article:
    """`article` with its headings, its first sentence and those that are cited."""
    sentences = tuple(
        sentence
        for position, sentence in enumerate(article.sentences)
        if not position or sentence.kind is Kind.HEADING or (article.id, sentence.index) in cited
    )
    return dataclasses.replace(article, blocks=(), removed=(), sentences=sentences)


def _clean_data(data: object) -> object:
    if isinstance(data, str):
        return clean_text(data)
    if isinstance(data, list):
        return [_clean_data(item) for item in data]
    if isinstance(data, dict):
        return {clean_text(key): _clean_data(value) for key, value in data.items()}
    return data


def web_link(url: str | None) -> str | None:
    """`url` percent-encoded if it is an http or https address, else None."""
    if not url or _UNSAFE_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._")


def readable_place(source: str) -> str:
    """A web address as people read it, or the name of a file: its folder differs between machines."""
    if web_link(source):
        return clean_text(unquote(source).partition("://")[2].removesuffix("/"))
    if "://" in source or source.lower().startswith(("javascript:", "data:", "vbscript:")):
        return source
    return PurePosixPath(source).name or source


def direction(language: str) -> str:
    """The direction that a language is written in: `rtl` or `ltr`."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def is_draft(sentence: Sentence) -> bool:
    """Was the pack too unsure of the translation for it to stand in place of the original?"""
    return sentence.translation is not None and any(flag.code == "unsure" for flag in sentence.flags)
