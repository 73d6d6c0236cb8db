"""What full-text search counts as a word, in scripts with and without blanks between words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Scripts in which a search for whole words finds too little: no blanks between words, or particles that grow onto them
# (Korean). Pairs of neighbouring characters are searched instead, as is usual in retrieval for these languages
# (Foo and Li, "Chinese word segmentation and its effect on information retrieval", 2004).
_PAIRED: Final = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1100-\u11ff\uac00-\ud7af"  # Hangul
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Hiragana, Katakana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]+"
)
_WORD_CATEGORIES: Final = frozenset(("L", "N", "M"))


def searchable(text: str) -> str:
    """The text as it is indexed: in compatibility form, runs of paired scripts as overlapping pairs.

    Args:
        text: any text.

    Returns:
        Words separated by what is no word; case and accents are left to the index.
    """
    return _PAIRED.sub(_pairs, unicodedata.normalize("NFKC", text))


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a query, as :func:`searchable` would index them, in the order of the text."""
    letters = (c if unicodedata.category(c)[0] in _WORD_CATEGORIES else " " for c in searchable(text).casefold())
    return tuple(dict.fromkeys("".join(letters).split()))


def folded(word: str) -> str:
    """The word without accents, as the vocabulary of the index lists it."""
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not _is_accent(c)))


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _pairs(run: re.Match[str]) -> str:
    characters = run.group()
    pairs = [characters[i : i + 2] for i in range(len(characters) - 1)] or [characters]
    return f" {' '.join(pairs)} "
