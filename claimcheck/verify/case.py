"""A claim with all that it is judged by, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from claimcheck.errors import LanguageModelError, LibraryError, ModelError
from claimcheck.types import Claim, Document, Judgement, Relation, RetrievedPassage

BEARS: Final = 0.1
"""Least probability of bearing on the claim from which a sentence is more than what happened to stand near."""

CannotJudge = LanguageModelError | LibraryError | ModelError
"""Why a claim stays unchecked."""

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Case:
    """A claim, the passages found for it, and how the local verifier judges their sentences.

    Attributes:
        claim: the claim.
        passages: what was found for it, best first.
        documents: the document of each passage, by id.
        judgements: the local verifier's, one for each sentence.
        issuer: who issued the draft, if known.
    """

    claim: Claim
    passages: tuple[RetrievedPassage, ...]
    documents: Mapping[str, Document]
    judgements: tuple[Judgement, ...]
    issuer: str | None = None

    @property
    def bears(self) -> bool:
        """Whether the local verifier finds that anything at all bears on the claim."""
        return any(bearing(judgement) >= BEARS for judgement in self.judgements)


@dataclass(frozen=True)
class Judged:
    """A case with the judgements to decide by.

    Attributes:
        case: the case; further searches may have added passages to it.
        judgements: what to decide by.
        asked: a language model was asked, so that the case's own judgements are but one of two views.
    """

    case: Case
    judgements: tuple[Judgement, ...]
    asked: bool = False


class JudgesCases(Protocol):
    """Goes on where the local verifier stopped."""

    def judge_many(self, cases: Sequence[Case]) -> Iterator[Judged | CannotJudge]:
        """In the order of the cases, each with the judgements to decide by, or why there are none."""


def bearing(judgement: Judgement) -> float:
    """Probability that a sentence bears on the claim."""
    return 1.0 - judgement.probabilities[Relation.UNRELATED]


def place(judgement: Judgement) -> Place:
    """Where a judged sentence stands."""
    return judgement.document, judgement.span.start, judgement.span.end


def surest(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Each sentence once, by the judgement that gives it the most bearing, in the order of first sight."""
    kept: dict[Place, Judgement] = {}
    for judgement in judgements:
        where = place(judgement)
        if where not in kept or bearing(judgement) > bearing(kept[where]):
            kept[where] = judgement
    return tuple(kept.values())
