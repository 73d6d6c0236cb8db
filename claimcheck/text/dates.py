"""Dates and periods in text, and whether two of them can be the same."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Final, Literal

from claimcheck.text.date_grammar import YEAR, Bound, DateGrammar, date_grammar
from claimcheck.text.units import unit_words
from claimcheck.text.wordlists import fold
from claimcheck.types import Span

Grain = Literal["day", "week", "month", "quarter", "season", "part", "half", "year", "years"]
Agreement = Literal["same", "different", "incomparable"]

_ISO: Final = re.compile(r"(?<![\w.,/-])(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?![0-9/-])")
_NUMERIC: Final = re.compile(
    r"(?<![\w.,/-])(?P<a>[0-9]{1,2})(?P<sep>[./-])\s?(?P<b>[0-9]{1,2})(?P=sep)\s?(?P<y>(?:19|20|21)[0-9]{2})(?![0-9/-])"
)
_YEARS: Final = re.compile(rf"(?<![\w.,/-])(?P<from>{YEAR})\s?[-–/]\s?(?P<to>{YEAR}|[0-9]{{2}})(?![\w/-])")
_DECADE: Final = re.compile(r"(?<![\w.,/-])(?P<from>(?:1[5-9]|20)[0-9]0)(?:s|er(?:n)?|년대)(?![0-9])")
_BARE_YEAR: Final = re.compile(r"(?<![\w.,/:$€£¥₩#+-])(?:19|20)[0-9]{2}(?![\w/:%$€£]|[.,'’-][0-9]|-\w)")
_FOLLOWED: Final = re.compile(r"\s+[^\W\d_]")
_NEAR: Final = timedelta(days=92)
_MONTHS_OF: Final = {
    "early": (1, 4),
    "mid": (4, 9),
    "late": (9, 12),
    "spring": (3, 6),
    "summer": (6, 9),
    "autumn": (9, 12),
}


@dataclass(frozen=True, slots=True)
class DateRange:
    """A period named in a text: from ``start`` to ``end``, both included, as fine as ``grain``.

    ``bound`` says how the text binds its event to the period: ``within`` it, ``by`` its end, ``before`` its start,
    ``since`` its start, ``after`` its end. ``assumed`` marks a day or month without a year, which is taken from the day
    of reference.
    """

    span: Span
    start: date
    end: date
    grain: Grain
    bound: Bound = "within"
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A word or two for a day, without month or year, and the days that it may mean."""

    span: Span
    days: frozenset[date]


@dataclass(frozen=True, slots=True)
class _Mention:
    """Something that is a date; ``period`` is ``None`` where it cannot be told for certain which."""

    start: int
    end: int
    period: tuple[date, date, Grain] | None
    assumed: bool = False


_Period = tuple[date, date, Grain] | None


def _months(year: int, first: int, last: int, grain: Grain) -> _Period:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1]), grain


def _day(year: int, month: int, day: int) -> _Period:
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day), date(year, month, day), "day"


def _year_of(written: str, grammar: DateGrammar, reference: date | None) -> int | None:
    if written.isdigit():
        return int(written)
    year = None if reference is None else reference.year + grammar.years[" ".join(written.split())]
    return year if year is not None and MINYEAR < year < MAXYEAR else None


def _period(match: re.Match[str], grammar: DateGrammar, reference: date | None) -> _Period:
    """The period that a dated pattern names."""
    found = {name: " ".join(value.split()) for name, value in match.groupdict().items() if value is not None}
    year = _year_of(found["year"], grammar, reference)
    if year is None:
        return None
    if "month" in found or "month_number" in found:
        month = grammar.months[found["month"]] if "month" in found else int(found["month_number"])
        return _month_or_day(year, month, found)
    if "quarter" in found or "quarter_number" in found:
        quarter = grammar.quarters[found["quarter"]] if "quarter" in found else int(found["quarter_number"])
        return _months(year, 3 * quarter - 2, 3 * quarter, "quarter")
    if "half" in found or "half_number" in found:
        half = grammar.halves[found["half"]] if "half" in found else int(found["half_number"])
        return _months(year, 6 * half - 5, 6 * half, "half")
    if "season" in found:
        season = grammar.seasons[found["season"]]
        # Seasons differ between the hemispheres, and a winter belongs to two years: only the year is certain.
        vague = grammar.southern or season == "winter"
        return _months(year, 1, 12, "year") if vague else _months(year, *_MONTHS_OF[season], "season")
    if "part" in found:
        return _months(year, *_MONTHS_OF[grammar.parts[found["part"]]], "part")
    return _months(year, 1, 12, "year")


def _month_or_day(year: int, month: int, found: dict[str, str]) -> _Period:
    if "day" not in found:
        return _months(year, month, month, "month")
    first = _day(year, month, int(found["day"]))
    last = _day(year, month, int(found.get("last_day", found["day"])))
    return (first[0], last[1], "day") if first and last and first[0] <= last[1] else None


