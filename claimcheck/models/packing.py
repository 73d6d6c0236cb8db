"""How a claim and the sentences to judge become one token sequence, in training as at run time.

    <s> claim </s> </s> date <mask> sentence <mask> sentence … </s>

``<mask>`` marks a sentence to be judged; its output is read there, so that one run judges every sentence of a passage
with its neighbours as context. Sentences without a mark are context only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BEGIN, END, MARK = 0, 2, 250001
MAX_TOKENS = 256
MAX_CLAIM_TOKENS = 80


@dataclass(frozen=True)
class Packed:
    """Token ids, and for each judged sentence its index and the position of its mark."""

    ids: tuple[int, ...]
    marks: tuple[tuple[int, int], ...]


def pack(
    claim: Sequence[int],
    sentences: Sequence[Sequence[int]],
    *,
    date: Sequence[int] = (),
    context: Sequence[int] = (),
    special: tuple[int, int, int] = (BEGIN, END, MARK),
) -> Iterator[Packed]:
    """Sequences that between them judge every sentence; one, unless the passage is too long for one.

    Args:
        claim: token ids of the claim, without special tokens.
        sentences: token ids of each sentence, without special tokens.
        date: token ids of the day of publication.
        context: token ids of text that helps to understand the sentences (a title), not judged itself.
        special: ids of the begin, end and mark tokens.
    """
    begin, end, mark = special
    head = [begin, *claim[:MAX_CLAIM_TOKENS], end, end, *date, *context]
    room = MAX_TOKENS - len(head) - 1
    ids = list(head)
    marks: list[tuple[int, int]] = []
    for index, sentence in enumerate(sentences):
        piece = [mark, *sentence][:room]
        if marks and len(ids) + len(piece) + 1 > MAX_TOKENS:
            yield Packed((*ids, end), tuple(marks))
            ids, marks = list(head), []
        marks.append((index, len(ids)))
        ids.extend(piece)
    if marks:
        yield Packed((*ids, end), tuple(marks))
