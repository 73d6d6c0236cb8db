"""Quantities in text (how many of what, and how it is meant), and whether two of them agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from claimcheck.text.dates import date_spans
from claimcheck.text.numerals import Numeral, find_numerals
from claimcheck.text.quantity_grammar import Bound, QuantityGrammar, quantity_grammar
from claimcheck.text.units import UnitWords, dimension_of, is_unit, unit_words
from claimcheck.text.wordlists import fold
from claimcheck.types import Span

Agreement = Literal["same", "different", "incomparable"]

_WITHIN: Final = Decimal("0.02")
_ABOUT: Final = Decimal("0.05")
_WINDOW: Final = 30
_YEARLIKE: Final = range(1500, 2200)
_MONEY_SCALE: Final = re.compile(r"\s?(?P<scale>Mds?|[mMbBkK])(?![^\W\d_])")
_MONEY_SCALES: Final = {
    "k": Decimal(10**3),
    "K": Decimal(10**3),
    "m": Decimal(10**6),
    "M": Decimal(10**6),
    "b": Decimal(10**9),
    "B": Decimal(10**9),
    "Md": Decimal(10**9),
    "Mds": Decimal(10**9),
}
_MILLION_OF: Final = re.compile(r"m\s+(?P<word>[a-z]{3,})")
_MEASURED: Final = frozenset(
    {"long", "wide", "high", "tall", "deep", "away", "above", "below", "from", "tower", "wall"}
)
_NEXT_WORD: Final = re.compile(r"(?:\s|-)(?P<word>[^\W_]+(?:['’-][^\W_]+)*)")
_LAST_WORD: Final = re.compile(r"(?P<word>[^\W\d_][\w&'’-]*)\s\Z")
_MINUS: Final = re.compile(r"(?:(?<![\w)\]])-|−)\Z")
_NOUNS: Final = 3
_PLURALS: Final = frozenset({"s", "es", "n", "en", "e", "er", "x"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something.

    ``low`` and ``high`` differ only for a range. ``bound`` says how the number is meant. ``unit`` is canonical
    (``"percent"``, ``"currency:USD"``, ``"kilometre"``), or the word that follows the number, or ``None``; ``nouns``
    are all words right after the number that may name what is counted. ``step`` is the place value of the last digit
    stated.
    """

    span: Span
    low: Decimal
    high: Decimal
    bound: Bound
    unit: str | None
    nouns: tuple[str, ...] = ()
    step: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A number being read: its quantity so far and what ranges need to know of it."""

    quantity: Quantity
    numeral: Numeral
    head: int  # where the number, with its currency, begins
    tail: int  # where it ends, with its unit


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    folded: str
    lang: str | None
    grammar: QuantityGrammar
    units: UnitWords

    def before(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        return pattern.search(self.folded, max(0, at - _WINDOW), at)


def find_quantities(text: str, lang: str | None) -> tuple[Quantity, ...]:
    """The quantities of a text.

    Years, dates, times, ordinals and numbers that are part of a name are none.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; a language without word lists is read for digits, signs and English unit words.

    Returns:
        The quantities in order, apart from each other.
    """
    source = _Text(text, fold(text), lang, quantity_grammar(lang), unit_words(lang))
    fractions = list(_fractions(source))
    taken = [q.span for q in fractions] + list(date_spans(text, lang))
    taken += [Span(start=m.start(), end=m.end()) for time in source.grammar.times for m in time.finditer(source.folded)]
    covered = {position for span in taken for position in range(span.start, span.end)}
    readings = [
        reading
        for numeral in find_numerals(text, lang)
        if covered.isdisjoint(range(numeral.start, numeral.end))
        if (reading := _read(source, numeral)) is not None
    ]
    return tuple(sorted([*fractions, *_joined(source, readings)], key=lambda quantity: quantity.span.start))


def _fractions(source: _Text) -> Iterator[Quantity]:
    for pattern, percent in source.grammar.fractions:
        for match in pattern.finditer(source.folded):
            bound, start, end = _bound(source, match.start(), match.end(), None, collective=True)
            yield Quantity(Span(start=start, end=end), percent, percent, bound, "percent")


def _read(source: _Text, numeral: Numeral) -> _Reading | None:
    """The quantity of a numeral in its surroundings; ``None`` where it turns out to be a name, an ordinal or a year."""
    head, end = numeral.start, numeral.end
    money = source.units.preceding(source.text, head)
    if money is not None:
        head = money[1]
    numeral = _with_money_scale(source, numeral, money is not None)
    end = numeral.end
    infix = source.grammar.bound_after.match(source.folded, end)
    after_bound = infix.end() if infix else end
    million = _million_of_things(source, numeral) if money is None else None
    if million is not None:
        numeral, end, after_bound = million, million.end, million.end
    following = None if million is not None else source.units.following(source.text, source.folded, after_bound)
    unit = money[0] if money else following[0] if following else None
    if following is not None and (money is None or following[0] == money[0]):
        end = following[1]
    elif infix is not None:
        end = infix.end()
    if not _is_quantity(source, numeral, head, end, unit):
        return None
    nouns, end = ((), end) if unit else _nouns(source, end)
    sign = _MINUS.search(source.text, max(0, head - 2), head)
    value = -numeral.value if sign else numeral.value
    head = sign.start() if sign else head
    bound, start, stop = _bound(source, head, end, infix, collective=numeral.collective)
    if numeral.plain and unit is None and numeral.value in _YEARLIKE and start == head:
        return None
    quantity = Quantity(
        Span(start=start, end=stop), value, value, bound, unit or (nouns[0] if nouns else None), nouns, numeral.step
    )
    return _Reading(quantity, numeral, head, end)


def _with_money_scale(source: _Text, numeral: Numeral, money_before: bool) -> Numeral:
    """The numeral with the "m" of "$5m" or the "M" of "5 M€"."""
    match = _MONEY_SCALE.match(source.text, numeral.end)
    if match is None or numeral.factor != 1:
        return numeral
    unit = source.units.following(source.text, source.folded, match.end())
    if not money_before and not (unit and unit[0].startswith("currency:")):
        return numeral
    factor = _MONEY_SCALES[match["scale"]]
    return replace(
        numeral, end=match.end(), value=numeral.value * factor, step=numeral.step * factor, factor=factor, plain=False
    )


def _million_of_things(source: _Text, numeral: Numeral) -> Numeral | None:
    """The numeral of "5m people"; ``None`` where no such thing follows."""
    if source.lang != "en" or numeral.factor != 1:
        return None
    match = _MILLION_OF.match(source.text, numeral.end)
    if match is None or match["word"] in _MEASURED or match["word"] in source.grammar.function_words:
        return None
    factor = _MONEY_SCALES["m"]
    return replace(
        numeral,
        end=numeral.end + 1,
        value=numeral.value * factor,
        step=numeral.step * factor,
        factor=factor,
        plain=False,
    )


def _is_quantity(source: _Text, numeral: Numeral, head: int, end: int, unit: str | None) -> bool:
    """Whether a numeral is a number of something rather than a label, an ordinal or part of a name."""
    if unit is not None and (unit == "percent" or unit.startswith("currency:")):
        return True
    counter = source.grammar.counter
    if unit is None and (not numeral.worded or counter is not None):
        if source.grammar.ordinal.match(source.folded, numeral.end):
            return False
        if numeral.worded and counter is not None and not counter.match(source.text, numeral.end):
            return False
        glued = source.text[end : end + 1]
        if end == numeral.end and glued.isalpha() and glued.isascii():
            return False
    if source.before(source.grammar.label, head):
        return False
    return not (numeral.plain and unit is None and _follows_a_name(source, head, end))


def _follows_a_name(source: _Text, head: int, end: int) -> bool:
    """Whether the word before a number is a name that it may belong to, as in "Boeing 737"."""
    word = _LAST_WORD.search(source.text, max(0, head - _WINDOW), head)
    if word is None or not word["word"][0].isupper():
        return False
    known = word["word"].lower() in source.grammar.function_words or source.before(source.grammar.bound_before, head)
    if source.lang != "de":
        return not known
    following = _NEXT_WORD.match(source.text, end)
    return not known and not (following is not None and following["word"][0].isupper())


def _nouns(source: _Text, end: int) -> tuple[tuple[str, ...], int]:
    """The words after a number that may name what is counted, and where the number with its counter ends."""
    if source.grammar.counter is not None:
        counter = source.grammar.counter.match(source.text, end)
        return ((counter["counter"],), counter.end()) if counter else ((), end)
    nouns: list[str] = []
    at = end
    for _ in range(2 * _NOUNS):
        match = _NEXT_WORD.match(source.folded, at)
        if match is None or len(nouns) == _NOUNS:
            break
        word, at = match["word"], match.end()
        if word.isdigit() or (word in source.grammar.function_words and word not in source.grammar.modifiers):
            break
        if word in source.grammar.modifiers or any(map(str.isdigit, word)):
            continue
        nouns.append(word)
    return tuple(nouns), end


def _bound(
    source: _Text, head: int, end: int, infix: re.Match[str] | None, *, collective: bool
) -> tuple[Bound, int, int]:
    """How the number is meant, and the span of it together with the words that say so."""
    grammar = source.grammar
    if infix is not None and infix.end() <= end:
        return grammar.after[" ".join(infix["word"].split())], head, end
    if before := source.before(grammar.bound_before, head):
        return grammar.before[" ".join(before["word"].split())], before.start(), end
    if after := grammar.bound_after.match(source.folded, end):
        return grammar.after[" ".join(after["word"].split())], head, after.end()
    return ("about" if collective else "exact"), head, end


def _joined(source: _Text, readings: list[_Reading]) -> Iterator[Quantity]:
    """The quantities, ranges put together."""
    pending: _Reading | None = None
    for reading in readings:
        if pending is not None:
            first = _as_low_end(source, pending, reading)
            if first is not None and _is_range(source, pending, reading) and first.low < reading.quantity.low:
                yield Quantity(
                    Span(start=first.span.start, end=reading.quantity.span.end),
                    first.low,
                    reading.quantity.low,
                    first.bound,
                    reading.quantity.unit,
                    reading.quantity.nouns,
                    min(first.step, reading.quantity.step),
                )
                pending = None
                continue
            yield first or pending.quantity
        pending = reading
    if pending is not None:
        yield pending.quantity


def _as_low_end(source: _Text, first: _Reading, second: _Reading) -> Quantity | None:
    """The first of two joined numbers, with the scale and unit that it shares with the second; ``None`` if apart."""
    gap = (first.tail, second.head)
    grammar = source.grammar
    joined = grammar.range_join.fullmatch(source.folded, *gap) or (
        grammar.conjunction.fullmatch(source.folded, *gap) and source.before(grammar.between, first.head)
    )
    low, high = first.quantity, second.quantity
    changed = grammar.change_join.fullmatch(source.folded, *gap)
    if not (joined or changed) or low.unit not in (None, high.unit) or low.bound == "at_most":
        return None
    shares_scale = first.numeral.factor == 1 and low.unit is None and first.numeral.value < 1000
    factor = second.numeral.factor if shares_scale else Decimal(1)
    return replace(
        low, low=low.low * factor, high=low.low * factor, step=low.step * factor, unit=high.unit, nouns=high.nouns
    )


def _is_range(source: _Text, first: _Reading, second: _Reading) -> bool:
    if source.grammar.change_join.fullmatch(source.folded, first.tail, second.head):
        return False
    return not source.before(source.grammar.change_from, first.head) and second.quantity.bound in ("exact", "about")


def _in_base_units(quantity: Quantity) -> Quantity:
    dimension = dimension_of(quantity.unit) if quantity.unit else None
    if dimension is None:
        return quantity
    factor = dimension.factor
    return replace(
        quantity,
        low=quantity.low * factor,
        high=quantity.high * factor,
        step=quantity.step * factor,
        unit=dimension.name,
    )


def same_kind(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities measure or count the same sort of thing, so that their numbers can be compared."""
    if is_unit(one.unit) or is_unit(other.unit):
        return _in_base_units(one).unit == _in_base_units(other).unit
    if not one.nouns or not other.nouns:
        return not one.nouns and not other.nouns
    return any(_same_word(a, b) for a in one.nouns for b in other.nouns)


