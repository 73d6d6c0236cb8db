"""The compiled form of ``quantities.toml``: what one language puts around a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from claimcheck.text.date_grammar import any_of
from claimcheck.text.wordlists import function_words, read_word_list

Bound = Literal["exact", "about", "at_least", "at_most", "over", "under"]
"""How a number is meant: as it stands, as an approximation, or as a limit."""

_KINDS: Final = ("about", "over", "at_least", "at_most", "under")


@dataclass(frozen=True, slots=True)
class QuantityGrammar:
    """Patterns of one language, to be matched on text in lower case."""

    bound_before: re.Pattern[str]
    bound_after: re.Pattern[str]
    before: dict[str, Bound]
    after: dict[str, Bound]
    range_join: re.Pattern[str]
    between: re.Pattern[str]
    conjunction: re.Pattern[str]
    change_from: re.Pattern[str]
    change_join: re.Pattern[str]
    fractions: tuple[tuple[re.Pattern[str], Decimal], ...]
    times: tuple[re.Pattern[str], ...]
    label: re.Pattern[str]
    ordinal: re.Pattern[str]
    counter: re.Pattern[str] | None
    modifiers: frozenset[str]
    function_words: frozenset[str]


def _bounds(tables: list[dict[str, list[str]]], prefix: str) -> dict[str, Bound]:
    return {word: kind for table in tables for kind in _KINDS for word in table.get(f"{prefix}{kind}", [])}


@cache
def quantity_grammar(lang: str | None) -> QuantityGrammar:
    """The grammar of one language.

    Args:
        lang: ISO 639-1 code; a language without a list gets the signs that all languages share.

    Returns:
        The compiled grammar.
    """
    table = read_word_list("quantities")
    shared, own = table["any"], table.get(lang or "", {})
    tables = [shared, own]
    before, after = _bounds(tables, ""), _bounds(tables, "after_")
    spaced = lang != "ko"
    word_end = r"(?!\w)" if spaced else ""
    counters = own.get("counters", [])

    def preceding(words: list[str] | dict[str, Bound]) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?P<word>{any_of(words)})\s*\Z")

    return QuantityGrammar(
        bound_before=preceding(before),
        bound_after=re.compile(rf"\s?(?P<word>{any_of(after)}){word_end}"),
        before=before,
        after=after,
        range_join=re.compile(rf"\s?[-–~∼〜]\s?|\s*(?:{any_of(own.get('range_joins', []))})\s+"),
        between=preceding(own.get("between", [])),
        conjunction=re.compile(rf"\s+(?:{any_of(own.get('and', []))})\s+"),
        change_from=preceding(own.get("change_from", [])),
        change_join=re.compile(rf"\s+(?:{any_of(own.get('change_joins', []))})\s+"),
        fractions=tuple((re.compile(p), Decimal(percent)) for p, percent in own.get("fractions", {}).items()),
        times=tuple(re.compile(pattern) for t in tables for pattern in t.get("times", [])),
        label=preceding(own.get("labels", [])),
        ordinal=re.compile(
            rf"(?:{any_of(own.get('ordinals', []))})(?![^\W\d_])" if spaced else rf"\s?(?:{'|'.join(own['ordinals'])})"
        ),
        counter=re.compile(rf"\s?(?P<counter>{any_of(counters)})(?=\Z|[^가-힣]|{any_of(own.get('particles', []))})")
        if counters
        else None,
        modifiers=frozenset(own.get("modifiers", [])),
        function_words=function_words(lang),
    )
