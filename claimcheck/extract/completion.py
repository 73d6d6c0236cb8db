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

from claimcheck.extract.attribution import QUOTES, saying
from claimcheck.extract.mentions import Mention
from claimcheck.extract.pieces import read_rules
from claimcheck.text.dates import date_spans
from claimcheck.types import Span

_WORD: Final = re.compile(r"\w+(?:[-'’]\w+)*")
_LAST: Final = re.compile(r"(\w+)[\s,;:–—-]*\Z")
_STOP: Final = re.compile(r"[;.!?“”\"«»„–—]\s*\Z")
_ARTICLE_AND_NAME: Final = 18
"""Characters within which a name must begin for a clause to open with it: "the Peruvian Air Force"."""
_WHOLE_FROM: Final = 6
"""Words from which a clause after a conjunction may be whole."""
_MOST_OF_A_DATE: Final = 5
"""Words up to which the beginning of a sentence may be a date and no more."""
_KOREAN_SUBJECT: Final = re.compile(r"[\w)](?:은|는|이|가|에서)(?<![있없하되않받오가보나지주]는)(?=\s)")


@dataclass(frozen=True)
class _Words:
    dangling: frozenset[str]
    leaning: frozenset[str]
    joining: frozenset[str]
    subject: frozenset[str]
    pronouns: frozenset[str]


@cache
def _words(lang: str | None) -> _Words | None:
    table = read_rules("completion").get(lang or "")
    if table is None:
        return None
    return _Words(
        *(frozenset(table[name].split()) for name in ("dangling", "leaning", "joining", "subject", "pronouns"))
    )


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
    if words is None and lang != "ko":
        return claim
    for earlier in range(number, -1, -1):
        if words is None:
            whole = _is_whole_korean(text, claims[earlier], sentence)
        else:
            first = earlier == 0
            whole = _is_said(text, claims[earlier], sentence, lang) or (
                _is_whole(text, claims[earlier], sentence, words, mentions, is_first=first)
                and not (first and _hangs(text, claims[earlier], sentence, words, lang))
            )
        if whole:
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


def _is_said(text: str, claim: Span, sentence: Span, lang: str | None) -> bool:
    """Whether a verb of saying stands right before the claim, with its conjunction if it needs one."""
    rules = saying(lang)
    before = text[sentence.start : claim.start].rstrip(" ,")
    ends = rules is not None and any(match.end() == len(before) for match in rules.says.finditer(before))
    words, opening = _words(lang), _WORD.match(text, claim.start, claim.end)
    return ends and words is not None and opening is not None and opening.group().lower() not in words.leaning


def _hangs(text: str, claim: Span, sentence: Span, words: _Words, lang: str | None) -> bool:
    """Whether the first claim of a sentence lacks its date, or begins with what its subject is or does."""
    before, opening = text[sentence.start : claim.start], _WORD.findall(claim.of(text))
    joints = _WORD.findall(before)
    if not joints or not opening or _STOP.search(before) or opening[0].lower() in words.pronouns:
        return False
    rules = saying(lang)
    if rules is None or rules.any_verb.search(before) or rules.source.match(before):
        return False
    if len(joints) <= _MOST_OF_A_DATE and date_spans(before, lang):
        return True
    if not opening[0].islower() or opening[0] in words.subject:
        return False
    return before.rstrip().endswith(",") or (len(joints) > 1 and joints[-1].lower() in words.joining)


def _is_whole_korean(text: str, claim: Span, sentence: Span) -> bool:
    before = text[sentence.start : claim.start]
    if not before.strip() or _KOREAN_SUBJECT.search(claim.of(text)) or any(mark in before for mark in QUOTES):
        return True
    rules = saying("ko")
    return rules is not None and rules.source.search(before) is not None
