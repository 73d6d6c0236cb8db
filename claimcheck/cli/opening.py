"""Opens the parts that commands work with; the only place where commands reach them, since they load slowly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from claimcheck.errors import OutputError, ReadError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.pipeline import Checker
    from claimcheck.settings import Settings
    from claimcheck.types import Document, Report


def open_checker(settings: Settings) -> Checker:
    """A checker over the library that the settings name.

    Raises:
        LibraryError: the library is missing or cannot be served.
        ModelError: the weights of a model are missing or damaged.
    """
    from claimcheck.pipeline import Checker

    return Checker.open(settings=settings)


def read_draft(draft: str, settings: Settings) -> Document:
    """The one draft that a command names.

    Args:
        draft: path or web address; ``-`` for standard input.
        settings: limits of size and time.

    Raises:
        ReadError: it cannot be read, or holds several documents.
    """
    documents = list(read_documents(draft, settings))
    failed = next((item for item in documents if isinstance(item, ReadError)), None)
    if failed is not None:
        raise failed
    document, *more = [item for item in documents if not isinstance(item, ReadError)]
    if more:
        raise ReadError(f"{draft} holds {1 + len(more)} documents.", "Check them with `claimcheck batch`.")
    return document


def read_documents(source: str, settings: Settings) -> Iterator[Document | ReadError]:
    """Each document of a file, an address or standard input (``-``), or why it cannot be read."""
    from claimcheck.readers import read_each

    return read_each(source, max_bytes=settings.max_file_mb * 1_000_000, timeout_s=settings.fetch_timeout_s)


def readable_suffixes() -> frozenset[str]:
    """The endings of the files that can be read."""
    from claimcheck.readers import READERS

    return frozenset(READERS)


def reporters() -> Mapping[str, Callable[[Report], str]]:
    """One function for each format of report."""
    from claimcheck.report import REPORTERS

    return REPORTERS


def choose_format(wanted: str | None, out: Path | None, allowed: tuple[str, ...]) -> str:
    """The format asked for, else the one that the name of the output file suggests, else the first allowed.

    Raises:
        SettingsError: the format is not one of those allowed.
    """
    suffixes = {".txt": "text", ".json": "json", ".jsonl": "json", ".md": "md", ".html": "html", ".htm": "html"}
    chosen = wanted or suffixes.get(out.suffix.lower() if out else "", allowed[0])
    if chosen not in allowed:
        raise SettingsError(f"There is no format {chosen!r} here.", f"Choose from: {', '.join(allowed)}.")
    return chosen


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or the file at ``path`` (its folder is made).

    Raises:
        OutputError: the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Name another place with --out.") from error
