"""Word documents (Office Open XML, ECMA-376)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.etree import LxmlError

from claimcheck.errors import ReadError
from claimcheck.readers.archive import repacked
from claimcheck.readers.assembly import CELL_BREAK, LINE_BREAK, PARAGRAPH_BREAK, Assembly
from claimcheck.readers.source import DAMAGE, Source, make_document
from claimcheck.types import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_P: Final = qn("w:p")
_R: Final = qn("w:r")
_TBL: Final = qn("w:tbl")
_TR: Final = qn("w:tr")
_TC: Final = qn("w:tc")
_TEXT_BOX: Final = qn("w:txbxContent")
_DELETED_ROW: Final = f"{qn('w:trPr')}/{qn('w:del')}"
_WRAPPERS: Final = frozenset(qn(f"w:{name}") for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
# Deleted, moved away, or the picture of a text box for programs too old to draw it, which repeats its words.
_NOT_READ: Final = frozenset(
    (qn("w:del"), qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_TITLE_STYLE: Final = "Title"
_HEADING_STYLE: Final = "Heading 1"


@dataclass(frozen=True)
class Block:
    """One paragraph of a Word document, where it stands, and the runs that make up its text.

    Attributes:
        locator: ``paragraph 7``; in a table ``table 1 row 2 cell 3 paragraph 1``; in a text box
            ``paragraph 7 box 1 paragraph 1``.
        paragraph: python-docx's paragraph.
        runs: the runs that are read, in order; the n-th has the locator ``{locator} run {n}``, counted from 1.
        cells: locators of the table cells that it stands in, outermost first.
        separator: what parts it from the block before in the text.
    """

    locator: str
    paragraph: Paragraph
    runs: tuple[Run, ...]
    cells: tuple[str, ...]
    separator: str

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The raw text and the locator of each run."""
        return [(run.text, f"{self.locator} run {number}") for number, run in enumerate(self.runs, 1)]


@dataclass
class _Place:
    """A container that blocks stand in, and what was met in it so far."""

    prefix: str = ""
    cells: tuple[str, ...] = ()
    before_first: str = PARAGRAPH_BREAK
    between: str = PARAGRAPH_BREAK
    met: dict[str, int] = field(default_factory=dict)

    def locator(self, noun: str) -> str:
        self.met[noun] = self.met.get(noun, 0) + 1
        return f"{self.prefix}{noun} {self.met[noun]}"

    def separator(self) -> str:
        return self.between if sum(self.met.values()) > 1 else self.before_first


def blocks(document: WordDocument) -> Iterator[Block]:
    """The paragraphs of a Word document's body in reading order, with those in tables, text boxes and controls.

    Tracked insertions are read; tracked deletions, hidden text, headers, footers, footnotes and comments are not.
    Locators count every paragraph, empty ones too, so that whoever opens the same file finds the same runs under them.

    Args:
        document: python-docx's document.

    Yields:
        Blocks, in order.
    """
    yield from _blocks(document.element.body, document, _Place())


def _blocks(container: Any, parent: Any, place: _Place) -> Iterator[Block]:
    for element in _unwrapped(container, (_P, _TBL)):
        if element.tag == _P:
            yield from _paragraph(element, parent, place)
        else:
            yield from _table(element, parent, place)


def _paragraph(element: Any, parent: Any, place: _Place) -> Iterator[Block]:
    locator = place.locator("paragraph")
    paragraph = Paragraph(element, parent)
    runs = (Run(run, paragraph) for run in _own(element, _R))
    seen = tuple(run for run in runs if not run.font.hidden)
    yield Block(locator, paragraph, seen, place.cells, place.separator())
    for number, box in enumerate(_own(element, _TEXT_BOX), 1):
        yield from _blocks(box, parent, _Place(f"{locator} box {number} ", place.cells))


def _table(element: Any, parent: Any, place: _Place) -> Iterator[Block]:
    table = place.locator("table")
    rows = [row for row in _unwrapped(element, (_TR,)) if row.find(_DELETED_ROW) is None]
    for row_number, row in enumerate(rows, 1):
        before = PARAGRAPH_BREAK if row_number > 1 else place.separator()
        for cell_number, cell in enumerate(_unwrapped(row, (_TC,)), 1):
            locator = f"{table} row {row_number} cell {cell_number}"
            within = _Place(f"{locator} ", (*place.cells, locator), before, LINE_BREAK)
            yield from _blocks(cell, parent, within)
            before = CELL_BREAK


def _unwrapped(container: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    for element in container.iterchildren():
        if element.tag in tags:
            yield element
        elif element.tag in _WRAPPERS:
            yield from _unwrapped(element, tags)


def _own(paragraph: Any, tag: str) -> Iterator[Any]:
    """The elements of a paragraph that are read and not those of a paragraph inside it (in a text box)."""
    for found in paragraph.iter(tag):
        for ancestor in found.iterancestors():
            if ancestor is paragraph:
                yield found
            if ancestor.tag in _NOT_READ or ancestor.tag == _P:
                break


def read(source: Source) -> Iterator[Document]:
    """Reads a Word document; paragraphs and rows of tables are parted by blank lines, cells of a row by tabs.

    Every run, paragraph and cell has an anchor (see :class:`Block` for the locators).

    Raises:
        ReadError: not a Word document, damaged, protected, or without text.
    """
    archive = repacked(source, ".docx")
    assembly = Assembly()
    titles: dict[str, str] = {}
    try:
        document = docx.Document(archive)
        styles = {style.style_id: style.name for style in document.styles}
        for block in blocks(document):
            pieces = block.pieces
            span = assembly.add(pieces, block.locator, separator=block.separator)
            if span is None:
                continue
            for cell in block.cells:
                assembly.widen(span, cell)
            # Asked of the element: python-docx looks through all styles again for every paragraph without one.
            style = styles.get(block.paragraph._p.style or "")
            if style in (_TITLE_STYLE, _HEADING_STYLE):
                titles.setdefault(style, "".join(text for text, _ in pieces))
        properties = document.core_properties
        notes = {"created": properties.created, "modified": properties.modified}
        stated, author = properties.title, properties.author
    except (OpcError, XmlchemyError, LxmlError, *DAMAGE) as error:
        raise ReadError(
            f"{source.path}: is not a Word document, or is damaged.", "Open it in Word, and save it as .docx again."
        ) from error
    yield make_document(
        source,
        assembly.text,
        anchors=assembly.anchors,
        title=titles.get(_TITLE_STYLE) or stated or titles.get(_HEADING_STYLE),
        author=author,
        notes={name: time.date().isoformat() for name, time in notes.items() if time is not None},
    )
