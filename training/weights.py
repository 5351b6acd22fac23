"""Weights in files: int8 parts that travel, and the weights of a finished package to start from. Needs numpy only."""

import ast
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

Arrays = dict[str, np.ndarray]
PART_BYTES = 15 * 2**20
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def quantised(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as int8 by rows and the scale of each row (127 / its maximum), as CTranslate2 stores it."""
    scale = 127.0 / np.maximum(np.abs(weight).max(1), 1e-8).astype(np.float32)
    return np.rint(weight * scale[:, None]).astype(np.int8), scale


def write_parts(weights: Mapping[str, np.ndarray], shape: Mapping[str, int], out: Path) -> list[Path]:
    """weights-00.npz and on, each below PART_BYTES: matrices as int8, the rest as it is."""
    part: Arrays = {}
    parts = [part]
    for name, weight in weights.items():
        arrays: Arrays = {name: weight.astype(np.float32)}
        if weight.ndim == 2:
            arrays = dict(zip((name + "|int8", name + "|scale"), quantised(weight), strict=True))
        if part and sum(a.nbytes for a in (*part.values(), *arrays.values())) > PART_BYTES:
            part = {}
            parts.append(part)
        part.update(arrays)
    part["shape"] = np.array(str(dict(shape)))
    paths = [out / f"weights-{number:02}.npz" for number in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        np.savez(path, **part)  # type: ignore[arg-type]
    return paths


def read_parts(folder: Path) -> tuple[Arrays, dict[str, int]]:
    """The float32 weights of a folder's parts, and the network's shape."""
    raw: Arrays = {}
    for path in sorted(folder.glob("weights-*.npz")):
        with np.load(path) as part:
            raw.update(part)
    shape = ast.literal_eval(str(raw.pop("shape")))
    weights = {name: value for name, value in raw.items() if "|" not in name}
    for name, value in raw.items():
        matrix, _, form = name.partition("|")
        if form == "int8":
            weights[matrix] = value.astype(np.float32) / raw[f"{matrix}|scale"][:, None]
    return weights, shape


def _variables(data: bytes) -> Arrays:
    """The variables of a CTranslate2 file, matrices back from int8."""
    place = 0

    def number(form: str) -> int:
        nonlocal place
        value: int = struct.unpack_from(form, data, place)[0]
        place += struct.calcsize(form)
        return value

    def text() -> str:
        nonlocal place
        size = number("<H")
        place += size
        return data[place - size : place - 1].decode()

    number("<I"), text(), number("<I")
    found: Arrays = {}
    for _ in range(number("<I")):
        name = text()
        shape = [number("<I") for _ in range(number("<B"))]
        kind, size = _TYPES[number("<B")], number("<I")
        found[name] = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, place).reshape(shape)
        place += size
    for name in [name for name in found if name.endswith("/weight_scale")]:
        weight = name.removesuffix("_scale")
        found[weight] = found[weight].astype(np.float32) / found[name][:, None]
    return found


def read_package(path: Path) -> tuple[Arrays, dict[str, int]]:
    """The weights of a package that export.py made, under the network's names, and the network's shape."""
    with zipfile.ZipFile(path) as package:
        [name] = [name for name in package.namelist() if name.endswith("/model/model.bin")]
        found = _variables(package.read(name))
    weights: Arrays = {"embed.weight": found["decoder/embeddings/weight"], "bias": found["decoder/projection/bias"]}
    depth = dict.fromkeys(("encoder", "decoder"), 0)

    def take(mine: str, theirs: str) -> None:
        for a, b in (("weight", "weight"), ("bias", "bias")) if "norm" not in theirs else _NORM:
            weights[f"{mine}.{a}"] = found[f"{theirs}/{b}"]

    for side, short in (("encoder", "enc"), ("decoder", "dec")):
        take(f"{short}_norm", f"{side}/layer_norm")
        while f"{side}/layer_{depth[side]}/ffn/linear_0/weight" in found:
            mine, theirs = f"{short}.{depth[side]}", f"{side}/layer_{depth[side]}"
            for a, b in _LAYER[short]:
                take(f"{mine}.{a}", f"{theirs}/{b}")
            depth[side] += 1
    width = weights["embed.weight"].shape[1]
    for name in [name for name in weights if ".qkv." in name]:
        fused = weights.pop(name)
        weights[name.replace(".qkv.", ".q.")], weights[name.replace(".qkv.", ".kv.")] = fused[:width], fused[width:]
    heads, inner = int(found["encoder/num_heads"]), len(weights["enc.0.ff.up.bias"])
    return weights, {"vocab": len(weights["bias"]), "d": width, "ffn": inner, "heads": heads, **depth}


_NORM = (("weight", "gamma"), ("bias", "beta"))
_SELF = (
    ("n1", "self_attention/layer_norm"),
    ("attn.qkv", "self_attention/linear_0"),
    ("attn.out", "self_attention/linear_1"),
)
_FEED = (("ff.up", "ffn/linear_0"), ("ff.down", "ffn/linear_1"))
_LAYER = {
    "enc": (*_SELF, ("n2", "ffn/layer_norm"), *_FEED),
    "dec": (
        *_SELF,
        ("n2", "attention/layer_norm"),
        ("cross.q", "attention/linear_0"),
        ("cross.kv", "attention/linear_1"),
        ("cross.out", "attention/linear_2"),
        ("n3", "ffn/layer_norm"),
        *_FEED,
    ),
}
