"""From a file, an address or standard input to documents: one reader for each format, loaded only when needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from claimcheck.errors import FetchOffline, ReadError, UnsupportedFormat
from claimcheck.readers.source import Source, as_megabytes, file_source, is_address, stream_source

if TYPE_CHECKING:
    from claimcheck.types import Document

Reader = Callable[[Source], "Iterator[Document | ReadError]"]
"""Turns the bytes of one source into documents. Raises ReadError where the whole source cannot be read; yields it
where one document of several cannot."""


def _from(module: str) -> Reader:
    def reader(source: Source) -> Iterator[Document | ReadError]:
        return cast(Reader, import_module(f"claimcheck.readers.{module}").read)(source)

    return reader


READERS: Final[dict[str, Reader]] = {
    ".txt": _from("plain"),
    ".md": _from("markdown"),
    ".html": _from("html"),
    ".htm": _from("html"),
    ".docx": _from("docx"),
    ".pdf": _from("pdf"),
    ".odt": _from("odt"),
    ".eml": _from("eml"),
    ".jsonl": _from("jsonl"),
}
"""The reader of each file suffix."""


def read(
    source: str | Path, *, max_bytes: int, timeout_s: float, store: Path | None = None, offline: bool = False
) -> Iterator[Document]:
    """The documents of one source, in its order.

    Args:
        source: a file's path, an http or https address (as ``str``), or ``-`` for standard input.
        max_bytes: largest file or page that is read.
        timeout_s: seconds allowed for fetching a web page, redirects and all.
        store: folder that keeps the bytes of fetched pages; ``None`` keeps none.
        offline: no page is fetched: an address cannot be read.

    Yields:
        One document for each file or page, one for each line of a ``.jsonl`` file. Their text is normalised, their
        anchors are exact.

    Raises:
        ReadError: at the first thing that cannot be read, after the documents before it were yielded.
    """
    for item in read_each(source, max_bytes=max_bytes, timeout_s=timeout_s, store=store, offline=offline):
        if isinstance(item, ReadError):
            raise item
        yield item


def read_each(
    source: str | Path, *, max_bytes: int, timeout_s: float, store: Path | None = None, offline: bool = False
) -> Iterator[Document | ReadError]:
    """As :func:`read`, but what cannot be read is yielded as an error in its place and reading goes on.

    Args:
        source: as for :func:`read`.
        max_bytes: as for :func:`read`.
        timeout_s: as for :func:`read`.
        store: as for :func:`read`.
        offline: as for :func:`read`.

    Yields:
        Documents, and a ReadError for a whole source or for each line of a ``.jsonl`` file that cannot be read.
    """
    try:
        if offline and isinstance(source, str) and is_address(source):
            raise FetchOffline(
                f"{source}: a page would have to be fetched, but 'offline' is set.", "Save it as a file, and read that."
            )
        reader, opened = _open(source, max_bytes=max_bytes, timeout_s=timeout_s, store=store)
        yield from reader(opened)
    except ReadError as error:
        yield error


def _open(source: str | Path, *, max_bytes: int, timeout_s: float, store: Path | None) -> tuple[Reader, Source]:
    if source == "-":
        opened = stream_source(sys.stdin.buffer, "standard input", "stdin", max_bytes)
        return READERS[_sniffed(opened)], opened
    if isinstance(source, str) and is_address(source):
        from claimcheck.readers.web import open_page

        suffix, opened = open_page(source, max_bytes=max_bytes, timeout_s=timeout_s, store=store)
        return READERS[suffix], opened
    suffix = Path(source).suffix.lower()
    if suffix in READERS:
        return READERS[suffix], file_source(source, max_bytes)
    opened = file_source(source, max_bytes)
    if suffix:
        raise UnsupportedFormat(
            f"{source}: files of the sort {suffix!r} are not supported.",
            f"Save it as one of {', '.join(READERS)}.",
        )
    return READERS[_sniffed(opened)], opened


def _sniffed(source: Source) -> str:
    from claimcheck.readers.sniff import sniff

    return sniff(source.data) or ".txt"


__all__ = ["READERS", "Reader", "Source", "as_megabytes", "read", "read_each"]