def _nearest(match: re.Match[str], grammar: DateGrammar, reference: date | None) -> _Period:
    """The period of a month or day without a year: certain only where one of them lies near the day of reference."""
    if reference is None:
        return None
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    month = grammar.months[found["month"]]
    for year in (reference.year - 1, reference.year, reference.year + 1):
        period = _month_or_day(year, month, found) if MINYEAR < year < MAXYEAR else None
        if period and period[0] - _NEAR <= reference <= period[1] + _NEAR:
            return period
    return None


def _relative(match: re.Match[str], grammar: DateGrammar, reference: date | None) -> _Period:
    if match["year"] is not None:
        year = _year_of(match["year"], grammar, reference)
        return None if year is None else _months(year, 1, 12, "year")
    if reference is None or not MINYEAR + 1 < reference.year < MAXYEAR - 1:
        return None
    unit, offset = grammar.offsets[" ".join(match["offset"].split())]
    if unit == "day":
        day = reference + timedelta(days=offset)
        return day, day, "day"
    if unit == "week":
        monday = reference + timedelta(days=7 * offset - reference.weekday())
        return monday, monday + timedelta(days=6), "week"
    months = 12 * reference.year + reference.month - 1
    if unit == "month":
        year, month = divmod(months + offset, 12)
        return _months(year, month + 1, month + 1, "month")
    year, quarter = divmod(months // 3 + offset, 4)
    return _months(year, 3 * quarter + 1, 3 * quarter + 3, "quarter")


def _numeric(text: str, lang: str | None) -> Iterator[_Mention]:
    for match in _ISO.finditer(text):
        yield _Mention(*match.span(), _day(max(1, int(match["y"])), int(match["m"]), int(match["d"])))
    for match in _NUMERIC.finditer(text):
        a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
        day_first = match["sep"] == "." or lang in ("de", "es", "fr", "pt")
        readings = {_day(year, b, a), *(() if day_first else (_day(year, a, b),))} - {None}
        yield _Mention(*match.span(), readings.pop() if len(readings) == 1 else None)
    for match in _YEARS.finditer(text):
        first, last = int(match["from"]), int(match["to"])
        last = last if len(match["to"]) == 4 else first - first % 100 + last
        period: _Period = (date(first, 1, 1), date(last, 12, 31), "years") if first < last else None
        yield _Mention(*match.span(), period)
    for match in _DECADE.finditer(text):
        first = int(match["from"])
        yield _Mention(*match.span(), (date(first, 1, 1), date(first + 9, 12, 31), "years"))


def _worded(text: str, folded: str, grammar: DateGrammar, reference: date | None) -> Iterator[_Mention]:
    for patterns, resolve in ((grammar.dated, _period), (grammar.monthly, _nearest), ((grammar.relative,), _relative)):
        for pattern in patterns:
            for match in pattern.finditer(folded):
                month = match.start("month") if "month" in pattern.groupindex else -1
                if month < 0 or not grammar.capital_months or text[month].isupper():
                    start = month if "lead" in pattern.groupindex else match.start()
                    yield _Mention(start, match.end(), resolve(match, grammar, reference), resolve is _nearest)


def _bare_years(text: str, folded: str, lang: str | None, grammar: DateGrammar) -> Iterator[_Mention]:
    units = unit_words(lang)
    for match in _BARE_YEAR.finditer(folded):
        start, end = match.span()
        window = max(0, start - 30)
        if grammar.not_a_year.search(folded, window, start):
            yield _Mention(start, end, None)
            continue
        if units.following(text, folded, end) or units.preceding(text, start):
            continue
        sure = grammar.year_before.search(folded, window, start)
        # "2000 Wohnungen" is a number, "2024 sales" a year: a round number before a noun is left alone.
        if not sure and int(match.group()) % 100 == 0 and _FOLLOWED.match(text, end):
            continue
        yield _Mention(start, end, _months(int(match.group()), 1, 12, "year"))


def _mentions(text: str, lang: str | None, reference: date | None) -> list[_Mention]:
    grammar, folded = date_grammar(lang), fold(text)
    chosen: list[_Mention] = []
    taken: set[int] = set()
    for source in (
        _numeric(text, lang),
        _worded(text, folded, grammar, reference),
        _bare_years(text, folded, lang, grammar),
    ):
        for mention in source:
            positions = range(mention.start, mention.end)
            if taken.isdisjoint(positions):
                taken.update(positions)
                chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def date_spans(text: str, lang: str | None) -> tuple[Span, ...]:
    """Where a text speaks of dates, whether or not it can be told which.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code, or ``None``.

    Returns:
        Spans in order, apart from each other.
    """
    return tuple(Span(start=mention.start, end=mention.end) for mention in _mentions(text, lang, None))


def find_dates(text: str, lang: str | None, reference: date | None) -> tuple[DateRange, ...]:
    """The dates and periods of a text.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; a language without a list is read for numeric dates and years only.
        reference: the day the text was written, from which "yesterday" and "last year" count. What needs it is left
            out where it is ``None``, and a month without a year where it is more than a quarter away.

    Returns:
        The periods that are certain, in order. Days like 5/6/2024, whose order of day and month cannot be told, and
        weekdays are left out.
    """
    grammar, folded = date_grammar(lang), fold(text)
    found = []
    for mention in _mentions(text, lang, reference):
        if mention.period is None:
            continue
        start, end, grain = mention.period
        low, high, bound = _bound(folded, mention, grammar)
        if bound == "before" and grain == "part":
            bound = "by"  # "before the end of 2026"
        found.append(DateRange(Span(start=low, end=high), start, end, grain, bound, mention.assumed))
    return tuple(found)


def days_named(text: str, lang: str | None, reference: date | None) -> tuple[NamedDay, ...]:
    """The weekdays, days of the month alone, and words such as "this morning" of a text, with the days they may mean.

    "On Thursday" is the last one or the next: certain enough to agree with a date, and not to contradict it.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; a language without a list has none.
        reference: the day the text was written; ``None`` gives none.

    Returns:
        The words, in order.
    """
    if reference is None or not MINYEAR < reference.year < MAXYEAR:
        return ()
    grammar, folded = date_grammar(lang), fold(text)
    found = [NamedDay(_span(match), frozenset({reference})) for match in grammar.today.finditer(folded)]
    for match in grammar.weekday.finditer(folded):
        since = (reference.weekday() - grammar.weekdays[match["weekday"]] + 1) % 7
        days = {reference - timedelta(days=since), reference + timedelta(days=7 - since)}
        found.append(NamedDay(_span(match), frozenset(days)))
    for match in grammar.bare_day.finditer(folded):
        months = (reference.replace(day=1) - timedelta(days=1), reference)
        periods = [_day(month.year, month.month, int(match["day"])) for month in months]
        found.append(NamedDay(_span(match), frozenset(period[0] for period in periods if period)))
    return tuple(sorted(found, key=lambda named: named.span.start))


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end())


