"""Score packages on test sets, and show what they are weak at. Prints Markdown for RESULTS.md and a pack's README.

    python -m training.evaluate PACK.argosmodel … --sets TEST/domain.tsv TEST/ntrex.ja … [--plain] [--weak 3]
    python -m training.evaluate PACK.argosmodel --sets TEST/domain.tsv --beams 1 2 3 4 5 --limit 200
    python -m training.evaluate PACK.argosmodel --sets TEST/domain.tsv --confidence

A set is a TSV of Japanese and English (the last two columns), or NAME.ja beside NAME.en. BLEU and chrF are sacrebleu's
defaults; "figures" is the share of the sources' amounts, percentages, dates and counts that the fidelity check finds in
the output, before any candidate is chosen or mended; speed is of the decoder alone.
"""

import argparse
import json
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from briefs.fidelity import apply_inline, compare, find_entities, find_source, load_gazetteer, normalise_source
from training.vocabulary import load_vocabulary

DECODING = {"repetition_penalty": 1.1, "no_repeat_ngram_size": 4, "length_penalty": 1.0}  # as briefs translates
LONGEST = 200
_FIGURES = frozenset({"amount", "currency", "percent", "date", "count"})
LENGTHS = ((1, 20), (21, 40), (41, 80), (81, 10_000))


class Sentences(NamedTuple):
    """A test set."""

    name: str
    sources: list[str]
    references: list[str]


class Output(NamedTuple):
    """What a pack made of a set: texts, mean log-probabilities a token, tokens, seconds."""

    texts: list[str]
    scores: list[float]
    tokens: int
    seconds: float


def read_test(path: Path, limit: int = 0) -> Sentences:
    """A set from its files."""
    if path.suffix == ".ja":
        sides = [p.read_text(encoding="utf-8").splitlines() for p in (path, path.with_suffix(".en"))]
    else:
        rows = [line.split("\t")[-2:] for line in path.read_text(encoding="utf-8").splitlines()]
        sides = [[row[side] for row in rows if row[0] != "japanese"] for side in (0, 1)]
    ja, en = (side[: limit or None] for side in sides)
    return Sentences(path.stem, [normalise_source(text) for text in ja], en)


class Decoder:
    """A package, decoded by CTranslate2."""

    def __init__(self, path: Path, threads: int) -> None:
        import ctranslate2

        self.name = path.stem.removeprefix("translate-ja_en-").replace("_", ".")
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as package:
            package.extractall(folder)
            [root] = Path(folder).iterdir()
            self.kinds = json.loads((root / "metadata.json").read_text(encoding="utf-8")).get("inline", [])
            self._vocabulary = load_vocabulary((root / "sentencepiece.model").read_bytes())
            # A batch a core, as briefs translates.
            self._engine = ctranslate2.Translator(
                str(root / "model"), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1
            )

    def translate(self, sources: Sequence[str], *, beam: int = 4, inline: bool = True) -> Output:
        """The best candidate for each source."""
        if inline and self.kinds:
            names = load_gazetteer()
            sources = [apply_inline(text, find_entities(text, names, self.kinds)) for text in sources]
        tokens = self._vocabulary.encode(list(sources), out_type=str)
        began = time.perf_counter()
        results = self._engine.translate_batch(
            tokens,
            beam_size=beam,
            max_batch_size=512,
            batch_type="tokens",
            max_decoding_length=LONGEST,
            return_scores=True,
            **DECODING,
        )
        seconds = time.perf_counter() - began
        best = [result.hypotheses[0] for result in results]
        # CTranslate2 divides the log-probability by length ** penalty.
        power = DECODING["length_penalty"] - 1
        scores = [result.scores[0] * max(1, len(b)) ** power for result, b in zip(results, best, strict=True)]
        return Output([self._vocabulary.decode(b) for b in best], scores, sum(map(len, best)), seconds)


def bleu(texts: Sequence[str], references: Sequence[str]) -> float:
    """sacrebleu's corpus BLEU."""
    import sacrebleu

    return float(sacrebleu.corpus_bleu(list(texts), [list(references)]).score)


def chrf(texts: Sequence[str], references: Sequence[str]) -> float:
    """sacrebleu's corpus chrF."""
    import sacrebleu

    return float(sacrebleu.corpus_chrf(list(texts), [list(references)]).score)


def figures_kept(sources: Sequence[str], texts: Sequence[str]) -> tuple[int, int]:
    """How many of the sources' figures the outputs state, and how many there are."""
    there = lost = 0
    for source, text in zip(sources, texts, strict=True):
        figures = sum(not figure.optional and figure.kind not in ("code", "weekday") for figure in find_source(source))
        there += figures
        flags = compare(source, text)
        lost += min(
            figures, figures if any(f.code == "empty" for f in flags) else sum(f.code in _FIGURES for f in flags)
        )
    return there - lost, there


def kind_of(source: str) -> str:
    """What kind of line a source is, by its look."""
    if re.match(r"[・■●▼◆*\-–—]|\d+[.)]", source):
        return "bullet"
    if len(source) > 80:
        return "long"
    if source.startswith("「") or sum(map(len, re.findall(r"「[^」]*」", source))) > len(source) / 2:
        return "quote"
    return "sentence" if re.search(r"[。!?」)]$", source) else "headline"


def score_table(decoders: Sequence[Decoder], tests: Sequence[Sentences], *, beam: int, inline: bool) -> list[str]:
    """Each pack on each set."""
    lines = ["| set | pack | BLEU | chrF | figures | sentences/s | tokens/s |", "|---|---|---|---|---|---|---|"]
    for test in tests:
        for decoder in decoders:
            out = decoder.translate(test.sources, beam=beam, inline=inline)
            kept, there = figures_kept(test.sources, out.texts)
            quality = f"{bleu(out.texts, test.references):.1f} | {chrf(out.texts, test.references):.1f}"
            speed = f"{len(out.texts) / out.seconds:.0f} | {out.tokens / out.seconds:.0f}"
            lines.append(f"| {test.name} | {decoder.name} | {quality} | {kept}/{there} | {speed} |")
    return lines


