"""Makes a verdict of a decision: each deciding sentence becomes a citation, cut from the stored document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from claimcheck.decide import Decision
from claimcheck.types import Citation, Claim, Document, Judgement, Verdict

_AROUND: Final = 32


def cite(judgement: Judgement, document: Document, *, opposing: bool = False) -> Citation:
    """The citation of a judged sentence, its quote cut from the stored document.

    Args:
        judgement: the sentence.
        document: where it stands.
        opposing: whether the policy took it to speak against the claim, with the details that it gives otherwise.
    """
    start, end = judgement.span.start, judgement.span.end
    return Citation(
        document=document.id,
        title=document.title,
        url=document.url,
        publisher=document.publisher,
        published=document.published,
        kind=document.kind,
        start=start,
        end=end,
        quote=document.text[start:end],
        before=document.text[max(0, start - _AROUND) : start],
        after=document.text[end : end + _AROUND],
        locator=document.locator(start),
        document_sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        relation=judgement.relation,
        probability=judgement.probabilities[judgement.relation],
        conflicts=tuple(d for d in judgement.differences if opposing and d.outcome == "conflict"),
        reckoned=judgement.reckoned and not opposing,
    )


def verdict_of(claim: Claim, decision: Decision, documents: Mapping[str, Document]) -> Verdict:
    """The verdict that a decision comes to.

    Args:
        claim: the claim as the draft's reader is shown it.
        decision: the policy's.
        documents: by id, those of all sentences that decided.
    """
    return Verdict(
        **claim.stated(),
        label=decision.label,
        basis=decision.basis,
        flags=decision.flags,
        rung=decision.rung,
        progress=decision.progress,
        confidence=decision.confidence,
        citations=(
            *(cite(j, documents[j.document]) for j in decision.supporting),
            *(cite(j, documents[j.document], opposing=True) for j in decision.opposing),
        ),
        rule=decision.rule,
        would_settle=decision.would_settle,
    )
