"""A text as the heads see it: sentences, their pieces, and the states of their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from claimcheck.extract.pieces import cut_sentence
from claimcheck.extract.shapes import sentence_shape
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Span

if TYPE_CHECKING:
    from claimcheck.models.retriever import TokenStates

Array = NDArray[np.float32]

_LONGEST: Final = 4000
"""Characters of a sentence that are read; what has more is a table or a list without stops."""


@runtime_checkable
class TokenEncoder(Protocol):
    """An encoder that gives a state for every token, each in the context of its text."""

    @property
    def name(self) -> str:
        """Name and hash of the weights."""

    def token_states(self, texts: list[str]) -> list[TokenStates]:
        """Tokens of each text, with offsets into it."""


@dataclass(frozen=True)
class Reading:
    """One sentence.

    ``pieces`` are spans of the text; ``offsets`` ``(tokens, 2)`` count characters of the text as well; ``states`` is
    ``(tokens, width)``, ``shape`` is :func:`claimcheck.extract.shapes.sentence_shape`.
    """

    sentence: Span
    pieces: tuple[Span, ...]
    offsets: NDArray[np.int64]
    states: Array
    shape: Array

    @property
    def pooled(self) -> Array:
        """Mean of the tokens, ``(width,)``; zero where there is none."""
        if not len(self.states):
            return np.zeros(self.states.shape[1], np.float32)
        mean: Array = self.states.mean(axis=0)
        return mean


def read_sentences(text: str, lang: str | None, encoder: TokenEncoder) -> tuple[Reading, ...]:
    """Every sentence of a text, in order.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code, or ``None`` where it is unknown.
        encoder: reads all sentences in one call.

    Returns:
        One reading for each of :func:`claimcheck.text.sentences.split_sentences`.
    """
    sentences = split_sentences(text, lang)
    states = encoder.token_states([text[span.start : min(span.end, span.start + _LONGEST)] for span in sentences])
    return tuple(
        Reading(
            sentence=span,
            pieces=cut_sentence(text, Span(start=span.start, end=min(span.end, span.start + _LONGEST)), lang),
            offsets=tokens.offsets + span.start,
            states=tokens.states,
            shape=sentence_shape(text, span, (number, len(sentences)), lang),
        )
        for number, (span, tokens) in enumerate(zip(sentences, states, strict=True))
    )
