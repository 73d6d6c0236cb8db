"""The trained heads: what type a sentence is, which run of pieces is a claim, whether a claim lacks its subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from claimcheck.errors import ModelError
from claimcheck.extract.candidates import Candidates
from claimcheck.extract.reading import Reading

Array = NDArray[np.float32]

HEADS_FILE: Final = Path(__file__).parent / "heads.npz"

SENTENCE_TYPES: Final = (
    "fact",
    "plan",
    "prediction",
    "quotation",
    "opinion",
    "question",
    "boilerplate",
    "vague",
    "context",
)
"""The types that the sentence head tells apart; the first :data:`CLAIM_TYPES` hold claims."""

CLAIM_TYPES: Final = 4

_ARRAYS: Final = ("sentence", "middle", "projection", "hidden", "output", "subject")


@dataclass(frozen=True)
class Heads:
    """Weights of the heads, made by ``training/sentence_head.py``.

    Standardisation is folded into the first layers. Widths: ``w`` of a token state, ``s`` of a sentence's shape, ``p``
    of a projected token, ``r`` and ``q`` of a candidate's states and shape, ``n`` networks of ``h`` hidden units.

    Attributes:
        encoder: name of the encoder whose states they read.
        claim_from: share of the claim types from which a sentence is taken to hold claims.
        run_from: score from which a run of pieces counts for a claim rather than against.
        subject_from: score from which a claim is taken to lack its subject.
        sentence: ``(3 w + s + 1, 9)``: own, previous and next mean state, shape, bias.
        middle: ``(w,)``, taken from each state before projection.
        projection: ``(w, p)``.
        hidden: ``(n, r + q + 1, h)``; the last row is the bias.
        output: ``(n, h + q + 1)``: hidden units, shape, bias.
        subject: ``(r + q + 1,)``.
    """

    encoder: str
    claim_from: float
    run_from: float
    subject_from: float
    sentence: Array
    middle: Array
    projection: Array
    hidden: Array
    output: Array
    subject: Array

    def sentence_types(self, readings: Sequence[Reading]) -> Array:
        """Probability of each of :data:`SENTENCE_TYPES` for each sentence of one text, ``(sentences, 9)``."""
        if not readings:
            return np.zeros((0, len(SENTENCE_TYPES)), np.float32)
        logits = with_bias(sentence_features(readings)) @ self.sentence
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: Array = exponents / exponents.sum(axis=1, keepdims=True)
        return probabilities

    def project(self, states: Array) -> Array:
        """Token states in the space of the clause head, ``(tokens, p)``."""
        return np.asarray((states - self.middle) @ self.projection, np.float32)

    def run_scores(self, candidates: Candidates) -> Array:
        """How well each candidate fits a claim, from 0 to 1, ``(candidates,)``."""
        inputs = with_bias(np.concatenate([candidates.states, candidates.shape], axis=1))
        units = gelu(inputs[None] @ self.hidden)
        shape = np.broadcast_to(
            with_bias(candidates.shape), (len(self.hidden), len(inputs), candidates.shape.shape[1] + 1)
        )
        logits = (np.concatenate([units, shape], axis=2) @ self.output[:, :, None])[..., 0]
        scores: Array = (1 / (1 + np.exp(-np.clip(logits, -60, 60)))).mean(axis=0)
        return scores

    def subject_scores(self, candidates: Candidates) -> Array:
        """How likely each candidate is to lack its subject, from 0 to 1, ``(candidates,)``."""
        logits = with_bias(np.concatenate([candidates.states, candidates.shape], axis=1)) @ self.subject
        scores: Array = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
        return scores


def sentence_features(readings: Sequence[Reading]) -> Array:
    """What the sentence head reads of one text of at least one sentence, ``(sentences, 3 w + s)``."""
    pooled = np.stack([reading.pooled for reading in readings])
    nothing = np.zeros((1, pooled.shape[1]), np.float32)
    before, after = np.concatenate([nothing, pooled[:-1]]), np.concatenate([pooled[1:], nothing])
    return np.concatenate([pooled, before, after, np.stack([reading.shape for reading in readings])], axis=1)


def with_bias(features: Array) -> Array:
    """``features`` with a last column of ones."""
    return np.concatenate([features, np.ones((len(features), 1), np.float32)], axis=1)


def gelu(x: Array) -> Array:
    """Gaussian error linear unit, by the tanh formula (Hendrycks and Gimpel 2016)."""
    return np.asarray(
        np.float32(0.5) * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x**3))), np.float32
    )


@cache
def load_heads() -> Heads:
    """The shipped heads.

    Raises:
        ModelError: their file is missing or damaged.
    """
    try:
        with np.load(HEADS_FILE, allow_pickle=False) as stored:
            return Heads(
                encoder=str(stored["encoder"]),
                claim_from=float(stored["claim_from"]),
                run_from=float(stored["run_from"]),
                subject_from=float(stored["subject_from"]),
                **{name: stored[name].astype(np.float32) for name in _ARRAYS},
            )
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelError(
            "The heads of the local extraction are missing or damaged.", "Install claimcheck again."
        ) from error
