"""Decides judged cases again with whatever policy is imported, and holds them to the gate.

python -m evals.redeciding JUDGED.pickle     # exit code 1 and the floor if a figure falls below it
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals import gate
from evals.judging import Given, Item, given_again, item
from evals.sets import WantedClaim


@dataclass(frozen=True)
class Case:
    """One case and what the policy was given for it."""

    wanted: WantedClaim
    given: Given
    languages: Mapping[str, str | None]


def decided(cases: Sequence[Case]) -> list[Item]:
    """The cases as the policy decides them now."""
    return [item(case.wanted, given_again(case.given), case.languages) for case in cases]


def main(judged: Path) -> int:
    """Prints the first figure below its floor; the exit code."""
    ours, ideal = pickle.loads(judged.read_bytes())  # noqa: S301 - written by evals.mutation on this machine
    below = gate.fallen(gate.read(), gate.figures(decided(ours), decided(ideal)))
    if below:
        print(below[0])
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
