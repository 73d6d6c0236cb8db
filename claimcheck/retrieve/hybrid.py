"""Finds passages by meaning and by words, and fuses the two."""

from __future__ import annotations

from collections.abc import Sequence

from claimcheck.library.library import Library
from claimcheck.protocols import Embedder
from claimcheck.retrieve.fusion import Candidate, drop_copies, fused
from claimcheck.settings import Settings
from claimcheck.types import Claim, Passage, RetrievedPassage


class HybridRetriever:
    """Finds passages by vector in any language, and by words in the claim's own language.

    Shared words mean little across languages: a word ranking over all of them made the fused ranking worse than vectors
    alone, and so did adding up ranks over the claim's language. Words weigh little, therefore, beside the cosine.

    Args:
        library: where to look.
        embedder: the model that the library was made with.
        settings: ``candidates`` from each ranking, at most ``passages_per_claim`` in the end.
    """

    def __init__(self, library: Library, embedder: Embedder, settings: Settings) -> None:
        self._library = library
        self._embedder = embedder
        self._settings = settings

    def retrieve(self, claim: Claim) -> tuple[RetrievedPassage, ...]:
        """Passages that bear on a claim, best first.

        Raises:
            LibraryError: the library cannot be read.
            ModelError: the embedder fails.
        """
        return self.retrieve_many([claim])[0]

    def retrieve_many(self, claims: Sequence[Claim]) -> list[tuple[RetrievedPassage, ...]]:
        """For each claim its passages, best first; all claims are embedded and looked up together.

        Raises:
            LibraryError: the library cannot be read.
            ModelError: the embedder fails.
        """
        if not claims:
            return []
        vectors = self._embedder.embed_claims([claim.text for claim in claims])
        by_meaning = self._library.nearest_to_each(vectors, self._settings.candidates)
        return [
            self._fused(claim, vector, found) for claim, vector, found in zip(claims, vectors, by_meaning, strict=True)
        ]

    def _fused(
        self, claim: Claim, vector: Sequence[float], by_meaning: list[tuple[Passage, float]]
    ) -> tuple[RetrievedPassage, ...]:
        by_words = self._library.lexical(claim.text, claim.lang, self._settings.candidates)
        passages = {passage.id: passage for passage, _ in (*by_meaning, *by_words)}
        cosines = {passage.id: cosine for passage, cosine in by_meaning}
        cosines |= self._library.cosines(vector, [name for name in passages if name not in cosines])
        ranking = fused(cosines, {passage.id: score for passage, score in by_words if passage.id in cosines})
        entries = self._library.entries({passage.document for passage in passages.values()})
        candidates = [
            Candidate(
                passage=passages[passage_id],
                score=score,
                kind=entry.kind,
                published=entry.published,
            )
            for passage_id, score in ranking
            if (entry := entries.get(passages[passage_id].document)) is not None
        ]
        return tuple(
            RetrievedPassage(passage=candidate.passage, score=candidate.score)
            for candidate in drop_copies(candidates, self._settings.passages_per_claim)
        )
