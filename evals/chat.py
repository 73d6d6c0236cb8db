"""Plain calls of the model that claimcheck is set to, for what is compared with it: same server, model and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from claimcheck.errors import (
    ContextOverflow,
    EvaluationError,
    LanguageModelError,
    ReplyRefused,
    RequestRefused,
    SettingsError,
)
from claimcheck.llm.failures import call_failed
from claimcheck.llm.keys import find_key
from claimcheck.llm.server import Server
from claimcheck.settings import Settings
from evals.outcomes import Used

if TYPE_CHECKING:
    from openai.types import CompletionUsage

TIMEOUT_S: Final = 900.0
"""For every system alike: on a slow machine a long reply is slow, and no system is to lose by that."""

_SEED: Final = 42
_NO_REPLY: Final = (ContextOverflow, ReplyRefused, RequestRefused)
"""What the server says of one question; anything else that fails ends the run."""
_AGAIN: Final = "What was measured is kept: run the same command again when the server answers."


@dataclass(frozen=True)
class Said:
    """A reply, and what it took; ``refused``: why the server gave none to this question."""

    text: str
    used: Used
    refused: str = ""


class Chat:
    """Asks one question at a time, at temperature 0.

    Args:
        settings: the model and its server.

    Raises:
        EvaluationError: the model is not one that an OpenAI-compatible server gives.
        SettingsError: the settings name no model that can be used.
    """

    def __init__(self, settings: Settings) -> None:
        from openai import OpenAI

        server = Server.named_by(settings)
        if server.provider != "openai":
            raise EvaluationError(
                f"{server.name} is not asked through OpenAI's interface, which the compared systems need.",
                "Name an OpenAI-compatible server with --base-url; Ollama and others have one, too.",
            )
        key = find_key(server.provider, server.base_url if server.own else None)
        if key is None:
            raise SettingsError(f"No key is set for {server.name}.", "Set CLAIMCHECK_API_KEY.")
        self._server, self._key = server, key
        self._client = OpenAI(
            api_key=key.get_secret_value(), base_url=server.base_url, timeout=TIMEOUT_S, max_retries=0
        )

    def close(self) -> None:
        """Free the connection."""
        self._client.close()

    def check(self) -> None:
        """Make sure that the server is there.

        Raises:
            EvaluationError: it cannot be reached, or refuses the key.
        """
        from openai import APIError, APIStatusError

        try:
            self._client.models.list()
        except APIStatusError as error:
            if error.status_code in (401, 403):
                raise self._ended(error) from None
        except APIError as error:
            raise self._ended(error) from None

    def ask(self, instructions: str, request: str, *, reply_tokens: int, json_mode: bool) -> Said:
        """One question.

        Args:
            instructions: as the system.
            request: as the user.
            reply_tokens: the most tokens that the reply may have.
            json_mode: hold the reply to JSON.

        Raises:
            EvaluationError: the server fails in a way that is not the question's.
        """
        from openai import OpenAIError

        more: dict[str, Any] = {"response_format": {"type": "json_object"}} if json_mode else {}
        if self._server.own:
            more["max_tokens"] = reply_tokens
        else:
            more["max_completion_tokens"] = reply_tokens
        try:
            answer = self._client.chat.completions.create(
                model=self._server.model,
                messages=[{"role": "system", "content": instructions}, {"role": "user", "content": request}],
                temperature=0.0,
                seed=_SEED,
                **more,
            )
        except OpenAIError as error:
            failed = call_failed(error, self._server.shown, self._key).error
            if isinstance(failed, _NO_REPLY):
                return Said("", Used(calls=1), failed.message)
            raise self._ended(error) from None
        text = answer.choices[0].message.content if answer.choices else None
        return Said(text or "", _used(answer.usage))

    def _ended(self, error: BaseException) -> EvaluationError:
        failed: LanguageModelError = call_failed(error, self._server.shown, self._key).error
        return EvaluationError(failed.message, _AGAIN)


def _used(told: CompletionUsage | None) -> Used:
    if told is None:
        return Used(calls=1, unmetered=1)
    details = told.prompt_tokens_details
    return Used(
        calls=1,
        prompt_tokens=told.prompt_tokens,
        cached_prompt_tokens=(details and details.cached_tokens) or 0,
        completion_tokens=told.completion_tokens,
    )
