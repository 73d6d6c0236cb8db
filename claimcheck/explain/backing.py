"""Whether cited sentences back what a language model says of them, as the local verifier reads both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from claimcheck.decide.policy import Policy
from claimcheck.models.verifier import Question, VerifierModel
from claimcheck.text.cues import Family, find_cues
from claimcheck.text.language import detect_language
from claimcheck.types import Citation, Relation

_WORDED: Final[dict[Family, Relation]] = {"plan": Relation.PLANS, "hedge": Relation.HEDGES}
"""Words by which a sentence says no more than that it is planned or guessed, so that such evidence backs it."""


class Backing(Protocol):
    """Says of a model's sentence whether evidence backs it."""

    def states(self, text: str, citations: Sequence[Citation]) -> bool:
        """Whether one of the cited sentences says so."""

    def proves(self, text: str, citations: Sequence[Citation]) -> bool:
        """Whether one of them says so surely enough to prove it, and none denies it."""

    def repeats(self, text: str, claim: str) -> bool:
        """Whether a text states the claim itself."""


class VerifierBacking:
    """Backing by the local verifier.

    Args:
        verifier: the model.
        policy: the probabilities from which its word counts, and proves.
    """

    def __init__(self, verifier: VerifierModel, policy: Policy) -> None:
        self._verifier = verifier
        self._policy = policy

    def states(self, text: str, citations: Sequence[Citation]) -> bool:
        """Whether one of the cited sentences says so.

        Raises:
            ModelError: the verifier cannot be loaded.
        """
        return self._cited(text, citations)[0] >= self._policy.settled

    def proves(self, text: str, citations: Sequence[Citation]) -> bool:
        """Whether one of them says so surely enough to prove it, and none denies it.

        Raises:
            ModelError: the verifier cannot be loaded.
        """
        backed, denied = self._cited(text, citations)
        return backed >= self._policy.proven_at and denied < self._policy.opposed_ratio * backed

    def repeats(self, text: str, claim: str) -> bool:
        """Whether a text states the claim itself.

        Raises:
            ModelError: the verifier cannot be loaded.
        """
        return self._judged(Question(claim=claim, sentences=(text,)))[0] >= self._policy.settled

    def _cited(self, text: str, citations: Sequence[Citation]) -> tuple[float, float]:
        if not citations:
            return 0.0, 0.0
        first = citations[0]
        quotes = tuple(citation.quote for citation in citations)
        return self._judged(Question(claim=text, sentences=quotes, published=first.published, title=first.title))

    def _judged(self, question: Question) -> tuple[float, float]:
        """The greatest probabilities that a sentence says so, and that one denies it."""
        (judged,) = self._verifier.judge([question])
        order = self._verifier.calibration.relations
        families = {cue.family for cue in find_cues(question.claim, detect_language(question.claim))}
        counted = {Relation.SUPPORTS, *(relation for family, relation in _WORDED.items() if family in families)}
        columns = [number for number, relation in enumerate(order) if relation in counted]
        backed = judged.sentences[:, columns].sum(axis=1).max()
        return float(backed), float(judged.sentences[:, order.index(Relation.REFUTES)].max())
