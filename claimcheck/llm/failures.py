"""What went wrong with a call of a language model, told from the exceptions of many providers' clients."""

from __future__ import annotations

import math
import re
import time
from email.utils import mktime_tz, parsedate_tz
from typing import Any, Final

from pydantic import SecretStr

from claimcheck.errors import (
    ContextOverflow,
    KeyRefused,
    LanguageModelError,
    ModelUnknown,
    ModelUnreachable,
    RateLimited,
    ReplyRefused,
    RequestRefused,
)
from claimcheck.llm.keys import without_keys

LONGEST_WAIT_S: Final = 60.0
"""A server that asks to wait longer is not waited for."""
_LONGEST_TEXT: Final = 200
_OVERFLOW: Final = re.compile(
    r"context.?(?:size|length|window)|maximum context|prompt is too long|too many (?:input )?tokens", re.IGNORECASE
)
_NO_CREDIT: Final = re.compile(r"insufficient.?(?:quota|funds|balance)|credit balance|billing", re.IGNORECASE)
_FILTERED: Final = re.compile(r"content.?(?:filter|management|policy)|flagged", re.IGNORECASE)
_STATUS_OF: Final = {
    "ModelAuthenticationError": 401,
    "ModelPermissionDeniedError": 403,
    "ModelInvalidRequestError": 400,
    "ModelNotFoundError": 404,
    "ModelRateLimitError": 429,
    "ModelAPIError": 500,
}


class CallFailed(Exception):
    """One call failed.

    Attributes:
        error: what to tell the user if it stays so.
        again: whether the same call may succeed later.
        wait_s: how long the server asks to wait, if it does.
        lost: the server may have worked, and counted tokens, for nothing.
        refused: what the server says of a request that it does not take; else empty.
    """

    def __init__(
        self,
        error: LanguageModelError,
        *,
        again: bool = False,
        wait_s: float | None = None,
        lost: bool = False,
        refused: str = "",
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again and (wait_s is None or wait_s <= LONGEST_WAIT_S)
        self.wait_s = wait_s
        self.lost = lost
        self.refused = refused


def call_failed(
    error: BaseException, server: str, key: SecretStr | None, named_in: tuple[str, str] = ("model", "base_url")
) -> CallFailed:
    """What an exception of a provider's client means.

    Clients differ in their exceptions, and any client may be in use: they are told apart by LangChain's names for them,
    by the HTTP status that they carry, and by the names of their classes, which all clients choose alike.

    Args:
        error: what the client raised.
        server: how to name the server to the user.
        key: the key in use, to be kept out of every message.
        named_in: the settings that name the model and its address.
    """
    said = _shortened(without_keys(_said(error), key))
    names = {kind.__name__ for kind in type(error).__mro__}
    status = _status(error, names)
    if status in (401, 403):  # what the server says here often repeats the key
        return CallFailed(KeyRefused(f"{server} refuses the key ({status}).", "Check the key and what it may use."))
    if "ContextOverflowError" in names or (status in (400, 413, 422) and _OVERFLOW.search(said)):
        step = "Use a model or a server with a longer context, or fewer passages_per_claim."
        return CallFailed(ContextOverflow(f"{server}: the request is too long for the model: {said}", step))
    if status == 429:
        return _rate_limited(error, server, said)
    if status is not None and (status >= 500 or status in (408, 409, 425)):
        unreachable = ModelUnreachable(f"{server} fails ({status}): {said}", "Try again later.")
        return CallFailed(unreachable, again=True, wait_s=retry_after(error))
    if status is not None and status >= 400:
        return _request_refused(status, server, said, named_in)
    if any("Timeout" in name for name in names):
        step = "Try again later, or raise llm_timeout_s."
        return CallFailed(ModelUnreachable(f"{server} did not answer in time.", step), again=True, lost=True)
    if isinstance(error, OSError) or names & {"ModelConnectionError", "APIConnectionError", "TransportError"}:
        step = f"Check that it runs, and the setting {named_in[1]!r}."
        return CallFailed(ModelUnreachable(f"{server} cannot be reached, or broke off: {said}", step), again=True)
    # A body that is cut short, is no JSON, or has no choices reaches us as whatever the client stumbled over.
    step = f"Try again later, and check that {named_in[1]!r} is the address of a language model's server."
    odd = ModelUnreachable(f"{server} answers with something else than a reply: {said}", step)
    return CallFailed(odd, again=True, lost=True)


def _request_refused(status: int, server: str, said: str, named_in: tuple[str, str]) -> CallFailed:
    step = f"Check the settings {named_in[0]!r} and {named_in[1]!r}."
    if status == 404:
        return CallFailed(ModelUnknown(f"{server} knows no such model or address: {said}", step))
    if _FILTERED.search(said):
        filtered = f"A filter in front of the model declined the request: {said}"
        return CallFailed(ReplyRefused(filtered, "Judge it yourself, or ask another model."))
    refused = said if status in (400, 422) else ""
    return CallFailed(RequestRefused(f"{server} refuses the request ({status}): {said}", step), refused=refused)


def retry_after(error: BaseException) -> float | None:
    """Seconds that a server asks to wait: its header ``retry-after-ms`` or ``retry-after`` (RFC 9110, 10.2.3)."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        stated = headers.get(name)
        if stated is None:
            continue
        try:
            seconds = float(stated) * unit
        except ValueError:
            day = parsedate_tz(stated)
            if day is None:
                continue
            seconds = mktime_tz(day) - time.time()
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _rate_limited(error: BaseException, server: str, said: str) -> CallFailed:
    if _NO_CREDIT.search(f"{said} {getattr(error, 'code', '')}"):
        return CallFailed(RateLimited(f"{server}: the account has nothing left: {said}", "Check the account."))
    wait_s = retry_after(error)
    when = f"in {wait_s:.0f} s" if wait_s else "later"
    limited = RateLimited(f"{server} takes no more calls for now: {said}", f"Try again {when}, or lower 'concurrency'.")
    return CallFailed(limited, again=True, wait_s=wait_s)


def _status(error: BaseException, names: set[str]) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int) and status >= 400:
        return status
    return next((code for name, code in _STATUS_OF.items() if name in names), None)


def _said(error: BaseException) -> str:
    body: Any = getattr(error, "body", None)
    while isinstance(body, dict):
        body = body.get("error") or body.get("message")
    return " ".join((body if isinstance(body, str) else str(error)).split()) or type(error).__name__


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
