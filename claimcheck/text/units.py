"""Units of measure, currencies and counted things, and how the units of one dimension convert."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from claimcheck.text.wordlists import LANGUAGES, read_word_list


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a unit measures, and how many base units one of it is."""

    name: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class UnitWords:
    """The ways in which one language writes units."""

    before: re.Pattern[str]
    sign: re.Pattern[str]
    word: re.Pattern[str]
    units: dict[str, str]

    def preceding(self, text: str, at: int) -> tuple[str, int] | None:
        """The currency written right before offset ``at``, and where it begins."""
        match = self.before.search(text, max(0, at - 8), at)
        return (self.units[match["unit"]], match.start()) if match else None

    def following(self, text: str, folded: str, at: int) -> tuple[str, int] | None:
        """The unit written right after offset ``at``, and where it ends; ``folded`` is the text in lower case."""
        sign, word = self.sign.match(text, at), self.word.match(folded, at)
        if sign is not None and (word is None or sign.end() >= word.end()):
            return self.units[sign["unit"]], sign.end()
        return (self.units[" ".join(word["unit"].split())], word.end()) if word is not None else None


_COUNTED: Final = frozenset({"person", "employee", "job", "household", "vehicle"})
_HANGUL: Final = "\uac00-\ud7a3"
# Partitives between a number and what it counts: "millones de euros", "millions d'euros".
_PARTITIVE: Final = r"(?:(?:de|do|des|d['’])\s*)?"
ANY_SUFFIX: Final = frozenset({"ko"})
"""Languages that join particles to a unit, so that a unit may be followed by more letters."""


@cache
def dimension_of(unit: str) -> Dimension | None:
    """The dimension of a canonical unit.

    Args:
        unit: canonical unit, such as ``"kilometre"``.

    Returns:
        Its dimension and factor; ``None`` for a unit that compares only with itself.
    """
    entry = read_word_list("units").get(unit, {})
    return Dimension(entry["dimension"], Decimal(entry["factor"])) if "dimension" in entry else None


def is_unit(unit: str | None) -> bool:
    """Whether a unit is one of the list, rather than the word for a thing counted."""
    return unit is not None and unit in read_word_list("units")


def is_measure(unit: str | None) -> bool:
    """Whether a unit measures, rather than name things counted, which another text may well call otherwise.

    "300 staff", "300 positions".
    """
    return is_unit(unit) and unit not in _COUNTED


def _alternatives(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) or r"(?!)"


@cache
def unit_words(lang: str | None) -> UnitWords:
    """The unit words of one language, compiled.

    Args:
        lang: ISO 639-1 code; a language without a list gets the signs and the words of English.

    Returns:
        Patterns to match right before and right after a number, with the canonical unit of each way of writing.
    """
    lang = lang if lang in LANGUAGES else "en"
    table = read_word_list("units")
    before = {sign: unit for unit, entry in table.items() for sign in entry.get("before", [])}
    signs = {sign: unit for unit, entry in table.items() for sign in entry["signs"]}
    words = {word: unit for unit, entry in table.items() for word in entry.get(lang, [])}
    # Hangul takes particles without a blank; "MW" must not match the head of "MWh", nor "m" that of "million".
    end = rf"(?![A-Za-zÀ-ɏ0-9²³{'' if lang in ANY_SUFFIX else _HANGUL}])"
    gap = rf"[\s-]?(?:{_PARTITIVE})"
    return UnitWords(
        before=re.compile(rf"(?<![A-Za-zÀ-ɏ])(?P<unit>{_alternatives(list(before))})\s?\Z"),
        sign=re.compile(rf"{gap}(?P<unit>{_alternatives(list(signs))}){end}"),
        word=re.compile(rf"{gap}(?P<unit>{_alternatives(list(words))}){end}"),
        units=words | before | signs,
    )
