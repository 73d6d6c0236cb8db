"""Whether cited sentences back what a language model says of them, as the local verifier reads both."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from claimcheck.decide.policy import Policy
from claimcheck.models import load_verifier
from claimcheck.models.verifier import Question, Relations, VerifierModel
from claimcheck.settings import Settings
from claimcheck.text.cues import Family, find_cues
from claimcheck.text.differences import find_differences
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

    def repeats(self, text: str, claims: Sequence[str]) -> bool:
        """Whether a text states one of the claims itself, as surely as proof has to."""


def local_backing(settings: Settings) -> VerifierBacking:
    """Backing by the verifier and the thresholds that ship.

    Raises:
        ModelError: the verifier's weights or thresholds cannot be used.
    """
    verifier = load_verifier(settings)
    return VerifierBacking(verifier, Policy.from_calibration(verifier.calibration.thresholds))


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

    def repeats(self, text: str, claims: Sequence[str]) -> bool:
        """Whether a text states one of the claims itself, as surely as proof has to, and in all that it names.

        Raises:
            ModelError: the verifier cannot be loaded.
        """
        asked = [Question(claim=claim, sentences=(text,)) for claim in claims if not _lacks(text, claim)]
        stated = (self._most(judged, {Relation.SUPPORTS}) for judged in self._verifier.judge(asked))
        return any(probability >= self._policy.proven_at for probability in stated)

    def _cited(self, text: str, citations: Sequence[Citation]) -> tuple[float, float]:
        """The greatest probabilities that one of the cited sentences says so, and that one denies it."""
        if not citations:
            return 0.0, 0.0
        first = citations[0]
        quotes = tuple(citation.quote for citation in citations)
        asked = Question(claim=text, sentences=quotes, published=first.published, title=first.title)
        (judged,) = self._verifier.judge([asked])
        families = {cue.family for cue in find_cues(text, detect_language(text))}
        backing = {Relation.SUPPORTS, *(relation for family, relation in _WORDED.items() if family in families)}
        return self._most(judged, backing), self._most(judged, {Relation.REFUTES})

    def _most(self, judged: Relations, wanted: Collection[Relation]) -> float:
        """The greatest probability, over the sentences, that one of the relations holds."""
        order = self._verifier.calibration.relations
        columns = [number for number, relation in enumerate(order) if relation in wanted]
        return float(judged.sentences[:, columns].sum(axis=1).max())


def _lacks(text: str, claim: str) -> bool:
    """Whether a text lacks a number, date or name of a claim, or gives it otherwise."""
    return bool(
        find_differences(
            claim,
            detect_language(claim),
            text,
            detect_language(text),
            claim_reference=None,
            sentence_reference=None,
        )
    )
