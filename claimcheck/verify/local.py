"""The local verifier: the shipped model's relations, joined with what each sentence says by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from claimcheck.models.verifier import Question, Relations, VerifierModel
from claimcheck.types import Claim, Document, Judgement, RetrievedPassage
from claimcheck.verify.case import BEARS, bearing, surest
from claimcheck.verify.emphasis import without_emphasis
from claimcheck.verify.mentioned import mentions_a_name
from claimcheck.verify.observe import observe
from claimcheck.verify.rewording import with_dates_of, with_numbers_of


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
        questions = [self._question(claim, found, documents[found.passage.document]) for found in passages]
        return surest(
            [
                judgement
                for found, relations in zip(passages, self._model.judge(questions), strict=True)
                for judgement in self._sentences(claim, found, relations, documents[found.passage.document])
            ]
        )

    def observed(self, judgement: Judgement, claim: Claim, context: str, document: Document) -> Judgement:
        """A judgement with what its sentence says by rule, if it bears on the claim at all.

        Args:
            judgement: a judgement of a sentence of ``document``.
            claim: the claim.
            context: the passage around the sentence.
            document: where it stands.
        """
        if bearing(judgement) < BEARS:
            return judgement
        said = observe(
            claim.text,
            claim.lang,
            judgement.span.of(document.text),
            document.lang,
            published=document.published,
            as_of=self._as_of,
            context=context,
        )
        unnamed = not mentions_a_name(claim.text, claim.lang, f"{document.title or ''}\n{document.text}")
        read = {field.name: getattr(said, field.name) for field in fields(said)}
        return judgement.model_copy(update={**read, "unnamed": unnamed})

    def _sentences(
        self, claim: Claim, found: RetrievedPassage, relations: Relations, document: Document
    ) -> list[Judgement]:
        order = self._model.calibration.relations
        return [
            self.observed(
                Judgement(
                    claim=claim.id,
                    document=document.id,
                    passage=found.passage.id,
                    span=span,
                    probabilities={relation: float(p) for relation, p in zip(order, row, strict=True)},
                ),
                claim,
                found.passage.text,
                document,
            )
            for span, row in zip(found.passage.sentences, relations.sentences, strict=True)
        ]

    def _question(self, claim: Claim, found: RetrievedPassage, document: Document) -> Question:
        source = found.passage.text, document.lang
        dated = with_dates_of(
            claim.text, claim.lang, *source, claim_reference=self._as_of, source_reference=document.published
        )
        return Question(
            claim=without_emphasis(with_numbers_of(dated, claim.lang, *source), claim.lang),
            sentences=tuple(span.of(document.text) for span in found.passage.sentences),
            published=document.published,
            title=document.title,
        )
