"""The dev claims that set the policy's thresholds, with the verdicts that their evidence asks for."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date

from claimcheck.types import Basis, Label
from training.sources import Pair, share, world_split, worlds

UNDATED = date(2025, 6, 30)
EXPECTED = {
    "supports": (Label.PROVEN, Basis.SUPPORTED),
    "plans": (Label.ASPIRATIONAL, Basis.PLANNED),
    "hedges": (Label.SPECULATIVE, Basis.HEDGED),
    "refutes": (Label.SPECULATIVE, Basis.CONTRADICTED),
    "unrelated": (Label.SPECULATIVE, Basis.NO_EVIDENCE),
}


@dataclass(frozen=True)
class Case:
    """A dev claim, the verdict that its own evidence asks for as of a day, and the item or world it was written for."""

    claim: str
    lang: str
    family: str
    day: date
    label: Label
    basis: Basis


def cases(pairs: list[Pair]) -> list[Case]:
    """The dev claims of worlds and of items, in turn while there are both, in an order that never changes."""
    items = [
        Case(p.claim, p.lang, p.family, date.fromisoformat(p.date) if p.date else UNDATED, *EXPECTED[p.label])
        for p in pairs
        if p.split == "dev" and p.family == p.group
    ]
    told = [
        Case(c["claim"], c["lang"], w["id"], date.fromisoformat(w["as_of"]), Label(c["label"]), Basis(c["basis"]))
        for w in worlds()
        if world_split(w["id"]) == "dev"
        for c in w["claims"]
    ]
    for found in (items, told):
        found.sort(key=lambda case: (share(case.family), case.claim))
    return [case for pair in itertools.zip_longest(told, items) for case in pair if case is not None]
