"""The bytes of one source, with what is known of where they came from, and the document made of them."""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from claimcheck.errors import EmptyDocument, ReadError, TooLarge

if TYPE_CHECKING:
    from claimcheck.types import Anchor, Document, SourceKind

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NOT_IN_SLUG: Final = re.compile(r"[\W_]+")
_LONGEST_SLUG: Final = 48
_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)

# Parsers written for sound files meet damaged ones with whatever built-in error the damage leads to. These are caught
# only around code that asks such a library for its findings, and become one ReadError.
DAMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes to be read.

    Attributes:
        data: the bytes.
        path: the source as the user gave it.
        name: the file's name, or what stands for it; documents are named after it.
        max_bytes: largest size of a source, which also bounds what an archive may unpack to.
        charset: the encoding that a web server stated.
        url: the address that a page was fetched from, after redirects.
        publisher: who runs the site, if nothing in the page says it better.
        retrieved: the day a page was fetched.
    """

    data: bytes
    path: str
    name: str
    max_bytes: int
    charset: str | None = None
    url: str | None = None
    publisher: str | None = None
    retrieved: date | None = None


def is_address(source: str) -> bool:
    """Whether ``source`` is written as an address (``scheme://…``) rather than as a path."""
    return _ADDRESS.match(source) is not None


def as_megabytes(size: int) -> str:
    """A size in bytes in words, for messages."""
    return f"{size / 1_000_000:.3g} MB"


def too_large(path: str | Path, max_bytes: int) -> TooLarge:
    """The error for a source of more than ``max_bytes``."""
    return TooLarge(
        f"{path}: larger than the limit of {as_megabytes(max_bytes)}.", "Split it, or raise the setting max_file_mb."
    )


def file_source(path: str | Path, max_bytes: int) -> Source:
    """The bytes of a file.

    Args:
        path: the file.
        max_bytes: largest size that is read; a larger file is refused before it is opened.

    Raises:
        ReadError: no such file, a folder, no permission, or larger than ``max_bytes``.
    """
    file = Path(path)
    try:
        status = file.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ReadError(f"{path}: is a folder, not a file.", "Name the files in it.")
        if status.st_size > max_bytes:
            raise too_large(path, max_bytes)
        with file.open("rb") as stream:
            return stream_source(stream, str(path), file.name, max_bytes)
    except FileNotFoundError as error:
        raise ReadError(f"{path}: no such file.", "Check the name and the folder.") from error
    except PermissionError as error:
        raise ReadError(f"{path}: no permission to read it.", "Change its permissions, or copy it.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ReadError(f"{path}: cannot be read: {error}.", "Check the path and the disk.") from error


def stream_source(stream: BinaryIO, path: str, name: str, max_bytes: int) -> Source:
    """The bytes of an open stream, of which no more than ``max_bytes`` are read.

    Raises:
        ReadError: the stream is empty, or holds more than ``max_bytes``.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise too_large(path, max_bytes)
    if not data:
        raise EmptyDocument(f"{path}: is empty.", "Give a source that holds text.")
    return Source(data=data, path=path, name=name, max_bytes=max_bytes)


def document_id(name: str, data: bytes) -> str:
    """A name for a document that stays the same wherever its file lies.

    Args:
        name: the file's name; its suffix is left out.
        data: the bytes that the document is read from.

    Returns:
        The name in lower case with hyphens, and 8 hexadecimal digits of the bytes' SHA-256: ``annual-report-1a2b3c4d``.
    """
    stem = unicodedata.normalize("NFC", Path(name).stem).casefold()
    slug = _NOT_IN_SLUG.sub("-", stem)[:_LONGEST_SLUG].strip("-") or "document"
    return f"{slug}-{hashlib.sha256(data).hexdigest()[:8]}"


def language_code(value: str) -> str | None:
    """The ISO 639-1 code in a language tag (``pt`` of ``pt-BR``), or ``None`` if it has none."""
    match = _LANGUAGE.fullmatch(value.strip())
    return match[1].lower() if match else None


def day_of(value: str) -> date | None:
    """The day of an ISO 8601 date or time (``2024-05-03``, ``2024-05-03T10:00:00Z``), or ``None`` if it is neither."""
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def one_line(value: object) -> str | None:
    """A title or name on one line in normal form, or ``None`` if it is not text or blank."""
    from claimcheck.text.normalise import normalise

    return " ".join(normalise(value).split()) or None if isinstance(value, str) else None


def make_document(
    source: Source,
    text: str,
    *,
    anchors: tuple[Anchor, ...] = (),
    title: str | None = None,
    publisher: str | None = None,
    published: date | None = None,
    author: str | None = None,
    lang: str | None = None,
    url: str | None = None,
    kind: SourceKind | None = None,
    notes: Mapping[str, str] | None = None,
) -> Document:
    """The document of a source that holds one.

    Args:
        source: where the text was read from; gives the id, the hash, the path and what a web server said.
        text: normalised text.
        anchors: where stretches of ``text`` stood in the source.
        title: title, in any spelling; put on one line.
        publisher: who published it; unset: the source's.
        published: day of publication.
        author: who wrote it.
        lang: ISO 639-1 code; unset: detected.
        url: address; unset: the source's.
        kind: sort of source.
        notes: anything else that the source says of itself.

    Raises:
        EmptyDocument: ``text`` is blank.
    """
    from claimcheck.text.language import detect_language
    from claimcheck.types import Document

    if not text.strip():
        raise EmptyDocument(f"{source.path}: holds no text.", "Give a source that holds text.")
    return Document(
        id=document_id(source.name, source.data),
        text=text,
        title=one_line(title),
        url=url or source.url,
        publisher=one_line(publisher) or source.publisher,
        published=published,
        lang=lang or detect_language(text),
        author=one_line(author),
        kind=kind,
        path=source.path,
        sha256=hashlib.sha256(source.data).hexdigest(),
        retrieved=source.retrieved,
        notes=dict(notes or {}),
        anchors=anchors,
    )
