"""Suite ``retrieval``: whether the passages that decide a claim are found among ten thousand others.

Each claim that its set cites evidence for is looked up in one library of all documents of the set and the distractors.
A passage is relevant if it holds a cited sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from claimcheck.library.library import Library
from claimcheck.library.passages import split_passages
from claimcheck.models import load_embedder
from claimcheck.models.retriever import RetrieverModel
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, Document, Span
from evals import unchanged
from evals.distractors import CODE as DISTRACTORS_CODE
from evals.distractors import distractors, library_of, measured_among, sources_hash, vectors_of
from evals.judging import add_documents
from evals.metrics import ndcg_at, recall_at
from evals.parts import Measured, Part, Plan
from evals.progress import Watch
from evals.sets import ClaimSet, Missing, WantedClaim, as_documents, cases, gold_dev
from evals.shipped import as_shipped
from evals.significance import bootstrapped

NAME: Final = "retrieval"
CODE: Final = (
    *DISTRACTORS_CODE,
    "claimcheck/retrieve",
    *(f"evals/{name}.py" for name in ("metrics", "retrieval", "sets", "significance")),
)
DEPTHS: Final = (1, 5, 20)
CHANNELS: Final = ("words", "vectors", "fused")
_GROUP_ROUNDS: Final = 200


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite on each of its sets."""
    for found in (cases(), gold_dev(plan.data)):
        yield found if isinstance(found, Missing) else part(found, plan)


def part(found: ClaimSet, plan: Plan) -> Part:
    """The suite on one set."""
    inputs = plan.needs(*CODE, set=found.sha256, distractors=sources_hash(plan.data))
    return Part(NAME, found.name, inputs, lambda watch: measure(found, plan, watch))


@dataclass(frozen=True)
class Lookup:
    """A claim to look up and the passages that decide it, by id."""

    wanted: WantedClaim
    languages: tuple[str, ...]
    relevant: frozenset[str]

    @property
    def claim(self) -> Claim:
        """The claim as the retriever takes it."""
        text = normalise(self.wanted.claim)
        return Claim(id=self.wanted.id, span=Span(start=0, end=len(text)), quote=text, text=text, lang=self.wanted.lang)


def lookups(found: ClaimSet) -> list[Lookup]:
    """Every claim of a set that cites evidence."""
    made = []
    for topic in found.topics:
        documents = {document.id: document for document in as_documents(topic)}
        for claim in topic.claims:
            cited = [(documents[c.document], normalise(c.quote)) for c in claim.citations]
            relevant = frozenset(p for document, quote in cited for p in _holding(document, quote))
            if relevant:
                languages = tuple(sorted({document.lang or "?" for document, _ in cited}))
                made.append(Lookup(claim, languages, relevant))
    return made


def _holding(document: Document, quote: str) -> Iterator[str]:
    start = document.text.index(quote)
    cited = Span(start=start, end=start + len(quote))
    return (p.id for p in split_passages(document) if any(s.overlaps(cited) for s in p.sentences))


def measure(found: ClaimSet, plan: Plan, watch: Watch) -> Measured:
    """The ranks of the relevant passages in every channel, and what they come to."""
    asked = lookups(found)
    embedder = load_embedder(as_shipped())
    others = distractors(plan.data)
    also = measured_among(others, found)
    with library_with(found, library_of(others, plan, embedder, watch), also, embedder) as library:
        ranks = {
            "words": [ranked([p.id for p, _ in _words(library, one)], one) for one in asked],
            "vectors": _by_vectors(library, embedder, asked),
            "fused": _fused(library, embedder, asked),
        }
        count = library.summary().passages
    if plan.backbone is not None:
        ranks[unchanged.BASELINE] = by_backbone(found, others, also, plan, asked)
    return {
        "claims": len(asked),
        "passages": count,
        "channels": {name: figures(asked, of_channel) for name, of_channel in ranks.items()},
        "baselines": plan.backbone_figures(f"{NAME}/{found.name}", found.sha256),
        "items": [
            {
                "id": one.wanted.id,
                "claim": one.wanted.claim,
                "relevant": len(one.relevant),
                "ranks": {name: of_channel[row] for name, of_channel in ranks.items()},
            }
            for row, one in enumerate(asked)
        ],
    }


