"""The order of decision: each rule looks at a case and decides it or passes it on; the first that decides wins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from claimcheck.decide.decision import Decision, confidence, make_decision
from claimcheck.decide.evidence import UNREALISED, Case, Reading, Readings
from claimcheck.decide.sources import independent_sources
from claimcheck.types import Basis, Flag, Label, Relation, Rung


def mixed(case: Case) -> Decision | None:
    """Sources of equal rank disagree and neither is later."""
    ours, theirs = case.supports, case.denials
    if not ours or not theirs or case.prevails(ours, theirs) or case.prevails(theirs, ours):
        return None
    sureness = confidence(min(ours[0].strength, theirs[0].strength))
    return make_decision(case, "mixed", Basis.MIXED, sureness, supporting=ours, opposing=theirs)


def cancelled(case: Case) -> Decision | None:
    """The plan was dropped or missed."""
    denials = _prevailing_denials(case)
    if not denials or not denials[0].judgement.cancelled:
        return None
    return _contradicted(case, "cancelled", denials)


def contradicted(case: Case) -> Decision | None:
    """A source denies it, and no source of like weight, or none as late, states it.

    Where a sentence gives it otherwise more surely than that, that decides.
    """
    denials = _prevailing_denials(case)
    if not denials:
        return None
    firmer = tuple(r for r in case.conflicting if r.strength > denials[0].strength)
    return _contradicted(case, "conflict" if firmer else "contradicted", denials, firmer)


def stale(case: Case) -> Decision | None:
    """A present state whose evidence is too old to speak of the present."""
    return _unproven(case, "stale", case.supports, Flag.STALE) if case.proof and case.stale else None


def supported(case: Case) -> Decision | None:
    """A source states it as realised, and none of like weight opposes it."""
    if not case.proof:
        return None
    reached = _highest_rung(case.supports)
    return make_decision(
        case,
        "supported",
        Basis.SUPPORTED,
        confidence(
            max(_proof_strength(case, reading) for reading in case.proof),
            case.strongest(Relation.REFUTES, beaten=case.denials),
        ),
        label=Label.PROVEN,
        supporting=_latest_first(case, case.proof, case.denials),
        opposing=case.denials,
        flags=_source_flags(case, case.supports),
        rung=reached if reached.height >= Rung.DELIVERED.height else None,
    )


def self_sourced(case: Case) -> Decision | None:
    """Only the issuer itself says that it is done, which in the strict mode proves nothing."""
    if not case.own_supports or case.supports or any(not case.is_own(r) for r in case.live_plans):
        return None
    return _unproven(case, "self_sourced", case.own_supports)


def weak_support(case: Case) -> Decision | None:
    """A source seems to state it, not surely enough to prove it, and no plan stands either."""
    if not case.supports or case.live_plans:
        return None
    return _unproven(case, "weak_support", case.supports, Flag.UNSURE, *([Flag.STALE] if case.stale else []))


def overdue(case: Case) -> Decision | None:
    """It was planned, its day has passed, and nothing says that it was done."""
    return _planned(case, "overdue", case.plans, Flag.OVERDUE) if case.overdue_since else None


def conditional(case: Case) -> Decision | None:
    """It is planned if something outside the actor's control comes about, and no later plan is free of that."""
    waiting = tuple(r for r in case.plans if r.judgement.conditional)
    free = tuple(r for r in case.plans if not r.judgement.conditional)
    if not waiting or case.overtakes(free, waiting):
        return None
    return _planned(case, "conditional", waiting, Flag.CONDITIONAL, basis=Basis.HEDGED)


def partial(case: Case) -> Decision | None:
    """It is planned as a number of things, and only some of them are done."""
    if not _is_part(_progress(case.plans)):
        return None
    return _planned(case, "partial", case.plans, label=Label.ASPIRATIONAL)


def planned(case: Case) -> Decision | None:
    """An identified actor plans, promises, has agreed or is building it, and nothing shows it done."""
    return _planned(case, "planned", case.plans, label=Label.ASPIRATIONAL) if case.plans else None


def conflict(case: Case) -> Decision | None:
    """What comes nearest to it gives another number, date, name or stage."""
    return _contradicted(case, "conflict", case.conflicting) if case.conflicting else None


def hedged(case: Case) -> Decision | None:
    """Sources only guess, or say what would come of a condition."""
    if not case.hedges:
        return None
    surest = case.hedges[0]
    against = case.strongest(Relation.SUPPORTS, Relation.PLANS, Relation.REFUTES)
    sureness = confidence(surest.strength, against)
    rule, waits = ("conditional", (Flag.CONDITIONAL,)) if surest.judgement.conditional else ("hedged", ())
    flags = (*waits, *_overdue_by_itself(case))
    return make_decision(case, rule, Basis.HEDGED, sureness, supporting=case.hedges, flags=flags)


