"""The retriever's encoder: multilingual sentence vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimcheck.models import weights
from claimcheck.models.encoder import WIDTH, Encoder, load_tokenizer
from claimcheck.models.packing import BEGIN, END

_MAX_TOKENS = 256
_CLAIM_PREFIX = "query: "
_PASSAGE_PREFIX = "passage: "


@dataclass(frozen=True)
class TokenStates:
    """The tokens of one text in the context of one another.

    ``offsets`` is ``(tokens, 2)``, characters ``[start, end)`` of the text; ``states`` is ``(tokens, width)``.
    """

    offsets: NDArray[np.int64]
    states: NDArray[np.float32]


class RetrieverModel:
    """Unit vectors of claims and passages; a dot product is their cosine.

    The prefixes are those that the backbone was trained with (Wang et al. 2024, "Multilingual E5 Text Embeddings").
    """

    def __init__(self, *, threads: int = 0, batch_size: int = 32) -> None:
        self._encoder = Encoder(weights.RETRIEVER, threads=threads, batch_size=batch_size)
        self._tokenizer = load_tokenizer()
        self._batch_size = batch_size
        self.dimension = WIDTH
        self.name = f"claimcheck-retriever-{weights.weights_hash(weights.RETRIEVER)[:12]}"

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of evidence passages, in the order of ``texts``; each has ``dimension`` numbers and length 1."""
        return self._embed([_PASSAGE_PREFIX + text for text in texts])

    def embed_claims(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of claims to look up, in the order of ``texts``."""
        return self._embed([_CLAIM_PREFIX + text for text in texts])

    def token_states(self, texts: Sequence[str]) -> list[TokenStates]:
        """Hidden states of every token of each text; a text too long for one run is read in pieces."""
        prefix = self._tokenizer.encode(_PASSAGE_PREFIX, add_special_tokens=False).ids
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        room = _MAX_TOKENS - len(prefix) - 2
        pieces = [
            (number, start) for number, encoding in enumerate(encodings) for start in range(0, len(encoding.ids), room)
        ]
        sequences = [[BEGIN, *prefix, *encodings[number].ids[start : start + room], END] for number, start in pieces]
        states = [np.zeros((len(encoding.ids), self.dimension), np.float32) for encoding in encodings]
        skipped = 1 + len(prefix)
        for index, (output,) in self._encoder.run(sequences, ["states"]):
            number, start = pieces[index]
            length = len(sequences[index]) - skipped - 1
            states[number][start : start + length] = output[skipped : skipped + length]
        return [
            TokenStates(np.array(encoding.offsets, np.int64).reshape(-1, 2), state)
            for encoding, state in zip(encodings, states, strict=True)
        ]

    def _embed(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = [[]] * len(texts)
        for index, (vector,) in self._encoder.run(list(self._token_ids(texts)), ["vectors"]):
            vectors[index] = vector.tolist()
        return vectors

    def _token_ids(self, texts: list[str]) -> Iterator[list[int]]:
        for encoding in self._tokenizer.encode_batch(texts):
            ids = encoding.ids
            yield ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]
