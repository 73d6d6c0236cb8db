"""Whether the words that a model gave a claim stand in the sentences that it took them from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from claimcheck.text.cues import UNREAL, Family, find_cues
from claimcheck.text.dates import date_spans, find_dates
from claimcheck.text.differences import find_differences
from claimcheck.text.names import find_names
from claimcheck.text.numerals import find_numerals
from claimcheck.text.wordlists import fold, function_words

MOODS: Final[frozenset[Family]] = frozenset(UNREAL)
"""Cues that change whether a thing is so; a claim may neither win nor lose one."""

_WORD: Final = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)*")
_BRACKETED: Final = re.compile(r"\[[^\[\]]*\]")
_UNCASED_BIGRAMS: Final = 0.7
_STEM: Final = 4
_ENDING: Final = 3
_OWN_WORDS: Final = 0.6
_OF_ITS_SENTENCE: Final = 0.5


@dataclass(frozen=True)
class Invented:
    """Something of a claim that its sentences do not have."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.what!r} is not in the draft's sentences"


def outside_brackets(text: str) -> str:
    """A claim's text without the words that were inferred."""
    return " ".join(_BRACKETED.sub(" ", text).split())


def find_invented(text: str, sources: Iterable[str], lang: str | None) -> Invented | None:
    """The first number, date, name, mood or wording of a claim that its sentences do not have.

    Args:
        text: the claim in words that stand alone, in normal form; inferred words in ``[brackets]``.
        sources: the sentences that it was made from, in normal form.
        lang: ISO 639-1 code of the draft.

    Returns:
        What was not there, or ``None`` where all of it was. Relative dates are compared by their words.
    """
    together = "\n".join(sources)
    return (
        _number(text, together, lang)
        or _date(text, together, lang)
        or _name(text, together, lang)
        or _mood(text, together, lang)
        or _wording(text, together, lang)
    )


def is_stated_by(text: str, sentence: str, lang: str | None) -> bool:
    """Whether a claim is that of one sentence, others having only lent it names.

    Args:
        text: the claim; words in ``[brackets]`` may come from elsewhere.
        sentence: the sentence that is said to state it, in normal form.
        lang: ISO 639-1 code of the draft.
    """
    return _share_there(outside_brackets(text), sentence, lang) >= _OF_ITS_SENTENCE


def moods_of(text: str, lang: str | None) -> frozenset[Family]:
    """Which cues that change whether a thing is so a text has."""
    return frozenset(cue.family for cue in find_cues(text, lang) if cue.family in MOODS)


def content_words(text: str, lang: str | None) -> frozenset[str]:
    """The words of a text that say something, folded and without accents."""
    small = function_words(lang)
    return frozenset(_bare(word) for word in _WORD.findall(text) if fold(word) not in small)


def _number(text: str, source: str, lang: str | None) -> Invented | None:
    digits = set(_DIGITS.findall(source))
    values = _values(source, lang) | {Decimal(found) for found in digits if found.isascii() and found.isdigit()}
    for found in _DIGITS.findall(text):
        if found not in digits and not _values(found, lang) & values:
            return Invented("the number", found)
    if (
        missing := _values(text, lang)
        - values
        - {Decimal(found) for found in digits if found.isascii() and found.isdigit()}
    ):
        return Invented("the number", str(min(missing)))
    # The same figure, but of something else: percent for million, "over" for "under".
    for difference in find_differences(text, lang, source, lang, claim_reference=None, sentence_reference=None):
        if difference.kind == "number":
            return Invented("the quantity", difference.claimed)
    return None


def _values(text: str, lang: str | None) -> set[Decimal]:
    return {numeral.value for numeral in find_numerals(text, lang)}


def _date(text: str, source: str, lang: str | None) -> Invented | None:
    written = fold(source)
    there = {(period.start, period.end) for period in find_dates(source, lang, None)}
    same = [period.span for period in find_dates(text, lang, None) if (period.start, period.end) in there]
    for span in date_spans(text, lang):
        if fold(span.of(text)) not in written and not any(period.overlaps(span) for period in same):
            return Invented("the date", span.of(text))
    return None


def _name(text: str, source: str, lang: str | None) -> Invented | None:
    present = {_bare(word) for word in _WORD.findall(source)}
    parts = {part for word in present for part in re.split(r"[.'’-]", word)} | present
    small = function_words(lang)
    for span in find_names(text, lang):
        for word in _WORD.findall(span.of(text)):
            if fold(word) not in small and not _is_there(_bare(word), parts):
                return Invented("the name", span.of(text))
    # A single capitalised word at the beginning is no name to find_names, but may be one all the same.
    for word in _WORD.findall(text):
        capital = word[0].isupper() and fold(word) not in small
        if capital and not _is_there(_bare(word), parts) and not (lang == "de" and _has_stem(_bare(word), parts)):
            return Invented("the word", word)
        if _is_uncased(word) and not _is_there_uncased(word, source, lang):
            return Invented("the word", word)
    return None


def _is_there(word: str, parts: set[str]) -> bool:
    return word in parts or all(part in parts for part in re.split(r"[.'’-]", word) if len(part) > 1)


def _has_stem(word: str, words: Iterable[str]) -> bool:
    stem = word[: max(_STEM, len(word) - _ENDING)]
    return any(other.startswith(stem) for other in words)


def _is_uncased(word: str) -> bool:
    return any(letter.isalpha() and letter.lower() == letter.upper() for letter in word)


def _is_there_uncased(word: str, source: str, lang: str | None) -> bool:
    """Whether a word of a script without capitals, with its particles or in a run without blanks, is in the source."""
    if len(word) == 1 or word in source:
        return True
    pairs = [word[start : start + 2] for start in range(len(word) - 1)]
    there = sum(pair in source for pair in pairs)
    return there > 0 if lang == "ko" else there >= _UNCASED_BIGRAMS * len(pairs)


def _mood(text: str, source: str, lang: str | None) -> Invented | None:
    added = moods_of(text, lang) - moods_of(source, lang)
    return Invented("the wording of", min(added)) if added else None


def _wording(text: str, source: str, lang: str | None) -> Invented | None:
    """Whether most of what a claim says in its own words is something else than the draft says."""
    own = outside_brackets(text)
    said = bool(content_words(own, lang)) and _share_there(own, source, lang) >= _OWN_WORDS
    return None if said else Invented("the wording", own)


def _share_there(text: str, source: str, lang: str | None) -> float:
    """Share of the words of a text that say something and stand in its source, in any form; 1 if there are none."""
    words, present = content_words(text, lang), content_words(source, lang)
    there = sum(word in present or _has_stem(word, present) or _is_uncased(word) for word in words)
    return there / len(words) if words else 1.0


def _bare(word: str) -> str:
    letters = unicodedata.normalize("NFD", fold(word))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
