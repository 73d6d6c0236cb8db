"""The door to a language model: a prompt and its variables go in, a reply that fits its class or an error comes out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from pydantic import BaseModel

from claimcheck import __version__
from claimcheck.errors import LanguageModelError, ModelOffline, PriceError, PromptError, ReplyCut, ReplyUnusable
from claimcheck.llm.calls import CUT_STEP, Calls
from claimcheck.llm.kept import KeptReplies, key_of
from claimcheck.llm.keys import find_key
from claimcheck.llm.meter import Limits, Meter
from claimcheck.llm.prices import find_price
from claimcheck.llm.prompt import Message, Prompt, counts, load_prompt
from claimcheck.llm.schema import ReplyDoesNotFit, json_schema, parse_reply
from claimcheck.llm.server import Server
from claimcheck.settings import Settings
from claimcheck.usage import PromptUsed, Usage

S = TypeVar("S", bound=BaseModel)

_REPAIR: Final = (
    "Your reply could not be used. {error} Reply again with JSON only, in the form that the instructions give."
)
_NOTHING: Final = "(nothing)"
_UNUSABLE_STEP: Final = "Judge it yourself, or ask another model; llm_ask_again asks the same one once more."


@dataclass(frozen=True)
class Reply(Generic[S]):
    """A model's reply that fits its class.

    Attributes:
        value: the reply.
        prompt: what was asked.
        kept: it was taken from those kept on disk, without a call.
        repaired: the model was shown an error in its first reply.
    """

    value: S
    prompt: PromptUsed
    kept: bool = False
    repaired: bool = False


def _key_of_failure(key: str) -> str:
    """The key under which it is kept that a question brought no usable reply; another version may find it usable."""
    return key_of({"unusable": key, "version": __version__})


def open_model(settings: Settings) -> LanguageModel:
    """The language model that the settings name. No connection is opened before the first call.

    Args:
        settings: model, server, limits, and where replies and prompts lie.

    Raises:
        SettingsError: no model is named; no key is set where one is needed; a limit of cost is set without a price.
        PromptError: a prompt of the user cannot be used.
        CacheError: the folder of kept replies cannot be used.
    """
    return LanguageModel(settings)


class LanguageModel:
    """A language model behind its limits, its kept replies and its bill. Several threads may share it.

    Args:
        settings: model, server, limits, and where replies and prompts lie.
        sleep: waits some seconds between two tries.
        clock: seconds since some moment.

    Example:
        >>> with open_model(load_settings(model="openai:any", base_url="http://127.0.0.1:8080/v1")) as model:
        ...     reply = model.ask("extract", {"title": "A title", "sentences": ["The plant opened."]}, Extraction)
        ...     print(reply.value.claims[0].text, model.usage.calls)
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        server = Server.named_by(settings)
        price = find_price(server.name, settings.prices, own_server=server.base_url is not None)
        if settings.max_cost is not None and price is None:
            raise PriceError(
                f"max_cost is set, but no price of {server.name} is known.",
                "Put its price into a table of yours and name that in the setting 'prices', or set max_tokens instead.",
            )
        cost = None if settings.max_cost is None else Decimal(str(settings.max_cost))
        self._settings = settings
        self._server = server
        self._meter = Meter(price, Limits(settings.max_calls, settings.max_tokens, cost))
        # Offline, no key is looked for either: a keyring may be reached through a socket.
        key = None if settings.offline else find_key(server.provider, server.base_url if server.own else None)
        self._calls = Calls(server, key, settings, self._meter, sleep=sleep, clock=clock)
        self._kept = KeptReplies(settings.llm_cache_folder)
        self._prompts: dict[str, Prompt] = {}
        self._guard = threading.Lock()
        self._being_asked: dict[str, threading.Lock] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Make no further calls, and free the file of kept replies."""
        self._calls.close()
        self._kept.close()

    @property
    def name(self) -> str:
        """Provider and name of the model."""
        return self._server.name

    @property
    def usage(self) -> Usage:
        """Calls, tokens and cost so far, and the prompts that were asked."""
        with self._guard:
            used = tuple(self._prompts[task].used for task in sorted(self._prompts))
        return self._meter.usage(self._server.name, self._server.base_url, used)

    def ask(self, task: str, variables: Mapping[str, Any], reply: type[S]) -> Reply[S]:
        """Ask the model to do a task; the same question is asked once, and its reply kept.

        Args:
            task: name of the prompt.
            variables: a value for each variable of the prompt.
            reply: the class that its header names.

        Returns:
            The reply, checked: it has every field, and points at nothing that was not in the prompt.

        Raises:
            LanguageModelError: there is no reply, or none that can be used.
            PromptError: the prompt cannot be used, or not with these variables or this class.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        prompt = self._prompt(task, reply)
        messages = prompt.fill(variables)
        schema, limit = json_schema(reply), self._settings.llm_reply_tokens or prompt.header.reply_tokens
        key = key_of(
            {
                "prompt": prompt.sha256,
                "messages": [(message.role, message.text) for message in messages],
                "model": self._server.name,
                "base_url": self._server.base_url,
                "reply_tokens": limit,
                "schema": schema,
            }
        )
        context = counts(prompt, variables)
        with self._asking(key):
            if (kept := self._kept_reply(key, reply, context)) is not None:
                self._meter.reply_was_kept()
                return Reply(kept, prompt.used, kept=True)
            self._raise_kept(key)
            if self._settings.offline:
                raise ModelOffline(
                    f"{self._server.name} would have to be asked, but 'offline' is set.",
                    "Unset it, or use the local verifier.",
                )
            numbered = json_schema(reply, context) if self._server.keeps_no_schema else schema
            try:
                value, repaired = self._asked(messages, reply, numbered, limit, context)
            except ReplyUnusable as error:
                self._kept.keep(_key_of_failure(key), json.dumps([isinstance(error, ReplyCut), error.message]))
                raise
            self._kept.keep(key, value.model_dump_json())
            return Reply(value, prompt.used, repaired=repaired)

    def ask_many(
        self, task: str, many: Iterable[Mapping[str, Any]], reply: type[S]
    ) -> Iterator[Reply[S] | LanguageModelError]:
        """Ask the same task of many things at a time.

        Args:
            task: name of the prompt.
            many: variables of each question.
            reply: the class that the prompt's header names.

        Yields:
            In the order of the questions, each reply, or why there is none.

        Raises:
            PromptError: as for :meth:`ask`.
            SettingsError: as for :meth:`ask`.
            InstallationError: as for :meth:`ask`.
        """

        def one(variables: Mapping[str, Any]) -> Reply[S] | LanguageModelError:
            try:
                return self.ask(task, variables, reply)
            except LanguageModelError as error:
                return error

        pool = ThreadPoolExecutor(self._settings.concurrency, thread_name_prefix="claimcheck-ask")
        try:
            yield from pool.map(one, many)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _asked(
        self,
        messages: tuple[Message, ...],
        reply: type[S],
        schema: dict[str, Any],
        limit: int,
        context: Mapping[str, int],
    ) -> tuple[S, bool]:
        text = self._calls.reply(messages, schema, limit)
        try:
            return parse_reply(text, reply, context), False
        except ReplyDoesNotFit as error:
            wrong = Message("user", _REPAIR.format(error=error))
        again = (*messages, Message("assistant", text.strip() or _NOTHING), wrong)
        text = self._calls.reply(again, schema, limit)
        try:
            return parse_reply(text, reply, context), True
        except ReplyDoesNotFit as error:
            raise ReplyUnusable(
                f"The reply of {self._server.name} cannot be used, also after one repair: {error}",
                _UNUSABLE_STEP,
            ) from None

    def _kept_reply(self, key: str, reply: type[S], context: Mapping[str, int]) -> S | None:
        kept = self._kept.get(key)
        try:
            return None if kept is None else parse_reply(kept, reply, context)
        except ReplyDoesNotFit:  # kept by a version that checked less
            return None

    def _raise_kept(self, key: str) -> None:
        """Raise the error that a question led to before: at temperature 0 it would only be paid for again."""
        kept = None if self._settings.llm_ask_again else self._kept.get(_key_of_failure(key))
        if kept is not None:
            self._meter.reply_was_kept()
            cut, message = json.loads(kept)
            raise ReplyCut(message, CUT_STEP) if cut else ReplyUnusable(message, _UNUSABLE_STEP)

    def _prompt(self, task: str, reply: type[BaseModel]) -> Prompt:
        with self._guard:
            if task not in self._prompts:
                self._prompts[task] = load_prompt(task, self._settings.prompts)
            prompt = self._prompts[task]
        if prompt.header.reply != reply.__name__:
            raise PromptError(
                f"{prompt.path}: wants replies of the schema {prompt.header.reply!r}, not {reply.__name__!r}.",
                "Keep the schema of the prompt that it replaces.",
            )
        return prompt

    @contextmanager
    def _asking(self, key: str) -> Iterator[None]:
        """The same question, asked by two threads at a time, is asked once: the second finds the kept reply."""
        with self._guard:
            lock = self._being_asked.setdefault(key, threading.Lock())
        try:
            with lock:
                yield
        finally:
            with self._guard:
                self._being_asked.pop(key, None)
