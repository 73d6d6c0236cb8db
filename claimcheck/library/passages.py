"""Cuts a document into passages of whole sentences."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from claimcheck.text.sentences import split_sentences
from claimcheck.types import Document, Passage, Span

SPLITTING: Final = "1"
"""Version of the rules below: documents split by other rules are split and embedded again when they are added again."""

MOST_SENTENCES: Final = 6
FEWEST_SENTENCES: Final = 3
LARGEST: Final = 700
"""Largest passage of more than one sentence, in narrow characters; a wide one (Hangul, Han, kana) counts as two."""

# Unicode Standard Annex 11: Hangul, Han, kana, their punctuation, full-width forms, emoji.
_WIDE: Final = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\U0001f300-\U0003ffff]+"
)


def split_passages(document: Document) -> tuple[Passage, ...]:
    """The passages of a document, in the order of its text.

    A passage is three to six sentences of at most 700 narrow characters, ends with its paragraph where that leaves it
    three sentences or more, and begins with the last sentence of the passage before, so that no statement loses the
    sentence that it leans on. A sentence longer than a passage stands alone. Every sentence is in some passage.

    Args:
        document: its ``lang`` chooses the rules for sentences.

    Returns:
        Passages with ids made of the document's id, their position and a hash of their text.
    """
    sentences = split_sentences(document.text, document.lang)
    return tuple(
        _passage(document, position, sentences[first:end])
        for position, (first, end) in enumerate(_windows(document.text, sentences))
    )


def _windows(text: str, sentences: tuple[Span, ...]) -> list[tuple[int, int]]:
    sizes = [_size(sentence.of(text)) for sentence in sentences]
    windows: list[tuple[int, int]] = []
    first, fresh = 0, 0  # sentences before ``fresh`` are in an earlier passage already
    while fresh < len(sentences):
        end = fresh + 1
        while end < len(sentences) and not _is_full(text, sentences, sizes, first, end):
            end += 1
        windows.append((first, end))
        fresh = end
        leans = end < len(sentences) and sizes[end - 1] + sizes[end] <= LARGEST
        first = end - 1 if leans else end
    return windows


def _is_full(text: str, sentences: tuple[Span, ...], sizes: list[int], first: int, end: int) -> bool:
    count = end - first
    if count >= MOST_SENTENCES or sum(sizes[first : end + 1]) > LARGEST:
        return True
    return count >= FEWEST_SENTENCES and "\n\n" in text[sentences[end - 1].end : sentences[end].start]


def _passage(document: Document, position: int, sentences: tuple[Span, ...]) -> Passage:
    span = Span(start=sentences[0].start, end=sentences[-1].end)
    text = span.of(document.text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Passage(
        id=f"{document.id}#{position}-{digest}",
        document=document.id,
        span=span,
        text=text,
        sentences=sentences,
        lang=document.lang,
    )


def _size(sentence: str) -> int:
    return len(sentence) if sentence.isascii() else len(sentence) + sum(map(len, _WIDE.findall(sentence)))
