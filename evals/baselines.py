"""What is reached without a verifier: the most frequent class, shared words, and the nearness of vectors.

A score of a claim and its evidence becomes a class by a table made on data that is not measured: each tenth of the
scores stands for the class that is likeliest there when all classes are as frequent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.library.words import words_of
from claimcheck.protocols import Embedder
from claimcheck.types import Label, Relation
from evals.metrics import Codes, Numbers
from evals.sets import WrittenItem

_BINS: Final = 10
LABEL_OF: Final = {
    Relation.SUPPORTS: Label.PROVEN,
    Relation.PLANS: Label.ASPIRATIONAL,
    Relation.HEDGES: Label.SPECULATIVE,
    Relation.REFUTES: Label.SPECULATIVE,
    Relation.UNRELATED: Label.SPECULATIVE,
}
"""The label that a claim deserves whose evidence relates to it so."""

Asked = tuple[str, Sequence[str]]
"""A claim, and the passages of its evidence."""
Scorer = Callable[[Sequence[Asked]], Numbers]
"""The best score of each claim with one of its passages."""


def most_frequent(wanted: Codes) -> Codes:
    """Always the most frequent class, the best that a constant answer can do."""
    return np.full(len(wanted), np.bincount(wanted).argmax() if len(wanted) else 0, np.int64)


def shared_words(asked: Sequence[Asked]) -> Numbers:
    """The share of the claim's different words that a passage has too, of the passage that has most."""
    scores = []
    for claim, passages in asked:
        words = set(words_of(claim))
        found = [len(words & set(words_of(passage))) / max(1, len(words)) for passage in passages]
        scores.append(max(found, default=0.0))
    return np.array(scores, np.float64)


def nearness(embedder: Embedder) -> Scorer:
    """The cosine of the claim and the nearest passage, each text embedded once."""
    known: dict[str, NDArray[np.float32]] = {}

    def scores(asked: Sequence[Asked]) -> Numbers:
        new = sorted({passage for _, passages in asked for passage in passages} - set(known))
        known.update(zip(new, np.array(embedder.embed_passages(new), np.float32), strict=True))
        claims = np.array(embedder.embed_claims([claim for claim, _ in asked]), np.float32)
        best = [
            max((float(claim @ known[passage]) for passage in passages), default=-1.0)
            for claim, (_, passages) in zip(claims, asked, strict=True)
        ]
        return np.array(best, np.float64)

    return scores


@dataclass(frozen=True)
class ScoreTable:
    """The class that each range of a score stands for; ``edges`` part the ranges."""

    edges: Numbers
    classes: Codes

    @classmethod
    def fitted(cls, scores: Numbers, wanted: Codes) -> ScoreTable:
        """The table that known scores and classes make, each class weighed alike."""
        edges = np.unique(np.quantile(scores, np.linspace(0, 1, _BINS + 1)[1:-1]))
        counts = np.zeros((len(edges) + 1, int(wanted.max()) + 1))
        np.add.at(counts, (np.digitize(scores, edges), wanted), 1)
        return cls(edges, (counts / np.maximum(1, counts.sum(axis=0))).argmax(axis=1))

    def classes_of(self, scores: Numbers) -> Codes:
        """The class of each score."""
        return self.classes[np.digitize(scores, self.edges)]


def label_table(scorer: Scorer, items: Sequence[WrittenItem], labels: Sequence[str], most: int = 800) -> ScoreTable:
    """The table of labels that the claims of written items make."""
    pairs = [(claim, item) for item in items for claim in item.claims][:most]
    scores = scorer([(claim.claim, [item.text]) for claim, item in pairs])
    return ScoreTable.fitted(scores, np.array([labels.index(LABEL_OF[claim.label].value) for claim, _ in pairs]))
