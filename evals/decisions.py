"""The decision table: what is said of a claim in short, and the decision that follows, one row for each turn of a rule.

The cases of ``evals/cases`` are texts, which meet a rule only as often as their stories do; a row of
``evals/decisions.jsonl`` meets exactly one, so that no rule can change without a row's noticing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from claimcheck.decide import Decision, Policy, decide
from claimcheck.types import (
    Basis,
    Claim,
    ClaimKind,
    Document,
    Flag,
    Judgement,
    Label,
    Relation,
    Rung,
    SourceKind,
    Span,
)
from evals.sets import ROOT, bad_row, read_rows, sha256_of

FILE: Final = ROOT / "evals" / "decisions.jsonl"
AS_OF: Final = date(2026, 1, 15)
"""The day from which every row is decided."""

_EVERY: Final = 100
"""Characters from the beginning of one sentence to that of the next; a sentence is half as long."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Strict):
    """One sentence: its relation and how probable it is, its source, and what the rules read in it.

    ``rest`` places what is left of the probability; without it, the sentence is otherwise unrelated. Each sentence has
    a document and a passage of its own unless ``source`` and ``passage`` name one. A ``heading`` is a line by itself.
    ``read`` holds fields of a judgement.
    """

    relation: Relation
    probability: float = 0.9
    rest: Mapping[Relation, float] = Field(default_factory=dict)
    on: date | None = date(2025, 6, 1)
    by: str | None = "Daily News"
    kind: SourceKind | None = SourceKind.INDEPENDENT_NEWS
    url: str | None = None
    source: str | None = None
    passage: str | None = None
    heading: bool = False
    read: Mapping[str, Any] = Field(default_factory=dict)


class WantedDecision(_Strict):
    """A claim, what is said of it, and the decision that it deserves.

    ``context`` holds what :func:`claimcheck.decide.decide` is told beside the evidence, ``policy`` thresholds other
    than its defaults. What stands after ``flags`` is looked at only where a row names it: sentences cited by their
    numbers, and words of what would settle the claim.
    """

    name: str
    claim: str
    kind: ClaimKind = ClaimKind.FACT
    speaker: str | None = None
    said: tuple[Said, ...] = ()
    context: Mapping[str, Any] = Field(default_factory=dict)
    policy: Mapping[str, Any] = Field(default_factory=dict)
    rule: str
    label: Label
    basis: Basis
    flags: tuple[Flag, ...] = ()
    confidence: float | None = None
    rung: Rung | None = None
    progress: tuple[float, float] | None = None
    supporting: tuple[int, ...] | None = None
    opposing: tuple[int, ...] | None = None
    would_settle: str | None = None


def read_decisions(path: Path = FILE) -> list[WantedDecision]:
    """The rows of a decision table.

    Raises:
        BadRow: a row cannot be used, or has the name of another one.
    """
    rows: dict[str, WantedDecision] = {}
    for number, row in read_rows(path, WantedDecision):
        if row.name in rows:
            raise bad_row(path, number, f"there is another row {row.name!r}")
        rows[row.name] = row
    return list(rows.values())


def hash_of(path: Path = FILE) -> str:
    """The hash of a decision table."""
    return sha256_of([path])


def claim_of(text: str, kind: ClaimKind = ClaimKind.FACT, speaker: str | None = None) -> Claim:
    """A claim in English that is its whole draft."""
    return Claim(
        id="c1", span=Span(start=0, end=len(text)), quote=text, text=text, kind=kind, speaker=speaker, lang="en"
    )


def evidence(*sentences: Said) -> tuple[list[Judgement], dict[str, Document]]:
    """The judgements and documents that sentences stand for."""
    text = "".join(("x" * 50 if one.heading else "x" * 49 + ".") + "\n" * 50 for one in sentences)
    judgements, documents = [], {}
    for number, sentence in enumerate(sentences):
        source = sentence.source or f"d{number}"
        documents[source] = Document(
            id=source, text=text, publisher=sentence.by, published=sentence.on, kind=sentence.kind, url=sentence.url
        )
        judged = {
            "claim": "c1",
            "document": source,
            "passage": sentence.passage or f"{source}-p",
            "span": Span(start=_EVERY * number, end=_EVERY * number + _EVERY // 2),
            "probabilities": _distribution(sentence),
        }
        judgements.append(Judgement.model_validate({**judged, **sentence.read}))
    return judgements, documents


def _distribution(sentence: Said) -> dict[Relation, float]:
    shares = {relation: sentence.rest.get(relation, 0.0) for relation in Relation}
    shares[sentence.relation] = sentence.probability
    left = 1.0 - sum(shares.values())
    if sentence.relation is not Relation.UNRELATED:
        shares[Relation.UNRELATED] += left
        return shares
    return {one: share + left / 4 * (one is not Relation.UNRELATED) for one, share in shares.items()}


def decided(
    claim: Claim,
    *sentences: Said,
    policy: Policy | None = None,
    by: Callable[..., Decision] = decide,
    **context: Any,
) -> Decision:
    """The decision on a claim of which this is said.

    Args:
        claim: the claim.
        sentences: what is said of it.
        policy: the thresholds; unset: their defaults.
        by: the policy's function, or another one with its signature.
        context: what else it is told; days may be words (``2025-12-31``).
    """
    for name in ("claim_deadline", "event_start"):
        day = context.get(name)
        context[name] = date.fromisoformat(day) if isinstance(day, str) else day
    judgements, documents = evidence(*sentences)
    return by(claim, judgements, documents, as_of=AS_OF, policy=policy or Policy(), **context)


def wrong_in(row: WantedDecision, by: Callable[..., Decision] = decide) -> list[str]:
    """What a policy decides otherwise than a row has it, in words; nothing where it decides as it should."""
    claim = claim_of(row.claim, row.kind, row.speaker)
    given = decided(claim, *row.said, policy=Policy.model_validate(row.policy), by=by, **row.context)
    compared: dict[str, tuple[object, object]] = {
        "rule": (row.rule, given.rule),
        "label": (row.label.value, given.label.value),
        "basis": (row.basis.value, given.basis.value),
        "flags": (sorted(row.flags), sorted(flag.value for flag in given.flags)),
    }
    if row.confidence is not None:
        compared["confidence"] = (round(row.confidence, 6), round(given.confidence, 6))
    if "rung" in row.model_fields_set:
        compared["rung"] = (row.rung, given.rung)
    if row.progress is not None:
        compared["progress"] = (row.progress, given.progress)
    for name in ("supporting", "opposing"):
        if (wanted := getattr(row, name)) is not None:
            compared[name] = (list(wanted), [j.span.start // _EVERY for j in getattr(given, name)])
    if row.would_settle is not None and row.would_settle not in given.would_settle:
        compared["would_settle"] = (row.would_settle, given.would_settle)
    return [f"{name} {found!r} for {wanted!r}" for name, (wanted, found) in compared.items() if wanted != found]


def right_of(rows: Sequence[WantedDecision], by: Callable[..., Decision] = decide) -> dict[str, float]:
    """The share of rows decided as they should be, for each rule that is to decide one."""
    of_rule = Counter(row.rule for row in rows)
    right = Counter(row.rule for row in rows if not wrong_in(row, by))
    return {rule: right[rule] / count for rule, count in of_rule.items()}
