"""A quote among the sentences around it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from claimcheck.errors import OutputError
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Citation, Document, Span

_REACH: Final = 400
"""Characters on either side in which the neighbouring sentence is looked for."""
_CUT: Final = "…"
_PARAGRAPH_BREAK: Final = re.compile(r"[ \t]*\n\s*\n\s*")
_LINE_BREAK: Final = re.compile(r"[ \t]*\n[ \t]*")


class QuoteInContext(NamedTuple):
    """The quote, and what stands right before and after it, blanks included."""

    before: str
    quote: str
    after: str


def in_context(citation: Citation, source: Document | None) -> QuoteInContext:
    """A quote with the sentence before it and the sentence after it.

    Args:
        citation: the quote.
        source: the document that it was cut from; ``None`` if the report does not hold it: then the few characters
            that the citation keeps stand in for the sentences.

    Returns:
        The three parts; the quote is the citation's own, and the other two are stretches of the source with the lines
        of a paragraph joined, one newline for a paragraph's end, and an ellipsis where a sentence is cut off.

    Raises:
        OutputError: the quote does not stand where the citation says.
    """
    if source is None:
        return QuoteInContext(_cut_left(citation.before), citation.quote, _cut_right(citation.after))
    text = source.text
    if text[citation.start : citation.end] != citation.quote:
        raise OutputError(
            f"A quote does not stand in {citation.document} at {citation.start} to {citation.end}.",
            "The report is damaged or was edited: check the draft again.",
        )
    low, high = max(0, citation.start - _REACH), min(len(text), citation.end + _REACH)
    left = _last_sentence(text[low : citation.start], source.lang, whole=low == 0)
    right = _first_sentence(text[citation.end : high], source.lang, whole=high == len(text))
    return QuoteInContext(left, citation.quote, right)


def _last_sentence(text: str, lang: str | None, *, whole: bool) -> str:
    sentences = split_sentences(text, lang)
    if not sentences:
        return ""
    last = sentences[-1]
    return (_CUT if last == sentences[0] and not whole else "") + _flowing(text[last.start :])


def _first_sentence(text: str, lang: str | None, *, whole: bool) -> str:
    sentences = split_sentences(text, lang)
    if not sentences:
        return ""
    first = sentences[0]
    return _flowing(text[: first.end]) + (_CUT if first == sentences[-1] and not whole else "")


def _flowing(text: str) -> str:
    # The lines of a source are broken where its page was full; only a blank line is a break that its author meant.
    return _LINE_BREAK.sub(" ", _PARAGRAPH_BREAK.sub("\r", text)).replace("\r", "\n")


def _cut_left(text: str) -> str:
    return f"{_CUT}{text}" if text else ""


def _cut_right(text: str) -> str:
    return f"{text}{_CUT}" if text else ""


def check_mark(document: Document, span: Span, quote: str) -> None:
    """Make sure that a claim stands where its span says.

    Raises:
        OutputError: it does not.
    """
    if span.of(document.text) != quote:
        raise OutputError(
            f"A claim does not stand in the draft at {span.start} to {span.end}.",
            "The report is damaged or was edited: check the draft again.",
        )
