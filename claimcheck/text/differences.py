"""What a claim states that a sentence gives otherwise or not at all: numbers, dates and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final, Literal

from claimcheck.text.cues import find_cues
from claimcheck.text.dates import DateRange, compare_dates, compares_years, days_named, find_dates
from claimcheck.text.names import find_names
from claimcheck.text.quantities import Quantity, compare, find_quantities, same_kind
from claimcheck.text.reckoning import follows, with_units_shared
from claimcheck.text.units import is_measure
from claimcheck.text.wordlists import fold, read_word_list
from claimcheck.types import Difference

_TELLING: Final = 10
_CLOSE: Final = Decimal("0.1")
_OTHER_THING: Final = 100
_SLIPS: Final = frozenset({10**3, 10**6})
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_PART_OF_NAME: Final = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is read off one text."""

    text: str
    quantities: tuple[Quantity, ...]
    dates: tuple[DateRange, ...]
    written: date | None
    days: frozenset[date]
    compares_years: bool
    names: tuple[str, ...]
    moods: frozenset[str]


def find_differences(
    claim_text: str,
    claim_lang: str | None,
    sentence_text: str,
    sentence_lang: str | None,
    *,
    claim_reference: date | None,
    sentence_reference: date | None,
) -> tuple[Difference, ...]:
    """The numbers, dates and names of a claim on which a sentence of evidence differs or is silent.

    A ``conflict`` needs one candidate of the same sort in the sentence, which disagrees and is not what another part of
    the claim speaks of; anything less is ``missing``. Conflicts are meant to be right rather than many. A figure that
    follows from the sentence's own by a step of arithmetic is no difference, nor is a date in which a weekday of the
    sentence lies or, where it gives no date, the day on which it was written.

    Args:
        claim_text: the claim, in normal form.
        claim_lang: its language.
        sentence_text: the sentence of evidence, in normal form.
        sentence_lang: its language.
        claim_reference: the day the draft was written, if known; relative dates count from it.
        sentence_reference: the day the evidence was published, if known.

    Returns:
        Differences: numbers, then dates, then names, each in the order of the claim.
    """
    claim, sentence = (
        _read(claim_text, claim_lang, claim_reference),
        _read(sentence_text, sentence_lang, sentence_reference),
    )
    # What is planned and what is done may differ without a contradiction, and a date may be that of an act of saying.
    same_mood = ("plan" in claim.moods) == ("plan" in sentence.moods)
    same_act = not sentence.moods & {"attribution", "announced"} - claim.moods
    same_language = claim_lang == sentence_lang
    return (
        *_numbers(claim, sentence, same_language=same_language, may_conflict=same_mood),
        *_dates(claim, sentence, may_conflict=same_mood and same_act),
        *_names(claim, sentence, same_language=same_language),
    )


@lru_cache(maxsize=4096)
def _read(text: str, lang: str | None, reference: date | None) -> _Reading:
    return _Reading(
        text=text,
        quantities=find_quantities(text, lang),
        dates=find_dates(text, lang, reference),
        written=reference,
        days=frozenset(day for named in days_named(text, lang, reference) for day in named.days),
        compares_years=compares_years(text, lang),
        names=tuple(span.of(text) for span in find_names(text, lang)),
        moods=frozenset(cue.family for cue in find_cues(text, lang)),
    )


def _numbers(claim: _Reading, sentence: _Reading, *, same_language: bool, may_conflict: bool) -> Iterator[Difference]:
    claimed, found = claim.quantities, sentence.quantities
    settled = [
        quantity
        for quantity in found
        if any(_agrees(wanted, quantity, same_language=same_language) for wanted in claimed)
    ]
    for wanted in claimed:
        if _is_stated(wanted, sentence, same_language=same_language):
            continue
        reckoned = _is_reckoned(wanted, sentence)
        if reckoned and _is_telling(wanted):
            continue
        rivals = [quantity for quantity in found if wanted.unit is not None and same_kind(wanted, quantity)]
        one = rivals[0] if len(rivals) == 1 and rivals[0] not in settled else None
        conflict = (
            may_conflict
            and not reckoned
            and one is not None
            and compare(wanted, one) == "different"
            and not (wanted.bound == "about" and _is_close(wanted, one))
            and _same_magnitude(wanted, one)
        )
        yield _difference(
            "number", wanted.span.of(claim.text), one.span.of(sentence.text) if one and conflict else None
        )


def is_reckoned(claim_text: str, claim_lang: str | None, sentence_text: str, sentence_lang: str | None) -> bool:
    """Whether each figure of a claim that a sentence does not state follows from those that it does.

    Args:
        claim_text: the claim, in normal form.
        claim_lang: its language.
        sentence_text: the sentence of evidence, in normal form.
        sentence_lang: its language.

    Returns:
        False, too, where the sentence states all of them.
    """
    claim, sentence = _read(claim_text, claim_lang, None), _read(sentence_text, sentence_lang, None)
    unstated = [q for q in claim.quantities if not _is_stated(q, sentence, same_language=claim_lang == sentence_lang)]
    return bool(unstated) and all(_is_telling(one) and _is_reckoned(one, sentence) for one in unstated)


