"""The seams: what an embedder, an extractor, a retriever and a verifier must do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from claimcheck.types import Claim, Document, Judgement, RetrievedPassage, Skipped


class Embedder(Protocol):
    """Turns texts into unit vectors of one space, so that a dot product is the cosine."""

    @property
    def name(self) -> str:
        """Name and hash of the weights: vectors of two names must never be mixed."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of evidence passages, in the order of ``texts``."""

    def embed_claims(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of claims to look up, in the order of ``texts``."""


class Extractor(Protocol):
    """Finds the claims of a document."""

    def extract(self, document: Document) -> tuple[tuple[Claim, ...], tuple[Skipped, ...]]:
        """Claims and skipped sentences, each in the order of the text."""


class Retriever(Protocol):
    """Finds the passages of the library that bear on a claim."""

    def retrieve(self, claim: Claim) -> tuple[RetrievedPassage, ...]:
        """Passages, best first."""


class Verifier(Protocol):
    """Says how sentences of evidence relate to a claim."""

    def judge(
        self, claim: Claim, passages: tuple[RetrievedPassage, ...], documents: Mapping[str, Document]
    ) -> tuple[Judgement, ...]:
        """A judgement of every sentence of the passages; ``documents`` holds each passage's document by id."""
