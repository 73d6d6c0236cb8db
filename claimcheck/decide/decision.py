"""What the policy answers: the decision, its confidence and the judgements to cite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from claimcheck.decide.evidence import Case, Reading, Readings
from claimcheck.decide.headings import is_heading
from claimcheck.decide.would_settle import would_settle
from claimcheck.types import Basis, Flag, Judgement, Label, Rung

_CITED: Final = 3


class Decision(BaseModel):
    """The label of one claim, why, and the judgements to cite.

    ``supporting`` speaks for the claim, or comes nearest to it, and ``opposing`` against it, best first, at most three
    each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Label
    basis: Basis
    flags: tuple[Flag, ...] = ()
    rung: Rung | None = None
    progress: tuple[float, float] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    rule: str
    supporting: tuple[Judgement, ...] = ()
    opposing: tuple[Judgement, ...] = ()
    would_settle: str


def confidence(deciding: float, opposing: float = 0.0) -> float:
    """How likely the label is right: that what decided holds, and that nothing opposes it.

    Never falls when ``deciding`` rises, never rises when ``opposing`` does.

    Args:
        deciding: probability of the relation that decided.
        opposing: greatest probability of a relation that would have led to another label.

    Returns:
        A probability.
    """
    return min(1.0, deciding) * (1.0 - min(1.0, opposing))


def make_decision(
    case: Case,
    rule: str,
    basis: Basis,
    sureness: float,
    *,
    label: Label = Label.SPECULATIVE,
    supporting: Readings = (),
    opposing: Readings = (),
    flags: Iterable[Flag] = (),
    rung: Rung | None = None,
    progress: tuple[float, float] | None = None,
) -> Decision:
    """The decision of one rule, with what every decision has: its flags in order, citations, and what would settle it.

    Args:
        case: what was decided.
        rule: the name of the rule.
        basis: why the label.
        sureness: the confidence before calibration; calibrated under the policy's level, the decision is unsure.
        label: the label.
        supporting: readings that speak for the claim, best first.
        opposing: readings that speak against it, best first.
        flags: flags beside ``unsure``, or ``unsure`` whatever the confidence.
        rung: the rung that the evidence reaches.
        progress: ``(done, of how many)``.
    """
    sureness = case.policy.calibrated(sureness, rule)
    raised = {*flags, *([Flag.UNSURE] if sureness < case.policy.unsure_below else [])}
    opposing = cited(opposing)
    return Decision(
        label=label,
        basis=basis,
        flags=tuple(flag for flag in Flag if flag in raised),
        rung=rung,
        progress=progress,
        confidence=sureness,
        rule=rule,
        supporting=tuple(r.judged for r in cited(supporting)),
        opposing=tuple(r.judged for r in opposing),
        would_settle=would_settle(
            rule,
            case.claim,
            flags=raised,
            rung=rung,
            deadline=_deadline(case) or case.overdue_since,
            progress=progress,
            differences=[difference for r in opposing for difference in r.judgement.differences],
            fresh_from=case.as_of - timedelta(days=case.policy.stale_after_days),
        ),
    )


def cited(readings: Sequence[Reading]) -> Readings:
    """The readings to cite: the best of each document, and one more sentence of the deciding passage if there is room.

    A heading, which the sentences below it spell out, is cited only where none of these is.

    Args:
        readings: best first.

    Returns:
        At most three, best first, each sentence once.
    """
    once = list({_place(r): r for r in reversed(readings)}.values())[::-1]
    spelled_out = {r.judgement.document for r in once if not _is_heading(r)}
    once = [r for r in once if r.judgement.document not in spelled_out or not _is_heading(r)]
    seen: set[str] = set()
    chosen: list[Reading] = []
    for reading in once:
        if reading.judgement.document not in seen:
            seen.add(reading.judgement.document)
            chosen.append(reading)
    seconds = [r for r in once if r not in chosen and r.judgement.passage == once[0].judgement.passage]
    chosen = (chosen[:_CITED] + seconds[:1])[:_CITED]
    return tuple(r for r in once if r in chosen)


def _is_heading(reading: Reading) -> bool:
    return is_heading(reading.document.text, reading.judgement.span)


def _place(reading: Reading) -> tuple[str, int, int]:
    return reading.judgement.document, reading.judgement.span.start, reading.judgement.span.end


def _deadline(case: Case) -> date | None:
    """The day by which proof can still come."""
    day = max((r.judgement.deadline for r in case.plans if r.judgement.deadline), default=case.deadline)
    return None if day is None or day < case.as_of else day
