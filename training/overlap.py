"""Keeps evaluation sets out of training: a claim that is a near-duplicate of an evaluated one is dropped."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
THRESHOLD = 0.7


def shingles(text: str) -> frozenset[str]:
    """Runs of three words (or the words, if fewer); of three characters where a text has no blanks."""
    words = _WORD.findall(text.lower())
    if len(words) <= 2 and len(text) > 12:
        joined = "".join(words)
        return frozenset(joined[i : i + 3] for i in range(len(joined) - 2))
    if len(words) < 3:
        return frozenset(words)
    return frozenset(" ".join(words[i : i + 3]) for i in range(len(words) - 2))


class NearDuplicates:
    """Finds texts whose shingles overlap those of a given set by Jaccard similarity ``THRESHOLD`` or more."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._sets = list({shingles(text) for text in texts})
        self._index: dict[str, list[int]] = defaultdict(list)
        for number, members in enumerate(self._sets):
            for shingle in members:
                self._index[shingle].append(number)

    def __contains__(self, text: str) -> bool:
        members = shingles(text)
        shared: dict[int, int] = defaultdict(int)
        for shingle in members:
            for number in self._index.get(shingle, ()):
                shared[number] += 1
        return any(
            count / (len(members) + len(self._sets[number]) - count) >= THRESHOLD for number, count in shared.items()
        )
