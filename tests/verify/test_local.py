"""The local verifier: the model's relations, joined with what each sentence says by rule."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from claimcheck.models.verifier import Calibration, Question, Relations, VerifierModel
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Claim, Document, Judgement, Passage, Relation, RetrievedPassage, Rung, Span
from claimcheck.verify.local import LocalVerifier

AS_OF = date(2026, 1, 15)
ORDER = (Relation.UNRELATED, Relation.REFUTES, Relation.HEDGES, Relation.PLANS, Relation.SUPPORTS)
BEARS, BARELY, UNRELATED = (0.1, 0.1, 0.1, 0.1, 0.6), (0.91, 0.02, 0.02, 0.02, 0.03), (1.0, 0.0, 0.0, 0.0, 0.0)
CLAIM = Claim(
    id="c7", span=Span(start=0, end=5), quote="Acme…", text="Acme will build ten sites in Leeds by 2027.", lang="en"
)
DOCUMENT = Document(
    id="d1",
    text="🚢 Cafe\u0301 news. Acme will build ten sites in Leeds if the council approves them. "
    "It has built four of the ten sites. The weather is fine.",
    title="Acme in Leeds",
    published=date(2025, 6, 1),
    lang="en",
)
SENTENCES = split_sentences(DOCUMENT.text, "en")


class ScriptedModel:
    """Answers with given distributions, a question after the other, and keeps what it was asked."""

    def __init__(self, *answers: Sequence[Sequence[float]]) -> None:
        self.answers = answers
        self.asked: list[Question] = []
        self.calibration = Calibration(
            relations=ORDER,
            passage_temperature=1,
            passage_bias=(0,) * 5,
            sentence_temperature=1,
            sentence_bias=(0,) * 5,
        )

    def judge(self, questions: Sequence[Question]) -> list[Relations]:
        self.asked += questions
        return [Relations(np.array(UNRELATED), np.array(rows)) for rows in self.answers]


def passage(first: int, last: int, name: str = "p") -> RetrievedPassage:
    sentences = tuple(SENTENCES[first:last])
    span = Span(start=sentences[0].start, end=sentences[-1].end)
    made = Passage(id=name, document="d1", span=span, text=span.of(DOCUMENT.text), sentences=sentences, lang="en")
    return RetrievedPassage(passage=made, score=1.0)


def judge(model: ScriptedModel | VerifierModel, *passages: RetrievedPassage) -> tuple[Judgement, ...]:
    return LocalVerifier(model, AS_OF).judge(CLAIM, passages, {"d1": DOCUMENT})  # type: ignore[arg-type]


def test_every_sentence_has_a_judgement_at_its_place() -> None:
    model = ScriptedModel([BEARS, UNRELATED, BEARS, BARELY])
    judged = judge(model, passage(0, 4))
    assert [judgement.span for judgement in judged] == list(SENTENCES)
    assert {(j.claim, j.document, j.passage) for j in judged} == {("c7", "d1", "p")}


def test_the_model_reads_claim_sentences_day_and_title() -> None:
    model = ScriptedModel([BEARS] * 3)
    judge(model, passage(1, 4))
    (asked,) = model.asked
    assert asked.claim == CLAIM.text
    assert asked.sentences == tuple(span.of(DOCUMENT.text) for span in SENTENCES[1:4])
    assert (asked.published, asked.title) == (DOCUMENT.published, DOCUMENT.title)


def test_probabilities_go_by_the_models_own_order_of_relations() -> None:
    (judged,) = judge(ScriptedModel([(0.1, 0.05, 0.15, 0.5, 0.2)]), passage(1, 2))
    assert judged.probabilities == pytest.approx(
        {Relation.UNRELATED: 0.1, Relation.REFUTES: 0.05, Relation.HEDGES: 0.15, Relation.PLANS: 0.5,
         Relation.SUPPORTS: 0.2}
    )  # fmt: skip
    assert judged.relation is Relation.PLANS


def test_what_bears_on_the_claim_is_read_by_rule_too() -> None:
    _, plan, done, _ = judge(ScriptedModel([BEARS] * 4), passage(0, 4))
    assert plan.conditional
    assert not done.conditional
    assert done.progress == (4, 10)


def test_what_does_not_bear_on_it_is_not_read() -> None:
    for sure in (UNRELATED, BARELY):
        _, plan, done, _ = judge(ScriptedModel([sure] * 4), passage(0, 4))
        assert not plan.conditional
        assert (done.progress, done.differences, done.rung) == (None, (), None)


def test_a_sentence_in_two_passages_is_judged_once_by_the_surer() -> None:
    model = ScriptedModel([BARELY, BEARS], [UNRELATED, BEARS])
    judged = judge(model, passage(0, 2, "p1"), passage(1, 3, "p2"))
    assert [(j.span, j.passage, j.relation) for j in judged] == [
        (SENTENCES[0], "p1", Relation.UNRELATED),
        (SENTENCES[1], "p1", Relation.SUPPORTS),
        (SENTENCES[2], "p2", Relation.SUPPORTS),
    ]
    other = judge(ScriptedModel([BARELY, UNRELATED], [BEARS, BEARS]), passage(0, 2, "p1"), passage(1, 3, "p2"))
    assert other[1].passage == "p2"


def test_no_passage_no_judgement() -> None:
    assert judge(ScriptedModel()) == ()


def test_with_the_shipped_model() -> None:
    judged = judge(VerifierModel(), passage(0, 3, "p1"), passage(2, 4, "p2"))
    assert [j.span for j in judged] == list(SENTENCES)
    for judgement in judged:
        assert sum(judgement.probabilities.values()) == pytest.approx(1, abs=1e-3)
    bearing = [1 - judgement.probabilities[Relation.UNRELATED] for judgement in judged]
    assert max(bearing[1], bearing[2]) > max(bearing[0], bearing[3])
    assert all(judgement.rung is None or judgement.rung in Rung for judgement in judged)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("The depot in Arle counted nearly 4,000 crates in June 2025.", Relation.SUPPORTS),
        ("The depot in Arle counted more than 3,900 crates in June 2025.", Relation.SUPPORTS),
        ("The depot in Arle counted 3,100 crates in June 2025.", Relation.REFUTES),
        ("The depot in Arle counted more than 4,500 crates in June 2025.", Relation.REFUTES),
    ],
)
def test_a_number_near_enough_is_no_denial(text: str, relation: Relation) -> None:
    source = Document(id="d1", text="The depot in Arle counted 3,912 crates in June 2025, its owner said.", lang="en")
    whole = Span(start=0, end=len(source.text))
    found = Passage(id="p", document="d1", span=whole, text=source.text, sentences=(whole,), lang="en")
    claim = CLAIM.model_copy(update={"text": text})
    verifier = LocalVerifier(VerifierModel(), AS_OF)
    (judgement,) = verifier.judge(claim, (RetrievedPassage(passage=found, score=1.0),), {"d1": source})
    assert judgement.relation is relation
