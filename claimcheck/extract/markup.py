"""Markdown in a draft: set aside for reading, character by character, so that every offset stays the writer's own."""

from __future__ import annotations

import re
from typing import Final

from claimcheck.types import Span

_LABEL: Final = r"\[(?P<label>[^\[\]\n]+)\]"
_ADDRESS: Final = r"\((?:<[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"\n]*\")?\)"
_LINK: Final = re.compile(rf"(?<!!){_LABEL}(?:{_ADDRESS}|\[[^\[\]\n]*\])")
_INFERRED: Final = re.compile(r"\[([^\[\]]*)\]")
_PICTURE: Final = re.compile(rf"!\[[^\[\]\n]*\]{_ADDRESS}")
_EMPHASIS: Final = re.compile(
    r"(?<![\w*])(?P<stars>\*{1,3})(?=[^\s*])(?P<starred>[^*\n]*?[^\s*])(?P=stars)(?!\*)"
    r"|(?<![\w_])(?P<lines>_{1,3})(?=[^\s_])(?P<lined>[^\n]*?[^\s_])(?P=lines)(?![\w_])"
    r"|(?P<ticks>`+)(?P<ticked>[^`\n]+)(?P=ticks)"
)
_LINE_MARK: Final = re.compile(r"^ {0,3}(?:>[ \t]?)+", re.MULTILINE)
_BLANKS: Final = re.compile(r"[ \t]{2,}")


def without_brackets(text: str) -> str:
    """A claim's text with the words that were inferred, but not the brackets around them."""
    return _INFERRED.sub(r"\1", text)


def without_markup(text: str) -> str:
    """The text with a blank for each character of Markdown: emphasis, links, pictures, marks of quotation.

    The mark of a heading stays, which keeps it apart from the line below.

    Args:
        text: any text; what is no Markdown stays as it is.

    Returns:
        A text of the same length with its words at the same offsets.
    """
    masked = list(text)
    for match in _PICTURE.finditer(text):
        _blank(masked, *match.span())
    for match in _LINK.finditer(text):
        _blank(masked, match.start(), match.start("label"))
        _blank(masked, match.end("label"), match.end())
    for match in _EMPHASIS.finditer(text):
        inner = next(name for name in ("starred", "lined", "ticked") if match[name] is not None)
        _blank(masked, match.start(), match.start(inner))
        _blank(masked, match.end(inner), match.end())
    for match in _LINE_MARK.finditer(text):
        _blank(masked, *match.span())
    return "".join(masked)


def with_markup(text: str, plain: str, span: Span) -> Span:
    """A span widened over the markup that touches it.

    Args:
        text: the text.
        plain: the same without markup.
        span: a span of words.
    """
    start, end = span.start, span.end
    while start > 0 and text[start - 1] != plain[start - 1] and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and text[end] != plain[end] and not text[end].isspace():
        end += 1
    return Span(start=start, end=end)


def closed_up(text: str) -> str:
    """A text without the gaps that markup leaves when it is set aside."""
    return _BLANKS.sub(" ", text).strip()


def _blank(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = ["\n" if character == "\n" else " " for character in characters[start:end]]
