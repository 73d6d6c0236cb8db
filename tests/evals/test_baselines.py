"""Baselines and the perfect verifier."""

from collections.abc import Sequence

import numpy as np
import pytest

from claimcheck.errors import BadRow
from claimcheck.models.verifier import Question
from claimcheck.types import Relation
from evals import perfect
from evals.baselines import ScoreTable, most_frequent, nearness, shared_words
from evals.perfect import PerfectVerifier, relations_of
from evals.sets import ClaimSet, WantedClaim, cases


def claim_of(**more: object) -> WantedClaim:
    row = {
        "id": "toy-C1",
        "claim": "It has opened.",
        "label": "proven",
        "basis": "supported",
        "lang": "en",
        "citations": [{"document": "D1", "quote": "It opened in May."}],
    }
    return WantedClaim.model_validate(row | more)


def test_the_most_frequent_class() -> None:
    assert most_frequent(np.array([0, 2, 2, 1])).tolist() == [2, 2, 2, 2]


def test_shared_words_are_those_of_the_best_passage() -> None:
    passages = ["The plant in Leeds opened.", "Nothing of it."]
    assert shared_words([("The plant opened early", passages)]).tolist() == [3 / 4]
    assert shared_words([("The plant", [])]).tolist() == [0]


class Letters:
    """Embeds a text as its share of the letters a and b."""

    name, dimension = "letters", 2

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        counts = np.array([[text.count("a"), text.count("b")] for text in texts], np.float64)
        rows: list[list[float]] = (counts / np.linalg.norm(counts, axis=1, keepdims=True)).tolist()
        return rows

    embed_claims = embed_passages


def test_nearness_is_the_cosine_of_the_nearest_passage() -> None:
    assert nearness(Letters())([("ab", ["aaaa", "aabb"]), ("a", ["b"])]).tolist() == pytest.approx([1, 0])


def test_a_table_gives_each_range_its_likeliest_class() -> None:
    scores = np.linspace(0, 1, 40)
    table = ScoreTable.fitted(scores, (scores > 0.5).astype(np.int64))
    assert table.classes_of(np.array([-1, 0.1, 0.9, 7])).tolist() == [0, 0, 1, 1]


def test_rare_classes_weigh_as_much_as_frequent_ones() -> None:
    scores = np.array([0.0] * 90 + [1.0] * 9 + [1.0] * 3)
    table = ScoreTable.fitted(scores, np.array([0] * 90 + [0] * 9 + [1] * 3))
    assert table.classes_of(np.array([1.0])).tolist() == [1]


def test_the_perfect_verifier_knows_what_is_cited() -> None:
    verifier = PerfectVerifier()
    verifier.asked(claim_of())
    (judged,) = verifier.judge([Question("any wording", ("It rains.", "It opened in May. "))])
    order = verifier.calibration.relations
    assert [order[row.argmax()] for row in judged.sentences] == [Relation.UNRELATED, Relation.SUPPORTS]
    assert order[judged.passage.argmax()] is Relation.SUPPORTS
    assert judged.sentences.sum(axis=1).tolist() == pytest.approx([1, 1])


def test_relations_are_those_of_the_basis_unless_the_file_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    contradicted = claim_of(label="speculative", basis="contradicted")
    assert relations_of(contradicted) == (Relation.REFUTES,)
    monkeypatch.setattr(perfect, "_named", lambda: {"toy-C1": (Relation.PLANS,)})
    assert relations_of(contradicted) == (Relation.PLANS,)
    monkeypatch.setattr(perfect, "_named", lambda: {"toy-C1": (Relation.PLANS, Relation.REFUTES)})
    with pytest.raises(BadRow, match="toy-C1 has 2 relations for 1 citations"):
        relations_of(contradicted)


def test_the_file_of_relations_names_cases_that_exist() -> None:
    found = cases()
    assert isinstance(found, ClaimSet)
    by_id = {claim.id: claim for claim in found.claims}
    assert set(perfect._named()) <= set(by_id)
    assert all(len(relations_of(by_id[name])) == len(by_id[name].citations) for name in perfect._named())
