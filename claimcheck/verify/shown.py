"""Which sentences of evidence a language model is shown: few, and the same for claims that meet the same passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from claimcheck.types import Document, Passage, Span
from claimcheck.verify.case import BEARS, Case, bearing

MOST_TOKENS: Final = 400
"""About how many tokens of evidence one question may hold."""
_TOKENS_PER_BYTE: Final = 0.3
_TOKENS_PER_LINE: Final = 12
"""Its number, publisher and day."""
_LONGEST: Final = 600
"""Characters of a sentence that are shown; what has more is a table or a list without stops."""
_NEAREST: Final = 3
"""Sentences shown where none bears on the claim, so that the model sees what the search brought."""

Rows = dict[str, set[int]]
"""Of each passage, by id, the positions of the sentences to show."""


@dataclass(frozen=True)
class ShownSentence:
    """A sentence of evidence as a prompt numbers it."""

    passage: Passage
    span: Span
    document: Document
    first: bool = True

    def variables(self) -> dict[str, Any]:
        """What the prompt says of it; who published it, and when, stand at the first sentence of a source."""
        text = self.span.of(self.document.text)
        day = self.document.published
        return {
            "text": text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…",
            "publisher": self.document.publisher if self.first else None,
            "day": day.isoformat() if self.first and day else None,
        }


def choose_evidence(cases: Sequence[Case]) -> list[tuple[ShownSentence, ...]]:
    """For each claim the sentences to show: those that bear on it, and their neighbours.

    Claims that meet the same passages are shown the same sentences of them in the same order, passages that many meet
    first, so that a server that has read the beginning of one question need not read it again for the next.

    Args:
        cases: the claims that are asked about together.

    Returns:
        For each its sentences, at most about :data:`MOST_TOKENS`; what bears most comes in first.
    """
    wanted = [_rows(case) for case in cases]
    met = Counter(passage for rows in wanted for passage in rows)
    together: Rows = {}
    for rows in wanted:
        for passage, positions in rows.items():
            together.setdefault(passage, set()).update(positions)
    return [_shown(case, rows, together, met) for case, rows in zip(cases, wanted, strict=True)]


def _rows(case: Case) -> Rows:
    ranked = sorted(case.judgements, key=bearing, reverse=True)
    telling = [judgement for judgement in ranked if bearing(judgement) >= BEARS]
    passages = {found.passage.id: found.passage for found in case.passages}
    positions = {name: {s.start: at for at, s in enumerate(p.sentences)} for name, p in passages.items()}
    rows: Rows = {}
    for judgement in telling or ranked[:_NEAREST]:
        sentences = passages[judgement.passage].sentences
        at = positions[judgement.passage][judgement.span.start]
        near = range(max(0, at - 1), min(len(sentences), at + 2)) if telling else (at,)
        rows.setdefault(judgement.passage, set()).update(near)
    return rows


def _shown(case: Case, own: Rows, together: Rows, met: Mapping[str, int]) -> tuple[ShownSentence, ...]:
    passages = {found.passage.id: found.passage for found in case.passages}
    weight = {(j.document, j.span.start): bearing(j) for j in case.judgements}
    order = sorted((passages[name] for name in own), key=lambda p: (-met[p.id], p.document, p.span.start, p.id))
    once: dict[tuple[str, int], tuple[Passage, Span, bool]] = {}
    for passage in order:
        for at in sorted(together[passage.id]):
            span = passage.sentences[at]
            once.setdefault((passage.document, span.start), (passage, span, at in own[passage.id]))
    first_in = sorted(once, key=lambda where: (not once[where][2], -weight.get(where, 0.0)))
    kept: set[tuple[str, int]] = set()
    left = float(MOST_TOKENS)
    for where in first_in:
        passage, span, _ = once[where]
        left -= _tokens(span.of(case.documents[passage.document].text))
        if left < 0 and kept:
            break
        kept.add(where)
    return _numbered(case, [once[where][:2] for where in once if where in kept])


def _numbered(case: Case, sentences: Sequence[tuple[Passage, Span]]) -> tuple[ShownSentence, ...]:
    before = [None, *(passage.document for passage, _ in sentences)]
    return tuple(
        ShownSentence(passage, span, case.documents[passage.document], first=passage.document != previous)
        for (passage, span), previous in zip(sentences, before, strict=False)
    )


def _tokens(text: str) -> float:
    return len(text[:_LONGEST].encode()) * _TOKENS_PER_BYTE + _TOKENS_PER_LINE
