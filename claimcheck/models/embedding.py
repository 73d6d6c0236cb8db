"""The word embeddings that both models share: 4-bit blocks, memory-mapped, so that only the rows in use are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claimcheck.models import weights

BLOCK_VALUES = 32
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK_VALUES // 2)])


class EmbeddingTable:
    """Rows of word vectors.

    Each row is ``width / 32`` blocks of 18 bytes: a little-endian float16 scale, then 16 bytes of two 4-bit values,
    the first half of the block in the low nibbles, each stored plus 8 (the layout of the ``q4_0`` blocks of ggml).

    Args:
        path: the table's file.
        width: length of a vector.

    Raises:
        ModelError: the file is not a whole number of rows.
    """

    def __init__(self, path: Path, width: int) -> None:
        per_row = width // BLOCK_VALUES
        size = path.stat().st_size
        if size == 0 or size % (per_row * _BLOCK.itemsize):
            raise weights.damaged(path.name)
        self.width = width
        self._blocks = np.memmap(path, dtype=_BLOCK, mode="r").reshape(-1, per_row)

    def __len__(self) -> int:
        return len(self._blocks)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of ``ids`` (any shape), shaped ``(*ids.shape, width)``."""
        unique, inverse = np.unique(ids, return_inverse=True)
        blocks = self._blocks[unique]
        nibbles = blocks["nibbles"]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8.0
        values *= blocks["scale"].astype(np.float32)[..., None]
        vectors: NDArray[np.float32] = values.reshape(len(unique), self.width)[inverse.reshape(ids.shape)]
        return vectors
