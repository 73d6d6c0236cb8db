"""Cuts a long draft into windows of sentences that overlap, so that a model can read it piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

MOST_SENTENCES: Final = 12
MOST_CHARACTERS: Final = 3000
OVERLAP: Final = 3
"""Sentences that two windows share: enough to see whom a pronoun stands for."""


def cut_windows(
    lengths: Sequence[int],
    *,
    most_sentences: int = MOST_SENTENCES,
    most_characters: int = MOST_CHARACTERS,
    overlap: int = OVERLAP,
) -> tuple[range, ...]:
    """Windows over numbered sentences.

    Args:
        lengths: characters of each sentence.
        most_sentences: of one window.
        most_characters: of one window, unless a single sentence has more.
        overlap: sentences that a window shares with the one before, where its limits leave room.

    Returns:
        Runs of sentence numbers from 0, in order. Each begins and ends after the one before, and together they leave
        nothing out.
    """
    windows: list[range] = []
    end = 0
    while end < len(lengths):
        start = max(0, end - overlap, windows[-1].start + 1 if windows else 0)
        # The sentence that comes next must be in it, at the cost of shared ones.
        while start < end and (end + 1 - start > most_sentences or sum(lengths[start : end + 1]) > most_characters):
            start += 1
        end += 1
        while end < len(lengths) and end - start < most_sentences and sum(lengths[start : end + 1]) <= most_characters:
            end += 1
        windows.append(range(start, end))
    return tuple(windows)


def windows_of(sentence: int, windows: Sequence[range]) -> tuple[int, ...]:
    """The windows that show a sentence, the one that shows most around it first.

    Args:
        sentence: its number.
        windows: from :func:`cut_windows`.

    Returns:
        Indices into ``windows``; of those that show as much, the earlier is first.
    """
    last = windows[-1].stop if windows else 0

    def around(index: int) -> int:
        window = windows[index]
        before = sentence - window.start if window.start else last
        after = window.stop - 1 - sentence if window.stop < last else last
        return min(before, after)

    holding = [index for index, window in enumerate(windows) if sentence in window]
    return tuple(sorted(holding, key=lambda index: (-around(index), index)))
