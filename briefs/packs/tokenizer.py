"""The tokeniser of packs that have `bpe.model` (Moses and byte-pair encoding) in place of `sentencepiece.model`."""

import io
import tempfile
from typing import Any

from briefs.errors import DependencyError, PackError
from briefs.packs.find import REINSTALL, Pack


class BpeTokenizer:
    """Argos Translate's own, with the two methods of SentencePiece's that are used."""

    def __init__(self, pack: Pack, data: bytes) -> None:
        """`data` is the pack's `bpe.model`; PackError if it is none."""
        _check_merges(pack, data)
        from argostranslate.tokenizer import BPETokenizer

        try:
            with tempfile.NamedTemporaryFile(suffix=".bpe") as file:
                file.write(data)
                file.flush()
                self._tokenizer = BPETokenizer(file.name, pack.info.source, pack.info.target)
                self._tokenizer.lazy_load()
        except ImportError as error:
            raise DependencyError(
                f"pack {pack.path} has a BPE tokeniser, which needs sacremoses: {error}",
                hint="install the Python package sacremoses",
            ) from error

    def encode(self, text: str, out_type: Any = str) -> list[str]:  # noqa: ARG002 - SentencePiece's
        """The tokens of a text."""
        tokens: list[str] = self._tokenizer.encode(text)
        return tokens

    def decode(self, tokens: list[str]) -> str:
        """The text of tokens."""
        return str(self._tokenizer.decode(tokens))


def _check_merges(pack: Pack, data: bytes) -> None:
    """Two units a line after the version; Argos Translate would end the process over anything else."""
    try:
        lines = list(io.StringIO(data.decode("utf-8"), newline=None))
    except UnicodeDecodeError as error:
        raise PackError(f"pack {pack.path} is corrupt: bpe.model is no text", hint=REINSTALL) from error
    merges = lines[1:] if lines[:1] and lines[0].startswith("#version:") else lines
    bad = next((line for line in merges if len(line.strip("\r\n ").split(" ")) != 2), None)
    if bad is not None or not merges:
        raise PackError(
            f"pack {pack.path} is corrupt: bpe.model has the line {(bad or '').strip()[:40]!r}", hint=REINSTALL
        )
