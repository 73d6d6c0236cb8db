"""The shipped models, and how they are loaded and run: no network, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimcheck.models.retriever import RetrieverModel
    from claimcheck.models.verifier import VerifierModel
    from claimcheck.settings import Settings

__all__ = ["load_embedder", "load_verifier"]


def load_embedder(settings: Settings) -> RetrieverModel:
    """The retriever's encoder.

    Raises:
        ModelError: its weights are missing or damaged.
    """
    from claimcheck.models.retriever import RetrieverModel

    return RetrieverModel(threads=settings.threads, batch_size=settings.batch_size)


def load_verifier(settings: Settings) -> VerifierModel:
    """The verifier.

    Raises:
        ModelError: its weights are missing or damaged.
    """
    from claimcheck.models.verifier import VerifierModel

    return VerifierModel(threads=settings.threads, batch_size=settings.batch_size)
