"""Translates every sentence on the machine itself: a sentence in, a sentence out.

The sentences of all articles go through one stream, sorted by length, in batches counted in tokens. What was translated
before comes from the translation memory. Of several candidates the one is taken whose figures and names are those of the
source; what is still wrong with it is flagged. Output that loops, is empty, runs away or keeps Japanese is not shown: the
original stands in its place.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from briefs.brief import Article, Brief, Flag, Problem, Sentence, Severity, Translated
from briefs.errors import MissingPackError
from briefs.registry import Translator
from briefs.translate.engine import UNSURE, Identity, PackTranslator
from briefs.translate.gate import find_fault, is_looping

__all__ = ["UNSURE", "Identity", "Memory", "PackTranslator", "find_fault", "is_looping", "translate"]

CHUNK = 512  # sentences decoded and stored at a time: what a kill can cost


class Memory(Protocol):
    """Where translations are kept between runs (see workspace.TranslationMemory)."""

    def find(self, context: str, texts: Sequence[str]) -> dict[str, Translated]:
        """What is known of `texts` in a context."""

    def add(self, context: str, pairs: Iterable[tuple[str, Translated]]) -> None:
        """Keep translations."""


def translate(
    brief: Brief,
    translator: Translator,
    memory: Memory | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Brief:
    """Fill in the translation of every sentence and title that is not in the target language.

    A language without a pack is left in the original, flagged, and becomes a problem. `progress` is told how many of how
    many sentences are done.
    """
    wanted = _wanted(brief)
    total, done = sum(map(len, wanted.values())), 0
    answers: dict[str, dict[str, Translated]] = {}
    problems = list(brief.problems)
    for language, texts in sorted(wanted.items()):
        try:
            chunks = _stream(texts, language, brief.target, translator, memory)
            answers[language] = {}
            for chunk in chunks:
                answers[language].update(chunk)
                done += len(chunk)
                if progress:
                    progress(done, total)
        except MissingPackError as error:
            answers.pop(language, None)
            done += len(texts)
            sources = [a.source for a in brief.articles if a.language == language]
            message = f"{error.message}: shown in the original"
            problems += [
                Problem(source=each, stage="translate", message=message, hint=error.hint, severity=Severity.WARNING)
                for each in sources or [language]
            ]
    articles = tuple(_with_answers(article, brief.target, answers) for article in brief.articles)
    return dataclasses.replace(brief, articles=articles, problems=tuple(problems))


def _wanted(brief: Brief) -> dict[str, list[str]]:
    """Texts to translate by language, each once."""
    wanted: dict[str, dict[str, None]] = {}
    for article in brief.articles:
        for sentence in article.sentences:
            if sentence.language not in (brief.target, "und"):
                wanted.setdefault(sentence.language, {})[sentence.text] = None
        if article.title and article.language not in (brief.target, "und"):
            wanted.setdefault(article.language, {})[article.title] = None
    return {language: list(texts) for language, texts in wanted.items()}


def _stream(
    texts: Sequence[str], source: str, target: str, translator: Translator, memory: Memory | None
) -> Iterator[dict[str, Translated]]:
    """Answers in chunks: first what the memory knows, then the rest, shortest first."""
    describe = getattr(translator, "context", None)
    context = describe(source, target) if describe else None
    known = memory.find(context, texts) if memory is not None and context else {}
    if known:
        yield known
    rest = sorted((text for text in texts if text not in known), key=len)
    for start in range(0, len(rest), CHUNK):
        part = rest[start : start + CHUNK]
        pairs = list(zip(part, translator.translate(part, source, target), strict=True))
        if memory is not None and context:
            memory.add(context, pairs)
        yield dict(pairs)


def _with_answers(article: Article, target: str, answers: dict[str, dict[str, Translated]]) -> Article:
    def fill(sentence: Sentence) -> Sentence:
        if sentence.language in (target, "und"):
            return sentence
        answer = answers.get(sentence.language, {}).get(sentence.text)
        if answer is None:
            flag = Flag(code="untranslated", message=f"no pack translates {sentence.language}: the original is shown")
            return dataclasses.replace(sentence, flags=(*sentence.flags, flag))
        return dataclasses.replace(sentence, translation=answer.text, flags=(*sentence.flags, *answer.flags))

    title = answers.get(article.language, {}).get(article.title or "")
    if title and title.flags:
        title = None  # a headline has no room for a note
    return dataclasses.replace(
        article,
        sentences=tuple(map(fill, article.sentences)),
        title_translation=title.text if title else None,
    )
