"""Plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from claimcheck.errors import UnsupportedFormat
from claimcheck.readers.encoding import decode
from claimcheck.readers.sniff import OLE_MAGIC, sniff
from claimcheck.readers.source import Source, make_document
from claimcheck.text.normalise import normalise
from claimcheck.types import Document

_UTF8: Final = ("utf-8", "utf-8-sig")
_BINARY: Final = (".pdf", ".docx", ".odt")
# A title stands alone on the first line and does not end like a sentence.
_TITLE: Final = re.compile(r"\s*(\S[^\n]{0,149})\n[ \t]*\n")
_SENTENCE_END: Final = (".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "।", "؟")


def decoded(source: Source) -> tuple[str, dict[str, str]]:
    """The raw text of a source, and a note of its encoding where that had to be guessed.

    Raises:
        ReadError: the bytes are not text.
    """
    found = sniff(source.data)
    if found in _BINARY or source.data.startswith(OLE_MAGIC):
        form = found or "Office"
        raise UnsupportedFormat(f"{source.path}: is a {form} file, not plain text.", "Give the file its right suffix.")
    text, encoding = decode(source.data, source.path, source.charset)
    return text, {} if encoding in _UTF8 else {"encoding": encoding}


def read(source: Source) -> Iterator[Document]:
    """Reads plain text. A first line that stands alone and is no sentence is the title, too.

    Raises:
        ReadError: the bytes are not text, or are blank.
    """
    raw, notes = decoded(source)
    text = normalise(raw)
    first = _TITLE.match(text)
    title = first[1].strip() if first and not first[1].rstrip().endswith(_SENTENCE_END) else None
    yield make_document(source, text, title=title, notes=notes)
