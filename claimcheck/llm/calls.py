"""Calls of a language model: so many at a time, tried again where that may help, metered, given up together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, stop_after_attempt, wait_random_exponential

from claimcheck.errors import (
    ClaimcheckError,
    KeyRefused,
    LanguageModelError,
    ModelUnknown,
    ModelUnreachable,
    RateLimited,
    ReplyCut,
    ReplyRefused,
    RequestRefused,
)
from claimcheck.llm.failures import CallFailed, call_failed
from claimcheck.llm.meter import Meter
from claimcheck.llm.prompt import Message
from claimcheck.llm.server import Server
from claimcheck.settings import Settings

if TYPE_CHECKING:
    from claimcheck.llm.provider import Answer, Provider, Ways

CUT_STEP: Final = "Raise the setting llm_reply_tokens; models that think first need more."
"""What to do about a reply that is longer than it may be."""

_GIVEN_UP_AFTER: Final = 3
_PAUSE_S: Final = 60.0
_BACKOFF: Final = wait_random_exponential(multiplier=0.5, max=20)


class Calls:
    """Makes the calls of one run; several threads may share it.

    Args:
        server: which model, and where.
        key: for the server.
        settings: time limit, tries, and how many calls at a time.
        meter: counts them, and refuses those that could go over a limit.
        sleep: waits some seconds between two tries.
        clock: seconds since some moment.
    """

    def __init__(
        self,
        server: Server,
        key: SecretStr | None,
        settings: Settings,
        meter: Meter,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._key = key
        self._timeout_s = settings.llm_timeout_s
        self._meter = meter
        self._pool = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="claimcheck-llm")
        self._given_up = GivenUp(clock)
        self._guard = threading.Lock()
        self._provider: Provider | None = None
        self._ways: Ways | None = None
        self._retrying = tries(settings, sleep)

    def reply(self, messages: Sequence[Message], schema: dict[str, Any], reply_tokens: int) -> str:
        """What the model answers.

        Args:
            messages: the conversation so far.
            schema: JSON schema that the answer must fit; a server that can holds the model to it.
            reply_tokens: the most tokens that the answer may have.

        Raises:
            LanguageModelError: it gives no answer, or none that is whole.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        self._given_up.check()
        try:
            answer = self._retrying(self._in_a_way_it_takes, messages, schema, reply_tokens)
        except CallFailed as failed:
            self._given_up.failed(failed.error)
            raise failed.error from None  # what the client raised may hold the key
        self._given_up.succeeded()
        if answer.end == "refused":
            raise ReplyRefused(f"{self._server.name} declined to answer.", "Judge it yourself, or ask another model.")
        if answer.end == "cut":
            raise ReplyCut(
                f"The reply of {self._server.name} was cut at {reply_tokens} tokens.",
                CUT_STEP,
            )
        return answer.text

    def close(self) -> None:
        """Make no further calls; those under way end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _in_a_way_it_takes(self, messages: Sequence[Message], schema: dict[str, Any], reply_tokens: int) -> Answer:
        provider, ways = self._opened()
        while True:
            try:
                answer = self._once(provider, messages, schema, reply_tokens, ways)
            except CallFailed as failed:
                other = ways.without(failed.refused) if failed.refused else None
                if other is None:
                    raise
                ways = other
            else:
                self._ways = ways
                return answer

    def _once(
        self, provider: Provider, messages: Sequence[Message], schema: dict[str, Any], reply_tokens: int, ways: Ways
    ) -> Answer:
        sent = sum(len(message.text.encode()) for message in messages) + len(str(schema))
        with self._meter.call(sent, reply_tokens) as call:
            # As a value, not raised: clients may raise anything at all, and nothing of ours runs in there.
            future = self._pool.submit(provider.ask, messages, schema, reply_tokens, ways)
            error = future.exception()
            if error is None:
                answer = future.result()
                call.answered(answer.tokens)
                return answer
            if isinstance(error, ClaimcheckError) or not isinstance(error, Exception):
                raise error
            failed = call_failed(error, self._server.shown, self._key)
            if failed.lost:
                call.given_up()
            raise failed

    def _opened(self) -> tuple[Provider, Ways]:
        with self._guard:
            if self._provider is None:
                turn_off_tracing()
                from claimcheck.llm.provider import Provider, Ways

                self._provider = Provider(self._server, self._key, self._timeout_s)
                self._ways = Ways()
            assert self._ways is not None
            return self._provider, self._ways


class GivenUp:
    """Whether a server is given up for now, so that a long run does not wait for it again and again.

    Args:
        clock: seconds since some moment.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._in_a_row = 0
        self._until = 0.0
        self._why: LanguageModelError | None = None

    def check(self) -> None:
        """Raise what made us give up, unless some time has passed since.

        Raises:
            LanguageModelError: the server is given up.
        """
        with self._guard:
            if self._why is not None and self._clock() < self._until:
                raise type(self._why)(self._why.message, self._why.next_step)

    def failed(self, error: LanguageModelError) -> None:
        """Note that all tries of a call failed."""
        with self._guard:
            self._in_a_row += isinstance(error, ModelUnreachable | RateLimited | RequestRefused)
            if self._in_a_row >= _GIVEN_UP_AFTER or isinstance(error, KeyRefused | ModelUnknown):
                self._why, self._until = error, self._clock() + _PAUSE_S

    def succeeded(self) -> None:
        """Note that a call brought a reply."""
        with self._guard:
            self._in_a_row, self._why = 0, None


def tries(settings: Settings, sleep: Callable[[float], None]) -> Retrying:
    """How often a call is made that fails in a way that may pass, with growing waits.

    Args:
        settings: number of further tries.
        sleep: waits some seconds between two tries.

    Returns:
        Calls a function that raises :class:`~claimcheck.llm.failures.CallFailed`; it raises the last of these.
    """
    return Retrying(
        retry=_worth_another_try,
        stop=stop_after_attempt(1 + settings.llm_retries),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )


def turn_off_tracing() -> None:
    """Keep LangSmith out, before LangChain is imported: texts go to the model's server alone."""
    # It reads this name before all others.
    os.environ |= {"LANGSMITH_TRACING_V2": "false", "LANGSMITH_GATEWAY": "false"}


def _worth_another_try(state: RetryCallState) -> bool:
    failed = state.outcome.exception() if state.outcome else None
    # A server that hangs has had its time once, and costs all of it every time.
    return isinstance(failed, CallFailed) and failed.again and (not failed.lost or state.attempt_number < 2)


def _wait(state: RetryCallState) -> float:
    failed = state.outcome.exception() if state.outcome else None
    asked = failed.wait_s if isinstance(failed, CallFailed) else None
    return _BACKOFF(state) if asked is None else asked
