"""The pieces that both languages are written in: SentencePiece, unigram, with bytes for what is rare."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SPECIAL = {"pad_id": 0, "unk_id": 1, "bos_id": 2, "eos_id": 3}


def make_vocabulary(texts: Iterable[str], size: int) -> bytes:
    """A new vocabulary of at most `size` pieces. Digits are pieces of their own, so that figures are copied one by one."""
    import sentencepiece

    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=made,
        vocab_size=size,
        model_type="unigram",
        character_coverage=0.999,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        hard_vocab_limit=False,
        max_sentence_length=8192,
        minloglevel=2,
        num_threads=2,
        **SPECIAL,
    )
    return made.getvalue()


def read_vocabulary(path: Path) -> bytes:
    """The vocabulary in a SentencePiece file or in a package."""
    if path.suffix != ".argosmodel":
        return path.read_bytes()
    with zipfile.ZipFile(path) as package:
        [name] = [name for name in package.namelist() if name.endswith("/sentencepiece.model")]
        return package.read(name)


def load_vocabulary(data: bytes) -> Any:
    """SentencePiece's processor."""
    import sentencepiece

    return sentencepiece.SentencePieceProcessor(model_proto=data)
