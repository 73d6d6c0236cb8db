"""Finds the key of a language model's server, and keeps keys out of what is said."""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from claimcheck.errors import KeyMissing
from claimcheck.settings import KEY_VARIABLE

KEYRING_SERVICE: Final = "claimcheck"
# Providers whose key is handed over here. LangChain's classes for others find theirs in the environment themselves.
_PROVIDERS: Final = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_NO_KEY: Final = "none"
_SECRET_NAME: Final = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)\Z")
_LOOKS_LIKE_A_KEY: Final = re.compile(r"\b(?:sk|pk|rk|gsk|xai)-[\w*-]{6,}|\bBearer\s+\S+")
_SHORTEST: Final = 6


def find_key(provider: str, base_url: str | None, variable: str = KEY_VARIABLE) -> SecretStr | None:
    """The key to hand to a provider's client.

    A key meant for a provider is never sent to a server that ``base_url`` names: that gets the one in ``variable``, or
    in the keyring under the server's name, and most such servers want none.

    Args:
        provider: as LangChain names it.
        base_url: the server that the settings name, if they do.
        variable: of the environment, with a key that goes before all others.

    Returns:
        The key; ``None`` if the provider's client finds its own, or needs none.

    Raises:
        KeyMissing: the provider wants a key, and none is set.
    """
    if key := os.environ.get(variable):
        return SecretStr(key)
    if base_url is not None:
        host = urlsplit(base_url).hostname or base_url
        kept = _in_keyring(host)
        return kept or (SecretStr(_NO_KEY) if provider in _PROVIDERS else None)
    providers_own = _PROVIDERS.get(provider)
    if providers_own is None:
        return _in_keyring(provider)
    if key := os.environ.get(providers_own):
        return SecretStr(key)
    if kept := _in_keyring(provider):
        return kept
    raise KeyMissing(
        f"No key is set for {provider}.",
        f"Set the environment variable {providers_own} or {variable}, or keep it in the system's keyring: "
        f"`pip install 'claimcheck-newsroom[keyring]'`, then `keyring set {KEYRING_SERVICE} {provider}`.",
    )


def without_keys(text: str, key: SecretStr | None = None) -> str:
    """Text from a server or a client with every key in it blotted out.

    Args:
        text: what was said; a server may repeat what it was sent.
        key: the key in use.
    """
    secrets = [value for name, value in os.environ.items() if _SECRET_NAME.search(name.upper())]
    if key is not None:
        secrets.append(key.get_secret_value())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, "[key]")
    return _LOOKS_LIKE_A_KEY.sub("[key]", text)


def _in_keyring(name: str) -> SecretStr | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:  # it comes with an extra
        return None
    try:
        key = keyring.get_password(KEYRING_SERVICE, name)
    except KeyringError:  # no keyring on this system, or it stays locked
        return None
    return SecretStr(key) if key else None
