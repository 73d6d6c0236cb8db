"""Cuts a draft at the borders of its claims, so that claims may overlap, nest, and cross paragraphs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from claimcheck.types import Span

_PARAGRAPH_END: Final = re.compile(r"\n[ \t]*\n\s*|\n*\Z")
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Cover:
    """A claim that a segment belongs to.

    ``level`` is the same over the whole claim and differs between claims that share a character; ``begins`` and
    ``ends`` say whether the segment is the claim's first or last.
    """

    number: int
    level: int
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the draft that lies in the same claims from end to end, the outermost claim first."""

    text: str
    covers: tuple[Cover, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph in segments: the marks that make it a heading, its words, and the blank lines that end it."""

    marks: tuple[Segment, ...]
    words: tuple[Segment, ...]
    gap: tuple[Segment, ...]

    @property
    def is_heading(self) -> bool:
        """Whether the draft marks it as a heading."""
        return bool(self.marks)


def mark(text: str, claims: Mapping[int, Span]) -> tuple[Paragraph, ...]:
    """Cut a draft into paragraphs and segments.

    Args:
        text: the draft.
        claims: the span of each claim by its number; empty spans mark nothing.

    Returns:
        Paragraphs whose segments, put together, are exactly ``text``.
    """
    spans = {number: span for number, span in claims.items() if span.start < span.end <= len(text)}
    levels = _levels(spans)
    borders = sorted({0, len(text), *(edge for span in spans.values() for edge in (span.start, span.end))})

    def segments(start: int, end: int) -> tuple[Segment, ...]:
        inner = borders[bisect_left(borders, start + 1) : bisect_left(borders, end)]
        edges = [start, *inner, end]
        return tuple(
            Segment(text[left:right], _covers(left, right, spans, levels))
            for left, right in pairwise(edges)
            if left < right
        )

    return tuple(
        Paragraph(segments(start, words), segments(words, gap), segments(gap, end))
        for start, words, gap, end in _paragraphs(text)
    )


def _paragraphs(text: str) -> Iterator[tuple[int, int, int, int]]:
    start = 0
    while start < len(text):
        break_ = _PARAGRAPH_END.search(text, start)
        assert break_ is not None, "the end of the text ends a paragraph"
        heading = None if "\n" in text[start : break_.start()] else _HEADING.match(text, start, break_.start())
        yield start, heading.end() if heading else start, break_.start(), break_.end()
        start = break_.end()


def _levels(spans: Mapping[int, Span]) -> dict[int, int]:
    """The lowest level for each claim that no earlier claim over the same characters has; outer claims come first."""
    levels: dict[int, int] = {}
    for number, span in sorted(spans.items(), key=lambda item: (item[1].start, -item[1].end, item[0])):
        taken = {levels[other] for other in levels if spans[other].overlaps(span)}
        levels[number] = next(level for level in range(len(taken) + 1) if level not in taken)
    return levels


def _covers(left: int, right: int, spans: Mapping[int, Span], levels: Mapping[int, int]) -> tuple[Cover, ...]:
    over = [(levels[n], n) for n, span in spans.items() if span.start < right and left < span.end]
    return tuple(
        Cover(number, level, begins=spans[number].start == left, ends=spans[number].end == right)
        for level, number in sorted(over)
    )
