"""Relations of sentences to a claim, as calibrated distributions."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from claimcheck.errors import ModelError
from claimcheck.models import weights
from claimcheck.models.verifier import Question, VerifierModel
from claimcheck.types import Relation

CLAIM = "The shipyard signed a contract for four ships in April 2024."
QUESTIONS = [
    Question(CLAIM, ("In April 2024 the yard signed the contract for four ships.", "The weather was fine.")),
    Question(CLAIM, ("그 조선소는 2024년 4월 계약을 체결했다.",), date(2024, 4, 20), "조선소 계약"),
    Question("Nine.", ("No.", "The yard will sign next year.", "It may rain.", ""), None, "A title " * 60),
    Question(CLAIM * 20, ("One sentence that is long. " * 80,), date(2024, 1, 1)),
]
LONG = Question(CLAIM, tuple(f"Sentence number {n} speaks of the harbour and its cranes." for n in range(90)))


def distributions(found) -> np.ndarray:
    return np.vstack([found.passage, found.sentences])


@pytest.mark.parametrize("question", [*QUESTIONS, LONG], ids=["plain", "korean", "short", "long claim", "long passage"])
def test_each_sentence_and_the_passage_have_a_distribution(verifier: VerifierModel, question: Question):
    (found,) = verifier.judge([question])
    assert found.passage.shape == (len(Relation),)
    assert found.sentences.shape == (len(question.sentences), len(Relation))
    assert (distributions(found) >= 0).all()
    np.testing.assert_allclose(distributions(found).sum(axis=1), 1, atol=1e-5)


def test_the_result_of_one_question_never_depends_on_the_others(verifier: VerifierModel):
    together = verifier.judge([*QUESTIONS, LONG])
    for question, found in zip([*QUESTIONS, LONG], together, strict=True):
        (alone,) = verifier.judge([question])
        np.testing.assert_allclose(distributions(found), distributions(alone), rtol=0, atol=1e-5)


def test_a_long_passage_takes_the_relation_of_its_most_telling_part(verifier: VerifierModel):
    telling = "In April 2024 the shipyard signed the contract for four ships."
    (plain,) = verifier.judge([LONG])
    (found,) = verifier.judge([Question(CLAIM, (*LONG.sentences, telling))])
    unrelated = verifier.calibration.relations.index(Relation.UNRELATED)
    assert found.passage[unrelated] < plain.passage[unrelated]
    assert found.sentences[:, unrelated].argmin() == len(LONG.sentences)


def test_no_question_no_answer(verifier: VerifierModel):
    assert verifier.judge([]) == []


def calibrated(folder: Path, **changes: object) -> VerifierModel:
    path = folder / weights.CALIBRATION
    values = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    path.write_text(json.dumps({**values, **changes}), encoding="utf-8")
    return VerifierModel()


def test_the_temperature_divides_the_logits(folder: Path):
    flat = calibrated(
        folder, passage_temperature=1e9, sentence_temperature=1e9, passage_bias=[0] * 5, sentence_bias=[0] * 5
    )
    for found in flat.judge(QUESTIONS[:2]):
        np.testing.assert_allclose(distributions(found), 0.2, atol=1e-5)


@pytest.mark.parametrize("relation", Relation)
def test_the_biases_are_those_of_the_relations_in_their_order(folder: Path, relation: Relation):
    order = list(reversed(Relation))
    bias = [1000 * (one is relation) for one in order]
    sure = calibrated(folder, relations=order, passage_bias=bias, sentence_bias=bias)
    assert sure.calibration.relations == tuple(order)
    for found in sure.judge(QUESTIONS[:1]):
        np.testing.assert_allclose(distributions(found)[:, order.index(relation)], 1, atol=1e-5)


def test_each_head_has_its_own_calibration(folder: Path):
    only_passage = [1000, 0, 0, 0, 0]
    (found,) = calibrated(folder, passage_bias=only_passage, sentence_temperature=1e9, sentence_bias=[0] * 5).judge(
        QUESTIONS[:1]
    )
    np.testing.assert_allclose(found.passage[0], 1, atol=1e-5)
    np.testing.assert_allclose(found.sentences, 0.2, atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"relations": ["supports"]},
        {"relations": ["supports", "supports", "plans", "hedges", "refutes"]},
        {"relations": ["supports", "plans", "hedges", "refutes", "proves"]},
        {"sentence_bias": [0, 0]},
        {"passage_temperature": "warm"},
    ],
)
def test_a_calibration_that_does_not_fit_is_damaged(folder: Path, changes: dict[str, object]):
    model = calibrated(folder, **changes)
    with pytest.raises(ModelError, match=r"verifier.json is damaged\. Install claimcheck again"):
        model.judge(QUESTIONS[:1])


def test_thresholds_are_passed_on(folder: Path):
    assert calibrated(folder, thresholds={"settled": 0.4}).calibration.thresholds == {"settled": 0.4}
