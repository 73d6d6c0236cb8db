"""Which one of a series a text speaks of, by ordinal or number: "the second ferry", "line 2"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from claimcheck.text.dates import date_spans
from claimcheck.text.wordlists import fold, function_words, read_word_list

_FOLLOWING: Final = re.compile(r"\W+(\w+)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NOUNS: Final = 3
_STEM: Final = 5


@dataclass(frozen=True, slots=True)
class Serial:
    """One of a series: its number, the words that may name the series, and whether the text says it *is* that one."""

    number: int
    nouns: frozenset[str]
    is_said: bool


@dataclass(frozen=True, slots=True)
class _Grammar:
    before: re.Pattern[str]
    ordinals: tuple[re.Pattern[str], ...]
    digits: re.Pattern[str]
    labels: re.Pattern[str]
    not_of: re.Pattern[str]
    copula: re.Pattern[str]


@cache
def _grammar(lang: str | None) -> _Grammar | None:
    table = read_word_list("serials").get(lang or "")
    if table is None:
        return None
    edge = "" if lang == "ko" else r"\b"
    return _Grammar(
        before=re.compile(table["before"]),
        ordinals=tuple(re.compile(rf"{edge}(?:{word}){edge}") for word in table["ordinals"]),
        digits=re.compile(table["digits"]),
        labels=re.compile(table["labels"]),
        not_of=re.compile(rf"\W{{0,2}}{table['not_of']}"),
        copula=re.compile(table["copula"]),
    )


def find_serials(text: str, lang: str | None) -> tuple[Serial, ...]:
    """The ones of a series that a text speaks of; the ordinals of dates ("the first half of 2025") are none.

    Args:
        text: text in normal form, a sentence.
        lang: ISO 639-1 code; for a language without a list there are none.

    Returns:
        Those in words, in digits and in labels, in this order.
    """
    grammar = _grammar(lang)
    if grammar is None:
        return ()
    folded = fold(text)
    dated = [(span.start, span.end) for span in date_spans(text, lang)]
    return tuple(
        Serial(number, _nouns(folded, label, end, lang), _is_said(folded, start, lang, grammar))
        for number, start, label, end in _matches(folded, grammar)
        if not any(start < last and first < end for first, last in dated) and not grammar.not_of.match(folded, end)
    )


def of_another(claim: tuple[Serial, ...], sentence: tuple[Serial, ...], *, same_language: bool) -> bool:
    """Whether a sentence speaks of others of a series than a claim does.

    Args:
        claim: what the claim speaks of.
        sentence: what the sentence speaks of.
        same_language: whether the two are of one language, so that the series must share a name.

    Returns:
        False, too, where the claim says *that* something is the second, which another number contradicts.
    """
    if not claim or not sentence or any(one.is_said for one in claim):
        return False
    if {one.number for one in claim} & {one.number for one in sentence}:
        return False
    pairs = [(one.nouns, other.nouns) for one in claim for other in sentence]
    return any(ours & theirs if same_language else ours and theirs for ours, theirs in pairs)


def _matches(folded: str, grammar: _Grammar) -> Iterator[tuple[int, int, int, int]]:
    """Number, where its words begin, where those begin that may name the series, and where they end."""
    for number, pattern in enumerate(grammar.ordinals, start=1):
        for match in pattern.finditer(folded):
            if grammar.before.search(folded, max(0, match.start() - 20), match.start()):
                yield number, match.start(), match.end(), match.end()
    for match in grammar.digits.finditer(folded):
        yield int(match[1]), match.start(), match.end(), match.end()
    for match in grammar.labels.finditer(folded):
        yield int(match[1]), match.start(), match.start(), match.end()


def _nouns(folded: str, start: int, end: int, lang: str | None) -> frozenset[str]:
    """Stems of the words between, and of those that follow up to the first that carries no content."""
    own = _LETTERS.findall(folded, start, end)
    at = end
    for _ in range(_NOUNS):
        match = _FOLLOWING.match(folded, at)
        if match is None or match[1] in function_words(lang):
            break
        own.append(match[1])
        at = match.end()
    return frozenset(word[:1] if lang == "ko" else word[:_STEM] for word in own)


def _is_said(folded: str, start: int, lang: str | None, grammar: _Grammar) -> bool:
    if lang == "ko":
        return grammar.copula.search(folded, start) is not None
    return grammar.copula.search(folded, max(0, start - 40), start) is not None
