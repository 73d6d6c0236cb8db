"""Metrics against values worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.metrics import (
    area_under_errors,
    calibration_error,
    class_scores,
    confusion,
    errors_by_share,
    macro_f1,
    ndcg_at,
    precision_by_coverage,
    recall_at,
    reliability,
)
from evals.significance import Figure, bootstrapped, difference, mcnemar, mean_of


def codes(text: str) -> np.ndarray:
    return np.array([int(digit) for digit in text], np.int64)


def truths(text: str) -> np.ndarray:
    return np.array([digit == "1" for digit in text])


def test_confusion_has_the_wanted_by_row() -> None:
    assert confusion(codes("0012"), codes("0102"), 3).tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_scores_of_each_class() -> None:
    # wanted: three of class 0, two of 1; given: 0 0 1 / 1 0
    zero, one, two = class_scores(confusion(codes("00011"), codes("00110"), 3))
    assert (zero.precision, zero.recall, zero.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert (one.precision, one.recall, one.f1) == (1 / 2, 1 / 2, 1 / 2)
    assert (two.precision, two.recall, two.f1) == (0, 0, 0)
    assert macro_f1(codes("00011"), codes("00110"), 3) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_a_class_that_is_only_given_takes_from_the_others_alone() -> None:
    # class 2 is never wanted: it has no F1 of its own, and the row that got it misses from class 0
    assert macro_f1(codes("00"), codes("02"), 3) == pytest.approx(2 / 3)


def test_calibration_error() -> None:
    confidence, right = np.array([0.95, 0.95, 0.55, 0.55]), truths("1010")
    assert [(b.count, b.right) for b in reliability(confidence, right)] == [(2, 0.5), (2, 0.5)]
    assert calibration_error(confidence, right) == pytest.approx((0.45 + 0.05) / 2)
    assert calibration_error(np.array([1.0, 1.0]), truths("11")) == 0


def test_errors_among_the_surest() -> None:
    confidence, right = np.array([0.2, 0.9, 0.8, 0.4]), truths("0110")
    assert errors_by_share(confidence, right).tolist() == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert area_under_errors(confidence, right) == pytest.approx((1 / 3 + 1 / 2) / 4)


def test_equal_confidence_says_nothing() -> None:
    assert errors_by_share(np.full(4, 0.7), truths("1100")).tolist() == pytest.approx([0.5] * 4)


def test_precision_of_proven_against_its_coverage() -> None:
    points = precision_by_coverage(np.array([0.9, 0.7, 0.7]), truths("101"), findable=4)
    assert points == [(1 / 4, 1.0), (2 / 4, pytest.approx(2 / 3))]


def test_ranking() -> None:
    # three relevant, of which two were found, in places 1 and 4
    assert recall_at([1, 4], 3, 1) == pytest.approx(1 / 3)
    assert recall_at([1, 4], 3, 5) == pytest.approx(2 / 3)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at([1, 4], 3, 5) == pytest.approx((1 + 1 / math.log2(5)) / ideal)
    assert ndcg_at([1, 4], 3, 1) == 1
    assert ndcg_at([], 3, 5) == 0


@pytest.mark.parametrize(
    ("first", "second", "p"),
    # 2 * (1 + 5) / 2**5; 2 * 1 / 2**6; nothing changed; as many each way
    [(1, 4, 0.375), (0, 6, 0.03125), (0, 0, 1.0), (3, 3, 1.0)],
)
def test_mcnemar(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p)
    assert mcnemar(second, first) == pytest.approx(p)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_mean_lies_within_its_interval_and_is_the_same_every_time(values: list[float]) -> None:
    figure = mean_of(np.array(values), rounds=200)
    assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
    assert figure == mean_of(np.array(values), rounds=200)


def test_the_interval_of_a_share_is_near_the_normal_one() -> None:
    figure = mean_of(np.array([1.0] * 50 + [0.0] * 50))
    assert figure.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.02)
    assert figure.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.02)


def test_nothing_is_known_of_no_rows() -> None:
    assert bootstrapped(0, lambda rows: 1.0) == Figure(0, 0, 0, 0)
    assert str(Figure(0, 0, 0, 0)) == "-"


def test_a_clear_difference_is_told_from_none() -> None:
    worse, better = truths("0000011111" * 5), truths("1111111111" * 5)
    clear = difference(50, lambda rows: worse[rows].mean(), lambda rows: better[rows].mean())
    assert clear.value == 0.5
    assert clear.low > 0
    assert clear.p < 0.01
    same = difference(50, lambda rows: worse[rows].mean(), lambda rows: worse[rows].mean())
    assert (same.value, same.p) == (0, 1)
