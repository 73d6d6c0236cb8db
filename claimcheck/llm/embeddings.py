"""Vectors by a provider: any LangChain embeddings, in batches, tried again, and never offline."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from pydantic import FiniteFloat, TypeAdapter, ValidationError

from claimcheck.errors import (
    ClaimcheckError,
    InstallationError,
    ModelOffline,
    ModelUnreachable,
    SettingsError,
)
from claimcheck.llm.calls import GivenUp, tries, turn_off_tracing
from claimcheck.llm.failures import CallFailed, call_failed
from claimcheck.llm.kept import KeptReplies, key_of
from claimcheck.llm.keys import find_key, without_keys
from claimcheck.llm.server import Server
from claimcheck.settings import EMBEDDING_KEY_VARIABLE, Settings

if TYPE_CHECKING:
    import numpy as np
    from langchain_core.embeddings import Embeddings
    from numpy.typing import NDArray
    from pydantic import SecretStr

_NAMED_IN: Final = ("embedding", "embedding_base_url")
_ALIKE: Final = frozenset(("openai", "azure_openai", "ollama", "mistralai"))
"""Providers that embed what is looked up just as what is found; others are asked in their own way, one by one."""
_EXTRAS: Final = ("ollama",)

Vectors = list[list[float]]
_VECTORS: Final = TypeAdapter(list[list[FiniteFloat]])


class ProviderEmbedder:
    """Unit vectors by a provider's model; several threads may share it.

    Vectors of claims are kept on disk with the replies of language models, so that a second run makes no call; those of
    passages are kept in the library. Calls are not in the bill of a run: LangChain does not tell their tokens.

    Args:
        settings: model for embeddings, server, tries, calls at a time, and where vectors of claims are kept.
        sleep: waits some seconds between two tries.
        clock: seconds since some moment.

    Raises:
        SettingsError: the settings name no provider, or no key is set where one is needed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._server = Server.of_embedding(settings)
        own = self._server.base_url if self._server.own else None
        # Offline, no key is looked for either: a keyring may be reached through a socket.
        self._key = None if settings.offline else find_key(self._server.provider, own, EMBEDDING_KEY_VARIABLE)
        self._tries = tries(settings, sleep)
        self._given_up = GivenUp(clock)
        self._guard = threading.Lock()
        self._client: Embeddings | None = None

    @property
    def name(self) -> str:
        """Provider and name of the model; a library is bound to it."""
        return self._server.name

    @property
    def dimension(self) -> int:
        """Length of a vector, found by embedding a word.

        Raises:
            LanguageModelError: the server gives no vector.
        """
        return len(self.embed_claims(["evidence"])[0])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of evidence passages, in the order of ``texts``.

        Raises:
            LanguageModelError: the server gives no vectors, after all tries.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        vectors: Vectors = self._embedded(texts, "passages").tolist()
        return vectors

    def embed_claims(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of claims to look up, in the order of ``texts``; one that is kept is not asked for.

        Raises:
            LanguageModelError: as for :meth:`embed_passages`; also if the kept vectors cannot be used.
            SettingsError: as for :meth:`embed_passages`.
            InstallationError: as for :meth:`embed_passages`.
        """
        keys = [key_of({"embedding": self.name, "at": self._server.base_url, "claim": text}) for text in texts]
        with closing(KeptReplies(self._settings.llm_cache_folder)) as kept:
            found = {key: vector for key in keys if (vector := kept.get(key)) is not None}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
            if missing:
                for key, vector in zip(missing, self._embedded(list(missing.values()), "claims"), strict=True):
                    found[key] = base64.b64encode(vector.tobytes()).decode()
                    kept.keep(key, found[key])
        return [_unpacked(found[key]) for key in keys]

    def _embedded(self, texts: Sequence[str], what: str) -> NDArray[np.float32]:
        """One row for each text."""
        import numpy as np

        if self._settings.offline:
            raise ModelOffline(
                f"{self.name} would have to be asked for vectors, but 'offline' is set.",
                "Unset it, or use a library made with the embedding model that comes with claimcheck.",
            )
        size = self._settings.batch_size if what == "passages" or self._server.provider in _ALIKE else 1
        batches = [list(texts[start : start + size]) for start in range(0, len(texts), size)]
        with ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="claimcheck-embed") as pool:
            rows = list(pool.map(lambda batch: self._batch(batch, what), batches))
        if len({row.shape[1] for row in rows}) > 1:
            raise self._odd("vectors of several lengths")
        return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)

    def _batch(self, texts: list[str], what: str) -> NDArray[np.float32]:
        self._given_up.check()
        try:
            vectors = self._tries(self._once, texts, what)
        except CallFailed as failed:
            self._given_up.failed(failed.error)
            raise failed.error from None  # what the client raised may hold the key
        self._given_up.succeeded()
        return self._unit(vectors, len(texts))

    def _once(self, texts: list[str], what: str) -> Any:
        client = self._opened()

        def ask() -> Any:
            if what == "claims" and self._server.provider not in _ALIKE:
                return [client.embed_query(text) for text in texts]
            return client.embed_documents(texts)

        # As a value, not raised: clients may raise anything at all, and nothing of ours runs in there.
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(ask)
            error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, ClaimcheckError) or not isinstance(error, Exception):
            raise error
        raise call_failed(error, self._server.shown, self._key, _NAMED_IN)

    def _unit(self, answer: Any, count: int) -> NDArray[np.float32]:
        import numpy as np

        try:
            vectors = _VECTORS.validate_python(answer)
        except ValidationError:
            raise self._odd("something else than vectors") from None
        lengths = {len(vector) for vector in vectors}
        if len(vectors) != count or len(lengths) != 1 or lengths == {0}:
            raise self._odd(f"{len(vectors)} vectors of {sorted(lengths)} numbers for {count} texts")
        rows = np.asarray(vectors, dtype=np.float64)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        if not norms.all():
            raise self._odd("vectors without a direction")
        unit: NDArray[np.float32] = (rows / norms).astype(np.float32)
        return unit

    def _odd(self, what: str) -> ModelUnreachable:
        step = f"Check that {_NAMED_IN[0]!r} names a model for embeddings, and {_NAMED_IN[1]!r} its server."
        return ModelUnreachable(f"{self._server.shown} answers with {what}.", step)

    def _opened(self) -> Embeddings:
        with self._guard:
            if self._client is None:
                turn_off_tracing()
                self._client = _client(self._server, self._key, self._settings)
            return self._client


def _unpacked(vector: str) -> list[float]:
    import numpy as np

    numbers: list[float] = np.frombuffer(base64.b64decode(vector), dtype=np.float32).tolist()
    return numbers


def _client(server: Server, key: SecretStr | None, settings: Settings) -> Embeddings:
    from langchain.embeddings import init_embeddings

    try:
        client: Any = init_embeddings(server.model, provider=server.provider, **_options(server, key, settings))
    except ImportError as error:
        extra = f"'claimcheck-newsroom[{server.provider}]'" if server.provider in _EXTRAS else "its package"
        raise InstallationError(
            f"The package that speaks to {server.provider} is not installed.", f"Install {extra} with pip: {error}"
        ) from error
    except ValueError as error:
        said = " ".join(without_keys(str(error), key).split())
        raise SettingsError(
            f"The model {server.name} cannot be used for embeddings: {said}", "Check the setting 'embedding'."
        ) from None
    opened: Embeddings = client
    return opened


def _options(server: Server, key: SecretStr | None, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {} if server.base_url is None else {"base_url": server.base_url}
    if server.provider == "ollama":
        client: dict[str, Any] = {"timeout": settings.llm_timeout_s}
        if key is not None:
            client["headers"] = {"Authorization": f"Bearer {key.get_secret_value()}"}
        return {**options, "client_kwargs": client}
    if key is not None:
        options["api_key"] = key
    if server.provider != "openai":
        return options
    if server.own:
        options["model_kwargs"] = {"encoding_format": "float"}  # not all servers know the packed form
    # It would count tokens first, with a table that it fetches from the network.
    return {
        **options,
        "check_embedding_ctx_length": False,
        "chunk_size": settings.batch_size,
        "timeout": settings.llm_timeout_s,
        "max_retries": 0,
    }
