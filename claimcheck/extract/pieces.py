"""The smallest pieces of a sentence that a claim is made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Final

from claimcheck.text.wordlists import read_word_list
from claimcheck.types import Span

_MARK: Final = re.compile(
    r"""[,;:—–()\[\]{}"“”„‟«»‹›「」『』【】《》〈〉•·|/…、，；：。]|(?<=\s)[-‐]+(?=\s)|(?<!\w)['‘’]|['‘’](?!\w)"""
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_BLOCK: Final = re.compile(r"\S+")
_CLOSERS: Final = "\"'”’»)」』,."
_KEPT: Final = "LNM"
_SIGNS: Final = "%‰°€$£¥₩#@&+-"


def read_rules(name: str) -> dict[str, Any]:
    """The content of one word list of this package, by its file name without ending; shared, so not to be changed."""
    return read_word_list(name, "claimcheck.extract")


@cache
def clause_openers(lang: str | None) -> frozenset[str]:
    """Words before which a clause may begin, in lower case; none for a language without a list."""
    table = read_rules("clauses").get(lang or "")
    return frozenset(table["openers"].split()) if table else frozenset()


@cache
def _endings(lang: str | None) -> tuple[str, ...]:
    table = read_rules("clauses").get(lang or "")
    return tuple(table["endings"].split()) if table else ()


def cut_sentence(text: str, sentence: Span, lang: str | None) -> tuple[Span, ...]:
    """A sentence cut at every place where a clause may begin or end.

    Args:
        text: text in normal form.
        sentence: a sentence of ``text``.
        lang: ISO 639-1 code; without a list for it only punctuation cuts.

    Returns:
        Spans of ``text`` in order, apart from each other, without punctuation or blanks at their ends; none where the
        sentence has no letter and no digit.
    """
    cuts = sorted({sentence.start, *_cuts(text, sentence, lang), sentence.end})
    pieces: list[Span] = []
    openers = clause_openers(lang)
    for start, end in pairwise(cuts):
        piece = _trimmed(text, start, end)
        if piece is None:
            continue
        # An opener alone ("and, in May, …") goes with what it opens.
        if pieces and pieces[-1].of(text).lower() in openers and not text[pieces[-1].end : piece.start].strip():
            piece = Span(start=pieces.pop().start, end=piece.end)
        pieces.append(piece)
    return tuple(pieces)


def _cuts(text: str, sentence: Span, lang: str | None) -> Iterator[int]:
    for mark in _MARK.finditer(text, sentence.start, sentence.end):
        if not _inside_number(text, mark.start(), mark.end()):
            yield mark.start()
            yield mark.end()
    openers, endings = clause_openers(lang), _endings(lang)
    if openers:
        yield from (
            word.start()
            for word in _WORD.finditer(text, sentence.start, sentence.end)
            if word.group().lower() in openers
        )
    if endings:
        yield from (
            block.end()
            for block in _BLOCK.finditer(text, sentence.start, sentence.end)
            if block.group().rstrip(_CLOSERS).endswith(endings)
        )


def _inside_number(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in _KEPT or character in _SIGNS


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and not _is_kept(text[start]):
        start += 1
    while end > start and not _is_kept(text[end - 1]):
        end -= 1
    if not any(character.isalnum() for character in text[start:end]):
        return None
    return Span(start=start, end=end)
