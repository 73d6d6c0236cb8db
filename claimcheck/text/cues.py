"""Cues of wording: what a sentence's words say of plans, doubt, source, condition, and how far a thing has come."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, get_args

from claimcheck.text.wordlists import fold, read_word_list
from claimcheck.types import Rung, Span

Family = Literal[
    "plan",
    "hedge",
    "attribution",
    "conditional",
    "hypothetical",
    "cancelled",
    "negation",
    "announced",
    "memorandum",
    "funded_or_permitted",
    "contracted",
    "under_way",
    "delivered",
    "independently_verified",
]
FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
_RUNGS: Final = {rung.value: rung for rung in Rung}
_REACH: Final = 50
_FARTHEST: Final = 200
_BEGINNING: Final = re.compile(r"(?:^|[.!?:;\n“\"«„(])\s*\Z")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{4,}")
UNREAL: Final[tuple[Family, ...]] = ("plan", "hedge", "conditional", "hypothetical", "cancelled", "negation")
"""Cues that a thing is not, or not yet, or not surely so."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue of a family, at its span of the text."""

    family: Family
    span: Span


@dataclass(frozen=True, slots=True)
class _Lexicon:
    families: tuple[tuple[Family, re.Pattern[str]], ...]
    clause_end: re.Pattern[str]


@cache
def _lexicon(lang: str) -> _Lexicon | None:
    table = read_word_list("cues").get(lang)
    if table is None:
        return None
    families = tuple(
        (family, re.compile("|".join(f"(?:{pattern})" for pattern, _ in table[family]))) for family in FAMILIES
    )
    return _Lexicon(families, re.compile(table["clause_ends"]))


def find_cues(text: str, lang: str | None) -> tuple[Cue, ...]:
    """The cues of a text.

    Args:
        text: text in normal form, a sentence or a passage.
        lang: ISO 639-1 code.

    Returns:
        Cues in the order of the text; those of different families may overlap. None for a language without a list.
    """
    lexicon = _lexicon(lang or "")
    if lexicon is None:
        return ()
    folded = fold(text)
    cues = [
        Cue(family, Span(start=match.start(), end=match.end()))
        for family, pattern in lexicon.families
        for match in pattern.finditer(folded)
        if family not in ("plan", "hedge") or not _is_name(text, *match.span(), lang)
    ]
    return tuple(sorted(cues, key=lambda cue: (cue.span.start, cue.span.end)))


def _is_name(text: str, start: int, end: int, lang: str | None) -> bool:
    """Whether a cue is a name by its capital ("in May", "Will Smith"), in a text that does not capitalise all words."""
    word = text[start:end]
    if lang in ("de", "ko") or " " in word or not word[:1].isupper() or word[1:].isupper():
        return False
    if _BEGINNING.search(text, max(0, start - 4), start):
        return False
    words: list[str] = _LONG_WORD.findall(text, max(0, start - 100), end + 100)
    capitals = sum(1 for long_word in words if long_word[0].isupper())
    return 2 * capitals <= len(words)


def highest_rung(text: str, lang: str | None) -> Rung | None:
    """How far a plan has come according to one sentence's wording.

    A thing done that stands in the reach of a plan, doubt, condition or denial ("will be completed", "has not opened")
    does not count; a plan alone is as good as announced.

    Args:
        text: one sentence.
        lang: ISO 639-1 code.

    Returns:
        The highest rung, or ``None`` where the sentence speaks of none.
    """
    lexicon = _lexicon(lang or "")
    if lexicon is None:
        return None
    cues = find_cues(text, lang)
    unreal = [cue.span for cue in cues if cue.family in UNREAL]
    folded = fold(text)
    starts = [span.start for span in unreal]

    def is_real(done: Span) -> bool:
        near = unreal[bisect_left(starts, done.start - _FARTHEST) : bisect_right(starts, done.end + _REACH)]
        return not any(_governs(folded, span, done, lexicon, lang) for span in near)

    reached = [_RUNGS[cue.family] for cue in cues if cue.family in _RUNGS and is_real(cue.span)]
    if not reached and any(cue.family == "plan" for cue in cues):
        return Rung.ANNOUNCED
    return max(reached, key=lambda rung: rung.height, default=None)


def _governs(folded: str, unreal: Span, done: Span, lexicon: _Lexicon, lang: str | None) -> bool:
    """Whether ``done`` stands in the reach of ``unreal``: after it in its clause, in Korean before it."""
    if unreal.overlaps(done):
        return True
    first, second = (done, unreal) if lang == "ko" else (unreal, done)
    near = first.end <= second.start <= first.end + _REACH
    return near and lexicon.clause_end.search(folded, first.end, second.start) is None
