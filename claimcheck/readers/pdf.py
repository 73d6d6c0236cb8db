"""PDF files."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Final

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from claimcheck.errors import EmptyDocument, ReadError
from claimcheck.readers.page_flow import flowed, page_of
from claimcheck.readers.source import DAMAGE, Source, make_document
from claimcheck.types import Document

logging.getLogger("pypdf").setLevel(
    logging.CRITICAL
)  # it tells of every oddity of a file that it can read all the same

# Titles that programs put in by themselves.
_NO_TITLE: Final = re.compile(
    r"\s*(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document\d*|.*\.(?:docx?|odt|rtf|indd|pptx?|tex|dvi|pdf))\s*",
    re.IGNORECASE,
)
_LONGEST_TITLE: Final = 150
_DATE: Final = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")


def read(source: Source) -> Iterator[Document]:
    """Reads a PDF file; each page has the anchor ``page 3``, counted from 1 in the file's order.

    Pages without text are named in the note ``pages_without_text``.

    Raises:
        ReadError: not a PDF file, damaged, protected by a password, or without text (a scan).
    """
    try:
        reader = PdfReader(io.BytesIO(source.data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(f"{source.path}: is protected by a password.", "Save it without a password.")
        pages = [page_of(number, page.extract_text()) for number, page in enumerate(reader.pages, 1)]
        about = {name: str(value) for name, value in (reader.metadata or {}).items()}
    except DependencyError as error:
        raise ReadError(f"{source.path}: its encryption is not supported.", "Save it without protection.") from error
    except (PyPdfError, *DAMAGE) as error:
        raise ReadError(
            f"{source.path}: is not a PDF file, or is damaged.", "Open it, and print it to a new PDF file."
        ) from error
    assembly = flowed(pages)
    blank = [str(page.number) for page in pages if not any(page.lines)]
    if len(blank) == len(pages):
        raise EmptyDocument(
            f"{source.path}: holds pictures of pages but no text.", "Run text recognition (OCR) on it first."
        )
    notes = {"pages_without_text": ", ".join(blank)} if blank else {}
    yield make_document(
        source,
        assembly.text,
        anchors=assembly.anchors,
        title=_title(about.get("/Title", ""), assembly.text),
        author=about.get("/Author"),
        notes=notes | _days(about),
    )


def _title(stated: str, text: str) -> str | None:
    if stated.strip() and not _NO_TITLE.fullmatch(stated):
        return stated
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= _LONGEST_TITLE else None


def _days(about: dict[str, str]) -> dict[str, str]:
    """The days of creation and of the last change, from PDF's own form of dates (ISO 32000 7.9.4)."""
    found = {
        name: _DATE.match(about.get(key, "")) for name, key in (("created", "/CreationDate"), ("modified", "/ModDate"))
    }
    return {name: "-".join(match.groups()) for name, match in found.items() if match}
