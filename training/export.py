"""Turn trained weights into an Argos package: CTranslate2 weights (int8), the vocabulary, metadata and a README.

    python -m training.export WEIGHTS WORK translate-ja_en-1_0.argosmodel --version 1.0 [--readme README.md]

WEIGHTS holds weights-NN.npz (train.py), WORK spm.model and recipe.json (prepare.py). The same weights give the same
bytes. Argos Translate loads the package too; it does not know `inline` and then translates plain sources.
"""

import argparse
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.vocabulary import load_vocabulary
from training.weights import Arrays, read_parts

POSITIONS = 512


def sinusoids(length: int, width: int) -> np.ndarray:
    """The position encodings of network.py, in numpy."""
    frequency = np.exp(np.arange(width // 2) * -(np.log(10000.0) / (width // 2 - 1)))
    angle = np.arange(length)[:, None] * frequency[None]
    return np.concatenate([np.sin(angle), np.cos(angle)], 1).astype(np.float32)


class _Writer:
    """Puts weights of the network's names into a CTranslate2 specification."""

    def __init__(self, weights: Arrays) -> None:
        self.weights = weights

    def linear(self, target: Any, *names: str) -> None:
        target.weight = np.concatenate([self.weights[f"{name}.weight"] for name in names])
        target.bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])

    def norm(self, target: Any, name: str) -> None:
        target.gamma, target.beta = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def self_attention(self, target: Any, name: str) -> None:
        self.norm(target.layer_norm, f"{name}.n1")
        self.linear(target.linear[0], f"{name}.attn.q", f"{name}.attn.kv")
        self.linear(target.linear[1], f"{name}.attn.out")

    def cross_attention(self, target: Any, name: str) -> None:
        self.norm(target.layer_norm, f"{name}.n2")
        for part, linear in zip(("q", "kv", "out"), target.linear, strict=True):
            self.linear(linear, f"{name}.cross.{part}")

    def feed_forward(self, target: Any, name: str, norm: str) -> None:
        self.norm(target.layer_norm, f"{name}.{norm}")
        self.linear(target.linear_0, f"{name}.ff.up")
        self.linear(target.linear_1, f"{name}.ff.down")


def specification(weights: Arrays, shape: Mapping[str, int], pieces: list[str]) -> Any:
    """What CTranslate2 writes to disk."""
    from ctranslate2.specs import common_spec, transformer_spec

    depth = shape["encoder"], shape["decoder"]
    spec = transformer_spec.TransformerSpec.from_config(
        depth, shape["heads"], pre_norm=True, activation=common_spec.Activation.RELU
    )
    writer = _Writer(weights)
    source = spec.encoder.embeddings
    for target in (source[0] if isinstance(source, list) else source, spec.decoder.embeddings):
        target.weight, target.multiply_by_sqrt_depth = weights["embed.weight"], True
    for side, short in ((spec.encoder, "enc"), (spec.decoder, "dec")):
        side.position_encodings.encodings = sinusoids(POSITIONS, shape["d"])
        writer.norm(side.layer_norm, f"{short}_norm")
        for i, layer in enumerate(side.layer):
            name = f"{short}.{i}"
            writer.self_attention(layer.self_attention, name)
            if short == "dec":
                writer.cross_attention(layer.attention, name)
            writer.feed_forward(layer.ffn, name, "n3" if short == "dec" else "n2")
    spec.decoder.projection.weight, spec.decoder.projection.bias = weights["embed.weight"], weights["bias"]
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.add_source_eos = True
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.config.decoder_start_token = "<s>"
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def metadata(version: str, inline: list[str], least_confidence: float | None) -> dict[str, object]:
    """What Argos Translate reads of a package, the kinds of entities that ours takes in English, and when to trust it."""
    languages = {"from_code": "ja", "from_name": "Japanese", "to_code": "en", "to_name": "English"}
    return {
        "package_version": version,
        "argos_version": "1.9",
        **languages,
        "code": "translate-ja_en",
        "type": "translate",
        "inline": inline,
        **({} if least_confidence is None else {"least_confidence": least_confidence}),
    }


def write_package(path: Path, files: Mapping[str, bytes]) -> None:
    """A ZIP file of one folder: the same files give the same bytes."""
    root = path.stem.replace(".", "_")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(entry, files[name])


def export(  # noqa: PLR0913
    weights_folder: Path, work: Path, out: Path, *, version: str, readme: str, least_confidence: float | None = None
) -> None:
    """The package of some weights; `least_confidence` is what `evaluate --confidence` shows (see Pack)."""
    weights, shape = read_parts(weights_folder)
    vocabulary = (work / "spm.model").read_bytes()
    processor = load_vocabulary(vocabulary)
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    inline = json.loads((work / "recipe.json").read_text(encoding="utf-8"))["inline"]
    files = {"sentencepiece.model": vocabulary, "README.md": readme.encode()}
    files["metadata.json"] = (json.dumps(metadata(version, inline, least_confidence), indent=1) + "\n").encode()
    with tempfile.TemporaryDirectory() as folder:
        specification(weights, shape, pieces).save(folder)
        files |= {f"model/{path.name}": path.read_bytes() for path in Path(folder).iterdir()}
    write_package(out, files)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, version {version}, {shape}", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--readme", type=Path)
    parser.add_argument("--least-confidence", type=float, help="below it, a translation is shown as a draft")
    args = parser.parse_args()
    readme = args.readme.read_text(encoding="utf-8") if args.readme else "# Japanese to English\n"
    least = args.least_confidence
    export(args.weights, args.work, args.out, version=args.version, readme=readme, least_confidence=least)


if __name__ == "__main__":
    main()
