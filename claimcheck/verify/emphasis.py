"""Words that press a claim without changing what it says.

"has already opened" and "has opened" are true of the same world, yet writers who overclaim press more, and a verifier
that has seen many of them takes the word itself for a sign. It is asked about the claim without it.
"""

from __future__ import annotations

import re
from typing import Final

_PRESSING: Final = {
    "en": r"(?<!not )(?<!n't )\balready ",
    "es": r"\bya (?!no\b|que\b|sea\b)",
    "fr": r"(?<!pas )\bdéjà ",
    "de": r"(?<!nicht )\b(?:bereits|schon) ",
    "pt": r"\bjá (?!não\b|que\b)",
    "ko": r"\b이미 ",
}
_PATTERNS: Final = {lang: re.compile(pattern) for lang, pattern in _PRESSING.items()}


def without_emphasis(text: str, lang: str | None) -> str:
    """The claim without "already" and its like.

    Args:
        text: the claim.
        lang: its language; one without a pattern leaves the claim as it is.
    """
    pattern = _PATTERNS.get(lang or "")
    return pattern.sub("", text) if pattern else text