def weakness_tables(decoder: Decoder, test: Sentences, *, beam: int, examples: int) -> list[str]:
    """Scores by length, by kind, and by inline or plain sources; then the worst outputs of each kind."""
    import sacrebleu

    inline, plain = (decoder.translate(test.sources, beam=beam, inline=form).texts for form in (True, False))
    names = load_gazetteer()
    changed = [bool(find_entities(source, names, decoder.kinds)) for source in test.sources]
    groups: list[tuple[str, Callable[[int], bool], list[str]]] = [
        *(
            (
                f"{low} to {high} characters" if high < 10_000 else f"over {low - 1} characters",
                _within(test, low, high),
                inline,
            )
            for low, high in LENGTHS
        ),
        *(
            (kind, lambda i, kind=kind: kind_of(test.sources[i]) == kind, inline)
            for kind in ("headline", "sentence", "quote", "bullet", "long")
        ),
        ("with entities, inline", changed.__getitem__, inline),
        ("with entities, plain", changed.__getitem__, plain),
        ("without entities", lambda i: not changed[i], inline),
    ]
    lines = [f"| {test.name}, pack {decoder.name} | sentences | BLEU | chrF | figures |", "|---|---|---|---|---|"]
    for name, belongs, texts in groups:
        if not (rows := [i for i in range(len(test.sources)) if belongs(i)]):
            continue
        sources, made, wanted = ([side[i] for i in rows] for side in (test.sources, texts, test.references))
        kept, there = figures_kept(sources, made)
        lines.append(f"| {name} | {len(rows)} | {bleu(made, wanted):.1f} | {chrf(made, wanted):.1f} | {kept}/{there} |")
    quality = [sacrebleu.sentence_chrf(t, [r]).score for t, r in zip(inline, test.references, strict=True)]
    for kind in ("headline", "sentence", "quote", "bullet", "long"):
        rows = sorted((i for i in range(len(quality)) if kind_of(test.sources[i]) == kind), key=quality.__getitem__)
        for i in rows[: examples // 2] + rows[len(rows) // 2 :][: examples - examples // 2]:
            lines += ["", f"{kind}, chrF {quality[i]:.0f}: {test.sources[i]}  ", f"pack: {inline[i]}  "]
            lines.append(f"reference: {test.references[i]}")
    return lines


def _within(test: Sentences, low: int, high: int) -> Callable[[int], bool]:
    return lambda i: low <= len(test.sources[i]) <= high


def beam_table(decoder: Decoder, test: Sentences, beams: Sequence[int]) -> list[str]:
    """Quality against speed."""
    lines = ["| beam | BLEU | chrF | sentences/s | sentences of 25 tokens/s |", "|---|---|---|---|---|"]
    decoder.translate(test.sources[:8])
    for beam in beams:
        out = decoder.translate(test.sources, beam=beam)
        quality = f"{bleu(out.texts, test.references):.1f} | {chrf(out.texts, test.references):.1f}"
        lines.append(
            f"| {beam} | {quality} | {len(out.texts) / out.seconds:.0f} | {out.tokens / out.seconds / 25:.0f} |"
        )
    return lines


def confidence_table(decoder: Decoder, test: Sentences, *, beam: int) -> list[str]:
    """Sentence quality by the mean log-probability a token: where to put least_confidence."""
    import sacrebleu

    out = decoder.translate(test.sources, beam=beam)
    quality = [sacrebleu.sentence_chrf(t, [r]).score for t, r in zip(out.texts, test.references, strict=True)]
    order = sorted(range(len(quality)), key=out.scores.__getitem__, reverse=True)
    lines = ["| tenth | log-probability a token | mean chrF | BLEU |", "|---|---|---|---|"]
    for tenth in range(10):
        rows = order[len(order) * tenth // 10 : len(order) * (tenth + 1) // 10]
        if not rows:
            continue
        span = f"{out.scores[rows[0]]:.2f} to {out.scores[rows[-1]]:.2f}"
        score = bleu([out.texts[i] for i in rows], [test.references[i] for i in rows])
        lines.append(f"| {tenth + 1} | {span} | {sum(quality[i] for i in rows) / len(rows):.1f} | {score:.1f} |")
    return lines


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", type=Path, nargs="+")
    parser.add_argument("--sets", type=Path, nargs="+", required=True)
    parser.add_argument("--limit", type=int, default=0, help="only so many sentences of each set")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="no inline entities, as Argos Translate decodes")
    parser.add_argument("--weak", type=int, metavar="N", help="tables by length and kind, with N examples a kind")
    parser.add_argument("--beams", type=int, nargs="+")
    parser.add_argument("--confidence", action="store_true")
    args = parser.parse_args()
    decoders = [Decoder(path, args.threads) for path in args.packs]
    tests = [read_test(path, args.limit) for path in args.sets]
    if args.weak is not None:
        tables = [weakness_tables(d, t, beam=args.beam, examples=args.weak) for t in tests for d in decoders]
    elif args.beams:
        tables = [beam_table(d, t, args.beams) for t in tests for d in decoders]
    elif args.confidence:
        tables = [confidence_table(d, t, beam=args.beam) for t in tests for d in decoders]
    else:
        tables = [score_table(decoders, tests, beam=args.beam, inline=not args.plain)]
    print("\n\n".join("\n".join(table) for table in tables))


if __name__ == "__main__":
    main()
