"""Where sentences begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import sentencex

from claimcheck.text.wordlists import function_words, read_word_list
from claimcheck.types import Span

# The library holds a quotation or bracket together as one sentence and stumbles over rare blanks: it gets a copy of
# the same length with neither.
_VEILED: Final = re.compile(r"""[\s"“”„‟«»‹›()\[\]{}「」『』【】《》〈〉]|(?<!\w)['‘’]|['‘’](?!\w)""")
_CLOSERS: Final = re.compile(r"""(?:["'“”‘’»«›‹)\]}]+(?!\w)|[」』】》〉]| »(?!\w)|\[\d{1,3}\])+""")
_CLOSING: Final = "\"'”’»)]}」』】》〉"
_LINE: Final = re.compile(r"[^\n]*\S[^\n]*")
_BULLET: Final = re.compile(r"\s*(?:[-*•–—▪◦‣·+>]\s|#{1,6}\s|\|)")
_NUMBERED: Final = re.compile(r"\s*(?:\(?\d{1,3}[.)]|\(?[a-z][)])\s")
_STANDS_ALONE: Final = re.compile(r"\s*(?:#{1,6}\s|\|)")
_MARKER_ONLY: Final = re.compile(r"[\W_]{0,3}(?:\d{1,3}|[a-zA-Z])?[.)]?[\W_]{0,3}\Z")
_FIRST_WORD: Final = re.compile(r"\S+")
_LAST_TOKEN: Final = re.compile(r"""([^\s"'’“„«(\[]+)\.\Z""")
_INITIAL: Final = re.compile(r"(?:^|[\s(\[\"“„«.\-])[^\W\d_]\.\Z")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORT_LINE: Final = 0.8
_TAIL: Final = 60


@dataclass(frozen=True)
class _Rules:
    always: frozenset[str]
    before_number: frozenset[str]
    joins: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    starters: frozenset[str]
    missed: re.Pattern[str]


