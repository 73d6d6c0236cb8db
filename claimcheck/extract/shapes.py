"""What the outside of a sentence or piece shows: numbers that the heads read beside the token states."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.extract.pieces import clause_openers, read_rules
from claimcheck.text.cues import Family, find_cues
from claimcheck.types import Span

_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"\d+")
_BEFORE_AFTER: Final = (",", ";", ":", "—–-", "([{", ")]}", '"“”„', "«»‹›「」『』", "'‘’")
_OPEN: Final = "“„«‹「『"
_CLOSE: Final = "”»›」』"
_CUES: Final[tuple[Family, ...]] = ("plan", "hedge", "attribution", "conditional", "negation", "delivered")
_ADDRESS: Final = re.compile(r"https?:|www\.|\w@\w|\+?\d{2,4}[ /-]\d{3,}")

PIECE_SHAPE: Final = 37
"""Numbers that :func:`piece_shapes` gives for each piece."""

SENTENCE_SHAPE: Final = 27
"""Numbers that :func:`sentence_shape` gives."""

Array = NDArray[np.float32]


@cache
def persons(lang: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Words for the speaker and for the one spoken to, in lower case."""
    table = read_rules("references")
    languages = [lang] if lang in table else list(table)
    first = frozenset(word for language in languages for word in table[language]["first_person"].split())
    second = frozenset(word for language in languages for word in table[language]["second_person"].split())
    return first, second


def piece_shapes(text: str, sentence: Span, pieces: tuple[Span, ...], lang: str | None) -> Array:
    """Shape of each piece of a sentence.

    Args:
        text: the text that holds the sentence.
        sentence: its span.
        pieces: its pieces, from :func:`claimcheck.extract.pieces.cut_sentence`.
        lang: ISO 639-1 code.

    Returns:
        Array ``(pieces, PIECE_SHAPE)``.
    """
    rows = []
    openers = clause_openers(lang)
    whole = sentence.end - sentence.start
    for index, piece in enumerate(pieces):
        before = text[pieces[index - 1].end if index else sentence.start : piece.start]
        after = text[piece.end : pieces[index + 1].start if index + 1 < len(pieces) else sentence.end]
        words = _WORD.findall(piece.of(text))
        numbers = _NUMBER.findall(piece.of(text))
        head = text[sentence.start : piece.start]
        rows.append(
            [
                index == 0,
                index == len(pieces) - 1,
                index / len(pieces),
                np.log(len(pieces)),
                np.log(piece.end - piece.start),
                (piece.end - piece.start) / whole,
                np.log1p(len(words)),
                len(words) == 1,
                bool(numbers),
                np.log1p(len(numbers)),
                text[piece.start].isupper(),
                text[piece.start].isdigit(),
                sum(word[0].isupper() for word in words) / max(1, len(words)),
                words[0].lower() in openers if words else False,
                head.count('"') % 2,
                sum(map(head.count, _OPEN)) > sum(map(head.count, _CLOSE)),
                head.count("(") > head.count(")"),
                "\n" in before,
                "." in before,
                *(any(character in before for character in group) for group in _BEFORE_AFTER),
                *(any(character in after for character in group) for group in _BEFORE_AFTER),
            ]
        )
    return np.array(rows, np.float32).reshape(len(pieces), PIECE_SHAPE)


def sentence_shape(text: str, sentence: Span, position: tuple[int, int], lang: str | None) -> Array:
    """Shape of a sentence.

    Args:
        text: the text that holds the sentence.
        sentence: its span.
        position: ``(number of the sentence, how many the text has)``.
        lang: ISO 639-1 code.

    Returns:
        Array ``(SENTENCE_SHAPE,)``.
    """
    own = sentence.of(text)
    words = [word.lower() for word in _WORD.findall(own)]
    numbers = _NUMBER.findall(own)
    first, second = persons(lang)
    families = [cue.family for cue in find_cues(own, lang)]
    bare = own.rstrip("\"'”’»)」』 ")
    number, count = position
    return np.array(
        [
            bare.endswith(("?", "？", "؟")),
            bare.endswith(("!", "！")),
            bare.endswith((".", "。", "।")),
            bare.endswith(":"),
            "?" in own,
            any(character in own for character in '"“«„「'),
            own[:1] in '"“«„「—–-',
            bool(numbers),
            np.log1p(len(numbers)),
            np.log(len(own)),
            np.log1p(len(words)),
            len(words) <= 3,
            own.count(",") / 4,
            sum(word[0].isupper() for word in _WORD.findall(own)) / max(1, len(words)),
            bool(_ADDRESS.search(own)),
            number == 0,
            number == count - 1,
            number / count,
            number / count > 0.85,
            any(word in first for word in words),
            any(word in second for word in words),
            *(families.count(family) for family in _CUES),
        ],
        np.float32,
    )
