"""Counts calls, tokens and cost, and stops a run before the call that could go over a limit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from claimcheck.errors import BudgetSpent
from claimcheck.llm.prices import Price
from claimcheck.usage import PromptUsed, Usage

# Prose in any script takes fewer tokens for a byte of UTF-8 (English about 0.25); where a server counts more, it is
# taken at its word from then on.
_TOKENS_PER_BYTE: Final = 0.4
_MARGIN: Final = 1.1
_STEP: Final = "Raise it, or unset it. Replies so far are kept: a new run asks only for what is missing."


@dataclass(frozen=True)
class Tokens:
    """Tokens of one reply, as the server counts them."""

    prompt: int
    completion: int
    cached_prompt: int = 0


@dataclass(frozen=True)
class Limits:
    """The most that a run may use; ``None`` sets no limit."""

    calls: int | None = None
    tokens: int | None = None
    cost: Decimal | None = None


@dataclass(eq=False)
class Call:
    """One call under way, with the most that it may use. Whoever makes it says what became of it."""

    prompt_bytes: int
    tokens: int
    cost: Decimal
    replied: bool = False
    told: Tokens | None = None
    unsure: bool = False

    def answered(self, told: Tokens | None) -> None:
        """A reply came; ``None``: its server does not tell how many tokens it took."""
        self.replied, self.told, self.unsure = True, told, told is None

    def given_up(self) -> None:
        """No reply came in time; the server may have counted tokens all the same."""
        self.unsure = True


class Meter:
    """What one run has used, and what it may use; several threads may share it.

    Args:
        price: of the model, if known.
        limits: the most that the run may use; a limit of cost needs a price.
    """

    def __init__(self, price: Price | None, limits: Limits) -> None:
        if limits.cost is not None and price is None:
            raise ValueError("a limit of cost needs a price")
        self._price = price
        self._limits = limits
        self._change = threading.Condition()
        self._under_way: list[Call] = []
        self._rate = _TOKENS_PER_BYTE
        self._calls = self._failed = self._cached_replies = self._unmetered = 0
        self._prompt = self._cached_prompt = self._completion = 0
        self._charged_tokens, self._charged_cost = 0, Decimal(0)

    @contextmanager
    def call(self, prompt_bytes: int, reply_tokens: int) -> Iterator[Call]:
        """A call, let through if the limits allow for the most that it may use.

        While others are under way that may use less than they might, it waits for them rather than be refused.

        Args:
            prompt_bytes: length of all that is sent, in bytes of UTF-8.
            reply_tokens: the most tokens that the reply may have.

        Raises:
            BudgetSpent: the call could go over a limit.
        """
        call = self._let_through(prompt_bytes, reply_tokens)
        try:
            yield call
        finally:
            with self._change:
                self._under_way.remove(call)
                self._charge(call)
                self._change.notify_all()

    def reply_was_kept(self) -> None:
        """Count a reply that was taken from those on disk."""
        with self._change:
            self._cached_replies += 1

    def usage(self, model: str, base_url: str | None, prompts: tuple[PromptUsed, ...]) -> Usage:
        """What was used so far, for a report."""
        with self._change:
            told = (self._prompt, self._completion, self._cached_prompt)
            return Usage(
                model=model,
                base_url=base_url,
                calls=self._calls,
                failed_calls=self._failed,
                cached_replies=self._cached_replies,
                prompt_tokens=self._prompt,
                cached_prompt_tokens=self._cached_prompt,
                completion_tokens=self._completion,
                unmetered=self._unmetered,
                cost=None if self._price is None else float(self._price.cost(*told)),
                priced=None if self._price is None else self._price.noted,
                prompts=prompts,
            )

    def _let_through(self, prompt_bytes: int, reply_tokens: int) -> Call:
        with self._change:
            while True:
                prompt = int(prompt_bytes * self._rate) + 1
                cost = Decimal(0) if self._price is None else self._price.cost(prompt, reply_tokens)
                call = Call(prompt_bytes, prompt + reply_tokens, cost)
                if refusal := self._refusal([call]):
                    raise BudgetSpent(refusal, _STEP)
                if self._refusal([call, *self._under_way]) is None:
                    break
                self._change.wait()
            self._under_way.append(call)
            self._calls += 1
            return call

    def _refusal(self, calls: list[Call]) -> str | None:
        """The limit, if any, that one more call could go over; ``calls``: it, and those whose use is not known yet."""
        limits = self._limits
        if limits.calls is not None and self._calls >= limits.calls:
            return f"The limit of {limits.calls} calls (max_calls) is reached."
        if limits.tokens is not None and self._charged_tokens + sum(c.tokens for c in calls) > limits.tokens:
            return f"The next call could go over the limit of {limits.tokens} tokens (max_tokens)."
        if limits.cost is not None and self._charged_cost + sum(c.cost for c in calls) > limits.cost:
            return f"The next call could go over the limit of {limits.cost} US dollars (max_cost)."
        return None

    def _charge(self, call: Call) -> None:
        self._failed += not call.replied
        self._unmetered += call.unsure
        if call.told is not None:
            told = call.told
            self._prompt += told.prompt
            self._completion += told.completion
            self._cached_prompt += told.cached_prompt
            self._charged_tokens += told.prompt + told.completion
            if self._price is not None:
                self._charged_cost += self._price.cost(told.prompt, told.completion, told.cached_prompt)
            self._rate = max(self._rate, _MARGIN * told.prompt / call.prompt_bytes)
        elif call.unsure:
            self._charged_tokens += call.tokens
            self._charged_cost += call.cost
