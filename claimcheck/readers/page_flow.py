"""From lines of printed pages to flowing text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from claimcheck.readers.assembly import PARAGRAPH_BREAK, Assembly
from claimcheck.text.normalise import normalise

_EDGE_LINES: Final = 2
_LONGEST_EDGE: Final = 100
_FEWEST_PAGES: Final = 3
_SHARE_OF_PAGES: Final = 2 / 3
_NUMBER: Final = re.compile(r"\d+")
_WHITE: Final = re.compile(r"[ \t]+")
_WORD_AT_END: Final = re.compile(r"\w+(?:-\w+)*-$")
_WORD_AT_START: Final = re.compile(r"\w+")
_COMPOUND: Final = re.compile(r"\w+(?:-\w+)+")
_BULLET: Final = re.compile(r"[•‣▪●○■□◦]\s?")
# These begin an item of a list, or go on with a sentence ("a total of / 54. The plant"); the line before tells.
_MARK: Final = re.compile(r"(?:[–—*·-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_SENTENCE_END: Final = (".", "!", "?", ":", ";", "。", "！", "？")
_UNSPACED: Final = re.compile("[\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_LIGATURES: Final = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
# A line shorter than this share of a full line is the last of its paragraph: the next word would have fitted in.
_SHORT: Final = 0.7
_FULL_LINE_QUANTILE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of one page, top to bottom; a blank line parts paragraphs."""

    number: int
    lines: tuple[str, ...]


def page_of(number: int, text: str) -> Page:
    """The page whose raw text is ``text``."""
    lines = normalise(text.translate(_LIGATURES).replace("\u00ad\n", "-\n")).split("\n")
    return Page(number, tuple(_WHITE.sub(" ", line).strip() for line in lines))


def flowed(pages: Sequence[Page]) -> Assembly:
    """Joins the lines of pages into paragraphs.

    Lines that repeat at the top or foot of most pages, but for their numbers, are left out. A word that is parted by a
    hyphen at the end of a line is joined; the hyphen stays if the text has the word with it elsewhere. A paragraph
    ends at a blank line, before an item of a list, and after a line that is clearly shorter than a full one.

    Args:
        pages: the pages, in order.

    Returns:
        The text; each page has the anchor ``page 3``.
    """
    pages = _without_running_lines(pages)
    compounds = {word.casefold() for page in pages for line in page.lines for word in _COMPOUND.findall(line)}
    assembly = Assembly()
    for page, line, separator in _joined(pages, compounds):
        span = assembly.add([(line, None)], separator=separator)
        if span is not None:
            assembly.widen(span, f"page {page}")
    return assembly


def _without_running_lines(pages: Sequence[Page]) -> Sequence[Page]:
    if len(pages) < _FEWEST_PAGES:
        return pages
    seen = Counter(form for page in pages for form in {_form(page.lines[n]) for n in _edges(page)})
    needed = max(_FEWEST_PAGES, ceil(_SHARE_OF_PAGES * len(pages)))
    running = {form for form, count in seen.items() if count >= needed}
    return [
        Page(
            page.number,
            tuple(line for n, line in enumerate(page.lines) if not (n in _edges(page) and _form(line) in running)),
        )
        for page in pages
    ]


def _edges(page: Page) -> set[int]:
    """Which lines are the outermost on a page, blank ones not counted."""
    filled = [n for n, line in enumerate(page.lines) if line]
    return {n for n in (*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]) if len(page.lines[n]) <= _LONGEST_EDGE}


def _form(line: str) -> str:
    return _NUMBER.sub("#", line)


def _joined(pages: Sequence[Page], compounds: set[str]) -> list[tuple[int, str, str]]:
    """Each line with its page and what parts it from the line before."""
    joined: list[tuple[int, str, str]] = []
    for page in pages:
        full = _full_line(page.lines)
        blank = False
        for line in page.lines:
            if not line:
                blank = bool(joined) and joined[-1][0] == page.number
                continue
            if not joined:
                joined.append((page.number, line, ""))
            elif blank or _ends_paragraph(joined[-1][1], line, full):
                joined.append((page.number, line, PARAGRAPH_BREAK))
            else:
                before, separator = _across(joined[-1][1], line, compounds)
                joined[-1] = (joined[-1][0], before, joined[-1][2])
                joined.append((page.number, line, separator))
            blank = False
    return joined


def _full_line(lines: Sequence[str]) -> int:
    lengths = sorted(len(line) for line in lines if line)
    return lengths[ceil(_FULL_LINE_QUANTILE * len(lengths)) - 1] if lengths else 0


def _ends_paragraph(line: str, following: str, full: int) -> bool:
    if _BULLET.match(following):
        return True
    short = len(line) < _SHORT * full and not _WORD_AT_END.search(line)
    if _MARK.match(following):
        return short or line.endswith(_SENTENCE_END)
    return short and not following[0].islower()


def _across(line: str, following: str, compounds: set[str]) -> tuple[str, str]:
    """The line as it stands before the next one, and what parts the two."""
    end, start = _WORD_AT_END.search(line), _WORD_AT_START.match(following)
    if _UNSPACED.match(line[-1]) and _UNSPACED.match(following):
        return line, ""
    if end is None or start is None:
        return line, " "
    if not line[-2].isalpha() or not following[0].islower() or (end[0] + start[0]).casefold() in compounds:
        return line, ""
    return line[:-1], ""
