"""Translates every sentence on the machine itself: a sentence in, a sentence out.

The sentences of all articles go through one stream, sorted by length, in batches counted in tokens. What was translated
before comes from the translation memory. Of several candidates the one is taken whose figures and names are those of the
source; what is still wrong with it is flagged. Output that loops, is empty, runs away or keeps Japanese is not shown: the
original stands in its place.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from briefs.brief import Article, Brief, Flag, PackInfo, Problem, Sentence, Severity, Translated
from briefs.errors import BriefError, MissingPackError, TranslationError
from briefs.fidelity import compare
from briefs.registry import Translator
from briefs.translate.engine import UNSURE, Identity, PackTranslator, try_pack
from briefs.translate.gate import find_fault, is_looping
from briefs.workspace import Maker

__all__ = ["UNSURE", "Identity", "Memory", "PackTranslator", "find_fault", "is_looping", "translate", "try_pack"]

logger = logging.getLogger(__name__)

CHUNK = 256  # sentences looked up, decoded and stored at a time: what a kill can cost
FAILED = Flag(code="failed", message="the pack failed on this sentence: the original is shown")


class Memory(Protocol):
    """Where translations are kept between runs (see workspace.TranslationMemory)."""

    def find(self, context: Maker, texts: Sequence[str]) -> dict[str, Translated]:
        """What is known of `texts` as made in a context."""

    def add(self, context: Maker, pairs: Iterable[tuple[str, Translated]]) -> None:
        """Keep translations."""


def translate(
    brief: Brief,
    translator: Translator,
    memory: Memory | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Brief:
    """Fill in the translation of every sentence and title that is not in the target language.

    A language without a pack is left in the original, flagged, and becomes a problem. A sentence on which the translator
    fails is left in the original, flagged; TranslationError if it fails on every one. `progress` is told how many of how
    many sentences are done.
    """
    wanted = _wanted(brief)
    total, done = sum(map(len, wanted.values())), 0
    answers: dict[str, dict[str, Translated]] = {}
    problems = list(brief.problems)
    if progress:
        progress(0, total)
    for language, texts in sorted(wanted.items()):
        known = answers[language] = {}
        try:
            for chunk in _stream(texts, language, brief.target, translator, memory):
                known.update(chunk)
                done += len(chunk)
                if progress:
                    progress(done, total)
        except MissingPackError as error:
            done += len(texts) - len(known)
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
    """Answers in chunks: first what the memory knows, then the rest, shortest first.

    A translator's own translations are used even where no pack knows the language.
    """
    maker, missing = _maker(source, target, translator)
    rest: list[str] = []
    for start in range(0, len(texts), CHUNK):
        part = texts[start : start + CHUNK]
        known = memory.find(maker, part) if memory is not None else {}
        rest += [text for text in part if text not in known]
        if known:
            yield known
    if missing and rest:
        raise missing
    answered = len(rest) < len(texts)
    # Figures and names are found in Japanese and compared with English, whoever translated; ours has done so.
    checks = getattr(translator, "checks", False) or (source, target) != ("ja", "en")
    rest.sort(key=len)
    for start in range(0, len(rest), CHUNK):
        pairs, failures = [], []
        for text, answer in _by_halves(rest[start : start + CHUNK], source, target, translator):
            if isinstance(answer, Exception):
                failures.append((text, answer))
            else:
                pairs.append((text, answer if checks else _checked(text, answer, target)))
        if failures:
            _report(failures, answered or bool(pairs))
        answered = True
        if memory is not None and maker.context and pairs:
            memory.add(dataclasses.replace(maker, packs=_packs(source, target, translator)), pairs)
        yield dict(pairs) | {text: Translated(text=None, flags=(FAILED,)) for text, _ in failures}


def _checked(text: str, answer: Translated, target: str) -> Translated:
    """What another backend answered, with the flags of the fidelity check; None in place of what cannot be shown."""
    if answer.text is None or answer.flags:
        return answer
    fault = find_fault(text, answer.text, target)
    if fault:
        message = f"the translation was not usable ({fault}); the original is shown"
        return Translated(text=None, flags=(Flag(code=fault, message=message),))
    return Translated(text=answer.text, flags=tuple(compare(text, answer.text)))


def _maker(source: str, target: str, translator: Translator) -> tuple[Maker, MissingPackError | None]:
    """What will decide the answers; and the error, if no pack knows the languages."""
    describe = getattr(translator, "context", None)
    try:
        return Maker(describe(source, target) if describe else None, source, target), None
    except MissingPackError as error:
        return Maker(None, source, target), error


def _packs(source: str, target: str, translator: Translator) -> tuple[PackInfo, ...]:
    """The packs that translate between two languages, or those on the way."""
    used: tuple[PackInfo, ...] = getattr(translator, "used", tuple)()
    direct = tuple(pack for pack in used if (pack.source, pack.target) == (source, target))
    return direct or tuple(pack for pack in used if pack.source == source or pack.target == target)


def _by_halves(
    texts: Sequence[str], source: str, target: str, translator: Translator
) -> Iterator[tuple[str, Translated | Exception]]:
    """An answer a text, in order; of a batch that fails the halves are tried, down to the text that is to blame."""
    try:
        answers = translator.translate(texts, source, target)
    except Exception as error:  # a backend may be anybody's and fail in any way
        if isinstance(error, BriefError) and not isinstance(error, TranslationError):
            raise
        if len(texts) == 1:
            yield texts[0], error
            return
        middle = len(texts) // 2
        for half in (texts[:middle], texts[middle:]):
            yield from _by_halves(half, source, target, translator)
        return
    yield from zip(texts, answers, strict=True)


def _report(failures: Sequence[tuple[str, Exception]], answered: bool) -> None:
    """TranslationError if nothing was ever answered: it is not the sentences then."""
    error = failures[-1][1]
    if not answered:
        if isinstance(error, TranslationError):
            raise error
        message = f"the translator failed on every sentence: {type(error).__name__}: {error}"
        raise TranslationError(message, hint="check it with: briefs doctor") from error
    logger.warning("the translator failed on %d sentences: %s", len(failures), type(error).__name__)


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
