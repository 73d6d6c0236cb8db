"""LangChain's chat models, built from the settings. Loaded only when a model is really asked: it takes seconds."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableSequence
from langsmith import tracing_context
from openai import ContentFilterFinishReasonError, LengthFinishReasonError, Timeout
from pydantic import SecretStr

from claimcheck.errors import InstallationError, SettingsError
from claimcheck.llm.keys import without_keys
from claimcheck.llm.meter import Tokens
from claimcheck.llm.prompt import Message
from claimcheck.llm.server import Server

# Ollama cuts what is longer than its context without a word, so it is told how long that must be. Each length loads the
# model anew, so there are few.
OLLAMA_CONTEXT: Final = 8192
_TOKENS_PER_BYTE: Final = 0.4  # guessed high
_CONNECT_S: Final = 10.0
_EXTRAS: Final = ("anthropic", "ollama")
_CUT: Final = frozenset(("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_context_window_exceeded"))
_REASONS: Final = ("finish_reason", "stop_reason", "done_reason")
_REFUSED: Final = frozenset(("content_filter", "refusal", "SAFETY", "guardrail_intervened"))

Asked = Runnable[Any, Any]


@dataclass(frozen=True)
class Ways:
    """What a server has been found not to take, so that it is asked in another way.

    Attributes:
        temperature: it takes one.
        token_limit: it takes ``max_tokens`` beside the newer name of the same.
        schema: it holds its replies to a JSON schema; else the schema stands in the instructions.
    """

    temperature: bool = True
    token_limit: bool = True
    schema: bool = True

    def without(self, refused: str) -> Ways | None:
        """The next way to try when a server refuses a request, if there is one.

        Args:
            refused: what the server says of it.
        """
        if self.temperature and "temperature" in refused:
            return replace(self, temperature=False)
        if self.token_limit and "max_tokens" in refused:
            return replace(self, token_limit=False)
        return replace(self, schema=False) if self.schema else None


@dataclass(frozen=True)
class Answer:
    """A model's answer; ``tokens`` is none where its server does not tell."""

    text: str
    tokens: Tokens | None
    end: Literal["whole", "cut", "refused"]


