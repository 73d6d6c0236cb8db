"""Joins the pieces of a file into one normalised text, keeping where each piece stood."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from claimcheck.text.normalise import normalise
from claimcheck.types import Anchor, Span

PARAGRAPH_BREAK: Final = "\n\n"
LINE_BREAK: Final = "\n"
CELL_BREAK: Final = "\t"


def spans_within(pieces: Sequence[str]) -> tuple[str, list[Span]]:
    """Normalises pieces that stand side by side, as one text.

    Normal form does not respect borders: a letter that ends one piece and an accent that begins the next become one
    character. The character then belongs to the piece that its first part stood in, and a piece that is used up so
    has an empty span.

    Args:
        pieces: raw text, in order, with nothing between.

    Returns:
        The normalised text of all, and the span of each piece in it; the spans touch and cover the text.
    """
    whole = normalise("".join(pieces))
    parts = [normalise(piece) for piece in pieces]
    if "".join(parts) == whole:
        ends = list(accumulate(len(part) for part in parts))
    else:
        ends = [len(normalise("".join(pieces[: n + 1]))) for n in range(len(pieces))]
        # An accent may shorten what stands before it ("l" + macron is two characters, with a dot below only one).
        ends = list(accumulate(reversed(ends), min))[::-1]
    return whole, [Span(start=start, end=end) for start, end in zip([0, *ends], ends, strict=False)]


class Assembly:
    """A text under construction.

    Blocks are normalised one by one and joined by separators that normal form leaves alone, so that the whole is in
    normal form and every anchor is exact.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._owed = ""
        self._anchors: list[Anchor] = []
        self._wide: dict[str, Span] = {}

    def add(
        self,
        pieces: Sequence[tuple[str, str | None]],
        locator: str | None = None,
        *,
        separator: str = PARAGRAPH_BREAK,
    ) -> Span | None:
        """Adds one block.

        Args:
            pieces: raw text and locator of each piece of the block, in order; ``None`` for a piece without a locator.
            locator: where the whole block stood.
            separator: what stands between this block and the one before. Where blank blocks were left out between
                the two, the separator with most line breaks stands.

        Returns:
            Where the block stands in the text, or ``None`` if it is blank and was left out.
        """
        text, spans = spans_within([piece for piece, _ in pieces])
        separator = max(separator, self._owed, key=lambda owed: owed.count("\n"))
        if not text.strip():
            self._owed = separator
            return None
        self._owed = ""
        if self._parts:
            self._append(separator)
        start = self._length
        self._append(text)
        for span, (_, piece_locator) in zip(spans, pieces, strict=True):
            if piece_locator is not None:
                self.mark(Span(start=start + span.start, end=start + span.end), piece_locator)
        block = Span(start=start, end=self._length)
        if locator is not None:
            self.mark(block, locator)
        return block

    def mark(self, span: Span, locator: str) -> None:
        """Records where a stretch of the text stood; an empty one is left out."""
        if span.start < span.end:
            self._anchors.append(Anchor(span=span, locator=locator))

    def widen(self, span: Span, locator: str) -> None:
        """Lets the one stretch that stood at ``locator`` reach from its first span to this one."""
        first = self._wide.get(locator, span)
        self._wide[locator] = Span(start=first.start, end=span.end)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._parts)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The anchors so far, by where they start; of those with the same span the finest first."""
        wide = [Anchor(span=span, locator=locator) for locator, span in self._wide.items()]
        return tuple(sorted([*self._anchors, *wide], key=lambda anchor: anchor.span.start))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
