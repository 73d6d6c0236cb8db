"""Opens the parts that commands work with; the only place where commands reach them, since they load slowly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from claimcheck.errors import OutputError, SettingsError

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
    """The draft that a command names.

    Args:
        draft: path or web address; ``-`` for text on standard input.
        settings: limits of size and time.

    Raises:
        ReadError: it cannot be read.
    """
    from claimcheck.readers import read, read_text

    if draft == "-":
        return read_text(sys.stdin.read(), title="standard input")
    return read(draft, settings)


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
