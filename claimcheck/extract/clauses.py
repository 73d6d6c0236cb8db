"""Which runs of a sentence's pieces are its claims."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from claimcheck.extract.candidates import Candidates


def choose_runs(candidates: Candidates, scores: NDArray[np.float32], run_from: float) -> tuple[int, ...]:
    """The set of runs, no two sharing a piece, whose scores beyond ``run_from`` add up to most.

    A run that scores less than ``run_from`` is never worth choosing; one long run is worth more than its two halves
    only where they score less together (the segmentation of semi-Markov models, Sarawagi and Cohen 2004).

    Args:
        candidates: the runs of one sentence.
        scores: one score each.
        run_from: what a chosen run costs.

    Returns:
        Indices into ``candidates``, in the order of the text.
    """
    if not len(scores):
        return ()
    gains = scores - run_from
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for end in range(int(candidates.last.max()) + 1):
        here = best[end]
        for index in np.flatnonzero(candidates.last == end):
            total, chosen = best[int(candidates.first[index])]
            if total + float(gains[index]) > here[0]:
                here = (total + float(gains[index]), (*chosen, int(index)))
        best.append(here)
    return best[-1][1]


def strongest_run(scores: NDArray[np.float32]) -> tuple[int, ...]:
    """The run that scores most, for a sentence that is taken to hold a claim while no run is worth its cost.

    Args:
        scores: one score for each candidate.

    Returns:
        Its index, alone; nothing of no candidates.
    """
    return (int(np.argmax(scores)),) if len(scores) else ()
