"""What evidence would change or settle a verdict, in one or two plain sentences built from templates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from claimcheck.text.quantities import find_quantities
from claimcheck.types import Claim, ClaimKind, Difference, Flag, Rung

_TEMPLATES: Final = {
    "supported": "A later or weightier source that denies it would change this.{firmer}",
    "mixed": "A later or weightier source, such as a record, a filing or the authority in charge, that states which "
    "version holds{figures} would settle it.",
    "cancelled": "A later source that shows the plan taken up again would make it aspirational; proof that it was done "
    "all the same would make it proven.",
    "contradicted": "A later or weightier source that states it as done{figures} would change this; short of that, the "
    "claim has to be corrected or dropped.",
    "conflict": "A source that gives {details} would change this; short of that, the claim has to be corrected to what "
    "the source gives.",
    "stale": "A source from {fresh} or later that states the same would make it proven; so would a wording that dates "
    "the claim to the time of its evidence.",
    "self_sourced": "A source other than {actor} itself, such as a registry entry, a filing, a certificate or an "
    "independent report, would make it proven.",
    "weak_support": "A source that states it outright{figures} would make it proven; those found only come near.",
    "overdue": "A source from after {deadline} decides: one that shows it done would make it proven, one that names a "
    "new date aspirational, one that it was dropped contradicted.",
    "conditional": "A source that shows the condition met would make it aspirational; proof that it is done{due} would "
    "make it proven.",
    "partial": "{done} of {total} are shown done: proof of the rest{due} would make it proven; a source that the rest "
    "was dropped would make it contradicted.",
    "planned": "{lift}Proof that it is done{due} would make it proven; a source that the plan was dropped would make "
    "it contradicted.",
    "hedged": "A commitment by {actor}, named and on record, would make it aspirational; a source that states it as "
    "done{figures} would make it proven.",
    ClaimKind.FACT: "A record, a filing or a report that states it{figures} would make it proven; {actor} can be asked "
    "for one.",
    ClaimKind.PLAN: "A statement, an agreement or a budget that commits {actor} to it would make it aspirational; "
    "proof that it is done{due} would make it proven.",
    ClaimKind.PREDICTION: "A commitment by whoever can bring it about would make it aspirational; a report that it has "
    "come about{figures} would make it proven.",
    ClaimKind.QUOTATION: "A source for what was said{figures}, not for its having been said, would make it proven.",
}
# What would lift a plan from each rung to the next.
_LIFT: Final = {
    Rung.ANNOUNCED: "A signed agreement, a budget or a permit would lift it from an announcement. ",
    Rung.MEMORANDUM: "A signed contract, a budget or a permit would lift it from a memorandum. ",
    Rung.FUNDED: "A signed contract or a start of work would lift it from funds or a permit. ",
    Rung.CONTRACTED: "A report that work has begun would lift it from a contract. ",
}
_DETAIL: Final = {
    "number": "the figure {claimed}",
    "date": "the date {claimed}",
    "name": "the name {claimed}",
    "rung": "the stage that the claim states ({claimed})",
}
_FIRMER: Final = {
    Flag.SELF_SOURCED: " A source other than {actor} itself would make it firmer.",
    Flag.SINGLE_SOURCE: " A second, independent source would make it firmer.",
}
_MOST: Final = 3


def would_settle(
    rule: str,
    claim: Claim,
    *,
    flags: Collection[Flag] = (),
    rung: Rung | None = None,
    deadline: date | None = None,
    progress: tuple[float, float] | None = None,
    differences: Sequence[Difference] = (),
    fresh_from: date | None = None,
) -> str:
    """What evidence would change or settle a verdict.

    Args:
        rule: the rule that decided.
        claim: the claim; whatever is named comes from it.
        flags: the verdict's flags.
        rung: the rung that a plan has reached.
        deadline: the day by which it is to be done.
        progress: ``(done, of how many)``.
        differences: what the opposing sentences give otherwise.
        fresh_from: the first day from which evidence on a present state is not stale.

    Returns:
        One or two sentences of English.
    """
    template = _TEMPLATES[claim.kind] if rule == "no_evidence" else _TEMPLATES[rule]
    actor = claim.speaker or "the issuer"
    done, total = progress or (0.0, 0.0)
    firmer = next((sentence for flag, sentence in _FIRMER.items() if flag in flags), "")
    return template.format(
        actor=actor,
        details=_details(differences),
        done=f"{done:,.10g}",
        total=f"{total:,.10g}",
        deadline=_day(deadline),
        due=f" by {_day(deadline)}" if deadline else "",
        figures=_figures(claim),
        firmer=firmer.format(actor=actor),
        fresh=_day(fresh_from),
        lift=_LIFT.get(rung, "") if rung else "",
    )


def _details(differences: Sequence[Difference]) -> str:
    named = [_DETAIL[d.kind].format(claimed=d.claimed) for d in differences if d.outcome == "conflict"]
    return _listed(list(dict.fromkeys(named))[:_MOST])


def _figures(claim: Claim) -> str:
    given = (q.span.of(claim.text) for q in find_quantities(claim.text, claim.lang))
    found = list(dict.fromkeys(figure for figure in given if any(c.isdigit() for c in figure)))[:_MOST]
    return f", with {_listed(found)}," if found else ""


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "today"
