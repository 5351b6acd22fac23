"""Upstream's side of benchmarks/translate.py: `translate_upstream.py PACK`, run by the environment that has upstream.

Reads requests and writes replies, a line of JSON each, as benchmarks/translate_ours.py does. Knows nothing of briefs: its
environment has upstream's dependencies only. Upstream's settings come through its own environment variables.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

PARAGRAPH = 5  # sentences of one call, where a call gets a paragraph
_BREAK = "\x1f"


def make_translation(pack: Path) -> Any:
    """Upstream's translation object for the pack, which upstream itself installs.

    Upstream would split sentences with weights of its own, which the pack does not hold and upstream would download. The
    sentences are known here; so they are split where they were joined, which costs upstream nothing.
    """
    from argostranslate import package, sbd, translate  # type: ignore[import-untyped,unused-ignore]

    class Known(sbd.ISentenceBoundaryDetectionModel):  # type: ignore[misc,unused-ignore]
        def split_sentences(self, text: str) -> list[str]:
            return text.split(_BREAK)

    package.install_from_path(pack)
    metadata = package.get_installed_packages()[0]
    translation = translate.get_translation_from_codes(metadata.from_code, metadata.to_code)
    translation.underlying.sentencizer = Known()
    return translation


def answer(translation: Any, how: str, texts: list[str]) -> list[str]:
    """Translate a sentence a call (`translate`), a paragraph a call (`paragraphs`), or below the cache (`apply`)."""
    from argostranslate import translate

    inner = translation.underlying
    source, target = inner.pkg.from_code, inner.pkg.to_code
    if how == "apply":
        results = (
            translate.apply_packaged_translation(inner.pkg, text, inner.translator, inner.sentencizer, 1)
            for text in texts
        )
        return [result[0].value for result in results]
    if how == "paragraphs":
        texts = [_BREAK.join(texts[i : i + PARAGRAPH]) for i in range(0, len(texts), PARAGRAPH)]
    return [translate.translate(text, source, target) for text in texts]


def peak_mb() -> float:
    """The most memory that this process has held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Answer requests until there are no more."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever upstream prints must not stand among the replies
    translation = make_translation(Path(sys.argv[1]))
    for line in sys.stdin:
        request = json.loads(line)
        texts = request["texts"]
        began, used = time.perf_counter(), time.process_time()
        outputs = answer(translation, request["how"], texts)
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        tokens = sum(len(translation.underlying.pkg.tokenizer.encode(text)) for text in texts)
        reply = {"outputs": outputs, "seconds": seconds, "cpu": cpu, "tokens": tokens, "peak_mb": peak_mb()}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
