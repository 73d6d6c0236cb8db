"""The policy: from how sentences relate to a claim to its label. One pure function, and its only thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from claimcheck.decide.decision import Decision, confidence
from claimcheck.decide.evidence import Case, read_evidence
from claimcheck.decide.policy import Policy
from claimcheck.decide.rules import RULES
from claimcheck.decide.second_view import with_second_view
from claimcheck.types import Claim, Document, Judgement

__all__: Final = ["RULES", "Decision", "Policy", "confidence", "decide", "with_second_view"]


def decide(
    claim: Claim,
    judgements: Sequence[Judgement],
    documents: Mapping[str, Document],
    *,
    as_of: date,
    policy: Policy,
    claim_deadline: date | None = None,
    event_start: date | None = None,
    present_state: bool = False,
    issuer: str | None = None,
) -> Decision:
    """The label of one claim, judged from the evidence only.

    Evidence published after ``as_of`` is left out; documents without a day are kept. A sentence whose likeliest
    relation is less sure than the policy's ``settled`` counts as unrelated. The first of :data:`RULES` that applies
    decides.

    Args:
        claim: the claim.
        judgements: one for each sentence of evidence, in any order.
        documents: by id, the document of each judgement; only who published it, when, where and its kind are read.
        as_of: the day from which deadlines and staleness are judged.
        policy: the thresholds.
        claim_deadline: the last day by which the claim says that it will be done.
        event_start: the first day of the past period that the claim names; what was published before cannot prove it.
        present_state: whether the claim is of a state that lasts now, so that old evidence is stale.
        issuer: who issued the draft, if known; what they publish is self-sourced.

    Returns:
        The decision; the same for the same evidence in any order.

    Raises:
        KeyError: ``documents`` lacks the document of a judgement.
    """
    case = Case(
        claim=claim,
        readings=read_evidence(
            claim, judgements, documents, as_of=as_of, policy=policy, event_start=event_start, deadline=claim_deadline
        ),
        as_of=as_of,
        policy=policy,
        deadline=claim_deadline,
        present_state=present_state,
        issuer=issuer,
    )
    return next(decision for rule in RULES if (decision := rule(case)) is not None)
