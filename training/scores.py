"""How predictions are scored: accuracy and macro-F1 by set, in the relations that the set knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.batches import UNRELATED, Pairs
from training.labels import LABELS, NOT_SUPPORTS, WRITTEN

FIVE_WAY = (*WRITTEN, "realisation-templates", "realisation-rewrites")
FEWEST = 20
"""Pairs below which a set is not scored."""

_SUPPORTS, _REFUTES, _TWO_WAY = LABELS.index("supports"), LABELS.index("refutes"), LABELS.index(NOT_SUPPORTS)
_TWO_WAY_NAMES = ("not supported", "supported")
LABELS_OF_THREE = tuple(LABELS)[:-1]


@dataclass(frozen=True)
class Score:
    """How one set of one split was predicted; ``by_relation`` holds the F1 of each relation that occurs in it.

    ``ece`` is the expected calibration error, where probabilities were predicted.
    """

    split: str
    set: str
    pairs: int
    accuracy: float
    macro_f1: float
    by_relation: dict[str, float]
    balanced: float = 0.0
    ece: float | None = None


def macro_f1(truth: NDArray[np.int64], predicted: NDArray[np.int64]) -> tuple[float, dict[int, float]]:
    """Mean F1 over the classes that occur in ``truth``, and each class's F1."""
    each = {}
    for c in np.unique(truth):
        hit = int(((predicted == c) & (truth == c)).sum())
        each[int(c)] = 2 * hit / max(1, int((predicted == c).sum() + (truth == c).sum()))
    return float(np.mean(list(each.values()))), each


def expected_calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean distance of confidence and accuracy over equal-width bins, weighted by their size (Naeini et al. 2015)."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(abs(confidence[which == b].mean() - right[which == b].mean()) * (which == b).mean() for b in set(which))
    )


def coarse_confidence(
    names: tuple[str, ...], probabilities: NDArray[np.float64], given: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Probability of the class given, from those of the relations, in the classes that the set has (see ``coarse``)."""
    if names is _TWO_WAY_NAMES:
        supported = probabilities[:, _SUPPORTS]
        return np.where(given == 1, supported, 1 - supported)
    rows = np.arange(len(given))
    own: NDArray[np.float64] = probabilities[rows, given]
    if names is LABELS_OF_THREE:
        undecided = 1 - probabilities[:, _SUPPORTS] - probabilities[:, _REFUTES]
        return np.where(given == UNRELATED, undecided, own)
    return own


def coarse(
    source: str, truth: NDArray[np.int64], predicted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Truth and prediction in the classes that the set has, and the names of the classes by number.

    Sets of three relations count ``plans`` and ``hedges`` as ``unrelated``; two-way sets ask only whether the claim is
    supported.
    """
    if source in FIVE_WAY:
        return truth, predicted, LABELS
    if (truth == _TWO_WAY).any():
        return (truth == _SUPPORTS).astype(np.int64), (predicted == _SUPPORTS).astype(np.int64), _TWO_WAY_NAMES
    kept = (predicted == _SUPPORTS) | (predicted == _REFUTES)
    return truth, np.where(kept, predicted, UNRELATED), LABELS_OF_THREE


def rows_by_set(
    pairs: Pairs, index: NDArray[np.int64], splits: Sequence[str]
) -> list[tuple[str, str, NDArray[np.intp]]]:
    """Split, set and the rows of ``index`` in it, for every set with enough pairs; perturbed pairs are left out."""
    found = []
    for split in splits:
        inside = np.isin(index, pairs.select(split)) & (pairs.perturbed[index] == 0)
        for number, source in enumerate(pairs.sources):
            here = np.flatnonzero(inside & (pairs.source[index] == number))
            if len(here) >= FEWEST:
                found.append((split, source, here))
    return found


def score_sets(
    pairs: Pairs,
    index: NDArray[np.int64],
    predicted: NDArray[np.int64],
    splits: Sequence[str],
    probabilities: NDArray[np.float64] | None = None,
) -> list[Score]:
    """The score of each set.

    Args:
        pairs: all pairs.
        index: numbers of the pairs that were predicted.
        predicted: relation number of each, as long as ``index``.
        splits: splits to score.
        probabilities: of the relations ``(pairs, relations)``, for the calibration error.
    """
    scores = []
    for split, source, here in rows_by_set(pairs, index, splits):
        truth, given, names = coarse(source, pairs.label[index[here]].astype(np.int64), predicted[here])
        score, each = macro_f1(truth, given)
        right = truth == given
        ece = None
        if probabilities is not None:
            ece = expected_calibration_error(coarse_confidence(names, probabilities[here], given), right)
        balanced = float(np.mean([right[truth == c].mean() for c in np.unique(truth)]))
        by_relation = {names[c]: v for c, v in each.items()}
        scores.append(Score(split, source, len(here), float(right.mean()), score, by_relation, balanced, ece))
    return scores


def markdown(scores: Sequence[Score]) -> list[str]:
    """Lines of a Markdown table of scores."""
    lines = ["| set | pairs | accuracy | macro-F1 | by relation |", "|---|---|---|---|---|"]
    for s in scores:
        each = ", ".join(f"{name} {value:.2f}" for name, value in s.by_relation.items())
        lines.append(f"| {s.split}/{s.set} | {s.pairs:,} | {s.accuracy:.3f} | {s.macro_f1:.3f} | {each} |")
    return lines


def as_rows(scores: Sequence[Score]) -> list[dict[str, object]]:
    """Scores as JSON rows, rounded to four places."""
    return [
        asdict(s)
        | {"accuracy": round(s.accuracy, 4), "macro_f1": round(s.macro_f1, 4), "balanced": round(s.balanced, 4)}
        | {"ece": None if s.ece is None else round(s.ece, 4)}
        | {"by_relation": {name: round(value, 4) for name, value in s.by_relation.items()}}
        for s in scores
    ]


def write_table(path: Path, scores: Sequence[Score], **more: object) -> None:
    """Writes scores as ``sets``, and what else was measured with them, as JSON."""
    path.write_text(json.dumps({"sets": as_rows(scores)} | more, indent=1) + "\n", encoding="utf-8")


def read_table(path: Path) -> tuple[list[Score], dict[str, Any]]:
    """What ``write_table`` wrote: the scores, and what else was measured with them."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return [Score(**row) for row in table.pop("sets")], table
