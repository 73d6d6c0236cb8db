"""The length of a library's vectors: a server may serve another model under the same name."""

from __future__ import annotations

from typing import Final

from claimcheck.errors import EmbeddingMismatch

DIMENSION: Final = "dimension"
"""Name of the fact that records it."""


def check_dimension(recorded: str | None, length: int) -> None:
    """Refuse a vector that is not as long as the library's.

    Args:
        recorded: what the library records; ``None`` where no vector was stored yet.
        length: of the vector.

    Raises:
        EmbeddingMismatch: the lengths differ.
    """
    if recorded is not None and int(recorded) != length:
        raise EmbeddingMismatch(
            f"The library holds vectors of {recorded} numbers, and the embedding model gives {length}.",
            "Have the server serve the model that made the library, or make a new library from the same files.",
        )
