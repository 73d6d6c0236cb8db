"""The evidence on one claim, read for the policy: what each sentence counts as, and which sentences prevail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from claimcheck.decide.policy import Policy
from claimcheck.decide.sources import is_hearsay, is_own_text, weight
from claimcheck.types import Claim, ClaimKind, Document, Judgement, Relation, Rung
from claimcheck.verify.case import BEARS, bearing

_HINT: Final = 0.05
_STRONG_HINT: Final = 0.25
"""Least probability that the verifier must give a relation for wording to add to it: of a plan, and of a fact."""

_SHORT_OF_PROOF: Final = 0.01

_CERTAIN: Final = 0.8
"""Probability of support from which the wording of a plan does not count: it may be of something else."""

UNREALISED = frozenset({ClaimKind.PLAN, ClaimKind.PREDICTION})
"""Kinds of claim whose event is yet to come by their own wording."""


@dataclass(frozen=True, eq=False)
class Reading:
    """One sentence as the policy takes it.

    ``weights`` are the judgement's probabilities after the rules that a date, a dropped plan or unfinished work impose.
    """

    judgement: Judgement
    document: Document
    weights: Mapping[Relation, float]

    @property
    def relation(self) -> Relation:
        """The likeliest relation; a sentence that the verifier found unrelated stays so."""
        if self.judgement.relation is Relation.UNRELATED:
            return Relation.UNRELATED
        return max(Relation, key=lambda relation: self.weights[relation])

    @property
    def strength(self) -> float:
        """Probability of that relation."""
        return self.weights[self.relation]

    @property
    def judged(self) -> Judgement:
        """The judgement with the distribution as the policy takes it."""
        return self.judgement.model_copy(update={"probabilities": dict(self.weights)})

    @property
    def conflicts(self) -> bool:
        """Whether the sentence gives another number, date, name or rung than the claim for the same thing."""
        unfinished = self.judgement.progress is not None  # "four of ten" differs from "ten" without contradicting it
        return any(
            difference.outcome == "conflict" and not (unfinished and difference.kind == "number")
            for difference in self.judgement.differences
        )

    @property
    def lacks(self) -> bool:
        """Whether the sentence lacks a number, date or name that the claim states."""
        return self.missing > 0

    @property
    def missing(self) -> int:
        """How many numbers, dates and names of the claim the sentence lacks."""
        return sum(difference.outcome == "missing" for difference in self.judgement.differences)

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key that depends on the reading alone: strongest first, then weightiest, then newest."""
        published = self.document.published or date.min
        j = self.judgement
        return (
            -self.strength,
            -weight(self.document),
            -published.toordinal(),
            j.document,
            j.span.start,
            j.span.end,
            j.passage,
            j.model_dump_json(),
        )


Readings = tuple[Reading, ...]


