"""The compiled form of ``dates.toml``: how one language writes dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, cast

from claimcheck.text.wordlists import read_word_list

Bound = Literal["within", "by", "before", "since", "after"]
"""How a text binds an event to a period: within it, by its end, before its start, since its start, after its end."""

_ARTICLE: Final = r"(?:the|el|la|le|o|a|der|dem|den)\s+|l['’]"
_DAY: Final = r"(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
YEAR: Final = r"(?:1[5-9]|20|21)[0-9]{2}(?![0-9])"


@dataclass(frozen=True, slots=True)
class DateGrammar:
    """Patterns of one language, to be matched on text in lower case.

    ``dated`` patterns resolve by themselves or with a word for a year; ``monthly`` ones lack the year. ``relative``
    maps words to (unit, offset); the other tables map words to numbers.
    """

    dated: tuple[re.Pattern[str], ...]
    monthly: tuple[re.Pattern[str], ...]
    relative: re.Pattern[str]
    bound_before: re.Pattern[str]
    bound_after: re.Pattern[str]
    weekday: re.Pattern[str]
    today: re.Pattern[str]
    bare_day: re.Pattern[str]
    year_apart: re.Pattern[str]
    year_before: re.Pattern[str]
    not_a_year: re.Pattern[str]
    weekdays: dict[str, int]
    months: dict[str, int]
    parts: dict[str, str]
    seasons: dict[str, str]
    quarters: dict[str, int]
    halves: dict[str, int]
    years: dict[str, int]
    offsets: dict[str, tuple[str, int]]
    bounds: dict[str, Bound]
    capital_months: bool
    southern: bool


def any_of(words: list[str] | dict[str, Any]) -> str:
    """An alternation of words, longest first, in which a blank stands for any run of blanks; of none: never matches."""
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=len, reverse=True)) or r"(?!)"


def _numbered(groups: list[list[str]]) -> dict[str, int]:
    return {word: number for number, words in enumerate(groups, 1) for word in words}


def _named(groups: dict[str, list[str]]) -> dict[str, str]:
    return {word: name for name, words in groups.items() for word in words}


@cache
def date_grammar(lang: str | None) -> DateGrammar:
    """The grammar of one language.

    Args:
        lang: ISO 639-1 code; a language without a list gets years and numeric dates only.

    Returns:
        The compiled grammar.
    """
    table = read_word_list("dates")
    lang = lang if lang in table else "other"
    entry = table[lang]
    months, quarters, halves, weekdays = (
        _numbered(entry[name]) for name in ("months", "quarters", "halves", "weekdays")
    )
    parts, seasons = _named(entry["parts"]), _named(entry["seasons"])
    years = {word: int(offset) for offset, words in entry["years"].items() for word in words}
    before, after = _named(entry["bounds"]), _named(entry["bounds_after"])
    offsets = {
        word: (key.split()[0], int(key.split()[1])) for key, words in entry["relative"].items() for word in words
    }
    slots = {
        "<D>": f"(?P<day>{_DAY})",
        "<E>": f"(?P<last_day>{_DAY})",
        "<M>": f"(?P<month>{any_of(months)})",
        "<Mn>": r"(?P<month_number>1[0-2]|0?[1-9])(?![0-9])",
        "<Y>": f"(?P<year>{YEAR}|{any_of(years)})",
        "<Q>": f"(?P<quarter>{any_of(quarters)})",
        "<Qn>": "(?P<quarter_number>[1-4])",
        "<H>": f"(?P<half>{any_of(halves)})",
        "<Hn>": "(?P<half_number>[12])",
        "<P>": f"(?P<part>{any_of(parts)})",
        "<S>": f"(?P<season>{any_of(seasons)})",
    }
    # Korean joins particles to a date without a blank.
    end = "(?![0-9])" if lang == "ko" else r"(?!\w)"

    def compiled(pattern: str) -> re.Pattern[str]:
        pattern = pattern.replace("[ ", r"[\s").replace(" ?", r"\s?").replace(" ", r"\s+")
        for slot, expression in slots.items():
            pattern = pattern.replace(slot, expression)
        return re.compile(rf"(?<![\w.,/-])(?:{pattern}){end}")

    return DateGrammar(
        dated=tuple(map(compiled, entry["patterns"])),
        monthly=tuple(map(compiled, entry["monthly"])),
        relative=re.compile(rf"(?<!\w)(?:(?P<year>{any_of(years)})|(?P<offset>{any_of(offsets)})){end}"),
        bound_before=re.compile(rf"(?<!\w)(?P<bound>{any_of(before)})\s+(?:{_ARTICLE})?\Z"),
        bound_after=re.compile(rf"\s?(?P<bound>{any_of(after)})"),
        weekday=re.compile(rf"(?<!\w)(?P<weekday>{any_of(weekdays)}){end}"),
        today=re.compile(rf"(?<!\w)(?:{any_of(entry['today'])}){end}"),
        bare_day=re.compile(entry["bare_day"].replace("<D>", slots["<D>"]) or r"(?!)"),
        year_apart=re.compile(rf"(?<!\w)(?:{any_of(entry['year_apart'])}){end}"),
        year_before=re.compile(rf"(?<!\w)(?:{any_of(entry['year_before'] + list(before))})\s+\Z"),
        not_a_year=re.compile(rf"(?<!\w)(?:{any_of(entry['not_a_year'])})\s+\Z"),
        weekdays=weekdays,
        months=months,
        parts=parts,
        seasons=seasons,
        quarters=quarters,
        halves=halves,
        years=years,
        offsets=offsets,
        bounds=cast(dict[str, Bound], before | after),
        capital_months=entry["capital_months"],
        southern=entry["southern"],
    )
