"""The nouns that every part of claimcheck speaks in.

Spans are half-open ``[start, end)`` offsets in code points of one document's normalised text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from claimcheck.usage import Explanation, Usage

REPORT_VERSION: Final = "1.0"
"""Of the report's JSON form; the major number changes when a reader of the old form would break."""


class Label(StrEnum):
    """How far a claim has become real, judged from the evidence only."""

    PROVEN = "proven"
    ASPIRATIONAL = "aspirational"
    SPECULATIVE = "speculative"


class Basis(StrEnum):
    """Why a claim has its label."""

    SUPPORTED = "supported"
    PLANNED = "planned"
    HEDGED = "hedged"
    NO_EVIDENCE = "no_evidence"
    CONTRADICTED = "contradicted"
    MIXED = "mixed"


class Flag(StrEnum):
    """What a reader must know beside the label."""

    UNSURE = "unsure"
    SELF_SOURCED = "self_sourced"
    SINGLE_SOURCE = "single_source"
    STALE = "stale"
    OVERDUE = "overdue"
    CONDITIONAL = "conditional"
    PARTIAL = "partial"


class Rung(StrEnum):
    """How far a plan has come, lowest first."""

    ANNOUNCED = "announced"
    MEMORANDUM = "memorandum"
    FUNDED = "funded_or_permitted"
    CONTRACTED = "contracted"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    VERIFIED = "independently_verified"

    @property
    def height(self) -> int:
        """Position on the ladder, from 0."""
        return list(Rung).index(self)


class Relation(StrEnum):
    """How one sentence of evidence relates to a claim. Verifiers say only this; they never choose a label."""

    SUPPORTS = "supports"
    PLANS = "plans"
    HEDGES = "hedges"
    REFUTES = "refutes"
    UNRELATED = "unrelated"


class SourceKind(StrEnum):
    """What sort of source a document is, weightiest first."""

    PRIMARY_RECORD = "primary_record"
    OFFICIAL_STATEMENT = "official_statement"
    INDEPENDENT_NEWS = "independent_news"
    COMPANY_STATEMENT = "company_statement"
    ANALYSIS = "analysis"
    SOCIAL = "social"


class ClaimKind(StrEnum):
    """What sort of proposition a claim is, by its wording alone."""

    FACT = "fact"
    PLAN = "plan"
    PREDICTION = "prediction"
    QUOTATION = "quotation"


class SkipReason(StrEnum):
    """Why a sentence of a draft holds no claim to check."""

    OPINION = "opinion"
    QUESTION = "question"
    GREETING = "greeting"
    BOILERPLATE = "boilerplate"
    VAGUE = "vague"
    ATTRIBUTION = "attribution"
    CONTEXT = "context"
    AMBIGUOUS = "ambiguous"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Frozen):
    """Half-open range ``[start, end)`` of a document's text."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Span:
        if self.end < self.start:
            raise ValueError(f"span ends at {self.end}, before it starts at {self.start}")
        return self

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share a character."""
        return self.start < other.end and other.start < self.end


class Anchor(_Frozen):
    """Where a stretch of the text stood in the original file: ``page 3``, ``paragraph 7``, ``paragraph 7 run 2``."""

    span: Span
    locator: str


class Document(_Frozen):
    """A draft or a piece of evidence, as normalised text with what is known of it."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    published: date | None = None
    lang: str | None = Field(default=None, description="ISO 639-1 code of the main language")
    author: str | None = None
    kind: SourceKind | None = None
    path: str | None = Field(default=None, description="the file or address that the text was read from")
    sha256: str | None = Field(default=None, description="hash of the bytes that the text was read from")
    retrieved: date | None = Field(default=None, description="the day a web page was fetched")
    notes: Mapping[str, str] = Field(default_factory=dict)
    anchors: tuple[Anchor, ...] = Field(default=(), repr=False)

    def locator(self, offset: int) -> str | None:
        """The finest original position of the character at ``offset``, if the format has positions."""
        holding = [a for a in self.anchors if a.span.start <= offset < a.span.end]
        return min(holding, key=lambda a: a.span.end - a.span.start).locator if holding else None


class Passage(_Frozen):
    """A run of whole sentences of one document; ``sentences`` are spans of the document's text, in order."""

    id: str
    document: str
    span: Span
    text: str
    sentences: tuple[Span, ...]
    lang: str | None = None


class RetrievedPassage(_Frozen):
    """A passage with the retriever's score for one claim; scores compare within one claim only."""

    passage: Passage
    score: float


class Claim(_Frozen):
    """One checkable proposition: ``text`` stands alone, ``span`` and ``quote`` are the draft's own characters."""

    id: str
    span: Span
    quote: str
    text: str
    kind: ClaimKind = ClaimKind.FACT
    speaker: str | None = Field(default=None, description="who says it, if the draft attributes it")
    lang: str | None = None

    def stated(self) -> dict[str, Any]:
        """The claim as the leading fields of a Verdict or an Unchecked."""
        same = {name: getattr(self, name) for name in ("id", "span", "quote", "speaker", "lang")}
        return {**same, "claim": self.text, "claim_kind": self.kind}


class Skipped(_Frozen):
    """A sentence of a draft with nothing to check, and why."""

    span: Span
    quote: str
    reason: SkipReason


FallbackReason = Literal["rejected", "forgotten", "left_out", "failed"]


class Fallback(_Frozen):
    """A sentence whose claims the local extraction found, although a language model was asked to find them."""

    span: Span
    reason: FallbackReason
    detail: str = Field(description="what was wrong with the model's reply, or why there was none")
    next_step: str | None = None


