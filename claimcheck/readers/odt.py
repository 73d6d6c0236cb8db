"""OpenDocument texts (ISO/IEC 26300)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from claimcheck.errors import ReadError, UnsupportedFormat
from claimcheck.readers.archive import repacked
from claimcheck.readers.assembly import CELL_BREAK, PARAGRAPH_BREAK, Assembly
from claimcheck.readers.source import DAMAGE, Source, day_of, make_document
from claimcheck.types import Document

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLES: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_META: Final = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"

_MIME_TYPE: Final = b"application/vnd.oasis.opendocument.text"
_ENCRYPTED: Final = b"encryption-data"
_PARAGRAPHS: Final = (f"{_TEXT}p", f"{_TEXT}h")
_HEADING: Final = f"{_TEXT}h"
_TABLE: Final = f"{_TABLES}table"
_ROW: Final = f"{_TABLES}table-row"
_CELL: Final = f"{_TABLES}table-cell"
_FRAME: Final = f"{_DRAW}frame"
# Deleted text, comments, footnotes, readings over a line, and indexes, which repeat headings.
_NOT_READ: Final = frozenset(
    [f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_DRAW}custom-shape"]
    + [f"{_TEXT}{name}" for name in ("tracked-changes", "note", "ruby-text", "table-of-content")]
    + [f"{_TEXT}{name}-index" for name in ("illustration", "table", "object", "alphabetical")]
)
_WHITE: Final = re.compile(r"[ \t\r\n]+")
_MOST_BLANKS: Final = 1000


@dataclass
class _Reading:
    """The text so far, and what was met."""

    assembly: Assembly = field(default_factory=Assembly)
    paragraphs: int = 0
    tables: int = 0
    heading: str | None = None


def read(source: Source) -> Iterator[Document]:
    """Reads an OpenDocument text; paragraphs and rows of tables are parted by blank lines, cells of a row by tabs.

    Paragraphs have the anchors ``paragraph 7``, cells ``table 1 row 2 cell 3``. Tracked deletions, comments,
    footnotes and tables of contents are not read.

    Raises:
        ReadError: not an OpenDocument text, damaged, protected by a password, or without text.
    """
    archive = repacked(source, ".odt")
    reading = _Reading()
    try:
        with zipfile.ZipFile(archive) as members:
            _check(members, source)
            body = _parsed(members.read("content.xml")).find(f"{_OFFICE}body/{_OFFICE}text")
            meta = _parsed(members.read("meta.xml")) if "meta.xml" in members.namelist() else None
        _read_blocks(body, reading)
    except (etree.LxmlError, *DAMAGE) as error:
        raise ReadError(
            f"{source.path}: is not an OpenDocument text, or is damaged.", "Open it, and save it as .odt again."
        ) from error
    stated = {} if meta is None else {element.tag: element.text for element in meta.iter("*") if element.text}
    dates = {"created": f"{_META}creation-date", "modified": f"{_DC}date"}
    days = {name: day_of(stated.get(tag, "")) for name, tag in dates.items()}
    yield make_document(
        source,
        reading.assembly.text,
        anchors=reading.assembly.anchors,
        title=stated.get(f"{_DC}title") or reading.heading,
        author=stated.get(f"{_META}initial-creator") or stated.get(f"{_DC}creator"),
        notes={name: day.isoformat() for name, day in days.items() if day is not None},
    )


def _check(members: zipfile.ZipFile, source: Source) -> None:
    if _ENCRYPTED in members.read("META-INF/manifest.xml"):
        raise ReadError(f"{source.path}: is protected by a password.", "Save it without a password.")
    if not members.read("mimetype").startswith(_MIME_TYPE):
        raise UnsupportedFormat(f"{source.path}: is not an OpenDocument text.", "Save it as .odt.")


def _parsed(xml: bytes) -> Any:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))


def _read_blocks(container: Any, reading: _Reading) -> None:
    for element in container.iterchildren("*"):
        if element.tag in _PARAGRAPHS:
            reading.paragraphs += 1
            text = _text(element)
            reading.assembly.add([(text, None)], f"paragraph {reading.paragraphs}")
            if element.tag == _HEADING and reading.heading is None:
                reading.heading = text
            for frame in element.iter(_FRAME):
                _read_blocks(frame, reading)
        elif element.tag == _TABLE:
            _read_table(element, reading)
        elif element.tag not in _NOT_READ:
            _read_blocks(element, reading)


def _read_table(table: Any, reading: _Reading) -> None:
    reading.tables += 1
    number = reading.tables
    for row_number, row in enumerate(table.iter(_ROW), 1):
        separator = PARAGRAPH_BREAK
        for cell_number, cell in enumerate(row.iterchildren(_CELL), 1):
            text = "\n".join(_text(paragraph) for paragraph in cell.iter(*_PARAGRAPHS))
            locator = f"table {number} row {row_number} cell {cell_number}"
            reading.assembly.add([(text, None)], locator, separator=separator)
            separator = CELL_BREAK


def _text(element: Any) -> str:
    parts = [_WHITE.sub(" ", element.text or "")]
    for child in element.iterchildren():
        parts += [_inline(child), _WHITE.sub(" ", child.tail or "")]
    return "".join(parts)


def _inline(child: Any) -> str:
    if not isinstance(child.tag, str) or child.tag in _NOT_READ or child.tag == _FRAME:
        return ""
    if child.tag == f"{_TEXT}s":
        return " " * min(int(child.get(f"{_TEXT}c", "1")), _MOST_BLANKS)
    if child.tag == f"{_TEXT}tab":
        return "\t"
    return "\n" if child.tag == f"{_TEXT}line-break" else _text(child)