@dataclass(frozen=True)
class Case:
    """One claim with all that may decide it. ``readings`` come strongest first."""

    claim: Claim
    readings: Readings
    as_of: date
    policy: Policy
    deadline: date | None = None
    present_state: bool = False
    issuer: str | None = None

    def _of(self, relation: Relation) -> Readings:
        return tuple(r for r in self.readings if r.relation is relation and r.strength >= self.policy.settled)

    def _admissible(self, reading: Reading) -> bool:
        return self.policy.self_source == "flag" or not self.is_own(reading)

    @cached_property
    def supports(self) -> Readings:
        """Sentences that state the claim as realised, in every detail they give, from sources that may prove it."""
        return tuple(r for r in self._of(Relation.SUPPORTS) if not r.conflicts and self._admissible(r))

    @cached_property
    def own_supports(self) -> Readings:
        """The same from sources that may not: the issuer's own, in the strict mode."""
        return tuple(r for r in self._of(Relation.SUPPORTS) if not r.conflicts and not self._admissible(r))

    @cached_property
    def plans(self) -> Readings:
        """Sentences that show an actor committed to it, in every detail they give."""
        return tuple(r for r in self._of(Relation.PLANS) if not r.conflicts)

    @cached_property
    def conflicting(self) -> Readings:
        """Sentences that would support it or show it planned, but for a detail that they give otherwise."""
        near = {*self._of(Relation.SUPPORTS), *self._of(Relation.PLANS)}
        return tuple(r for r in self.readings if r in near and r.conflicts)

    @cached_property
    def hedges(self) -> Readings:
        """Sentences that only guess."""
        return self._of(Relation.HEDGES)

    @cached_property
    def denials(self) -> Readings:
        """Denials of like weight to the best support, or to the best plan where nothing supports.

        A denial that lacks several details of the claim which the other side gives is of another event.
        """
        against = self.supports or self.plans
        least = self.policy.opposed_ratio * against[0].strength if against else 0.0
        most = self.policy.other_event_from + min((r.missing for r in against), default=0)
        return tuple(
            r
            for r in self._of(Relation.REFUTES)
            if r.strength >= least and (not against or r.conflicts or r.missing < most)
        )

    @cached_property
    def leaning(self) -> Readings:
        """Sentences that bear on it without being settled."""
        return tuple(
            r for r in self.readings if r.relation is not Relation.UNRELATED and r.strength < self.policy.settled
        )

    def giving_what_is_denied(self, denials: Readings) -> Readings:
        """The sentence that comes nearest to deciding, of another source, with what the surest denial denies."""
        denied = _details(denials[:1])
        documents = {r.document.id for r in denials}
        giving = [
            r
            for r in self.readings
            if denied
            and r.document.id not in documents
            and bearing(r.judgement) >= BEARS
            and r.weights[Relation.REFUTES] <= max(r.weights[Relation.SUPPORTS], r.weights[Relation.PLANS])
            and not denied & _details((r,))
        ]
        return tuple(sorted(giving, key=lambda r: r.weights[Relation.UNRELATED])[:1])

    @cached_property
    def proof(self) -> Readings:
        """Supports that are sure enough to prove."""
        policy = self.policy
        return tuple(
            r for r in self.supports if r.strength >= (policy.proven_with_missing if r.lacks else policy.proven_at)
        )

    @cached_property
    def live_plans(self) -> Readings:
        """The plans, unless their day has passed in silence."""
        return () if self.overdue_since else self.plans

    @cached_property
    def overdue_since(self) -> date | None:
        """The last deadline of the plans, if it has passed and no plan goes on after it."""
        days = [r.judgement.deadline or self.deadline for r in self.plans]
        given = [day for day in days if day is not None]
        if not given or max(given) >= self.as_of:
            return None
        last = max(given)
        renewed = any(r.judgement.deadline is None and (r.document.published or date.min) > last for r in self.plans)
        return None if renewed else last

    @cached_property
    def stale(self) -> bool:
        """Whether the claim is of a present state and all that supports it is too old to speak of the present."""
        oldest = self.as_of - timedelta(days=self.policy.stale_after_days)
        days = [r.document.published for r in self.supports]
        return self.present_state and bool(days) and all(day is not None and day < oldest for day in days)

    def is_own(self, reading: Reading) -> bool:
        """Whether the reading is the word of who makes the claim."""
        return is_own_text(reading.document, (self.claim.speaker, self.issuer))

    def prevails(self, readings: Readings, others: Readings) -> bool:
        """Whether ``readings`` beat ``others``: one of them is later than all of these, or else weightier."""
        if self.overtakes(readings, others):
            return True
        heaviest, other = (max(weight(r.document) for r in side) for side in (readings, others))
        return heaviest > other and not self.overtakes(others, readings)

    def overtakes(self, readings: Readings, others: Readings) -> bool:
        """Whether one of ``readings`` is later than each of ``others``."""
        return any(all(self._later(r, other) for other in others) for r in readings)

    def _later(self, reading: Reading, other: Reading) -> bool:
        day, other_day = reading.document.published, other.document.published
        if day is None or other_day is None or (day - other_day).days < self.policy.later_by_days:
            return False
        return not is_hearsay(reading.document) or weight(reading.document) >= weight(other.document)

    def strongest(self, *relations: Relation, beaten: Readings = (), apart_from: Readings = ()) -> float:
        """The greatest probability of any of the relations in any sentence; what was beaten counts less."""
        return max(
            (
                r.weights[relation] * (self.policy.overtaken_weight if r in beaten else 1.0)
                for r in self.readings
                if r not in apart_from
                for relation in relations
            ),
            default=0.0,
        )


def _details(readings: Readings) -> set[tuple[str, str]]:
    """The figures and dates of the claim that the sentences give otherwise or lack."""
    return {
        (difference.kind, difference.claimed)
        for reading in readings
        for difference in reading.judgement.differences
        if difference.kind in ("number", "date")
    }


