"""Whether a source speaks of anything that a claim names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from claimcheck.text.names import find_names
from claimcheck.text.wordlists import fold, read_word_list

_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_HEAD: Final = 4
"""Letters by which a name is known in another language or case: Lisbon, Lisboa; Bremen, Bremens."""
_SHORTEST: Final = 3
_LOOKED_AT: Final = 2000
"""Characters from which the script of a text is told."""


def mentions_a_name(claim: str, claim_lang: str | None, source: str) -> bool:
    """Whether a word of a name in the claim stands in the source, by its first letters.

    Args:
        claim: the claim, in normal form.
        claim_lang: its language.
        source: the whole text of the source, with its title, in normal form.

    Returns:
        Also ``True`` where it cannot be told: the claim names nothing in Latin letters, or the source is in others.
    """
    heads = _name_heads(claim, claim_lang)
    return not heads or not _is_latin(source) or not heads.isdisjoint(_heads(source))


@lru_cache(maxsize=1024)
def _name_heads(text: str, lang: str | None) -> frozenset[str]:
    words = (word for span in find_names(text, lang) for word in _WORD.findall(span.of(text)) if _LATIN.match(word))
    telling = (word for word in words if len(word) >= _SHORTEST and word.lower() not in _small_words())
    return frozenset(_bare(word)[:_HEAD] for word in telling)


@cache
def _small_words() -> frozenset[str]:
    """Connectors, titles and legal forms, which do not tell one name from another."""
    return frozenset(word for table in read_word_list("names").values() for words in table.values() for word in words)


@lru_cache(maxsize=256)
def _heads(text: str) -> frozenset[str]:
    return frozenset(_bare(word)[:_HEAD] for word in _WORD.findall(text))


def _is_latin(text: str) -> bool:
    letters = _WORD.findall(text[:_LOOKED_AT])
    return 2 * sum(_LATIN.match(word) is not None for word in letters) >= len(letters)


def _bare(word: str) -> str:
    """A word in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", fold(word)) if not unicodedata.combining(c))
