"""Checks the claims of a set as the product does, and keeps what the policy was given, so that it can decide again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from unittest import mock

from claimcheck import pipeline
from claimcheck.decide import Decision, decide
from claimcheck.errors import EvaluationError
from claimcheck.library.events import Failed
from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.pipeline import Checker
from claimcheck.protocols import Embedder
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, Document, Finding, Judgement, Label, Verdict
from evals.progress import Watch
from evals.sets import ClaimSet, Evidence, Topic, WantedClaim
from evals.shipped import as_shipped

Item = dict[str, Any]
"""One claim as JSON: what was wanted, what was given."""


@dataclass(frozen=True)
class Given:
    """What the policy was given for one claim: all that :func:`claimcheck.decide.decide` takes."""

    claim: Claim
    judgements: tuple[Judgement, ...]
    documents: Mapping[str, Document]
    circumstances: Mapping[str, Any]

    def decided(self, policy: Callable[..., Decision] = decide) -> Decision:
        """The decision on it, of the policy or of another one with its signature."""
        return policy(self.claim, self.judgements, self.documents, **self.circumstances)


@dataclass(frozen=True)
class Judged:
    """One claim of a set, what was found, and what the policy was given; nothing where it was left unchecked."""

    wanted: WantedClaim
    finding: Finding
    given: Given | None


@contextmanager
def recorded() -> Iterator[list[Given]]:
    """What the policy is given while the context lasts."""
    given: list[Given] = []

    def deciding(
        claim: Claim, judgements: Sequence[Judgement], documents: Mapping[str, Document], **circumstances: Any
    ) -> Decision:
        given.append(Given(claim, tuple(judgements), documents, circumstances))
        return given[-1].decided()

    with mock.patch.object(pipeline, "decide", deciding):
        yield given


EVERYTHING: Final = 100
"""Passages judged for each claim where no passage of its topic is to be left out."""


def judge(
    found: ClaimSet,
    watch: Watch,
    *,
    asking: Callable[[WantedClaim], None] | None = None,
    passages: int | None = None,
) -> list[Judged]:
    """Checks every checkable claim of a set against a library of its own topic's documents.

    Args:
        found: the set.
        watch: is told how many claims are done.
        asking: is called with each claim before it is checked.
        passages: passages judged for each claim; unset: as it ships.

    Raises:
        EvaluationError: a document of the set cannot be added to a library.
    """
    embedder = load_embedder(as_shipped())
    total = sum(claim.checkable for claim in found.claims)
    judged: list[Judged] = []
    for topic in found.topics:
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "library"
            add_documents(topic.documents, library, embedder)
            for (day, self_source), claims in _circumstances(topic, found.as_of).items():
                chosen = {} if passages is None else {"passages_per_claim": passages}
                settings = as_shipped(as_of=day, self_source=self_source, **chosen)
                with Checker.open(library, settings) as checker:
                    for one in _checked(checker, claims, asking):
                        judged.append(one)
                        watch.at(len(judged), total)
    return judged


def _checked(
    checker: Checker, claims: Sequence[WantedClaim], asking: Callable[[WantedClaim], None] | None
) -> Iterator[Judged]:
    for claim in claims:
        if asking is not None:
            asking(claim)
        with recorded() as given:
            (finding,) = checker.claims([claim.claim])
        yield Judged(claim, finding, given[0] if given else None)


def _circumstances(topic: Topic, as_of: date) -> dict[tuple[date, str], list[WantedClaim]]:
    together: dict[tuple[date, str], list[WantedClaim]] = {}
    for claim in topic.claims:
        if claim.checkable:
            together.setdefault((claim.as_of or as_of, claim.self_source), []).append(claim)
    return together


def add_documents(documents: Sequence[Evidence], folder: Path, embedder: Embedder) -> None:
    """Add the documents of a set to the library in a folder, which is made if need be.

    Raises:
        EvaluationError: one of them cannot be added.
    """
    with tempfile.TemporaryDirectory() as place:
        notes = Path(place) / "documents.jsonl"
        notes.write_text("".join(document.as_note() + "\n" for document in documents), encoding="utf-8")
        with Library.open(folder, embedder, create=True) as library:
            for event in library.add([notes], as_shipped()):
                if isinstance(event, Failed):
                    raise EvaluationError(f"A document of the set cannot be added: {event.reason}", event.next_step)


def unwarranted(found: ClaimSet) -> dict[str, int]:
    """How many claims are extracted from each text of the set that is not checkable, by id; none is right.

    Raises:
        EvaluationError: a document of the set cannot be added to a library.
    """
    from claimcheck.extract.local import LocalExtractor

    extractor = LocalExtractor(load_embedder(as_shipped()))
    texts = {claim.id: claim for claim in found.claims if not claim.checkable}
    return {
        key: len(extractor.extract(Document(id=key, text=normalise(claim.claim), lang=claim.lang))[0])
        for key, claim in texts.items()
    }


def item(wanted: WantedClaim, given: Item, languages: Mapping[str, str | None]) -> Item:
    """One claim as JSON.

    Args:
        wanted: the claim as its set has it.
        given: what was found of it.
        languages: the language of each document.
    """
    return {
        "id": wanted.id,
        "claim": wanted.claim,
        "topic": wanted.topic,
        "lang": wanted.lang,
        "evidence_langs": sorted({languages[c.document] or "?" for c in wanted.citations}),
        "rule": wanted.rule,
        "traps": list(wanted.traps),
        "wanted": {
            "label": str(wanted.label),
            "basis": str(wanted.basis),
            "flags": [flag.value for flag in wanted.flags],
            "citations": [[c.document, normalise(c.quote)] for c in wanted.citations],
        },
        "given": given,
    }


def items_of(judged: Sequence[Judged], found: ClaimSet) -> list[Item]:
    """The claims of a set as JSON, quotes held against the set's own texts."""
    texts, languages = found.texts(), found.languages()
    return [item(one.wanted, given_by(one.finding, texts), languages) for one in judged]


def given_by(finding: Finding, texts: Mapping[str, str]) -> Item:
    """What was found of a claim, and whether each quote stands in its document where the citation says."""
    if not isinstance(finding, Verdict):
        return {"unchecked": finding.reason}
    return {
        "label": finding.label.value,
        "basis": finding.basis.value,
        "rule": finding.rule,
        "flags": [flag.value for flag in finding.flags],
        "confidence": round(finding.confidence, 4),
        "citations": [[c.document, c.quote] for c in finding.citations],
        "verbatim": [texts.get(c.document, "")[c.start : c.end] == c.quote != "" for c in finding.citations],
    }


def given_again(given: Given, policy: Callable[..., Decision]) -> Item:
    """The same, of a claim that a policy decides anew."""
    decision = given.decided(policy)
    cited = [(j.document, j.span.of(given.documents[j.document].text)) for j in decision.supporting + decision.opposing]
    return {
        "label": decision.label.value,
        "basis": decision.basis.value,
        "rule": decision.rule,
        "flags": [flag.value for flag in decision.flags],
        "confidence": round(decision.confidence, 4),
        "citations": [list(place) for place in cited],
        "verbatim": [True for _ in cited],
    }


LABELS: tuple[str, ...] = tuple(label.value for label in Label)
