"""The gate: floors that quality on the cases may not fall below, pinned with the set and the models that set them.

Three sorts of figures have a floor. Those of the shipped verifier may fall by a little, since processors differ in the
last digits of a probability. Those of the policy under a perfect verifier, those of the decision table, quotes and
crashes may not fall at all.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from claimcheck.batch.files import write_whole
from claimcheck.errors import EvaluationError
from evals.judging import Item
from evals.sets import ROOT
from evals.verdicts import Outcomes, flags_raised, points, right_by_rule

FILE: Final = ROOT / "evals" / "gate.json"
LENIENT: Final = 0.02
"""How far a figure of the shipped verifier may fall below the one that was measured."""

_VERIFIER: Final = (
    "macro_f1",
    "label",
    "basis",
    "precision_of_proven",
    "recall_of_proven",
    "contradicted_recall",
    "document_recall",
    "sentence_recall",
)
_ALWAYS: Final = ("verbatim", "checked")
_PERFECT: Final = ("macro_f1", "basis", "document_precision", "sentence_recall", *_ALWAYS)
_PLACES: Final = 4


class Gate(BaseModel):
    """The floors, and what they were measured with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    commit: str
    models: dict[str, str]
    sets: dict[str, str]
    floors: dict[str, float]


@dataclass(frozen=True)
class Fallen:
    """A figure below its floor; ``None`` where it is no longer measured."""

    name: str
    floor: float
    value: float | None

    def __str__(self) -> str:
        found = "is not measured any more" if self.value is None else f"is {self.value:.4f}"
        return f"{self.name} {found}; its floor is {self.floor:.4f}"


def figures(items: Sequence[Item], ideal: Sequence[Item], decisions: Mapping[str, float]) -> dict[str, float]:
    """What the gate looks at.

    Args:
        items: the cases as the shipped verifier has them.
        ideal: the cases under a perfect verifier.
        decisions: for each rule the share of its rows in the decision table that are decided as they should be.
    """
    ours, best = points(Outcomes(items)), points(Outcomes(ideal))
    taken = {f"verifier {name}": ours[name] for name in (*_VERIFIER, *_ALWAYS)}
    taken |= {f"policy {name}": best[name] for name in _PERFECT}
    taken |= {f"decisions by {rule}": share for rule, share in decisions.items()}
    taken |= {f"policy rule {rule}": share for rule, share in right_by_rule(ideal).items()}
    return taken | {f"policy flag {flag}": raised / wanted for flag, (raised, wanted) in flags_raised(ideal).items()}


def floor_of(name: str, value: float) -> float:
    """The floor that a measured figure sets, rounded down."""
    lenient = name.startswith("verifier ") and name.removeprefix("verifier ") not in _ALWAYS
    factor = 10**_PLACES
    return max(0.0, math.floor((value - (LENIENT if lenient else 0.0)) * factor + 1e-6) / factor)


def fallen(gate: Gate, found: Mapping[str, float]) -> list[Fallen]:
    """The figures below their floors, and the floors without a figure."""
    tolerance = 10**-_PLACES / 2
    return [
        Fallen(name, floor, found.get(name))
        for name, floor in gate.floors.items()
        if name not in found or found[name] < floor - tolerance
    ]


def changed_sets(gate: Gate, sets: Mapping[str, str]) -> list[str]:
    """The sets that are not those that the floors were measured on."""
    return [name for name, sha256 in gate.sets.items() if sets.get(name) != sha256]


def raised(gate: Gate | None, found: Mapping[str, float], **made: object) -> Gate:
    """The gate with floors raised to what was measured, never lowered.

    Args:
        gate: the gate so far.
        found: the figures measured.
        made: the other fields of the new gate.

    Raises:
        EvaluationError: a figure lies below a floor that stands.
    """
    floors = dict(gate.floors) if gate else {}
    if gate is not None and (below := fallen(gate, found)):
        raise EvaluationError(
            f"Floors are only ever raised, and {'; '.join(map(str, below))}.",
            f"Mend what fell, or answer for a lower floor by changing {FILE.name} by hand.",
        )
    for name, value in found.items():
        floors[name] = max(floors.get(name, 0.0), floor_of(name, value))
    return Gate.model_validate({"floors": floors, **made})


def read(file: Path = FILE) -> Gate:
    """The gate in a file.

    Raises:
        EvaluationError: there is none, or it cannot be used.
    """
    if not file.is_file():
        raise EvaluationError(f"There is no gate at {file}.", "Make one with: claimcheck eval --raise-floors")
    try:
        return Gate.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise EvaluationError(
            f"{file}: {place}: {first['msg']}.", "Take the file from the repository again."
        ) from error


def write(gate: Gate, file: Path = FILE) -> None:
    """Write the gate to a file."""
    write_whole(file, json.dumps(gate.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n")
