"""What the outcomes of the cost suite come to: what each system asks for, how good its labels are, and the ratios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from claimcheck.types import Label
from evals.baselines import most_frequent
from evals.judging import LABELS
from evals.metrics import Codes, class_scores, confusion, macro_f1, ratio
from evals.outcomes import Outcome, Used
from evals.peer_steps import of_votes
from evals.sets import WantedClaim
from evals.significance import Figure, Statistic, bootstrapped
from evals.verdicts import CLASSES

LOCAL: Final = "claimcheck, local only"
CASCADE: Final = "claimcheck, cascade"
LLM: Final = "claimcheck, language model only"
OURS: Final = (CASCADE, LLM)
"""What the others are held against."""

MAJORITY: Final = "majority"
_PROVEN: Final = LABELS.index(Label.PROVEN.value)


def figures(wanted: Sequence[WantedClaim], outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    """All figures.

    Args:
        wanted: the claims.
        outcomes: for each system, one for each of them.

    Returns:
        ``cost`` by system, ``quality`` by system and by what stands beside them, ``ratios`` of each to ours.
    """
    labels = np.array([CLASSES.index(str(claim.label)) for claim in wanted], np.int64)
    given = {name: _codes([outcome.label for outcome in of]) for name, of in outcomes.items()}
    voted = {
        f"{name}, by majority": _codes([of_votes(o.votes, majority=True)[0] for o in of if o.votes is not None])
        for name, of in outcomes.items()
        if all(o.votes is not None for o in of)
    }
    beside = {f"{MAJORITY} label": most_frequent(labels)}
    return {
        "cost": {name: costs(of) for name, of in outcomes.items()},
        "quality": {name: quality(labels, codes) for name, codes in (given | voted | beside).items()},
        "ratios": {
            ours: {name: ratios(of, outcomes[ours]) for name, of in outcomes.items() if name != ours} for ours in OURS
        },
        "quotes": {
            name: [sum(o.verbatim for o in of), sum(o.quotes for o in of)]
            for name, of in outcomes.items()
            if any(o.quotes for o in of)
        },
    }


def costs(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Calls and tokens a claim, the share of claims that were asked about, and what could not be used."""
    used, n = sum((one.used for one in outcomes), Used()), len(outcomes)
    return {
        **{name: ratio(value, n) for name, value in used.model_dump().items()},
        "asked": ratio(sum(one.used.calls > 0 for one in outcomes), n),
        "unusable": sum(one.unusable for one in outcomes),
        "unchecked": sum(one.label is None for one in outcomes),
        "unmetered": used.unmetered,
        "total_calls": used.calls,
    }


def ratios(theirs: Sequence[Outcome], ours: Sequence[Outcome]) -> dict[str, float | None]:
    """Theirs over ours; none where ours took nothing.

    Seconds count for the claims that both were measured on in one run, since no two runs are on the same machine.
    """
    together = [(a, b) for a, b in zip(theirs, ours, strict=True) if a.run == b.run]

    def of(name: str) -> float | None:
        mine = sum(getattr(one.used, name) for one in ours)
        return sum(getattr(one.used, name) for one in theirs) / mine if mine else None

    own_seconds = sum(b.seconds for _, b in together)
    return {
        **{name: of(name) for name in ("calls", "prompt_tokens", "completion_tokens")},
        "seconds": sum(a.seconds for a, _ in together) / own_seconds if own_seconds else None,
        "timed": len(together),
    }


def quality(wanted: Codes, given: Codes) -> dict[str, Any]:
    """Macro-F1 of the three labels, and how proven claims are told from all others, each with its interval."""
    provable, proven = wanted == _PROVEN, given == _PROVEN
    hit = provable & proven
    n = len(wanted)

    def share(whole: np.ndarray[Any, np.dtype[np.bool_]]) -> Statistic:
        return lambda rows: ratio(float(hit[rows].sum()), float(whole[rows].sum()))

    def binary_f1(rows: Codes) -> float:
        table = confusion(provable[rows].astype(np.int64), proven[rows].astype(np.int64), 2)
        return class_scores(table)[1].f1

    return {
        "macro_f1": bootstrapped(n, lambda rows: macro_f1(wanted[rows], given[rows], len(CLASSES))).as_json(),
        "f1_of_proven": bootstrapped(n, binary_f1).as_json(),
        "precision_of_proven": _counted(bootstrapped(n, share(proven)), int(proven.sum())),
        "recall_of_proven": _counted(bootstrapped(n, share(provable)), int(provable.sum())),
    }


def _counted(figure: Figure, counted: int) -> dict[str, float]:
    return Figure(figure.value, figure.low, figure.high, counted).as_json()


def _codes(labels: Sequence[str | None]) -> Codes:
    return np.array([CLASSES.index(label or "unchecked") for label in labels], np.int64)