class Provider:
    """Makes calls of one model.

    Args:
        server: which model, and where.
        key: for the server; none: LangChain finds it, or none is needed.
        timeout_s: seconds to wait for an answer.
    """

    def __init__(self, server: Server, key: SecretStr | None, timeout_s: float) -> None:
        self._server = server
        self._key = key
        self._timeout_s = timeout_s
        self._guard = threading.Lock()
        self._models: dict[tuple[int, int, Ways], BaseChatModel] = {}

    def ask(self, messages: Sequence[Message], schema: dict[str, Any], reply_tokens: int, ways: Ways) -> Answer:
        """One call, without another try.

        Args:
            messages: the conversation so far.
            schema: JSON schema of the reply.
            reply_tokens: the most tokens that the reply may have.
            ways: how the server takes it.

        Raises:
            InstallationError: the provider's package is missing.
            SettingsError: the settings name no model that can be used.
            Exception: whatever the provider's client raises; see :func:`~claimcheck.llm.failures.call_failed`.
        """
        size = len(json.dumps(schema)) + sum(len(message.text.encode()) for message in messages)
        model = self._model(reply_tokens, _context(size, reply_tokens), ways)
        held = self._held(model, schema) if ways.schema else None
        turns = [(message.role, message.text) for message in messages]
        if held is None:
            role, instructions = turns[0]
            turns[0] = (role, f"{instructions}\n\nThe JSON schema of the reply:\n{json.dumps(schema)}")
        try:
            with tracing_context(enabled=False):
                return _answer(cast(AIMessage, (held or model).invoke(turns)))
        except (LengthFinishReasonError, ContentFilterFinishReasonError) as error:
            return _cut_answer(error)

    def _model(self, reply_tokens: int, context: int, ways: Ways) -> BaseChatModel:
        kind = (reply_tokens, context if self._server.provider == "ollama" else 0, ways)
        with self._guard:
            if kind not in self._models:
                self._models[kind] = self._built(*kind)
            return self._models[kind]

    def _built(self, reply_tokens: int, context: int, ways: Ways) -> BaseChatModel:
        server = self._server
        options = self._options(reply_tokens, context, ways)
        try:
            model: BaseChatModel = init_chat_model(server.model, model_provider=server.provider, cache=False, **options)
        except ImportError as error:
            extra = f"'claimcheck-newsroom[{server.provider}]'" if server.provider in _EXTRAS else "its package"
            raise InstallationError(
                f"The package that speaks to {server.provider} is not installed.", f"Install {extra} with pip: {error}"
            ) from error
        except ValueError as error:
            said = " ".join(without_keys(str(error), self._key).split())
            raise SettingsError(
                f"The model {server.name} cannot be used: {said}", "Check the setting 'model'."
            ) from None
        return model

    def _options(self, reply_tokens: int, context: int, ways: Ways) -> dict[str, Any]:
        options: dict[str, Any] = {"temperature": 0.0} if ways.temperature else {}
        if self._server.base_url is not None:
            options["base_url"] = self._server.base_url
        if self._server.provider == "ollama":
            client: dict[str, Any] = {"timeout": self._timeout_s}
            if self._key is not None:
                client["headers"] = {"Authorization": f"Bearer {self._key.get_secret_value()}"}
            return {**options, "num_predict": reply_tokens, "num_ctx": context, "client_kwargs": client}
        if self._key is not None:
            options["api_key"] = self._key
        options |= {"max_tokens": reply_tokens, "timeout": self._timeout_s, "max_retries": 0}
        if self._server.provider == "openai":
            options["timeout"] = Timeout(self._timeout_s, connect=min(_CONNECT_S, self._timeout_s))
            if self._server.base_url is not None and ways.token_limit:
                options["extra_body"] = {"max_tokens": reply_tokens}  # servers differ in which of two names they know
        return options

    def _held(self, model: BaseChatModel, schema: dict[str, Any]) -> Asked | None:
        """The model, held to the schema by its server; none where LangChain knows no way to ask for that."""
        strict = {"strict": True} if self._server.provider == "openai" else {}
        try:
            chain = model.with_structured_output(schema, method="json_schema", **strict)
        except (NotImplementedError, TypeError, ValueError):
            return None
        # Its second half parses, and would throw away what does not parse together with its count of tokens.
        return chain.first if isinstance(chain, RunnableSequence) else None


def _context(size: int, reply_tokens: int) -> int:
    context = OLLAMA_CONTEXT
    while context < size * _TOKENS_PER_BYTE + reply_tokens:
        context *= 2
    return context


def _cut_answer(error: LengthFinishReasonError | ContentFilterFinishReasonError) -> Answer:
    """What OpenAI's client raises where a reply that must fit a schema was cut has the reply in it."""
    completion = error.completion
    end: Literal["cut", "refused"] = "cut" if isinstance(error, LengthFinishReasonError) else "refused"
    if completion is None or completion.usage is None:
        return Answer("", None, end)
    told, details = completion.usage, completion.usage.prompt_tokens_details
    return Answer("", Tokens(told.prompt_tokens, told.completion_tokens, (details and details.cached_tokens) or 0), end)


def _answer(message: AIMessage) -> Answer:
    facts = message.response_metadata
    incomplete = facts.get("incomplete_details") or {}
    reason = next((facts[name] for name in _REASONS if facts.get(name)), None) or incomplete.get("reason")
    text = str(message.text)
    if not text and message.tool_calls:
        text = json.dumps(message.tool_calls[0]["args"])
    told, tokens = message.usage_metadata, None
    if told and told["input_tokens"]:
        cached = (told.get("input_token_details") or {}).get("cache_read") or 0
        tokens = Tokens(told["input_tokens"], told["output_tokens"], min(cached, told["input_tokens"]))
    blocks = message.content if isinstance(message.content, list) else []
    refusal = any(isinstance(block, dict) and block.get("type") == "refusal" for block in blocks)
    refused = refusal or reason in _REFUSED or message.additional_kwargs.get("refusal")
    return Answer(text, tokens, "refused" if refused else "cut" if reason in _CUT else "whole")
