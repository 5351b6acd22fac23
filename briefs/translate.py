"""Translates every sentence on the machine itself: a sentence in, a sentence out.

The sentences of all articles go through one stream, sorted by length, in batches counted in tokens. What was translated
before comes from the translation memory. Output that loops, is empty, runs away or keeps Japanese is tried again with
other settings; what is still bad is not shown: the original stands in its place, flagged.
"""

import dataclasses
import hashlib
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from briefs.brief import Article, Brief, Flag, PackInfo, Problem, Sentence, Severity, Translated
from briefs.config import TranslateSettings
from briefs.errors import PackError, TranslationError
from briefs.fidelity import apply_inline, find_entities, load_gazetteer, normalise_source
from briefs.packs import Pack, find_pack
from briefs.registry import Translator

logger = logging.getLogger(__name__)

CHUNK = 512  # sentences decoded and stored at a time: what a kill can cost
MAX_TOKENS = 120  # longer sentences are split at commas: packs are trained on no longer ones
LONGEST = 3  # output tokens a source token
LONGEST_LOOP = 40  # words of a phrase that is looked for
_PLAIN = {"repetition_penalty": 1.1, "length_penalty": 0.6}
_STRICT = {"repetition_penalty": 1.3, "no_repeat_ngram_size": 3, "length_penalty": 0.6}
_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
_BREAKS = re.compile(r"(?<=[、，,;；。])|(?<=。)|(?<=\s)")


class Memory(Protocol):
    """Where translations are kept between runs (see workspace.TranslationMemory)."""

    def find(self, context: str, texts: Sequence[str]) -> dict[str, Translated]:
        """What is known of `texts` in a context."""

    def add(self, context: str, pairs: Iterable[tuple[str, Translated]]) -> None:
        """Keep translations."""


class Identity:
    """The null translator: every text as it is."""

    def __init__(self, settings: TranslateSettings | None = None, packs: str = "") -> None:
        """Takes what every translator takes, and needs none of it."""

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:  # noqa: ARG002 - the seam's
        """Return the texts themselves."""
        return [Translated(text=text) for text in texts]

    def context(self, source: str, target: str) -> str:
        """Nothing decides its answers."""
        return f"identity/{source}-{target}"

    def used(self) -> tuple[PackInfo, ...]:
        """It uses no pack."""
        return ()


class PackTranslator:
    """Argos packages, driven through CTranslate2 directly."""

    def __init__(self, settings: TranslateSettings | None = None, packs: str = "") -> None:
        """`packs` is the folder of installed packages; empty takes Argos Translate's own."""
        self._settings = settings or TranslateSettings()
        self._folder = packs
        self._engines: dict[tuple[str, str], _Engine] = {}

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """Return one answer a text, in order; PackError if no pack knows the pair, TranslationError if it fails."""
        return self._engine(source, target).translate(texts)

    def context(self, source: str, target: str) -> str:
        """What decides an answer besides the text: pack, settings and gazetteer. PackError if no pack knows the pair."""
        return self._engine(source, target).context

    def used(self) -> tuple[PackInfo, ...]:
        """The packs loaded so far."""
        return tuple(engine.pack.info for _, engine in sorted(self._engines.items()))

    def _engine(self, source: str, target: str) -> "_Engine":
        key = (source, target)
        if key not in self._engines:
            self._engines[key] = _Engine(find_pack(source, target, self._folder), self._settings)
        return self._engines[key]


class _Piece(NamedTuple):
    """A part of a text that is decoded at once."""

    text: int
    tokens: list[str]


