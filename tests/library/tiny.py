"""A tiny embedder for tests: words hashed into 32 dimensions. The same text always gives the same vector."""

from __future__ import annotations

import hashlib
import math
import re


class TinyEmbedder:
    name = "tiny-1"
    dimension = 32

    def __init__(self, name: str = "tiny-1") -> None:
        self.name = name
        self.passages = 0

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        self.passages += len(texts)
        return [self._vector(text) for text in texts]

    def embed_claims(self, texts: list[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [1e-3] * self.dimension
        for word in re.findall(r"\w+", text.casefold()):
            place = hashlib.sha256(word.encode()).digest()[0] % self.dimension
            vector[place] += 1.0
        length = math.sqrt(sum(value * value for value in vector))
        return [value / length for value in vector]
