"""The annotated articles: what is a sentence, what is a claim, and which articles only measure."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from claimcheck.types import Span

FOLDER = Path(__file__).parent / "data" / "articles"
CLAIM_TYPES = ("fact", "plan", "prediction", "quotation")


@dataclass(frozen=True)
class AnnotatedClaim:
    """A claim at its span of the article, in words that stand alone, and who says it."""

    span: Span
    text: str
    speaker: str | None


@dataclass(frozen=True)
class AnnotatedSentence:
    """A sentence at its span of the article, with its type and claims."""

    span: Span
    type: str
    claims: tuple[AnnotatedClaim, ...]

    @property
    def has_claim(self) -> bool:
        """Whether its type is one that states claims."""
        return self.type in CLAIM_TYPES


@dataclass(frozen=True)
class Article:
    """One article with every sentence annotated, in order."""

    id: str
    lang: str
    text: str
    sentences: tuple[AnnotatedSentence, ...]

    @property
    def only_measures(self) -> bool:
        """Whether the article is of the tenth that nothing is trained or chosen on."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest(), "big") % 10 == 0


def read_articles(folder: Path = FOLDER) -> list[Article]:
    """All articles of a folder of ``*.jsonl.gz`` (or ``*.jsonl``) files.

    Raises:
        FileNotFoundError: the folder has no such file.
    """
    paths = sorted([*folder.glob("*.jsonl.gz"), *folder.glob("*.jsonl")])
    if not paths:
        raise FileNotFoundError(f"no annotated articles in {folder}")
    return [_article(json.loads(line)) for path in paths for line in _lines(path)]


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from file


def _article(row: dict[str, object]) -> Article:
    text, sentences, position = str(row["text"]), [], 0
    for raw in row["sentences"]:  # type: ignore[attr-defined]
        start = text.index(raw["text"], position)
        position = start + len(raw["text"])
        claims = []
        for claim in raw["claims"]:
            at = start + raw["text"].index(claim["quote"])
            claims.append(
                AnnotatedClaim(Span(start=at, end=at + len(claim["quote"])), claim["text"], claim.get("by") or None)
            )
        sentences.append(AnnotatedSentence(Span(start=start, end=position), raw["type"], tuple(claims)))
    return Article(str(row["id"]), str(row["lang"]), text, tuple(sentences))