@cache
def _rules(lang: str) -> _Rules:
    table = read_word_list("sentences")
    parts = [table["any"], *([table[lang]] if lang in table else [])]
    starters = frozenset(word.capitalize() for word in function_words(lang) if len(word) > 1)
    alternatives = "|".join(sorted(map(re.escape, starters)))
    words = "|".join(re.escape(word) for part in parts for word in part.get("never", [])) or "(?!)"
    return _Rules(
        always=frozenset(word for part in parts for word in part["always"]),
        before_number=frozenset(word for part in parts for word in part["before_number"]),
        joins=tuple((re.compile(left), re.compile(right)) for part in parts for left, right in part["joins"]),
        starters=starters,
        missed=re.compile(rf"[^\s.]\.\s+(?=(?:{alternatives})\b)|(?<!\w)(?:{words})\.\s+"),
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that no sentence crosses: paragraphs, headings and list items."""
    paragraph: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        if paragraph and text.count("\n", paragraph[-1][1], line.start()) > 1:
            yield from _broken(text, paragraph)
            paragraph = []
        paragraph.append(line.span())
    yield from _broken(text, paragraph)


def _broken(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """One paragraph's lines, put together except where a line break was meant."""
    if not lines:
        return
    width = max(end - start for start, end in lines)
    begin = lines[0][0]
    for (start, end), (next_start, next_end) in pairwise(lines):
        if _break_is_meant(text[start:end], text[next_start:next_end], width):
            yield begin, end
            begin = next_start
    yield begin, lines[-1][1]


def _break_is_meant(line: str, following: str, width: int) -> bool:
    line, following = line.strip(), following.strip()
    if _BULLET.match(following + " ") or _STANDS_ALONE.match(line + " "):
        return True
    if not (_LETTER_OR_DIGIT.search(line) and _LETTER_OR_DIGIT.search(following)):
        return True
    if _NUMBERED.match(following + " ") and (
        line[-1] in ".:;!?…" or _NUMBERED.match(line + " ") or _BULLET.match(line + " ")
    ):
        return True
    # A wrapped line is full: had its break not been meant, the next word would have stood on it.
    word = _FIRST_WORD.match(following)
    room = len(line) + 1 + (len(word.group()) if word else 0) <= _SHORT_LINE * width
    return room and not following[0].islower() and line[-1] not in ",-"


def _candidates(block: str, lang: str, rules: _Rules) -> list[int]:
    """Offsets after a stop (and what closes a quotation or bracket there) where a sentence may end, in order."""
    veiled = _VEILED.sub(" ", block)
    found = {boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(lang, veiled)}
    found.update(
        match.end()
        for match in rules.missed.finditer(veiled)
        if not _abbreviated(veiled[max(0, match.start() - _TAIL) : match.end()].rstrip(), rules)
    )
    ends = set()
    for offset in found:
        end = min(offset, len(veiled))
        while end and veiled[end - 1].isspace():
            end -= 1
        closers = _CLOSERS.match(block, end)
        ends.add(closers.end() if closers else end)
    return sorted(ends)


def _abbreviated(left: str, rules: _Rules) -> bool:
    token = _LAST_TOKEN.search(left)
    return bool(_INITIAL.search(left)) or (token is not None and token.group(1) in rules.always)


def _belongs_together(block: str, start: int, end: int, following: int, rules: _Rules) -> bool:
    """Whether the sentence begun at ``start`` goes on past the stop at ``end``; ``following`` is the next stop."""
    if not _LETTER_OR_DIGIT.search(block, end, following) or _MARKER_ONLY.match(block[start : min(end, start + 8)]):
        return True
    tail, right = block[max(start, end - _TAIL) : end], block[end : end + _TAIL].lstrip()
    begun, word = _LETTER_OR_DIGIT.search(block, start, end), _WORD.search(right)
    if word is not None and word.group().islower() and not _LETTER_OR_DIGIT.search(right[: word.start()]):
        return begun is None or not begun.group().islower()
    token = _LAST_TOKEN.search(tail)
    if token is not None and token.group(1) in rules.always:
        return True
    if token is not None and right[0].isdigit() and token.group(1) in rules.before_number:
        return True
    if word is not None and right[0].isupper() and _INITIAL.search(tail) and word.group() not in rules.starters:
        return True
    return any(before.search(tail) and after.match(right) for before, after in rules.joins)


def _touching(block: str, end: int) -> bool:
    """Whether what follows a stop follows without a blank, in a script that puts one there."""
    if block[end].isspace():
        return False
    if block[end - 1] in _CLOSING or block[end] in _CLOSING:
        return True
    return block[end - 1] not in "。！？｡" and not _UNSPACED.match(block, max(0, end - 2))


def split_sentences(text: str, lang: str | None) -> tuple[Span, ...]:
    """The sentences of a text.

    Paragraphs, headings on a line of their own and list items end a sentence; a closing quotation mark or bracket after
    the stop stays with its sentence, and a quotation of several sentences is split like any other text. Boundaries come
    from sentencex (MIT), put right by the rules in ``sentences.toml``.

    Args:
        text: text in normal form (:func:`claimcheck.text.normalise.normalise`).
        lang: ISO 639-1 code, or ``None`` where it is unknown.

    Returns:
        Spans of ``text`` in order, apart from each other, without outer blanks, together covering every character that
        is not blank.
    """
    lang = (lang or "en").split("-", 1)[0]
    rules = _rules(lang)
    return tuple(
        Span(start=block_start + start, end=block_start + end)
        for block_start, block_end in _blocks(text)
        for start, end in _sentences_of(text[block_start:block_end], lang, rules)
    )


def _sentences_of(block: str, lang: str, rules: _Rules) -> Iterator[tuple[int, int]]:
    start = len(block) - len(block.lstrip())
    stop = len(block.rstrip())
    ends = [end for end in _candidates(block, lang, rules) if start < end < stop]
    for end, following in pairwise([*ends, stop]):
        if _touching(block, end) or _belongs_together(block, start, end, following, rules):
            continue
        yield start, end
        start = end
        while block[start].isspace():
            start += 1
    yield start, stop