def compares_years(text: str, lang: str | None) -> bool:
    """Whether a text sets a year against the one before, of which it then tells something, too.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; a language without a list compares none.
    """
    return date_grammar(lang).year_apart.search(fold(text)) is not None


def _bound(folded: str, mention: _Mention, grammar: DateGrammar) -> tuple[int, int, Bound]:
    if before := grammar.bound_before.search(folded, max(0, mention.start - 30), mention.start):
        return before.start(), mention.end, grammar.bounds[" ".join(before["bound"].split())]
    if after := grammar.bound_after.match(folded, mention.end):
        return mention.start, after.end(), grammar.bounds[" ".join(after["bound"].split())]
    return mention.start, mention.end, "within"


def compare_dates(claimed: DateRange, found: DateRange) -> Agreement:
    """Whether a date in a source agrees with the one claimed.

    Args:
        claimed: the date of the claim.
        found: the date of the source.

    Returns:
        ``same`` where one period contains the other and both bind alike, or where the source's period keeps the
        claim's bound ("in May 2025" for "by 2026"); ``different`` where both cannot be true of one event;
        ``incomparable`` otherwise. A year that one of them only assumes is taken to be that of the other.
    """
    if claimed.assumed or found.assumed:
        claimed = _in_year_of(claimed, found)
    nested = _contains(claimed.start, claimed.end, found.start, found.end) or _contains(
        found.start, found.end, claimed.start, claimed.end
    )
    bounds = {claimed.bound, found.bound}
    if nested and (len(bounds) == 1 or bounds in ({"within", "by"}, {"within", "since"})):
        return "same"
    if len(bounds) == 1:
        apart = claimed.end < found.start or found.end < claimed.start
        return "different" if apart else "incomparable"
    low, high = _possible(claimed)
    found_low, found_high = _possible(found)
    if found_high < low or high < found_low:
        # What holds since 2022 need not be what happened in 2020.
        return "incomparable" if "since" in bounds else "different"
    kept = claimed.bound in ("by", "before", "after") and _contains(low, high, found_low, found_high)
    return "same" if kept else "incomparable"


def _in_year_of(claimed: DateRange, found: DateRange) -> DateRange:
    by = found.start.year - claimed.start.year
    if claimed.grain not in ("day", "month") or found.grain not in ("day", "week", "month") or not by:
        return claimed
    if claimed.grain == "month":
        moved = _months(claimed.start.year + by, claimed.start.month, claimed.end.month, "month")
        return replace(claimed, start=moved[0], end=moved[1]) if moved else claimed
    first, last = (_day(day.year + by, day.month, day.day) for day in (claimed.start, claimed.end))
    return replace(claimed, start=first[0], end=last[1]) if first and last else claimed


def _contains(low: date, high: date, inner_low: date, inner_high: date) -> bool:
    return low <= inner_low and inner_high <= high


def _possible(period: DateRange) -> tuple[date, date]:
    """First and last day on which what is bound to the period can have happened."""
    if period.bound == "by":
        return date.min, period.end
    if period.bound == "before":
        return date.min, period.start - timedelta(days=1)
    if period.bound == "since":
        return period.start, date.max
    if period.bound == "after":
        return period.end + timedelta(days=1), date.max
    return period.start, period.end
