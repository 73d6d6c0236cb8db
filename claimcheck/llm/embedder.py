"""Which embedder a library is opened with. What the other one needs is not loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimcheck.protocols import Embedder
    from claimcheck.settings import Settings


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of a library: the shipped retriever, unless the settings name another in ``embedding``.

    No connection is opened before the first text is embedded.

    Args:
        settings: model for embeddings, server, batches, tries.

    Raises:
        ModelError: the shipped weights are missing or damaged.
        SettingsError: the settings name no provider, or no key is set where one is needed.
    """
    if settings.embedding is not None:
        from claimcheck.llm.embeddings import ProviderEmbedder

        return ProviderEmbedder(settings)
    from claimcheck.models import load_embedder

    return load_embedder(settings)
