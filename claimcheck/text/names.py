"""Names of people, places, organisations and products, by their capitals: precise before complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from claimcheck.text.sentences import split_sentences
from claimcheck.text.wordlists import function_words, read_word_list
from claimcheck.types import Span

_TOKEN: Final = re.compile(r"[^\W\d_](?:[\w&]|[.'’-](?=\w))*|&")
_LATIN_TOKEN: Final = re.compile(r"[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ0-9&]|[.'’-](?=[A-Za-zÀ-ɏ0-9]))*|&")
_POSSESSIVE: Final = re.compile(r"['’]s\Z")
_ELISION: Final = re.compile(r"(?:[dlsnmtjcDLSNMTJC]|qu|Qu)['’](?=\w)")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)+\Z")
_GAPS: Final = frozenset({" ", ". "})
_TITLE_CASE_FROM: Final = 4
"""Content words from which a line with none in lower case is taken for a headline."""


@dataclass(frozen=True, slots=True)
class _Words:
    connectors: frozenset[str]
    articles: frozenset[str]
    titles: frozenset[str]
    suffixes: frozenset[str]
    never: frozenset[str]
    small: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str

    @property
    def key(self) -> str:
        return self.text.lower()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_marked(self) -> bool:
        """Whether its form alone makes it a name: an acronym, inner capitals, or a capital with digits."""
        if any(map(str.isdigit, self.text)):
            return any(map(str.isupper, self.text))
        return any(any(map(str.isupper, part[1:])) for part in self.text.split("-"))


@cache
def _words(lang: str | None) -> _Words:
    table = read_word_list("names")
    parts = [table["any"], *([table[lang]] if lang in table else [])]
    units = read_word_list("units").values()
    signs = {sign.lower() for unit in units for sign in (*unit["signs"], *unit.get("before", []))}
    months = {word for groups in read_word_list("dates").values() for month in groups["months"] for word in month}
    return _Words(
        connectors=frozenset(word for part in parts for word in part["connectors"]),
        articles=frozenset(word for part in parts for word in part["articles"]),
        titles=frozenset(word for part in parts for word in part["titles"]),
        suffixes=frozenset(table["any"]["suffixes"]),
        never=frozenset(word for part in parts for word in part["common"]) | signs | months,
        small=function_words(lang),
    )


def find_names(text: str, lang: str | None) -> tuple[Span, ...]:
    """The names of a text.

    A name is a run of capitalised words, acronyms and mixed-case words, with the small words that join them. One
    capitalised word that begins a sentence is a name only where the text capitalises it inside a sentence too; in
    German, where all nouns are capitalised, a run of two or an acronym is required. Titles are left off.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; in Korean and other scripts without capitals only Latin names are found.

    Returns:
        Spans in order, apart from each other.
    """
    words = _words(lang)
    runs = [
        run
        for sentence in split_sentences(text, lang)
        for run in _runs(_tokens(text, sentence, lang), text, words, lang)
    ]
    inside = {token.text for run, initial in runs for token in run[initial:]}
    return tuple(
        Span(start=run[0].start, end=run[-1].end)
        for run, initial in runs
        if _is_name(run, initial=initial, inside=inside, lang=lang)
    )


def _tokens(text: str, sentence: Span, lang: str | None) -> list[_Token]:
    pattern = _LATIN_TOKEN if lang == "ko" else _TOKEN
    tokens = []
    for match in pattern.finditer(text, sentence.start, sentence.end):
        elision, possessive = _ELISION.match(match.group()), _POSSESSIVE.search(match.group())
        start = match.start() + (elision.end() if elision and lang == "fr" else 0)
        end = match.end() - (len(possessive.group()) if possessive else 0)
        if _INITIALS.match(text[start : end + 1]):
            end += 1
        tokens.append(_Token(start, end, text[start:end]))
    return tokens


def _runs(tokens: list[_Token], text: str, words: _Words, lang: str | None) -> Iterator[tuple[list[_Token], bool]]:
    """Runs of name-like tokens, without titles, and whether the run begins its sentence."""
    if _is_title_case(tokens, words) and lang != "de":
        tokens = [token for token in tokens if token.is_marked and not token.text.isupper()]
    run: list[_Token] = []
    joins: list[_Token] = []
    begins = False
    for position, token in enumerate(tokens):
        adjacent = bool(run) and text[(joins or run)[-1].end : token.start] in _GAPS
        if run and not adjacent:
            yield run, begins
            run, joins = [], []
        if _may_belong(token, words) or (run and not joins and token.key in words.suffixes):
            if not run:
                begins = position == 0
            run, joins = [*run, *joins, token], []
        elif run and _may_join(token, words, lang, after_join=bool(joins)):
            joins = [*joins, token]
        elif run:
            yield run, begins
            run, joins = [], []
    if run:
        yield run, begins


def _may_join(token: _Token, words: _Words, lang: str | None, *, after_join: bool) -> bool:
    """Whether a small word may stand between two parts of a name; one with a capital does ("Anne Le Goff")."""
    if token.key in words.connectors or (after_join and token.key in words.articles):
        return True
    return token.is_capital and token.key in words.small and len(token.text) > 1 and lang != "de"


def _may_belong(token: _Token, words: _Words) -> bool:
    if token.text == "&" or any(token.key in group for group in (words.never, words.titles, words.suffixes)):
        return False
    if token.is_marked:
        return True
    return token.is_capital and len(token.text) > 1 and token.key not in words.small


def _is_title_case(tokens: list[_Token], words: _Words) -> bool:
    small = words.small | words.connectors
    content = [token for token in tokens if token.key not in small]
    capital_small = any(token.is_capital for token in tokens[1:] if token.key in small)
    enough = len(content) >= _TITLE_CASE_FROM or capital_small
    return enough and all(token.is_capital or token.is_marked for token in content)


def _is_name(run: list[_Token], *, initial: bool, inside: set[str], lang: str | None) -> bool:
    if any(token.is_marked for token in run) or lang == "ko":
        return True
    capitals = sum(token.is_capital for token in run)
    if lang == "de":
        return capitals >= 2
    return not initial or capitals >= 2 or run[0].text in inside
