"""Pure functions over rankings: fusion, and what a ranking says more than once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from claimcheck.types import Passage, SourceKind

Key = TypeVar("Key", bound=Hashable)

WORDS_WEIGHT: Final = 0.05
"""What shared words may add to a cosine: as much as tells passages of one story apart, not languages."""

_KINDS: Final = tuple(SourceKind)


def fused(
    cosines: Mapping[Key, float], words: Mapping[Key, float], *, weight: float = WORDS_WEIGHT
) -> list[tuple[Key, float]]:
    """One ranking of two: the cosine, and up to ``weight`` more for shared words.

    Ranks of the two channels are not added up (reciprocal rank fusion), since only passages in the claim's language
    share its words, and any rank in that channel would lift them above all evidence in other languages.

    Args:
        cosines: of every key of both channels with the claim.
        words: BM25 scores, above 0, of the keys that share words with it; what counts is their share of the best.
        weight: what the best of them gains.

    Returns:
        Every key of ``cosines`` with its score, best first; at equal scores, in the order of ``cosines``.
    """
    best = max(words.values(), default=1.0)
    scores = {key: cosine + weight * words.get(key, 0.0) / best for key, cosine in cosines.items()}
    return sorted(scores.items(), key=lambda item: -item[1])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage under consideration, with what ranks one copy of a text before another."""

    passage: Passage
    score: float
    kind: SourceKind | None = None
    published: date | None = None


def drop_copies(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """The best candidates that each say something the ones before do not.

    A candidate adds nothing if all its sentences stand in one better candidate, word for word but for case, accents,
    blanks and punctuation. Likeness is not enough: a copy with another number or one "not" more is nearly the same
    text, and the very passage that must not be lost. Of two copies the one from the weightier sort of source stays,
    then the earlier one, in the place of the better ranked.

    Args:
        candidates: best first.
        limit: most candidates returned.

    Returns:
        The candidates that stay, best first, with the scores of their places.
    """
    kept: list[tuple[Candidate, frozenset[str]]] = []
    for candidate in candidates:
        sentences = _sentences(candidate)
        place = next((n for n, (_, others) in enumerate(kept) if sentences <= others), None)
        if place is None:
            if len(kept) < limit:
                kept.append((candidate, sentences))
            continue
        holder, others = kept[place]
        if sentences == others and _weight(candidate) < _weight(holder):
            kept[place] = (_in_place_of(candidate, holder), sentences)
    return [candidate for candidate, _ in kept]


def plain_words(text: str) -> str:
    """The words of a text alone: no case, accents, blanks or punctuation but what belongs to a number or asks.

    Two texts that differ in a word or in the digits, the sign or the decimals of a number never have equal words.
    """
    pieces = _OF_NUMBERS.split(unicodedata.normalize("NFD", text).casefold())
    pieces[::2] = [piece.translate(_PLAIN) for piece in pieces[::2]]
    return " ".join("".join(pieces).split())


class _PlainCharacters(dict[int, str]):
    """What becomes of each character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if "\u0300" <= character <= "\u036f":
            self[code] = ""
        else:
            kept = character in _TELLING or unicodedata.category(character)[0] in "LNMS"
            self[code] = character if kept else " "
        return self[code]


_OF_NUMBERS: Final = re.compile(r"((?<=\d)[.,:/'’](?=\d)|[-\u2010-\u2015](?=\d))")
_TELLING: Final = "%‰?？؟"
_PLAIN: Final = _PlainCharacters()


def _sentences(candidate: Candidate) -> frozenset[str]:
    passage = candidate.passage
    start = passage.span.start
    return frozenset(plain_words(passage.text[s.start - start : s.end - start]) for s in passage.sentences)


def _weight(candidate: Candidate) -> tuple[int, date]:
    kind = _KINDS.index(candidate.kind) if candidate.kind is not None else len(_KINDS)
    return kind, candidate.published or date.max


def _in_place_of(candidate: Candidate, holder: Candidate) -> Candidate:
    return replace(candidate, score=holder.score)
