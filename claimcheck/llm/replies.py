"""What a language model may answer: pointers, relations and short prose, one class for each prompt.

Reasons stand before what they decide. Where a model points at numbered items, the numbers are checked against how many
there are, given as the context of validation: ``{"sentences": 12}`` or ``{"verdicts": 7}``. A prompt's header says in
``points_at`` what it numbers.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from claimcheck.llm.schema import POINTS_AT
from claimcheck.types import Relation


class LanguageModelReply(BaseModel):
    """Root of all replies: no field may be missing, and none be added."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _within(numbers: tuple[int, ...], info: ValidationInfo, name: str) -> tuple[int, ...]:
    count = (info.context or {}).get(name)
    if count is None:
        raise RuntimeError(f"the reply points at {name}; say as context how many there are")
    wrong = [number for number in numbers if not 1 <= number <= count]
    if wrong:
        raise ValueError(f"there is no number {wrong[0]}; the numbers go from 1 to {count}")
    return tuple(dict.fromkeys(numbers))


def _to_sentences(numbers: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
    return _within(numbers, info, "sentences")


def _to_verdicts(numbers: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
    return _within(numbers, info, "verdicts")


_Sentence = Annotated[int, Field(json_schema_extra={POINTS_AT: "sentences"})]
_Verdict = Annotated[int, Field(json_schema_extra={POINTS_AT: "verdicts"})]


class ExtractedClaim(LanguageModelReply):
    """A claim of a draft; ``sentences`` are numbers, the first is that of the sentence that states it."""

    sentences: Annotated[tuple[_Sentence, ...], Field(min_length=1, max_length=8)]
    text: Annotated[str, Field(min_length=1)]
    kind: Literal["fact", "plan", "prediction", "quantity", "quotation"]
    said_by: str | None

    _numbers = field_validator("sentences")(_to_sentences)


class LeftOut(LanguageModelReply):
    """A sentence of a draft without a claim, and why."""

    sentence: _Sentence
    reason: Literal["opinion", "question", "boilerplate", "ambiguous"]

    @field_validator("sentence")
    @classmethod
    def _number(cls, value: int, info: ValidationInfo) -> int:
        return _to_sentences((value,), info)[0]


class Extraction(LanguageModelReply):
    """The reply to ``extract``."""

    claims: tuple[ExtractedClaim, ...]
    left_out: tuple[LeftOut, ...]


class Assertion(LanguageModelReply):
    """One thing that must hold for a claim to be true, and the sentences of evidence that bear on it.

    Without a sentence the relation is ``unrelated``, whatever else the model calls it.
    """

    assertion: Annotated[str, Field(min_length=1)]
    reason: str
    sentences: Annotated[tuple[_Sentence, ...], Field(max_length=12)]
    relation: Relation

    _numbers = field_validator("sentences")(_to_sentences)

    @field_validator("relation")
    @classmethod
    def _pointing(cls, value: Relation, info: ValidationInfo) -> Relation:
        # What points at nothing cites nothing.
        return value if info.data.get("sentences") else Relation.UNRELATED


class Verification(LanguageModelReply):
    """The reply to ``verify``."""

    assertions: Annotated[tuple[Assertion, ...], Field(min_length=1, max_length=8)]
    searches: Annotated[tuple[str, ...], Field(max_length=2)]


class Reason(LanguageModelReply):
    """A sentence of a rationale, with the sentences of evidence that it rests on."""

    text: Annotated[str, Field(min_length=1)]
    sentences: Annotated[tuple[_Sentence, ...], Field(max_length=12)]

    _numbers = field_validator("sentences")(_to_sentences)


class Settlement(LanguageModelReply):
    """The reply to ``settle``."""

    rationale: Annotated[tuple[Reason, ...], Field(max_length=2)]
    would_settle: str
    safer_wording: str | None


class BriefSentence(LanguageModelReply):
    """A sentence of a brief, with the verdicts that it rests on."""

    text: Annotated[str, Field(min_length=1)]
    verdicts: Annotated[tuple[_Verdict, ...], Field(max_length=12)]

    _numbers = field_validator("verdicts")(_to_verdicts)


_Part = Annotated[tuple[BriefSentence, ...], Field(max_length=3)]


class Brief(LanguageModelReply):
    """The reply to ``brief``."""

    proven: _Part
    aspirational: _Part
    speculative: _Part
    technology: _Part
    business: _Part
    public_interest: _Part
    outlook: _Part
