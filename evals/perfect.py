"""A verifier that is always right, to measure the policy and the rules around it alone.

It gives each sentence that a set cites the relation that its basis stands for, and every other sentence none. What the
pipeline then gets wrong, no better model would mend.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from claimcheck import pipeline
from claimcheck.errors import BadRow
from claimcheck.models import load_verifier
from claimcheck.models.verifier import Calibration, Question, Relations
from claimcheck.text.normalise import normalise
from claimcheck.types import Basis, Relation
from evals.sets import ROOT, WantedClaim
from evals.shipped import as_shipped

FILE: Final = ROOT / "evals" / "relations.toml"
_SURE: Final = 0.96
_RELATIONS: Final = {
    Basis.SUPPORTED: Relation.SUPPORTS,
    Basis.PLANNED: Relation.PLANS,
    Basis.HEDGED: Relation.HEDGES,
    Basis.CONTRADICTED: Relation.REFUTES,
    Basis.MIXED: Relation.REFUTES,
    Basis.NO_EVIDENCE: Relation.UNRELATED,
}


class PerfectVerifier:
    """Knows the cited sentences of the claim that it is told of."""

    def __init__(self) -> None:
        self.calibration: Calibration = load_verifier(as_shipped()).calibration
        self._cited: dict[str, Relation] = {}

    def asked(self, claim: WantedClaim) -> None:
        """The claim that is checked next."""
        self._cited = {
            normalise(citation.quote): relation
            for citation, relation in zip(claim.citations, relations_of(claim), strict=True)
        }

    def judge(self, questions: Sequence[Question]) -> list[Relations]:
        """Distributions for each question, in order, over ``calibration.relations``."""
        return [self._of(question) for question in questions]

    def _of(self, question: Question) -> Relations:
        rows = [self._row(sentence) for sentence in question.sentences]
        unrelated = self.calibration.relations.index(Relation.UNRELATED)
        return Relations(min(rows, key=lambda row: float(row[unrelated])), np.stack(rows))

    def _row(self, sentence: str) -> NDArray[np.float32]:
        whole = sentence.strip()
        known = (r for quote, r in self._cited.items() if quote in whole or (whole in quote and len(whole) > 1))
        relation = next(known, Relation.UNRELATED)
        others = (1 - _SURE) / (len(Relation) - 1)
        row = [_SURE if r is relation else others for r in self.calibration.relations]
        return np.array(row, np.float32)


def relations_of(claim: WantedClaim) -> tuple[Relation, ...]:
    """How each cited sentence bears on its claim: as ``evals/relations.toml`` says, else as its basis lets expect.

    Raises:
        BadRow: the file names another number of sentences than the claim cites.
    """
    named = _named().get(claim.id)
    if named is None:
        assert claim.basis is not None
        return (_RELATIONS[claim.basis],) * len(claim.citations)
    if len(named) != len(claim.citations):
        reason = f"{claim.id} has {len(named)} relations for {len(claim.citations)} citations"
        raise BadRow(f"{FILE}: {reason}.", "Name one relation for each citation of the case, in its order.")
    return named


@cache
def _named() -> dict[str, tuple[Relation, ...]]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: tuple(Relation(relation) for relation in relations) for name, relations in rows.items()}


@contextmanager
def perfect_verifier() -> Iterator[PerfectVerifier]:
    """Has checks use a perfect verifier while the context lasts."""
    verifier = PerfectVerifier()
    with mock.patch.object(pipeline, "load_verifier", return_value=verifier):
        yield verifier
