"""How reports say what types only name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from claimcheck.types import Basis, ClaimKind, FallbackReason, Flag, Label, Relation, Rung, SkipReason, SourceKind


class Standing(StrEnum):
    """How a finding is shown: by its label, except where something else must be seen first."""

    CONTRADICTED = "contradicted"
    PROVEN = "proven"
    ASPIRATIONAL = "aspirational"
    SPECULATIVE = "speculative"
    UNCHECKED = "unchecked"


class Sign(NamedTuple):
    """A mark that tells standings apart without colour, and the same where only ASCII can be shown."""

    glyph: str
    ascii: str


SIGNS: Final[Mapping[Standing, Sign]] = {
    Standing.CONTRADICTED: Sign("!", "!"),
    Standing.PROVEN: Sign("✓", "+"),
    Standing.ASPIRATIONAL: Sign("→", ">"),
    Standing.SPECULATIVE: Sign("?", "?"),
    Standing.UNCHECKED: Sign("○", "o"),
}

LABEL_STANDING: Final[Mapping[Label, Standing]] = {
    Label.PROVEN: Standing.PROVEN,
    Label.ASPIRATIONAL: Standing.ASPIRATIONAL,
    Label.SPECULATIVE: Standing.SPECULATIVE,
}

BASIS_WORDS: Final[Mapping[Basis, str]] = {
    Basis.SUPPORTED: "a source states it as a fact",
    Basis.PLANNED: "a source shows the plan or the commitment; none shows it done",
    Basis.HEDGED: "sources only guess",
    Basis.NO_EVIDENCE: "no source found",
    Basis.CONTRADICTED: "a source contradicts it",
    Basis.MIXED: "sources of like weight disagree",
}

FLAG_WORDS: Final[Mapping[Flag, str]] = {
    Flag.UNSURE: "unsure: read the evidence yourself; the confidence is below the set level",
    Flag.SELF_SOURCED: "self-sourced: only the issuer says so",
    Flag.SINGLE_SOURCE: "single source: no second, independent source says so",
    Flag.STALE: "stale: the evidence is old, and things may have changed",
    Flag.OVERDUE: "overdue: the deadline has passed and no source says that it was met",
    Flag.CONDITIONAL: "conditional: it waits on something outside the actor's control",
    Flag.PARTIAL: "partial: only a part of it is done",
}

RUNG_WORDS: Final[Mapping[Rung, str]] = {
    Rung.ANNOUNCED: "announced",
    Rung.MEMORANDUM: "memorandum",
    Rung.FUNDED: "funded or permitted",
    Rung.CONTRACTED: "contracted",
    Rung.UNDER_WAY: "under way",
    Rung.DELIVERED: "delivered",
    Rung.VERIFIED: "independently verified",
}

RELATION_WORDS: Final[Mapping[Relation, str]] = {
    Relation.SUPPORTS: "states it as a fact",
    Relation.PLANS: "shows a plan or commitment",
    Relation.HEDGES: "only guesses",
    Relation.REFUTES: "contradicts it",
    Relation.UNRELATED: "decides nothing",
}

KIND_WORDS: Final[Mapping[SourceKind, str]] = {
    SourceKind.PRIMARY_RECORD: "primary record",
    SourceKind.OFFICIAL_STATEMENT: "official statement",
    SourceKind.INDEPENDENT_NEWS: "independent news",
    SourceKind.COMPANY_STATEMENT: "company statement",
    SourceKind.ANALYSIS: "analysis",
    SourceKind.SOCIAL: "social media",
}

CLAIM_KIND_WORDS: Final[Mapping[ClaimKind, str]] = {
    ClaimKind.FACT: "worded as a fact",
    ClaimKind.PLAN: "worded as a plan",
    ClaimKind.PREDICTION: "worded as a prediction",
    ClaimKind.QUOTATION: "worded as a quotation",
}

SKIP_WORDS: Final[Mapping[SkipReason, str]] = {
    SkipReason.OPINION: "an opinion",
    SkipReason.QUESTION: "a question",
    SkipReason.GREETING: "a greeting",
    SkipReason.BOILERPLATE: "boilerplate",
    SkipReason.VAGUE: "too vague to check",
    SkipReason.ATTRIBUTION: "says only who speaks",
    SkipReason.CONTEXT: "context without a claim of its own",
    SkipReason.AMBIGUOUS: "could mean different things",
}

FALLBACK_WORDS: Final[Mapping[FallbackReason, str]] = {
    "rejected": "a claim had what the draft has not",
    "forgotten": "the reply does not speak of it",
    "left_out": "it found no claim there",
    "failed": "there was no reply",
}

FOR: Final = "For"
AGAINST: Final = "Against"
NEAREST: Final = "Nearest, but deciding nothing"
NOTHING: Final = "nothing found in the library"
UNDATED: Final = "undated"