def read_evidence(
    claim: Claim,
    judgements: Sequence[Judgement],
    documents: Mapping[str, Document],
    *,
    as_of: date,
    policy: Policy,
    event_start: date | None,
    deadline: date | None,
) -> Readings:
    """What each sentence counts as.

    Left out: what was published after ``as_of``. A document without a day stays. What is said of
    another one of a series bears on nothing, nor does what the verifier is not sure of in a document that names nothing
    that the claim names. Then, one after the other: what says the claim word for word does not deny
    it, though it proves it only where no word stands between; what gives figures from which those of the claim follow
    is likelier to support than to deny it; a signing
    or grant that the claim is of, worded as taken place, is no mere plan; a plan worded without doubt is neither guess
    nor fact; support from before the event, or of unfinished work, shows a plan at most; unfinished work does not deny
    what is not yet due; a plan put off to the date claimed is that plan; a dropped plan denies, where the verifier,
    too, sees something of a denial.

    Returns:
        The readings, strongest first, in an order that does not depend on that of ``judgements``.
    """
    due = claim.kind not in UNREALISED or (deadline is not None and deadline < as_of)
    readings = []
    for judgement in judgements:
        document = documents[judgement.document]
        if document.published is None or document.published <= as_of:
            only_planned = claim.kind not in UNREALISED and judgement.rung is Rung.ANNOUNCED
            weights = _weights(judgement, document.published, event_start, policy, due=due, only_planned=only_planned)
            readings.append(Reading(judgement, document, weights))
    return tuple(sorted(readings, key=lambda r: r.order))


def _weights(
    judgement: Judgement,
    published: date | None,
    event_start: date | None,
    policy: Policy,
    *,
    due: bool,
    only_planned: bool,
) -> Mapping[Relation, float]:
    bearing = max(judgement.probabilities[relation] for relation in Relation if relation is not Relation.UNRELATED)
    if judgement.other or (judgement.unnamed and bearing < policy.unnamed_from):
        return {relation: float(relation is Relation.UNRELATED) for relation in Relation}
    weights = dict(judgement.probabilities)
    unfinished = judgement.progress is not None and judgement.progress[0] < judgement.progress[1]
    too_early = event_start is not None and published is not None and published < event_start
    _stated_or_reckoned(weights, judgement, policy)
    if judgement.committed and weights[Relation.PLANS] >= _HINT:
        _move(weights, Relation.HEDGES, Relation.PLANS)
        if only_planned and weights[Relation.SUPPORTS] < _CERTAIN:
            _move(weights, Relation.SUPPORTS, Relation.PLANS)
    if unfinished or too_early:
        _move(weights, Relation.SUPPORTS, Relation.PLANS)
    if unfinished and not due and not judgement.cancelled:
        _move(weights, Relation.REFUTES, Relation.PLANS)
    if judgement.renewed and weights[Relation.PLANS] >= _HINT:
        _move(weights, Relation.REFUTES, Relation.PLANS)
    if judgement.cancelled and weights[Relation.REFUTES] >= policy.dropped_at:
        _move(weights, Relation.PLANS, Relation.REFUTES)
    return weights


def _stated_or_reckoned(weights: dict[Relation, float], judgement: Judgement, policy: Policy) -> None:
    """Favours support where the sentence has the claim's words, its figures by a step of arithmetic, or its step."""
    if judgement.wording and not judgement.differences and weights[Relation.SUPPORTS] >= _STRONG_HINT:
        most = policy.proven_at - _SHORT_OF_PROOF if judgement.wording == "apart" else 1.0
        _take_word_for_word(weights, most)
    if judgement.reckoned:
        _favour_support(weights, policy.reckoned_odds)
    if judgement.step_taken and not judgement.differences and weights[Relation.SUPPORTS] >= _STRONG_HINT:
        _move(weights, Relation.PLANS, Relation.SUPPORTS)


def _take_word_for_word(weights: dict[Relation, float], most: float) -> None:
    """Turns denial into support, which this raises to ``most`` and no higher."""
    most = max(weights[Relation.SUPPORTS], most)
    _move(weights, Relation.REFUTES, Relation.SUPPORTS)
    over = max(0.0, weights[Relation.SUPPORTS] - most)
    weights[Relation.SUPPORTS] -= over
    weights[Relation.UNRELATED] += over


def _favour_support(weights: dict[Relation, float], odds: float) -> None:
    """Multiplies the odds of support against denial, and leaves what the two have together."""
    both = weights[Relation.SUPPORTS] + weights[Relation.REFUTES]
    favoured = odds * weights[Relation.SUPPORTS]
    if favoured:
        weights[Relation.SUPPORTS] = both * favoured / (favoured + weights[Relation.REFUTES])
        weights[Relation.REFUTES] = both - weights[Relation.SUPPORTS]


def _move(weights: dict[Relation, float], source: Relation, target: Relation) -> None:
    weights[target], weights[source] = weights[target] + weights[source], 0.0
