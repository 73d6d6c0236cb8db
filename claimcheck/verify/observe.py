"""What a sentence of evidence says by rule, whatever a model makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from claimcheck.text.cues import UNREAL, Cue, Family, find_cues, highest_rung
from claimcheck.text.dates import DateRange, find_dates
from claimcheck.text.differences import find_differences, is_reckoned
from claimcheck.text.quantities import Quantity, compare, find_quantities, same_kind
from claimcheck.text.serials import find_serials, of_another
from claimcheck.text.units import is_unit
from claimcheck.text.wordlists import fold, function_words
from claimcheck.types import Difference, Rung
from claimcheck.verify.claim_time import claim_deadline, claim_event_start, is_present_state, sentence_deadline
from claimcheck.verify.patterns import Patterns, patterns_of
from claimcheck.verify.verbatim import wording_of

__all__: Final = ["Observation", "claim_deadline", "claim_event_start", "is_present_state", "observe"]

_REACH: Final = 50
_BREAK: Final = re.compile(r"(?:[;:!?,]|(?<!\d)\.)(?=\s)")
_WORD: Final = re.compile(r"[^\W\d_]{3,}|[가-힣]{2,}|\d[\d.,]*\d|\d")
_STEM: Final = 5
_AT_DATE: Final = 8
_UNCOMMITTED: Final[tuple[Family, ...]] = ("hedge", "conditional", "hypothetical", "cancelled", "negation")
_STEPS: Final = (Rung.MEMORANDUM, Rung.FUNDED, Rung.CONTRACTED, Rung.UNDER_WAY)
_MEMORANDUM: Final = re.compile("m[eé]morand")  # in a claim the bare word is enough


@dataclass(frozen=True, slots=True)
class Observation:
    """What was read off one sentence; the fields are those of a judgement of the same names."""

    differences: tuple[Difference, ...] = ()
    rung: Rung | None = None
    step_taken: bool = False
    committed: bool = False
    conditional: bool = False
    cancelled: bool = False
    renewed: bool = False
    reckoned: bool = False
    other: bool = False
    wording: Literal["whole", "apart"] | None = None
    deadline: date | None = None
    progress: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Wording:
    """A text with what its words were found to say."""

    text: str
    lang: str | None
    folded: str
    cues: tuple[Cue, ...]
    rung: Rung | None
    quantities: tuple[Quantity, ...]

    def of(self, *families: Family) -> tuple[Cue, ...]:
        return tuple(cue for cue in self.cues if cue.family in families)


@lru_cache(maxsize=1024)
def _wording(text: str, lang: str | None) -> _Wording:
    return _Wording(
        text, lang, fold(text), find_cues(text, lang), highest_rung(text, lang), find_quantities(text, lang)
    )


def observe(
    claim_text: str,
    claim_lang: str | None,
    sentence_text: str,
    sentence_lang: str | None,
    *,
    published: date | None,
    as_of: date,
    context: str | None = None,
) -> Observation:
    """Reads one sentence of evidence by rule, with one claim in mind.

    A condition and a dropped plan are seen only where their words and the plan stand in the same sentence.

    Args:
        claim_text: the claim, in normal form.
        claim_lang: its language.
        sentence_text: the sentence of evidence, in normal form.
        sentence_lang: its language.
        published: the day the evidence was published, if known.
        as_of: the day from which the claim is judged.
        context: the passage around the sentence; a detail that it gives is not missing.

    Returns:
        What the sentence says. For a language without word lists, numbers and dates only.
    """
    claim, sentence = _wording(claim_text, claim_lang), _wording(sentence_text, sentence_lang)
    renewed = _is_renewed(claim, sentence, published=published, as_of=as_of)
    cancelled = not renewed and _is_cancelled(claim, sentence)
    return Observation(
        differences=(
            *_differences(claim, sentence, context, published=published, as_of=as_of),
            *_rung_difference(claim, sentence),
        ),
        rung=None if cancelled else sentence.rung,
        step_taken=not cancelled and _takes_step(claim, sentence),
        committed=bool(sentence.of("plan")) and not sentence.of(*_UNCOMMITTED),
        conditional=_is_conditional(claim, sentence),
        cancelled=cancelled,
        renewed=renewed,
        reckoned=is_reckoned(claim_text, claim_lang, sentence_text, sentence_lang),
        other=of_another(
            find_serials(claim_text, claim_lang),
            find_serials(sentence_text, sentence_lang),
            same_language=claim_lang == sentence_lang,
        ),
        wording=wording_of(claim_text, claim_lang, sentence_text, sentence_lang),
        deadline=sentence_deadline(sentence_text, sentence_lang, published),
        progress=_progress(claim, sentence),
    )


def _differences(
    claim: _Wording, sentence: _Wording, context: str | None, *, published: date | None, as_of: date
) -> tuple[Difference, ...]:
    def of(text: str) -> tuple[Difference, ...]:
        return find_differences(
            claim.text, claim.lang, text, sentence.lang, claim_reference=as_of, sentence_reference=published
        )

    found = of(sentence.text)
    if context is None or all(difference.outcome == "conflict" for difference in found):
        return found
    absent = {(difference.kind, difference.claimed) for difference in of(context)}
    return tuple(d for d in found if d.outcome == "conflict" or (d.kind, d.claimed) in absent)


def _rung_difference(claim: _Wording, sentence: _Wording) -> tuple[Difference, ...]:
    """A binding agreement claimed where the sentence speaks of a memorandum and of nothing firmer."""
    patterns, theirs = patterns_of(claim.lang), patterns_of(sentence.lang)
    if patterns is None or theirs is None or claim.of("memorandum", "plan") or _MEMORANDUM.search(claim.folded):
        return ()
    if sentence.rung is not Rung.MEMORANDUM or theirs.framework.search(sentence.folded):
        return ()
    firm = [cue.span.of(claim.text) for cue in claim.of("contracted") if claim.rung is Rung.CONTRACTED]
    firm += [claim.text[match.start() : match.end()] for match in patterns.binding.finditer(claim.folded)]
    found = sentence.of("memorandum")[0].span.of(sentence.text)
    return tuple(Difference(kind="rung", outcome="conflict", claimed=words, found=found) for words in firm[:1])


def _takes_step(claim: _Wording, sentence: _Wording) -> bool:
    """Whether the claim is of a signing, a grant or a start and the sentence says that it, or more, has taken place.

    The main event decides: a claim that an agreement on a plan was signed is of the signing, not of the plan.
    """
    claimed, reached = _step(claim), _step(sentence)
    if claimed not in _STEPS or reached is None or claim.of("plan", "hedge", "conditional"):
        return False
    return reached.height >= claimed.height


def _step(wording: _Wording) -> Rung | None:
    if wording.rung is None and _MEMORANDUM.search(wording.folded):
        return Rung.MEMORANDUM
    return wording.rung


def _is_conditional(claim: _Wording, sentence: _Wording) -> bool:
    """Whether the plan waits on a condition that the sentence or the claim sets, and that the sentence leaves open."""
    if sentence.rung is Rung.FUNDED:  # approved: the condition is met
        return False
    about_it = bool(sentence.of("plan")) or _share_a_word(claim, sentence)
    return _sets_condition(claim) or (about_it and _sets_condition(sentence))


def _sets_condition(wording: _Wording) -> bool:
    plans = wording.of("plan")
    return any(
        not _is_governed(wording, cue, "negation") and (not plans or any(_frames(wording, cue, p) for p in plans))
        for cue in wording.of("conditional")
    )


def _frames(wording: _Wording, condition: Cue, plan: Cue) -> bool:
    """Whether a condition is set to a plan: it follows the plan, or opens the sentence or a clause before it."""
    if wording.lang == "ko" or condition.span.overlaps(plan.span) or plan.span.end <= condition.span.start:
        return True
    opens = not wording.folded[: condition.span.start].strip()
    return opens or bool(_BREAK.search(wording.folded, condition.span.start, plan.span.start))


def _is_cancelled(claim: _Wording, sentence: _Wording) -> bool:
    """Whether the sentence says that the plan was dropped or missed, and of no plan that it still stands."""
    patterns = patterns_of(sentence.lang)
    if patterns is None or claim.of("cancelled") or not _share_a_word(claim, sentence):
        return False
    may_miss_a_date = bool(find_dates(claim.text, claim.lang, None))
    dropped = [
        cue
        for cue in sentence.of("cancelled")
        if not _is_governed(sentence, cue, "negation", "hedge", "conditional")
        and (may_miss_a_date or not patterns.postponed.search(sentence.folded, cue.span.start, cue.span.end))
    ]
    standing = [
        plan for plan in sentence.of("plan") if not any(_is_part(sentence, plan, cue, patterns) for cue in dropped)
    ]
    return bool(dropped) and not standing


def _is_renewed(claim: _Wording, sentence: _Wording, *, published: date | None, as_of: date) -> bool:
    """Whether the sentence puts something off to the very date that the claim gives."""
    patterns = patterns_of(sentence.lang)
    if patterns is None or not patterns.postponed.search(sentence.folded):
        return False
    claimed = find_dates(claim.text, claim.lang, as_of)
    for period in find_dates(sentence.text, sentence.lang, published):
        first, last = period.span.start, period.span.end
        beside = (last, last + _AT_DATE) if sentence.lang == "ko" else (max(0, first - _AT_DATE), first + _AT_DATE)
        new = patterns.put_off_to.search(sentence.folded, *beside)
        if new and any(_is_same_day(wanted, period) for wanted in claimed):
            return True
    return False


def _is_same_day(wanted: DateRange, period: DateRange) -> bool:
    """Whether two dates are of one period, however each binds to it."""
    return wanted.start <= period.start <= period.end <= wanted.end or (
        period.start <= wanted.start <= wanted.end <= period.end
    )


def _is_part(wording: _Wording, plan: Cue, dropping: Cue, patterns: Patterns) -> bool:
    """Whether a plan is what is dropped, rather than a second statement."""
    first, second = sorted((plan.span, dropping.span), key=lambda span: span.start)
    between = (first.end, second.start)
    return first.overlaps(second) or not (
        _BREAK.search(wording.folded, *between) or patterns.and_also.search(wording.folded, *between)
    )


def _is_governed(wording: _Wording, cue: Cue, *families: Family) -> bool:
    """Whether a word of these families reaches the cue: before it, in Korean after it, with no stop between."""
    for other in wording.of(*families):
        if other.span.overlaps(cue.span):
            continue
        first, second = (cue, other) if wording.lang == "ko" else (other, cue)
        gap = second.span.start - first.span.end
        if 0 <= gap <= _REACH and not _BREAK.search(wording.folded, first.span.end, second.span.start):
            return True
    return False


def _share_a_word(claim: _Wording, sentence: _Wording) -> bool:
    """Whether the texts share the stem of a content word; across languages, that of a name or a number as a rule."""
    return not _stems(claim).isdisjoint(_stems(sentence))


def _stems(wording: _Wording) -> set[str]:
    if wording.lang == "ko":  # particles are joined to words: their first two syllables tell them apart
        return {word[:2] for word in _WORD.findall(wording.folded)}
    small = function_words(wording.lang)
    return {word[:_STEM] for word in _WORD.findall(wording.folded) if word not in small}


def _progress(claim: _Wording, sentence: _Wording) -> tuple[float, float] | None:
    """How many of the number claimed are done: "four of the ten are built", or "four were built" of ten planned."""
    patterns = patterns_of(sentence.lang)
    if patterns is None:
        return None
    for one, other in zip(sentence.quantities, sentence.quantities[1:], strict=False):
        part, whole = (one, other) if patterns.part_first else (other, one)
        between = (one.span.end, other.span.start)
        if not patterns.part_of.fullmatch(sentence.folded, *between) or part.low > whole.low:
            continue
        # "planned" in "of the planned ten" is no plan of the sentence
        plain = sentence.text[: between[0]] + " " * (between[1] - between[0]) + sentence.text[between[1] :]
        if _is_claimed(claim, part, whole) and _is_realised(plain, sentence.lang):
            return float(part.low), float(whole.low)
    return _counted(claim, sentence)


def _is_claimed(claim: _Wording, part: Quantity, whole: Quantity) -> bool:
    """Whether the claim is of the whole and not of the part."""
    if any(q.low == part.low for q in claim.quantities if part.low != whole.low):
        return False
    return any(q.low == q.high == whole.low and is_unit(q.unit) == is_unit(whole.unit) for q in claim.quantities)


def _counted(claim: _Wording, sentence: _Wording) -> tuple[float, float] | None:
    due = claim.of("plan") or any(d.bound in ("by", "before") for d in find_dates(claim.text, claim.lang, None))
    if not due or sentence.of("plan") or not _says_done(sentence.text, sentence.lang):
        return None
    pairs = [
        (done, wanted)
        for wanted in claim.quantities
        for done in sentence.quantities
        if wanted.unit not in (None, "percent") and same_kind(wanted, done)
    ]
    if len(pairs) != 1:
        return None
    done, wanted = pairs[0]
    less = 0 < done.low == done.high < wanted.low and compare(wanted, done) == "different"
    return (float(done.low), float(wanted.low)) if less else None


def _is_realised(text: str, lang: str | None) -> bool:
    """Whether a count is of what is so: "four of ten are in place" says it as well as "four of ten were built"."""
    return _says_done(text, lang) or not any(cue.family in UNREAL for cue in find_cues(text, lang))


def _says_done(text: str, lang: str | None) -> bool:
    rung = highest_rung(text, lang)
    return rung is not None and rung.height >= Rung.DELIVERED.height