class Difference(_Frozen):
    """What the claim states and the sentence gives otherwise (``conflict``) or not at all (``missing``)."""

    kind: Literal["number", "date", "name", "rung"]
    outcome: Literal["conflict", "missing"]
    claimed: str
    found: str | None = None


class Judgement(_Frozen):
    """How one sentence relates to one claim; what follows the differences is read off the sentence by rule."""

    claim: str
    document: str
    passage: str
    span: Span
    probabilities: Mapping[Relation, float]
    differences: tuple[Difference, ...] = ()
    rung: Rung | None = None
    step_taken: bool = Field(default=False, description="the signing or grant that the claim states has taken place")
    committed: bool = Field(default=False, description="it words a plan, and neither doubt nor condition")
    conditional: bool = Field(default=False, description="the plan waits on something outside the actor's control")
    cancelled: bool = Field(default=False, description="the sentence says that the plan was dropped or missed")
    wording: Literal["whole", "apart"] | None = Field(default=None, description="how it has all words of the claim")
    reckoned: bool = Field(default=False, description="figures of the claim that it lacks follow from those it gives")
    other: bool = Field(default=False, description="it is of another one of a series: the third ship, not the first")
    unnamed: bool = Field(default=False, description="its document names nothing that the claim names")
    renewed: bool = Field(default=False, description="the sentence puts the plan off to the date that the claim gives")
    deadline: date | None = Field(default=None, description="the last day of the period by which it is to be done")
    progress: tuple[float, float] | None = Field(default=None, description="(done, of how many), in one unit")

    @model_validator(mode="after")
    def _distribution(self) -> Judgement:
        if set(self.probabilities) != set(Relation):
            raise ValueError("probabilities must name all five relations")
        if abs(sum(self.probabilities.values()) - 1.0) > 1e-3:
            raise ValueError("probabilities must add up to 1")
        return self

    @property
    def relation(self) -> Relation:
        """The likeliest relation."""
        return max(Relation, key=lambda relation: self.probabilities[relation])


class Citation(_Frozen):
    """A quote that code cut from a stored document, and how it bears on the claim."""

    document: str
    title: str | None
    url: str | None
    publisher: str | None
    published: date | None
    kind: SourceKind | None = None
    start: int
    end: int
    quote: str
    before: str = Field(default="", description="up to 32 characters before the quote")
    after: str = Field(default="", description="up to 32 characters after the quote")
    locator: str | None = None
    document_sha256: str | None = Field(default=None, description="hash of the document's normalised text")
    relation: Relation
    probability: float
    conflicts: tuple[Difference, ...] = Field(default=(), description="details that it gives otherwise than the claim")
    reckoned: bool = Field(
        default=False, description="figures of the claim follow from those that it gives, by a step of arithmetic"
    )

    @property
    def opposes(self) -> bool:
        """Whether it speaks against the claim."""
        return self.relation is Relation.REFUTES or bool(self.conflicts)


class _OfClaim(_Frozen):
    id: str
    claim: str = Field(description="the claim in words that stand alone")
    span: Span = Field(description="where the draft says it")
    quote: str = Field(description="what the draft says there")
    claim_kind: ClaimKind = ClaimKind.FACT
    speaker: str | None = None
    lang: str | None = None


class Verdict(_OfClaim):
    """The label of one claim, why, and the sentences that decided it."""

    status: Literal["verdict"] = "verdict"
    label: Label
    basis: Basis
    flags: tuple[Flag, ...] = ()
    rung: Rung | None = None
    progress: tuple[float, float] | None = Field(default=None, description="(done, of how many)")
    confidence: Annotated[float, Field(ge=0, le=1)]
    citations: tuple[Citation, ...] = ()
    rule: str = Field(description="name of the rule of the policy that decided")
    would_settle: str = Field(description="the evidence that would change or settle the verdict")
    without_model: Label | None = Field(
        default=None, description="the label by the local verifier alone, where a language model was asked"
    )
    explanation: Explanation | None = None
    unexplained: str | None = Field(default=None, description="why the language model that was asked gave none")


class Unchecked(_OfClaim):
    """A claim that could not be checked, the cause and the next step. Never a label."""

    status: Literal["unchecked"] = "unchecked"
    reason: str
    next_step: str


Finding = Annotated[Verdict | Unchecked, Field(discriminator="status")]


class CorpusSearched(_Frozen):
    """What "no source" is said of."""

    location: str
    fingerprint: str
    documents: int
    passages: int
    newest: date | None


class ModelUsed(_Frozen):
    """A model that took part, by name and hash of its weights."""

    task: str
    name: str
    sha256: str | None = Field(description="of its weights; none for a language model, which its server alone knows")


class Report(_Frozen):
    """Everything found in one draft, and what it was made with."""

    version: Literal["1.0"] = REPORT_VERSION
    claimcheck: str = Field(description="version of claimcheck")
    document: Document
    as_of: date
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    fallbacks: tuple[Fallback, ...] = Field(
        default=(), description="sentences that the language model was to read, and the local extraction read"
    )
    corpus: CorpusSearched
    models: tuple[ModelUsed, ...]
    settings: Mapping[str, str | int | float | bool]
    sources: tuple[Document, ...] = Field(default=(), description="each cited document once, whole")
    usage: Usage | None = Field(default=None, description="of the language model, if one could be asked")

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The findings with a label."""
        return tuple(f for f in self.findings if isinstance(f, Verdict))

    @property
    def unanswered(self) -> tuple[Fallback, ...]:
        """The sentences that the language model was asked to read, and gave no reply about."""
        return tuple(fallback for fallback in self.fallbacks if fallback.reason == "failed")

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """The findings without one."""
        return tuple(f for f in self.findings if isinstance(f, Unchecked))
