"""A claim with its numbers and dates as a source gives them, where the two agree: what agrees is settled by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from claimcheck.text.dates import compare_dates, days_named, find_dates
from claimcheck.text.differences import is_count
from claimcheck.text.quantities import Quantity, compare, find_quantities


def with_numbers_of(claim: str, claim_lang: str | None, source: str, source_lang: str | None) -> str:
    """The claim as it is put to the verifier, which takes 4,873 for a denial of "nearly 5,000".

    A number that agrees with just one value of the source (:func:`claimcheck.text.quantities.compare`) takes its
    wording; all others stay, and with them whatever the verifier makes of the difference.

    Args:
        claim: the claim, in normal form.
        claim_lang: its language.
        source: what it is to be judged by, in normal form.
        source_lang: its language.

    Returns:
        The claim, reworded or not.
    """
    found = find_quantities(source, source_lang)
    parts, position = [], 0
    for wanted in find_quantities(claim, claim_lang):
        agreeing = _agreeing(wanted, found) or _agreeing(_count(wanted), [_count(quantity) for quantity in found])
        values = {(quantity.low, quantity.high) for quantity in agreeing}
        if len(values) == 1 and values != {(wanted.low, wanted.high)}:
            parts += [claim[position : wanted.span.start], agreeing[0].span.of(source)]
            position = wanted.span.end
    return "".join([*parts, claim[position:]])


def with_dates_of(
    claim: str,
    claim_lang: str | None,
    source: str,
    source_lang: str | None,
    *,
    claim_reference: date | None,
    source_reference: date | None,
) -> str:
    """The claim as it is put to the verifier, which cannot tell that the "Thursday" of a source is 6 March.

    A date that agrees with what the source only names from the day it was written takes its words, unless the source
    gives the date in full, too, or names what agrees in several ways.

    Args:
        claim: the claim, in normal form.
        claim_lang: its language.
        source: what it is to be judged by, in normal form.
        source_lang: its language.
        claim_reference: the day from which the claim's "last year" counts.
        source_reference: the day the source was written, if known.

    Returns:
        The claim, reworded or not.
    """
    full = find_dates(source, source_lang, None)
    told = [
        (period.span, (period.start, period.end, period.bound))
        for period in find_dates(source, source_lang, source_reference)
        if period.span not in {one.span for one in full} and not (period.assumed and period.grain == "day")
    ]
    told += [
        (named.span, (day, day, "within"))
        for named in days_named(source, source_lang, source_reference)
        for day in named.days
    ]
    parts, position = [], 0
    for wanted in find_dates(claim, claim_lang, claim_reference):
        period = (wanted.start, wanted.end, wanted.bound)
        words = {span.of(source) for span, one in told if one == period}
        if len(words) == 1 and all(compare_dates(wanted, one) != "same" for one in full):
            parts += [claim[position : wanted.span.start], *words]
            position = wanted.span.end
    return "".join([*parts, claim[position:]])


def _agreeing(wanted: Quantity, found: Sequence[Quantity]) -> list[Quantity]:
    return [quantity for quantity in found if compare(wanted, quantity) == "same"]


def _count(quantity: Quantity) -> Quantity:
    """A number of things apart from their name."""
    return replace(quantity, unit=None, nouns=()) if is_count(quantity) else quantity