def _same_word(one: str, other: str) -> bool:
    """Whether two words differ at most in accents and in the ending of the plural ("tank", "tanks")."""
    short, long = sorted((_unaccented(one), _unaccented(other)), key=len)
    if short.endswith("y") and long == f"{short[:-1]}ies":
        return True
    return short == long or (long.startswith(short) and long[len(short) :] in _PLURALS)


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def compare(claimed: Quantity, found: Quantity) -> Agreement:
    """Whether a number in a source agrees with the one claimed.

    "Nearly" and "about" hold within 5 percent; a bare number must round to the claim and lie within 2 percent; "over"
    and "at least", "under" and "up to" are one-sided.

    Args:
        claimed: the quantity of the claim.
        found: the quantity of the source.

    Returns:
        ``same``; ``different`` where no number fits both; ``incomparable`` where units or currencies differ or where
        the source leaves open what the claim asserts.
    """
    if not same_kind(claimed, found):
        return "incomparable"
    claimed, found = _in_base_units(claimed), _in_base_units(found)
    low, high = _accepted(claimed)
    found_low, found_high = _possible(found)
    if found_high < low or high < found_low:
        return "different"
    if claimed.bound in ("over", "under") and found.bound == "exact" and claimed.low == found.low:
        return "incomparable"
    if low <= found_low and found_high <= high:
        return "same"
    # "Over 5,000" in the source is near enough to "5,000" in the claim; "up to 5,000" is not.
    stated = found.low == found.high and found.bound in ("about", "over", "at_least")
    return "same" if stated and low <= found.low <= high else "incomparable"


def _accepted(claimed: Quantity) -> tuple[Decimal, Decimal]:
    """Least and greatest true number under which the claim holds."""
    infinity = Decimal("Infinity")
    if claimed.bound in ("over", "at_least"):
        return claimed.low, infinity
    if claimed.bound in ("under", "at_most"):
        return -infinity, claimed.high
    low, high = abs(claimed.low), abs(claimed.high)
    if claimed.bound == "about":
        return claimed.low - low * _ABOUT, claimed.high + high * _ABOUT
    half = claimed.step / 2
    return claimed.low - min(low * _WITHIN, half), claimed.high + min(high * _WITHIN, half)


def _possible(found: Quantity) -> tuple[Decimal, Decimal]:
    """Least and greatest number that the source allows."""
    infinity = Decimal("Infinity")
    if found.bound in ("over", "at_least"):
        return found.low, infinity
    if found.bound in ("under", "at_most"):
        return -infinity, found.high
    slack = _ABOUT if found.bound == "about" else Decimal(0)
    return found.low - abs(found.low) * slack, found.high + abs(found.high) * slack