class _Engine:
    """One pack, loaded at its first text."""

    def __init__(self, pack: Pack, settings: TranslateSettings) -> None:
        self.pack = pack
        self._settings = settings
        self._kinds = pack.inline if settings.inline else ()
        self._gazetteer = load_gazetteer(settings.glossary) if self._kinds else None
        names = self._gazetteer.sha256 if self._gazetteer else ""
        decides = [pack.info.sha256, settings.beam, list(self._kinds), names, MAX_TOKENS, _PLAIN, _STRICT]
        self.context = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
        self._loaded: tuple[Any, Any] | None = None

    def translate(self, texts: Sequence[str]) -> list[Translated]:
        """One answer a text; a bad one is tried once more, strictly and without inline entities."""
        answers = self._decode([self._source(text, inline=True) for text in texts], _PLAIN)
        faults = {
            i: fault for i, text in enumerate(texts) if (fault := find_fault(text, answers[i], self.pack.info.target))
        }
        again = sorted(faults)
        retried = self._decode([self._source(texts[i], inline=False) for i in again], _STRICT) if again else []
        result = [Translated(text=answer) for answer in answers]
        for i, answer in zip(again, retried, strict=True):
            fault = find_fault(texts[i], answer, self.pack.info.target)
            message = f"the translation was not usable ({faults[i]}); the original is shown"
            result[i] = (
                Translated(text=None, flags=(Flag(code=faults[i], message=message),))
                if fault
                else Translated(text=answer)
            )
        return result

    def _source(self, text: str, *, inline: bool) -> str:
        text = normalise_source("".join(c if c.isprintable() else " " for c in text))
        if inline and self._gazetteer is not None:
            text = apply_inline(text, find_entities(text, self._gazetteer, self._kinds))
        return text

    def _decode(self, sources: Sequence[str], options: dict[str, Any]) -> list[str]:
        """Translate in batches counted in tokens; the parts of a long text are rejoined."""
        translator, tokenizer = self._load()
        pieces = [_Piece(i, tokens) for i, source in enumerate(sources) for tokens in _split(source, tokenizer)]
        prefix = [[self.pack.target_prefix]] * len(pieces) if self.pack.target_prefix else None
        longest = max((len(piece.tokens) for piece in pieces), default=0)
        try:
            results = translator.translate_batch(
                [piece.tokens for piece in pieces],
                target_prefix=prefix,
                beam_size=self._settings.beam,
                max_batch_size=self._settings.batch_tokens,
                batch_type="tokens",
                max_decoding_length=LONGEST * longest + 12,
                **options,
            )
        except (RuntimeError, ValueError) as error:
            raise TranslationError(
                f"pack {self.pack.info.name} failed: {error}", hint="check it with: briefs doctor"
            ) from error
        out: list[list[str]] = [[] for _ in sources]
        for piece, result in zip(pieces, results, strict=True):
            tokens = result.hypotheses[0]
            tokens = tokens[1:] if prefix and tokens[:1] == prefix[0] else tokens
            out[piece.text].append(tokenizer.decode(tokens).strip())
        return [" ".join(parts) for parts in out]

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import ctranslate2
            import sentencepiece

            files = self.pack.read_files()
            model = {name.removeprefix("model/"): data for name, data in files.items() if name.startswith("model/")}
            threads = self._settings.threads or len(os.sched_getaffinity(0))
            try:
                translator = ctranslate2.Translator(
                    self.pack.info.name, device="cpu", compute_type="int8", intra_threads=threads, files=model
                )
                tokenizer = sentencepiece.SentencePieceProcessor(model_proto=files["sentencepiece.model"])
            except (RuntimeError, ValueError, KeyError) as error:
                raise PackError(
                    f"pack {self.pack.path} cannot be loaded: {error}", hint="install it again, or remove it"
                ) from error
            self._loaded = (translator, tokenizer)
            logger.info("pack %s %s loaded", self.pack.info.name, self.pack.info.version)
        return self._loaded


def _split(source: str, tokenizer: Any) -> Iterator[list[str]]:
    """The tokens of a text, in parts of at most MAX_TOKENS cut at commas where there are any."""
    tokens: list[str] = tokenizer.encode(source, out_type=str)
    if len(tokens) <= MAX_TOKENS:
        yield tokens
        return
    part: list[str] = []
    for clause in filter(str.strip, _BREAKS.split(source)):
        more = tokenizer.encode(clause, out_type=str)
        if part and len(part) + len(more) > MAX_TOKENS:
            yield part
            part = []
        part = part + more
        while len(part) > MAX_TOKENS:
            yield part[:MAX_TOKENS]
            part = part[MAX_TOKENS:]
    if part:
        yield part


def find_fault(source: str, output: str, target: str) -> str:
    """The code of what makes an output unusable, or "" for none."""
    words = re.findall(r"\w+", output.lower())
    if not words:
        return "empty" if re.search(r"\w", source) else ""
    if target != "ja" and len(_JAPANESE.findall(output)) > 0.2 * len(output):
        return "untranslated"
    if is_looping(words):
        return "repetition"
    # English needs about two and a half characters for one of Japanese, names more; five is out of reach of real text.
    if len(output) > 60 + 6 * len(source):
        return "length"
    return ""


def is_looping(words: Sequence[str]) -> bool:
    """Does a phrase come again and again: a word five times running, a phrase four times, a long one three times?

    Also true where one phrase of two words or more comes five times and makes up most of the text.
    """
    for size in range(1, min(LONGEST_LOOP, len(words) // 2) + 1):
        times = 5 if size == 1 else 4 if size < 8 else 3
        run = 0
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            if run >= (times - 1) * size:
                return True
        if 2 <= size <= 6:
            grams = Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
            often = grams.most_common(1)[0][1]
            if often >= 5 and often * size > 0.6 * len(words):
                return True
    return False


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
        except PackError as error:
            if answers.get(language):
                raise
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
    return dataclasses.replace(
        article,
        sentences=tuple(map(fill, article.sentences)),
        title_translation=title.text if title else None,
    )
