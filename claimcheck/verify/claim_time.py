"""What time a claim is bound to: the day it is due, the period of its event, or now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from claimcheck.text.cues import Cue, find_cues, highest_rung
from claimcheck.text.dates import DateRange, find_dates
from claimcheck.text.quantities import find_quantities
from claimcheck.text.wordlists import fold
from claimcheck.types import Rung
from claimcheck.verify.patterns import patterns_of

# Languages whose verb may follow its date within the clause.
_VERB_LAST: Final = frozenset({"de", "ko"})
_BREAK: Final = re.compile(r"(?:[;:!?,]|(?<!\d)\.)(?=\s)")
_OPENING: Final = re.compile(r"\W*\w{0,4}\W*")
_OF_THE_SAYING: Final = frozenset({"attribution", "announced"})
# Acts of commitment: a date beside one is the day of the act, not the day by which what it promises is due.
_ACTS: Final = frozenset({*_OF_THE_SAYING, "memorandum", "funded_or_permitted", "contracted"})


def claim_deadline(text: str, lang: str | None, reference: date | None) -> date | None:
    """The last day of the period by which a claim says that something is to be done, or was.

    Args:
        text: the claim.
        lang: its language.
        reference: the day from which "next year" counts.

    Returns:
        The day, the latest if there are several; ``None`` where the claim names none.
    """
    return max(_due_days(text, lang, reference, sure=True), default=None)


def sentence_deadline(text: str, lang: str | None, published: date | None) -> date | None:
    """The last day of the period by which a sentence of evidence says that something is to be done.

    Args:
        text: the sentence.
        lang: its language.
        published: the day it was published; what was over by then is no deadline.

    Returns:
        The day, the latest if there are several; ``None`` where the sentence names none.
    """
    days = _due_days(text, lang, published, sure=published is not None)
    return max((day for day in days if published is None or day >= published), default=None)


def claim_event_start(text: str, lang: str | None, reference: date) -> date | None:
    """The first day of the period in which a claim places its event.

    Args:
        text: the claim.
        lang: its language.
        reference: the day from which it is judged.

    Returns:
        The day, if the claim names one period in all, which has begun, and speaks neither of a plan nor of what
        somebody said, so that the period is that of its event; else ``None``.
    """
    dates = find_dates(text, lang, reference)
    families = {cue.family for cue in find_cues(text, lang)}
    if len(dates) != 1 or dates[0].bound != "within" or families & {"plan", *_OF_THE_SAYING}:
        return None
    return dates[0].start if dates[0].start <= reference else None


def is_present_state(text: str, lang: str | None, reference: date | None) -> bool:
    """Whether a claim is plainly of a state that lasts now, such as how many people a firm employs.

    Args:
        text: the claim.
        lang: its language.
        reference: the day from which "last year" counts.

    Returns:
        True only where the claim names no date and no plan, and says "currently", or a verb of state stands in the
        present right before a number.
    """
    patterns = patterns_of(lang)
    if patterns is None or find_dates(text, lang, reference):
        return False
    if any(cue.family == "plan" for cue in find_cues(text, lang)):
        return False
    folded = fold(text)
    if patterns.present.search(folded):
        return True
    return any(
        patterns.state.search(folded, 0, quantity.span.start) and not patterns.perfect.search(folded, quantity.span.end)
        for quantity in find_quantities(text, lang)
    )


def _due_days(text: str, lang: str | None, reference: date | None, *, sure: bool) -> Iterator[date]:
    """The last days of the periods that bind what is planned; without a word of planning, of any period if ``sure``."""
    cues = find_cues(text, lang)
    plans = [cue for cue in cues if cue.family == "plan"]
    rung = highest_rung(text, lang)
    sure = sure and (rung is None or rung.height >= Rung.UNDER_WAY.height)
    for period in find_dates(text, lang, reference):
        if period.bound == "after":
            continue
        bound = period.bound in ("by", "before")
        if bound or (any(_binds(text, lang, plan, period, cues) for plan in plans) if plans else sure):
            yield period.start - timedelta(days=1) if period.bound == "before" else period.end


def _binds(text: str, lang: str | None, plan: Cue, period: DateRange, cues: tuple[Cue, ...]) -> bool:
    """Whether a period belongs to a plan rather than to what else the sentence tells."""
    first, second = sorted((plan.span, period.span), key=lambda span: span.start)
    if any(cue.family in _ACTS and first.end <= cue.span.start < second.start for cue in cues):
        return False
    if _OPENING.fullmatch(text, 0, period.span.start):
        return True
    follows = plan.span.start <= period.span.start
    return (follows or lang in _VERB_LAST) and not _BREAK.search(text, first.end, second.start)
