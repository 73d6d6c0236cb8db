"""Whole checks of a small set with the shipped models: what is recorded decides the same again."""

from pathlib import Path

import pytest
from test_sets import CLAIM, DOCUMENT, PLAN, make_set

from claimcheck import pipeline
from claimcheck.decide import decide
from claimcheck.errors import EvaluationError
from claimcheck.types import Verdict
from evals.judging import EVERYTHING, given_again, items_of, judge, unwarranted
from evals.perfect import perfect_verifier
from evals.progress import Unwatched
from evals.sets import ClaimSet

GREETING = {"id": "C3", "claim": "What a lovely morning!", "lang": "en", "checkable": False}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ClaimSet:
    text = "Acme opened its plant in Hull in May 2025. A second plant is to be built in Leeds in 2027, Acme said."
    document = DOCUMENT | {"text": text, "published": "2025-06-01", "publisher": "Daily News"}
    opened = CLAIM | {
        "claim": "Acme opened a plant in Hull in May 2025.",
        "citations": [{"document": "D1", "quote": "Acme opened its plant in Hull in May 2025."}],
    }
    made = make_set(tmp_path_factory.mktemp("set"), opened, PLAN, GREETING, documents=(document,))
    assert isinstance(made, ClaimSet)
    return made


def test_what_the_policy_was_given_decides_the_same_again(found: ClaimSet) -> None:
    judged = judge(found, Unwatched())
    assert [one.wanted.id for one in judged] == ["C1", "C2"]
    for one, row in zip(judged, items_of(judged, found), strict=True):
        assert isinstance(one.finding, Verdict)
        assert one.given is not None
        assert given_again(one.given, decide) == row["given"]
        assert all(row["given"]["verbatim"])


def test_the_policy_is_itself_again_afterwards(found: ClaimSet) -> None:
    judge(found, Unwatched())
    assert pipeline.decide is decide


def test_under_a_perfect_verifier_what_is_cited_decides(found: ClaimSet) -> None:
    with perfect_verifier() as verifier:
        judged = judge(found, Unwatched(), asking=verifier.asked, passages=EVERYTHING)
    rows = items_of(judged, found)
    assert [(row["given"]["label"], row["given"]["basis"]) for row in rows] == [
        ("proven", "supported"),
        ("aspirational", "planned"),
    ]
    assert [row["given"]["citations"] for row in rows] == [row["wanted"]["citations"] for row in rows]


def test_a_text_without_a_claim_is_extracted_from_not_checked(found: ClaimSet) -> None:
    assert set(unwarranted(found)) == {"C3"}


def test_a_document_that_no_library_takes_stops_the_run(tmp_path: Path) -> None:
    made = make_set(tmp_path, CLAIM, documents=(DOCUMENT | {"url": "nowhere"},))
    assert isinstance(made, ClaimSet)
    with pytest.raises(EvaluationError, match="no http or https address"):
        judge(made, Unwatched())