def _is_stated(wanted: Quantity, sentence: _Reading, *, same_language: bool) -> bool:
    stated = (*sentence.quantities, *with_units_shared(sentence.quantities))
    return any(_agrees(wanted, quantity, same_language=same_language) for quantity in stated)


def _is_reckoned(wanted: Quantity, sentence: _Reading) -> bool:
    found, shared = sentence.quantities, with_units_shared(sentence.quantities)
    fuller = (*(one for one in found if one.unit is not None), *shared)
    return follows(wanted, found) or (bool(shared) and follows(wanted, fuller))


def _is_telling(wanted: Quantity) -> bool:
    """Whether a number is too particular to come out by chance."""
    return wanted.low > _TELLING or wanted.step < 1


def _agrees(wanted: Quantity, quantity: Quantity, *, same_language: bool) -> bool:
    """Whether a quantity of the sentence is the one claimed, if need be under another name for the thing counted."""
    if compare(wanted, quantity) == "same":
        return True
    if not (is_count(wanted) and is_count(quantity)) or not _is_near(wanted, quantity):
        return False
    return not same_language or wanted.low > _TELLING or not (wanted.nouns and quantity.nouns)


def _is_near(wanted: Quantity, quantity: Quantity) -> bool:
    """Whether two counts are the same, or close and the found one fits "nearly", "over" or "up to" the claimed one."""
    if wanted.bound == "exact" or wanted.low != wanted.high:
        return wanted.low == quantity.low and wanted.high == quantity.high
    close = _is_close(wanted, quantity) and quantity.low == quantity.high
    return close and compare(replace(wanted, unit=None, nouns=()), replace(quantity, unit=None, nouns=())) == "same"


def _is_close(wanted: Quantity, quantity: Quantity) -> bool:
    return abs(quantity.low - wanted.low) <= _CLOSE * abs(wanted.low)


def is_count(quantity: Quantity) -> bool:
    """Whether a quantity is a number of things, which another text may well call otherwise."""
    return not is_measure(quantity.unit)


def _same_magnitude(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers are near enough to be rival values of one thing, or the same but for the scale word."""
    low, high = sorted((abs(one.low), abs(other.low)))
    return low == 0 or high / low < _OTHER_THING or high / low in _SLIPS


def _dates(claim: _Reading, sentence: _Reading, *, may_conflict: bool) -> Iterator[Difference]:
    for wanted in claim.dates:
        outcomes = [compare_dates(wanted, period) for period in sentence.dates]
        if "same" in outcomes or _is_implied(wanted, sentence):
            continue
        conflict = (
            may_conflict
            and len(claim.dates) == 1
            and outcomes == ["different"]
            and not _includes(wanted, sentence.written)
            and not (sentence.compares_years and wanted.start.year + 1 == sentence.dates[0].start.year)
        )
        found = sentence.dates[0].span.of(sentence.text) if conflict else None
        yield _difference("date", wanted.span.of(claim.text), found)


def _is_implied(wanted: DateRange, sentence: _Reading) -> bool:
    """Whether a day that the sentence names by a word lies in the period, or else the day on which it was written."""
    if wanted.bound in ("before", "after"):
        return False
    return any(_includes(wanted, day) for day in sentence.days) or (
        not sentence.dates and _includes(wanted, sentence.written)
    )


def _includes(period: DateRange, day: date | None) -> bool:
    return day is not None and period.start <= day <= period.end


def _names(claim: _Reading, sentence: _Reading, *, same_language: bool) -> Iterator[Difference]:
    if not _LATIN.search(sentence.text):
        return
    present = {_bare(word) for word in _PART_OF_NAME.findall(sentence.text)}
    for name in claim.names:
        parts = [part for part in _PART_OF_NAME.findall(name) if part.lower() not in _small_words()]
        # A lone plain word may be a place, which other languages call otherwise.
        translated = not same_language and len(parts) == 1 and name[1:].islower()
        if translated or name in sentence.text or not all(map(_LATIN.match, parts)):
            continue
        initials = _bare("".join(part[0] for part in parts))
        here = sum(_bare(part) in present for part in parts)
        if 2 * here < len(parts) and not (len(parts) > 1 and initials in present):
            yield _difference("name", name, None)


@cache
def _small_words() -> frozenset[str]:
    """Connectors, titles and legal forms, which do not tell one name from another."""
    tables = read_word_list("names").values()
    return frozenset(word for table in tables for words in table.values() for word in words)


def _bare(word: str) -> str:
    """A word in lower case without accents and stops."""
    letters = unicodedata.normalize("NFD", fold(word).replace(".", ""))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _difference(kind: Literal["number", "date", "name"], claimed: str, found: str | None) -> Difference:
    return Difference(kind=kind, outcome="missing" if found is None else "conflict", claimed=claimed, found=found)