@contextmanager
def library_with(found: ClaimSet, others: Path, also: Sequence[str], embedder: RetrieverModel) -> Iterator[Library]:
    """The distractors' library with the documents of a set, and without the distractors that are among them."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "library"
        copytree(others, folder)
        add_documents([document for topic in found.topics for document in topic.documents], folder, embedder)
        with Library.open(folder, embedder) as library:
            library.remove(also)
            yield library


def ranked(found: Sequence[str], one: Lookup) -> list[int]:
    """The ranks of the relevant passages among those found, from 1."""
    return [rank for rank, passage in enumerate(found, 1) if passage in one.relevant]


def _words(library: Library, one: Lookup) -> Any:
    return library.lexical(one.claim.text, one.claim.lang, DEPTHS[-1])


def _by_vectors(library: Library, embedder: RetrieverModel, asked: Sequence[Lookup]) -> list[list[int]]:
    vectors = embedder.embed_claims([one.claim.text for one in asked])
    found = library.nearest_to_each(vectors, DEPTHS[-1])
    return [ranked([p.id for p, _ in hits], one) for hits, one in zip(found, asked, strict=True)]


def _fused(library: Library, embedder: RetrieverModel, asked: Sequence[Lookup]) -> list[list[int]]:
    retriever = HybridRetriever(library, embedder, as_shipped(passages_per_claim=DEPTHS[-1]))
    found = retriever.retrieve_many([one.claim for one in asked])
    return [ranked([hit.passage.id for hit in hits], one) for hits, one in zip(found, asked, strict=True)]


def by_backbone(
    found: ClaimSet, others: Sequence[Document], also: Sequence[str], plan: Plan, asked: Sequence[Lookup]
) -> list[list[int]]:
    """The ranks by the vectors of the unchanged backbone, over the same passages."""
    assert plan.backbone is not None
    documents = [document for topic in found.topics for document in as_documents(topic)]
    own, more = ([p for document in side for p in split_passages(document)] for side in (documents, others))
    vectors = np.array(plan.backbone.embed_passages([passage.text for passage in own]), np.float32)
    table = np.concatenate([vectors, vectors_of(more, plan, plan.backbone)])
    claims = np.array(plan.backbone.embed_claims([one.claim.text for one in asked]), np.float32)
    likeness = claims @ table.T
    likeness[:, [place for place, p in enumerate([*own, *more]) if p.document in also]] = -np.inf
    best = np.argsort(-likeness, axis=1, kind="stable")[:, : DEPTHS[-1]]
    ids = [passage.id for passage in (*own, *more)]
    return [ranked([ids[place] for place in row], one) for row, one in zip(best, asked, strict=True)]


def figures(asked: Sequence[Lookup], ranks: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Recall and nDCG at each depth, over all claims and by language."""
    groups: dict[str, list[int]] = {}
    for row, one in enumerate(asked):
        lang = one.wanted.lang
        groups.setdefault("same language" if one.languages == (lang,) else "another language", []).append(row)
        for other in one.languages:
            groups.setdefault(f"{lang}→{other}", []).append(row)
    everything = list(range(len(asked)))
    by = {name: {"claims": len(rows), **_scored(asked, ranks, rows, _GROUP_ROUNDS)} for name, rows in groups.items()}
    return {**_scored(asked, ranks, everything, 1000), "by_languages": dict(sorted(by.items()))}


def _scored(
    asked: Sequence[Lookup], ranks: Sequence[Sequence[int]], rows: Sequence[int], rounds: int
) -> dict[str, dict[str, float]]:
    taken = {}
    for name, score in (("recall", recall_at), ("ndcg", ndcg_at)):
        for k in DEPTHS:
            values = np.array([score(ranks[row], len(asked[row].relevant), k) for row in rows])
            figure = bootstrapped(len(values), lambda drawn, values=values: float(values[drawn].mean()), rounds)  # type: ignore[misc]
            taken[f"{name}@{k}"] = figure.as_json()
    return taken
