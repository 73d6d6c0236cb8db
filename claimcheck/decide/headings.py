"""Which sentences are headings: lines by themselves that no stop ends."""

from __future__ import annotations

import re
from typing import Final

from claimcheck.types import Span

_STOPPED: Final = re.compile(r"[.!?;:,。！？؟।…][\"'”’»」』)\]*_]*\Z")
_MARKED: Final = re.compile(r"#{1,6}\s")
_BEFORE: Final = re.compile(r"(?:\A|\n)[^\S\n]*(?:#{1,6}\s+)?\Z")
_AFTER: Final = re.compile(r"[\s#*_]*?(?:\n|\Z)")


def is_heading(text: str, sentence: Span) -> bool:
    """Whether a sentence is a heading: a line of its own without a stop, or one that Markdown marks as a heading.

    Args:
        text: the text that holds the sentence.
        sentence: its span.
    """
    own = sentence.of(text).strip()
    if not own or "\n" in own:
        return False
    alone = _BEFORE.search(text, max(0, sentence.start - 20), sentence.start) is not None
    if not alone or _AFTER.match(text, sentence.end) is None:
        return False
    return _MARKED.match(own) is not None or (own[0].isalnum() and _STOPPED.search(own) is None)
