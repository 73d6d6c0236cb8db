"""The retriever's encoder: multilingual sentence vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from claimcheck.models import weights
from claimcheck.models.encoder import WIDTH, Encoder, load_tokenizer

_MAX_TOKENS = 256
_CLAIM_PREFIX = "query: "
_PASSAGE_PREFIX = "passage: "


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

    def _embed(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = [[]] * len(texts)
        for index, (vector,) in self._encoder.run(list(self._token_ids(texts))):
            vectors[index] = vector.tolist()
        return vectors

    def _token_ids(self, texts: list[str]) -> Iterator[list[int]]:
        for encoding in self._tokenizer.encode_batch(texts):
            ids = encoding.ids
            yield ids if len(ids) <= _MAX_TOKENS else [*ids[: _MAX_TOKENS - 1], ids[-1]]
