"""Translators: Argos packages through CTranslate2, and the null translator."""

import hashlib
import json
import logging
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from briefs.brief import Flag, PackInfo, Translated
from briefs.config import TranslateSettings
from briefs.errors import PackError, TranslationError
from briefs.fidelity import apply_inline, compare, fault_score, find_entities, load_gazetteer, normalise_source, repair
from briefs.packs import BpeTokenizer, Pack, find_route
from briefs.translate.gate import find_fault

logger = logging.getLogger(__name__)

CHECK = 5  # version of the fidelity check: a change of what it flags makes kept translations stale
UNSURE = "unsure"  # code of the flag on a translation that is shown as a draft under its original
N_BEST = 4
LEAST_CONFIDENCE = -0.8  # of packs that do not say
MOST_FLAGS = 2  # with more, a translation has lost too much to be read as one
UNUSABLE = 1000.0  # faults of an output that cannot be shown
MAX_TOKENS = 120  # longer sentences are split at commas: packs are trained on no longer ones
_UNREADABLE = ("Cc", "Cs")  # controls and lone surrogates: no tokenizer was trained on them
LONGEST = 3  # output tokens a source token
SHARES = 8  # batches a core where there are many sentences, so that no core waits long for the last
LEAST_BATCH = 512  # tokens under which a batch costs more than it shares out
_PLAIN = {
    "repetition_penalty": 1.1,
    "no_repeat_ngram_size": 4,
    "length_penalty": 1.0,
}  # compared in training/RESULTS.md
_STRICT = {"repetition_penalty": 1.3, "no_repeat_ngram_size": 3, "length_penalty": 1.0}
_BREAKS = re.compile(r"(?<=[、，,;；。])|(?<=。)|(?<=\s)")


_SAMPLES = {  # a sentence for trying a pack, by its source language
    "ja": "会談は東京で行われた。",
    "zh": "会谈在东京举行。",
    "ko": "회담은 도쿄에서 열렸다.",
    "ru": "Переговоры прошли в Токио.",
    "en": "The talks were held in Tokyo.",
    "fr": "Les pourparlers ont eu lieu à Tokyo.",
    "de": "Die Gespräche fanden in Tokio statt.",
    "es": "Las conversaciones se celebraron en Tokio.",
}


class Identity:
    """The null translator: every text as it is."""

    checks = True  # there is nothing to compare

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

    checks = True  # it chooses among candidates by the fidelity check

    def __init__(self, settings: TranslateSettings | None = None, packs: str = "") -> None:
        """`packs` is the folder of installed packages; empty takes Argos Translate's own."""
        self._settings = settings or TranslateSettings()
        self._folder = packs
        self._engines: dict[tuple[str, str], _Engine] = {}
        self._routes: dict[tuple[str, str], list[_Engine]] = {}

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translated]:
        """Return one answer a text, in order; PackError if no pack knows the pair, TranslationError if it fails."""
        first, *rest = self._route(source, target)
        answers = first.translate(texts)
        for engine in rest:
            answers = _carry_on(answers, engine)
        return answers

    def context(self, source: str, target: str) -> str:
        """What decides an answer besides the text: packs, settings and gazetteer. PackError if no pack knows the pair."""
        return "+".join(engine.context for engine in self._route(source, target))

    def used(self) -> tuple[PackInfo, ...]:
        """The packs loaded so far."""
        return tuple(engine.pack.info for _, engine in sorted(self._engines.items()))

    def _route(self, source: str, target: str) -> "list[_Engine]":
        """One engine, or two where only a way through English is known."""
        key = (source, target)
        if key not in self._routes:
            packs = find_route(source, target, self._folder, self._settings.pins)
            self._routes[key] = [self._engine(pack) for pack in packs]
        return self._routes[key]

    def _engine(self, pack: Pack) -> "_Engine":
        key = (pack.info.source, pack.info.target)
        if key not in self._engines:
            self._engines[key] = _Engine(pack, self._settings)
        return self._engines[key]


def try_pack(pack: Pack, settings: TranslateSettings | None = None) -> str:
    """Load a pack and translate a sentence; return what it makes of it. PackError or TranslationError if it cannot."""
    text = _SAMPLES.get(pack.info.source, _SAMPLES["en"])
    ((first, *_),) = _Engine(pack, settings or TranslateSettings()).candidates([text])
    if not first.text:
        raise PackError(f"pack {pack.path} loads, but makes nothing of {text!r}", hint="install it again, or remove it")
    return first.text


