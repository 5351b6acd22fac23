"""Splits text into sentences without losing a character of their place.

Japanese and Chinese by rules of our own: a sentence ends after 。！？!? outside brackets and quotes. Other languages by
sentencex (Wikimedia), which knows abbreviations.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import NamedTuple

from briefs.brief import Article, Brief, Kind, Sentence

_PAIRS = {
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "【": "】",
    "〈": "〉",
    "《": "》",
    "〔": "〕",
    "［": "］",
    "“": "”",
    "‘": "’",
}
_CLOSERS = frozenset(_PAIRS.values())
_END = re.compile(r"[。！？!?]+")
# A question or exclamation that the sentence goes on from: 「本当か？と問う」.
_GOES_ON = re.compile(r"\s*(?:と(?!ころ|はい|も)|って|という|、|，|に[はも]|の[はが]|を|が(?!、)|・)")
# What ties the text behind a quotation to it.
_AFTER_QUOTE = re.compile(
    r"\s*(?:[とのがはをにもでへや、，,。.!?！？:：・…―—\-)）]|など|から|まで|って|だ|，|之|随|并|后|地|地说|説|说|道|是|的)"
)
DEEPEST = 12
_OWN_RULES = frozenset({"ja", "zh"})
# sentencex falls back along its own chain for codes that it does not know.
_ABBREVIATED_HONORIFICS = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Gen|Rep|Gov|St|No)\.\s*$")


class Span(NamedTuple):
    """A sentence's place: `text[start:end]`, white space around it left out."""

    start: int
    end: int


def segment(brief: Brief) -> Brief:
    """Fill in the sentences of every article."""
    articles = tuple(
        dataclasses.replace(article, sentences=tuple(article_sentences(article))) for article in brief.articles
    )
    return dataclasses.replace(brief, articles=articles)


def article_sentences(article: Article) -> Iterator[Sentence]:
    """The sentences of an article; offsets count in `article.text`, and a heading is one sentence whatever it holds."""
    index, offset = 0, 0
    for number, block in enumerate(article.blocks):
        language = block.language or article.language
        whole = block.kind is Kind.HEADING
        for start, end in [Span(0, len(block.text))] if whole else split_sentences(block.text, language):
            yield Sentence(
                index=index,
                kind=block.kind,
                text=block.text[start:end],
                start=offset + start,
                end=offset + end,
                block=number,
                language=language,
            )
            index += 1
        offset += len(block.text) + 1


def split_sentences(text: str, language: str) -> list[Span]:
    """The sentences of `text`, in order; a line end always ends one. Nothing but white space lies between them."""
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        pieces = _own(line.group()) if language in _OWN_RULES else _library(line.group(), language)
        for start, end in pieces:
            stripped = _strip(text, line.start() + start, line.start() + end)
            if stripped.start < stripped.end:
                spans.append(stripped)
    return spans


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))


def _own(line: str) -> Iterator[tuple[int, int]]:
    """Pieces of one Japanese or Chinese line."""
    inside = _inside_brackets(line)
    begin = 0
    for mark in _END.finditer(line):
        end = mark.end()
        if inside[mark.start()] and not _closes_quote(line, end, inside):
            continue
        while end < len(line) and line[end] in _CLOSERS:
            end += 1
        if "。" not in mark.group() and _GOES_ON.match(line, end):
            continue
        yield begin, end
        begin = end
    if begin < len(line):
        yield begin, len(line)


def _inside_brackets(line: str) -> list[bool]:
    """Which characters lie between an opening bracket and its partner; a bracket without one protects nothing."""
    inside, stack = [False] * len(line), []
    for i, c in enumerate(line):
        if c in _PAIRS:
            stack.append(i)
            # Nobody nests deeper; without a bound a line of brackets takes quadratic time.
            del stack[:-DEEPEST]
        elif c in _CLOSERS:
            # Look for the partner below openers that were never closed.
            match = next((k for k in range(len(stack) - 1, -1, -1) if _PAIRS[line[stack[k]]] == c), None)
            if match is not None:
                inside[stack[match] : i + 1] = [True] * (i + 1 - stack[match])
                del stack[match:]
    return inside


def _closes_quote(line: str, end: int, inside: list[bool]) -> bool:
    """Does a quotation end with the sentence in it, and a new sentence begin behind it?

    「対応する。」野党は反発した。 is two sentences, 「対応する。」と述べた。 is one.
    """
    close = end
    while close < len(line) and line[close] in _CLOSERS:
        close += 1
    return end < close < len(line) and not inside[close] and not _AFTER_QUOTE.match(line, close)


def _library(line: str, language: str) -> Iterator[tuple[int, int]]:
    """Pieces of one line in another language."""
    from sentencex import segment

    begin = end = 0
    for piece in segment(language if language != "und" else "en", line):
        end = line.index(piece, end) + len(piece)
        if _ABBREVIATED_HONORIFICS.search(line[begin:end]):
            continue
        yield begin, end
        begin = end
    if begin < len(line):
        yield begin, len(line)
