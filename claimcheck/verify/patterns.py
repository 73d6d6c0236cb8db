"""The word patterns of this package, compiled per language from ``observed.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of one language on text in lower case; the fields are described in ``observed.toml``."""

    part_of: re.Pattern[str]
    part_first: bool
    postponed: re.Pattern[str]
    put_off_to: re.Pattern[str]
    and_also: re.Pattern[str]
    framework: re.Pattern[str]
    binding: re.Pattern[str]
    present: re.Pattern[str]
    state: re.Pattern[str]
    perfect: re.Pattern[str]
    articles: frozenset[str]


@cache
def read_patterns() -> dict[str, dict[str, Any]]:
    """The whole list, by language. Callers share it and must not change it."""
    return tomllib.loads((files(__package__) / "observed.toml").read_text(encoding="utf-8"))


@cache
def patterns_of(lang: str | None) -> Patterns | None:
    """The patterns of one language.

    Args:
        lang: ISO 639-1 code.

    Returns:
        The patterns; ``None`` for a language without a list.
    """
    table = read_patterns().get(lang or "")
    if table is None:
        return None
    return Patterns(
        part_of=re.compile(table["part_of"]),
        part_first=table["part_first"],
        articles=frozenset(table["articles"].split()),
        **{name: re.compile(table[name][0]) for name in ("postponed", "put_off_to", "binding", "present", "state")},
        **{name: re.compile(table[name]) for name in ("and_also", "framework", "perfect")},
    )
