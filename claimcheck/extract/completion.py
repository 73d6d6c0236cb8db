"""A clause that is none by itself is given the part of its sentence that it leans on.

"a 3,400-ton frigate", cut from a list, says nothing; the sentence up to there does. Nothing is added that the sentence
does not say, and nothing that it says after the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from claimcheck.extract.mentions import Mention
from claimcheck.extract.pieces import read_rules
from claimcheck.types import Span

_WORD: Final = re.compile(r"\w+(?:[-'’]\w+)*")
_LAST: Final = re.compile(r"(\w+)[\s,;:–—-]*\Z")
_STOP: Final = re.compile(r"[;.!?“”\"«»„–—]\s*\Z")
_ARTICLE_AND_NAME: Final = 18
"""Characters within which a name must begin for a clause to open with it: "the Peruvian Air Force"."""
_WHOLE_FROM: Final = 6
"""Words from which a clause after a conjunction may be whole."""


@dataclass(frozen=True)
class _Words:
    dangling: frozenset[str]
    leaning: frozenset[str]
    joining: frozenset[str]
    subject: frozenset[str]


@cache
def _words(lang: str | None) -> _Words | None:
    table = read_rules("completion").get(lang or "")
    if table is None:
        return None
    return _Words(*(frozenset(table[name].split()) for name in ("dangling", "leaning", "joining", "subject")))


def without_dangling(text: str, claim: Span, lang: str | None) -> Span:
    """The claim without the words at its end that point on to what follows it.

    Args:
        text: the document's text.
        claim: the claim's span.
        lang: ISO 639-1 code.

    Returns:
        A span with the same start; the claim's own where nothing would be left.
    """
    words = _words(lang)
    if words is None:
        return claim
    end = claim.end
    while (match := _LAST.search(text[claim.start : end])) and match.group(1).lower() in words.dangling:
        end = claim.start + len(text[claim.start : claim.start + match.start()].rstrip(" ,;:–—-"))
    return Span(start=claim.start, end=end) if end > claim.start else claim


def standing_span(
    text: str, claims: Sequence[Span], number: int, sentence: Span, lang: str | None, mentions: Sequence[Mention]
) -> Span:
    """The stretch of the sentence that says what the claim says and stands alone.

    Args:
        text: the document's text.
        claims: the claims of the sentence, in order.
        number: which of them.
        sentence: the sentence.
        lang: ISO 639-1 code.
        mentions: the names of the document.

    Returns:
        The claim's own span where it is whole; else from where the nearest whole claim before it begins to its end.
    """
    words, claim = _words(lang), claims[number]
    if words is None:
        return claim
    for earlier in range(number, -1, -1):
        if _is_whole(text, claims[earlier], sentence, words, mentions, is_first=earlier == 0):
            return Span(start=claims[earlier].start, end=claim.end)
    return Span(start=sentence.start, end=claim.end)


def _is_whole(
    text: str, claim: Span, sentence: Span, words: _Words, mentions: Sequence[Mention], *, is_first: bool
) -> bool:
    before, own = text[sentence.start : claim.start], _WORD.findall(claim.of(text))
    if not before.strip() or not own or _STOP.search(before):
        return True
    if own[0].lower() in words.leaning:
        return False
    if is_first:
        return True
    opening = Span(start=claim.start, end=min(claim.end, claim.start + _ARTICLE_AND_NAME))
    names_subject = any(m.span.start < opening.end and m.span.end > opening.start for m in mentions)
    joined = before.rstrip().endswith(":") or _WORD.findall(before)[-1].lower() in words.joining
    determined = joined and own[0].lower() in words.subject
    return not own[0][0].isdigit() and (names_subject or determined) and len(own) >= _WHOLE_FROM