def _carry_on(answers: Sequence[Translated], engine: "_Engine") -> list[Translated]:
    """Translate answers once more; what could not be shown in English cannot be shown here."""
    texts = [answer.text for answer in answers if answer.text is not None]
    nexts = iter(engine.translate(texts) if texts else [])
    out = []
    for answer in answers:
        after = next(nexts) if answer.text is not None else Translated(text=None)
        out.append(Translated(text=after.text, flags=(*answer.flags, *after.flags)))
    return out


class _Try(NamedTuple):
    """A candidate: its text, and the mean log-probability of its tokens."""

    text: str
    confidence: float


class _Choice(NamedTuple):
    """The candidate chosen, and how faulty it is."""

    output: _Try
    faults: float


class _Piece(NamedTuple):
    """A part of a text that is decoded at once."""

    text: int
    tokens: list[str]


class _Engine:
    """One pack, loaded at its first text."""

    def __init__(self, pack: Pack, settings: TranslateSettings) -> None:
        self.pack = pack
        self._settings = settings
        self._threads = settings.threads or len(os.sched_getaffinity(0))
        self._kinds = pack.inline if settings.inline else ()
        self._least_confidence = settings.least_confidence or pack.least_confidence or LEAST_CONFIDENCE
        self._gazetteer = load_gazetteer(settings.glossary) if self._kinds else None
        names = self._gazetteer.sha256 if self._gazetteer else ""
        # Figures and names are found in Japanese and compared with English.
        self._checked = (pack.info.source, pack.info.target) == ("ja", "en")
        decides = [
            pack.info.sha256,
            settings.beam,
            self._least_confidence,
            list(self._kinds),
            names,
            CHECK,
            MAX_TOKENS,
        ]
        self.context = hashlib.sha256(json.dumps([decides, _PLAIN, _STRICT], sort_keys=True).encode()).hexdigest()
        self._loaded: tuple[Any, Any] | None = None

    def translate(self, texts: Sequence[str]) -> list[Translated]:
        """One answer a text: of the n-best lists of two decodes the one with the fewest faults, mended where that is certain.

        The second decode, with other settings and without inline entities, is for texts whose every candidate has a fault;
        but a draft that the pack is unsure of is only shown under its original, and no setting makes the pack surer.
        """
        best = [
            self._best(text, tries) for text, tries in zip(texts, self._decode(texts, _PLAIN, inline=True), strict=True)
        ]
        again = [i for i, choice in enumerate(best) if self._is_worth_a_retry(choice)]
        if again:
            retried = self._decode([texts[i] for i in again], _STRICT, inline=False)
            for i, tries in zip(again, retried, strict=True):
                best[i] = min(best[i], self._best(texts[i], tries), key=lambda choice: choice.faults)
        return [self._answer(text, choice) for text, choice in zip(texts, best, strict=True)]

    def _is_worth_a_retry(self, choice: "_Choice") -> bool:
        sure = choice.output.confidence >= self._least_confidence
        return choice.faults >= UNUSABLE or (choice.faults > 0 and sure)

    def candidates(self, texts: Sequence[str]) -> list[list[_Try]]:
        """The n-best list of each text, as it is decoded."""
        return self._decode(texts, _PLAIN, inline=True)

    def _best(self, text: str, tries: Sequence[_Try]) -> _Choice:
        """The first candidate without a fault, or the one with the least."""
        choice = None
        for each in tries:
            faults = UNUSABLE if find_fault(text, each.text, self.pack.info.target) else self._faults(text, each.text)
            if choice is None or faults < choice.faults:
                choice = _Choice(each, faults)
            if not faults:
                break
        return choice or _Choice(_Try("", 0.0), UNUSABLE)

    def _faults(self, text: str, output: str) -> float:
        return fault_score(text, output) if self._checked else 0.0

    def _answer(self, text: str, choice: _Choice) -> Translated:
        output = choice.output.text
        fault = find_fault(text, output, self.pack.info.target)
        if fault:
            message = f"the translation was not usable ({fault}); the original is shown"
            return Translated(text=None, flags=(Flag(code=fault, message=message),))
        if choice.output.confidence < self._least_confidence:
            message = "the pack was unsure of this sentence: its translation is a draft at best, the original counts"
            return Translated(text=output, flags=(Flag(code=UNSURE, message=message),))
        if not self._checked:
            return Translated(text=output)
        output = repair(text, output) or output
        flags = tuple(compare(text, output))
        message = "too much of the original was not found in its translation: it is a draft at best"
        if len(flags) > MOST_FLAGS:
            return Translated(text=output, flags=(Flag(code=UNSURE, message=message),))
        if flags and self.pack.info.draft:
            message = "this pack is a draft, and the check found a fault in its translation: the original counts"
            return Translated(text=output, flags=(Flag(code=UNSURE, message=message), *flags))
        return Translated(text=output, flags=flags)

    def _source(self, text: str, *, inline: bool) -> str:
        text = "".join(" " if unicodedata.category(c) in _UNREADABLE else c for c in text)
        if not self.pack.inline:
            return text  # another recipe's pack: its tokenizer folds what it was trained to fold
        text = normalise_source("".join(c if c.isprintable() else " " for c in text))
        if inline and self._gazetteer is not None:
            text = apply_inline(text, find_entities(text, self._gazetteer, self._kinds))
        return text

    def _decode(self, texts: Sequence[str], options: dict[str, Any], *, inline: bool) -> list[list[_Try]]:
        """Candidates for each text, best first: the n-best list, or one rejoined from the parts of a long text."""
        translator, tokenizer = self._load()
        pieces = [
            _Piece(i, tokens)
            for i, text in enumerate(texts)
            for tokens in _split(self._source(text, inline=inline), tokenizer)
        ]
        prefix = [[self.pack.target_prefix]] * len(pieces) if self.pack.target_prefix else None
        longest = max((len(piece.tokens) for piece in pieces), default=0)
        beam = self._settings.beam
        options = {"num_hypotheses": min(beam, N_BEST), "max_decoding_length": LONGEST * longest + 12, **options}
        try:
            results = translator.translate_batch(
                [piece.tokens for piece in pieces],
                target_prefix=prefix,
                beam_size=beam,
                return_scores=True,
                max_batch_size=self._batch_tokens(sum(len(piece.tokens) for piece in pieces)),
                batch_type="tokens",
                **options,
            )
        except (RuntimeError, ValueError) as error:
            raise TranslationError(
                f"pack {self.pack.info.name} failed: {error}", hint="check it with: briefs packs verify"
            ) from error
        parts: list[list[list[_Try]]] = [[] for _ in texts]
        for piece, result in zip(pieces, results, strict=True):
            parts[piece.text].append(self._tries(result, tokenizer, options["length_penalty"]))
        return [_joined(each) for each in parts]

    def _batch_tokens(self, tokens: int) -> int:
        """How many tokens a batch holds when so many are to be shared out among the cores."""
        share = tokens // (SHARES * self._threads)
        return min(self._settings.batch_tokens, max(LEAST_BATCH, share))

    def _tries(self, result: Any, tokenizer: Any, length_penalty: float) -> list[_Try]:
        tries = []
        for tokens, score in zip(result.hypotheses, result.scores, strict=True):
            words = tokens[1:] if tokens[:1] == [self.pack.target_prefix] else tokens
            # CTranslate2 divides the log-probability by length ** penalty; per token it is the same for long and short.
            length = max(1, len(tokens))
            tries.append(_Try(tokenizer.decode(words).strip(), score * length**length_penalty / length))
        return tries

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import ctranslate2
            import sentencepiece

            files = self.pack.read_files()
            model = {name.removeprefix("model/"): data for name, data in files.items() if name.startswith("model/")}
            try:
                # A batch a core: the cores of one batch wait for each other at every token.
                translator = ctranslate2.Translator(
                    self.pack.info.name,
                    device="cpu",
                    compute_type="int8",
                    inter_threads=self._threads,
                    intra_threads=1,
                    files=model,
                )
                tokenizer: Any
                if "bpe.model" in files and "sentencepiece.model" not in files:
                    tokenizer = BpeTokenizer(self.pack, files["bpe.model"])
                else:
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


def _joined(parts: Sequence[Sequence[_Try]]) -> list[_Try]:
    """The candidates of a text from those of its parts: all of one part's, or the first of each."""
    if len(parts) == 1:
        return list(parts[0])
    firsts = [tries[0] for tries in parts if tries]
    if not firsts:
        return [_Try("", 0.0)]
    return [_Try(" ".join(each.text for each in firsts), min(each.confidence for each in firsts))]
