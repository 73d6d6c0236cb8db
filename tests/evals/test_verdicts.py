"""What is counted of verdicts, against counts made by hand."""

from typing import Any

import numpy as np
import pytest

from evals.verdicts import Outcomes, cited_counts, figures, flags_raised, of_labels, points, right_by_rule

PROVEN, PLANNED, NOTHING = ("proven", "supported"), ("aspirational", "planned"), ("speculative", "no_evidence")
CONTRADICTED = ("speculative", "contradicted")


def row(name: str, wanted: tuple[str, str], given: tuple[str, str] | None, confidence: float = 0.9, **more: Any) -> Any:
    answer: dict[str, Any] = {"unchecked": "the model failed"}
    if given is not None:
        answer = {
            "label": given[0],
            "basis": given[1],
            "rule": "r",
            "flags": more.pop("flags", []),
            "confidence": confidence,
            "citations": more.pop("cited", []),
            "verbatim": more.pop("verbatim", []),
        }
    return {
        "id": name,
        "claim": name,
        "topic": more.get("topic", "t"),
        "lang": "en",
        "evidence_langs": more.get("evidence_langs", ["en"]),
        "rule": more.get("rule"),
        "traps": more.get("traps", []),
        "wanted": {
            "label": wanted[0],
            "basis": wanted[1],
            "flags": more.get("wanted_flags", []),
            "citations": more.get("wanted_citations", []),
        },
        "given": answer,
    }


ROWS = [
    row("a", PROVEN, PROVEN, 0.9, rule="3a", evidence_langs=["ko"]),
    row("b", PROVEN, PROVEN, 0.8, rule="3a"),
    row("c", PROVEN, NOTHING, 0.4, flags=["unsure"], rule="3a"),
    row("d", PLANNED, PLANNED, 0.7, rule="2a"),
    row("e", CONTRADICTED, PROVEN, 0.6, rule="3d"),
    row("f", CONTRADICTED, CONTRADICTED, 0.9, rule="3d"),
    row("g", NOTHING, None, rule="3j"),
]


def test_labels_bases_and_what_is_left_unchecked() -> None:
    found = points(Outcomes(ROWS))
    assert found["label"] == pytest.approx(4 / 7)
    assert found["basis"] == pytest.approx(4 / 7)
    assert found["checked"] == pytest.approx(6 / 7)
    assert found["precision_of_proven"] == pytest.approx(2 / 3)
    assert found["recall_of_proven"] == pytest.approx(2 / 3)
    assert found["contradicted_recall"] == pytest.approx(1 / 2)
    # proven: 2 of 3 given, 2 of 3 wanted; aspirational: all; speculative: 1 of 2 given, 1 of 3 wanted
    assert found["macro_f1"] == pytest.approx((2 / 3 + 1 + 2 / 5) / 3)
    assert found["answered"] == pytest.approx(5 / 7)  # what is unchecked is no answer
    assert found["errors_answered"] == pytest.approx(1 / 5)


def test_groups_and_confusion() -> None:
    found = figures(ROWS)
    assert found["confusion"] == [[2, 0, 1, 0], [0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0]]
    assert found["by"]["rule"]["3a"]["claims"] == 3
    assert found["by"]["rule"]["3a"]["label"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert set(found["by"]["languages"]) == {"same language", "another language"}
    assert found["by"]["language pair"]["en→ko"]["claims"] == 1
    assert right_by_rule(ROWS) == {"2a": 1, "3a": pytest.approx(2 / 3), "3d": 1 / 2, "3j": 0}


def test_citations_are_counted_by_document_and_by_sentence() -> None:
    item = row(
        "a",
        PROVEN,
        PROVEN,
        wanted_citations=[["D1", "It opened in May."], ["D2", "It is open. It has been for weeks."]],
        cited=[["D1", "It opened in May. "], ["D1", "It employs 40."], ["D2", "It is open."]],
    )
    # documents: both of two cited, both of two wanted; sentences: two of three cited, two of two wanted
    assert cited_counts(item) == (2, 2, 2, 2, 2, 3, 2, 2)
    found = points(Outcomes([item]))
    assert (found["sentence_precision"], found["sentence_recall"]) == (pytest.approx(2 / 3), 1)


def test_one_quote_that_is_not_verbatim_shows() -> None:
    rows = [row("a", PROVEN, PROVEN, verbatim=[True, True]), row("b", PROVEN, PROVEN, verbatim=[True, False])]
    assert points(Outcomes(rows))["verbatim"] == 3 / 4


def test_flags_are_counted_where_they_are_wanted() -> None:
    rows = [
        row("a", PLANNED, PLANNED, wanted_flags=["partial"], flags=["partial", "single_source"]),
        row("b", PLANNED, PLANNED, wanted_flags=["partial"]),
        row("c", PLANNED, PLANNED, flags=["overdue"]),
    ]
    assert flags_raised(rows) == {"partial": (1, 2)}


def test_a_baseline_of_labels_alone() -> None:
    found = of_labels(np.array([0, 0, 1, 2]), np.array([0, 0, 0, 0]))
    assert found["label"]["value"] == 0.5
    assert found["precision_of_proven"]["value"] == 0.5
    assert found["recall_of_proven"]["value"] == 1
    assert found["macro_f1"]["value"] == pytest.approx(2 / 3 / 3, abs=1e-4)
