"""Rounds the matrices of the verifier with regard to what they multiply, and measures the ranges of that.

A column is rounded at a time, and what that changes is made up for by the columns that are still to come, so that the
products with real activations stay as they were (Frantar et al. 2023, "GPTQ: accurate post-training quantization for
generative pre-trained transformers").
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from claimcheck.models.encoder import padded
from training import graph
from training.batches import Example, Pairs

Array = NDArray[np.float32]
EXAMPLES, SEED = 400, 17
FARTHEST = 12.0
"""How many times as far as the middle row of all the farthest may go for one range to serve all rows."""

LEVELS = 63
_DAMPING = 0.01
_SHRUNK = (1.0, 0.95, 0.9, 0.85, 0.8)


@dataclass
class Seen:
    """What a matrix multiplied.

    ``products`` is the sum of the outer products of the rows ``(inputs, inputs)``; ``low`` and ``high`` are the least
    and the greatest of all; ``reach`` is how far each row went from zero.
    """

    products: NDArray[np.float64]
    low: float = 0.0
    high: float = 0.0
    reach: list[float] = field(default_factory=list)

    @property
    def even(self) -> bool:
        """Whether one range can serve all rows."""
        return max(self.reach) <= FARTHEST * median(self.reach)


def examples(pairs: Pairs, count: int = EXAMPLES) -> list[Example]:
    """Training pairs to measure by, drawn at random."""
    chosen = pairs.select("train").tolist()
    return [pairs.plain(i)[0] for i in random.Random(SEED).sample(chosen, min(count, len(chosen)))]


def seen(
    body: graph.Body, heads: Sequence[tuple[Array, Array]], table: Array, shown: Sequence[Example]
) -> dict[str, Seen]:
    """What each matrix of a verifier multiplies, over some examples.

    Args:
        body: the encoder in 32 bits.
        heads: weights and biases of the heads of the passage and of the sentences.
        table: word embeddings by the ids of the examples.
        shown: the examples.

    Returns:
        What was seen by matrix name; matrices with the same input share it.
    """
    model, inputs = graph.observed(body, heads[0], heads[1])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = sorted(set(inputs.values()))
    found: dict[str, Seen] = {}
    for given in _given(table, shown):
        for name, value in zip(names, session.run(names, given), strict=True):
            rows = value.reshape(-1, value.shape[-1])
            one = found.setdefault(name, Seen(np.zeros((rows.shape[1],) * 2)))
            one.products += rows.T @ rows
            one.low, one.high = min(one.low, float(rows.min())), max(one.high, float(rows.max()))
            one.reach += np.abs(rows).max(axis=1).tolist()
    return {matrix: found[name] for matrix, name in inputs.items()}


def _given(table: Array, shown: Sequence[Example]) -> Iterator[dict[str, NDArray[np.generic]]]:
    for example in shown:
        yield {
            "embeddings": table[list(example.ids)][None].astype(np.float32),
            "mask": np.ones((1, len(example.ids)), np.int32),
            "marks": padded([[0, *example.columns]]),
        }


def rounded(weight: Array, products: NDArray[np.float64]) -> tuple[NDArray[np.int8], Array]:
    """Levels and scales of a matrix.

    Args:
        weight: ``(outputs, inputs)``.
        products: sum of the outer products of the rows that it multiplies, ``(inputs, inputs)``.

    Returns:
        levels from -63 to 63, shaped as ``weight``, and scales ``(outputs,)``.
    """
    mean = float(np.trace(products)) / len(products)
    damped = products + np.eye(len(products)) * max(_DAMPING * mean, 1e-8)
    scales = _scales(weight, np.diag(damped))
    later = np.linalg.cholesky(np.linalg.inv(damped)).T
    left, levels = weight.astype(np.float64), np.zeros(weight.shape, np.int8)
    for column in range(weight.shape[1]):
        levels[:, column] = np.clip(np.rint(left[:, column] / scales), -LEVELS, LEVELS)
        error = (left[:, column] - levels[:, column] * scales) / later[column, column]
        left[:, column:] -= np.outer(error, later[column, column:])
    return levels, scales.astype(np.float32)


def _scales(weight: Array, importance: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each output the scale, at most that of its greatest weight, that rounds it with the least error."""
    greatest = np.abs(weight).max(axis=1)
    greatest[greatest == 0] = LEVELS
    tried = np.array(_SHRUNK)[:, None] * greatest / LEVELS
    levels = np.clip(np.rint(weight / tried[..., None]), -LEVELS, LEVELS)
    errors = ((levels * tried[..., None] - weight) ** 2 * importance).sum(axis=2)
    best: NDArray[np.float64] = tried[errors.argmin(axis=0), np.arange(len(weight))].astype(np.float64)
    return best


def fit(
    body: graph.Body, heads: Sequence[tuple[Array, Array]], table: Array, shown: Sequence[Example]
) -> graph.Rounding:
    """The rounding of every matrix of a verifier, and the ranges of what they multiply where one serves all rows.

    Args:
        body: the encoder in 32 bits.
        heads: weights and biases of the heads of the passage and of the sentences.
        table: word embeddings by the ids of the examples.
        shown: what it is measured on.
    """
    found = seen(body, heads, table, shown)
    return graph.Rounding(
        {name: rounded(body.tensors[name + ".w"], one.products) for name, one in found.items()},
        {name: (one.low, one.high) for name, one in found.items() if one.even},
    )