def no_evidence(case: Case) -> Decision:
    """Nothing bears on it surely enough."""
    nearest = case.strongest(*(relation for relation in Relation if relation is not Relation.UNRELATED))
    return make_decision(
        case,
        "no_evidence",
        Basis.NO_EVIDENCE,
        confidence(1.0 - nearest),
        supporting=tuple(r for r in case.leaning if r.relation is not Relation.REFUTES),
        opposing=tuple(r for r in case.leaning if r.relation is Relation.REFUTES),
        flags=(*_overdue_by_itself(case), *([Flag.UNSURE] if case.leaning else [])),
    )


RULES: Final[tuple[Callable[[Case], Decision | None], ...]] = (
    mixed,
    cancelled,
    contradicted,
    stale,
    supported,
    self_sourced,
    weak_support,
    overdue,
    conditional,
    partial,
    planned,
    conflict,
    hedged,
    no_evidence,
)
"""The rules in their order. The last decides every case."""


def _prevailing_denials(case: Case) -> Readings:
    """Denials that nothing beats: support must be later or weightier to beat them, a plan must be later."""
    if not case.denials:
        return ()
    beaten = case.prevails(case.supports, case.denials) if case.supports else case.overtakes(case.plans, case.denials)
    return () if beaten else case.denials


def _contradicted(case: Case, rule: str, denials: Readings, firmer: Readings = ()) -> Decision:
    """Contradicted by denials, and by what gives the claim otherwise more surely than they deny it."""
    for_it = case.supports + case.own_supports + case.plans
    against = case.strongest(Relation.SUPPORTS, beaten=for_it, apart_from=denials + firmer)
    return make_decision(
        case,
        rule,
        Basis.CONTRADICTED,
        confidence((firmer or denials)[0].strength, against),
        supporting=for_it or (() if firmer else case.giving_what_is_denied(denials)),
        opposing=firmer + _latest_first(case, denials, for_it),
    )


def _unproven(case: Case, rule: str, supports: Readings, *flags: Flag) -> Decision:
    """Supported, and yet not proven: the label falls, the basis tells that there is support."""
    return make_decision(
        case,
        rule,
        Basis.SUPPORTED,
        confidence(supports[0].strength, case.strongest(Relation.REFUTES, beaten=case.denials)),
        supporting=supports,
        opposing=case.denials,
        flags=(*flags, *_source_flags(case, supports)),
    )


def _planned(
    case: Case,
    rule: str,
    plans: Readings,
    *flags: Flag,
    label: Label = Label.SPECULATIVE,
    basis: Basis = Basis.PLANNED,
) -> Decision:
    beaten = case.denials + case.own_supports  # denials are older here, or they would have decided
    progress = _progress(case.plans)
    return make_decision(
        case,
        rule,
        basis,
        confidence(plans[0].strength, case.strongest(Relation.REFUTES, Relation.SUPPORTS, beaten=beaten)),
        label=label,
        supporting=_latest_first(case, plans, case.denials),
        opposing=case.denials,
        flags=(
            *flags,
            *_source_flags(case, plans),
            *([Flag.PARTIAL] if _is_part(progress) else []),
            *([Flag.UNSURE] if case.denials else []),
        ),
        rung=min(_highest_rung(case.plans), Rung.UNDER_WAY, key=_height),  # what is delivered in part is under way
        progress=progress,
    )


def _proof_strength(case: Case, reading: Reading) -> float:
    return reading.strength * (case.policy.missing_discount if reading.lacks else 1.0)


def _latest_first(case: Case, readings: Readings, beaten: Readings) -> Readings:
    """The readings that came after all they beat, then the others."""
    later = tuple(r for r in readings if beaten and case.overtakes((r,), beaten))
    return later + tuple(r for r in readings if r not in later)


def _source_flags(case: Case, readings: Readings) -> tuple[Flag, ...]:
    own = all(case.is_own(r) for r in readings)
    single = independent_sources(r.document for r in readings) == 1
    return (*([Flag.SELF_SOURCED] if own else []), *([Flag.SINGLE_SOURCE] if single else []))


def _overdue_by_itself(case: Case) -> tuple[Flag, ...]:
    passed = case.claim.kind in UNREALISED and case.deadline is not None and case.deadline < case.as_of
    return (Flag.OVERDUE,) if passed else ()


def _height(rung: Rung) -> int:
    return rung.height


def _highest_rung(readings: Readings) -> Rung:
    return max((r.judgement.rung for r in readings if r.judgement.rung), key=_height, default=Rung.ANNOUNCED)


def _progress(plans: Readings) -> tuple[float, float] | None:
    """The newest count of what is done, of how many; of one day, the highest."""
    counts = [(r.document.published or date.min, r.judgement.progress) for r in plans if r.judgement.progress]
    return max(counts)[1] if counts else None


def _is_part(progress: tuple[float, float] | None) -> bool:
    return progress is not None and progress[0] < progress[1]
