"""Reads the word lists of this package: TOML files that lie beside the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES: Final = ("en", "es", "fr", "de", "pt", "ko")
"""The languages that the word lists cover."""


@cache
def read_word_list(name: str, package: str = "claimcheck.text") -> dict[str, Any]:
    """The content of one word list.

    Args:
        name: file name without its ending, such as ``"sentences"``.
        package: where the file lies.

    Returns:
        The parsed TOML table. Callers share it and must not change it.
    """
    return tomllib.loads((files(package) / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def function_words(lang: str | None) -> frozenset[str]:
    """Words of a language that carry no content (articles, pronouns, prepositions, auxiliaries), in lower case.

    Args:
        lang: ISO 639-1 code; a language without a list, or ``None``, gets the words of all languages together.

    Returns:
        The words.
    """
    table = read_word_list("function_words")
    languages = [lang] if lang in table else list(table)
    return frozenset(word for language in languages for word in table[language]["words"].split())


def fold(text: str) -> str:
    """Text in lower case, character by character, so that offsets stay.

    Args:
        text: any text.

    Returns:
        As many characters as ``text`` has; those whose lower case is longer stay as they are.
    """
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(character.lower() if len(character.lower()) == 1 else character for character in text)
