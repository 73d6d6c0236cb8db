"""The suites: each gives its parts, one for each of its sets, and its section of the page is in ``evals/pages``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from claimcheck.errors import EvaluationError
from evals import claims, cost, extraction, pairs, retrieval, speed
from evals.parts import Part, Plan
from evals.sets import Missing

SUITES: Final[Mapping[str, Callable[[Plan], Iterator[Part | Missing]]]] = {
    "claims": claims.parts,
    "pairs": pairs.parts,
    "retrieval": retrieval.parts,
    "extraction": extraction.parts,
    "speed": speed.parts,
    "cost": cost.parts,
}


def check_names(wanted: Sequence[str]) -> None:
    """Refuse what is no suite.

    Raises:
        EvaluationError: there is no such suite.
    """
    for name in wanted:
        suite = name.partition("/")[0]
        if suite not in SUITES:
            raise EvaluationError(f"There is no suite {suite!r}.", f"Choose from: {', '.join(SUITES)}.")


def chosen(wanted: Sequence[str], plan: Plan) -> Iterator[Part | Missing]:
    """The parts of some suites, or of all if none is named.

    Args:
        wanted: names of suites (``claims``) or of a suite on a set (``claims/cases``).
        plan: where things are.

    Raises:
        EvaluationError: there is no such set.
    """
    for suite, parts in SUITES.items():
        names = [name for name in wanted if name.partition("/")[0] == suite]
        if not wanted or suite in names:
            yield from parts(plan)
        elif names:
            yield from _of_sets(suite, list(parts(plan)), names)


def _of_sets(suite: str, parts: Sequence[Part | Missing], names: Sequence[str]) -> Iterator[Part | Missing]:
    known = {part.name if isinstance(part, Part) else f"{suite}/{part.name}": part for part in parts}
    for name in names:
        if name not in known:
            raise EvaluationError(f"There is no set {name!r}.", f"Choose from: {', '.join(known)}.")
        yield known[name]
