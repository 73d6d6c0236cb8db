"""What is counted: agreement of classes, calibration, answering less, and rankings. Pure functions over arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class ClassScore:
    """How one class was found: how often it is wanted and given, and precision, recall and F1 (0 of nothing is 0)."""

    wanted: int
    given: int
    hit: int

    @property
    def precision(self) -> float:
        """Share of those given that are right."""
        return ratio(self.hit, self.given)

    @property
    def recall(self) -> float:
        """Share of those wanted that are given."""
        return ratio(self.hit, self.wanted)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return ratio(2 * self.hit, self.wanted + self.given)


def ratio(part: float, whole: float) -> float:
    """A share; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def confusion(wanted: Codes, given: Codes, classes: int) -> NDArray[np.int64]:
    """Counts ``(classes, classes)``: what was wanted by row, what was given by column."""
    return np.bincount(wanted * classes + given, minlength=classes * classes).reshape(classes, classes)


def class_scores(table: NDArray[np.int64]) -> list[ClassScore]:
    """The score of each class of a confusion table."""
    wanted, given, hits = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    return [ClassScore(int(w), int(g), int(h)) for w, g, h in zip(wanted, given, hits, strict=True)]


def macro_f1(wanted: Codes, given: Codes, classes: int) -> float:
    """Mean F1 of the classes that are wanted at all; 0 where nothing is."""
    scores = [score.f1 for score in class_scores(confusion(wanted, given, classes)) if score.wanted]
    return float(np.mean(scores)) if scores else 0.0


@dataclass(frozen=True)
class Bin:
    """Judgements of like confidence: their number, mean confidence and share right."""

    count: int
    confidence: float
    right: float


def reliability(confidence: Numbers, right: Truths, bins: int = 10) -> list[Bin]:
    """Bins of equal width from 0 to 1, those without a judgement left out."""
    which = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    return [
        Bin(int((which == b).sum()), float(confidence[which == b].mean()), float(right[which == b].mean()))
        for b in range(bins)
        if (which == b).any()
    ]


def calibration_error(confidence: Numbers, right: Truths, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and share right over the bins, by their size.

    Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".
    """
    found = reliability(confidence, right, bins)
    return ratio(sum(b.count * abs(b.confidence - b.right) for b in found), len(right))


def errors_by_share(confidence: Numbers, right: Truths) -> Numbers:
    """The share of errors among the surest 1, 2, … judgements (El-Yaniv and Wiener 2010, selective classification).

    Judgements of equal confidence cannot be told apart, so that each counts as the mean of its equals.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = (~right[order]).astype(np.float64)
    _, level = np.unique(confidence[order], return_inverse=True)
    wrong = (np.bincount(level, wrong) / np.bincount(level))[level]
    return np.cumsum(wrong) / np.arange(1, len(wrong) + 1)


def area_under_errors(confidence: Numbers, right: Truths) -> float:
    """Mean of :func:`errors_by_share`: lower is better; the share of errors if confidence says nothing."""
    return float(errors_by_share(confidence, right).mean()) if len(right) else 0.0


def precision_by_coverage(confidence: Numbers, right: Truths, findable: int) -> list[tuple[float, float]]:
    """``(share found of what could be, precision)`` as ever less sure ones are taken in, one point a confidence."""
    points = []
    for level in np.unique(confidence)[::-1]:
        taken = right[confidence >= level]
        points.append((ratio(int(taken.sum()), findable), float(taken.mean())))
    return points


def recall_at(ranks: Sequence[int], relevant: int, k: int) -> float:
    """Share of the relevant that are among the first ``k``.

    Args:
        ranks: the rank of each relevant one that was found, from 1.
        relevant: how many there are.
        k: depth.
    """
    return ratio(sum(rank <= k for rank in ranks), relevant)


def ndcg_at(ranks: Sequence[int], relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain at ``k``, each relevant one worth the same (Järvelin and Kekäläinen 2002).

    Args:
        ranks: as for :func:`recall_at`.
        relevant: how many there are.
        k: depth.
    """
    gained = sum(1 / math.log2(1 + rank) for rank in ranks if rank <= k)
    best = sum(1 / math.log2(1 + rank) for rank in range(1, min(relevant, k) + 1))
    return ratio(gained, best)
