"""Windows over a draft: nothing is left out, each goes on, limits hold."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from claimcheck.extract.windows import cut_windows, windows_of

LENGTHS = st.lists(st.integers(1, 400), max_size=60)
LIMITS = st.fixed_dictionaries(
    {
        "most_sentences": st.integers(1, 12),
        "most_characters": st.integers(1, 900),
        "overlap": st.integers(0, 14),
    }
)


@given(LENGTHS, LIMITS)
def test_windows_leave_nothing_out_and_go_on(lengths: list[int], limits: dict[str, int]) -> None:
    windows = cut_windows(lengths, **limits)
    assert {number for window in windows for number in window} == set(range(len(lengths)))
    assert all(before.start < after.start <= before.stop < after.stop for before, after in pairwise(windows))


@given(LENGTHS, LIMITS)
def test_windows_keep_their_limits(lengths: list[int], limits: dict[str, int]) -> None:
    for window in cut_windows(lengths, **limits):
        assert 1 <= len(window) <= limits["most_sentences"]
        assert len(window) == 1 or sum(lengths[number] for number in window) <= limits["most_characters"]


@given(st.integers(13, 80))
def test_windows_overlap_where_there_is_room(sentences: int) -> None:
    windows = cut_windows([50] * sentences)
    assert all(before.stop - after.start == 3 for before, after in pairwise(windows))


@given(LENGTHS, LIMITS)
def test_a_sentence_is_read_first_where_most_is_shown_around_it(lengths: list[int], limits: dict[str, int]) -> None:
    windows = cut_windows(lengths, **limits)
    for sentence in range(len(lengths)):
        order = windows_of(sentence, windows)
        assert sorted(order) == [index for index, window in enumerate(windows) if sentence in window]


def test_the_middle_of_two_windows_is_parted() -> None:
    windows = cut_windows([10] * 9, most_sentences=6, overlap=3)
    assert windows == (range(6), range(3, 9))
    assert [windows_of(sentence, windows)[0] for sentence in range(9)] == [0, 0, 0, 0, 0, 1, 1, 1, 1]
