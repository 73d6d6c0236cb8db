"""What is let through of a model's prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from claimcheck.llm.untrusted import as_data

_LONGEST: Final = 400
_ADDRESS: Final = re.compile(r"\w+://|\bwww\.|\w@\w", re.IGNORECASE)
_FIGURE: Final = re.compile(r"(?<![A-Za-z])\d(?:[\d.,'’\u00a0\u202f]*\d)?")
_SEPARATOR: Final = re.compile(r"\D")


def prose(text: str) -> str | None:
    """A model's words as one plain line, or ``None`` where they cannot be shown.

    Args:
        text: what it wrote; it may repeat what a draft or a source wants it to say.

    Returns:
        The words without tags and invisible characters. ``None`` if nothing is left, if it is longer than a sentence or
        two should be, or if it would send the reader to an address.
    """
    line = as_data(text)
    return line if line and len(line) <= _LONGEST and not _ADDRESS.search(line) else None


def figures_stand_in(text: str, sources: Iterable[str]) -> bool:
    """Whether every figure of a text stands in one of the sources, digit for digit; "K2" is a name and no figure."""
    known = {figure for source in sources for figure in _figures(source)}
    return _figures(text) <= known


def _figures(text: str) -> set[str]:
    return {_SEPARATOR.sub("", found) for found in _FIGURE.findall(text)}
