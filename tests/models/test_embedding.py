"""The table of word vectors in 4-bit blocks."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from claimcheck.errors import ModelError
from claimcheck.models.embedding import BLOCK_VALUES, EmbeddingTable
from claimcheck.models.encoder import WIDTH, load_table
from claimcheck.models.packing import MARK

BLOCKS = [
    (0.5, [0x00, 0xFF, 0x8F, 0xF8, *range(12)]),
    (-2.0, [0x88] * 16),
    (0.25, [0x1E] * 16),
    (0.0, [0xFF] * 16),
    (1.5, list(range(16, 32))),
    (3.0, [0x70, 0x07] * 8),
]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingTable:
    """Three rows of two blocks."""
    path = tmp_path_factory.mktemp("table") / "embedding.q4"
    path.write_bytes(b"".join(struct.pack("<e", scale) + bytes(nibbles) for scale, nibbles in BLOCKS))
    return EmbeddingTable(path, 2 * BLOCK_VALUES)


def plain(scale: float, nibbles: list[int]) -> list[float]:
    """One block as its layout says, number by number."""
    return [scale * ((byte & 15) - 8) for byte in nibbles] + [scale * ((byte >> 4) - 8) for byte in nibbles]


def test_blocks_are_read_as_their_layout_says(table: EmbeddingTable):
    assert len(table) == 3
    expected = [plain(*BLOCKS[2 * row]) + plain(*BLOCKS[2 * row + 1]) for row in range(3)]
    found = table.rows(np.arange(3))
    assert found.dtype == np.float32
    assert found.tolist() == expected


@settings(max_examples=50, deadline=None)
@given(ids=of_numpy.arrays(np.int64, of_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
                           elements=st.integers(0, 2)))  # fmt: skip
def test_ids_of_any_shape(table: EmbeddingTable, ids):
    found = table.rows(ids)
    assert found.shape == (*ids.shape, 64)
    for place in np.ndindex(ids.shape):
        assert (found[place] == table.rows(np.array([ids[place]]))[0]).all()


@pytest.mark.parametrize("size", [0, 1, 35, 37])
def test_a_file_that_is_no_whole_number_of_rows_is_damaged(tmp_path: Path, size: int):
    path = tmp_path / "embedding.q4"
    path.write_bytes(bytes(size))
    with pytest.raises(ModelError, match=r"embedding.q4 is damaged\. Install claimcheck again"):
        EmbeddingTable(path, 2 * BLOCK_VALUES)


def test_the_shipped_table_has_a_row_for_every_token():
    assert len(load_table()) > MARK
    vectors = load_table().rows(np.array([4, 1000, MARK]))
    assert vectors.shape == (3, WIDTH)
    assert np.isfinite(vectors).all()
    assert (np.abs(vectors).max(axis=1) > 0).all()
