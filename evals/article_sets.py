"""Reads articles with marked claims, and rated sentences, in the form of the annotated articles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Span
from evals.sets import bad_row, read_rows
from training.articles import AnnotatedClaim, AnnotatedSentence, Article


class _MarkedClaim(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    quote: str
    claim: str


class _MarkedArticle(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    text: str
    lang: str | None = None
    claims: tuple[_MarkedClaim, ...]
    not_claims: tuple[str, ...]


class _RatedSentence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    sentence: str
    checkworthy: Literal["yes", "opinion", "not_a_claim", "other"]


def marked_articles(path: Path) -> Iterator[Article]:
    """Articles with their claims and some sentences that are none; the other sentences are left out.

    Raises:
        BadRow: a row cannot be used.
    """
    for number, row in read_rows(path, _MarkedArticle):
        text = normalise(row.text)
        lang = row.lang or detect_language(text) or "en"
        sentences = split_sentences(text, lang)
        claims = [(_place(path, number, text, c.quote), c.claim) for c in row.claims]
        others = [_place(path, number, text, quote) for quote in row.not_claims]
        annotated = [AnnotatedSentence(span, "fact", _within(span, claims)) for span in sentences]
        without = [AnnotatedSentence(span, "context", ()) for span in others]
        yield Article(row.id, lang, text, (*(s for s in annotated if s.claims), *without))


def _within(sentence: Span, claims: Sequence[tuple[Span, str]]) -> tuple[Any, ...]:
    return tuple(
        AnnotatedClaim(span, text, None) for span, text in claims if sentence.start <= span.start < sentence.end
    )


def _place(path: Path, number: int, text: str, quote: str) -> Span:
    start = text.find(normalise(quote))
    if start < 0:
        raise bad_row(path, number, f"its text does not hold {quote!r}")
    return Span(start=start, end=start + len(normalise(quote)))


def checkworthy(path: Path) -> Iterator[Article]:
    """Sentences that are worth checking or not, each as an article of its own.

    Raises:
        BadRow: a row cannot be used.
    """
    for number, row in read_rows(path, _RatedSentence):
        text = normalise(row.sentence)
        kind = "fact" if row.checkworthy == "yes" else "context"
        whole = AnnotatedSentence(Span(start=0, end=len(text)), kind, ())
        yield Article(f"sentence-{number}", "en", text, (whole,))
