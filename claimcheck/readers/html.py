"""Web pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import trafilatura
from lxml import etree
from lxml.html import HTMLParser, document_fromstring
from trafilatura.metadata import extract_metadata

from claimcheck.errors import EmptyDocument
from claimcheck.readers.assembly import CELL_BREAK, PARAGRAPH_BREAK
from claimcheck.readers.encoding import decode
from claimcheck.readers.source import DAMAGE, Source, day_of, make_document
from claimcheck.text.normalise import normalise
from claimcheck.types import Document

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its warnings are about pages, not about us
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_HEAD: Final = 4096
_CHARSET: Final = re.compile(rb"""<meta[^>]+?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_WHITE: Final = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAKS: Final = re.compile(r"[ \t]*\n[ \t]*")

_UNSEEN: Final = (
    "head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video",
    "select", "textarea", "button", etree.Comment, etree.ProcessingInstruction,
)  # fmt: skip
# Elements that begin and end a block, in HTML and in trafilatura's own form ("head", "item", "row").
_BLOCKS: Final = frozenset([
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "title", "tr",
    "ul", "head", "item", "list", "quote", "row",
])  # fmt: skip
_CELLS: Final = frozenset(("td", "th", "cell"))
_BREAKS: Final = frozenset(("br", "lb"))
_KEEPS_LINES: Final = frozenset(("pre", "code"))
# Dates that the page states, not such as are guessed from its words; the first publication, not the last change.
_DATES: Final = {"extensive_search": False, "original_date": True}


def read(source: Source) -> Iterator[Document]:
    """Reads a web page: its main text as trafilatura finds it, or all its visible text where it finds none.

    Title, author, site and day of publication are those that the page states.

    Raises:
        ReadError: the bytes are not text, or the page shows none.
    """
    stated = _CHARSET.search(source.data[:_HEAD])
    declared = source.charset or (stated[1].decode("ascii") if stated else None)
    markup, _ = decode(source.data, source.path, declared)
    text, about = _main_text(markup, source.url)
    text = text or visible_text(markup)
    if not text:
        raise EmptyDocument(
            f"{source.path}: the page shows no text.",
            "If a script writes it, save it as PDF from a browser, read that.",
        )
    published = getattr(about, "date", None)
    yield make_document(
        source,
        text,
        title=getattr(about, "title", None),
        author=getattr(about, "author", None),
        publisher=getattr(about, "sitename", None),
        published=day_of(published) if isinstance(published, str) else None,
    )


def _main_text(markup: str, url: str | None) -> tuple[str, Any]:
    dates: dict[str, Any] = {**_DATES, "max_date": date.today().isoformat()}
    try:
        page: Any = trafilatura.bare_extraction(
            markup, url=url, include_comments=False, with_metadata=True, date_extraction_params=dates
        )
        if page is not None:
            return _text_of(page.body), page
        return "", extract_metadata(markup, default_url=url, date_config=dates)
    except (etree.LxmlError, *DAMAGE):
        return "", None


def visible_text(markup: str) -> str:
    """All text of a page that a browser would show, normalised.

    Args:
        markup: HTML.

    Returns:
        The blocks of the page and the rows of its tables, parted by blank lines; cells by tabs. Empty if the page
        shows nothing.
    """
    parser = HTMLParser(encoding="utf-8", no_network=True)
    try:
        tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, *DAMAGE):
        return ""
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    return _text_of(tree)


def _text_of(tree: Any) -> str:
    blocks: list[str] = []
    open_block: list[str] = []
    kept = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        starts, tag = event == "start", element.tag
        if tag in _BLOCKS:
            blocks.append("".join(open_block))
            open_block.clear()
        if tag in _KEEPS_LINES:
            kept += 1 if starts else -1
        if starts and tag in _CELLS and "".join(open_block).strip():
            open_block.append(CELL_BREAK)
        if starts and tag in _BREAKS:
            open_block.append("\n")
        words = element.text if starts else element.tail if element is not tree else None
        if words:
            open_block.append(words if kept else _WHITE.sub(" ", words))
    blocks.append("".join(open_block))
    tidied = (normalise(_AROUND_BREAKS.sub("\n", block)).strip() for block in blocks)
    return PARAGRAPH_BREAK.join(block for block in tidied if block)
