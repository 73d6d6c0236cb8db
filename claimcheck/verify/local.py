"""The local verifier: the shipped model's relations, joined with what each sentence says by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from claimcheck.models.verifier import Question, Relations, VerifierModel
from claimcheck.types import Claim, Document, Judgement, Relation, RetrievedPassage
from claimcheck.verify.emphasis import without_emphasis
from claimcheck.verify.mentioned import mentions_a_name
from claimcheck.verify.numbers import with_numbers_of
from claimcheck.verify.observe import Observation, observe

_BEARS: Final = 0.1
"""Least probability of bearing on the claim from which a sentence is read by rule as well."""


class LocalVerifier:
    """Judges every sentence of every passage, each with its neighbours as context.

    Args:
        model: the verifier.
        as_of: the day from which deadlines are judged.
    """

    def __init__(self, model: VerifierModel, as_of: date) -> None:
        self._model = model
        self._as_of = as_of

    def judge(
        self, claim: Claim, passages: tuple[RetrievedPassage, ...], documents: Mapping[str, Document]
    ) -> tuple[Judgement, ...]:
        """One judgement for every sentence of every passage; a sentence in two passages is judged by the surer.

        Args:
            claim: the claim.
            passages: what to judge it by.
            documents: the document of each passage, by id.

        Raises:
            ModelError: the model cannot be loaded.
        """
        questions = [_question(claim, found, documents[found.passage.document]) for found in passages]
        judged: dict[tuple[str, int, int], Judgement] = {}
        for found, relations in zip(passages, self._model.judge(questions), strict=True):
            for judgement in self._sentences(claim, found, relations, documents[found.passage.document]):
                place = (judgement.document, judgement.span.start, judgement.span.end)
                if place not in judged or _bearing(judgement) > _bearing(judged[place]):
                    judged[place] = judgement
        return tuple(judged.values())

    def _sentences(
        self, claim: Claim, found: RetrievedPassage, relations: Relations, document: Document
    ) -> list[Judgement]:
        order = self._model.calibration.relations
        judgements = []
        for span, row in zip(found.passage.sentences, relations.sentences, strict=True):
            probabilities = {relation: float(p) for relation, p in zip(order, row, strict=True)}
            observed = Observation()
            if 1.0 - probabilities[Relation.UNRELATED] >= _BEARS:
                observed = observe(
                    claim.text,
                    claim.lang,
                    span.of(document.text),
                    document.lang,
                    published=document.published,
                    as_of=self._as_of,
                    context=found.passage.text,
                )
            judgements.append(
                Judgement(
                    claim=claim.id,
                    document=document.id,
                    passage=found.passage.id,
                    span=span,
                    probabilities=probabilities,
                    differences=observed.differences,
                    rung=observed.rung,
                    step_taken=observed.step_taken,
                    committed=observed.committed,
                    conditional=observed.conditional,
                    cancelled=observed.cancelled,
                    renewed=observed.renewed,
                    other=observed.other,
                    unnamed=_is_unnamed(claim, probabilities, document),
                    wording=observed.wording,
                    deadline=observed.deadline,
                    progress=observed.progress,
                )
            )
        return judgements


def _is_unnamed(claim: Claim, probabilities: Mapping[Relation, float], document: Document) -> bool:
    if 1.0 - probabilities[Relation.UNRELATED] < _BEARS:
        return False
    return not mentions_a_name(claim.text, claim.lang, f"{document.title or ''}\n{document.text}")


def _question(claim: Claim, found: RetrievedPassage, document: Document) -> Question:
    asked = with_numbers_of(claim.text, claim.lang, found.passage.text, document.lang)
    return Question(
        claim=without_emphasis(asked, claim.lang),
        sentences=tuple(span.of(document.text) for span in found.passage.sentences),
        published=document.published,
        title=document.title,
    )


def _bearing(judgement: Judgement) -> float:
    return 1.0 - judgement.probabilities[Relation.UNRELATED]
