"""The claims that the cost of a verdict is measured on: a fixed sample, each with the evidence that retrieval gives."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, Span
from evals.judging import add_documents
from evals.sets import ClaimSet, Topic, WantedClaim
from evals.shipped import as_shipped
from training.sources import share


@dataclass(frozen=True)
class Shown:
    """A passage of evidence as every system may see it."""

    text: str
    source: str


@dataclass(frozen=True)
class Asked:
    """A claim, the passages that retrieval gives for it, best first, and the library that they come from."""

    wanted: WantedClaim
    day: date
    passages: tuple[Shown, ...]
    library: Path

    @property
    def text(self) -> str:
        """The claim."""
        return normalise(self.wanted.claim)

    @property
    def facts(self) -> dict[str, Any]:
        """All that an outcome depends on, but for the system."""
        evidence = json.dumps([[one.text, one.source] for one in self.passages], ensure_ascii=False)
        return {
            "claim": self.wanted.id,
            "text": self.text,
            "day": self.day.isoformat(),
            "self_source": self.wanted.self_source,
            "evidence": hashlib.sha256(evidence.encode()).hexdigest(),
        }


def sample(found: ClaimSet, most: int) -> list[WantedClaim]:
    """Checkable claims, as many of each basis as its share of the set, over all pairs of languages; always the same.

    Args:
        found: the set.
        most: how many; all of them if there are fewer.

    Returns:
        In an order in which any first part is mixed, too.
    """
    languages = found.languages()
    by_basis: dict[str, list[WantedClaim]] = {}
    for claim in found.claims:
        if claim.checkable:
            by_basis.setdefault(str(claim.basis), []).append(claim)
    places = _places({basis: len(claims) for basis, claims in by_basis.items()}, most)
    chosen = [
        claim for basis, claims in sorted(by_basis.items()) for claim in _spread(claims, places[basis], languages)
    ]
    return sorted(chosen, key=lambda claim: share(f"order {claim.id}"))


def _places(sizes: Mapping[str, int], most: int) -> dict[str, int]:
    """Places by size, the largest remainders first (Hamilton's method)."""
    total = sum(sizes.values())
    exact = {name: min(most, total) * size / total for name, size in sizes.items()}
    places = {name: int(value) for name, value in exact.items()}
    left = min(most, total) - sum(places.values())
    for name in sorted(exact, key=lambda name: (places[name] - exact[name], name))[:left]:
        places[name] += 1
    return places


def _pair(claim: WantedClaim, languages: Mapping[str, str | None]) -> str:
    return f"{claim.lang} {sorted({languages[c.document] or '?' for c in claim.citations})}"


def _spread(claims: Sequence[WantedClaim], places: int, languages: Mapping[str, str | None]) -> list[WantedClaim]:
    """So many claims at equal distances (systematic sampling), ordered by language pair, and by hash within a pair."""
    ordered = sorted(claims, key=lambda claim: (_pair(claim, languages), share(claim.id)))
    return [ordered[(2 * place + 1) * len(ordered) // (2 * places)] for place in range(places)]


@contextmanager
def with_evidence(found: ClaimSet, claims: Sequence[WantedClaim]) -> Iterator[list[Asked]]:
    """The claims with their evidence, from a library of each one's topic that lasts as long as the context.

    Raises:
        EvaluationError: a document of the set cannot be added to a library.
    """
    topics = {claim.id: topic for topic in found.topics for claim in topic.claims}
    with TemporaryDirectory() as folder:
        libraries: dict[str, Path] = {}
        for claim in claims:
            topic = topics[claim.id]
            if topic.name not in libraries:
                libraries[topic.name] = Path(folder) / f"library-{len(libraries)}"
                add_documents(topic.documents, libraries[topic.name], load_embedder(as_shipped()))
        yield [_asked(claim, found.as_of, topics[claim.id], libraries[topics[claim.id].name]) for claim in claims]


def _asked(wanted: WantedClaim, as_of: date, topic: Topic, folder: Path) -> Asked:
    sources = {d.id: ", ".join(str(part) for part in (d.publisher, d.published) if part) for d in topic.documents}
    text = normalise(wanted.claim)
    claim = Claim(id=wanted.id, span=Span(start=0, end=len(text)), quote=text, text=text, lang=wanted.lang)
    embedder = load_embedder(as_shipped())
    with Library.open(folder, embedder) as library:
        passages = HybridRetriever(library, embedder, as_shipped()).retrieve(claim)
    shown = tuple(Shown(one.passage.text, sources[one.passage.document]) for one in passages)
    return Asked(wanted, wanted.as_of or as_of, shown, folder)
