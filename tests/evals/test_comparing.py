"""Two runs: which rows changed, and whether that is more than chance."""

from typing import Any

import pytest
from test_verdicts import CONTRADICTED, NOTHING, PLANNED, PROVEN, row

from evals.comparing import as_text, compare


def part(*rows: Any, suite: str = "claims", name: str = "toy") -> dict[str, Any]:
    return {"suite": suite, "set": name, "items": list(rows)}


def test_changes_are_told_apart() -> None:
    before = part(
        row("a", PROVEN, PROVEN), row("b", PROVEN, NOTHING), row("c", PLANNED, PROVEN), row("d", PROVEN, PROVEN)
    )
    after = part(
        row("a", PROVEN, NOTHING), row("b", PROVEN, PROVEN), row("c", PLANNED, NOTHING), row("d", PROVEN, PROVEN)
    )
    (one,) = compare([before], [after])
    assert {change.id: change.turn for change in one.changes} == {"a": "broken", "b": "mended", "c": "still wrong"}
    assert (one.mended, one.broken, one.p) == (1, 1, 1.0)
    text = as_text([one])
    assert "| broken | a | a | proven, supported | proven, supported | speculative, no_evidence |" in text


def test_another_basis_under_the_same_label_is_a_change_and_as_right() -> None:
    (one,) = compare([part(row("a", CONTRADICTED, NOTHING))], [part(row("a", CONTRADICTED, CONTRADICTED))])
    assert [change.turn for change in one.changes] == ["still right"]


def test_a_row_that_becomes_unchecked_is_broken() -> None:
    (one,) = compare([part(row("a", PROVEN, PROVEN))], [part(row("a", PROVEN, None))])
    assert [(change.turn, change.second) for change in one.changes] == [("broken", "unchecked")]


def test_many_mended_rows_are_more_than_chance() -> None:
    before = part(*(row(str(n), PROVEN, NOTHING) for n in range(12)))
    after = part(*(row(str(n), PROVEN, PROVEN) for n in range(12)))
    (one,) = compare([before], [after])
    assert one.p == pytest.approx(2 / 2**12)
    assert one.macro_f1 is not None
    assert one.macro_f1.value == 1
    assert one.macro_f1.p < 0.01


def test_rows_of_one_run_only_are_counted_and_parts_of_one_run_left_out() -> None:
    both = compare(
        [part(row("a", PROVEN, PROVEN), row("b", PROVEN, PROVEN)), part(name="old")],
        [part(row("a", PROVEN, PROVEN), row("c", PROVEN, PROVEN))],
    )
    (one,) = both
    assert (one.name, one.rows, one.unmatched) == ("claims/toy", 1, 2)
    assert "2 rows are in one run only" in as_text([one])


@pytest.mark.parametrize(
    ("suite", "before", "after", "turn"),
    [
        ("pairs", {"wanted": "refutes", "given": "supports"}, {"wanted": "refutes", "given": "refutes"}, "mended"),
        ("retrieval", {"relevant": 1, "ranks": {"fused": [2]}}, {"relevant": 1, "ranks": {"fused": []}}, "broken"),
        (
            "retrieval",
            {"relevant": 1, "ranks": {"fused": [9]}},
            {"relevant": 1, "ranks": {"fused": [6]}},
            "still wrong",
        ),
        ("extraction", {"right": False}, {"right": True}, "mended"),
    ],
)
def test_every_suite_has_rows_that_can_change(suite: str, before: Any, after: Any, turn: str) -> None:
    (one,) = compare([part({"id": "r", **before}, suite=suite)], [part({"id": "r", **after}, suite=suite)])
    assert [change.turn for change in one.changes] == [turn]
