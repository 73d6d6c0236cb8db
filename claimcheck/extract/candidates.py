"""Runs of pieces that may be a claim, and the numbers by which the clause head judges them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.extract.reading import Reading
from claimcheck.extract.shapes import PIECE_SHAPE, piece_shapes

Array = NDArray[np.float32]

LONGEST_RUN: Final = 7
"""Pieces of the longest candidate."""

RUN_SHAPE: Final = 3 * PIECE_SHAPE + 9
"""Numbers about the outside of a candidate."""

POOLED, FIRST, LAST = 128, 96, 64
"""Widths to which mean, first and last state of a run are projected."""

RUN_STATES: Final = 4 * POOLED + 2 * FIRST + 2 * LAST
"""Numbers about the inside of a candidate."""


@dataclass(frozen=True)
class Candidates:
    """All candidates of one sentence.

    ``first`` and ``last`` ``(candidates,)`` number its pieces; ``states`` is ``(candidates, RUN_STATES)``, ``shape``
    ``(candidates, RUN_SHAPE)``.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    states: Array
    shape: Array


def find_candidates(text: str, reading: Reading, lang: str | None, projected: Array) -> Candidates:
    """Every run of up to :data:`LONGEST_RUN` pieces of a sentence.

    Args:
        text: the text that holds the sentence.
        reading: the sentence.
        lang: ISO 639-1 code.
        projected: its token states, projected to ``(tokens, POOLED + FIRST + LAST)``.

    Returns:
        The candidates, by their first piece, then by their last.
    """
    count = len(reading.pieces)
    runs = [(i, j) for i in range(count) for j in range(i, min(count, i + LONGEST_RUN))]
    first = np.array([i for i, _ in runs], np.int64)
    last = np.array([j for _, j in runs], np.int64)
    if not runs:
        return Candidates(first, last, np.zeros((0, RUN_STATES), np.float32), np.zeros((0, RUN_SHAPE), np.float32))
    return Candidates(first, last, _states(reading, first, last, projected), _shape(text, reading, first, last, lang))


def join_candidates(several: Sequence[Candidates]) -> Candidates:
    """The candidates of several sentences (at least one) as one."""
    return Candidates(
        *(np.concatenate([getattr(own, name) for own in several]) for name in ("first", "last", "states", "shape"))
    )


def _states(reading: Reading, first: NDArray[np.int64], last: NDArray[np.int64], projected: Array) -> Array:
    starts, ends = reading.offsets[:, 0], reading.offsets[:, 1]
    # Padding of one zero row on each side stands for what lies outside the sentence or was not read.
    begin = np.array([np.searchsorted(ends, piece.start, side="right") for piece in reading.pieces])
    end = np.array([np.searchsorted(starts, piece.end, side="left") for piece in reading.pieces])
    end = np.maximum(begin, end)
    padded = np.concatenate([projected, np.zeros((1, projected.shape[1]), np.float32)])
    sums = np.concatenate([np.zeros((1, POOLED)), np.cumsum(projected[:, :POOLED], axis=0, dtype=np.float64)])

    def pooled(low: NDArray[np.int64], high: NDArray[np.int64]) -> Array:
        mean: Array = ((sums[high] - sums[low]) / np.maximum(1, high - low)[:, None]).astype(np.float32)
        return mean

    count, tokens = len(reading.pieces), len(projected)
    has_before, has_after = first > 0, last < count - 1
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, count - 1)
    heads = padded[np.minimum(begin, tokens), POOLED : POOLED + FIRST]
    tails = padded[np.where(end > begin, end - 1, tokens), POOLED + FIRST :]
    whole = pooled(np.zeros(1, np.int64), np.full(1, tokens, np.int64))
    return np.concatenate(
        [
            pooled(begin[first], end[last]),
            pooled(begin[before], end[before]) * has_before[:, None],
            pooled(begin[after], end[after]) * has_after[:, None],
            np.repeat(whole, len(first), axis=0),
            heads[first],
            heads[after] * has_after[:, None],
            tails[last],
            tails[before] * has_before[:, None],
        ],
        axis=1,
    ).astype(np.float32)


def _shape(text: str, reading: Reading, first: NDArray[np.int64], last: NDArray[np.int64], lang: str | None) -> Array:
    shapes = piece_shapes(text, reading.sentence, reading.pieces, lang)
    count = len(reading.pieces)
    start = np.array([piece.start for piece in reading.pieces])
    end = np.array([piece.end for piece in reading.pieces])
    with_number = np.concatenate([[0], np.cumsum(shapes[:, 8])])
    length = end[last] - start[first]
    has_after = last < count - 1
    return np.concatenate(
        [
            shapes[first],
            shapes[last],
            shapes[np.minimum(last + 1, count - 1)] * has_after[:, None],
            np.stack(
                [
                    last - first,
                    (last - first + 1) / count,
                    np.full(len(first), np.log(count)),
                    np.log(length),
                    length / (reading.sentence.end - reading.sentence.start),
                    first == 0,
                    last == count - 1,
                    (first == 0) & (last == count - 1),
                    with_number[last + 1] - with_number[first],
                ],
                axis=1,
            ),
        ],
        axis=1,
    ).astype(np.float32)
