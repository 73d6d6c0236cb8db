"""Which language model the settings name, and where it runs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from claimcheck.errors import SettingsError
from claimcheck.settings import Settings

# With these, LangChain's classes go elsewhere than to the provider; what they say is said in the report.
_ADDRESS_VARIABLES: Final = {
    "openai": ("OPENAI_API_BASE", "OPENAI_BASE_URL"),
    "anthropic": ("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"),
    "ollama": ("OLLAMA_HOST",),
}
_NAMED: Final = re.compile(r"([a-z][a-z0-9_-]*):(\S.*)")


@dataclass(frozen=True)
class Server:
    """A model and its server.

    Attributes:
        provider: as LangChain names it.
        model: as the provider names it.
        base_url: address of the server; none: the provider's own.
        own: the address comes from claimcheck's settings.
    """

    provider: str
    model: str
    base_url: str | None = None
    own: bool = False

    @classmethod
    def named_by(cls, settings: Settings) -> Self:
        """The language model and server that the settings name.

        Raises:
            SettingsError: they name none, or no provider.
        """
        return cls._named(settings.model, settings.base_url, "model", "base_url")

    @classmethod
    def of_embedding(cls, settings: Settings) -> Self:
        """The model for embeddings and server that the settings name.

        Raises:
            SettingsError: they name none, or no provider.
        """
        return cls._named(settings.embedding, settings.embedding_base_url, "embedding", "embedding_base_url")

    @classmethod
    def _named(cls, name: str | None, base_url: str | None, setting: str, address: str) -> Self:
        if name is None:
            raise SettingsError("No language model is set.", f"Set {setting!r}, such as openai:NAME.")
        named = _NAMED.fullmatch(name)
        if base_url is not None:
            # Names of models have colons too: what is no provider before one is a part of the name.
            provider, model = named.groups() if named and named[1] in _ADDRESS_VARIABLES else ("openai", name)
            return cls(provider, model, base_url, own=True)
        if named is None:
            raise SettingsError(
                f"Setting {setting!r} is {name!r}, which names no provider.",
                f"Write provider:name, such as openai:NAME or ollama:NAME, or set {address!r}.",
            )
        provider, model = named.groups()
        return cls(provider, model, _address(provider))

    @property
    def name(self) -> str:
        """Provider and model, as a table of prices names them."""
        return f"{self.provider}:{self.model}"

    @property
    def keeps_no_schema(self) -> bool:
        """Whether each call may have a schema of its own; large providers prepare a schema once, and keep it."""
        return self.own or self.provider == "ollama"

    @property
    def shown(self) -> str:
        """The server in words, for messages."""
        return self.base_url or f"The server of {self.provider}"


def _address(provider: str) -> str | None:
    for variable in _ADDRESS_VARIABLES.get(provider, ()):
        if address := os.environ.get(variable):
            parts = urlsplit(address)
            if parts.username or parts.password or parts.query:
                raise SettingsError(
                    f"The address in {variable} holds a user, key or query.",
                    "Addresses stand in reports: put the key into its own variable.",
                )
            return address.rstrip("/")
    return None
