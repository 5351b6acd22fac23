"""Our side of benchmarks/translate.py: `python -m benchmarks.translate_ours PACK THREADS BEAM [STORE]`.

Reads requests and writes replies, a line of JSON each: see benchmarks/translate.py.
"""

import json
import random
import re
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.translate_upstream import peak_mb
from briefs.brief import Article, Brief, Kind, Origin, Sentence
from briefs.config import TranslateSettings
from briefs.packs import describe_pack
from briefs.registry import Translator
from briefs.translate import CHUNK, PackTranslator, translate
from briefs.translate.engine import _Engine
from briefs.workspace import TranslationMemory

# How upstream decodes one hypothesis; 256 is CTranslate2's own limit, which upstream leaves as it is.
UPSTREAM = {"num_hypotheses": 1, "length_penalty": 0.2, "replace_unknowns": True, "max_decoding_length": 256}
SEED = 11


class Ours:
    """Our path: the whole of it with a memory or without, or its decoding alone with upstream's settings."""

    def __init__(self, pack: Path, folder: Path, settings: TranslateSettings, store: Path | None = None) -> None:
        """`folder` is an empty one."""
        (folder / pack.name).symlink_to(pack.resolve())
        info = describe_pack(pack, "installed").info
        self._source, self._target = info.source, info.target
        self._translator: Translator = PackTranslator(settings, str(folder))
        plain = TranslateSettings(beam=settings.beam, threads=settings.threads, inline=False)
        self._engine = _Engine(describe_pack(pack, "installed"), plain)
        self._memory = TranslationMemory(store) if store else None

    def answer(self, how: str, texts: list[str]) -> list[str | None]:
        """Translate with our settings (`product`, `memory`), or with upstream's (`equal`)."""
        if how == "equal":
            return self._decode(texts)
        brief = self.brief(texts)
        done = translate(brief, self._translator, self._memory if how == "memory" else None)
        return [sentence.translation for sentence in done.articles[0].sentences]

    def brief(self, texts: list[str]) -> Brief:
        """One article of such sentences."""
        sentences = tuple(
            Sentence(index=i, kind=Kind.SENTENCE, text=text, start=0, end=len(text), block=0, language=self._source)
            for i, text in enumerate(texts)
        )
        origins = (Origin(source="benchmark", sha256=""),)
        article = Article(id="0", origins=origins, blocks=(), title=None, language=self._source, sentences=sentences)
        return Brief(name="b", title="b", date=date(2026, 1, 1), target=self._target, articles=(article,))

    def run_made(self, lines: list[str], count: int) -> dict[str, float]:
        """Translate `count` sentences made here; memory before, and at the most."""
        brief = self.brief(make_sentences(lines, count))
        before = peak_mb()
        began = time.perf_counter()
        translate(brief, self._translator, self._memory)
        return {"seconds": time.perf_counter() - began, "before_mb": before, "peak_mb": peak_mb()}

    def count_tokens(self, texts: list[str]) -> int:
        """How many tokens the texts have, as the pack cuts them."""
        _, tokenizer = self._engine._load()
        return sum(map(len, tokenizer.encode(texts, out_type=str)))

    def _decode(self, texts: list[str]) -> list[str | None]:
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        outputs: list[str | None] = [None] * len(texts)
        for start in range(0, len(order), CHUNK):
            part = order[start : start + CHUNK]
            tries = self._engine._decode([texts[i] for i in part], UPSTREAM, inline=False)
            for i, (best, *_) in zip(part, tries, strict=True):
                outputs[i] = best.text
        return outputs


def make_sentences(lines: list[str], count: int) -> list[str]:
    """`count` different short sentences: two clauses of the lines each, dealt out anew."""
    rng = random.Random(SEED)
    clauses = sorted({each for line in lines for each in re.split(r"[、。「」（）]", line) if 2 <= len(each) <= 8})
    if len(clauses) ** 2 < 2 * count:
        sys.exit(f"the lines have {len(clauses)} short clauses: too few for {count} sentences")
    made: dict[str, None] = {}
    while len(made) < count:
        made[f"{rng.choice(clauses)}、{rng.choice(clauses)}。"] = None
    return list(made)


def main() -> None:
    """Answer requests until there are no more."""
    pack, threads, beam, *store = sys.argv[1:]
    settings = TranslateSettings(threads=int(threads), beam=int(beam))
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(pack), Path(folder), settings, Path(store[0]) if store else None)
        for line in sys.stdin:
            request: dict[str, Any] = json.loads(line)
            texts = request["texts"]
            if request["how"] == "made":
                reply: dict[str, Any] = ours.run_made(texts, request["count"])
            else:
                began, used = time.perf_counter(), time.process_time()
                outputs = ours.answer(request["how"], texts)
                seconds, cpu = time.perf_counter() - began, time.process_time() - used
                tokens = ours.count_tokens(texts)
                reply = {"outputs": outputs, "seconds": seconds, "cpu": cpu, "tokens": tokens, "peak_mb": peak_mb()}
            print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
