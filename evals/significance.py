"""How much of a figure is chance: bootstrap intervals, and whether two runs differ."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 1000
_SEED: Final = 20260401
_TAIL: Final = 2.5

Statistic = Callable[[NDArray[np.int64]], float]
"""A figure of the rows of these numbers, each of which may come more than once."""


@dataclass(frozen=True)
class Figure:
    """A figure of a sample, with the interval in which 95 of 100 bootstrap samples have it."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f})" if self.n else "-"

    def as_json(self) -> dict[str, float]:
        """The figure as JSON, to four places."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4), "n": self.n}

    @classmethod
    def from_json(cls, row: dict[str, float]) -> Figure:
        """What :meth:`as_json` wrote."""
        return cls(row["value"], row["low"], row["high"], int(row["n"]))


def bootstrapped(n: int, statistic: Statistic, rounds: int = ROUNDS) -> Figure:
    """A figure of ``n`` rows with its interval (Efron 1979, percentile method); the same every time.

    Args:
        n: how many rows there are; nothing is known of none.
        statistic: the figure of the rows with the numbers that it is given.
        rounds: samples drawn.
    """
    if n == 0:
        return Figure(0.0, 0.0, 0.0, 0)
    rng = np.random.default_rng(_SEED)
    drawn = [statistic(rng.integers(0, n, n)) for _ in range(rounds)]
    low, high = np.percentile(drawn, (_TAIL, 100 - _TAIL))
    return Figure(statistic(np.arange(n)), float(low), float(high), n)


def mean_of(values: NDArray[np.float64], rounds: int = ROUNDS) -> Figure:
    """The mean with its interval."""
    return bootstrapped(len(values), lambda rows: float(values[rows].mean()), rounds)


@dataclass(frozen=True)
class Difference:
    """How two runs over the same rows differ in a figure: second less first, and a two-sided p-value."""

    value: float
    low: float
    high: float
    p: float


def difference(n: int, first: Statistic, second: Statistic, rounds: int = ROUNDS) -> Difference:
    """The difference of two figures of the same rows, by paired bootstrap.

    The p-value is twice the smaller share of samples on one side of nothing (Berg-Kirkpatrick et al. 2012).
    """
    rng = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(rounds):
        rows = rng.integers(0, n, n)
        drawn.append(second(rows) - first(rows))
    low, high = np.percentile(drawn, (_TAIL, 100 - _TAIL))
    values = np.array(drawn)
    p = min(1.0, 2 * min(float((values <= 0).mean()), float((values >= 0).mean())))
    everything = np.arange(n)
    return Difference(second(everything) - first(everything), float(low), float(high), max(p, 1 / rounds))


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p-value that two runs are right equally often (McNemar 1947).

    Args:
        only_first: rows that only the first run has right.
        only_second: rows that only the second run has right.
    """
    changed = only_first + only_second
    tail = sum(math.comb(changed, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, 2 * tail / float(2**changed))
