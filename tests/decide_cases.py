"""Compact evidence for the tests of the policy: one line a sentence."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from claimcheck.decide import Decision, Policy, decide
from claimcheck.types import Claim, ClaimKind, Difference, Document, Judgement, Relation, Span

AS_OF = date(2026, 1, 15)
POLICY = Policy()
STRICT = Policy(self_source="strict")

OTHER_NUMBER = (Difference(kind="number", outcome="conflict", claimed="5,000", found="4,400"),)
OTHER_DATE = (Difference(kind="date", outcome="conflict", claimed="May 2025", found="July 2025"),)
OTHER_RUNG = (Difference(kind="rung", outcome="conflict", claimed="agreed", found="non-binding memorandum"),)
NO_NUMBER = (Difference(kind="number", outcome="missing", claimed="5,000"),)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Said:
    """One sentence: its relation and probability, its source, and what a rule read in it.

    ``rest`` places what is left of the probability; without it, the sentence is otherwise unrelated.
    """

    relation: str
    probability: float = 0.9
    on: str | None = "2025-06-01"
    by: str | None = "Daily News"
    kind: str | None = "independent_news"
    rest: dict[str, float] = field(default_factory=dict)
    source: str | None = None
    passage: str | None = None
    url: str | None = None
    read: dict[str, Any] = field(default_factory=dict)


def said(relation: str, probability: float = 0.9, /, **rest: Any) -> Said:
    own = {name: rest.pop(name) for name in ("on", "by", "kind", "rest", "source", "passage", "url") if name in rest}
    return Said(relation, probability, **own, read=rest)


def claim_of(text: str, kind: str = "fact", speaker: str | None = None) -> Claim:
    return Claim(
        id="c1",
        span=Span(start=0, end=len(text)),
        quote=text,
        text=text,
        kind=ClaimKind(kind),
        speaker=speaker,
        lang="en",
    )


def distribution(relation: str, probability: float, rest: dict[str, float]) -> dict[Relation, float]:
    shares = {other: rest.get(other.value, 0.0) for other in Relation}
    shares[Relation(relation)] = probability
    left = 1.0 - sum(shares.values())
    if relation == "unrelated":
        shares = {other: share + left / 4 * (other is not Relation.UNRELATED) for other, share in shares.items()}
    else:
        shares[Relation.UNRELATED] += left
    return shares


def evidence(*sentences: Said) -> tuple[list[Judgement], dict[str, Document]]:
    judgements, documents = [], {}
    for number, sentence in enumerate(sentences):
        source = sentence.source or f"d{number}"
        documents[source] = Document(
            id=source, text="", publisher=sentence.by, published=day(sentence.on), kind=sentence.kind, url=sentence.url
        )
        read = {**sentence.read, "deadline": day(sentence.read.get("deadline"))}
        judgements.append(
            Judgement(
                claim="c1",
                document=source,
                passage=sentence.passage or f"{source}-p",
                span=Span(start=100 * number, end=100 * number + 50),
                probabilities=distribution(sentence.relation, sentence.probability, sentence.rest),
                **read,
            )
        )
    return judgements, documents


def judged(claim: Claim, *sentences: Said, policy: Policy = POLICY, **context: Any) -> Decision:
    judgements, documents = evidence(*sentences)
    for name in ("claim_deadline", "event_start"):
        context[name] = day(context.get(name))
    return decide(claim, judgements, documents, as_of=AS_OF, policy=policy, **context)
