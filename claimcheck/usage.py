"""What a run asked of a language model, what that came to, and what it wrote: parts of a report."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

_COST_DIGITS: Final = 12
Count = Annotated[int, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PromptUsed(_Frozen):
    """A prompt that took part: two reports whose hashes agree were asked the same thing."""

    task: str
    version: int
    sha256: str = Field(description="of the prompt's file")
    replaced: bool = Field(default=False, description="it was read from the user's folder of prompts")


class Usage(_Frozen):
    """Calls of a language model, the tokens that its server counted, and their price.

    Nothing here is an estimate: what the server did not tell is counted as ``unmetered``, and what has no known price
    has no cost.
    """

    model: str = Field(description="as named in the settings: provider:name")
    base_url: str | None = Field(default=None, description="address of the server; none: the provider's own")
    calls: Count = Field(default=0, description="requests sent, further tries and repairs included")
    failed_calls: Count = Field(default=0, description="of those, the ones that brought no reply")
    cached_replies: Count = Field(default=0, description="replies taken from those kept on disk, without a call")
    prompt_tokens: Count = 0
    cached_prompt_tokens: Count = Field(default=0, description="of those, the ones that the server had read before")
    completion_tokens: Count = 0
    unmetered: Count = Field(default=0, description="calls whose tokens the server did not tell: in no sum here")
    cost: float | None = Field(default=None, ge=0, description="US dollars; none: no price is known, or no tokens")
    priced: date | None = Field(default=None, description="the day on which the price was noted")
    prompts: tuple[PromptUsed, ...] = ()

    def since(self, earlier: Usage) -> Usage:
        """What was used after an earlier moment of the same run.

        Args:
            earlier: what had been used by then.
        """
        counts = (
            "calls",
            "failed_calls",
            "cached_replies",
            "prompt_tokens",
            "cached_prompt_tokens",
            "completion_tokens",
            "unmetered",
        )
        spent = {name: getattr(self, name) - getattr(earlier, name) for name in counts}
        cost = None if self.cost is None or earlier.cost is None else round(self.cost - earlier.cost, _COST_DIGITS)
        return self.model_copy(update={**spent, "cost": cost})

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.prompt_tokens + self.completion_tokens


class RationaleSentence(_Frozen):
    """A sentence that a language model wrote, and the citations of the verdict that it rests on, counted from 1."""

    text: str
    citations: Annotated[tuple[int, ...], Field(min_length=1)]


class Explanation(_Frozen):
    """What a language model wrote about a verdict: prose of no authority, which changes nothing in the verdict.

    What it says of evidence is held against the cited sentences, by rule and by the local verifier; what they do not
    back was cut.
    """

    model: str = Field(description="who wrote it: provider:name")
    rationale: tuple[RationaleSentence, ...] = ()
    would_settle: str | None = Field(default=None, description="the document, figure or question that is missing")
    safer_wording: str | None = Field(default=None, description="a wording that the cited sentences support")
